"""Late shipment by the times themselves: by when dispatch was promised, and when it took place.

Unshipped-orders exports give the one and shipment exports the other, and neither is complete by
itself, so the rate is known only where every order of a window has both.
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from odr_analysis import terms, words
from odr_analysis.account import Account
from odr_analysis.exports.orders.kinds import ORDER_EXPORTS
from odr_analysis.health.from_lists import DATED_BY_ORDER, Counted, ends
from odr_analysis.policy import Window

PROMISING = {e.kind for e in ORDER_EXPORTS if "promised" in e.columns} | {"orders frame"}
"""Kinds of files that may say by when dispatch was promised."""

BY_DISPATCH = (
    "Counted by the promised and the actual time of dispatch in the order exports; Amazon goes by "
    "the moment the dispatch was confirmed."
)


class Dispatches:
    """Promises and dispatches of seller-fulfilled orders.

    Attributes
    ----------
    orders : pandas.DataFrame
        One row per seller-fulfilled order: ``order_id``, ``ordered_on``, ``marketplace``,
        ``status``, ``promised`` (an item has a promise), ``known`` (each item has both times),
        ``late`` (known, and an item was dispatched after its promise) and ``due_at`` (the
        earliest promise of an item without dispatch, NaT if none). Cancelled items have no say.
        Empty where no file gives a promise, so that accounts without need not read their items.
    """

    def __init__(self, account: Account) -> None:
        self.known_to = account.known_to
        self.orders = _dated(account)

    def counted(self, marketplace: str, window: Window) -> Counted:
        """Late and all seller-fulfilled orders of a window.

        ``n_total`` is None where some order lacks a time; ``said`` then tells how many have
        both, and nothing where no order has a promise. A cancelled order needs no time: it is
        one of all and never late.
        """
        inside = self._inside(marketplace, window)
        cancelled = inside["status"] == "cancelled"
        n, n_cancelled = len(inside), int(cancelled.sum())
        n_known, n_late = int(inside["known"].sum()), int(inside["late"].sum())
        if not inside["promised"].any():
            return Counted(None, None, ())
        if n_known < int((~cancelled).sum()):
            ours = words.counted(
                n - n_cancelled, "seller-fulfilled order", "seller-fulfilled orders"
            )
            said = (
                f"This cannot be known from these files: {words.number(n_known)} of {ours} of "
                "these days give both the promised and the actual time of dispatch, and "
                f"{words.number(n_late)} of them {'was' if n_late == 1 else 'were'} late. Add the "
                "late-shipment list of Account Health, or exports that give both times for the "
                "others."
            )
            return Counted(None, None, (said,))
        notes = [BY_DISPATCH, DATED_BY_ORDER]
        if n_cancelled:
            are = words.counted(n_cancelled, "cancelled order is", "cancelled orders are")
            notes.append(f"{are} in it and not late.")
        return Counted(n, n_late, tuple(notes))

    def waiting(self, marketplace: str, window: Window, as_of: date) -> list[str]:
        """A sentence on orders of a window that should have been dispatched before `as_of`.

        Said only of the day the exports end on: what was open earlier is not known any more.
        """
        if as_of != self.known_to:
            return []
        inside = self._inside(marketplace, window)
        open_ = inside["status"] == "unshipped"
        n = int((open_ & (inside["due_at"] < pd.Timestamp(as_of))).sum())
        if not n:
            return []
        are = words.counted(n, "order of these days is", "orders of these days are")
        return [
            f"{are} past the promised time of dispatch and still unshipped in the newest export "
            "that names them."
        ]

    def _inside(self, marketplace: str, window: Window) -> pd.DataFrame:
        mine = self.orders[self.orders["marketplace"] == marketplace]
        return mine[mine["ordered_on"].between(*ends(window))]


def _dated(account: Account) -> pd.DataFrame:
    columns = ["order_id", "ordered_on", "marketplace", "status"]
    flags = ["promised", "known", "late"]
    nothing = pd.DataFrame(columns=[*columns, *flags, "due_at"]).astype(
        {"ordered_on": "datetime64[us]", "due_at": "datetime64[us]", **dict.fromkeys(flags, "bool")}
    )
    if not any(f.kind in PROMISING for f in account.receipt.files):
        return nothing
    items = account.items
    if items["promised_at"].isna().all():
        return nothing
    items = items[items["quantity"].ne(0).fillna(True)]
    has = items[["promised_at", "dispatched_at"]].notna()
    each = pd.DataFrame(
        {
            "order_id": items["order_id"],
            "promised": has["promised_at"],
            "known": has.all(axis=1),
            "late": items["dispatched_at"] > items["promised_at"],
            "due_at": items["promised_at"].where(~has["dispatched_at"]),
        }
    )
    found = each.groupby("order_id").agg(
        {"promised": "any", "known": "all", "late": "any", "due_at": "min"}
    )
    orders = account.orders
    ours = orders["why_not"].isin(terms.OPEN_REASONS) & (orders["channel"] == "mfn")
    orders = orders.loc[ours, columns].reset_index(drop=True)
    told = found.reindex(orders["order_id"]).reset_index(drop=True)
    told[flags] = told[flags].fillna(False).astype("bool")
    told["late"] &= told["known"]
    told[["known", "late"]] &= (orders["status"] != "cancelled").to_numpy()[:, None]
    return pd.concat([orders, told], axis=1)
