"""What can be done about a defect: each step with its deadline, what is allowed and what is not.

The clocks are Amazon's where a help page states them. The chances are not: nobody publishes how
often Amazon agrees, so they are this toolkit's own guesses. They put a list in order and promise
nothing; give your own with ``worklist(account, chances={...})``.
"""

from __future__ import annotations

from dataclasses import dataclass

from odr_analysis.texts.removal_rules import NEVER_FOR_FEEDBACK

NEVER_IN_MASS = "Amazon forbids mass or speculative requests: one request, with the rule named."
NEVER_FOR_CLAIM = (
    "Never make a refund depend on the claim being withdrawn. A refund paid now does not take the "
    "defect off ODR."
)
NEVER_OUTSIDE = "Do not ask the buyer for money outside Amazon."


@dataclass(frozen=True)
class Step:
    """One thing a seller may do about one defect.

    Attributes
    ----------
    name : str
    days : int or None
        How long it is possible, counted from `since`; None where nothing published limits it.
    since : str
        The day the clock starts on.
    shows_after : int
        Days until a success shows in ODR.
    chance : float
        Guess of how often it works, 0 to 1; orders the list, promises nothing.
    allowed : str
        What to do, in plain words.
    forbidden : str
        What breaches Amazon's policy.
    source : str
        Who states the clock.
    """

    name: str
    days: int | None
    since: str
    shows_after: int
    chance: float
    allowed: str
    forbidden: str
    source: str


REMOVE = "ask Amazon to remove it"
STRIKE = "ask Amazon to strike it through"
SOLVE = "solve it, then ask the buyer"
ANSWER_CLAIM = "answer the claim"
APPEAL = "appeal the claim"
LOOK_UP = "look the claim up, appeal it"
ANSWER_CHARGEBACK = "answer the chargeback"
DISPUTE = "ask Amazon not to count it"

STEPS: dict[str, Step] = {
    step.name: step
    for step in (
        Step(
            REMOVE,
            90,
            "feedback",
            2,
            0.5,
            "Feedback Manager: request removal under the one rule that applies, in Amazon's words.",
            f"{NEVER_IN_MASS} {NEVER_FOR_FEEDBACK}",
            "sellers report that requests are taken for feedback of up to 90 days; not official",
        ),
        Step(
            STRIKE,
            90,
            "feedback",
            2,
            0.6,
            "Feedback Manager: request a check, because Amazon delivered and the whole comment is "
            "about the delivery.",
            f"{NEVER_IN_MASS} {NEVER_FOR_FEEDBACK}",
            "sellers report that requests are taken for feedback of up to 90 days; not official",
        ),
        Step(
            SOLVE,
            None,
            "feedback",
            2,
            0.15,
            "Write to the buyer, put the problem right without conditions, and then ask once, "
            "neutrally, whether they would like to reconsider their feedback.",
            NEVER_FOR_FEEDBACK,
            "how long a buyer can change feedback is not published",
        ),
        Step(
            ANSWER_CLAIM,
            3,
            "claim",
            0,
            0.35,
            "Answer Amazon's request with tracking, signature, photos and messages. No answer in "
            "time is a claim granted.",
            NEVER_FOR_CLAIM,
            "72 hours, in older help pages 48 hours or 3 days; be there within 48",
        ),
        Step(
            APPEAL,
            30,
            "decision",
            7,
            0.2,
            "Appeal once, with what Amazon has not seen: proof of delivery, the return's state, "
            "the order of events.",
            NEVER_FOR_CLAIM,
            "30 days from the decision (help page on appealing claims)",
        ),
        Step(
            LOOK_UP,
            30,
            "claim",
            7,
            0.15,
            "No file says when it was decided, if it was. Look at the A-to-z claims page; appeal "
            "within 30 days of the decision.",
            NEVER_FOR_CLAIM,
            "30 days from the decision (help page on appealing claims); counted here from the "
            "claim, the earliest it can be",
        ),
        Step(
            ANSWER_CHARGEBACK,
            7,
            "chargeback",
            0,
            0.3,
            "Answer with proof of dispatch, tracking and messages within 7 days of the e-mail.",
            NEVER_OUTSIDE,
            "7 calendar days (help page on chargebacks)",
        ),
        Step(
            DISPUTE,
            None,
            "chargeback",
            7,
            0.05,
            "Write to Seller Support why this chargeback should not count, payment fraud above "
            "all: Amazon answers for that itself.",
            NEVER_OUTSIDE,
            "Amazon's staff say it is possible and name no limit",
        ),
    )
}
"""Steps by name."""

OWN_RECORD_WEIGHT = 4
"""The guess weighs as much as this many cases of the account's own record."""
