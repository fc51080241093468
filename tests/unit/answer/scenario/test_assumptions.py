"""What an effect takes for granted, on accounts small enough to follow by head."""

from __future__ import annotations

from datetime import date

from odr_analysis.answer.scenario.assumptions import scenario_assumptions
from odr_analysis.whatif import Scenario, apply_scenario
from tests.oracle import days, make_account

TODAY = date(2026, 9, 30)
DE = "Amazon.de"


def old_order(order_id: str, channel: str = "mfn", ordered_on: date = date(2026, 8, 20)):
    return (order_id, ordered_on, DE, channel)


def test_orders_go_on_as_lately_and_as_bad_as_today():
    # Two a day for 100 days, so 120 in the window of today; 3 of them defective.
    orders = [
        (f"{d:%m%d}-{i}", d, DE, "mfn") for d in days(date(2026, 6, 23), 100) for i in range(2)
    ]
    defects = [(f"{d:%m%d}-0", "claim", None) for d in days(date(2026, 8, 1), 3)]
    account = make_account(orders, defects, known_to=TODAY)
    said = " ".join(scenario_assumptions(apply_scenario(account, Scenario())))
    assert "2.0 ordinary orders a day" in said
    assert "(56 orders in 28 days)" in said
    assert "2.50 % of them defective, as the ODR shown today (3 of 120 orders)" in said
    assert "until 15 Oct 2026 no order placed later counts" in said
    assert "not yet reported" in said


def test_without_a_rate_today_no_coming_order_is_bad():
    young = [(f"{d}", d, DE, "mfn") for d in days(date(2026, 9, 21), 10)]
    said = scenario_assumptions(apply_scenario(make_account(young, known_to=TODAY), Scenario()))
    assert "1.0 ordinary orders a day" in said[1]
    assert "(10 orders in 10 days)" in said[1]
    assert "none of them defective, because no ODR is shown today" in said[1]


def test_no_order_lately_promises_none():
    account = make_account([old_order("A")], known_to=TODAY)
    assert (
        "Seller-fulfilled on Amazon.de: no order from 3 Sep to 30 Sep 2026, so none is assumed to "
        "come."
    ) in scenario_assumptions(apply_scenario(account, Scenario()))


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
    do = Scenario(
        extra_orders_per_day=1_200, days=2, extra_defect_rate=0.02, removed_feedback={"A"}
    )
    nothing = scenario_assumptions(apply_scenario(account, Scenario()))
    assert scenario_assumptions(apply_scenario(account, do)) == (
        *nothing,
        "Extra orders: 1,200 a day from 1 Oct to 2 Oct 2026, Seller-fulfilled on Amazon.de; 2 % of "
        "them defective, known from the day they count.",
        "Removed feedback is gone from 30 Sep 2026 on.",
    )
