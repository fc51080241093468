from __future__ import annotations

import pandas as pd
import pytest

from odr_analysis.account import Account
from odr_analysis.errors import ParameterError
from odr_analysis.rates import defective_orders
from odr_analysis.rates.defects import DEFECTIVE_ORDER_COLUMNS
from tests.oracle import make_account

DE = "Amazon.de"


def sighting(order: str, component: str, day: str | None, **more: object) -> dict:
    rest = {"rating": None, "reason": "", "comment": ""}
    return {"order_id": order, "component": component, "reported_on": day, **rest, **more}


@pytest.fixture
def account() -> Account:
    """As of 30 Sep the window is 18 Jul to 15 Sep; 'gone' was placed the day before it."""
    placed = {
        "gone": "2026-07-17",
        "first": "2026-07-18",
        "middle": "2026-08-20",
        "last": "2026-09-15",
        "young": "2026-09-16",
        "clean": "2026-09-10",
        "later": "2026-09-01",
    }
    defects = [
        sighting("gone", "claim", "2026-08-01"),
        sighting("first", "claim", "2026-08-01"),
        sighting("middle", "feedback", "2026-09-10", rating=2, comment="<b>late</b>"),
        sighting("middle", "chargeback", "2026-09-20", reason="fraud"),
        sighting("last", "feedback", "2026-09-18", rating=1, comment="broken"),
        sighting("young", "claim", "2026-09-20"),
        sighting("later", "claim", "2026-10-01"),
    ]
    frame = pd.DataFrame(defects).astype(
        {"order_id": "str", "component": "str", "reason": "str", "comment": "str"}
    )
    return make_account(
        [(o, d, DE, "mfn") for o, d in placed.items()], frame.astype({"rating": "Int64"})
    )


def test_lists_what_counts_longest_first_and_then_what_enters(account: Account) -> None:
    table = defective_orders(account, "2026-09-30").set_index("order_id")
    assert table.index.tolist() == ["last", "middle", "first", "young"]
    assert table.phase.tolist() == ["counts", "counts", "counts", "enters later"]
    assert table.days_left.tolist() == [60, 34, 1, 60]
    assert str(table.loc["first", "leaves_on"].date()) == "2026-09-30", "its last day is today"
    assert str(table.loc["young", "enters_on"].date()) == "2026-10-01"


def test_without_entering_orders(account: Account) -> None:
    table = defective_orders(account, "2026-09-30", include_entering=False)
    assert table.order_id.tolist() == ["last", "middle", "first"]


def test_says_what_is_wrong_in_words_and_flags(account: Account) -> None:
    row = defective_orders(account, "2026-09-30").set_index("order_id").loc["middle"]
    assert row.kinds == "negative feedback, chargeback"
    assert row.cell == "feedback_chargeback"
    assert [row.feedback, row.claim, row.chargeback] == [True, False, True]
    assert (row.rating, row.comment, row.reason) == (2, "<b>late</b>", "fraud")


def test_what_became_known_later_is_not_told_yet(account: Account) -> None:
    row = defective_orders(account, "2026-09-15").set_index("order_id").loc["middle"]
    assert (row.kinds, row.reason) == ("negative feedback", "")
    assert "later" not in defective_orders(account, "2026-09-30").order_id.tolist()
    assert "later" in defective_orders(account, "2026-10-01").order_id.tolist()


def test_an_order_not_placed_yet_is_not_listed_whatever_its_report_day() -> None:
    account = make_account([("a", "2026-09-10", DE, "mfn")], [("a", "claim", "2026-09-01")])
    assert len(defective_orders(account, "2026-09-09")) == 0
    assert len(defective_orders(account, "2026-09-10")) == 1


def test_shown_since_is_the_later_of_entering_and_being_known(account: Account) -> None:
    since = defective_orders(account, "2026-09-30").set_index("order_id").shown_since
    assert since.dt.strftime("%m-%d").to_dict() == {
        "last": "09-30",  # known on the 18th, counts from the 30th
        "middle": "09-10",  # counts from 4 Sep, known on the 10th
        "first": "08-02",
        "young": "10-01",
    }


def test_latest_words_win_value_by_value() -> None:
    defects = pd.DataFrame(
        [
            sighting("a", "feedback", "2026-09-05", rating=1, comment="new words"),
            sighting("a", "feedback", "2026-09-02", rating=2, comment="old words", reason="old"),
            sighting("a", "feedback", None, rating=1, comment="undated", reason="undated"),
            sighting("a", "feedback", "2026-09-09", rating=None),
            sighting("a", "claim", "2026-09-20", reason="after as_of"),
        ]
    ).astype({"rating": "Int64", "comment": "str", "reason": "str"})
    account = make_account([("a", "2026-09-01", DE, "mfn")], defects)
    row = defective_orders(account, "2026-09-16").squeeze()
    assert (row.rating, row.comment, row.reason) == (1, "new words", "old")


def test_a_sighting_that_does_not_count_has_no_say() -> None:
    defects = pd.DataFrame(
        [
            sighting("a", "feedback", "2026-09-02", rating=1, comment="bad"),
            sighting("a", "feedback", "2026-09-05", rating=5, comment="all fine now"),
        ]
    ).astype({"rating": "Int64", "comment": "str"})
    account = make_account([("a", "2026-09-01", DE, "mfn")], defects)
    account.defects.loc[1, "counts"] = False
    row = defective_orders(account, "2026-09-16").squeeze()
    assert (row.rating, row.comment) == (1, "bad")


def test_without_defects_the_table_is_empty_and_whole() -> None:
    account = make_account([("a", "2026-09-01", DE, "mfn")])
    table = defective_orders(account, "2026-09-16")
    assert len(table) == 0
    assert list(table.columns) == list(DEFECTIVE_ORDER_COLUMNS)


def test_dtypes_are_as_documented(account: Account) -> None:
    documented = {name: column.dtype for name, column in DEFECTIVE_ORDER_COLUMNS.items()}
    full = defective_orders(account, "2026-09-30")
    empty = defective_orders(account, "2026-01-01")
    assert len(full) > 0
    assert len(empty) == 0
    for table in (full, empty):
        assert {name: str(dtype) for name, dtype in table.dtypes.items()} == documented


def test_as_of_defaults_to_the_last_known_day(account: Account) -> None:
    pd.testing.assert_frame_equal(
        defective_orders(account), defective_orders(account, account.known_to)
    )


def test_a_wrong_day_is_refused(account: Account) -> None:
    with pytest.raises(ParameterError, match="as_of"):
        defective_orders(account, "30/09/2026")
