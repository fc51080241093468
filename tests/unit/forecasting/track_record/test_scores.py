"""Scores by hand, and against scoringrules."""

from __future__ import annotations

import numpy as np
import pytest
import scoringrules
from scipy.stats import kstest

from odr_analysis.forecasting.track_record import scores

RNG = np.random.default_rng(5)
CASES = [(float(RNG.poisson(4)), RNG.poisson(RNG.gamma(4, 1, 300))) for _ in range(20)]


@pytest.mark.parametrize(("truth", "draws"), CASES)
def test_scores_agree_with_scoringrules(truth: float, draws: np.ndarray) -> None:
    median, *ends = scores.quantiles(draws)
    lower, upper = np.array(ends[::2]), np.array(ends[1::2])
    alpha = 1 - np.array(scores.LEVELS)
    # All moved so that the truth is 0 and the median is not below: scoringrules 0.10 takes the
    # median itself for its distance to the truth (without numba).
    theirs = scoringrules.weighted_interval_score(
        0.0, abs(median - truth), lower - truth, upper - truth, alpha
    )
    assert scores.wis(truth, [median, *ends]) == pytest.approx(theirs)
    assert scores.crps(truth, draws) == pytest.approx(
        scoringrules.crps_ensemble(truth, draws.astype(float), estimator="nrg")
    )
    p = (draws >= 5).mean()
    assert scores.brier(truth >= 5, p) == pytest.approx(scoringrules.brier_score(truth >= 5, p))


def test_of_a_single_number_both_are_its_absolute_error() -> None:
    assert scores.wis(7, scores.quantiles([4, 4, 4])) == pytest.approx(3)
    assert scores.crps(7, [4, 4, 4]) == pytest.approx(3)


def test_pit_of_counts_is_uniform() -> None:
    rng = np.random.default_rng(1)
    means = rng.gamma(1.0, 1.5, 3_000)
    pits = [scores.pit(rng.poisson(m), rng.poisson(m, 100), rng) for m in means]
    assert kstest(pits, "uniform").pvalue > 0.01
    assert scores.inside(pits, 0.9).mean() == pytest.approx(0.9, abs=0.02)
    assert scores.inside(pits, 0.5).mean() == pytest.approx(0.5, abs=0.03)


def test_pit_notices_draws_that_are_too_sure() -> None:
    rng = np.random.default_rng(2)
    pits = [scores.pit(rng.poisson(30), np.full(100, 30), rng) for _ in range(500)]
    assert scores.inside(pits, 0.9).mean() < 0.2
