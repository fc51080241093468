"""Why an order went wrong: who is believed, from when on, and what is kept."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from odr_analysis import defect_reasons, load_sample
from odr_analysis.account import Account
from odr_analysis.causes import reasons
from odr_analysis.causes.reasons import (
    CASE_COLUMNS,
    DEFECT_REASON_COLUMNS,
    TOLD_BY,
    case_candidates,
    case_reasons,
)
from odr_analysis.errors import ParameterError
from odr_analysis.exports.readers.contract import returns
from odr_analysis.texts.case_reasons import CASE_REASONS
from odr_analysis.texts.removal_rules import OBSCENE, PERSONAL
from tests.oracle import make_account
from tests.sources import bringing

ORDERS = pd.DataFrame(
    {
        "order_id": list("abcdef"),
        "ordered_on": "2026-08-20",
        "marketplace": "Amazon.de",
        "channel": "mfn",
    }
)
ROWS = [
    # order, component, day, reason, comment, rating
    ("a", "claim", "2026-09-05", "Not received", "", None),
    ("a", "feedback", "2026-09-01", "", "Came broken.", 1),
    ("b", "feedback", "2026-09-01", "", "Terrible!", 1),
    ("c", "chargeback", "2026-09-01", "Unauthorised payment", "", None),
    ("d", "feedback", "2026-09-01", "", "Viel zu spät", 2),
    ("e", "claim", "2026-09-01", "", "", None),
]
COLUMNS = ["order_id", "component", "reported_on", "reason", "comment", "rating"]
TYPES = {**dict.fromkeys(("order_id", "component", "reason", "comment"), "str"), "rating": "Int64"}
DEFECTS = pd.DataFrame(ROWS, columns=COLUMNS).astype(TYPES)


def sent_back(*rows: tuple[str, str | None, str]) -> pd.DataFrame:
    """Return requests: order, day and reason."""
    rest = dict.fromkeys(("sku", "asin", "status", "resolution", "source", "file"), "")
    return returns(
        [
            {
                "order_id": order,
                "requested_on": pd.Timestamp(day) if day else pd.NaT,
                "reason": reason,
                **rest,
                "claim": False,
                "line": 2,
            }
            for order, day, reason in rows
        ]
    )


def seller(*rows: tuple[Any, ...], orders: pd.DataFrame = ORDERS) -> Account:
    """An account of these defects that keeps what was read."""
    defects = pd.DataFrame(list(rows), columns=COLUMNS).astype(TYPES)
    return make_account(orders, defects)


@pytest.fixture(scope="module")
def account() -> Account:
    back = sent_back(
        ("b", "2026-09-10", "CR-DEFECTIVE"),
        ("d", "2026-08-25", "CR-UNWANTED_ITEM"),
        ("f", "2026-08-25", "CR-DEFECTIVE"),
    )
    return replace(seller(*ROWS), returns=back)


def told(account: Account, day: str) -> dict[str, tuple[str, str]]:
    table = defect_reasons(account, day).set_index("order_id")
    return {str(i): (row.reason, row.told_by) for i, row in table.iterrows()}


def test_a_case_is_believed_before_a_text_and_a_text_before_a_return(account: Account) -> None:
    assert told(account, "2026-09-30") == {
        "a": ("not received", "claim"),
        "b": ("damaged", "return"),
        "c": ("payment denied", "chargeback"),
        "d": ("late", "feedback"),
        "e": ("", ""),
    }


def test_each_of_the_four_is_believed_in_turn() -> None:
    rows = {
        "claim": ("a", "claim", "2026-09-05", "Not received", "", None),
        "chargeback": ("a", "chargeback", "2026-09-05", "Unauthorised payment", "", None),
        "feedback": ("a", "feedback", "2026-09-05", "", "Viel zu spät", 1),
    }
    back = sent_back(("a", "2026-09-05", "CR-DEFECTIVE"))
    found = []
    while rows:
        found.append(told(replace(seller(*rows.values()), returns=back), "2026-09-05")["a"])
        del rows[found[-1][1]]
    silent = seller(("a", "claim", "2026-09-05", "Other", "", None))
    found.append(told(replace(silent, returns=back), "2026-09-05")["a"])
    assert found == [
        ("not received", "claim"),
        ("payment denied", "chargeback"),
        ("late", "feedback"),
        ("damaged", "return"),
    ]
    assert tuple(who for _, who in found) == TOLD_BY


def test_every_reason_is_named_the_main_one_first(account: Account) -> None:
    table = defect_reasons(account, "2026-09-30").set_index("order_id")
    assert table.reasons["a"] == "not received; damaged"
    assert table.reasons["d"] == "late; product opinion"
    assert table.reasons["e"] == ""
    assert table.kinds["a"] == "negative feedback, A-to-z claim"
    assert table.known_on["a"] == pd.Timestamp("2026-09-01")
    assert table.evidence.to_dict() == {
        "a": "Not received",
        "b": "CR-DEFECTIVE",
        "c": "Unauthorised payment",
        "d": "zu spät",
        "e": "",
    }


def test_what_is_said_later_is_not_known_yet(account: Account) -> None:
    assert told(account, "2026-09-01") == {
        "a": ("damaged", "feedback"),
        "b": ("", ""),
        "c": ("payment denied", "chargeback"),
        "d": ("late", "feedback"),
        "e": ("", ""),
    }
    assert told(account, "2026-09-04")["a"] == ("damaged", "feedback")
    assert told(account, "2026-09-05")["a"] == ("not received", "claim")
    assert told(account, "2026-09-10")["b"] == ("damaged", "return")
    assert told(account, "2026-08-31") == {}
    with pytest.raises(ParameterError, match="is not a date"):
        defect_reasons(account, "soon")


def test_what_no_file_has_a_day_for_is_known_from_the_start() -> None:
    found = seller(("a", "claim", None, "Not received", "", None))
    assert told(found, "2026-08-20") == {"a": ("not received", "claim")}
    silent = seller(("a", "claim", "2026-09-01", "", "", None))
    back = sent_back(("a", None, "CR-DEFECTIVE"))
    assert told(replace(silent, returns=back), "2026-09-01") == {"a": ("damaged", "return")}


def test_a_text_that_several_files_have_is_known_from_the_first_of_them() -> None:
    rows = [
        ("a", "feedback", "2026-09-20", "", "Viel zu spät", None),
        ("a", "feedback", "2026-09-10", "", "Viel zu spät", 2),
        ("a", "feedback", "2026-09-15", "", "Viel zu spät", 1),
    ]
    for some in permutations(rows):
        found = seller(*some)
        assert told(found, "2026-09-10") == {"a": ("late", "feedback")}
        assert len(case_reasons(found)) == 1


def test_of_two_claims_the_reason_named_first_is_the_main_one_in_whatever_order() -> None:
    rows = [
        ("a", "claim", "2026-09-03", "Too late", "", None),
        ("a", "claim", "2026-09-05", "Damaged by carrier", "", None),
        ("a", "claim", "2026-09-04", "Damaged box", "", None),
    ]
    assert list(CASE_REASONS).index("damaged") < list(CASE_REASONS).index("late")
    for some in permutations(rows):
        row = defect_reasons(seller(*some), "2026-09-30").iloc[0]
        assert (row.reason, row.reasons) == ("damaged", "damaged; late")
        assert row.evidence == "Damaged box", "the first to be told"


def test_feedback_may_have_a_reason_picked_from_a_list_and_no_words() -> None:
    found = seller(("a", "feedback", "2026-09-01", "Item arrived late", "", 2))
    assert told(found, "2026-09-30") == {"a": ("late", "feedback")}


def test_the_store_settles_the_language_of_a_word() -> None:
    row = ("a", "claim", "2026-09-01", "caro", "", None)
    assert told(seller(row), "2026-09-30")["a"] == ("", "")
    italian = seller(row, orders=ORDERS.assign(marketplace="Amazon.it"))
    assert told(italian, "2026-09-30")["a"] == ("price", "claim")
    text = ("a", "feedback", "2026-09-01", "", "caro", 1)
    italian = seller(text, orders=ORDERS.assign(marketplace="Amazon.it"))
    assert told(italian, "2026-09-30")["a"] == ("price", "feedback")


def test_a_defect_without_stars_is_read_as_the_low_feedback_it_is() -> None:
    # A hint that is asked only of unhappy buyers, and a rule that is.
    found = seller(
        ("a", "feedback", "2026-09-01", "", "Erstattung", None),
        ("b", "feedback", "2026-09-01", "", "Write to a.b@example.com", None),
    )
    assert told(found, "2026-09-30")["a"] == ("refund", "feedback")
    assert case_candidates(found)[["order_id", "rule"]].values.tolist() == [["b", PERSONAL]]
    happy = seller(("a", "feedback", "2026-09-01", "", "Erstattung", 5))
    assert told(happy, "2026-09-30")["a"] == ("", "")


def test_candidates_name_the_order_and_the_day_of_their_feedback() -> None:
    found = seller(
        ("b", "feedback", "2026-09-02", "", "What a shitty seller", 1),
        ("a", "feedback", "2026-09-01", "", "Fine.", 1),
        ("b", "feedback", "2026-09-05", "", "Write to a.b@example.com", 1),
    )
    table = case_candidates(found)
    assert table[["order_id", "rule"]].values.tolist() == [["b", OBSCENE], ["b", PERSONAL]]
    assert table.told_on.dt.day.tolist() == [2, 5]
    assert case_candidates(seller(("a", "claim", "2026-09-01", "", "", None))).empty


def test_hostile_words_are_read_cleaned_and_cut() -> None:
    found = seller(
        ("a", "claim", "2026-09-01", "=cmd|' /C calc'!A1 <script>x</script> damaged", "", None),
        (
            "b",
            "claim",
            "2026-09-01",
            "\x1b[31m not received \u202e" + "<b>|</b>\n" * 9999,
            "",
            None,
        ),
        ("c", "claim", "2026-09-01", "damaged\x00" + "z" * 100_000, "", None),
    )
    table = defect_reasons(found, "2026-09-30").set_index("order_id")
    assert table.reason.to_dict() == {"a": "damaged", "b": "not received", "c": "damaged"}
    assert table.evidence["a"] == "=cmd|' /C calc'!A1 x damaged"
    assert table.evidence["b"].startswith("[31m not received | | |")
    assert table.evidence.str.len().max() <= 201
    assert not table.evidence.str.contains("[\x00-\x1f\u202e<>]").any()


def test_the_reasons_of_the_sample_are_those_it_was_built_with() -> None:
    sample = load_sample()
    table = defect_reasons(sample)
    assert table.order_id.tolist() == sample.defective.order_id.tolist()
    assert (table.reason != "").sum() >= 0.9 * len(table)
    documented = {n: column.dtype for n, column in DEFECT_REASON_COLUMNS.items()}
    assert {name: str(dtype) for name, dtype in table.dtypes.items()} == documented


def test_an_account_without_a_defect_has_empty_tables_of_the_right_types() -> None:
    clean = seller()
    for table, columns in (
        (case_reasons(clean), CASE_COLUMNS),
        (defect_reasons(clean, "2026-09-30"), DEFECT_REASON_COLUMNS),
    ):
        documented = {n: column.dtype for n, column in columns.items()}
        assert table.empty
        assert {name: str(dtype) for name, dtype in table.dtypes.items()} == documented


@pytest.fixture
def times_read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry per time that the words of an account are read."""
    read: list[int] = []
    real = reasons._case_reasons
    monkeypatch.setattr(reasons, "_case_reasons", lambda a: read.append(1) or real(a))
    return read


def test_words_are_read_once(times_read: list[int]) -> None:
    found = seller(*ROWS)
    first = case_reasons(found)
    first.loc[:, "reason"] = "changed by whoever got it"
    assert case_reasons(found).reason.tolist()[0] == "not received"
    # In another order they are the same words; without a place to keep them they are read anew.
    case_reasons(replace(found, defects=found.defects[::-1].reset_index(drop=True)))
    assert len(times_read) == 1
    case_reasons(make_account(ORDERS, DEFECTS))
    assert len(times_read) == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda a: {"defects": a.defects.assign(reason="Damaged on arrival")},
        lambda a: {"defects": a.defects.assign(comment="Damaged on arrival")},
        lambda a: {"defects": a.defects.assign(reported_on=pd.Timestamp("2026-09-20"))},
        lambda a: {"defects": a.defects.assign(component="chargeback")},
        lambda a: {"defects": a.defects.iloc[1:]},
        lambda a: {"defective": a.defective.iloc[1:]},
        lambda a: {"defective": a.defective.assign(marketplace="Amazon.fr")},
        lambda a: {"returns": sent_back(("b", "2026-09-10", "CR-DEFECTIVE"))},
        lambda a: {"returns": sent_back(("a", "2026-09-09", "CR-DEFECTIVE"))},
    ],
)
def test_an_account_changed_in_what_tells_is_read_anew(change: Any, times_read: list[int]) -> None:
    found = replace(seller(*ROWS), returns=sent_back(("a", "2026-09-10", "CR-DEFECTIVE")))
    before = case_reasons(found)
    changed = replace(found, **change(found))
    assert_frame_equal(case_reasons(changed), reasons._case_reasons(changed))
    assert_frame_equal(case_reasons(found), before)
    assert len(times_read) == 3, "each account once, and once to compare"


def test_reasons_and_candidates_are_kept_apart_and_by_the_rules(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: list[str] = []
    counted = bringing(account, keep=lambda name, make: names.append(name) or make())
    case_reasons(counted)
    case_candidates(counted)
    monkeypatch.setattr(reasons, "_rules_version", lambda: "other")
    case_reasons(counted)
    assert len(set(names)) == 3
    assert [name.split()[0] for name in names] == ["reasons", "candidates", "reasons"]


def test_the_version_of_the_rules_is_that_of_what_texts_are_read_by(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    version = reasons._rules_version.__wrapped__
    before = version()
    assert before == version()
    for file in reasons.phrase_rules.FOLDER.glob("*.toml"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    monkeypatch.setattr(reasons.phrase_rules, "FOLDER", tmp_path)
    assert version() == before
    (tmp_path / "de.toml").write_text("other words", "utf-8")
    assert version() != before


def test_what_files_told_is_kept_beside_them(times_read: list[int]) -> None:
    first = case_reasons(load_sample())
    read = len(times_read)
    assert read <= 1
    again = case_reasons(load_sample())
    assert len(times_read) == read, "the second load finds it"
    assert_frame_equal(first, again)
