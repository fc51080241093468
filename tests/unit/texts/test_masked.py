"""Obscene words written with stars."""

from __future__ import annotations

import pytest

from odr_analysis.texts.masked import masked_words
from odr_analysis.texts.match import read
from odr_analysis.texts.phrase_rules import rules_of


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("en", "what the f**k", ["f**k"]),
        ("en", "f**king useless sh!t", ["f**king", "sh!t"]),
        ("de", "so eine Sch***e", ["Sch***e"]),
        ("fr", "quel c*nnard", ["c*nnard"]),
        ("es", "hijos de p*ta", ["p*ta"]),
        ("it", "che c*zzo", ["c*zzo"]),
        ("ru", "п**дец", ["п**дец"]),
        ("nl", "f*ck dit", ["f*ck"]),
    ],
)
def test_stars_hide_nothing(language: str, text: str, words: list[str]) -> None:
    assert masked_words(read(text, rules_of(language))) == words


@pytest.mark.parametrize(
    "text",
    [
        "A+++ ****",
        "5* seller",
        "Great!!! Thanks!",
        "size*large",
        "d**n box",
        "as* described",
        "c***",
    ],
)
def test_other_stars_are_no_words(text: str) -> None:
    assert masked_words(read(text, rules_of("en"))) == []
