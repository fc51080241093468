"""What each defect hangs on, and when a report may still have it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from odr_analysis import terms
from odr_analysis.exports.readers.contract import Sighting, sightings
from odr_analysis.policy import Policy
from odr_analysis.rates.rolling import ALWAYS, NEVER, day_number
from odr_analysis.reconciliation.switches import (
    DEFECT_SWITCHES,
    ORDER_SWITCHES,
    REMOVED,
    SHOWN_AFTER,
    Defects,
    Rule,
    defects_of,
    late,
)

ORDERS = pd.Index(["a", "b"])


def record(order: str, component: str, source: str, outcome: str = "", **more: Any) -> Sighting:
    day = more.pop("reported_on", "2026-09-01")
    row = Sighting(order, component, source, "f", 2, outcome=outcome, **more)
    return row._replace(reported_on=None if day is None else pd.Timestamp(day).date())


def defects(*rows: Sighting) -> Defects:
    return defects_of(sightings(list(rows)), ORDERS, Policy())


def rule_of(*rows: Sighting) -> Rule:
    found = defects(*rows)
    assert len(found.rule) == 1
    return found.rules[found.rule[0]]


def test_every_switch_of_the_policy_is_of_orders_or_of_defects() -> None:
    assert set(ORDER_SWITCHES.values()).isdisjoint(DEFECT_SWITCHES)
    every = {name for name in Policy().to_dict() if name.startswith("count_")}
    assert every == {*ORDER_SWITCHES.values(), *DEFECT_SWITCHES}


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        ([("claims", "granted")], Rule(True)),
        ([("claims", "denied")], Rule(False, ("count_denied_claims",))),
        ([("claims", "pending")], Rule(False, ("count_pending_claims",))),
        # Two states of one rank: either switch makes it count.
        (
            [("claims", "denied"), ("claims", "withdrawn")],
            Rule(False, ("count_denied_claims", "count_withdrawn_claims")),
        ),
        # A state that is settled stands before one that is open.
        ([("claims", "denied"), ("claims", "pending")], Rule(False, ("count_denied_claims",))),
        ([("settlement", "debited")], Rule(False, ("count_inferred_defects",))),
    ],
    ids=["always", "one switch", "not decided", "any of two", "settled", "money alone"],
)
def test_rules_are_found_by_asking_with_switches_on_and_off(
    rows: list[tuple[str, str]], rule: Rule
) -> None:
    found = rule_of(*(record("a", "claim", *row) for row in rows))
    assert (found.always, set(found.any_of), found.all_of) == (
        rule.always,
        set(rule.any_of),
        rule.all_of,
    )


def test_money_that_came_back_counts_with_all_of_two_switches() -> None:
    paid = {"amount": 20.0, "currency": "EUR"}
    found = rule_of(
        record("a", "claim", "settlement", "debited", **paid),
        record("a", "claim", "settlement", "recovered", **paid),
    )
    assert not found.always
    assert found.any_of == ()
    assert set(found.all_of) == {"count_inferred_defects", "count_recovered_defects"}


def test_one_entry_for_each_order_and_kind_of_the_orders_asked_for() -> None:
    found = defects(
        record("b", "claim", "claims", "granted", reported_on="2026-09-05"),
        record("b", "claim", "mfn-returns", reported_on="2026-09-03"),
        record("a", "feedback", "seller-feedback", reported_on=None),
        record("elsewhere", "claim", "claims", "granted"),
    )
    kinds = [terms.COMPONENTS[i] for i in found.component]
    assert list(zip(ORDERS[found.order], kinds, strict=True)) == [
        ("a", "feedback"),
        ("b", "claim"),
    ]
    assert found.known.tolist() == [ALWAYS, day_number("2026-09-03")], "the first day of any file"


def test_what_was_taken_out_has_a_day_where_a_file_gives_one() -> None:
    decided = pd.Timestamp("2026-09-20").date()
    found = defects(
        record("a", "feedback", "seller-feedback", "struck"),
        record("a", "claim", "claims", "denied", decided_on=decided),
        record("b", "claim", "claims", "granted"),
    )
    # Feedback may have been struck on any day.
    assert found.removed.tolist() == [NEVER, day_number("2026-09-20"), ALWAYS]


def test_a_report_may_still_have_what_was_taken_out_in_the_days_before_it() -> None:
    assert (SHOWN_AFTER["feedback"], SHOWN_AFTER["claim"]) == (2, 7)
    decided = pd.Timestamp("2026-09-20").date()
    found = defects(record("a", "claim", "claims", "denied", decided_on=decided))
    row = np.array([0])
    may = [bool(late(found, row, day_number(f"2026-09-{d}"))[0]) for d in (20, 26, 27)]
    assert may == [True, True, False]


def test_outcomes_that_take_a_defect_out_are_of_each_kind() -> None:
    assert REMOVED.keys() == set(terms.COMPONENTS)
