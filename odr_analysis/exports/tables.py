"""From ledger and sightings to the tables of an account, whoever brings the ledger."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from odr_analysis import terms
from odr_analysis.exports.downloads import settled_feedback
from odr_analysis.exports.evidence import feedback_sightings, first_known, judge
from odr_analysis.exports.keys import keys
from odr_analysis.exports.ledger import (
    Ledger,
    Shifts,
    account_orders,
    daily_table,
    local_shifts,
    stores_named,
)
from odr_analysis.exports.rows import SIGHTING_COLUMNS, typed
from odr_analysis.policy import Policy

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True, eq=False)
class Tables:
    """The small tables of an account, and the totals of its receipt.

    ``stores`` has the sales channels that the orders named in a file belong to, ``store_of`` that
    of each such order.
    """

    daily: pd.DataFrame
    defective: pd.DataFrame
    defects: pd.DataFrame
    feedback: pd.DataFrame
    stores: dict[str, tuple[str, ...]]
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


def shifts_of(ledger: Ledger, totals: dict[str, Any], policy: Policy) -> Shifts:
    """UTC offsets the ledger's stores need; none when days are UTC days."""
    if policy.day_boundary == "utc" or totals["first"] is None:
        return {}
    return local_shifts(
        sorted(stores_named(ledger).to_pandas().marketplace.dropna()),
        datetime.fromisoformat(totals["first"]),
        datetime.fromisoformat(totals["last"]),
    )


def build_tables(
    ledger: Ledger,
    totals: dict[str, Any],
    feedback: pd.DataFrame,
    sightings: pd.DataFrame,
    policy: Policy,
    latest_elsewhere: list[date],
    names: pd.DataFrame | None = None,
    returns: pd.DataFrame | None = None,
    damaged: Collection[str] = (),
) -> Tables:
    """Run the expressions on a finished ledger.

    Parameters
    ----------
    totals : dict
        :func:`~odr_analysis.exports.ledger.totals_of` the ledger.
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
    """
    import ibis

    def keyed(ids: pd.DataFrame) -> ir.Table:
        """The rows of `ids` with the keys of their ``order_id``."""
        table = ibis.memtable(ids)
        if names is not None:
            return table.inner_join(ibis.memtable(names), "order_id")
        return table.mutate(order_key=keys(table.order_id))

    # Also orders without a defect: they show which store a file is about.
    named = [t[["file", "order_id"]] for t in (feedback, sightings, returns) if t is not None]
    rows = pd.concat(named, ignore_index=True).drop_duplicates().astype("str")
    wanted = rows[["order_id"]].drop_duplicates()
    shifts = shifts_of(ledger, totals, policy)
    touched = account_orders(ledger, policy, shifts, keyed(wanted)).to_pandas()
    touched = touched.set_index("order_id").astype({"ordered_on": "datetime64[us]"})

    settled = settled_feedback(feedback, touched.marketplace, damaged)
    removed = feedback_sightings(settled.gone, policy).assign(outcome="removed")
    parts = [feedback_sightings(settled.kept, policy), removed, sightings]
    seen = typed(
        pd.concat([p for p in parts if len(p)] or parts, ignore_index=True),
        {c: terms.DEFECT_COLUMNS[c] for c in SIGHTING_COLUMNS},
    )
    rows["store"] = rows.order_id.map(touched.marketplace)
    stores = rows.dropna().groupby("file").store.unique().map(sorted).to_dict()
    defects = judge(seen, touched.why_not, policy)
    known = first_known(defects, touched.ordered_on)
    first = keyed(known).drop("order_id")
    days = daily_table(ledger, first, policy, shifts).to_pandas()
    days = _typed(days, {**terms.DAILY_COLUMNS, "why_not": ""})
    by_reason = {str(why): int(n) for why, n in days.groupby("why_not").n_orders.sum().items()}
    daily = days[days.why_not == ""][list(terms.DAILY_COLUMNS)]
    where = touched.reindex(known.order_id.to_numpy()).reset_index(drop=True)
    defective = known.assign(**{c: where[c] for c in ("ordered_on", *terms.SERIES_KEYS)})
    defective = defective.sort_values(["ordered_on", "order_id"])

    last = [datetime.fromisoformat(t).date() for t in (totals["last"], totals["update"]) if t]
    return Tables(
        daily=daily.sort_values(["ordered_on", *terms.SERIES_KEYS], ignore_index=True),
        defective=_typed(defective, terms.DEFECTIVE_COLUMNS).reset_index(drop=True),
        defects=defects,
        feedback=settled.kept,
        stores={str(file): tuple(of) for file, of in stores.items()},
        store_of=touched.marketplace.dropna().to_dict(),
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


def _typed(frame: pd.DataFrame, columns: dict[str, str]) -> pd.DataFrame:
    """Exact column order and types, whatever unit the engine returns times in."""
    types = {
        name: "datetime64[us]"
        if name.endswith("_on")
        else "int64"
        if name.startswith("n_")
        else "str"
        for name in columns
    }
    return frame[list(columns)].astype(types)
