"""Feedback that Amazon's own rules would take away or strike through.

Amazon removes feedback that holds obscene words or personal data, or that is *entirely* a
product review; it strikes through feedback *entirely* about delivery where Amazon delivered, or
where its label was bought and the parcel left on time. Anything mixed stays. Amazon alone
decides, and mass or speculative requests are forbidden, so each rule errs on the side of silence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from odr_analysis.schema import Column, Columns
from odr_analysis.texts.language import language_of
from odr_analysis.texts.masked import masked_words
from odr_analysis.texts.match import Found, Reading, read
from odr_analysis.texts.personal import personal_data
from odr_analysis.texts.phrase_rules import PRAISE, rules_of
from odr_analysis.texts.reasons import column_or_blank, confidence, need_columns, quotes, stars_of
from odr_analysis.texts.tokens import clean

if TYPE_CHECKING:
    import pandas as pd

OBSCENE, PERSONAL = "obscene", "personal data"
PRODUCT, DELIVERY = "product review only", "Amazon's delivery"
_DECIDES = " Amazon decides; that a rule seems to apply promises nothing."

RULES: dict[str, str] = {
    OBSCENE: "Ask Amazon to check the comment for obscene words." + _DECIDES,
    PERSONAL: "Ask Amazon to check the comment for an e-mail address or phone number; only data "
    "that points to the seller's people counts." + _DECIDES,
    PRODUCT: "Ask Amazon to check whether the whole comment reviews the product and says nothing "
    "of the seller or the order." + _DECIDES,
    DELIVERY: "Ask Amazon to check whether the whole comment is about a delivery that Amazon "
    "answers for; it would be struck through, not deleted." + _DECIDES,
}
"""Amazon's rules, and what to ask for under each."""

NEVER_FOR_FEEDBACK = (
    "Never offer a refund, voucher, replacement or anything else for removing or changing "
    "feedback, and never press the buyer: Amazon forbids both."
)
"""What a seller must not do about any feedback; stated here alone."""

CANDIDATE_COLUMNS: Columns = {
    "order_id": Column("str"),
    "rule": Column("str", "a key of RULES"),
    "evidence": Column(
        "str",
        "the words that the rule rests on, ' ... ' between them; e-mail addresses and"
        " phone numbers masked but for their first characters; untrusted text",
    ),
    "confidence": Column(
        "float64",
        "of held-out labelled comments named under this rule, the share named "
        "rightly; not the chance that Amazon agrees",
    ),
    "asks_for": Column("str", "what to ask Amazon, in plain words; never a promise"),
    "note": Column("str", "what a seller must not do"),
}
"""Columns of `removal_candidates`: one row per feedback x rule."""

MOST_STARS = 3
"""Feedback with more stars harms no rate and is left alone."""
_WORDS_IN_A_ROW = 1
"""Words in a row of a sentence that may name no topic; everyday words, negations and numbers
are not counted. More could be about anything. 2 finds a little more and is as precise on the
tuned half; 1 is the more careful."""
_TOPIC_OF_REASON = {
    "not received": "delivery",
    "late": "delivery",
    "damaged": "damage",
    "price": "price",
    "product opinion": "product",
    PRAISE: "",
}
"""What a reason speaks of; any not named here speaks of the seller."""


def removal_candidates(feedback: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Feedback of up to 3 stars that a rule of Amazon's seems to apply to.

    Parameters
    ----------
    feedback : pandas.DataFrame
        One row per feedback: ``order_id``, ``comment``, ``rating``.
    orders : pandas.DataFrame
        One row per order: ``order_id``, ``channel`` (mfn or afn); ``protected`` (bool: sent on
        time with a label of Amazon Buy Shipping) and ``marketplace`` (for national phone
        numbers and the shortest comments) where known. Feedback of an order not listed is
        taken for seller-fulfilled and unprotected.

    Returns
    -------
    pandas.DataFrame
        ``CANDIDATE_COLUMNS``: one row per feedback x rule, in the order of the feedback.

    Raises
    ------
    FrameError
        When a column is missing, or ``orders`` names an order twice.

    Notes
    -----
    *Product review only*: a sure phrase about the product; no word of delivery, packaging,
    damage, seller, service, refund or listing anywhere, denied or not; and no two words in a
    row that name no topic, everyday words and negations ("and it was not") left out.
    *Amazon's delivery*: the same, for delivery; for an Amazon-fulfilled order packaging is
    delivery too. Both need a language with rules.
    Full names are personal data too, but none is looked for.

    Examples
    --------
    >>> import pandas as pd
    >>> feedback = pd.DataFrame({
    ...     "order_id": ["1", "2", "3"],
    ...     "comment": ["Came two weeks late", "Came two weeks late", "Poor quality, bad seller"],
    ...     "rating": [1, 1, 1],
    ... })
    >>> orders = pd.DataFrame({"order_id": ["1", "2", "3"], "channel": ["afn", "mfn", "mfn"]})
    >>> removal_candidates(feedback, orders)[["order_id", "rule", "evidence"]].values.tolist()
    [['1', "Amazon's delivery", 'Came two weeks late']]
    """
    import pandas as pd

    from odr_analysis.errors import FrameError

    need_columns("feedback", feedback, ("order_id", "comment", "rating"))
    need_columns("orders", orders, ("order_id", "channel"))
    ids = [str(i) for i in orders["order_id"]]
    if len(set(ids)) < len(ids):
        raise FrameError(["orders: an order_id occurs twice. Expected one row per order."])
    protected = column_or_blank(orders, "protected")
    markets = column_or_blank(orders, "marketplace")
    known = {
        order: (str(channel), str(safe) == "True", str(market))  # a missing value is no True
        for order, channel, safe, market in zip(
            ids, orders["channel"], protected, markets, strict=True
        )
    }
    rows = []
    for order, comment, rating in zip(
        feedback["order_id"], feedback["comment"], feedback["rating"], strict=True
    ):
        if stars_of(rating) <= MOST_STARS:
            channel, safe, market = known.get(str(order), ("", False, ""))
            for rule, evidence in rules_that_apply(
                comment, afn=channel == "afn", protected=safe, marketplace=market
            ):
                rows.append(
                    (str(order), rule, evidence, confidence(rule), RULES[rule], NEVER_FOR_FEEDBACK)
                )
    told = pd.DataFrame(rows, columns=list(CANDIDATE_COLUMNS))
    kinds = {c: "float64" if c == "confidence" else "str" for c in CANDIDATE_COLUMNS}
    return told.astype(kinds)


def rules_that_apply(
    comment: object, *, afn: bool, protected: bool, marketplace: str = ""
) -> list[tuple[str, str]]:
    """Rule and evidence of one comment, in the order of ``RULES``."""
    text = clean(comment)
    if not text:
        return []
    seen = read(text, rules_of(language_of(text, marketplace=marketplace)))
    personal = personal_data(seen, marketplace=marketplace)
    told = []
    obscene = [one for one in seen.found if one.phrase.kind == "obscene"]
    starred = masked_words(seen)
    if obscene or starred:
        quoted = [quotes(seen, obscene)] if obscene else []
        told.append((OBSCENE, " ... ".join([*quoted, *starred[:3]])))
    if personal:
        told.append((PERSONAL, " ... ".join(f"{p.kind} {p.masked}" for p in personal[:3])))
    grounds = _entirely(seen, "product", {"product"}, {"product opinion"})
    if grounds:
        told.append((PRODUCT, quotes(seen, grounds)))
    if afn or protected:
        topics = {"delivery", "packaging"} if afn else {"delivery"}
        grounds = _entirely(seen, "delivery", topics, {"late", "not received"})
        if grounds:
            told.append((DELIVERY, quotes(seen, grounds)))
    return told


def _entirely(seen: Reading, topic: str, allowed: set[str], reasons: set[str]) -> list[Found]:
    """What shows that a whole comment is about one topic, [] where it is not.

    A word that merely names the article ("item") fits any topic, but not a clause of its own
    where the topic is delivery ("delivery slow, item okay").
    """
    grounds = []
    touched: set[int] = set()
    said: dict[int, set[str]] = {}
    for one in seen.found:
        spoken = _topic(one)
        if spoken and spoken not in allowed and spoken != "article":
            return []
        if spoken:
            touched.update(range(one.places[0], one.places[-1] + 1))
            said.setdefault(seen.words[one.places[0]].clause, set()).add(spoken)
        if one.phrase.name in reasons and not one.denied and one.phrase.tier == "sure":
            grounds.append(one)
    if topic == "delivery" and {"article"} in said.values():
        return []
    return [] if _something_else(seen, touched) else grounds


def _something_else(seen: Reading, touched: set[int]) -> bool:
    """Whether words in a row speak of nothing known, so that they may speak of anything."""
    nothing_new = seen.rules.plain | seen.rules.negation
    row, sentence = 0, -1
    for place, word in enumerate(seen.words):
        if place in touched or word.sentence != sentence:
            row, sentence = 0, word.sentence
        row += not (place in touched or word.folded in nothing_new or word.folded.isdigit())
        if row > _WORDS_IN_A_ROW:
            return True
    return False


def _topic(one: Found) -> str:
    """What a phrase speaks of, '' for nothing that matters here."""
    if one.phrase.kind == "topic":
        return one.phrase.name
    if one.phrase.kind == "reason":
        return _TOPIC_OF_REASON.get(one.phrase.name, "other")
    return ""
