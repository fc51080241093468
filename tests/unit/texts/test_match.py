"""Phrases in comments, and what denies them."""

from __future__ import annotations

import pytest

from odr_analysis.texts.match import read
from odr_analysis.texts.phrase_rules import Rules, rules_of


def rules(*phrases: str) -> Rules:
    made = Rules("xx", joins=True, negation=frozenset({"not", "never"}))
    made.after_negation = frozenset({"only"})
    for phrase in phrases:
        made.add("reason", "late", "sure", phrase)
    return made


@pytest.mark.parametrize(
    ("phrase", "text", "quoted"),
    [
        ("never .. came", "it NEVER ever came!", "NEVER ever came"),
        ("never .. came", "never a b c came", "never a b c came"),
        ("never .. came", "never a b c d came", ""),
        ("never .. came", "never. It came", ""),
        ("never .. came", "never, but came", ""),
        ("never came", "never really came", ""),
        ("never came", "never came", "never came"),
        ("a .. b .. c", "a x b y c", "a x b y c"),
    ],
)
def test_gaps_are_short_and_stay_within_a_clause(phrase: str, text: str, quoted: str) -> None:
    seen = read(text, rules(phrase))
    assert [seen.quote(one) for one in seen.found] == ([quoted] if quoted else [])


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("not late", True),
        ("not at all late", True),
        ("not what I would call late", False),
        ("not good, late", False),
        ("not only late", False),
        ("late", False),
    ],
)
def test_a_negation_reaches_three_words_within_its_clause(text: str, denied: bool) -> None:
    (one,) = read(text, rules("late")).found
    assert one.denied is denied


def test_a_phrase_that_denies_is_not_denied_by_itself_or_another() -> None:
    (one,) = read("not that it never came", rules("never came")).found
    assert not one.denied


def test_the_longest_phrase_speaks_for_its_words() -> None:
    seen = read("no longer works", rules_of("en"))
    assert [(f.phrase.kind, f.phrase.name) for f in seen.found] == [("reason", "product opinion")]


def test_praise_does_not_hide_what_it_is_of() -> None:
    seen = read("fast delivery", rules_of("en"))
    assert ("topic", "delivery") in {(f.phrase.kind, f.phrase.name) for f in seen.found}


def test_a_quote_shows_no_number_or_address() -> None:
    seen = read("never call 0151 23456789 came", rules("never .. came"))
    assert [seen.quote(one) for one in seen.found] == ["never call …came"]
    seen = read("never a@b.c came", rules("never .. c came"))
    assert all("@" not in seen.quote(one) for one in seen.found)
