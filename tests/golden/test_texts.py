"""How often reasons and removal rules are right, on comments labelled by hand.

``tests/golden/texts`` holds one table per language. Halves are told apart by a checksum of the
comment, fixed before any rule was written; rules may be mended on the *tuned* half only.

``python -m tests.golden.test_texts`` writes the figures to ``docs/feedback-texts.md`` and to
``odr_analysis/texts/phrases/confidence.toml``; the tests hold both against the rules.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest

from odr_analysis.texts import REASONS, RULES, read_reasons, removal_candidates
from odr_analysis.texts.match import read
from odr_analysis.texts.phrase_rules import FOLDER, LANGUAGES, TIERS, rules_of
from odr_analysis.texts.reasons import main_reasons
from odr_analysis.texts.tokens import clean
from tests.golden import test_blind_texts as blind

LABELS = Path(__file__).parent / "texts"
PAGE = Path(__file__).parents[2] / "docs" / "feedback-texts.md"
CONFIDENCE = FOLDER / "confidence.toml"
TUNED, HELD_OUT = "tuned", "held out"
LEAST_MAIN_RIGHT = 0.75
LEAST_RECALL = {
    "obscene": 0.9,
    "personal data": 0.9,
    "product review only": 0.65,
    "Amazon's delivery": 0.7,
}
"""Floors a little under what was measured on the held-out half."""
FEWEST = 10
"""Held-out comments a kind of phrase must have told for a confidence of its own."""
STORES = {
    "en": "Amazon.com",
    "de": "Amazon.de",
    "fr": "Amazon.fr",
    "es": "Amazon.es",
    "it": "Amazon.it",
    "ru": "Amazon.com",
}


class Share(NamedTuple):
    """Right ones of all."""

    right: int
    all: int

    def __str__(self) -> str:
        return f"{self.right} of {self.all}" + (f" ({self.share:.2f})" if self.all else "")

    @property
    def share(self) -> float:
        return self.right / self.all if self.all else float("nan")


@cache
def labelled() -> pd.DataFrame:
    """One row per labelled comment, with what is expected and what was told."""
    frames = []
    for language in LANGUAGES:
        lines = (LABELS / f"{language}.tsv").read_text("utf-8").splitlines()
        rows = [line.split("\t") for line in lines[1:]]
        frames.append(pd.DataFrame(rows, columns=lines[0].split("\t")).assign(expected=language))
    told = pd.concat(frames, ignore_index=True)
    told["order_id"] = told.index.astype(str)
    told["rating"] = told.rating.astype(int)
    told["half"] = [(TUNED, HELD_OUT)[zlib.crc32(c.encode()) % 2] for c in told.comment]
    reasons = read_reasons(told[["order_id", "comment", "rating"]])
    told = told.join(reasons[["language", "reason"]]).assign(told=reasons.reasons)
    orders = pd.DataFrame(
        {
            "order_id": told.order_id,
            "channel": told.channel.replace("protected", "mfn"),
            "protected": told.channel == "protected",
            "marketplace": told.expected.map(STORES),
        }
    )
    found = removal_candidates(told, orders).groupby("order_id").rule.agg(set)
    told["rules"] = [found.get(i, set()) for i in told.order_id]
    told["wanted"] = [set(filter(None, r.split(";"))) for r in told.removal]
    return told


def languages(half: pd.DataFrame) -> Share:
    """Comments whose language is told."""
    return Share(int((half.language == half.expected).sum()), len(half))


def main_right(half: pd.DataFrame) -> Share:
    """Comments whose main reason, or the lack of one, is told."""
    return Share(int((half.reason == half.reasons.str.split(";").str[0]).sum()), len(half))


def per_reason(half: pd.DataFrame, reason: str) -> tuple[Share, Share]:
    """Precision and recall of one reason, among all reasons of each comment."""
    wanted = [reason in r.split(";") for r in half.reasons]
    told = [reason in r.split("; ") for r in half.told]
    return _shares(wanted, told)


def per_rule(half: pd.DataFrame, rule: str) -> tuple[Share, Share]:
    """Precision and recall of one removal rule."""
    return _shares([rule in w for w in half.wanted], [rule in r for r in half.rules])


def _shares(wanted: list[bool], told: list[bool]) -> tuple[Share, Share]:
    both = sum(w and t for w, t in zip(wanted, told, strict=True))
    return Share(both, sum(told)), Share(both, sum(wanted))


def halves() -> list[pd.DataFrame]:
    told = labelled()
    return [told[told.half == half] for half in (TUNED, HELD_OUT)]


def confidence_lines() -> list[str]:
    """Kind and share right on the held-out half, by the rule of succession."""
    held = halves()[1]
    right: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for row in held.itertuples():
        told = main_reasons(read(clean(row.comment), rules_of(row.language)), row.rating)
        if told:
            kind = f"{told[0][0]}, {told[0][1]}"
            seen[kind] += 1
            right[kind] += row.reasons.split(";")[0] == told[0][0]
    for rule in RULES:
        precision = per_rule(held, rule)[0]
        right[rule], seen[rule] = precision
    kinds = [f"{reason}, {tier}" for reason in REASONS for tier in TIERS] + list(RULES)
    for tier in TIERS:  # kinds too rare to be measured alone are measured together
        of = [kind for kind in kinds if kind.endswith(f", {tier}")]
        rare = [kind for kind in of if seen[kind] < FEWEST]
        pooled = sum(right[k] for k in rare or of), sum(seen[k] for k in rare or of)
        for kind in rare:
            right[kind], seen[kind] = pooled
    return [
        "# Written by python -m tests.golden.test_texts: of the held-out labelled comments told",
        "# by each kind of phrase, (right + 1) / (all + 2), so that a few are no certainty.",
        f"# Kinds that told fewer than {FEWEST} are taken together, sure and likely ones apart.",
        *(f'"{kind}" = {(right[kind] + 1) / (seen[kind] + 2):.2f}' for kind in kinds),
    ]


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> list[str]:
    names = list(head)
    return [
        "| " + " | ".join(names) + " |",
        "|" + "---|" * len(names),
        *("| " + " | ".join(str(cell) for cell in row) + " |" for row in rows),
    ]


def page_lines() -> list[str]:
    told = labelled()
    tuned, held = halves()
    none = int((told.removal == "").sum())
    both = [f"{what}, {half}" for what in ("precision", "recall") for half in (TUNED, HELD_OUT)]

    def four(of: object, what: object) -> list[object]:
        (p1, r1), (p2, r2) = of(tuned, what), of(held, what)  # type: ignore[operator]
        return [p1, p2, r1, r2]

    return [
        "# Reading feedback text: how often it is right",
        "",
        "Written by `python -m tests.golden.test_texts`; a test holds it against the rules.",
        "",
        f"Measured on {len(told)} comments in {len(LANGUAGES)} languages, written and labelled for "
        f"this (`tests/golden/texts`); {none} of them are no removal candidates, many of those "
        "made to look like one. A checksum of the comment splits them into two halves: rules "
        f"were mended on the *tuned* half ({len(tuned)}) only, the *held out* half ({len(held)}) "
        "is the one to go by.",
        "",
        "**What the figures are not.** The same hand wrote comments, labels and rules, and the "
        "languages share their topics, so real comments will be told less well. About three "
        "quarters were written together with the rules, the rest afterwards: 90 to be harder, "
        "90 mixed ones to mislead the removal rules. The first 60 of these did mislead *product "
        "review only* and *Amazon's delivery* (precision on the held out half 0.83 and 0.88), in "
        "both halves; both rules were made stricter after that, so their figures here are kinder "
        "than a fresh set would be. The rules have since been mended on other comments (below), "
        "with the totals of this set in view. Totals of the held out half were seen at every step, "
        "its mistakes never; the sample's own comments were looked at too. The counts are small: "
        "none wrong of twenty still allows one in seven. Whether Amazon agrees with a candidate is "
        "not measured at all.",
        "",
        "## Language and main reason",
        "",
        "A main reason is right when it is the first one labelled, or when both say that there is "
        "none.",
        "",
        *table(
            [
                "language",
                *(f"{w}, {h}" for w in ("language", "main reason") for h in (TUNED, HELD_OUT)),
            ],
            [
                [
                    language,
                    *(
                        of(h[h.expected == language])
                        for of in (languages, main_right)
                        for h in (tuned, held)
                    ),
                ]
                for language in LANGUAGES
            ]
            + [["all", *(of(h) for of in (languages, main_right) for h in (tuned, held))]],
        ),
        "",
        "## Each reason, among all reasons of a comment",
        "",
        *table(["reason", *both], [[reason, *four(per_reason, reason)] for reason in REASONS]),
        "",
        "## Removal candidates by rule",
        "",
        *table(["rule", *both], [[rule, *four(per_rule, rule)] for rule in RULES]),
        "",
        "## Removal candidates by language, all rules",
        "",
        *table(
            ["language", *both],
            [[language, *four(_all_rules, language)] for language in LANGUAGES],
        ),
        "",
        *blind.page_lines(),
        "",
        "## What is not seen",
        "",
        '- Irony, and a denial that follows what it denies ("kaputt war es nicht").',
        '- Full names, and addresses spelled out without brackets ("info at shop dot com").',
        '- What two clauses say only together ("Ordered black, got white").',
        "- Whose e-mail address or number it is: Amazon removes the seller's people's only.",
        "- Anything past the first 20,000 characters.",
        "- Reasons in a language without rules; obscene words there only where they are so in any.",
    ]


def _all_rules(half: pd.DataFrame, language: str) -> tuple[Share, Share]:
    of = half[half.expected == language]
    pairs = [
        (rule in w, rule in r) for w, r in zip(of.wanted, of.rules, strict=True) for rule in RULES
    ]
    return _shares([w for w, _ in pairs], [t for _, t in pairs])


def test_the_labelled_set_is_large_and_holds_enough_that_only_look_like_candidates() -> None:
    told = labelled()
    for language in LANGUAGES:
        of = told[told.expected == language]
        assert len(of) >= 60
        assert (of.removal == "").sum() >= len(of) / 3
        assert of.comment.is_unique
    assert {r for cell in told.reasons for r in cell.split(";") if r} == set(REASONS)
    assert {r for wanted in told.wanted for r in wanted} == set(RULES)


def test_the_page_states_the_figures_of_these_rules() -> None:
    assert PAGE.read_text("utf-8").splitlines() == page_lines(), (
        "run python -m tests.golden.test_texts"
    )


def test_confidence_is_the_share_measured() -> None:
    assert CONFIDENCE.read_text("utf-8").splitlines() == confidence_lines(), (
        "run python -m tests.golden.test_texts"
    )


@pytest.mark.parametrize("rule", RULES)
def test_removal_rules_are_precise_before_they_are_complete(rule: str) -> None:
    precision, recall = per_rule(halves()[1], rule)
    assert recall.all >= 9
    assert precision.share >= 0.9
    assert recall.share >= LEAST_RECALL[rule]


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages_and_main_reasons_are_told(language: str) -> None:
    held = halves()[1]
    of = held[held.expected == language]
    assert languages(of).share >= 0.9
    assert main_right(of).share >= LEAST_MAIN_RIGHT


def test_most_main_reasons_are_told() -> None:
    assert main_right(halves()[1]).share >= 0.85


def main() -> None:
    """Write the page and the confidences."""
    PAGE.write_text("\n".join(page_lines()) + "\n", "utf-8")
    CONFIDENCE.write_text("\n".join(confidence_lines()) + "\n", "utf-8")


if __name__ == "__main__":
    main()
