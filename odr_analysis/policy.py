"""The rules of the metric as data: frozen, printable, swappable.

What Amazon documents is the default; what its documents leave open is a switch
whose default and reason stand in ``SWITCHES``. Named sets of rules, and a user's own in a
file, are in ``presets.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from odr_analysis import fields, terms
from odr_analysis.errors import ParameterError
from odr_analysis.fields import field

if TYPE_CHECKING:
    from odr_analysis.arrays import Integers

Whole = TypeVar("Whole", int, "Integers")
"""A count, or an array of counts."""

SWITCHES: dict[str, str] = {
    "window_days": "60 days of orders (help page Order Defect Rate, and the dates every "
    "performance report prints).",
    "lag_days": "The window ends 15 days before the report: seen in Amazon's own example of 2020 "
    "and in a live report of 2022. An older FAQ says 30; a day more or less is possible.",
    "target": "Below 1 %, strictly: Amazon's report schema has LESS_THAN 0.01.",
    "warning_from": "This toolkit's own early warning; Amazon names no such limit.",
    "negative_stars": "One and two stars are negative, three is neutral (help page Feedback).",
    "day_boundary": "Amazon's report schema labels its dates UTC; whether they are the store's "
    "local days is not settled. 'utc' or 'marketplace'.",
    "count_cancelled_orders": "Whether orders cancelled before shipping are in the denominator is "
    "not settled; an older help page says orders 'of any status', so they are.",
    "count_pending_orders": "Same question for pending orders, same default.",
    "count_pending_claims": "A claim under review is 'not denied' (help page Order Defect Rate, "
    "Saudi Arabia), so it counts by default. An older list names it, a newer answer of Amazon's "
    "staff does not.",
    "count_withdrawn_claims": "A claim the buyer withdraws is closed without effect (help page on "
    "appealing claims), so it does not count; an old guide says it once did.",
    "count_denied_claims": "A defect is a claim 'that is not denied' (help page Order Defect Rate, "
    "Saudi Arabia), so it does not count; an old guide says it once did.",
    "count_refunded_claims": "A refund after the claim was filed does not undo the defect (help "
    "page on appealing claims, Amazon's staff), so it counts.",
    "count_cancelled_claims": "A claim that ends with the order cancelled by seller or Amazon "
    "counts (Amazon's staff in the European forum).",
    "count_amazon_funded_claims": "Granted at Amazon's cost: agencies' guides agree that it does "
    "not count; Amazon's own list cannot be read in full.",
    "count_protected_claims": "Label bought with 'Claims Protected', scanned on time, refunded by "
    "Amazon: it does not count (Amazon's staff). The older rule left the seller paying, and did "
    "not count it either.",
    "count_appealed_claims": "A claim won on appeal no longer counts (help page A-to-z Guarantee); "
    "it may take 7 days to show. A newer help page has an appeal reverse the refund or the effect "
    "on ODR, so a claim whose money alone was given back is 'granted', not 'appeal won'.",
    "count_open_chargebacks": "An order that has received a chargeback has a defect (help page "
    "Order Defect Rate), so one still open counts.",
    "count_won_chargebacks": "Guides disagree; by default a chargeback won by the seller does not "
    "count.",
    "count_struck_feedback": "Amazon takes struck-through feedback out of ODR (help page on "
    "removing feedback); so does the default.",
    "count_removed_feedback": "Feedback that Amazon removes leaves ODR (same page), and so does "
    "what the buyer removes, after up to 48 hours (guides that quote Amazon).",
    "count_inferred_defects": "Money that left the seller for a claim or chargeback no other file "
    "tells of. Who pays and what counts are two things, but a missed defect costs more than a "
    "doubtful one, so it counts and is marked as inferred.",
    "coverage_needed": "A rate cannot be called healthy while a kind of defect has no source, so "
    "all three are needed; name fewer (feedback, claim, chargeback) to waive one.",
    "accept_partial_sources": "Returns show only claims tied to a return and payments show no "
    "decision, so neither is a source by itself; true accepts them.",
    "no_feedback_known_to": "Your own word: you know of no negative feedback up to this day but "
    "that in the files ('' where you do not say; an ISO date).",
    "no_claims_known_to": "The same for A-to-z claims.",
    "no_chargebacks_known_to": "The same for chargebacks.",
    "count_recovered_defects": "The same, when at least as much came back. Money back alone does "
    "not settle it: Amazon may reverse the refund or the effect on ODR (help page on appealing "
    "claims). Not to count it is this toolkit's own choice; switch it on to count every such case "
    "until a file shows the decision. Where another file lists the defect, that file decides.",
    "feedback_days": "Buyers may leave feedback until 90 days after the order (help page "
    "Feedback).",
    "claim_days": "Buyers may file a claim until 90 days after the latest estimated delivery "
    "(help page A-to-z Guarantee, Canada; an older page counts from the order). Amazon may accept "
    "later ones.",
    "chargeback_days": "Card networks take chargebacks for about 120 days after the purchase or "
    "the expected delivery (guides); some codes of Mastercard allow 540.",
    "delivery_days": "Most days from an order to its latest estimated delivery. No export has that "
    "day; 30 is this toolkit's own choice.",
    "enforce_unit_delivery_de": "Whether 90 % of units on time is enforced on Amazon.de, from 1 "
    "September 2026. One secondary source reports it, so it is off by default.",
    "level": "Level of the intervals of the underlying rate; this toolkit's own choice.",
    "prior": "What forecasts assume of an account before its data: 'default', this toolkit's own "
    "choice, or 'weak', which leaves the rate and the delays almost open.",
}
"""Field of :class:`Policy` to why its default is what it is, and who says so.

Every field but ``name`` is here.
"""

WORD_FIELDS: dict[str, str] = {
    "feedback": "no_feedback_known_to",
    "claim": "no_claims_known_to",
    "chargeback": "no_chargebacks_known_to",
}
"""Component to the field with the user's word on it."""

LONGEST_DAYS = 3650
"""Longest window and lag; more is a mistake."""


@dataclass(frozen=True)
class Window:
    """Order days a rate is made of, both ends included.

    Examples
    --------
    >>> Window(date(2026, 7, 18), date(2026, 9, 15)).days
    60
    """

    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1


def _is_day(text: str) -> bool:
    try:
        return not text or bool(date.fromisoformat(text))
    except ValueError:
        return False


def _is_fraction(value: float) -> bool:
    return 0 < value < 1


def _is_count_of_days(n: int) -> bool:
    return 0 <= n <= LONGEST_DAYS


DAYS = (f"0 to {LONGEST_DAYS}", _is_count_of_days)
FRACTION = ("a fraction between 0 and 1", _is_fraction)
DAY = ("an ISO date such as 2026-09-30", _is_day)


@attrs.frozen
class Policy:
    """How an Order Defect Rate is computed.

    The default window is Amazon's: 60 days of order dates ending 15 days before
    ``as_of``, that is ``[as_of - 74, as_of - 15]``. Every field, its default, reason and
    source: ``SWITCHES``.

    Raises
    ------
    ParameterError
        When a value is of the wrong type (a bool is no int, a float no int) or makes no sense.

    Examples
    --------
    >>> from datetime import date
    >>> policy = Policy()
    >>> policy.window(date(2026, 9, 30))
    Window(start=datetime.date(2026, 7, 18), end=datetime.date(2026, 9, 15))
    >>> policy.enters_on(date(2026, 9, 1)), policy.leaves_on(date(2026, 9, 1))
    (datetime.date(2026, 9, 16), datetime.date(2026, 11, 14))
    >>> policy.under_target(1, 100), policy.under_target(1, 101)
    (False, True)
    """

    name: str = field("amazon-current")
    window_days: int = field(
        60, f"at least 1 and at most {LONGEST_DAYS}", lambda n: 1 <= n <= LONGEST_DAYS
    )
    lag_days: int = field(15, *DAYS)
    target: float = field(0.01, *FRACTION)
    warning_from: float = field(0.007)
    negative_stars: int = field(2, "1 to 4", lambda n: 1 <= n <= 4)
    day_boundary: str = field("utc", "'utc' or 'marketplace'", {"utc", "marketplace"}.__contains__)
    count_cancelled_orders: bool = field(True)
    count_pending_orders: bool = field(True)
    count_pending_claims: bool = field(True)
    count_withdrawn_claims: bool = field(False)
    count_denied_claims: bool = field(False)
    count_refunded_claims: bool = field(True)
    count_cancelled_claims: bool = field(True)
    count_amazon_funded_claims: bool = field(False)
    count_protected_claims: bool = field(False)
    count_appealed_claims: bool = field(False)
    count_open_chargebacks: bool = field(True)
    count_won_chargebacks: bool = field(False)
    count_struck_feedback: bool = field(False)
    count_removed_feedback: bool = field(False)
    count_inferred_defects: bool = field(True)
    count_recovered_defects: bool = field(False)
    coverage_needed: str = field("feedback, claim, chargeback")
    accept_partial_sources: bool = field(False)
    no_feedback_known_to: str = field("", *DAY)
    no_claims_known_to: str = field("", *DAY)
    no_chargebacks_known_to: str = field("", *DAY)
    feedback_days: int = field(90, *DAYS)
    claim_days: int = field(90, *DAYS)
    chargeback_days: int = field(120, *DAYS)
    delivery_days: int = field(30, *DAYS)
    enforce_unit_delivery_de: bool = field(False)
    level: float = field(0.95, *FRACTION)
    prior: str = field("default", "'default' or 'weak'", {"default", "weak"}.__contains__)

    def __attrs_post_init__(self) -> None:
        if not 0 <= self.warning_from <= self.target:
            raise ParameterError(
                f"policy: warning_from must lie between 0 and target ({self.target}), "
                f"got {self.warning_from}."
            )
        if unknown := [c for c in self.needed if c not in terms.COMPONENTS]:
            raise ParameterError(
                f"policy: coverage_needed must name {', '.join(terms.COMPONENTS)}, "
                f"got {unknown[:1]}."
            )

    @property
    def needed(self) -> tuple[str, ...]:
        """Kinds of defect that must have a source before a rate is called healthy."""
        return tuple(filter(None, (c.strip() for c in self.coverage_needed.split(","))))

    def word(self, component: str) -> date | None:
        """The day up to which the user knows of every defect of a kind, None where not stated."""
        text = getattr(self, WORD_FIELDS[component])
        return date.fromisoformat(text) if text else None

    def window(self, as_of: date) -> Window:
        """Order days that count on `as_of`."""
        end = as_of - timedelta(days=self.lag_days)
        return Window(end - timedelta(days=self.window_days - 1), end)

    def enters_on(self, ordered_on: date) -> date:
        """First day an order placed on `ordered_on` counts."""
        return ordered_on + timedelta(days=self.lag_days)

    def leaves_on(self, ordered_on: date) -> date:
        """Last day an order placed on `ordered_on` counts."""
        return ordered_on + timedelta(days=self.lag_days + self.window_days - 1)

    def report_days(self, component: str) -> int:
        """Most days from an order to a report of a kind.

        >>> [Policy().report_days(c) for c in terms.COMPONENTS]
        [90, 120, 150]
        """
        if component == "feedback":
            return self.feedback_days
        return self.delivery_days + (
            self.claim_days if component == "claim" else self.chargeback_days
        )

    @property
    def target_fraction(self) -> Fraction:
        """`target` exactly as written, so that 1 of 100 is 1 % and not a float near it."""
        return Fraction(str(self.target))

    def breached_from(self, n_orders: Whole) -> Whole:
        """Defective orders from which a rate is not below target, in whole numbers.

        >>> policy = Policy()
        >>> policy.breached_from(100), policy.breached_from(101)
        (1, 2)
        """
        target = self.target_fraction
        return -(-n_orders * target.numerator // target.denominator)

    def under_target(self, n_defective: int, n_orders: int) -> bool:
        """Whether the rate is strictly below target; False without orders."""
        return n_orders > 0 and int(n_defective) < self.breached_from(int(n_orders))

    def state(self, n_defective: int, n_orders: int) -> str:
        """``healthy``, ``warning``, ``critical``, or ``no data`` without orders."""
        if n_orders == 0:
            return "no data"
        if not self.under_target(n_defective, n_orders):
            return "critical"
        early = Fraction(str(self.warning_from)) * int(n_orders)
        return "warning" if int(n_defective) >= early else "healthy"

    def pressing(self, n_defective: int, n_orders: int) -> int:
        """Place of the state of two counts in ``terms.AT_RISK``; its length where in neither."""
        state = self.state(n_defective, n_orders)
        return terms.AT_RISK.index(state) if state in terms.AT_RISK else len(terms.AT_RISK)

    def defect_budget(self, n_defective: int, n_orders: int) -> int:
        """How many more defective orders fit under the target; negative when over it."""
        return self.breached_from(int(n_orders)) - 1 - int(n_defective)

    def with_changes(self, **changes: Any) -> Policy:
        """A new policy with some fields replaced.

        Its name says that it was changed, unless a name is among the changes.

        Raises
        ------
        ParameterError
            When a field is unknown, or a value is of the wrong type or makes no sense.
        """
        changed = fields.changed(self, changes)
        if changed != self and "name" not in changes:
            changed = fields.changed(changed, {"name": f"{self.name} (changed)"})
        return changed

    def to_dict(self) -> dict[str, Any]:
        """Every field, as JSON can carry it."""
        return attrs.asdict(self)


def higher_rate(
    official: tuple[int, int] | None, n_defective: int, n_orders: int
) -> tuple[int, int] | None:
    """`official`, defective orders and orders, where its rate is higher than that of the counts.

    >>> higher_rate((3, 200), 1, 100), higher_rate((2, 200), 1, 100), higher_rate(None, 1, 100)
    ((3, 200), None, None)
    """
    if official is None or not official[1]:
        return None
    bad, of = official
    return official if bad * n_orders > n_defective * of else None
