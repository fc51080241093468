"""The answers for accounts of many sources: every order and case looked at in turn.

What counts is what was planted (:mod:`~odr_analysis.sample.model.recipes`), not what any evidence
is worth.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from odr_analysis import terms
from odr_analysis.policy import Policy
from odr_analysis.presets import PRESETS
from odr_analysis.sample.model import truth
from odr_analysis.sample.model.cases import Case
from odr_analysis.sample.model.orders import DAY, Orders, as_date
from odr_analysis.sample.model.recipes import RECIPES
from odr_analysis.sample.model.stores import Store
from odr_analysis.sample.model.transactions import Transaction

RULES: tuple[str, ...] = (
    "Counts of a preset are those of its own window, known by the day they are stated for.",
    "An order belongs to its UTC day, or to that of its store where the policy says so.",
    "Orders sold outside Amazon and order ids starting with S do not count; cancelled and "
    "pending ones as the policy says, by their status on the last day.",
    "Each planted case states the switches that must all be on for it to count.",
    "A defect is known from the earliest day any file gives for it, money included; one seen only "
    "on the order-defects list, which has no such day, from the order's own day.",
    "Of what a file says twice, the last day's state is used: a claim denied later never counted.",
)


def status_of(orders: Orders, order: int, last_day: int) -> str:
    """What became of an order by the end of the last day, of the statuses a policy may leave out:
    ``cancelled``, ``pending`` or ''."""
    end = (last_day + 1) * DAY
    if orders.done_at[order] < end:
        return "cancelled" if orders.cancelled[order] else ""
    return "" if orders.paid_at[order] < end else "pending"


def make_records(
    orders: Orders, cases: list[Case], last_day: int, policy: Policy
) -> list[truth.Record]:
    """One record per order in the denominator of `policy`."""
    left_out = set()
    if not policy.count_cancelled_orders:
        left_out.add("cancelled")
    if not policy.count_pending_orders:
        left_out.add("pending")
    records: dict[int, truth.Record] = {}
    placed, mfn = orders.placed_at.tolist(), orders.is_mfn.tolist()
    for i in range(orders.n):
        if i in orders.not_counted or status_of(orders, i, last_day) in left_out:
            continue
        name = str(orders.sales_channel[i])
        own = policy.day_boundary == "marketplace"
        zone = ZoneInfo(terms.MARKETPLACES[name].time_zone) if own else UTC
        on = datetime.fromtimestamp(placed[i], zone).date()
        records[i] = truth.Record(on, name, "mfn" if mfn[i] else "afn")
    for case in cases:
        if case.order in records and case.counts(policy):
            record, known = records[case.order], case.known_on()
            on = record.ordered_on if known is None else as_date(known)
            setattr(record, f"{case.recipe.component}_on", on)
    return list(records.values())


def under_presets(
    orders: Orders, cases: list[Case], last_day: int, days: int
) -> dict[str, dict[str, Any]]:
    """Preset to its counts on the last day and on earlier ones."""
    found = {}
    for name, preset in PRESETS.items():
        records = make_records(orders, cases, last_day, preset.policy)
        found[name] = {
            "policy": preset.policy.to_dict(),
            "rates": truth.rates_on(records, as_date(last_day), preset.policy),
            "rates_history": truth.history(records, as_date(last_day), days, preset.policy),
        }
    return found


def planted(orders: Orders, cases: list[Case]) -> list[dict[str, Any]]:
    """Each recipe that was planted: what it is, what it comes to, and its orders."""
    found = []
    for name, recipe in RECIPES.items():
        own = [case for case in cases if case.name == name]
        if own:
            entry = {"name": name, "component": recipe.component, "what": recipe.what}
            found.append(
                {**entry, **_decisions(own[0]), "orders": [orders.ids[c.order] for c in own]}
            )
    return found


def contradictions(orders: Orders, cases: list[Case]) -> list[dict[str, Any]]:
    """Each case whose sources contradict each other, by order id."""
    found = [
        {
            "order_id": orders.ids[case.order],
            "component": case.recipe.component,
            "name": case.name,
            "what": case.recipe.what,
            **_decisions(case),
            "words_disagree": case.recipe.disagree,
        }
        for case in cases
        if case.recipe.contradiction
    ]
    return sorted(found, key=lambda entry: (entry["order_id"], entry["component"]))


def _decisions(case: Case) -> dict[str, Any]:
    counts = {name: case.counts(preset.policy) for name, preset in PRESETS.items()}
    return {"counts_if": list(case.recipe.counts_if), "counts": counts}


def disputes(money: list[Transaction], store: Store) -> list[dict[str, Any]]:
    """Money that moved for disputes, as files of money must tell it; positive when it left."""
    return [
        {
            "order_id": t.order_id,
            "component": t.kind,
            "outcome": t.outcome,
            "day": as_date(t.moment // DAY).isoformat(),
            "amount": store.number(-t.total),
            "currency": store.currency,
        }
        for t in money
        if t.disputed
    ]


def totals(orders: Orders, cases: list[Case], last_day: int) -> dict[str, Any]:
    """Orders with each component over the whole history, under today's rules."""
    records = make_records(orders, cases, last_day, Policy())
    hits = [
        {c for c in terms.COMPONENTS if getattr(record, f"{c}_on") is not None}
        for record in records
    ]
    by_component = Counter(component for hit in hits for component in hit)
    return {
        "defective_orders": sum(map(bool, hits)),
        "orders_with": {c: by_component[c] for c in terms.COMPONENTS},
    }


def seller_fulfilled(orders: Orders, first: date, last: date) -> int:
    """Counted orders the seller sends, placed from `first` to `last`."""
    return sum(
        bool(mfn) and i not in orders.not_counted and first <= as_date(day) <= last
        for i, (mfn, day) in enumerate(
            zip(orders.is_mfn.tolist(), orders.day.tolist(), strict=True)
        )
    )
