"""Feedback that Amazon's rules would take away."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odr_analysis.errors import FrameError
from odr_analysis.texts import CANDIDATE_COLUMNS, RULES, removal_candidates
from odr_analysis.texts.removal_rules import NEVER_FOR_FEEDBACK
from tests.unit.texts.test_reasons import ADVERSARIAL, WORDS


def told(comment: object, *, rating: object = 1, **order: object) -> pd.DataFrame:
    comments = pd.Series([comment], dtype=object)  # a str column holds no half pairs
    feedback = pd.DataFrame({"order_id": ["1"], "comment": comments, "rating": [rating]})
    return removal_candidates(
        feedback, pd.DataFrame([{"order_id": "1", "channel": "mfn", **order}])
    )


@pytest.mark.parametrize(
    ("comment", "order", "rules"),
    [
        ("Came two weeks late", {"channel": "afn"}, ["Amazon's delivery"]),
        ("Came two weeks late", {"channel": "mfn"}, []),
        ("Came two weeks late", {"protected": True}, ["Amazon's delivery"]),
        ("Came two weeks late", {"protected": False}, []),
        ("Came two weeks late", {"protected": None}, []),
        ("Late and in a torn box", {"protected": True}, []),
        ("Late. The seller knew it all along.", {"channel": "afn"}, []),
        ("Late. And then something else happened to me.", {"channel": "afn"}, []),
        ("Not late at all", {"channel": "afn"}, []),
        ("Delivery was slow, item okay", {"channel": "afn"}, []),
        ("Cheap plastic, broke after a week", {}, ["product review only"]),
        ("Cheap plastic, broke after a week. Never again!", {}, ["product review only"]),
        ("Cheap plastic, broke after a week. Not delivered late.", {}, []),
        ("Cheap plastic, seller is fine", {}, []),
        ("Cheap plastic, no refund", {}, []),
        ("Cheap plastic, not as described", {}, []),
        ("Good quality", {}, []),
        ("what a fucking mess", {}, ["obscene"]),
        ("Scunthorpe cockpit shiitake Dickens", {}, []),
        ("so ein Wichser", {"marketplace": "Amazon.de"}, ["obscene"]),
        ("zo'n klootzak, what the fuck heb ik gekocht bij deze winkel", {}, ["obscene"]),
        ("write to bob@example.com, you wankers", {}, ["obscene", "personal data"]),
        ("", {"channel": "afn"}, []),
        (None, {"channel": "afn"}, []),
    ],
)
def test_a_rule_applies_or_not(comment: object, order: dict[str, object], rules: list[str]) -> None:
    assert told(comment, **order).rule.tolist() == rules


def test_a_row_says_what_to_ask_and_promises_nothing() -> None:
    row = told("bullshit, call (212) 555-0147", marketplace="Amazon.com").iloc[1]
    assert row.rule == "personal data"
    assert row.evidence == "phone number (21…"
    assert 0 < row.confidence < 1
    assert "Amazon decides" in row.asks_for
    assert row.note == NEVER_FOR_FEEDBACK
    assert all("Amazon decides" in asks and "will be" not in asks for asks in RULES.values())


def test_good_feedback_is_left_alone() -> None:
    assert told("fucking great", rating=5).empty
    assert told("fucking great", rating=pd.NA).empty
    assert len(told("fucking great", rating=3)) == 1


def test_feedback_of_an_unknown_order_is_not_taken_for_amazons() -> None:
    feedback = pd.DataFrame({"order_id": ["2"], "comment": ["Came late"], "rating": [1]})
    orders = pd.DataFrame({"order_id": ["1"], "channel": ["afn"]})
    told = removal_candidates(feedback, orders)
    assert told.empty
    assert list(told.columns) == list(CANDIDATE_COLUMNS)
    assert removal_candidates(feedback, orders.assign(order_id="2")).rule.tolist() == [
        "Amazon's delivery"
    ]


def test_frames_that_do_not_fit_are_refused() -> None:
    feedback = pd.DataFrame({"order_id": ["1"], "comment": ["x"], "rating": [1]})
    with pytest.raises(FrameError, match="orders: column 'channel' is missing"):
        removal_candidates(feedback, pd.DataFrame({"order_id": ["1"]}))
    with pytest.raises(FrameError, match="feedback: column 'rating' is missing"):
        removal_candidates(
            feedback.drop(columns="rating"), pd.DataFrame({"order_id": [], "channel": []})
        )
    twice = pd.DataFrame({"order_id": ["1", "1"], "channel": ["mfn", "afn"]})
    with pytest.raises(FrameError, match="order_id occurs twice"):
        removal_candidates(feedback, twice)


@pytest.mark.parametrize("name", ADVERSARIAL)
def test_no_comment_is_too_much(name: str) -> None:
    found = told(ADVERSARIAL[name], channel="afn", marketplace="Amazon.de")
    assert (found.evidence.str.len() <= 200).all()


@settings(max_examples=150)
@given(st.one_of(st.text(), st.lists(WORDS).map(" ".join)))
def test_amazons_delivery_is_never_asked_for_of_a_sellers_own(comment: str) -> None:
    own, amazons = told(comment), told(comment, channel="afn")
    assert set(own.rule) <= set(amazons.rule)
    assert set(amazons.rule) - set(own.rule) <= {"Amazon's delivery"}


@settings(max_examples=100)
@given(st.sampled_from(("late", "never arrived", "broken", "poor quality", "awful")))
def test_a_word_of_the_seller_ends_every_entirely(said: str) -> None:
    for channel in ("mfn", "afn"):
        assert told(f"{said}. The seller told me so.", channel=channel).empty
