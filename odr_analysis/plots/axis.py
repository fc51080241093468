"""What the figures share: days as months along the bottom, rates as per cent at the side."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from odr_analysis import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

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


def month_starts(first: float, last: float) -> list[date]:
    """First days of months between two positions.

    >>> month_starts(position(date(2026, 1, 15)), position(date(2026, 3, 1)))
    [datetime.date(2026, 2, 1), datetime.date(2026, 3, 1)]
    """
    start, end = (date.fromordinal(int(x) + EPOCH.toordinal()) for x in (first, last))
    year, month = start.year, start.month
    found = []
    while (year, month) <= (end.year, end.month):
        day = date(year, month, 1)
        if start <= day <= end:
            found.append(day)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found


def months(ax: Axes, *, every: int = 1) -> None:
    """Name every month (or every second) along the bottom of `ax`; January carries its year,
    and so does the first one where there is room.

    The labels are made here rather than by the system's locale, so that a page is the same
    wherever it is made.
    """
    starts = month_starts(*ax.get_xlim())
    shown = [d for d in starts if (d.month - 1) % every == 0]
    ax.set_xticks([position(d) for d in shown])
    ax.set_xticklabels([_month(d, every == 1 and i == 0) for i, d in enumerate(shown)], ha="left")


def _month(day: date, with_year: bool) -> str:
    name = words.MONTHS[day.month - 1]
    return f"{name} {day.year}" if with_year or day.month == 1 else name


def per_cent_ticks(top: float, most: int = 4) -> list[float]:
    """Round rates from 0 to `top`, at most about `most` steps.

    >>> per_cent_ticks(0.024)
    [0.0, 0.01, 0.02]
    """
    for step in (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5):
        if top / step <= most:
            break
    return [round(i * step, 6) for i in range(int(top / step + 1e-9) + 1)]


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
