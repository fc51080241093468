"""Shapes of lags against sums over days, a Kaplan-Meier estimate, and lags that are longer."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import lognorm
from statsmodels.duration.survfunc import SurvfuncRight

from odr_analysis.forecasting.delay_model.fit import Triangle
from odr_analysis.forecasting.delay_model.lags import (
    BIN_OF_LAG,
    EDGES,
    LONGEST,
    N_BINS,
    SPREADS,
    STRETCHES,
    LagPrior,
    daily_profile,
    lived_through,
    pooled_shape,
    reporting_weekdays,
    stretched,
)
from odr_analysis.forecasting.delay_model.prior import Prior
from tests.unit.forecasting.simulated import series_of, simulated

PRIOR = LagPrior().shape


def test_the_prior_is_the_mixture_it_names() -> None:
    prior = LagPrior(medians=(20.0,), weights=(1.0,), spread=0.5)
    below = lognorm(0.5, scale=20).cdf(EDGES)
    assert prior.shape == pytest.approx(np.diff(below) / below[-1])


def test_days_of_a_bin_share_it_all_and_follow_their_neighbours() -> None:
    profile = daily_profile(PRIOR)
    assert np.bincount(BIN_OF_LAG, profile) == pytest.approx(1.0)
    density = profile * PRIOR[BIN_OF_LAG]
    # No day has twice or half the share of the day before, also where a bin ends.
    steps = density[4:] / density[3:-1]
    assert 0.5 < steps.min() < steps.max() < 2


@pytest.mark.parametrize("weekdays", [np.ones(7), np.array([0.0, 0, 3, 1, 1, 1, 1])])
def test_what_is_lived_through_day_by_day(weekdays: np.ndarray) -> None:
    profile = daily_profile(PRIOR)
    found = lived_through(profile, weekdays, oldest=200)
    for ahead in (0, 1, 5, 6):
        for age in (0, 3, 16, 75, 200):
            expected = np.zeros(N_BINS)
            for lag in range(min(age, LONGEST - 1) + 1):
                days_before = age - lag - ahead  # of today; negative after it
                expected[BIN_OF_LAG[lag]] += profile[lag] * weekdays[days_before % 7]
            assert found[ahead, age + 1] == pytest.approx(expected)
    assert not found[:, 0].any()


def test_weekdays_without_reports() -> None:
    days_ago = np.array([d for d in range(364) if d % 7 not in (2, 3) for _ in range(30)])
    weights = reporting_weekdays(days_ago, 364)
    assert weights.mean() == pytest.approx(1)
    assert weights[2] == weights[3] < 0.05
    assert reporting_weekdays(days_ago[:0], 364) == pytest.approx(1)


def test_the_pooled_shape_is_that_of_kaplan_and_meier() -> None:
    series = series_of(simulated(1500, rate=0.02))
    triangle = Triangle.of(series, Prior())
    shape = pooled_shape(triangle.reports, triangle.exposure, PRIOR, 0.0074)
    first = series.delays.min(axis=1)
    # Orders without a report are censored at their age, a day of orders at a time.
    n = series.n_orders[::-1].copy()
    np.subtract.at(n, series.age, 1)
    ages = np.flatnonzero(n)
    survival = SurvfuncRight(
        np.concatenate([first + 0.5, ages + 1.0]),
        np.concatenate([np.ones(len(first)), np.zeros(len(ages))]),
        freq_weights=np.concatenate([np.ones(len(first)), n[ages]]),
    )
    steps = np.concatenate([[1.0], survival.surv_prob])
    defective = 1 - steps[np.searchsorted(survival.surv_times, EDGES, side="right")]
    share = np.diff(defective) / defective[-1]
    assert np.cumsum(shape) == pytest.approx(np.cumsum(share), abs=0.01)


@pytest.mark.parametrize("spread", [0.0, 0.3])
def test_longer_lags(spread: float) -> None:
    table = stretched(PRIOR)
    i, j = (int(np.argmin(np.abs(grid - to))) for grid, to in ((STRETCHES, 0), (SPREADS, 0)))
    assert table[i, j] == pytest.approx(0, abs=1e-9)
    i = int(np.argmin(np.abs(STRETCHES - np.log(1.4))))
    j = int(np.argmin(np.abs(SPREADS - spread)))
    longer = PRIOR * np.exp(table[i, j])
    # Logarithms of lags, counted from twenty days, are moved and spread.
    base = LagPrior()
    before = np.exp((np.log(EDGES[1:-1] / 20) - STRETCHES[i]) / np.exp(SPREADS[j])) * 20
    below = lognorm(base.spread).cdf(before[:, None] / np.array(base.medians)) @ np.array(
        base.weights
    )
    # Reports end when they did.
    assert longer[-1] == pytest.approx(PRIOR[-1])
    expected = below / below[-1] * (1 - PRIOR[-1])
    assert np.cumsum(longer)[:-1] == pytest.approx(expected, abs=0.01)
    assert longer.sum() == pytest.approx(1)
