"""Comments as words."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from odr_analysis.texts.tokens import LONGEST, clean, fold, words_of


@pytest.mark.parametrize(
    ("comment", "seen"),
    [
        ("a\x00b", "a b"),
        ("<script>alert(1)</script> kaputt", "alert(1) kaputt"),
        ("x < 3 and y > 5", "x < 3 and y > 5"),
        ("never\u202e arrived\u200f", "never arrived"),
        ("ｌａｔｅ", "late"),
        ("half \ud800 a pair", "half a pair"),
        ("&lt;3 &amp; love", "<3 & love"),
        (None, ""),
        (float("nan"), ""),
        (np.float64("nan"), ""),
        (7, ""),
    ],
)
def test_clean_shows_what_a_reader_sees(comment: object, seen: str) -> None:
    assert clean(comment) == seen


def test_a_comment_is_read_up_to_a_length() -> None:
    assert len(clean("ab " * LONGEST)) <= LONGEST
    assert len(clean("\ufdfa" * LONGEST)) <= LONGEST


@given(st.text())
def test_words_stand_where_they_say_and_clauses_only_grow(text: str) -> None:
    seen = clean(text)
    words = words_of(seen)
    for word in words:
        assert fold(seen[word.start : word.end]) == word.folded
    for before, after in pairwise(words):
        assert before.end <= after.start
        assert 0 <= after.clause - before.clause <= 1
        assert 0 <= after.sentence - before.sentence <= after.clause - before.clause


@given(st.text())
def test_cleaning_leaves_nothing_invisible_and_nothing_that_cannot_be_written(text: str) -> None:
    seen = clean(text)
    seen.encode("utf-8")
    assert not {"\x00", "\u200b", "\u202e", "\ufeff"} & set(seen)


@given(st.text(), st.booleans())
def test_folding_twice_is_folding_once_without_umlauts(word: str, upper: bool) -> None:
    once = fold(word.upper() if upper else word)
    assert fold(once) == once


def test_but_begins_a_clause() -> None:
    words = words_of("late but ok", breaks=frozenset({"but"}))
    assert [w.clause for w in words] == [0, 1, 1]
