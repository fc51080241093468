"""Expected reports against sums over every order day and every lag."""

from __future__ import annotations

import numpy as np
import pytest

from odr_analysis.forecasting.delay_model.fit import Fit, fit
from odr_analysis.forecasting.delay_model.lags import BIN_OF_LAG, LONGEST, N_BINS
from odr_analysis.forecasting.delay_model.reach import (
    awaited,
    awaited_by_day,
    brought_by_day,
    entered,
    expected,
    expected_ahead,
    expected_by_bin,
)
from odr_analysis.policy import Policy
from tests.unit.forecasting.simulated import series_of, simulated

DAYS = 20
POLICY = Policy()


@pytest.fixture(scope="module")
def fitted() -> Fit:
    return fit(series_of(simulated(60, days=120)), np.random.default_rng(0), n_draws=100)


def weekday_weight(fitted: Fit, days_ahead: int) -> float:
    """How much is reported on a day against the mean day, from its own table."""
    profile, through = fitted.triangle.profile, fitted.triangle.through
    # An order placed on that day has lived through lag 0 alone.
    return float(through[days_ahead % 7, 1, 0] / profile[0])


def slow(fitted: Fit, age: int, first: int, last: int) -> np.ndarray:
    """Share of each bin seen from `first` to `last` days ahead, of an order of this age today."""
    found = np.zeros(N_BINS)
    for ahead in range(first, last + 1):
        if 0 <= age + ahead < LONGEST:
            lag = age + ahead
            weight = weekday_weight(fitted, ahead)
            found[BIN_OF_LAG[lag]] += fitted.triangle.profile[lag] * weight
    return found


def counts(age: int) -> bool:
    return POLICY.lag_days <= age < POLICY.lag_days + POLICY.window_days


def test_pending_reports_of_each_day(fitted: Fit) -> None:
    found = awaited_by_day(fitted.triangle, DAYS, POLICY)
    orders = fitted.triangle.n_orders
    for day in (0, 1, 14, 20):
        plain = np.zeros_like(found[0])
        for age in range(75):
            if counts(age + day):
                plain[age // 7] += orders[age] * slow(fitted, age, 1, day)
        assert found[day] == pytest.approx(plain)
    assert not found[0].any()


def test_reports_of_orders_to_come(fitted: Fit) -> None:
    placed = np.arange(1.0, 61.0)
    found = brought_by_day(fitted.triangle, placed, POLICY)
    for day in (15, 16, 40, 60):
        plain = np.zeros_like(found[0])
        for order_day in range(1, 61):
            if counts(day - order_day):
                plain[(order_day - 1) // 7] += placed[order_day - 1] * slow(
                    fitted, -order_day, order_day, day
                )
        assert found[day] == pytest.approx(plain)
    assert not found[:16].any()
    assert entered(60, POLICY)[20].sum() == 5


def test_what_is_known_of_the_first_days_is_not_awaited(fitted: Fit) -> None:
    """Of reports of the first three days only a share is unknown, by bin."""
    unknown = np.random.default_rng(1).random((3, N_BINS))
    found = awaited_by_day(fitted.triangle, DAYS, POLICY, unknown)
    brought = brought_by_day(fitted.triangle, np.ones(DAYS), POLICY, unknown)
    day = 18
    plain, new = np.zeros_like(found[0]), np.zeros_like(brought[0])
    for age in range(-DAYS, 75):
        if counts(age + day):
            for ahead in range(max(1, -age), day + 1):
                share = unknown[ahead - 1] if ahead <= 3 else 1.0
                seen = share * slow(fitted, age, ahead, ahead)
                if age < 0:
                    new[(-age - 1) // 7] += seen
                else:
                    plain[age // 7] += fitted.triangle.n_orders[age] * seen
    assert found[day] == pytest.approx(plain)
    assert brought[day] == pytest.approx(new)


@pytest.mark.parametrize("until", [74, None])
def test_reports_awaited_of_a_window(fitted: Fit, until: int | None) -> None:
    found = awaited(fitted.triangle, slice(15, 75), until)
    plain = np.zeros_like(found)
    for age in range(15, 75):
        end = 168 if until is None else until - age
        plain[age // 7] += fitted.triangle.n_orders[age] * slow(fitted, age, 1, end)
    assert found == pytest.approx(plain)


def test_means_are_rates_times_shapes_times_orders(fitted: Fit) -> None:
    by_day = awaited_by_day(fitted.triangle, DAYS, POLICY)
    found = expected(fitted, by_day)
    draw, day = 17, 12
    plain = 0.0
    for week in range(by_day.shape[1]):
        shape = fitted.shapes[draw, 0 if week < fitted.young[draw] else 1]
        plain += np.exp(fitted.log_rate[draw, week]) * (shape * by_day[day, week]).sum()
    assert found[draw, day] == pytest.approx(plain)
    left = awaited(fitted.triangle, slice(15, 75), None)
    by_bin = expected_by_bin(fitted, left)
    assert by_bin.shape == (100, 2, N_BINS)
    assert not by_bin[fitted.young >= 11, 1].any()
    assert by_bin.sum(axis=(1, 2)) == pytest.approx(expected(fitted, left[None])[:, 0])
    new = expected_ahead(fitted, brought_by_day(fitted.triangle, np.ones(20), POLICY))
    assert new.shape == (100, 21)
    assert not new[:, :16].any()
    assert (new[:, 17:] > 0).all()
