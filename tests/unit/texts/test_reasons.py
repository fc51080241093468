"""Why buyers are unhappy."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odr_analysis.errors import FrameError
from odr_analysis.texts import REASON_COLUMNS, REASONS, read_reasons
from odr_analysis.texts.tokens import LONGEST

ADVERSARIAL = {
    "one word": "a" * 100_000,
    "at signs": "@" * 100_000,
    "half addresses": "a@" * 50_000,
    "dots": ("x@" + "a." * 50) * 1_000,
    "digits": "1" * 100_000,
    "digits apart": "1 2-3 4-5 " * 10_000,
    "phone numbers": "030 23125 118 / " * 6_000,
    "negations": "not never didnt still waiting " * 3_000,
    "open tags": "<a" * 50_000,
    "entities": "&amp;" * 20_000,
    "NULs": "\0" * 100_000,
    "right to left": "\u202e" * 100_000,
    "letters that grow": "\ufdfa" * 100_000,
    "marks": "e\u0301\u0301" * 30_000,
    "half pairs": "\ud800" * 1_000,
    "emoji": "\U0001f621" * 50_000,
    "apostrophes": "a'" * 50_000,
    "Russian": "не пришло " * 10_000,
}
"""Comments that would bring a careless pattern to its knees; a test that hangs has found one."""


def feedback(*comments: object, rating: object = 1) -> pd.DataFrame:
    ids = [f"111-0000000-{i:07}" for i in range(len(comments))]
    return pd.DataFrame(
        {
            "order_id": ids,
            "comment": pd.Series(comments, dtype=object),
            "rating": pd.Series([rating] * len(comments), dtype=object),
        }
    )


def test_one_row_per_feedback_with_its_index() -> None:
    given_ = feedback("Never arrived", "", None)
    given_.index = pd.Index([7, 7, 3])
    told = read_reasons(given_)
    assert list(told.columns) == list(REASON_COLUMNS)
    assert told.index.tolist() == [7, 7, 3]
    assert told.order_id.tolist() == given_.order_id.tolist()
    assert told.reason.tolist() == ["not received", "", ""]
    assert told.language.tolist() == ["en", "", ""]
    assert told.confidence.notna().tolist() == [True, False, False]


def test_no_feedback_gives_no_rows() -> None:
    told = read_reasons(feedback())
    assert list(told.columns) == list(REASON_COLUMNS)
    assert told.empty


def test_missing_columns_are_all_named() -> None:
    with pytest.raises(FrameError) as caught:
        read_reasons(pd.DataFrame({"order_id": []}))
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize(
    ("comment", "reasons", "evidence"),
    [
        ("Late and broken", "damaged; late", "broken"),
        ("Not late but broken", "damaged", "broken"),
        ("No refund, nobody replies", "refund; service", "No refund"),
        ("Keine Beschädigung, aber viel zu spät", "late", "zu spät"),
        ("N'est pas abîmé mais trop cher", "price", "trop cher"),
        ("Great product!", "praise with low stars", "Great product"),
        ("Great product but never arrived", "not received", "never arrived"),
        ("Sigo esperando el paquete", "not received", "Sigo esperando el paquete"),
        ("hello there my dear friends", "", ""),
    ],
)
def test_reasons_are_ordered_and_quoted(comment: str, reasons: str, evidence: str) -> None:
    row = read_reasons(feedback(comment)).iloc[0]
    assert (row.reasons, row.evidence) == (reasons, evidence)
    assert row.reason == reasons.partition("; ")[0]


def test_praise_is_a_reason_only_of_few_stars_and_hints_only_up_to_three() -> None:
    assert read_reasons(feedback("Great product", rating=5)).reason[0] == ""
    assert read_reasons(feedback("Great product", rating=pd.NA)).reason[0] == ""
    assert read_reasons(feedback("what about the price", rating=3)).reason[0] == "price"
    assert read_reasons(feedback("what about the price", rating=4)).reason[0] == ""
    assert read_reasons(feedback("arrived late", rating=4)).reason[0] == "late"


def test_a_marketplace_settles_the_language_of_one_word() -> None:
    short = feedback("naja ok").assign(marketplace="Amazon.de")
    assert read_reasons(short).language[0] == "de"


def test_a_language_without_rules_is_told_and_nothing_more() -> None:
    row = read_reasons(feedback("Nooit ontvangen, heel slechte service van deze verkoper")).iloc[0]
    assert (row.language, row.reason) == ("nl", "")


@pytest.mark.parametrize("name", ADVERSARIAL)
def test_no_comment_is_too_much(name: str) -> None:
    row = read_reasons(feedback(ADVERSARIAL[name])).iloc[0]
    assert len(row.evidence) <= 200


def test_words_past_the_longest_are_not_read() -> None:
    assert read_reasons(feedback("x " * (LONGEST // 2) + "never arrived")).reason[0] == ""


SPACE = " "  # and no other blank, so that the NUL stays
WORDS = st.sampled_from(
    "not never arrived late broken refund zu spät nicht kaputt jamais reçu mai не пришло , . but "
    "aber great \0 <b> 😡 &amp; ' @ 111-1234567-1234567".split(SPACE)
)


@settings(max_examples=150)
@given(st.one_of(st.text(), st.lists(WORDS).map(" ".join)), st.integers(1, 5))
def test_anything_is_read_the_same_twice_and_reasons_are_known(comment: str, stars: int) -> None:
    once, twice = (read_reasons(feedback(comment, rating=stars)) for _ in range(2))
    pd.testing.assert_frame_equal(once, twice)
    row = once.iloc[0]
    found = row.reasons.split("; ") if row.reasons else []
    assert set(found) <= set(REASONS)
    assert len(set(found)) == len(found)
    assert bool(found) == bool(row.evidence) == (row.confidence == row.confidence)
