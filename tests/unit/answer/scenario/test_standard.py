"""Scenarios side by side, against the effects they are made of."""

from __future__ import annotations

import pandas as pd
import pytest

from odr_analysis import (
    account_from_frames,
    cheapest_plan,
    findings,
    load_sample,
    plan_sentence,
    removal_effects,
    words,
)
from odr_analysis.answer.scenario.standard import DAYS, TOP, standard_scenarios
from odr_analysis.whatif import DefectRate, MoreOrders, Removed, Sales, Scenario
from tests.unit.whatif.sold import sold

OWN = Scenario(MoreOrders(50, defect_rate=0.0, channel="mfn"), name="Autumn sale")


@pytest.fixture(scope="module")
def found():
    return findings(load_sample(), scenarios=[OWN, Scenario(DefectRate(0.5))])


def test_every_standard_scenario_and_ones_own(found):
    by_rate = {rate.title: [row.scenario for row in rate.rows] for rate in found.what_if.rates}
    standard = ["As things are", "20 % more orders", "No sales",
                f"The top {TOP} feedbacks of each rate removed"]  # fmt: skip
    assert by_rate["Seller-fulfilled"] == [*standard, "Autumn sale", "Scenario 2"]
    # What does not change a rate is not listed under it.
    assert by_rate["Amazon-fulfilled"] == [*standard, "Scenario 2"]


def test_numbers_are_those_of_the_effect(found):
    what_if = found.what_if
    assert what_if.day == found.day.as_of + pd.Timedelta(days=DAYS)
    for rate, channel in zip(what_if.rates, ("mfn", "afn"), strict=True):
        rows = {row.scenario: row for row in rate.rows}
        for scenario, name in (
            (Scenario(), "As things are"), (Scenario(Sales(1.2)), "20 % more orders"),
            (Scenario(Sales(0)), "No sales"),
        ):  # fmt: skip
            table = found.day.what_if(scenario).changed.table
            row = table[(table.channel == channel) & (table.day == pd.Timestamp(what_if.day))].iloc[
                0
            ]
            assert rows[name].odr.startswith(words.percent(row.odr))
            assert rows[name].breach == words.probability(row.p_breach)


def test_the_top_removals_are_those_of_the_largest_effect():
    removable = removal_effects(load_sample())
    removal = [s for s in standard_scenarios(removable) if s.of_kind(Removed)]
    ids = removal[0].of_kind(Removed)[0].orders
    for _, rows in removable.groupby("channel"):
        useful = rows[rows.delta < 0]
        assert len(ids & set(rows.order_id)) == min(TOP, len(useful))
        taken, left = useful[useful.order_id.isin(ids)], useful[~useful.order_id.isin(ids)]
        assert left.empty or taken.delta.max() <= left.delta.min()
    assert not [s for s in standard_scenarios(removable.iloc[:0]) if s.of_kind(Removed)]


@pytest.mark.filterwarnings("ignore:.*as if nothing were missing")
def test_where_a_kind_of_defect_is_unknown_nothing_is_compared():
    short = account_from_frames(*sold(10, 80, days=30))
    what_if = findings(short).what_if
    assert what_if.rates == ()
    assert what_if.notes == (
        "No scenario of Seller-fulfilled is worked out: not all of it is known.",
    )


def test_each_rate_has_its_plan(found):
    what_if = found.what_if
    assert len(what_if.plans) == len(what_if.rates)
    for text, channel in zip(what_if.plans, ("mfn", "afn"), strict=True):
        plan = cheapest_plan(found.day.account, what_if.day, channel=channel, as_of=found.day.as_of)
        assert text == plan_sentence(plan)


def test_where_too_much_is_at_risk_a_plan_is_asked_for():
    what_if = findings(account_from_frames(*sold(10, 75))).what_if
    assert "no step is needed" not in what_if.plans[0]
    is_plan = "cheapest plan" in what_if.plans[0]
    assert any("fewest requests" in note for note in what_if.notes) == is_plan


def test_a_text_for_a_terminal(found):
    assert "Seller-fulfilled, Autumn sale: " in found.what_if.text
