"""Orders still to be placed."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import nbinom

from odr_analysis.forecasting.delay_model.volume import (
    CHANGE,
    KEPT,
    LEAST_CV,
    LEAST_MEAN,
    MOST_CV,
    NEW_SHAPE,
    SHORT_CV,
    Volume,
    _level,
)


def by_age(*parts: tuple[float, int], seed: int = 0) -> np.ndarray:
    """Orders by age from (orders a day, days), the newest first."""
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.poisson(mean, days) for mean, days in parts])


@pytest.mark.parametrize("mean", [4, 80, 1600])
def test_steady_orders_go_on(mean: int) -> None:
    found = Volume.of(by_age((mean, 364)), 60)
    assert found.days.mean() == pytest.approx(mean, rel=0.15)
    assert LEAST_CV <= found.cv < 0.2


def test_after_a_jump_the_weeks_before_it_weigh_little() -> None:
    found = Volume.of(by_age((240, 20), (80, 344)), 60)
    assert found.days.mean() == pytest.approx(240, rel=0.08)


def test_weekdays_come_round() -> None:
    # Ages 0, 7, ... are of today's weekday, on which nothing is sold.
    orders = np.tile([0, 70, 70, 70, 70, 70, 70], 20)
    days = Volume.of(orders, 14).days
    assert days[[6, 13]] == pytest.approx(0, abs=5)
    assert days[:6] == pytest.approx(70, rel=0.05)


@pytest.mark.parametrize("orders", [[], [3], [0, 2, 4]])
def test_with_less_than_a_week_it_is_the_mean_day(orders: list[int]) -> None:
    found = Volume.of(np.array(orders, dtype=np.int64), 3)
    assert len(found.days) == 3
    assert found.days == pytest.approx(np.mean(orders) if orders else 0)
    assert found.cv == SHORT_CV


@pytest.mark.parametrize("mean", [0.1, 0.3, 1.0])
def test_few_orders_are_not_forecast_too_high(mean: float) -> None:
    found = [Volume.of(by_age((mean, 364), seed=s), 60).days.mean() for s in range(40)]
    assert np.mean(found) == pytest.approx(mean, rel=0.1)


@pytest.mark.parametrize(
    ("mean", "days", "most"), [(1, 14, 0.1), (3, 14, 0.1), (0.3, 21, 0.3), (1600, 14, 0.1)]
)
def test_a_stop_is_followed(mean: float, days: int, most: float) -> None:
    found = [Volume.of(by_age((0, days), (mean, 343), seed=s), 60) for s in range(20)]
    assert np.mean([v.days.mean() for v in found]) < most * mean
    assert all(v.cv > 1 for v in found)  # for it may not last
    assert max(v.cv for v in found) <= MOST_CV


def test_nothing_sold_lately_is_not_the_mean_of_the_years_before() -> None:
    assert Volume.of(by_age((0, 200), (80, 200)), 60).days.mean() < 0.02
    assert Volume.of(np.zeros(40, dtype=np.int64), 60).days.mean() < 0.05


@pytest.mark.parametrize("mean", [0.3, 3, 80])
def test_orders_of_the_next_sixty_days_lie_in_the_band(mean: float) -> None:
    """Of steady orders, and of orders that have wandered by 6 % a week (sd) for a year."""
    for sd in (0.0, 0.06):
        inside = []
        for seed in range(60):
            rng = np.random.default_rng(seed)
            level = np.exp(np.cumsum(rng.normal(0, sd, 61)))
            orders = rng.poisson(mean * np.repeat(level / level[51], 7))
            found = Volume.of(orders[:364][::-1], 60)
            factor = rng.gamma(found.cv**-2, found.cv**2, 500)
            draws = rng.poisson(factor * found.days.sum())
            low, high = np.quantile(draws, [0.05, 0.95])
            inside.append(low <= orders[364:424].sum() <= high)
        assert np.mean(inside) > 0.8


@pytest.mark.parametrize("mean", [0.5, 20])
def test_the_level_is_the_posterior_of_all_hypotheses_written_out(mean: float) -> None:
    """With one speed of drift and no noise of weeks: the last change in each week in turn."""
    y = np.random.default_rng(3).poisson(mean * 7, 5) // np.array([1, 1, 1, 4, 4])
    levels = [slow_level(list(map(int, y)), kept) for kept in KEPT]
    evidence = np.array([e for e, _ in levels])
    want = np.average([m for _, m in levels], weights=np.exp(evidence - evidence.max()))
    found, _ = _level(y.astype(float))
    assert found == pytest.approx(want, rel=0.01)


def slow_level(by_week: list[int], kept: float) -> tuple[float, float]:
    """Logarithm of the evidence for a speed of drift, and the level with it, run by run."""
    runs: list[tuple[float, float, float]] = []  # logarithm of the weight, shape, weeks
    mean, total = float(np.mean(by_week)), 0.0
    for i, n in enumerate(by_week):
        born = NEW_SHAPE, NEW_SHAPE / max(mean, LEAST_MEAN)
        old = [(w + np.log(1 - CHANGE), a * kept, b * kept) for w, a, b in runs]
        runs = [*old, (np.log(CHANGE) if i else 0.0, *born)]
        runs = [(w + nbinom.logpmf(n, a, b / (b + 1)), a + n, b + 1) for w, a, b in runs]
        all_ = logsumexp([w for w, _, _ in runs])
        total += all_
        runs = [(w - all_, a, b) for w, a, b in runs]
        mean = sum(np.exp(w) * a / b for w, a, b in runs)
    return total, mean
