"""Why each buyer is unhappy: language, reason, and the words that tell."""

from __future__ import annotations

import math
import tomllib
from functools import cache
from numbers import Real
from typing import TYPE_CHECKING

from odr_analysis.errors import FrameError
from odr_analysis.schema import Column, Columns
from odr_analysis.texts.language import language_of
from odr_analysis.texts.match import Found, Reading, read
from odr_analysis.texts.phrase_rules import FOLDER, PRAISE, REASONS, TIERS, rules_of
from odr_analysis.texts.tokens import clean

if TYPE_CHECKING:
    import pandas as pd

REASON_COLUMNS: Columns = {
    "order_id": Column("str"),
    "language": Column("str", "ISO 639-1 code", missing="'' where it is unknown"),
    "reason": Column("str", "the main reason, a key of REASONS", missing="'' when no words tell"),
    "reasons": Column("str", "all reasons found, strongest first, '; ' between them"),
    "evidence": Column(
        "str",
        "the words of the comment that led to the main reason, ' ... ' between them; "
        "untrusted text",
    ),
    "confidence": Column(
        "float64",
        "of held-out labelled comments whose main reason was found by the same kind "
        "of phrase, the share found correctly",
        missing="NaN without a reason",
    ),
}
"""Columns of `read_reasons`: one row per feedback, in its order and with its index."""

MOST_STARS_NEGATIVE, MOST_STARS_UNHAPPY = 2, 3
_ORDER = {reason: i for i, reason in enumerate(REASONS)}
_LONGEST_EVIDENCE = 200
_MOST_QUOTES, _MOST_QUOTES_READ = 3, 20


def read_reasons(feedback: pd.DataFrame) -> pd.DataFrame:
    """Why each buyer is unhappy, as far as words tell.

    Parameters
    ----------
    feedback : pandas.DataFrame
        One row per feedback: ``order_id``, ``comment``, ``rating`` (stars), as in
        ``FEEDBACK_COLUMNS``; ``marketplace`` where known settles the language of a comment too
        short to tell. Comments are untrusted: of any length (the first 20,000 characters are
        read) and with anything in them.

    Returns
    -------
    pandas.DataFrame
        ``REASON_COLUMNS``: one row per feedback, same index. Feedback without words has no
        language and no reason. Languages other than en, de, fr, es, it, ru are told but have
        no rules, so no reason.

    Raises
    ------
    FrameError
        When a column is missing.

    Notes
    -----
    Reasons are found by the phrases in ``odr_analysis/texts/phrases``. *Sure* phrases go before
    *likely* ones, which are asked only of up to 3 stars; among equals the order of ``REASONS``
    decides. What a negation denies does not
    count (:mod:`odr_analysis.texts.match`). Praise is a reason only of 1 or 2 stars and only
    where nothing else is found. Irony is not seen. How often all this is right is measured in
    ``docs/feedback-texts.md``.

    Examples
    --------
    >>> import pandas as pd
    >>> told = read_reasons(pd.DataFrame({
    ...     "order_id": ["1", "2", "3"],
    ...     "comment": ["Viel zu spät und kaputt", "Not late, but no refund!", ""],
    ...     "rating": [1, 2, 1],
    ... }))
    >>> told[["language", "reason", "reasons", "evidence"]].values.tolist()[0]
    ['de', 'damaged', 'damaged; late', 'kaputt']
    >>> told.reason.tolist()
    ['damaged', 'refund', '']
    """
    import pandas as pd

    need_columns("feedback", feedback, ("order_id", "comment", "rating"))
    markets = column_or_blank(feedback, "marketplace")
    rows = [
        reasons_of(comment, stars_of(rating), str(market))
        for comment, rating, market in zip(
            feedback["comment"], feedback["rating"], markets, strict=True
        )
    ]
    told = pd.DataFrame(rows, columns=list(REASON_COLUMNS)[1:], index=feedback.index)
    for column in told.columns[:-1]:
        told[column] = told[column].astype("str")
    told["confidence"] = told["confidence"].astype("float64")
    told.insert(0, "order_id", feedback["order_id"].astype("str"))
    return told


def reasons_of(comment: object, stars: int, marketplace: str) -> tuple[str, str, str, str, float]:
    """One row of `read_reasons` without its order."""
    text = clean(comment)
    language = language_of(text, marketplace=marketplace)
    seen = read(text, rules_of(language))
    told = main_reasons(seen, stars)
    if not told:
        return language, "", "", "", math.nan
    reason, tier, found = told[0]
    return (
        language,
        reason,
        "; ".join(name for name, _, _ in told),
        quotes(seen, found),
        confidence(f"{reason}, {tier}"),
    )


def main_reasons(seen: Reading, stars: int) -> list[tuple[str, str, list[Found]]]:
    """Reason, tier and the phrases it was told by, strongest first."""
    by_reason: dict[str, list[Found]] = {}
    for one in seen.found:
        hint = one.phrase.tier != TIERS[0] and stars > MOST_STARS_UNHAPPY
        if one.phrase.kind == "reason" and not one.denied and not hint:
            by_reason.setdefault(one.phrase.name, []).append(one)
    missing = _of_the_parcel(seen, by_reason.pop("not received", []), by_reason.get("refund", []))
    if missing:
        by_reason["not received"] = missing
    if len(by_reason) > 1 or stars > MOST_STARS_NEGATIVE:
        by_reason.pop(PRAISE, None)
    best = {
        name: min(TIERS.index(one.phrase.tier) for one in found)
        for name, found in by_reason.items()
    }
    if 0 in best.values():  # a mere hint beside a sure reason is no second reason
        best = {name: tier for name, tier in best.items() if tier == 0}
    ranked = sorted(best, key=lambda name: (best[name], _ORDER[name]))
    return [
        (
            name,
            TIERS[best[name]],
            [one for one in by_reason[name] if TIERS.index(one.phrase.tier) == best[name]],
        )
        for name in ranked
    ]


def _of_the_parcel(seen: Reading, missing: list[Found], refund: list[Found]) -> list[Found]:
    """What has not come and is no money: "mein Geld nicht zurück bekommen" is no lost parcel."""
    spans = [
        (money.places[0], money.places[-1])
        for money in refund
        if not any(
            seen.words[place].folded in seen.rules.conjunctions
            for place in range(money.places[0], money.places[-1])
        )
    ]
    return [
        one
        for one in missing
        if not any(first <= one.places[-1] and one.places[0] <= last for first, last in spans)
    ]


def quotes(seen: Reading, found: list[Found]) -> str:
    """The words phrases were found in, once each, not more than a line."""
    said = list(dict.fromkeys(" ".join(seen.quote(o).split()) for o in found[:_MOST_QUOTES_READ]))
    apart = [one for one in said if not any(one in other for other in said if other != one)]
    return " ... ".join(apart[:_MOST_QUOTES])[:_LONGEST_EVIDENCE]


def confidence(kind: str) -> float:
    """The measured share of right answers of one kind, NaN where none was measured."""
    return _measured().get(kind, math.nan)


@cache
def _measured() -> dict[str, float]:
    table = tomllib.loads((FOLDER / "confidence.toml").read_text("utf-8"))
    return {kind: float(share) for kind, share in table.items()}


def need_columns(name: str, frame: pd.DataFrame, columns: tuple[str, ...]) -> None:
    """Raise a FrameError that names every column missing."""
    problems = [
        f"{name}: column {column!r} is missing. Expected {', '.join(columns)}."
        for column in columns
        if column not in frame.columns
    ]
    if problems:
        raise FrameError(problems)


def column_or_blank(frame: pd.DataFrame, column: str) -> list[object]:
    """A column's values, or as many blanks where there is no such column."""
    return list(frame[column]) if column in frame.columns else [""] * len(frame)


def stars_of(rating: object) -> int:
    """Stars; what is no number is taken for 5, of which nothing is asked."""
    return int(float(rating)) if isinstance(rating, Real) and math.isfinite(rating) else 5
