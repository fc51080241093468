"""Axes of days, rates and counts: places along them and how they are named."""

from __future__ import annotations

from datetime import UTC, date
from typing import TYPE_CHECKING, Any

import numpy as np

from odr_analysis import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

EPOCH = date(1970, 1, 1)


def day_positions(days: Any) -> np.ndarray:
    """Days as numbers along an axis: days since 1970-01-01, as matplotlib counts them.

    >>> import pandas as pd
    >>> day_positions(pd.Series(pd.to_datetime(["1970-01-31"]))).tolist()
    [30.0]
    """
    return np.asarray(days, dtype="datetime64[D]").astype(np.int64).astype(float)


def position(day: date) -> float:
    """One day as a number along an axis.

    >>> position(date(1970, 1, 31))
    30.0
    """
    return float(day.toordinal() - EPOCH.toordinal())


def months(ax: Axes, *, every: int = 1) -> None:
    """Name every month (or every second, third ...) along the bottom of `ax`; January carries its
    year, and so does the first one where there is room. Where fewer than two months begin, days
    are named.

    The names are those of the report rather than of the system's locale, so that a page is the
    same wherever it is made.
    """
    from matplotlib.dates import AutoDateLocator, DateLocator, MonthLocator, num2date

    first, last = ax.get_xlim()

    def within(locator: DateLocator) -> list[date]:
        places = locator.tick_values(num2date(first, UTC), num2date(last, UTC))
        days = dict.fromkeys(num2date(at, UTC).date() for at in places)
        return [day for day in days if first <= position(day) <= last]

    # Where no month begins, its locator gives the ends.
    if sum(day.day == 1 for day in within(MonthLocator(tz=UTC))) < 2:
        days = within(AutoDateLocator(tz=UTC, minticks=2, maxticks=4))
        names = [words.day(day, day.year if i else None) for i, day in enumerate(days)]
        ax.set_xticks([position(day) for day in days], names)
        return
    shown = [day for day in within(MonthLocator(range(1, 13, every), tz=UTC)) if day.day == 1]
    names = [_month(day, every == 1 and i == 0) for i, day in enumerate(shown)]
    ax.set_xticks([position(day) for day in shown], names, ha="left")


def _month(day: date, with_year: bool) -> str:
    name = words.MONTHS[day.month - 1]
    return f"{name} {day.year}" if with_year or day.month == 1 else name


def rate_ticks(top: float, most: int = 4) -> list[float]:
    """Round rates from 0 to `top`, at most so many steps.

    >>> rate_ticks(0.024)
    [0.0, 0.01, 0.02]
    """
    from matplotlib.ticker import MaxNLocator

    places = MaxNLocator(nbins=most, steps=[1, 2, 5, 10]).tick_values(0, top)
    return [round(float(at), 9) for at in places if at <= top]


def name_rates(axis: Axis, top: float, most: int = 4) -> None:
    """Round rates from 0 to `top` along an axis, as per cent."""
    ticks = rate_ticks(top, most)
    axis.set_ticks(ticks, [words.level(tick) for tick in ticks])


def count_ticks(top: float) -> list[float]:
    """0 and one or two round numbers not above `top`, for an axis with little room.

    >>> count_ticks(45), count_ticks(1593), count_ticks(1)
    ([0.0, 20.0, 40.0], [0.0, 1000.0], [0.0, 1.0])
    """
    from matplotlib.ticker import MaxNLocator

    places = MaxNLocator(nbins=2, steps=[1, 2, 5, 10], integer=True).tick_values(0, top)
    return [float(at) for at in places if at <= top]


def steps(
    positions: np.ndarray, values: Sequence[float] | np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Corners of a line that holds each day's value for the whole of that day.

    >>> x, y = steps(np.array([1.0, 2.0]), [5, 7])
    >>> x.tolist(), y.tolist()
    ([0.5, 1.5, 1.5, 2.5], [5.0, 5.0, 7.0, 7.0])
    """
    x = np.repeat(positions, 2)
    x[0::2] -= 0.5
    x[1::2] += 0.5
    return x, np.repeat(np.asarray(values, dtype=float), 2)
