"""The coming days: which orders and known defects count on each, and the forecast.

Formula: an order of day ``t`` counts on the days ``t + lag_days`` to
``t + lag_days + window_days - 1``; a day's ODR is the defective orders that count on it over
all orders that count on it (Amazon's definition, see :class:`~odr_analysis.policy.Policy`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from numbers import Integral
from typing import Any

import numpy as np
import numpy.typing as npt

from odr_analysis.account import Account
from odr_analysis.arrays import Flags, Floats, Integers
from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.ahead import Forecast
from odr_analysis.forecasting.forecast import forecast_from
from odr_analysis.policy import Policy
from odr_analysis.rates.defect_days import DefectDays, series_positions
from odr_analysis.rates.rolling import asked_on, date_of, day_numbers, on_calendar, rolling_sum

MOST_DAYS = 3_660
"""Days ahead that can be counted at all; fewer can be forecast."""


@dataclass(frozen=True)
class Calendar:
    """The coming days, and before them the days on which orders entered that count today."""

    today: int
    """Day number of the first coming day."""
    lag_days: int
    window_days: int
    horizon_days: int

    def rolled(
        self, ordered: Integers, series: Integers, n_series: int, counts: Integers | None = None
    ) -> Integers:
        """Orders counting on each coming day, [day, series], from their order days.

        Examples
        --------
        With no lag and a window of two days, an order of yesterday counts today for the last time:

        >>> calendar = Calendar(today=100, lag_days=0, window_days=2, horizon_days=1)
        >>> calendar.rolled(np.array([99, 100]), np.array([0, 0]), 1).tolist()
        [[2], [1]]
        """
        # Placed on the day it enters, an order counts for window_days days from there on.
        first = self.today - self.window_days + 1
        shape = (self.window_days + self.horizon_days, n_series)
        counts = np.ones(len(ordered), dtype=np.int64) if counts is None else counts
        daily = on_calendar(counts, ordered + self.lag_days, series, first, shape)
        return rolling_sum(daily, self.window_days)[self.window_days - 1 :]


@dataclass(frozen=True, eq=False)
class LookAhead:
    """What is known on a day of the days to come, and the forecast.

    Arrays are [coming day, series] and cannot be changed; the first coming day is `as_of`.

    Attributes
    ----------
    account : Account
    calendar : Calendar
    size : dict of (marketplace, channel) to int
        Orders of each series, in the order of ``account.series``.
    n_orders : int64 array
        Orders placed by `as_of` that count on each day.
    n_defective : int64 array
        Of them, orders known by `as_of` to be defective.
    silent_days : tuple of int or None
        Days since the latest order of each series; None where it has none by `as_of`.

    Examples
    --------
    One order of 18 Jul counts for the last time on 30 Sep, one of 20 Aug stays:

    >>> import pandas as pd
    >>> from odr_analysis import account_from_frames
    >>> orders = pd.DataFrame({"order_id": ["a", "b"], "ordered_on": ["2026-07-18", "2026-08-20"],
    ...                        "marketplace": "Amazon.de", "channel": "mfn"})
    >>> look = LookAhead.of(account_from_frames(orders), "2026-09-30", horizon_days=2)
    >>> look.n_orders.tolist(), look.silent_days
    ([[2], [1], [1]], (41,))
    """

    account: Account
    calendar: Calendar
    size: dict[tuple[str, str], int]
    n_orders: Integers
    n_defective: Integers
    silent_days: tuple[int | None, ...]

    @classmethod
    def of(
        cls,
        account: Account,
        as_of: date | str | None = None,
        horizon_days: int = 75,
    ) -> LookAhead:
        """What is known on `as_of` (by default ``account.known_to``), rolled over the coming days.

        Raises
        ------
        ParameterError
            `as_of` is not a date, or `horizon_days` is negative.
        """
        if isinstance(horizon_days, bool) or not isinstance(horizon_days, Integral):
            raise ParameterError(f"horizon_days must be a whole number, got {horizon_days!r}.")
        if not 0 <= horizon_days <= MOST_DAYS:
            raise ParameterError(
                f"horizon_days must be 0 or more, and at most {MOST_DAYS:,}, got {horizon_days:,}."
            )
        policy, pairs = account.policy, account.series
        n_series = len(pairs)
        today = asked_on(as_of, account.known_to)
        calendar = Calendar(today, policy.lag_days, policy.window_days, horizon_days)

        ordered = day_numbers(account.daily["ordered_on"])
        series = series_positions(account, account.daily)
        counts = account.daily["n_orders"].to_numpy(np.int64)
        placed = ordered <= today
        defects = DefectDays.of(account)
        known = _known(defects, today)
        n_orders = calendar.rolled(ordered[placed], series[placed], n_series, counts[placed])
        n_defective = calendar.rolled(defects.ordered[known], defects.series[known], n_series)

        size = np.zeros(n_series, dtype=np.int64)
        np.add.at(size, series, counts)
        latest = np.full(n_series, -1, dtype=np.int64)
        np.maximum.at(latest, series[placed], ordered[placed])
        for array in (n_orders, n_defective):
            array.setflags(write=False)
        return cls(
            account=account,
            calendar=calendar,
            size=dict(zip(pairs, size.tolist(), strict=True)),
            n_orders=n_orders,
            n_defective=n_defective,
            silent_days=tuple(None if day < 0 else today - day for day in latest.tolist()),
        )

    @property
    def as_of(self) -> date:
        """The day looked ahead from."""
        return date_of(self.calendar.today)

    @property
    def policy(self) -> Policy:
        """The rules of the rate."""
        return self.account.policy

    @property
    def day(self) -> Any:
        """The account on this day: what ``account.on(as_of)`` returns."""
        return self.account.on(self.as_of)

    @property
    def reported_to(self) -> date:
        """The last day on which every kind of report is known."""
        found: date = self._last_known.reported_to
        return found

    @property
    def last_reports(self) -> Mapping[tuple[str, str], Mapping[str, date]]:
        """The last day on which each kind of report is known, of each marketplace and channel."""
        found: Mapping[tuple[str, str], Mapping[str, date]] = self._last_known.last_reports
        return found

    @property
    def _last_known(self) -> Any:
        """The account on this day, or on the last one it knows anything of."""
        return self.account.on(min(self.as_of, self.account.known_to))

    @cached_property
    def forecast(self) -> Forecast:
        """What Amazon will show on each of these days: :func:`~odr_analysis.forecast`.

        Raises
        ------
        ParameterError
            They are more than can be forecast.
        """
        return forecast_from(self.account, self.as_of, self.calendar.horizon_days)

    @cached_property
    def by_feedback_alone(self) -> dict[str, tuple[int, int]]:
        """Orders whose only known defect is negative feedback: id to order day and series.

        The day is a day number, the series its position.
        """
        defects, today = DefectDays.of(self.account), self.calendar.today
        alone = _known(defects, today) & (defects.cells_on(today) == 1)
        ids = self.account.defective["order_id"].to_numpy()[alone].tolist()
        where = zip(defects.ordered[alone].tolist(), defects.series[alone].tolist(), strict=True)
        return dict(zip(ids, where, strict=True))


def ratio(n: npt.ArrayLike, of: npt.ArrayLike) -> Floats:
    """`n` over `of`; NaN where `of` is 0.

    >>> ratio([1, 0], [4, 0]).tolist()
    [0.25, nan]
    """
    part, whole = np.asarray(n, dtype=float), np.asarray(of, dtype=float)
    return np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0)


def _known(defects: DefectDays, today: int) -> Flags:
    """Orders placed by `today` and known by then to be defective."""
    return (defects.ordered <= today) & (defects.cells_on(today) > 0)
