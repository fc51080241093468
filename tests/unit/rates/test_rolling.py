from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

from odr_analysis.errors import ParameterError
from odr_analysis.rates import rolling_sum
from odr_analysis.rates.rolling import (
    NEVER,
    asked_on,
    day_number,
    day_numbers,
    named_day,
    on_calendar,
    to_stamps,
    two_days,
)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 9, 30),
        "2026-09-30",
        pd.Timestamp("2026-09-30 23:59"),
        datetime(2026, 9, 30, 1),  # noqa: DTZ001 - a stamp without a zone is what pandas users hold
    ],
)
def test_every_way_to_write_a_day_is_the_same_day(day: date | str) -> None:
    assert day_number(day) == 20726
    assert to_stamps(np.array([20726])) == np.datetime64("2026-09-30", "us")


@pytest.mark.parametrize("day", ["yesterday", "30.09.2026", "2026-02-30", 20260930, pd.NaT, None])
def test_what_is_no_day_is_refused_with_its_name(day: object) -> None:
    with pytest.raises(ParameterError, match=r"from_day.*2026-09-30"):
        day_number(day, "from_day")  # type: ignore[arg-type]  # wrong on purpose


def test_a_day_asked_for_is_not_before_there_was_a_marketplace() -> None:
    assert asked_on("2026-09-30", date(2026, 10, 5)) == day_number("2026-09-30")
    # Days of the files are not asked for.
    assert asked_on(None, date(1996, 1, 1)) == day_number("1996-01-01")
    for day in ("0001-01-01", date(1999, 12, 31)):
        with pytest.raises(ParameterError, match=r"^since .* is before Amazon's"):
            named_day(day, "since")
        with pytest.raises(ParameterError, match=r"^to_day "):
            two_days("2026-09-30", day)


def test_missing_days_are_never() -> None:
    days = pd.Series(pd.to_datetime(["1969-12-31", None]))
    assert day_numbers(days).tolist() == [-1, NEVER]


def test_calendar_fills_gaps_adds_doubles_and_leaves_out_the_rest() -> None:
    dense = on_calendar(
        np.array([1, 2, 3, 4, 5]),
        np.array([10, 12, 12, 9, 13]),
        np.array([0, 1, 1, 0, 0]),
        first=10,
        shape=(3, 2),
    )
    assert dense.tolist() == [[1, 0], [0, 0], [0, 5]]


@pytest.mark.parametrize(
    ("window_days", "expected"),
    [(1, [1, 2, 3, 4]), (2, [1, 3, 5, 7]), (4, [1, 3, 6, 10]), (9, [1, 3, 6, 10])],
)
def test_rolling_sum_by_head(window_days: int, expected: list[int]) -> None:
    daily = np.array([1, 2, 3, 4])
    assert rolling_sum(daily, window_days).tolist() == expected
    assert daily.tolist() == [1, 2, 3, 4], "the input stays as it was"


def test_rolling_sum_keeps_further_axes_apart() -> None:
    daily = np.arange(5 * 2 * 3, dtype=np.int32).reshape(5, 2, 3)
    sums = rolling_sum(daily, 3)
    assert sums.dtype == np.int32
    assert np.array_equal(sums[4], daily[2:].sum(axis=0))
    assert np.array_equal(sums[1], daily[:2].sum(axis=0))


def test_rolling_sum_is_exact_where_the_whole_calendar_would_overflow() -> None:
    daily = np.full(100, 2**30, dtype=np.int32)
    assert set(rolling_sum(daily, 1).tolist()) == {2**30}


def test_rolling_sum_widens_narrow_counts() -> None:
    assert rolling_sum(np.full(3, 100, dtype=np.int8), 3).tolist() == [100, 200, 300]
    assert rolling_sum(np.array([True, True]), 2).tolist() == [1, 2]


def test_rolling_sum_of_no_days_is_empty() -> None:
    assert rolling_sum(np.zeros((0, 2), dtype=np.int64), 60).shape == (0, 2)


def test_rolling_sum_refuses_fractions_and_empty_windows() -> None:
    with pytest.raises(ParameterError, match="integers; got float64"):
        rolling_sum(np.array([0.5]), 2)
    with pytest.raises(ParameterError, match="at least 1, got 0"):
        rolling_sum(np.array([1]), 0)
