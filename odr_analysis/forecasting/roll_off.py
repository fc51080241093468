"""The known path of the rate: the days on which known defects leave and enter the window."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

import numpy as np
import pandas as pd

from odr_analysis import terms
from odr_analysis.account import Account
from odr_analysis.arrays import Integers
from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.look_ahead import LookAhead, ratio
from odr_analysis.rates.defect_days import DefectDays
from odr_analysis.rates.rolling import on_calendar, to_stamps
from odr_analysis.schema import Column, Columns, table_of, typed

ROLL_OFF_COLUMNS: Columns = {
    "day": Column("datetime64[us]", unit="midnight"),
    "marketplace": Column("str"),
    "channel": Column("str"),
    "n_leaving": Column(
        "int64", "defective orders that counted the day before and are too old on this day"
    ),
    "n_entering": Column("int64", "defective orders that count from this day on"),
    "n_orders": Column("float64", "orders counting that day, placed and assumed"),
    "n_defective": Column(
        "int64", "orders counting that day that are known by as_of to be defective"
    ),
    "odr": Column("float64", "fraction 0-1", missing="NaN without orders"),
    "under_target": Column("bool", "odr is under the target of the policy; False without orders"),
}
"""Columns of :func:`roll_off`: one row per day x marketplace x channel."""

BACK_UNDER_COLUMNS: Columns = {
    "marketplace": Column("str"),
    "channel": Column("str"),
    "day": Column(
        "datetime64[us]",
        "first day from which on every day is under the target",
        unit="midnight",
        missing="NaT where the last day is not",
    ),
}
"""Columns of :func:`back_under`: one row per marketplace x channel."""


def roll_off(
    account: Account,
    as_of: date | str | None = None,
    *,
    horizon_days: int = 75,
    orders_per_day: float | Mapping[tuple[str, str], float] | None = None,
    look: LookAhead | None = None,
) -> pd.DataFrame:
    """The known path of ODR: what leaves, what enters, and the rate if nothing more is reported.

    Parameters
    ----------
    account : Account
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        By default ``account.known_to``. What became known later is left out.
    horizon_days : int
        How many days to look ahead; by day 75 an order placed today has left again.
    orders_per_day : float, or mapping of (marketplace, channel) to float, optional
        Orders placed on each coming day, of each series. By default, and for a series the
        mapping does not name, as lately (mean of the last 28 days).
    look : LookAhead, optional
        The coming `horizon_days` days from that day on, where they are at hand.

    Returns
    -------
    pandas.DataFrame
        One row per day from `as_of` on x marketplace x channel; ``ROLL_OFF_COLUMNS`` of this
        module. Orders placed later are all taken to be good, and of the orders already placed
        only those known to be defective are: so this is the lowest the rate can be unless
        defects are removed, and not what is to be expected.

    Raises
    ------
    ParameterError
        `as_of` is no date, `horizon_days` or a number of orders is negative, or the mapping
        names a series the account does not have.

    Notes
    -----
    ``n_defective`` of a day is that of the day before, plus ``n_entering``, minus ``n_leaving``.

    Examples
    --------
    A defective order of 18 Jul counts for the last time on 30 Sep:

    >>> from odr_analysis import account_from_frames
    >>> orders = pd.DataFrame({"order_id": ["a", "b"], "ordered_on": ["2026-07-18", "2026-08-20"],
    ...                        "marketplace": "Amazon.de", "channel": "mfn"})
    >>> defects = pd.DataFrame({"order_id": ["a"], "component": "claim",
    ...                         "reported_on": ["2026-08-01"]})
    >>> table = roll_off(account_from_frames(orders, defects), "2026-09-30", orders_per_day=0)
    >>> print(table.head(2)[["day", "n_leaving", "n_orders", "n_defective", "odr"]])
             day  n_leaving  n_orders  n_defective  odr
    0 2026-09-30          0       2.0            1  0.5
    1 2026-10-01          1       1.0            0  0.0
    """
    ahead = LookAhead.of(account, as_of, horizon_days) if look is None else look
    exact = _exact_orders(ahead, _given(orders_per_day, account.series))
    n_orders = np.array(exact, dtype=np.float64).reshape(ahead.n_orders.shape)
    leaving, entering = _moves(account, ahead.calendar.today, ahead.n_defective.shape)
    days = ahead.calendar.today + np.arange(horizon_days + 1, dtype=np.int64)
    target = Fraction(str(account.policy.target))
    under = [
        [n > 0 and d < target * n for d, n in zip(*row, strict=True)]
        for row in zip(ahead.n_defective.tolist(), exact, strict=True)
    ]
    columns = {
        "day": np.repeat(to_stamps(days), len(account.series)),
        "marketplace": [marketplace for marketplace, _ in account.series] * len(days),
        "channel": [channel for _, channel in account.series] * len(days),
        "n_leaving": leaving.ravel(),
        "n_entering": entering.ravel(),
        "n_orders": n_orders.ravel(),
        "n_defective": ahead.n_defective.ravel(),
        "odr": ratio(ahead.n_defective, n_orders).ravel(),
        "under_target": np.array(under, dtype=bool).ravel(),
    }
    return typed(pd.DataFrame(columns), ROLL_OFF_COLUMNS)


def back_under(table: pd.DataFrame) -> pd.DataFrame:
    """From when on each rate of a :func:`roll_off` is under target if nothing more is reported.

    Parameters
    ----------
    table : pandas.DataFrame
        From :func:`roll_off`.

    Returns
    -------
    pandas.DataFrame
        One row per marketplace x channel; ``BACK_UNDER_COLUMNS`` of this module. The day is the
        first of `table` where the rate is under the target all along.

    Examples
    --------
    The one defective order counts for the last time on 1 Oct:

    >>> from odr_analysis import account_from_frames
    >>> orders = pd.DataFrame({"order_id": ["a", "b"], "ordered_on": ["2026-07-19", "2026-08-20"],
    ...                        "marketplace": "Amazon.de", "channel": "mfn"})
    >>> defects = pd.DataFrame({"order_id": ["a"], "component": "claim",
    ...                         "reported_on": ["2026-08-01"]})
    >>> path = roll_off(account_from_frames(orders, defects), "2026-09-30", horizon_days=10)
    >>> print(back_under(path))
      marketplace channel        day
    0   Amazon.de     mfn 2026-10-02
    """
    found = []
    for (marketplace, channel), rows in table.groupby(list(terms.SERIES_KEYS), sort=False):
        over = rows.day[~rows.under_target]
        if over.empty:
            day = rows.day.iloc[0]
        else:
            later = rows.day[rows.day > over.iloc[-1]]
            day = later.iloc[0] if len(later) else pd.NaT
        found.append((marketplace, channel, day))
    return table_of(found, BACK_UNDER_COLUMNS)


def _exact_orders(ahead: LookAhead, given: list[Fraction | None]) -> list[list[Fraction]]:
    """Orders counting on each coming day, by series, with so many a day or as lately.

    In fractions, since 1 of 100 is not under 1 %, and 28 times a 28th is 1, whatever floats make
    of it.
    """
    per_day = [
        Fraction(n, ahead.recent_days) if own is None else own
        for own, n in zip(given, ahead.recent.tolist(), strict=True)
    ]
    return [
        [n + each * later for n, each in zip(placed, per_day, strict=True)]
        for placed, later in zip(ahead.n_orders.tolist(), ahead.future_days.tolist(), strict=True)
    ]


def _given(
    orders_per_day: float | Mapping[tuple[str, str], float] | None, series: list[tuple[str, str]]
) -> list[Fraction | None]:
    """Orders a day of each series as they are written, None where none is given."""
    if orders_per_day is None:
        return [None] * len(series)
    if not isinstance(orders_per_day, Mapping):
        orders_per_day = dict.fromkeys(series, orders_per_day)
    unknown = [pair for pair in orders_per_day if pair not in series]
    if unknown:
        known = ", ".join(f"{m} {c}" for m, c in series)
        raise ParameterError(
            f"orders_per_day names {unknown[0]!r}, which has no orders. Known: {known}."
        )
    wrong = [n for n in orders_per_day.values() if not 0 <= n < np.inf]
    if wrong:
        raise ParameterError(f"orders_per_day must be 0 or more, got {wrong[0]}.")
    exact = {pair: Fraction(str(n)) for pair, n in orders_per_day.items()}
    return [exact.get(pair) for pair in series]


def _moves(account: Account, today: int, shape: tuple[int, ...]) -> tuple[Integers, Integers]:
    """Known defective orders that leave and that enter on each coming day, [day, series]."""
    policy = account.policy
    defects = DefectDays.of(account)
    known = (defects.ordered <= today) & (defects.cells_on(today) > 0)
    ordered, series = defects.ordered[known], defects.series[known]
    one = np.ones(len(ordered), dtype=np.int64)
    enters = ordered + policy.lag_days
    coming, size = enters > today, (shape[0], shape[1])
    return (
        on_calendar(one, enters + policy.window_days, series, today, size)
        * (np.arange(shape[0]) > 0)[:, None],
        on_calendar(one[coming], enters[coming], series[coming], today, size),
    )
