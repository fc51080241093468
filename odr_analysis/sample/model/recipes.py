"""What is planted in an account seen by many sources: which files say what of one defect.

What each comes to is stated here by hand, as the switches of a policy that must be on for it
to count. Nothing in this room asks the code that ranks evidence.
"""

from __future__ import annotations

from dataclasses import dataclass

WINDOW, BEFORE = (15, 74), (75, 10_000)
"""Ages of orders in the window of the last day, and of older ones."""
EARLIER_REPORT = 30
"""The older of two feedback reports was downloaded this many days before the last."""

NEVER: tuple[str, ...] = ("never",)
ALWAYS: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recipe:
    """One way a defect can be seen.

    Attributes
    ----------
    component : str
        feedback, claim or chargeback.
    what : str
        What the files say, in words.
    counts_if : tuple of str
        Switches of a policy that must all be on; none: it always counts; ``NEVER``.
    told : tuple of (str, str)
        Rows of claims.csv or chargebacks.csv: status, and what "counts in odr" says.
    stars : tuple of str
        Ratings in the older and in the newer feedback report; '' where a report lacks it.
    listed : str
        '' when the order-defects list does not name the defect, ``yes``, or ``no impact``.
    money : tuple of str
        ``debit``; ``back`` for all of it coming back, ``part`` for half; ``late back`` for all of
        it after the last settlement closed, ``layouts`` for a debit in the older layout of
        settlements and its return in the newer; ``refund``, an ordinary one.
    contradiction : bool
        Whether sources contradict each other, in whatever way.
    disagree : bool
        Whether under today's rules one source's own word, alone, would come to the other
        decision.
    ages : tuple of (int, int)
        Ages of the orders, on the last day; one case is planted for each.
    """

    component: str
    what: str
    counts_if: tuple[str, ...] = ALWAYS
    told: tuple[tuple[str, str], ...] = ()
    stars: tuple[str, ...] = ()
    listed: str = ""
    returned: bool = False
    money: tuple[str, ...] = ()
    contradiction: bool = False
    disagree: bool = False
    cancelled: bool = False
    ages: tuple[tuple[int, int], ...] = (WINDOW, BEFORE)
    usual: int = 1
    """How many in each range of ages, of 12,000 orders."""

    @property
    def mfn(self) -> bool:
        """Whether the seller must have sent the order: only then it is in the returns."""
        return self.returned


def _if(*names: str) -> tuple[str, ...]:
    return tuple(f"count_{name}" for name in names)


MONEY_ALONE = _if("inferred_defects")
MONEY_BACK = _if("inferred_defects", "recovered_defects")
LISTED = (WINDOW,)
"""The order-defects list shows the orders of the last window only."""

CLAIMS: dict[str, Recipe] = {
    "granted": Recipe(
        "claim", "granted and debited", told=(("granted", ""),), money=("debit",), usual=10
    ),
    "seen everywhere": Recipe(
        "claim",
        "granted, listed, with a return, and debited: five kinds of file tell of one claim",
        told=(("granted", ""),),
        listed="yes",
        returned=True,
        money=("debit",),
        ages=LISTED,
        usual=3,
    ),
    "pending": Recipe("claim", "under review", _if("pending_claims"), (("under review", ""),)),
    "pending, debited": Recipe(
        "claim",
        "under review, though the money is gone",
        _if("pending_claims"),
        (("pending", ""),),
        money=("debit",),
    ),
    "withdrawn": Recipe("claim", "withdrawn", _if("withdrawn_claims"), (("withdrawn", ""),)),
    "denied": Recipe("claim", "denied", _if("denied_claims"), (("denied", ""),)),
    "appeal won": Recipe(
        "claim",
        "won on appeal, debited and paid back",
        _if("appealed_claims"),
        (("appeal won", ""),),
        money=("debit", "back"),
    ),
    "amazon funded": Recipe(
        "claim",
        "granted at Amazon's cost; no money moved",
        _if("amazon_funded_claims"),
        (("amazon funded", ""),),
    ),
    "refunded": Recipe(
        "claim",
        "refunded by the seller after it was filed; the refund is an ordinary one",
        _if("refunded_claims"),
        (("refunded", ""),),
        money=("refund",),
    ),
    "cancelled": Recipe(
        "claim",
        "ended with the order cancelled",
        _if("cancelled_claims"),
        (("cancelled", ""),),
        cancelled=True,
    ),
    "protected": Recipe(
        "claim",
        "label bought with Claims Protected, refunded by Amazon",
        _if("protected_claims"),
        (("protected", ""),),
    ),
    "no status": Recipe("claim", "a claim of which nothing more is said", told=(("", ""),)),
    "said to count": Recipe(
        "claim", "denied, but marked as counting by hand", told=(("denied", "Y"),)
    ),
    "said not to count": Recipe(
        "claim", "granted, but marked as not counting by hand", NEVER, (("granted", "N"),)
    ),
    "said not to count, debited": Recipe(
        "claim",
        "marked as not counting by hand, but the money is gone",
        NEVER,
        (("granted", "N"),),
        money=("debit",),
        contradiction=True,
        disagree=True,
    ),
    "denied, debited": Recipe(
        "claim",
        "denied in claims.csv, but debited in the settlement",
        _if("denied_claims"),
        (("denied", ""),),
        money=("debit",),
        contradiction=True,
        disagree=True,
    ),
    "granted, paid back": Recipe(
        "claim",
        "granted in claims.csv, but all of the debit came back",
        told=(("granted", ""),),
        money=("debit", "back"),
        contradiction=True,
        disagree=True,
    ),
    "pending, then denied": Recipe(
        "claim",
        "twice in claims.csv: first under review, then denied",
        _if("denied_claims"),
        (("pending", ""), ("denied", "")),
        contradiction=True,
    ),
    "denied, then granted": Recipe(
        "claim",
        "twice in claims.csv: first denied, then granted",
        told=(("denied", ""), ("granted", "")),
        contradiction=True,
        disagree=True,
    ),
    "listed, denied": Recipe(
        "claim",
        "on the order-defects list, but denied in claims.csv",
        told=(("denied", ""),),
        listed="yes",
        contradiction=True,
        disagree=True,
        ages=LISTED,
    ),
    "no impact, granted": Recipe(
        "claim",
        "without impact by the order-defects list, but granted in claims.csv and debited",
        NEVER,
        (("granted", ""),),
        listed="no impact",
        money=("debit",),
        contradiction=True,
        disagree=True,
        ages=LISTED,
    ),
    "only listed": Recipe(
        "claim",
        "on the order-defects list and in no other file",
        listed="yes",
        contradiction=True,
        ages=LISTED,
        usual=2,
    ),
    "returned": Recipe("claim", "a claim in the returns report alone", returned=True, usual=2),
    "returned, granted": Recipe(
        "claim",
        "granted; the return tells of it first",
        told=(("granted", ""),),
        returned=True,
        money=("debit",),
    ),
    "returned, denied": Recipe(
        "claim",
        "a claim in the returns report, denied in claims.csv",
        _if("denied_claims"),
        (("denied", ""),),
        returned=True,
        contradiction=True,
    ),
    "debit alone": Recipe(
        "claim",
        "a debit for a claim no other file tells of",
        MONEY_ALONE,
        money=("debit",),
        contradiction=True,
        usual=2,
    ),
    "debit that came back": Recipe(
        "claim",
        "a debit for a claim no other file tells of, and all of it came back",
        MONEY_BACK,
        money=("debit", "back"),
        contradiction=True,
    ),
    "debit that came back in part": Recipe(
        "claim",
        "a debit for a claim no other file tells of; half of it came back",
        MONEY_ALONE,
        money=("debit", "part"),
        contradiction=True,
    ),
    "debit that came back late": Recipe(
        "claim",
        "a debit in the settlement, paid back after it closed: in the newer files only",
        MONEY_BACK,
        money=("debit", "late back"),
        contradiction=True,
        ages=LISTED,
    ),
    "debit across layouts": Recipe(
        "claim",
        "a debit in a settlement of the older layout, paid back in one of the newer",
        MONEY_BACK,
        money=("layouts",),
        contradiction=True,
        ages=((0, 0),),
    ),
}

FEEDBACK: dict[str, Recipe] = {
    "negative": Recipe("feedback", "one or two stars", stars=("1", "1"), usual=24),
    "negative, listed": Recipe(
        "feedback",
        "one or two stars, and on the order-defects list",
        stars=("2", "2"),
        listed="yes",
        ages=LISTED,
        usual=4,
    ),
    "at the edges of the window": Recipe(
        "feedback",
        "negative, on orders of the first and last day of the window and next to it",
        stars=("1", "1"),
        ages=((14, 14), (15, 15), (74, 74), (75, 75)),
    ),
    "neutral": Recipe("feedback", "three stars", NEVER, stars=("3", "3"), usual=8),
    "struck": Recipe(
        "feedback",
        "struck through: the feedback report still has it, the order-defects list says it has "
        "no impact",
        NEVER,
        stars=("1", "1"),
        listed="no impact",
        contradiction=True,
        ages=LISTED,
    ),
    "raised": Recipe(
        "feedback",
        "one star in the older feedback report, three in the newer",
        NEVER,
        stars=("1", "3"),
        contradiction=True,
        ages=((48, 74), BEFORE),
    ),
    "vanished": Recipe(
        "feedback",
        "in the older feedback report, gone from the newer, which has the last word on its days",
        _if("removed_feedback"),
        stars=("1", ""),
        contradiction=True,
        ages=((48, 74), BEFORE),
    ),
    "only listed": Recipe(
        "feedback",
        "on the order-defects list, in no feedback report",
        listed="yes",
        contradiction=True,
        ages=LISTED,
    ),
}

CHARGEBACKS: dict[str, Recipe] = {
    "lost": Recipe(
        "chargeback", "lost and debited", told=(("lost", ""),), money=("debit",), usual=2
    ),
    "open": Recipe("chargeback", "still open", _if("open_chargebacks"), (("open", ""),)),
    "won": Recipe(
        "chargeback",
        "won by the seller; the debit came back",
        _if("won_chargebacks"),
        (("won", ""),),
        money=("debit", "back"),
        contradiction=True,
    ),
    "won, debited": Recipe(
        "chargeback",
        "won by the seller in chargebacks.csv, but the debit never came back",
        _if("won_chargebacks"),
        (("won", ""),),
        money=("debit",),
        contradiction=True,
        disagree=True,
    ),
    "won, said to count": Recipe(
        "chargeback", "won, but marked as counting by hand", told=(("won", "Y"),)
    ),
    "lost, said not to count": Recipe(
        "chargeback", "lost, but marked as not counting by hand", NEVER, (("lost", "N"),)
    ),
    "only listed": Recipe(
        "chargeback",
        "on the order-defects list and in no other file",
        listed="yes",
        contradiction=True,
        ages=LISTED,
    ),
    "debit alone": Recipe(
        "chargeback",
        "a debit for a chargeback no other file tells of",
        MONEY_ALONE,
        money=("debit",),
        contradiction=True,
    ),
    "debit that came back": Recipe(
        "chargeback",
        "a debit for a chargeback no other file tells of, and all of it came back",
        MONEY_BACK,
        money=("debit", "back"),
        contradiction=True,
    ),
}

RECIPES: dict[str, Recipe] = {
    f"{kind}: {name}": recipe
    for kind, recipes in (
        ("claim", CLAIMS),
        ("feedback", FEEDBACK),
        ("chargeback", CHARGEBACKS),
    )
    for name, recipe in recipes.items()
}
"""Name to recipe."""

TOGETHER: tuple[tuple[str, ...], ...] = (
    ("feedback: negative", "claim: granted"),
    ("feedback: negative", "claim: denied"),
    ("feedback: negative", "chargeback: lost"),
    ("claim: withdrawn", "chargeback: open"),
    ("claim: granted", "chargeback: won"),
    ("claim: debit alone", "chargeback: debit alone"),
    ("feedback: negative", "claim: returned", "chargeback: lost"),
    ("feedback: neutral", "claim: amazon funded"),
)
"""Recipes of one order: an order counts once, however many defects it has."""
