"""Hypotheses on the weekly rate: what they say of weeks to come."""

from __future__ import annotations

import numpy as np
import pytest

from odr_analysis.forecasting.delay_model.levels import (
    AGO,
    CHANGE_SD,
    CHANGE_WEIGHTS,
    COHORTS,
    WEEKS_AHEAD,
    Level,
    Levels,
    changed,
    steady,
)


@pytest.mark.parametrize("levels", [steady(COHORTS), steady(10), changed(COHORTS, 0.12)])
def test_covariances_are_covariances(levels: Levels) -> None:
    assert (np.linalg.eigvalsh(levels.precision) > 0).all()
    gain, root = levels.ahead
    assert gain.shape == (len(levels.levels), WEEKS_AHEAD, levels.n_weeks)
    assert np.isfinite(root).all()


def test_a_walk_spreads_week_by_week() -> None:
    _, root = Levels((Level(0.2, 0.0),), COHORTS).ahead
    spread = (root[0] ** 2).sum(axis=1)
    assert spread == pytest.approx(0.2**2 * np.arange(1, WEEKS_AHEAD + 1), rel=0.02)


def test_without_a_walk_the_weeks_to_come_are_like_the_mean_week() -> None:
    gain, root = Levels((Level(1e-6, 0.3),), COHORTS).ahead
    assert gain[0].sum(axis=1) == pytest.approx(1, abs=0.01)
    assert (root[0] ** 2).sum(axis=1) == pytest.approx(0.3**2, rel=0.05)


def test_a_jump_stays_and_a_ramp_goes_on_less_steep() -> None:
    jump = Level(0.1, 0.0, jump=4).change()
    assert jump[AGO < 4].tolist() == [1.0] * (WEEKS_AHEAD + 4)
    assert not jump[AGO >= 4].any()
    ramp = Level(0.1, 0.0, ramp=10).change()
    past, ahead = ramp[WEEKS_AHEAD:], ramp[:WEEKS_AHEAD][::-1]
    assert past[:11] == pytest.approx(np.arange(10, -1, -1) / 10)
    steps = np.diff(np.concatenate([[1.0], ahead]))
    assert (steps > 0).all()
    assert (np.diff(steps) < 0).all()
    assert steps[0] < 0.1
    assert not Level(0.1, 0.0).change().any()


def test_changes_add_to_the_spread_and_have_weights() -> None:
    with_jump = Level(0.1, 0.0, jump=4).covariance()
    without = Level(0.1, 0.0).covariance()
    assert (with_jump - without)[0, 0] == pytest.approx(CHANGE_SD**2)
    assert (with_jump - without)[-1, -1] == pytest.approx(0)
    assert sum(CHANGE_WEIGHTS) == pytest.approx(1)
