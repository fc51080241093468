"""Sets of rules in a seller's words."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import attrs
import pytest

from odr_analysis.answer.parts.reconciled_rules import (
    LATE,
    SWITCH_WORDS,
    if_own_rules,
    own_is_near,
    rule,
    rules,
)
from odr_analysis.policy import Policy
from odr_analysis.reconciliation.missing import FEW


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("count_cancelled_orders", True, "cancelled orders count"),
        ("count_removed_feedback", False, "removed feedback does not count"),
        ("day_boundary", "utc", "days begin at midnight UTC"),
        ("day_boundary", "store", "days begin at midnight in the store"),
        ("window_moved", 0, "the window is as the report states"),
        ("window_moved", -1, "the window is one day earlier than the report states"),
        ("count_something_new", True, "something new count"),
    ],
)
def test_a_rule_in_words(name: str, value: Any, text: str) -> None:
    assert rule(name, value) == text


def test_every_switch_of_the_policy_has_words() -> None:
    switches = {f.name for f in attrs.fields(Policy) if f.name.startswith("count_")}
    assert switches == SWITCH_WORDS.keys()


def test_several_rules_are_one_list() -> None:
    changes = {"count_cancelled_orders": False, "count_open_chargebacks": True}
    assert rules(changes) == "cancelled orders do not count and open chargebacks count"
    assert rules({}) == "the account's own rules"


def search(n_own: int, changes: dict[str, Any] | None = None) -> Any:
    return SimpleNamespace(
        one_missing=SimpleNamespace(n_own=n_own), fits=[SimpleNamespace(changes=changes or {})]
    )


def test_own_rules_hold_if_so_much_is_missing() -> None:
    assert if_own_rules(search(0)) == LATE
    assert if_own_rules(search(1)).startswith("one record ")
    assert if_own_rules(search(1200)).startswith("at least 1,200 records ")


def test_own_rules_are_near_where_few_records_explain_the_rest() -> None:
    assert own_is_near(search(FEW))
    assert not own_is_near(search(FEW + 1))
    assert own_is_near(search(0, {"count_pending_orders": False}))
    assert not own_is_near(search(0)), "then nothing is left to explain"
