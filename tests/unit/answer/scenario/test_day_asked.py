"""One day that is asked about: its odds, and what it would take."""

from __future__ import annotations

from datetime import timedelta

import pytest

from odr_analysis import account_from_frames, apply_scenario
from odr_analysis.account import Account
from odr_analysis.answer.scenario.day_asked import day_asked
from odr_analysis.whatif import MoreOrders, Sales, Scenario, orders_needed_by, removals_needed
from tests.unit.whatif.sold import TODAY, sold

BY = TODAY + timedelta(days=40)
MORE = Scenario(MoreOrders(10, defect_rate=0.0))


@pytest.fixture(scope="module")
def account() -> Account:
    return account_from_frames(*sold(10, 80))


def test_the_odds_are_those_of_the_effect_and_of_what_is_needed(account: Account) -> None:
    effect = apply_scenario(account, MORE)
    asked = day_asked(account, effect, BY, 0.8, defect_rate=0.0)
    row = effect.table.set_index("day").loc[str(BY)]
    assert asked.p_with == 1 - row.scenario_p_breach
    assert asked.p_without == 1 - row.baseline_p_breach
    assert asked.p_without == pytest.approx(asked.orders.p_without)
    assert asked.orders == orders_needed_by(account, BY, 0.8, defect_rate=0.0)
    assert asked.removals == removals_needed(account, BY, 0.8)
    assert "with the scenario, against " in asked.sentence
    assert asked.as_json()["orders_needed"]["per_day"] == asked.orders.per_day
    assert "What 80 % on that day would take, without the scenario:" in asked.lines()


def test_nothing_changed_has_one_probability(account: Account) -> None:
    asked = day_asked(account, apply_scenario(account, Scenario()), BY, defect_rate=0.0)
    assert asked.p_with == asked.p_without
    assert "scenario" not in " ".join(asked.lines())


def test_a_change_too_small_to_show_is_no_difference(account: Account) -> None:
    effect = apply_scenario(account, Scenario(MoreOrders(10, defect_rate=0.0)))
    asked = day_asked(account, effect, TODAY + timedelta(days=5))
    assert asked.sentence.endswith(" with the scenario, and as much without it.")


def test_a_day_on_which_no_order_counts_has_no_rate(account: Account) -> None:
    pause = apply_scenario(account, Scenario(Sales(0)), horizon_days=90)
    asked = day_asked(account, pause, TODAY + timedelta(days=80))
    assert asked.as_json()["p_with"] is None
    assert "no order counts on 19 Dec 2026, so there is no rate" in asked.sentence


def test_unknown_defects_have_no_odds() -> None:
    orders, kinds = sold(10, 80, days=60)
    account = account_from_frames(orders, kinds)
    asked = day_asked(account, apply_scenario(account, MORE), BY)
    assert asked.orders.missing
    assert "cannot be known" in asked.sentence
    assert len([line for line in asked.lines() if line.startswith("- ")]) == 0
    found = asked.as_json()
    assert (found["p_without"], found["p_with"]) == (None, None)
    assert found["missing"]
