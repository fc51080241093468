"""Reports to be expected of the watched days, held against loops over orders."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from odr_analysis.forecasting.delay_model.fit import Prior, Triangle
from odr_analysis.forecasting.delay_model.lags import BIN_OF_LAG, LONGEST
from odr_analysis.forecasting.delay_table import SeriesDelays
from odr_analysis.forecasting.shifts.reference import (
    DOUBLED_DAYS,
    WATCHED_DAYS,
    Reference,
    known_before,
    reports_by_day,
)
from tests.unit.forecasting.simulated import TODAY, series_of, simulated


@pytest.fixture(scope="module")
def series() -> SeriesDelays:
    return series_of(simulated(60, rate=0.02))


def reference(series: SeriesDelays, n_draws: int = 400) -> Reference:
    found = Reference.of(series, Prior(), n_draws, np.random.default_rng(1))
    assert found is not None
    return found


def test_nothing_of_the_watched_days_is_in_the_reference(series: SeriesDelays) -> None:
    then = known_before(series, WATCHED_DAYS)
    day = TODAY - timedelta(days=WATCHED_DAYS)
    other = series_of(simulated(60, rate=0.02).known(day))
    assert then.today == other.today
    assert (then.n_orders == other.n_orders).all()
    dated = other.first < LONGEST
    assert sorted(zip(then.age, then.first, strict=True)) == sorted(
        zip(other.age[dated], other.first[dated], strict=True)
    )


def test_reports_are_counted_by_day(series: SeriesDelays) -> None:
    ago = [int(a - f) for a, f in zip(series.age, series.first, strict=True) if f < LONGEST]
    assert reports_by_day(series, 5).tolist() == [ago.count(d) for d in (4, 3, 2, 1, 0)]


def test_a_report_without_a_day_counts_neither_before_nor_now(series: SeriesDelays) -> None:
    undated = replace(series, dated=np.zeros_like(series.dated))
    assert not len(known_before(undated, WATCHED_DAYS).age)
    assert not reports_by_day(undated, WATCHED_DAYS).any()


def test_expected_reports_are_those_of_a_loop_over_orders(series: SeriesDelays) -> None:
    found = reference(series)
    profile = Triangle.of(known_before(series, WATCHED_DAYS), Prior()).profile
    day = 40
    by_age = series.n_orders[::-1]
    slow = late = 0.0
    for lag in range(LONGEST):
        age_today = WATCHED_DAYS - 1 - day + lag
        orders = by_age[age_today] if age_today < len(by_age) else 0
        due = found.rate * found.shape[BIN_OF_LAG[lag]] * profile[lag] * found.weekday[day]
        slow += orders * due
        late += orders * due * (age_today < DOUBLED_DAYS)
    assert found.expected[day] == pytest.approx(slow)
    assert found.of_late[day] @ found.shape * found.rate * found.weekday[day] == pytest.approx(late)


def test_steady_orders_bring_steady_reports(series: SeriesDelays) -> None:
    """As many a day as orders times rate; the rate of the data, not of the prior."""
    found = reference(series)
    assert found.expected.mean() == pytest.approx(60 * found.rate, rel=0.03)
    assert found.rate == pytest.approx(0.02, rel=0.2)
    assert found.shape.sum() == pytest.approx(1)


def test_draws_are_as_wide_as_few_reports_leave_it_open() -> None:
    few, many = (reference(series_of(simulated(n, rate=0.02)), 4000) for n in (3, 300))
    for found in (few, many):
        total = found.drawn(found.by_bin).sum(axis=1)
        assert total.mean() == pytest.approx(found.expected.sum(), rel=0.06)
        # Somewhat wider than the rate alone, as the lags are open too.
        alone = 1 / np.sqrt(found.n_reports + 0.5)
        assert alone * 0.9 < total.std() / total.mean() < alone * 1.6


def test_weekdays_without_reports_are_learnt() -> None:
    table = simulated(200, rate=0.02)
    weekend = table.defects.feedback_on.dt.day_of_week >= 5
    defects = table.defects[~weekend]
    series = series_of(replace(table, defects=defects))
    found = reference(series)
    weekday = (series.today - np.arange(WATCHED_DAYS)[::-1] + 3) % 7  # day 0 was a Thursday
    assert found.weekday[weekday >= 5].max() < 0.2
    assert found.weekday[weekday < 5].min() > 1


def test_without_orders_before_the_watched_days_there_is_no_reference() -> None:
    assert (
        Reference.of(
            series_of(simulated(60, days=WATCHED_DAYS)), Prior(), 100, np.random.default_rng(0)
        )
        is None
    )
