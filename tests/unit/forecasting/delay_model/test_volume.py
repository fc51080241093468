"""Orders still to be placed."""

from __future__ import annotations

import numpy as np
import pytest

from odr_analysis.forecasting.delay_model.volume import LEAST_CV, MOST_CV, Volume


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


@pytest.mark.parametrize("orders", [[], [3], [0] * 40])
def test_with_hardly_any_history_nothing_is_sure(orders: list[int]) -> None:
    found = Volume.of(np.array(orders, dtype=np.int64), 3)
    assert len(found.days) == 3
    assert found.days == pytest.approx(np.mean(orders) if orders else 0)
    assert found.cv == MOST_CV
