"""Counts of orders and defects that entered or left the window between two days."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from odr_analysis import terms
from odr_analysis.account import Account
from odr_analysis.rates.defect_days import KINDS, DefectDays
from odr_analysis.rates.rolling import to_stamps
from odr_analysis.schema import Column, Columns
from odr_analysis.why.bridge import bridge
from odr_analysis.why.two_days import Story

MOVES: dict[str, str] = {
    "entered": "defects_entered",
    "reported late": "reported_late",
    "left": "defects_left",
}
"""What brought a defective order into the numerator (the first two) or took it out, and the
part of the bridge it is."""

MOVED_COLUMNS: Columns = {
    "marketplace": Column("str"),
    "channel": Column("str"),
    "from_n_orders": Column("int64", "orders in the window of from_day"),
    "from_n_defective": Column("int64", "of them, defective by what was known on from_day"),
    "from_odr": Column("float64", "fraction 0-1", missing="NaN without orders"),
    "to_n_orders": Column("int64", "orders in the window of to_day"),
    "to_n_defective": Column("int64", "of them, defective by what was known on to_day"),
    "to_odr": Column("float64", "fraction 0-1", missing="NaN without orders"),
    "change": Column("float64", "to_odr - from_odr", missing="NaN where either is"),
    "orders_entered": Column("int64", "orders in the window of to_day only"),
    "orders_left": Column("int64", "orders in the window of from_day only"),
    "defects_entered": Column(
        "int64", "orders in the window of to_day only and defective on to_day"
    ),
    "defects_left": Column(
        "int64", "orders in the window of from_day only and defective on from_day"
    ),
    "defects_reported_late": Column("int64", "orders in both windows, defective on to_day only"),
}
"""Columns of ``what_moved``: one row per marketplace x channel."""

MOVED_PARTS: dict[str, str] = {
    "orders_entered": "orders_entered",
    "orders_left": "orders_left",
    "defects_entered": "defects_entered",
    "defects_left": "defects_left",
    "defects_reported_late": "reported_late",
}
"""Counts of ``what_moved`` to parts of the bridge, which have a sign."""

MOVED_ORDER_COLUMNS: Columns = {
    "move": Column("str", "'entered', 'reported late' or 'left'"),
    "order_id": Column("str"),
    "marketplace": Column("str"),
    "channel": Column("str"),
    "ordered_on": Column("datetime64[us]", "day the order was placed", unit="midnight"),
    "kinds": Column(
        "str", "kinds of defect it counts with on to_day; of one that left, on from_day"
    ),
    "leaves_on": Column("datetime64[us]", "last day it counts", unit="midnight"),
}
"""Columns of ``moved_orders``: one row per defective order that came or went."""


def what_moved(
    account: Account,
    from_day: date | str,
    to_day: date | str,
    *,
    parts: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """What changed the rate between two days: orders and defects that came and went.

    Parameters
    ----------
    account : Account
    from_day, to_day : datetime.date, pandas.Timestamp or ISO text
        The same day twice is allowed: nothing moved.
    parts : pandas.DataFrame, optional
        ``bridge`` of the two days, where it is at hand.

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
    table = bridge(account, from_day, to_day) if parts is None else parts
    table = table[table.measure == "odr"]
    keys = list(terms.SERIES_KEYS)
    whole = table.drop_duplicates(keys)[[c for c in MOVED_COLUMNS if c in table]]
    for column, part in MOVED_PARTS.items():
        n = table.loc[table.part == part, [*keys, "n"]].rename(columns={"n": column})
        whole = whole.merge(n.assign(**{column: n[column].abs()}), on=keys, sort=False)
    # Here a day without orders has no rate, and a change from or to it is none.
    return whole.assign(change=whole.to_odr - whole.from_odr)[list(MOVED_COLUMNS)]


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
    story = Story.of(account, None, from_day, to_day)
    defects, policy = DefectDays.of(account), account.policy
    _, _, moves = story.moves("odr")
    parts = [moves[part] for part in MOVES.values()]
    at = np.concatenate([move.at for move in parts])
    which = np.repeat(np.arange(len(parts)), [len(move.at) for move in parts])
    left = which == list(MOVES).index("left")
    cell = np.where(left, defects.cells_on(story.first)[at], defects.cells_on(story.last)[at])
    leaves = defects.ordered[at] + policy.lag_days + policy.window_days - 1
    table = account.defective.iloc[at].reset_index(drop=True)
    table = table.assign(
        move=pd.Series(np.array(list(MOVES), dtype=object)[which], dtype="str"),
        kinds=pd.Series(np.array(KINDS, dtype=object)[cell], dtype="str"),
        leaves_on=to_stamps(leaves),
        rank=which,
        series=defects.series[at],
    )
    table = table.sort_values(["rank", "series", "ordered_on", "order_id"], ignore_index=True)
    return table[list(MOVED_ORDER_COLUMNS)]
