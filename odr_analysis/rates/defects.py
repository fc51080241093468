"""The orders behind the numerator: what is wrong with each, since when, and until when."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from odr_analysis import terms
from odr_analysis.account import Account
from odr_analysis.arrays import Integers
from odr_analysis.rates.defect_days import HAS_COMPONENT, KINDS, DefectDays
from odr_analysis.rates.rolling import asked_on, day_numbers, to_stamps
from odr_analysis.schema import Column, Columns

COUNTS, ENTERS_LATER = "counts", "enters later"

DEFECTIVE_ORDER_COLUMNS: Columns = {
    "order_id": Column("str"),
    "marketplace": Column("str"),
    "channel": Column("str"),
    "ordered_on": Column("datetime64[us]", "day the order was placed", unit="midnight"),
    "kinds": Column(
        "str", "kinds of defect known by as_of, e.g. 'negative feedback, A-to-z claim'"
    ),
    "feedback": Column("bool", "negative feedback known by as_of"),
    "claim": Column("bool", "A-to-z claim known by as_of"),
    "chargeback": Column("bool", "chargeback known by as_of"),
    "cell": Column("str", "exclusive cell, one of terms.DEFECT_CELLS"),
    "rating": Column(
        "Int64", "stars of the latest feedback that counts", missing="<NA> without one"
    ),
    "comment": Column("str", "the buyer's words, untrusted text", missing="'' if none"),
    "reason": Column("str", "the source's own words for why", missing="'' if none"),
    "enters_on": Column("datetime64[us]", "first day the order counts", unit="midnight"),
    "shown_since": Column("datetime64[us]", "first day it counts as defective", unit="midnight"),
    "leaves_on": Column("datetime64[us]", "last day it counts", unit="midnight"),
    "days_left": Column("int64", "days from as_of on, as_of included, on which it counts"),
    "phase": Column("str", "'counts' on as_of, or 'enters later'"),
}
"""Columns of ``defective_orders``: one row per defective order that counts or will count."""


def defective_orders(
    account: Account, as_of: date | str | None = None, *, include_entering: bool = True
) -> pd.DataFrame:
    """The defective orders in the window, and those still to enter it.

    Parameters
    ----------
    account : Account
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        By default ``account.known_to``. What became known later is left out.
    include_entering : bool
        Whether to list orders that are defective but younger than ``policy.lag_days``.

    Returns
    -------
    pandas.DataFrame
        **One row per defective order** that counts on `as_of` or will count later; columns are
        ``DEFECTIVE_ORDER_COLUMNS`` of this module. The rows with ``phase == "counts"`` of a
        marketplace and channel are as many as its ``n_defective`` in :func:`component_rates`.
        Sorted by what can still be done: orders that count come first, and among them those
        that count longest; then those that enter later, soonest first.

        ``rating``, ``comment`` and ``reason`` are each the latest that any counting record
        known by `as_of` has. ``days_left`` of an order that enters later is the whole of
        ``policy.window_days``.

    Raises
    ------
    ParameterError
        `as_of` is no date.
    FrameError
        ``account.defective`` has orders of a series without orders.

    Examples
    --------
    An order of 18 Jul has its last day on 30 Sep, one of 20 Sep is not counted yet:

    >>> from odr_analysis import account_from_frames
    >>> orders = pd.DataFrame({"order_id": ["a", "b"], "ordered_on": ["2026-07-18", "2026-09-20"],
    ...                        "marketplace": "Amazon.de", "channel": "mfn"})
    >>> defects = pd.DataFrame({"order_id": ["a", "b"], "component": "claim",
    ...                         "reported_on": ["2026-08-01", "2026-09-25"]})
    >>> account = account_from_frames(orders, defects)
    >>> table = defective_orders(account, "2026-09-30")
    >>> print(table[["order_id", "kinds", "leaves_on", "days_left", "phase"]])
      order_id         kinds  leaves_on  days_left         phase
    0        a  A-to-z claim 2026-09-30          1        counts
    1        b  A-to-z claim 2026-12-03         60  enters later
    """
    policy = account.policy
    today = asked_on(as_of, account.known_to)
    defects = DefectDays.of(account)
    cell = defects.cells_on(today)
    enters = defects.ordered + policy.lag_days
    leaves = enters + policy.window_days - 1
    known = (cell > 0) & (defects.ordered <= today)
    listed = known & (leaves >= today)
    if not include_entering:
        listed &= enters <= today

    rows = account.defective.loc[listed, ["order_id", "marketplace", "channel", "ordered_on"]]
    enters, leaves, cell = enters[listed], leaves[listed], cell[listed]
    since = np.maximum(enters, defects.known[listed].min(axis=1))
    counts = enters <= today
    table = rows.reset_index(drop=True).assign(
        kinds=_words(KINDS, cell),
        **{c: HAS_COMPONENT[cell, i] for i, c in enumerate(terms.COMPONENTS)},
        cell=_words(terms.CELLS, cell),
        **_said(account, rows["order_id"], today),
        enters_on=to_stamps(enters),
        shown_since=to_stamps(since),
        leaves_on=to_stamps(leaves),
        days_left=leaves - np.maximum(enters, today) + 1,
        phase=_words((ENTERS_LATER, COUNTS), counts.astype(np.int64)),
    )
    # "counts" sorts before "enters later".
    table = table.sort_values(
        ["phase", "days_left", "enters_on", "marketplace", "channel", "order_id"],
        ascending=[True, False, True, True, True, True],
        ignore_index=True,
    )
    return table[list(DEFECTIVE_ORDER_COLUMNS)]


def _words(words: tuple[str, ...], positions: Integers) -> pd.Series:
    return pd.Series(np.array(words, dtype=object)[positions], dtype="str")


def _said(
    account: Account, order_ids: pd.Series, today: int
) -> dict[str, pd.api.extensions.ExtensionArray]:
    """Latest rating, comment and reason of each order, from records known by `today`."""
    seen = account.defects
    # A record without a day is known from the order day on, and older than any with one.
    known = day_numbers(seen["reported_on"], missing=today) <= today
    seen = seen[seen["counts"].to_numpy(bool) & known & seen["order_id"].isin(order_ids)]
    seen = seen.sort_values(["reported_on", "file", "line"], na_position="first")

    def latest(column: str, has_value: pd.Series) -> pd.Series:
        last = seen[has_value].drop_duplicates("order_id", keep="last")
        return last.set_index("order_id")[column].reindex(order_ids)

    return {
        "rating": latest("rating", seen["rating"].notna()).astype("Int64").array,
        "comment": latest("comment", seen["comment"] != "").fillna("").array,
        "reason": latest("reason", seen["reason"] != "").fillna("").array,
    }
