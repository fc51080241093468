"""What goes wrong with the synthetic orders, and when the seller hears of it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from odr_analysis.sample.model.catalogue import CHARGEBACK_REASONS, CLAIM_REASONS, PRODUCTS, REASONS
from odr_analysis.sample.model.draws import Draws
from odr_analysis.sample.model.orders import DAY, SERVICES, Orders
from odr_analysis.sample.model.scenarios import Fault, Setting

MEDIAN_DELAY: dict[str, float] = {"feedback": 16.0, "claim": 24.0, "chargeback": 45.0}
"""Median days from order to report."""
SIGMA = 0.75
SHORTEST_DELAY = 3
FEEDBACK_GIVEN_CLAIM = 0.3
LATE_DAYS = 60
WINDOW_OLDEST, WINDOW_NEWEST = 74, 15
"""Ages of the orders in Amazon's window: 60 days ending 15 days back."""


@dataclass
class Feedback:
    """A seller feedback; `on` is its day (days since 1970)."""

    order: int
    on: int
    stars: int
    reason: str
    comment: str = ""

    @property
    def negative(self) -> bool:
        return self.stars <= 2


@dataclass
class Claim:
    """An A-to-z claim. Where it can be seen is settled when files are written."""

    order: int
    on: int
    reason: str
    status: str
    counts: bool
    flag: str = ""
    return_on: int | None = None
    in_claims_file: bool = True


@dataclass
class Chargeback:
    """A chargeback of the buyer's bank."""

    order: int
    on: int
    reason: str
    status: str
    counts: bool
    flag: str = ""


@dataclass
class Defects:
    """Everything reported up to the last day. `planted` is order to the fault behind it."""

    feedback: list[Feedback] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    chargebacks: list[Chargeback] = field(default_factory=list)
    exposed: dict[str, int] = field(default_factory=dict)
    planted: dict[int, str] = field(default_factory=dict)


def make_defects(setting: Setting, orders: Orders, last_day: int, draws: Draws) -> Defects:
    """Draw who complains, how, and when; what would be reported after `last_day` is left out."""
    made = Defects()
    if setting.tiny:
        return _tiny_claim(orders, last_day, made)
    age = last_day - orders.day
    can = orders.shipped_by((last_day + 1) * DAY - 1)
    can[list(orders.not_counted)] = False
    base = np.where(orders.is_mfn, setting.mfn_risk, setting.afn_risk) * setting.risk(age)
    claim_rate, feedback_rate = setting.claim_rate, setting.feedback_rate
    # so that all feedback, with and without a claim, comes to feedback_rate
    alone = (feedback_rate - FEEDBACK_GIVEN_CLAIM * claim_rate) / (1 - claim_rate)
    n = orders.n
    claim = can & draws.hits(base * claim_rate, n)
    feedback = can & draws.hits(np.where(claim, FEEDBACK_GIVEN_CLAIM, base * max(alone, 0)), n)
    chargeback = can & draws.hits(base * setting.chargeback_rate, n)
    neutral = can & draws.hits(setting.neutral_rate, n) & ~feedback & ~claim
    denied = can & draws.hits(base * claim_rate * setting.denied_share, n) & ~claim
    blame = np.full(n, "", dtype=object)
    for fault in setting.faults:
        hit, kind = _plant(fault, orders, age, can & (blame == ""), made, draws)
        feedback |= hit & ((kind == 0) | (kind == 2))
        claim |= hit & ((kind == 1) | (kind == 2))
        chargeback |= hit & (kind == 3)
        blame[hit] = fault.reason
    neutral &= ~feedback
    denied &= ~claim

    any_report = claim | feedback | chargeback | neutral | denied
    for i in np.flatnonzero(any_report).tolist():
        placed = int(orders.day[i])
        reason = blame[i] or draws.weighted(REASONS["mfn" if orders.is_mfn[i] else "afn"])

        def due(kind: str, placed: int = placed) -> int:
            return placed + _delay(kind, placed, setting, last_day, draws)

        if feedback[i] or neutral[i]:
            on = due("feedback")
            stars = 3 if neutral[i] else 2 if draws.one() < 0.25 else 1
            if on <= last_day:
                why = "neutral" if neutral[i] else reason
                made.feedback.append(Feedback(i, on, stars, why))
        if claim[i] or denied[i]:
            on = due("claim")
            status, flag = _claim_status(bool(claim[i]), last_day - on, draws)
            if on <= last_day:
                made.claims.append(Claim(i, on, reason, status, bool(claim[i]), flag))
        if chargeback[i]:
            on = due("chargeback")
            status, flag, counts = _chargeback_status(last_day - on, draws)
            words = draws.choice(CHARGEBACK_REASONS)
            if blame[i] == "not received":
                words = CLAIM_REASONS["not received"]
            if on <= last_day:
                made.chargebacks.append(Chargeback(i, on, words, status, counts, flag))
    return made


def _plant(
    fault: Fault,
    orders: Orders,
    age: np.ndarray,
    can: np.ndarray,
    made: Defects,
    draws: Draws,
) -> tuple[np.ndarray, np.ndarray]:
    """Which orders `fault` hits, and as which of its kinds."""
    touched = can & orders.is_mfn & (age <= fault.oldest) & (age >= fault.newest)
    if fault.sku:
        product = next(k for k, p in enumerate(PRODUCTS) if p.sku == fault.sku)
        with_it = np.zeros(orders.n, dtype=bool)
        with_it[orders.item_order[orders.item_product == product]] = True
        touched &= with_it
    if fault.service:
        touched &= orders.service == SERVICES.index(fault.service)
    hit = touched & draws.hits(fault.probability, orders.n)
    kind = draws.picks(fault.kinds, orders.n)
    made.exposed[fault.name] = int(touched.sum())
    made.planted |= dict.fromkeys(np.flatnonzero(hit).tolist(), fault.name)
    return hit, kind


def _delay(kind: str, placed: int, setting: Setting, last_day: int, draws: Draws) -> int:
    days = draws.lognormal(MEDIAN_DELAY[kind], SIGMA)
    if placed + days > last_day - LATE_DAYS:
        days *= setting.late_factor
    return max(SHORTEST_DELAY, round(days))


def _claim_status(counts: bool, age: int, draws: Draws) -> tuple[str, str]:
    """Status, and the seller's own Y or N where it beats the status."""
    u = draws.one()
    if not counts:
        if u < 0.1:
            return "granted", "N"
        status = draws.choice(("withdrawn", "denied", "appeal won", "amazon funded"))
        return status, "N" if u < 0.3 else ""
    if u < 0.06:
        return "denied", "Y"
    return "pending" if age < 21 else "granted", "Y" if u < 0.2 else ""


def _chargeback_status(age: int, draws: Draws) -> tuple[str, str, bool]:
    u = draws.one()
    if u < 0.2:
        return "won", "", False
    if u < 0.25:
        return "lost", "N", False
    return "open" if age < 40 else "lost", "Y" if u < 0.35 else "", True


def _tiny_claim(orders: Orders, last_day: int, made: Defects) -> Defects:
    """One claim, two weeks after a shipped order near the middle of the window."""
    age = last_day - orders.day
    fits = ~orders.cancelled & (age >= WINDOW_NEWEST) & (age <= WINDOW_OLDEST)
    order = int(np.flatnonzero(fits)[int(fits.sum()) // 2])
    on = int(orders.day[order]) + WINDOW_NEWEST - 1
    made.claims.append(Claim(order, on, "not received", "granted", True))
    return made
