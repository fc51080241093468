"""The public score beside feedback's part in ODR."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odr_analysis.account import Account
from odr_analysis.errors import ParameterError
from odr_analysis.exports.readers.contract import feedback_frame
from odr_analysis.health.public_score import SCORE_COLUMNS, public_score, whole_percent
from odr_analysis.receipt import FileReceipt, Receipt
from tests.oracle import make_account

DAY = date(2026, 9, 30)
PAGE, REPORT = "page.txt", "report.txt"


def account_of(feedback: list[tuple[str, int, str]], kinds: tuple[str, ...] = ()) -> Account:
    """Feedback of (day, stars, file), and a hundred orders of which two have negative feedback."""
    placed = [(f"o{i}", "2026-08-01", "Amazon.de", "mfn") for i in range(60)]
    placed += [(f"a{i}", "2026-08-01", "Amazon.fr", "afn") for i in range(40)]
    defects = [("o0", "feedback", "2026-08-20"), ("a0", "feedback", "2026-09-20")]
    told = [
        (f"f{i}", pd.Timestamp(day), stars, "", "", "", file, i + 2)
        for i, (day, stars, file) in enumerate(feedback)
    ]
    return replace(
        make_account(placed, defects, known_to=DAY),
        feedback=feedback_frame(told),
        receipt=Receipt(files=tuple(FileReceipt(f"{k}.txt", k) for k in kinds)),
    )


ALL = [
    ("2026-09-30", 5, PAGE),
    ("2026-09-01", 1, PAGE),
    ("2026-08-31", 3, PAGE),
    ("2026-07-03", 4, PAGE),
    ("2026-07-02", 2, PAGE),
    ("2025-10-01", 5, PAGE),
    ("2025-09-30", 5, PAGE),
    ("2026-10-01", 1, PAGE),
]


def test_periods_are_days_of_receipt() -> None:
    score = public_score(account_of(ALL))
    assert list(score.columns) == list(SCORE_COLUMNS)
    assert score.period.tolist() == ["30 days", "90 days", "365 days", "lifetime"]
    assert score.n_feedback.tolist() == [2, 4, 6, 7], "what comes tomorrow is not in it"
    assert score.n_positive.tolist() == [1, 2, 3, 4]
    assert score.n_neutral.tolist() == [0, 1, 1, 1]
    assert score.n_negative.tolist() == [1, 1, 2, 2]
    assert score.positive.tolist() == [1 / 2, 2 / 4, 3 / 6, 4 / 7]
    assert score.positive_percent.tolist() == [50, 50, 50, 57]
    assert score.from_on.iloc[1] == pd.Timestamp("2026-07-03")
    assert pd.isna(score.from_on.iloc[3])
    assert score.note.tolist() == [
        "",
        "",
        "",
        "As far as the files reach: the oldest feedback is of 30 Sep 2025.",
    ]


def test_per_cents_are_rounded_each_for_itself() -> None:
    thirds = [("2026-09-10", stars, PAGE) for stars in (5, 3, 1)]
    row = public_score(account_of(thirds)).iloc[0]
    told = [row.positive_percent, row.neutral_percent, row.negative_percent]
    assert told == [33, 33, 33], "they add up to 99"
    assert [whole_percent(k, 200) for k in (1, 3, 199)] == [1, 2, 100]


def test_the_part_in_odr_is_of_all_orders_of_the_window() -> None:
    score = public_score(account_of(ALL))
    assert (score.order_n_orders == 100).all()
    assert (score.order_n_feedback == 2).all()
    assert (score.order_rate == 0.02).all()
    assert score.order_from_on[0] == pd.Timestamp("2026-07-18")
    assert score.order_to_on[0] == pd.Timestamp("2026-09-15")
    earlier = public_score(account_of(ALL), "2026-09-10")
    assert earlier.order_n_feedback[0] == 1, "the other was not known yet"
    assert earlier.n_feedback.tolist() == [2, 4, 6, 6]


def test_without_orders_there_is_no_rate() -> None:
    score = public_score(account_of(ALL), "2026-07-30")
    assert score.order_n_orders[0] == 0
    assert score.order_rate.isna().all()


def test_a_file_of_one_to_three_stars_cannot_tell_the_score() -> None:
    told = [("2026-09-10", 1, REPORT), ("2026-09-11", 3, REPORT)]
    score = public_score(account_of(told, ("seller-feedback",)))
    assert score.n_feedback.tolist() == [2, 2, 2, 2]
    assert score.n_negative.tolist() == [1, 1, 1, 1]
    assert score.n_positive.isna().all()
    assert score.positive.isna().all()
    assert score.positive_percent.isna().all()
    assert score.note.str.contains("hold only 1 to 3 stars").all()


def test_a_page_copy_makes_only_its_own_days_known() -> None:
    told = [("2026-09-10", 5, PAGE), ("2026-09-05", 4, PAGE), ("2026-09-07", 1, REPORT)]
    known = public_score(account_of(told))
    assert known.positive.tolist() == [2 / 3] * 4
    assert known.note[0] == "The oldest feedback in the files is of 5 Sep 2026."
    more = public_score(account_of([*told, ("2026-07-20", 2, REPORT)]))
    assert more.positive.iloc[0] == 2 / 3
    assert more.positive.iloc[1:].isna().all()
    assert more.note[1].startswith("Before 5 Sep 2026 the files hold only 1 to 3 stars")


def test_no_file_is_not_no_feedback() -> None:
    score = public_score(account_of([]))
    assert score.n_feedback.isna().all()
    assert score.note[0].startswith("No file holds feedback")
    empty = public_score(account_of([], ("seller-feedback",)))
    assert empty.n_feedback.tolist() == [0] * 4
    assert empty.positive.isna().all()
    assert empty.note[0].startswith("The feedback file is empty")


def test_a_period_without_feedback_has_no_share() -> None:
    score = public_score(account_of([("2026-08-01", 5, PAGE)]))
    assert score.n_feedback.tolist() == [0, 1, 1, 1]
    assert pd.isna(score.positive[0])
    assert score.note[0] == "No feedback in this period."


def test_a_bad_day_is_said() -> None:
    with pytest.raises(ParameterError, match="is not a date"):
        public_score(account_of(ALL), "soon")


DAYS = st.dates(date(2025, 6, 1), date(2026, 10, 10)).map(str)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(DAYS, st.integers(1, 5), st.just(PAGE)), max_size=12))
def test_parts_add_up_and_longer_periods_hold_more(told: list[tuple[str, int, str]]) -> None:
    base = account_of([])
    score = public_score(replace(base, feedback=account_frame(told)))
    assert score.n_feedback.dropna().is_monotonic_increasing
    known = score[score.positive.notna()]
    parts = known.n_positive + known.n_neutral + known.n_negative
    assert (parts == known.n_feedback).all()
    total = known.positive_percent + known.neutral_percent + known.negative_percent
    assert total.between(99, 101).all()


def account_frame(told: list[tuple[str, int, str]]) -> pd.DataFrame:
    return feedback_frame(
        [
            (f"f{i}", pd.Timestamp(day), stars, "", "", "", file, i + 2)
            for i, (day, stars, file) in enumerate(told)
        ]
    )
