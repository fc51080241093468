"""From ledger and sightings to the tables of an account, whoever brings the ledger."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd

from odr_analysis import terms
from odr_analysis.exports.covered import with_stores
from odr_analysis.exports.downloads import settled_feedback
from odr_analysis.exports.orders.engine import lend
from odr_analysis.exports.orders.keys import keys
from odr_analysis.exports.orders.ledger import (
    PACKED_DAYS,
    Ledger,
    Shifts,
    account_orders,
    cells_of,
    daily_table,
    days_in_words,
    first_order_of,
    local_shifts,
    stores_named,
)
from odr_analysis.exports.orders.queries import asked, in_words
from odr_analysis.exports.readers.contract import SIGHTING_COLUMNS
from odr_analysis.exports.verdicts import feedback_sightings, first_known, judge
from odr_analysis.policy import Policy
from odr_analysis.schema import Column, typed

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend

NAMES = {"order_key": "int64", "order_id": "string"}
"""Keys of orders whose ids are no well-formed ones, beside the ids."""


@dataclass(frozen=True, eq=False)
class Tables:
    """The small tables of an account, and the totals of its receipt.

    ``dated`` has the rows with a day of each file, out of ``covered.with_stores``; ``store_of`` the
    sales channel of each order that a file names.
    """

    daily: pd.DataFrame
    defective: pd.DataFrame
    defects: pd.DataFrame
    feedback: pd.DataFrame
    dated: dict[str, pd.DataFrame]
    store_of: dict[str, str]
    known_to: date | None
    orders_total: dict[str, Any]
    defects_total: dict[str, Any]
    feedback_notes: tuple[str, ...] = ()

    def notes(self) -> list[str]:
        """What a reader should know of the account as a whole, one sentence each."""
        notes = [*self.feedback_notes]
        unknown = self.defects_total["not_counted"].get("order unknown", 0)
        if unknown:
            notes.append(
                f"{unknown:,} defect sighting(s) belong to orders that are in no order export; "
                "they are in no rate. Add the order exports of their months."
            )
        if (self.daily.marketplace == "unknown").any():
            notes.append(
                "Some orders name no marketplace in any file; they are shown as 'unknown'. "
                "Name it with --marketplace."
            )
        return notes


class Elsewhere(Protocol):
    """A ledger that stays where it is, in a warehouse: what is asked of all its orders."""

    def named_stores(self) -> list[str]:
        """Stores the orders belong to."""

    def packed_days(self, cells: pd.DataFrame, policy: Policy, shifts: Shifts) -> pd.DataFrame:
        """``ledger.packed_days`` of all orders; `cells` has their ``order_key`` and ``cell``."""


def shifts_of(
    con: Backend,
    stores: tuple[str, ...],
    totals: dict[str, Any],
    policy: Policy,
    ledger: str = "ledger",
    elsewhere: Elsewhere | None = None,
) -> Shifts:
    """UTC offsets the ledger's stores need; none when days are UTC days."""
    if policy.day_boundary == "utc" or totals["first"] is None:
        return ()
    return local_shifts(
        sorted(
            asked(con, _stores_named, stores, ledger).marketplace.dropna()
            if elsewhere is None
            else elsewhere.named_stores()
        ),
        datetime.fromisoformat(totals["first"]),
        datetime.fromisoformat(totals["last"]),
    )


def _stores_named(stores: tuple[str, ...], ledger: str) -> ir.Table:
    return stores_named(Ledger.kept(stores, ledger))


def _keyed(name: str, columns: dict[str, str], named: bool) -> ir.Table:
    """The rows of a table with the keys of their ``order_id``, which may be ``named``."""
    import ibis

    table = ibis.table({"order_id": "string", **columns}, name=name)
    if named:
        return table.inner_join(ibis.table(NAMES, name="names"), "order_id")
    return table.mutate(order_key=keys(table.order_id))


def _touched(stores: tuple[str, ...], policy: Policy, shifts: Shifts, named: bool) -> ir.Table:
    return account_orders(Ledger.kept(stores), policy, shifts, _keyed("wanted", {}, named))


def named_orders(stores: tuple[str, ...], policy: Policy, shifts: Shifts) -> ir.Table:
    """The orders whose ids :func:`build_tables` was given as ``names``; ``terms.ORDER_COLUMNS``."""
    import ibis

    return account_orders(Ledger.kept(stores), policy, shifts, ibis.table(NAMES, name="names"))


FIRST_KNOWN = {f"{component}_on": "timestamp(6)" for component in terms.COMPONENTS}
"""Columns of the table ``first_known`` beside the order id: when each kind of defect was known."""


def _daily(stores: tuple[str, ...], policy: Policy, shifts: Shifts, named: bool) -> ir.Table:
    first = _keyed("first_known", FIRST_KNOWN, named).drop("order_id")
    return daily_table(Ledger.kept(stores), first, policy, shifts)


def _cells() -> ir.Table:
    return cells_of(_keyed("first_known", FIRST_KNOWN, named=False))


def _days_from_elsewhere(stores: tuple[str, ...], policy: Policy) -> ir.Table:
    import ibis

    return days_in_words(ibis.table(PACKED_DAYS, name="packed_days"), stores, policy)


def put_into_words(stores: tuple[str, ...], policy: Policy) -> None:
    """Find the words of what :func:`build_tables` will ask, as far as they can be known."""
    if policy.day_boundary == "utc":
        for make in (_touched, _daily):
            in_words(make, stores, policy, (), False)


def build_tables(
    con: Backend,
    stores: tuple[str, ...],
    totals: dict[str, Any],
    feedback: pd.DataFrame,
    sightings: pd.DataFrame,
    policy: Policy,
    latest_elsewhere: list[date],
    names: pd.DataFrame | None = None,
    returns: pd.DataFrame | None = None,
    damaged: Collection[str] = (),
    dated: pd.DataFrame | None = None,
    elsewhere: Elsewhere | None = None,
) -> Tables:
    """Run the expressions on a finished ledger, which the engine knows as the table ``ledger``.

    Parameters
    ----------
    stores : tuple of str
        What its codes of stores stand for.
    totals : dict
        :func:`~odr_analysis.exports.orders.ledger.totals_of` the ledger.
    feedback : pandas.DataFrame
        ``terms.FEEDBACK_COLUMNS``, as read from all files.
    sightings : pandas.DataFrame
        Defects seen in other files; ``SIGHTING_COLUMNS``.
    latest_elsewhere : list of datetime.date
        Latest days that files other than order exports know of.
    names : pandas.DataFrame, optional
        ``order_key`` and ``order_id`` of the ledger, where keys are not packed ids.
    returns : pandas.DataFrame, optional
        ``terms.RETURN_COLUMNS``; like the others they show which stores a file is about.
    damaged : collection of str
        Files of which rows were dropped: what is missing from them proves nothing.
    dated : pandas.DataFrame, optional
        ``covered.DATED_COLUMNS``: which days each file proves.
    elsewhere : Elsewhere, optional
        The whole ledger, where ``ledger`` has only the orders that the other tables name.
    """
    if names is not None:
        lend(con, "names", names[[*NAMES]])
    # Also orders without a defect: they show which store a file is about.
    named = [t[["order_id"]] for t in (feedback, sightings, returns, dated) if t is not None]
    wanted = pd.concat(named, ignore_index=True).drop_duplicates().astype("str")
    wanted = wanted[wanted.order_id != ""]
    shifts = shifts_of(con, stores, totals, policy, elsewhere=elsewhere)
    how = stores, policy, shifts, names is not None
    lend(con, "wanted", wanted)
    touched: pd.DataFrame = asked(con, _touched, *how)
    touched = touched.set_index("order_id").astype({"ordered_on": "datetime64[us]"})

    settled = settled_feedback(feedback, touched.marketplace, damaged)
    removed = feedback_sightings(settled.gone, policy).assign(outcome="removed")
    parts = [feedback_sightings(settled.kept, policy), removed, sightings]
    seen = typed(
        pd.concat([p for p in parts if len(p)] or parts, ignore_index=True),
        {c: terms.DEFECT_COLUMNS[c] for c in SIGHTING_COLUMNS},
    )
    by_file: dict[str, pd.DataFrame] = {}
    if dated is not None and len(dated):
        proving = with_stores(dated, touched, first_order_of(totals))
        by_file = {str(f): proving[proving["file"] == f] for f in dated["file"].unique()}
    defects = judge(seen, touched.why_not, policy)
    known = first_known(defects, touched.ordered_on)
    lend(con, "first_known", known)
    if elsewhere is None:
        days = asked(con, _daily, *how)
    else:
        lend(con, "packed_days", elsewhere.packed_days(asked(con, _cells), policy, shifts))
        days = asked(con, _days_from_elsewhere, stores, policy)
    days = typed(days, {**terms.DAILY_COLUMNS, "why_not": Column("str")})
    by_reason = {str(why): int(n) for why, n in days.groupby("why_not").n_orders.sum().items()}
    daily = days[days.why_not == ""][list(terms.DAILY_COLUMNS)]
    where = touched.reindex(known.order_id.to_numpy()).reset_index(drop=True)
    defective = known.assign(**{c: where[c] for c in ("ordered_on", *terms.SERIES_KEYS)})
    defective = defective.sort_values(["ordered_on", "order_id"])

    last = [datetime.fromisoformat(t).date() for t in (totals["last"], totals["update"]) if t]
    return Tables(
        daily=daily.sort_values(["ordered_on", *terms.SERIES_KEYS], ignore_index=True),
        defective=typed(defective, terms.DEFECTIVE_COLUMNS).reset_index(drop=True),
        defects=defects,
        feedback=settled.kept,
        dated=by_file,
        store_of=stores_of(touched.marketplace),
        known_to=max([*last, *latest_elsewhere], default=None),
        orders_total={
            "rows": totals["rows"],
            "distinct": sum(by_reason.values()),
            "counted": by_reason.pop("", 0),
            "not_counted": by_reason,
        },
        defects_total={
            "seen": len(defects),
            "counted": int(defects["counts"].sum()),
            "not_counted": {
                str(why): int(n)
                for why, n in defects.why_not[defects.why_not != ""].value_counts().items()
            },
            "defective_orders": len(defective),
            "feedback_rows": len(feedback),
            "feedback_superseded": len(feedback) - len(settled.kept) - len(settled.gone),
            "feedback_removed": len(settled.gone),
        },
        feedback_notes=tuple(settled.notes),
    )


def stores_of(named: pd.Series) -> dict[str, str]:
    """Order id to sales channel, out of a column by order id; without those that have none."""
    known = named.dropna()
    return dict(zip(known.index.tolist(), known.tolist(), strict=True))
