"""Why an order went wrong: who is believed, from when on, and what is kept."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from odr_analysis import account_from_frames, defect_reasons, load_sample
from odr_analysis.exports.rows import returns
from odr_analysis.why import reasons
from odr_analysis.why.reasons import case_reasons

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
DEFECTS = pd.DataFrame(
    ROWS, columns=["order_id", "component", "reported_on", "reason", "comment", "rating"]
)


@pytest.fixture(scope="module")
def account():
    sent_back = returns(
        [
            {
                "order_id": order,
                "requested_on": pd.Timestamp(day),
                "reason": reason,
                **dict.fromkeys(("sku", "asin", "status", "resolution", "source", "file"), ""),
                "claim": False,
                "line": 2,
            }
            for order, day, reason in (
                ("b", "2026-09-10", "CR-DEFECTIVE"),
                ("d", "2026-08-25", "CR-UNWANTED_ITEM"),
                ("f", "2026-08-25", "CR-DEFECTIVE"),
            )
        ]
    )
    return replace(account_from_frames(ORDERS, DEFECTS), returns=sent_back)


def told(account, day: str) -> dict[str, tuple[str, str]]:
    table = defect_reasons(account, day).set_index("order_id")
    return {i: (row.reason, row.told_by) for i, row in table.iterrows()}


def test_a_case_is_believed_before_a_text_and_a_text_before_a_return(account) -> None:
    assert told(account, "2026-09-30") == {
        "a": ("not received", "claim"),
        "b": ("damaged", "return"),
        "c": ("payment denied", "chargeback"),
        "d": ("late", "feedback"),
        "e": ("", ""),
    }


def test_every_reason_is_named_the_main_one_first(account) -> None:
    table = defect_reasons(account, "2026-09-30").set_index("order_id")
    assert table.reasons["a"] == "not received; damaged"
    assert table.reasons["d"] == "late; product opinion"
    assert table.kinds["a"] == "negative feedback, A-to-z claim"
    assert table.known_on["a"] == pd.Timestamp("2026-09-01")


def test_what_is_said_later_is_not_known_yet(account) -> None:
    assert told(account, "2026-09-01") == {
        "a": ("damaged", "feedback"),
        "b": ("", ""),
        "c": ("payment denied", "chargeback"),
        "d": ("late", "feedback"),
        "e": ("", ""),
    }
    assert told(account, "2026-08-31") == {}


def test_the_reasons_of_the_sample_are_those_it_was_built_with() -> None:
    table = defect_reasons(load_sample()).set_index("order_id")
    assert set(table.index) == set(load_sample().defective.order_id)
    known = table[table.reason != ""]
    assert len(known) >= 0.9 * len(table)


def test_a_changed_account_is_read_anew(account, monkeypatch) -> None:
    read = []
    real = reasons._case_reasons
    monkeypatch.setattr(reasons, "_case_reasons", lambda a: read.append(1) or real(a))
    before = len(case_reasons(account))
    case_reasons(account)
    assert len(read) <= 1
    seen = account.defects.assign(reason="Damaged on arrival")
    changed = replace(account, defects=seen)
    found = case_reasons(changed)
    assert (found.evidence == "Damaged on arrival").sum() == len(DEFECTS)
    assert len(case_reasons(account)) == before


def test_other_rules_are_another_table(account, monkeypatch) -> None:
    names = []
    counted = replace(account, keep=lambda name, make: names.append(name) or make())
    case_reasons(counted)
    monkeypatch.setattr(reasons, "_rules_version", lambda: "other")
    case_reasons(counted)
    assert len(set(names)) == 2
