"""Why the rate moved between two days, in whole orders."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from odr_analysis.account import Account
from odr_analysis.errors import ParameterError
from odr_analysis.policy import Policy
from odr_analysis.rates.known import KINDS, DefectDays, series_positions
from odr_analysis.rates.windows import Integers, day_number, day_numbers, to_stamps

MOVES: tuple[str, ...] = ("entered", "reported late", "left")
"""What brought a defective order into the numerator (the first two) or took it out."""

MOVED_COLUMNS: dict[str, str] = {
    "marketplace": "str",
    "channel": "str",
    "from_n_orders": "int64; orders in the window of from_day",
    "from_n_defective": "int64; of them, defective by what was known on from_day",
    "from_odr": "float64; fraction 0-1, NaN without orders",
    "to_n_orders": "int64; orders in the window of to_day",
    "to_n_defective": "int64; of them, defective by what was known on to_day",
    "to_odr": "float64; fraction 0-1, NaN without orders",
    "change": "float64; to_odr - from_odr, NaN where either is",
    "orders_entered": "int64; orders in the window of to_day only",
    "orders_left": "int64; orders in the window of from_day only",
    "defects_entered": "int64; orders in the window of to_day only and defective on to_day",
    "defects_left": "int64; orders in the window of from_day only and defective on from_day",
    "defects_reported_late": "int64; orders in both windows, defective on to_day only",
}
"""Columns of ``what_moved``: one row per marketplace x channel."""

MOVED_ORDER_COLUMNS: dict[str, str] = {
    "move": "str; 'entered', 'reported late' or 'left'",
    "order_id": "str",
    "marketplace": "str",
    "channel": "str",
    "ordered_on": "datetime64[us], midnight; day the order was placed",
    "kinds": "str; kinds of defect it counts with on to_day; of one that left, on from_day",
    "leaves_on": "datetime64[us], midnight; last day it counts",
}
"""Columns of ``moved_orders``: one row per defective order that came or went."""


def what_moved(account: Account, from_day: date | str, to_day: date | str) -> pd.DataFrame:
    """What changed the rate between two days: orders and defects that came and went.

    Parameters
    ----------
    account : Account
    from_day, to_day : datetime.date, pandas.Timestamp or ISO text
        The same day twice is allowed: nothing moved.

    Returns
    -------
    pandas.DataFrame
        **One row per marketplace x channel**, in the order of ``account.series``; columns are
        ``MOVED_COLUMNS`` of this module.

    Raises
    ------
    ParameterError
        One of the days is no date, or `from_day` is after `to_day`.
    FrameError
        ``account.defective`` has orders of a series without orders.

    Notes
    -----
    Counts on each day are those of :func:`component_rates`, and these hold exactly::

        from_n_orders    + orders_entered  - orders_left                          = to_n_orders
        from_n_defective + defects_entered + defects_reported_late - defects_left = to_n_defective

    An order that enters after `from_day` and is gone again before `to_day` is in neither
    window and in none of the numbers. With `to_day` at least ``policy.window_days`` after
    `from_day` the windows share no order, so every order of the first left.

    Examples
    --------
    In a week one defective order leaves the window, and one in it is reported late:

    >>> from odr_analysis import account_from_frames
    >>> orders = pd.DataFrame({"order_id": ["a", "b", "c"], "marketplace": "Amazon.de",
    ...                        "ordered_on": ["2026-07-15", "2026-08-10", "2026-08-20"],
    ...                        "channel": "mfn"})
    >>> defects = pd.DataFrame({"order_id": ["a", "b"], "component": "claim",
    ...                         "reported_on": ["2026-08-01", "2026-09-25"]})
    >>> account = account_from_frames(orders, defects)
    >>> table = what_moved(account, "2026-09-23", "2026-09-30")
    >>> print(table[["from_n_orders", "orders_entered", "orders_left", "to_n_orders"]])
       from_n_orders  orders_entered  orders_left  to_n_orders
    0              3               0            1            2
    >>> print(table[["from_n_defective", "defects_reported_late", "defects_left"]])
       from_n_defective  defects_reported_late  defects_left
    0                 1                      1             1
    >>> print(table[["from_odr", "to_odr"]].map("{:.0%}".format))
      from_odr to_odr
    0      33%    50%
    """
    start, end = two_days(from_day, to_day)
    n = len(account.series)
    at_start, at_end = (
        in_window(day_numbers(account.daily["ordered_on"]), day, account.policy)
        for day in (start, end)
    )
    orders = account.daily["n_orders"].to_numpy(np.int64)
    of = series_positions(account, account.daily)

    def total(which: np.ndarray) -> Integers:
        sums = np.zeros(n, dtype=np.int64)
        np.add.at(sums, of[which], orders[which])
        return sums

    defects = DefectDays.of(account)
    was, now, move = _moves(defects, account.policy, start, end)

    def defective(which: np.ndarray) -> Integers:
        return np.bincount(defects.series[which], minlength=n)

    table = pd.DataFrame(account.series, columns=["marketplace", "channel"], dtype="str")
    for name, day_orders, day_defective in (("from", at_start, was), ("to", at_end, now)):
        table[f"{name}_n_orders"] = total(day_orders)
        table[f"{name}_n_defective"] = defective(day_defective)
        n_orders = table[f"{name}_n_orders"]
        table[f"{name}_odr"] = table[f"{name}_n_defective"] / n_orders.where(n_orders > 0)
    table["change"] = table["to_odr"] - table["from_odr"]
    table["orders_entered"] = total(at_end & ~at_start)
    table["orders_left"] = total(at_start & ~at_end)
    for name, what in zip(("entered", "reported_late", "left"), MOVES, strict=True):
        table[f"defects_{name}"] = defective(move == MOVES.index(what))
    return table[list(MOVED_COLUMNS)]


def moved_orders(account: Account, from_day: date | str, to_day: date | str) -> pd.DataFrame:
    """The defective orders behind :func:`what_moved`.

    Parameters
    ----------
    account : Account
    from_day, to_day : datetime.date, pandas.Timestamp or ISO text

    Returns
    -------
    pandas.DataFrame
        **One row per defective order that came or went**; columns are ``MOVED_ORDER_COLUMNS``
        of this module. Sorted by ``move`` (entered, reported late, left), marketplace, channel,
        order day and order id. Orders defective on both days and in both windows are not
        listed. Rows of one ``move``, marketplace and channel are as many as ``what_moved`` says.

    Raises
    ------
    ParameterError
        One of the days is no date, or `from_day` is after `to_day`.
    FrameError
        ``account.defective`` has orders of a series without orders.

    Examples
    --------
    In a week one defective order leaves the window, and one in it is reported late:

    >>> from odr_analysis import account_from_frames
    >>> orders = pd.DataFrame({"order_id": ["a", "b", "c"], "marketplace": "Amazon.de",
    ...                        "ordered_on": ["2026-07-15", "2026-08-10", "2026-08-20"],
    ...                        "channel": "mfn"})
    >>> defects = pd.DataFrame({"order_id": ["a", "b"], "component": "claim",
    ...                         "reported_on": ["2026-08-01", "2026-09-25"]})
    >>> account = account_from_frames(orders, defects)
    >>> print(moved_orders(account, "2026-09-23", "2026-09-30").drop(columns="marketplace"))
                move order_id channel ordered_on         kinds  leaves_on
    0  reported late        b     mfn 2026-08-10  A-to-z claim 2026-10-23
    1           left        a     mfn 2026-07-15  A-to-z claim 2026-09-27
    """
    start, end = two_days(from_day, to_day)
    defects = DefectDays.of(account)
    _, _, move = _moves(defects, account.policy, start, end)
    moved = move >= 0
    cell = np.where(move == MOVES.index("left"), defects.cells_on(start), defects.cells_on(end))
    leaves = defects.ordered + account.policy.lag_days + account.policy.window_days - 1
    rows = account.defective[moved].reset_index(drop=True)
    table = rows.assign(
        move=pd.Series(np.array(MOVES, dtype=object)[move[moved]], dtype="str"),
        kinds=pd.Series(np.array(KINDS, dtype=object)[cell[moved]], dtype="str"),
        leaves_on=to_stamps(leaves[moved]),
        rank=move[moved],
        series=defects.series[moved],
    )
    table = table.sort_values(["rank", "series", "ordered_on", "order_id"], ignore_index=True)
    return table[list(MOVED_ORDER_COLUMNS)]


def two_days(from_day: date | str, to_day: date | str) -> tuple[int, int]:
    start, end = day_number(from_day, "from_day"), day_number(to_day, "to_day")
    if start > end:
        raise ParameterError(
            f"from_day must not be after to_day, got {from_day} and {to_day}. Swap them."
        )
    return start, end


def in_window(ordered: Integers, day: int, policy: Policy) -> np.ndarray:
    """Whether orders placed on these days count on `day`."""
    age = day - ordered
    return (age >= policy.lag_days) & (age < policy.lag_days + policy.window_days)


def _moves(
    defects: DefectDays, policy: Policy, start: int, end: int
) -> tuple[np.ndarray, np.ndarray, Integers]:
    """Of each order: counts as defective at `start`, at `end`, and its place in MOVES or -1.

    A defect once known stays known, so an order in both windows is never cured in between.
    """
    in_first = in_window(defects.ordered, start, policy)
    in_last = in_window(defects.ordered, end, policy)
    was = in_first & (defects.cells_on(start) > 0)
    now = in_last & (defects.cells_on(end) > 0)
    conditions = [now & ~in_first, now & in_first & ~was, was & ~in_last]
    return was, now, np.select(conditions, range(len(MOVES)), default=-1)
