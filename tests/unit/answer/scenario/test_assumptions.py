"""What an effect takes for granted, on accounts small enough to follow by head."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from odr_analysis.answer.scenario.assumptions import scenario_assumptions
from odr_analysis.whatif import MoreOrders, Removed, Scenario, apply_scenario
from tests.oracle import days, make_account

TODAY = date(2026, 9, 30)
DE = "Amazon.de"


def old_order(order_id: str, channel: str = "mfn", ordered_on: date = date(2026, 8, 20)):
    return (order_id, ordered_on, DE, channel)


def test_orders_go_on_as_lately_and_their_quality_is_estimated():
    orders = [
        (f"{d:%m%d}-{i}", d, DE, "mfn") for d in days(date(2026, 3, 15), 200) for i in range(2)
    ]
    defects = [(f"{d:%m%d}-0", "claim", d + timedelta(days=9)) for d in days(date(2026, 8, 1), 3)]
    account = make_account(orders, defects, known_to=TODAY)
    said = scenario_assumptions(apply_scenario(account, Scenario()))
    assert "until 15 Oct 2026 no order placed later counts" in said[0]
    found = re.fullmatch(
        r"Seller-fulfilled on Amazon\.de: 2\.50 % is shown today \(3 of 120 orders\); 2\.\d "
        r"ordinary orders a day go on coming, as lately; once all reports are in, (.*) % to (.*) % "
        r"of them will be defective \(90 % interval\)\.",
        said[1],
    )
    assert found
    # 3 of 400 were reported, most of those of the last two months not yet.
    low, high = map(float, found.groups())
    assert 0 < low < 0.9 < high < 8


def test_no_order_lately_promises_none():
    account = make_account([old_order("A", ordered_on=date(2026, 7, 20))], known_to=TODAY)
    assert scenario_assumptions(apply_scenario(account, Scenario()))[1].endswith(
        " orders are expected to come."
    )


def test_what_happened_since_the_files_end_is_estimated():
    account = make_account([old_order("A"), old_order("B", ordered_on=date(2026, 9, 20))])
    account = replace(account, known_to=date(2026, 9, 20))
    said = scenario_assumptions(apply_scenario(account, Scenario(), TODAY))
    assert (
        "Nothing is known after 20 Sep 2026: what was ordered and reported since is estimated like "
        "the days ahead."
    ) in said
    assert not [sentence for sentence in said if "latest order" in sentence]


def test_orders_that_stop_before_as_of_are_pointed_out():
    account = make_account([old_order("A", ordered_on=date(2026, 9, 20))], known_to=TODAY)
    said = " ".join(scenario_assumptions(apply_scenario(account, Scenario())))
    assert "The latest order known is of 20 Sep 2026; the 10 days since" in said
    assert "as_of 2026-09-20" in said
    assert "latest order" not in " ".join(
        scenario_assumptions(apply_scenario(account, Scenario(), date(2026, 9, 21)))
    )


def test_orders_of_one_series_that_stop_are_pointed_out() -> None:
    account = make_account(
        [
            old_order("A", ordered_on=date(2026, 9, 20)),
            old_order("B", "afn", ordered_on=TODAY),
        ],
        known_to=TODAY,
    )
    effect = apply_scenario(account, Scenario())
    said = [sentence for sentence in scenario_assumptions(effect) if "latest" in sentence]
    assert len(said) == 1
    assert said[0].startswith(
        "Seller-fulfilled on Amazon.de: the latest order known is of 20 Sep 2026; the 10 days since"
    )


def test_the_scenario_has_assumptions_of_its_own():
    account = make_account([old_order("A")], [("A", "feedback", date(2026, 9, 1))], known_to=TODAY)
    do = Scenario(MoreOrders(1200, defect_rate=0.02, days=2), Removed({"A"}))
    nothing = scenario_assumptions(apply_scenario(account, Scenario()))
    assert scenario_assumptions(apply_scenario(account, do)) == (
        *nothing,
        "Extra orders, Seller-fulfilled on Amazon.de: 1,200 a day from 1 Oct to 2 Oct; 2 % of "
        "them defective, reported as late as of other orders.",
        "Removed negative feedback is gone from 30 Sep 2026 on; no new defect of these orders is "
        "expected.",
    )
