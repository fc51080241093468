"""Days as integers, dense calendars and rolling sums over them.

A day number counts days since 1970-01-01. With whole numbers "15 days later" is ``+ 15``,
and no time zone or hour can get in the way.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from odr_analysis.arrays import Flags, Integers, Stamps
from odr_analysis.days import check_first
from odr_analysis.errors import ParameterError
from odr_analysis.policy import Policy

NEVER = int(np.iinfo(np.int64).max)
"""Day number of what has not happened: later than any day."""

ALWAYS = int(np.iinfo(np.int64).min)
"""Day number of what was so from the start: earlier than any day."""


def day_number(day: date | str, name: str = "as_of") -> int:
    """Day number of one day.

    Parameters
    ----------
    day : datetime.date, datetime.datetime, pandas.Timestamp or str
        A text must be an ISO date, ``YYYY-MM-DD``. Of a time stamp the calendar day it shows
        is taken.
    name : str
        What the day is called in the error message.

    Raises
    ------
    ParameterError
        `day` is none of these, is NaT, or is not a date that exists.

    Examples
    --------
    >>> day_number("1970-01-31")
    30
    """
    if isinstance(day, str):
        try:
            day = date.fromisoformat(day)
        except ValueError as error:
            raise ParameterError(
                f"{name}: {day!r} is not a date. Write it as YYYY-MM-DD, e.g. 2026-09-30."
            ) from error
    if not isinstance(day, date) or day is pd.NaT:
        raise ParameterError(
            f"{name} must be a date, a pandas Timestamp or a text like 2026-09-30, got {day!r}."
        )
    return day.toordinal() - date(1970, 1, 1).toordinal()


def named_day(day: date | str, name: str = "as_of") -> int:
    """Day number of a day that somebody asks for.

    Raises
    ------
    ParameterError
        `day` is none, as for :func:`day_number`, or before ``days.FIRST_DAY``.

    Examples
    --------
    >>> date_of(named_day("2026-09-30"))
    datetime.date(2026, 9, 30)
    """
    number = day_number(day, name)
    check_first(date_of(number), name)
    return number


def asked_on(day: date | str | None, latest: date) -> int:
    """:func:`named_day` of ``as_of``; where nobody names one, that of `latest`.

    >>> asked_on("2026-09-30", date(2026, 10, 5)) == asked_on(None, date(2026, 9, 30))
    True
    """
    return day_number(latest) if day is None else named_day(day)


def date_of(number: int) -> date:
    """The day of a day number.

    Examples
    --------
    >>> date_of(30)
    datetime.date(1970, 1, 31)
    """
    return date.fromordinal(number + date(1970, 1, 1).toordinal())


def day_numbers(days: pd.Series, missing: int = NEVER) -> Integers:
    """Day numbers of a datetime column; a missing day becomes `missing`.

    Examples
    --------
    >>> day_numbers(pd.to_datetime(pd.Series(["1970-01-31", None])), missing=-1).tolist()
    [30, -1]
    """
    stamps = days.to_numpy(dtype="datetime64[D]")
    return np.where(np.isnat(stamps), missing, stamps.astype(np.int64))


def to_stamps(numbers: Integers) -> Stamps:
    """Day numbers as ``datetime64[us]`` at midnight, as the tables carry days.

    Examples
    --------
    >>> str(to_stamps(np.array([30]))[0])[:10]
    '1970-01-31'
    """
    return numbers.astype("datetime64[D]").astype("datetime64[us]")


def two_days(from_day: date | str, to_day: date | str) -> tuple[int, int]:
    """Day numbers of an older and a newer day.

    Raises
    ------
    ParameterError
        One of them is no date, or `from_day` is after `to_day`.

    Examples
    --------
    >>> two_days("2026-09-01", "2026-09-30")
    (20697, 20726)
    """
    start, end = (named_day(d, n) for d, n in ((from_day, "from_day"), (to_day, "to_day")))
    if start > end:
        raise ParameterError(
            f"from_day must not be after to_day, got {from_day} and {to_day}. Swap them."
        )
    return start, end


def in_window(ordered: Integers, day: int, policy: Policy) -> Flags:
    """Whether orders placed on these day numbers count on `day`.

    Examples
    --------
    >>> from odr_analysis.policy import Policy
    >>> in_window(np.array([25, 26, 85, 86]), 100, Policy())
    array([False,  True,  True, False])
    """
    age = day - ordered
    return (age >= policy.lag_days) & (age < policy.lag_days + policy.window_days)


def on_calendar(
    counts: Integers, day: Integers, series: Integers, first: int, shape: tuple[int, int]
) -> Integers:
    """Counts spread over a dense calendar, 0 on days without any.

    A rolling sum needs every day to be there: 60 rows are 60 days only on a dense calendar.

    Parameters
    ----------
    counts, day, series : int64 arrays of one length
        A count, its day number and its column. Counts of the same cell add up.
    first : int
        Day number of row 0.
    shape : (int, int)
        Days, series. Counts on days outside the calendar are left out.

    Returns
    -------
    int64 array of `shape`

    Examples
    --------
    Two orders on day 10, three on day 12, on a calendar of days 10 to 13:

    >>> on_calendar(np.array([2, 3]), np.array([10, 12]), np.array([0, 0]), 10, (4, 1)).T
    array([[2, 0, 3, 0]])
    """
    inside = (day >= first) & (day < first + shape[0])
    dense = np.zeros(shape, dtype=np.int64)
    np.add.at(dense, (day[inside] - first, series[inside]), counts[inside])
    return dense


def rolling_sum(daily: npt.NDArray[Any], window_days: int) -> npt.NDArray[Any]:
    """Sums over the last `window_days` days, for every day.

    ``sum[t] = sum[t - 1] + daily[t] - daily[t - window_days]``, in integers, so it is exact
    however long the calendar is. A window that starts before the first row holds only the
    rows there are.

    Parameters
    ----------
    daily : array of integers, axis 0 = consecutive calendar days
        Counts. Further axes (accounts, cells) are summed apart.
    window_days : int
        At least 1.

    Returns
    -------
    array of the shape of `daily`
        Row ``t`` is the sum of rows ``t - window_days + 1`` to ``t``. 32 and 64 bit integers
        keep their type (the sum of one window must fit in it), narrower ones become int64.

    Raises
    ------
    ParameterError
        `daily` does not hold integers, or `window_days` is less than 1.

    Examples
    --------
    >>> rolling_sum(np.array([1, 2, 0, 4, 1]), window_days=2)
    array([1, 3, 2, 4, 5])
    """
    if window_days < 1:
        raise ParameterError(f"window_days must be at least 1, got {window_days}.")
    if not (np.issubdtype(daily.dtype, np.integer) or daily.dtype == bool):
        raise ParameterError(f"rolling_sum adds counts, so integers; got {daily.dtype}.")
    if daily.dtype.itemsize < 4:
        daily = daily.astype(np.int64)
    sums = np.empty_like(daily)
    sums[:window_days] = daily[:window_days]
    np.subtract(daily[window_days:], daily[:-window_days], out=sums[window_days:])
    # Row after row, so that one day of all accounts stays in cache: np.cumsum walks each column
    # through the whole calendar and takes two to four times as long on a wide table. The new axis
    # makes the days of a one-dimensional table views too, which can be added to in place.
    for before, day in pairwise(sums[..., np.newaxis]):
        day += before
    return sums
