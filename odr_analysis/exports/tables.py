"""From ledger and sightings to the tables of an account, whoever brings the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from odr_analysis import terms
from odr_analysis.exports.evidence import feedback_sightings, first_known, judge, newest_feedback
from odr_analysis.exports.keys import key_of
from odr_analysis.exports.ledger import (
    Shifts,
    account_orders,
    daily_table,
    local_shifts,
    span,
    stores,
)
from odr_analysis.exports.rows import SIGHTING_COLUMNS, typed
from odr_analysis.policy import Policy

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True, eq=False)
class Tables:
    """The small tables of an account, and the totals of its receipt."""

    daily: pd.DataFrame
    defective: pd.DataFrame
    defects: pd.DataFrame
    feedback: pd.DataFrame
    known_to: date | None
    orders_total: dict[str, Any]
    defects_total: dict[str, Any]

    def notes(self) -> list[str]:
        """What a reader should know of the account as a whole, one sentence each."""
        notes = []
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


def shifts_of(ledger: ir.Table, policy: Policy) -> Shifts:
    """UTC offsets the ledger's stores need; none when days are UTC days."""
    if policy.day_boundary == "utc":
        return {}
    times = span(ledger).to_pandas()
    if times["first"].isna().all():
        return {}
    return local_shifts(
        sorted(stores(ledger).to_pandas().marketplace.dropna()),
        times["first"][0].to_pydatetime(),
        times["last"][0].to_pydatetime(),
    )


def build_tables(
    ledger: ir.Table,
    feedback: pd.DataFrame,
    sightings: pd.DataFrame,
    policy: Policy,
    latest_elsewhere: list[date],
    names: pd.DataFrame | None = None,
) -> Tables:
    """Run the expressions on a finished ledger.

    Parameters
    ----------
    ledger
        :func:`~odr_analysis.exports.ledger.order_ledger`, materialised.
    feedback : pandas.DataFrame
        ``terms.FEEDBACK_COLUMNS``, as read from all files.
    sightings : pandas.DataFrame
        Defects seen in other files; ``terms.DEFECT_COLUMNS`` without the last two.
    latest_elsewhere : list of datetime.date
        Latest days that files other than order exports know of.
    names : pandas.DataFrame, optional
        ``order_key`` and ``order_id`` of the ledger, where keys are not packed ids.
    """
    import ibis

    one_each = newest_feedback(feedback)
    seen = pd.concat([feedback_sightings(one_each, policy), sightings], ignore_index=True)
    seen = typed(seen, {c: terms.DEFECT_COLUMNS[c] for c in SIGHTING_COLUMNS})

    key = key_of if names is None else dict(zip(names.order_id, names.order_key, strict=True)).get
    keys = {i: k for i in seen.order_id.drop_duplicates() if (k := key(i)) is not None}
    wanted = ibis.memtable({"order_key": list(keys.values())}, schema={"order_key": "int64"})
    shifts = shifts_of(ledger, policy)
    told = None if names is None else ibis.memtable(names)
    few = ledger.semi_join(wanted, "order_key")
    touched = account_orders(few, policy, shifts, told).to_pandas()
    touched = touched.set_index("order_id").astype({"ordered_on": "datetime64[us]"})
    defects = judge(seen, touched.why_not, policy)
    known = first_known(defects, touched.ordered_on)
    first = ibis.memtable(
        known.assign(order_key=[keys[i] for i in known.order_id]).drop(columns="order_id"),
        schema={**{f"{c}_on": "timestamp" for c in terms.COMPONENTS}, "order_key": "int64"},
    )
    days = daily_table(ledger, first, policy, shifts).to_pandas()
    days = _typed(days, {**terms.DAILY_COLUMNS, "why_not": ""})
    by_reason = {str(why): int(n) for why, n in days.groupby("why_not").n_orders.sum().items()}
    daily = days[days.why_not == ""][list(terms.DAILY_COLUMNS)]
    where = touched.reindex(known.order_id.to_numpy()).reset_index(drop=True)
    defective = known.assign(**{c: where[c] for c in ("ordered_on", *terms.SERIES_KEYS)})
    defective = defective.sort_values(["ordered_on", "order_id"])

    times = span(ledger).to_pandas()
    last = [t.date() for t in (times["last"][0], times["update"][0]) if pd.notna(t)]
    rows = ledger.n_rows.sum().to_pandas()
    return Tables(
        daily=daily.sort_values(["ordered_on", *terms.SERIES_KEYS], ignore_index=True),
        defective=_typed(defective, terms.DEFECTIVE_COLUMNS).reset_index(drop=True),
        defects=defects,
        feedback=one_each,
        known_to=max([*last, *latest_elsewhere], default=None),
        orders_total={
            "rows": int(rows) if pd.notna(rows) else 0,
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
            "feedback_superseded": len(feedback) - len(one_each),
        },
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
