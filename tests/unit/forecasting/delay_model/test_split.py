"""Kinds of pending defects: shares found again, and draws that stay coherent."""

from __future__ import annotations

import numpy as np
import pytest

from odr_analysis.forecasting.delay_model.lags import LONGEST, N_BINS
from odr_analysis.forecasting.delay_model.split import Kinds, days_after, split
from tests.unit.forecasting.simulated import series_of, simulated


@pytest.fixture(scope="module")
def kinds() -> Kinds:
    return Kinds.of(series_of(simulated(1500, rate=0.02)))


def test_what_was_reported_first_and_what_came_later(kinds: Kinds) -> None:
    # Feedback comes first and alone, a claim ten days later in a third of the cases.
    share = kinds.first[4] / kinds.first[4].sum()
    assert share[0] > 0.95
    assert kinds.later.share[0, 1] == pytest.approx(1 / 3, abs=0.03)
    assert kinds.later.share[0, 2] < 0.01
    assert kinds.later.share[0, 0] == 0
    assert 1 / kinds.later.rate[1] == pytest.approx(10, abs=2)


def test_draws_are_coherent(kinds: Kinds) -> None:
    rng = np.random.default_rng(0)
    new = rng.poisson(5, (300, N_BINS))
    found = split(kinds, new, days_after(74), np.arange(0), np.arange(0), rng)
    total = new.sum(axis=1)
    assert (found <= total[:, None]).all()
    assert (found.sum(axis=1) >= total).all()
    assert found[:, 0].mean() == pytest.approx(total.mean(), rel=0.03)


def test_orders_already_defective_can_get_a_further_kind(kinds: Kinds) -> None:
    rng = np.random.default_rng(0)
    none = np.zeros((400, N_BINS), dtype=np.int64)
    lacking = np.flatnonzero(~kinds.has[:, 1] & (kinds.since < 3))
    left = np.full(len(lacking), LONGEST)
    found = split(kinds, none, days_after(None), lacking, left, rng)
    assert not found[:, 0].any()
    # A third of all get a claim; of those without one so far, nearly a third still.
    assert found[:, 1].mean() == pytest.approx(0.3 * len(lacking), rel=0.15)
    over = split(kinds, none, days_after(74), lacking, left * 0, rng)
    assert not over.any()
