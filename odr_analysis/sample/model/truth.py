"""The answers: counted in the slow, obvious way from the generator's own records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from odr_analysis import terms
from odr_analysis.policy import Policy
from odr_analysis.sample.model.defects import Defects
from odr_analysis.sample.model.orders import Orders, as_date

RULES: tuple[str, ...] = (
    "An order belongs to its UTC day and counts once; cancelled and pending orders count.",
    "Orders sold outside Amazon and order ids starting with S do not count.",
    "Feedback of 1 or 2 stars is a defect.",
    "A claim counts when granted or pending, not when withdrawn, denied, appeal won or amazon "
    "funded.",
    "A chargeback counts when open or lost; won does not.",
    "'counts in odr' Y or N beats the status.",
    "A defect is known from the earliest day any file gives for it; one seen only on an "
    "order-defects list, which has no such day, from the order's own day.",
    "Statuses are those of the last day: a claim denied later never counted.",
)


@dataclass
class Record:
    """One order as the truth sees it; the days are when each component became known."""

    ordered_on: date
    marketplace: str
    channel: str
    feedback_on: date | None = None
    claim_on: date | None = None
    chargeback_on: date | None = None


def make_records(orders: Orders, defects: Defects) -> list[Record]:
    """One record per order in the denominator."""
    records: dict[int, Record] = {}
    days, mfn = orders.day.tolist(), orders.is_mfn.tolist()
    for i in range(orders.n):
        if i not in orders.not_counted:
            channel = "mfn" if mfn[i] else "afn"
            records[i] = Record(as_date(days[i]), str(orders.sales_channel[i]), channel)
    for feedback in defects.feedback:
        if feedback.negative:
            records[feedback.order].feedback_on = as_date(feedback.on)
    for claim in defects.claims:
        if claim.counts:
            dated = [claim.on] if claim.in_claims_file else []
            dated += [] if claim.return_on is None else [claim.return_on]
            records[claim.order].claim_on = as_date(min(dated, default=days[claim.order]))
    for chargeback in defects.chargebacks:
        if chargeback.counts:
            records[chargeback.order].chargeback_on = as_date(chargeback.on)
    return list(records.values())


def rates_on(
    records: Iterable[Record], as_of: date, policy: Policy | None = None
) -> list[dict[str, Any]]:
    """Counts of one as_of day, one entry per marketplace and channel that has orders at all."""
    window = (policy or Policy()).window(as_of)
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for r in records:
        row = counts.setdefault((r.marketplace, r.channel), _zeros())
        if not window.start <= r.ordered_on <= window.end:
            continue
        row["n_orders"] += 1
        mask = 0
        for bit, component in enumerate(terms.COMPONENTS):
            known_on = getattr(r, f"{component}_on")
            if known_on is not None and known_on <= as_of:
                row[f"n_{component}"] += 1
                mask += 1 << bit
        if mask:
            row["n_defective"] += 1
            row[f"n_{terms.CELLS[mask]}"] += 1
    ordered = sorted(counts, key=lambda key: (key[0], terms.CHANNELS.index(key[1])))
    return [{"marketplace": m, "channel": c, **counts[m, c]} for m, c in ordered]


def _zeros() -> dict[str, int]:
    names = ("n_orders", "n_defective", *terms.COMPONENT_COLUMNS, *terms.CELL_COLUMNS)
    return dict.fromkeys(names, 0)


def history(
    records: list[Record], as_of: date, days: int, policy: Policy | None = None
) -> list[dict[str, Any]]:
    """The same counts for eight earlier days, from before the first full window to yesterday."""
    back = [1, 7, 15, *(days * k // 8 for k in (1, 2, 3, 5, 7))]
    found = []
    for day in sorted({as_of - timedelta(days=n) for n in back}):
        found += [{"as_of": day.isoformat(), **row} for row in rates_on(records, day, policy)]
    return found


def order_totals(orders: Orders, rows: int) -> dict[str, Any]:
    """What became of the orders as a whole."""
    return {
        "rows": rows,
        "distinct": orders.n,
        "counted": orders.n - len(orders.not_counted),
        "not_counted": dict(sorted(Counter(orders.not_counted.values()).items())),
        "cancelled": int(orders.cancelled.sum()),
    }


def defect_totals(defects: Defects, records: Iterable[Record]) -> dict[str, Any]:
    """Orders with each component over the whole history, and reports that do not count."""
    counted = dict.fromkeys(terms.COMPONENTS, 0)
    defective = 0
    for r in records:
        hit = [c for c in terms.COMPONENTS if getattr(r, f"{c}_on") is not None]
        defective += bool(hit)
        for component in hit:
            counted[component] += 1
    return {
        "defective_orders": defective,
        "orders_with": counted,
        "not_counting": {
            "neutral feedback": sum(not f.negative for f in defects.feedback),
            "claims": sum(not c.counts for c in defects.claims),
            "chargebacks": sum(not c.counts for c in defects.chargebacks),
        },
        "claims_seen_only_on_the_order_defects_list": sum(
            c.counts and not c.in_claims_file and c.return_on is None for c in defects.claims
        ),
    }
