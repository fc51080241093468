"""Accounts with reports made under rules drawn at random, and the slow count of such a report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pandas as pd

from odr_analysis import terms
from odr_analysis.account import Account
from odr_analysis.exports.readers.contract import (
    Sighting,
    feedback_frame,
    lapses,
    returns,
    sightings,
    snapshots,
)
from odr_analysis.exports.verdicts import judge
from odr_analysis.frames import Frames
from odr_analysis.policy import Policy
from odr_analysis.receipt import Receipt

DAY = date(2026, 9, 30)
STORES = ("Amazon.de", "Amazon.com", "Amazon.co.jp", "Amazon.in")
OUTCOMES = {
    "feedback": ("", "", "", "", "struck", "struck", "removed"),
    "claim": ("", "granted", "pending", "pending", "withdrawn", "denied", "refunded", "appeal won"),
    "chargeback": ("", "open", "lost", "won"),
}
SOURCES = {"feedback": "seller-feedback", "claim": "claims", "chargeback": "chargebacks"}
OFTEN = (
    *("count_cancelled_orders", "count_pending_orders"),
    *("count_pending_claims", "count_struck_feedback"),
)
"""Switches drawn by the toss of a coin; the next ones seldom differ from the usual."""
SELDOM = (
    *("count_won_chargebacks", "count_inferred_defects", "count_withdrawn_claims"),
    *("count_denied_claims", "count_open_chargebacks", "count_recovered_defects"),
)
OUT_AGAIN = ("struck", "removed", "withdrawn", "denied", "appeal won", "won")
FLAWS = ("window", "evening", "late removals", "vanished feedback")
"""What may be wrong with a report: its dates, the hour it was made, what it still counts."""


@dataclass(frozen=True)
class Order:
    order_id: str
    at: datetime
    marketplace: str
    channel: str
    status: str
    foreign: bool

    def day(self, boundary: str) -> date:
        zone = terms.MARKETPLACES[self.marketplace].time_zone if boundary != "utc" else "UTC"
        return self.at.astimezone(ZoneInfo(zone)).date()


@dataclass(frozen=True)
class Rules:
    """A policy, days the report's window is off, days the knowledge is."""

    policy: Policy
    moved: int
    evening: int = 0

    @property
    def values(self) -> dict:
        told = {s: getattr(self.policy, s) for s in (*OFTEN, *SELDOM)}
        return {**told, "day_boundary": self.policy.day_boundary, "window_moved": self.moved}


def draw_orders(rng: Random, enough: bool) -> list[Order]:
    """Orders of 103 days; with `enough`, several a day and for as many reports as there are."""
    stores = rng.sample(STORES, rng.choice([1, 1, 2]))
    days = 103 + enough * 30
    start = datetime(2026, 10, 1, tzinfo=ZoneInfo("UTC")) - timedelta(days=days)
    orders = []
    for n in range(rng.randint(1_500, 2_500) if enough else rng.randint(120, 700)):
        status = rng.choices(["shipped", "cancelled", "pending", "unshipped"], [92, 5, 2, 1])[0]
        orders.append(
            Order(
                f"{n % 1000:03}-{rng.randrange(10**7):07}-{rng.randrange(10**7):07}",
                start + timedelta(seconds=rng.randrange(days * 86_400)),
                rng.choice(stores),
                rng.choice(["mfn", "mfn", "afn"]),
                status,
                rng.random() < 0.02,
            )
        )
    return orders


def draw_sightings(rng: Random, orders: list[Order]) -> list[Sighting]:
    seen = []
    for order in rng.sample(orders, max(3, int(len(orders) * rng.uniform(0.03, 0.12)))):
        for component in rng.sample(terms.COMPONENTS, rng.choice([1, 1, 1, 2])):
            outcome = rng.choice(OUTCOMES[component])
            day = pd.Timestamp(order.at.date() + timedelta(days=rng.randint(2, 60)))
            reported = None if rng.random() < 0.1 else day
            dispute = component != "feedback"
            out = outcome in OUT_AGAIN and dispute
            told = Sighting(
                *(order.order_id, component, SOURCES[component], "f.csv", len(seen) + 2),
                reported_on=reported,
                decided_on=day + pd.Timedelta(days=rng.randint(1, 20)) if out else None,
                outcome=outcome,
            )
            paid = told._replace(
                source="settlement",
                file="s.txt",
                outcome="debited",
                amount=10.0,
                currency="EUR",
                reported_on=day + pd.Timedelta(days=rng.randint(-3, 9)),
                decided_on=None,
            )
            if not dispute or rng.random() < 0.85:
                seen.append(told)
                if component == "claim" and rng.random() < 0.05:
                    seen.append(told._replace(outcome=rng.choice(OUTCOMES["claim"]), line=1))
            elif rng.random() < 0.3:
                seen.append(paid._replace(outcome="recovered"))
                seen.append(paid)
            if dispute and rng.random() < 0.2:
                seen.append(paid)
    return seen


def slow_verdict(rows: list[Sighting], policy: Policy) -> bool:
    """Whether a defect counts, from its sightings."""
    words = [r.outcome for r in rows if r.source != "settlement"]
    if not words:
        back = any(r.outcome == "recovered" for r in rows)
        counts = policy.count_inferred_defects
        # Every payment is of ten: one that came back undoes one that left.
        debits = sum(r.outcome == "debited" for r in rows)
        return counts and (policy.count_recovered_defects or not (back and debits <= 1))
    settled = [w for w in words if w not in ("", "pending", "open")] or words
    off = {
        "pending": policy.count_pending_claims,
        "withdrawn": policy.count_withdrawn_claims,
        "denied": policy.count_denied_claims,
        "appeal won": policy.count_appealed_claims,
        "refunded": policy.count_refunded_claims,
        "open": policy.count_open_chargebacks,
        "won": policy.count_won_chargebacks,
        "struck": policy.count_struck_feedback,
        "removed": policy.count_removed_feedback,
    }
    return any(off.get(w, True) for w in settled)


def slow_counts(
    orders: list[Order], seen: list[Sighting], block: dict, rules: Rules, extra: set[str]
) -> dict[str, int]:
    """Counts of one block, one order at a time; `extra` are feedbacks no file has."""
    moved = timedelta(days=rules.moved)
    known_by = pd.Timestamp(block["day"] + timedelta(days=rules.evening))
    by_order: dict[str, list[Sighting]] = {}
    for row in seen:
        by_order.setdefault(row.order_id, []).append(row)
    counts = dict.fromkeys(["n_total", "n_bad", "n_feedback", "n_claim", "n_chargeback"], 0)
    for order in orders:
        if (order.marketplace, order.channel) != (block["marketplace"], block["channel"]):
            continue
        if not block["from_on"] + moved <= order.day(rules.policy.day_boundary):
            continue
        if not order.day(rules.policy.day_boundary) <= block["to_on"] + moved:
            continue
        if order.foreign or (
            (order.status == "cancelled" and not rules.policy.count_cancelled_orders)
            or (order.status == "pending" and not rules.policy.count_pending_orders)
        ):
            continue
        counts["n_total"] += 1
        kinds = set()
        for component in terms.COMPONENTS:
            rows = [r for r in by_order.get(order.order_id, []) if r.component == component]
            days = [r.reported_on for r in rows if r.reported_on is not None]
            late = block["late"] & {(r.order_id, r.component) for r in rows}
            counts_it = bool(rows) and (late or slow_verdict(rows, rules.policy))
            if counts_it and (not days or min(days) <= known_by):
                kinds.add(component)
        if order.order_id in extra:
            kinds.add("feedback")
        for component in kinds:
            counts[f"n_{component}"] += 1
        counts["n_bad"] += bool(kinds)
    return counts


def make_account(orders: list[Order], seen: list[Sighting], policy: Policy) -> Account:
    """An account without the engine; every order's day is that of the policy."""

    def why_not(o: Order) -> str:
        if o.foreign:
            return "multi-channel order"
        off = (o.status == "cancelled" and not policy.count_cancelled_orders) or (
            o.status == "pending" and not policy.count_pending_orders
        )
        return o.status if off else ""

    table = pd.DataFrame(
        {
            "order_id": [o.order_id for o in orders],
            "purchased_at": pd.to_datetime([o.at.replace(tzinfo=None) for o in orders]),
            "ordered_on": pd.to_datetime([o.day(policy.day_boundary) for o in orders]),
            "marketplace": [o.marketplace for o in orders],
            "channel": [o.channel for o in orders],
            "status": [o.status for o in orders],
            "counts": [why_not(o) == "" for o in orders],
            "why_not": [why_not(o) for o in orders],
        }
    ).astype({"purchased_at": "datetime64[us]", "ordered_on": "datetime64[us]"})
    words = ("order_id", "marketplace", "channel", "status", "why_not")
    table = table.astype(dict.fromkeys(words, "str"))
    defects = judge(sightings(seen), table.set_index("order_id").why_not, policy)
    daily = table[table["counts"]].groupby(["ordered_on", "marketplace", "channel"])
    return Account(
        name="generated",
        policy=policy,
        known_to=DAY + timedelta(days=20),
        receipt=Receipt(files=()),
        daily=daily.size().rename("n_orders").reset_index(),
        defective=pd.DataFrame(columns=list(terms.DEFECTIVE_COLUMNS)),
        defects=defects,
        feedback=feedback_frame([]),
        snapshots=snapshots([]),
        lapses=lapses(),
        returns=returns(),
        source=Frames(lambda: table, pd.DataFrame),
    )


def draw_policy(rng: Random) -> Policy:
    switches = {s: rng.random() < 0.5 for s in OFTEN}
    usual = Policy()
    switches |= {s: getattr(usual, s) ^ (rng.random() < 0.15) for s in SELDOM}
    return Policy(day_boundary=rng.choice(["utc", "marketplace"]), **switches)


def as_snapshots(blocks: list[dict], counts: list[dict]) -> pd.DataFrame:
    """Blocks and their counts as the rows of a report."""
    rows = [
        {
            "metric": "order_defects",
            **{c: b[c] for c in ("marketplace", "channel", "from_on", "to_on")},
            **n,
            **dict.fromkeys(("condition", "status", "account_status"), ""),
            "source": "seller-performance",
            "file": f"report {b['day']}.json",
            "line": line,
        }
        for line, (b, n) in enumerate(zip(blocks, counts, strict=True), 1)
    ]
    return snapshots(rows)


@dataclass(frozen=True)
class Case:
    account: Account
    snapshots: pd.DataFrame
    rules: Rules
    orders: list[Order]
    seen: list[Sighting]
    blocks: list[dict]


HOLES = ("defect", "order", "decision")
"""Records the report knows and the files lack; a decision is a word on how a case ended."""


def with_hole(
    rng: Random, orders: list[Order], seen: list[Sighting], hole: str
) -> tuple[list[Order], list[Sighting]]:
    """The same files with one record less; unchanged where there is none of that kind."""
    if hole == "order":
        gone = rng.choice(orders).order_id
        return [o for o in orders if o.order_id != gone], [r for r in seen if r.order_id != gone]
    if hole == "defect":
        pair = rng.choice(seen)[:2] if seen else None
        return orders, [r for r in seen if r[:2] != pair]
    decided = [i for i, r in enumerate(seen) if r.outcome in OUT_AGAIN]
    at = rng.choice(decided) if decided else -1
    return orders, [r._replace(outcome="") if i == at else r for i, r in enumerate(seen)]


GONE = ("day", *SOURCES.values())
"""Larger things that the files may lack: the orders of one day, all of one kind of file."""


def without(
    rng: Random, orders: list[Order], seen: list[Sighting], gone: str
) -> tuple[list[Order], list[Sighting]]:
    """The same files without the orders of one day in the middle, or without one kind of file."""
    if gone == "day":
        day = DAY - timedelta(days=rng.randint(25, 65))
        return [o for o in orders if o.at.date() != day], seen
    return orders, [r for r in seen if r.source != gone]


def make_case(
    seed: int,
    flaw: str = "",
    *,
    holes: int = 0,
    gone: str = "",
    usual: bool = False,
    enough: bool = False,
) -> Case:
    """An account, and reports on it made under rules that are not the account's own.

    With `holes` the account lacks that many records, with `gone` one of ``GONE``; with `usual`
    reports and account have the default rules. With `enough` there are more orders and five or
    six reports, else one or two.
    """
    rng = Random(f"{seed} {flaw}")
    orders = draw_orders(rng, enough)
    seen = draw_sightings(rng, orders)
    policy = draw_policy(rng)
    moved = rng.choice([0, 0, -1, 1])
    if usual:
        policy, moved = Policy(), 0
    evening = 0
    if flaw == "window":
        moved = rng.choice([-1, 1])
    if flaw == "evening":
        evening = rng.choice([-1, 1])
    rules = Rules(policy, moved, evening)
    days = [DAY] if flaw or rng.random() < 0.8 else [DAY - timedelta(days=rng.randint(1, 9)), DAY]
    if enough:
        days = [DAY - timedelta(days=6 * n) for n in reversed(range(rng.choice([5, 6])))]
    blocks = []
    for day in days:
        for marketplace in sorted({o.marketplace for o in orders}):
            for channel in terms.CHANNELS:
                window = (day - timedelta(days=74), day - timedelta(days=15))
                where = {"marketplace": marketplace, "channel": channel, "day": day}
                late: set = set()
                blocks.append(where | {"from_on": window[0], "to_on": window[1], "late": late})
    extra: set[str] = set()
    if flaw == "late removals":
        by_defect: dict[tuple[str, str], list[Sighting]] = {}
        for row in seen:
            by_defect.setdefault((row.order_id, row.component), []).append(row)
        # Taken out again a few days ago, or at an unknown time, by every word there is.
        gone = [
            pair
            for pair, rows in by_defect.items()
            if not slow_verdict(rows, policy)
            and any(r.outcome in OUT_AGAIN for r in rows)
            and all(r.reported_on is None or r.reported_on <= pd.Timestamp(DAY) for r in rows)
        ]
        late = set(rng.sample(gone, min(3, len(gone))))
        since = pd.Timestamp(DAY) - pd.Timedelta(days=1)
        seen = [
            r._replace(decided_on=since)
            if r[:2] in late and r.outcome in OUT_AGAIN and r.component != "feedback"
            else r
            for r in seen
        ]
        blocks = [b | {"late": late} for b in blocks]
    if flaw == "vanished feedback":
        clean = [o.order_id for o in orders if o.order_id not in {r.order_id for r in seen}]
        extra = set(rng.sample(clean, 3))
    counts = [slow_counts(orders, seen, b, rules, extra) for b in blocks]
    own = Policy() if usual else rng.choice([Policy(), Policy(), draw_policy(rng)])
    for _ in range(holes):
        orders, seen = with_hole(rng, orders, seen, rng.choice(HOLES))
    if gone:
        orders, seen = without(rng, orders, seen, gone)
    account = make_account(orders, seen, own)
    return Case(account, as_snapshots(blocks, counts), rules, orders, seen, blocks)
