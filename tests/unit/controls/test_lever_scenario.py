"""Levers to scenario and back, for scenarios of every kind."""

from __future__ import annotations

from datetime import date

import pytest

from odr_analysis.controls.lever_scenario import levers_for, made_by, without_idle
from odr_analysis.whatif import DefectRate, MoreOrders, NewDefect, Removed, Sales, Scenario

TODAY, SHOWS, LAST = date(2026, 9, 30), date(2026, 10, 2), date(2026, 12, 14)
ODDS = {("a", "feedback"): (0.15, SHOWS), ("b", "feedback"): (0.15, SHOWS),
        ("a", "claim"): (0.5, TODAY)}  # fmt: skip
ORDERS = MoreOrders(5, start=date(2026, 10, 9), days=3)


@pytest.mark.parametrize(
    ("scenario", "in_also"),
    [
        (Scenario(), 0),
        (Scenario(ORDERS, Sales(0)), 0),
        (Scenario(ORDERS, MoreOrders(7, start=date(2026, 11, 9), days=3)), 1),
        (Scenario(MoreOrders(5, start=date(2027, 1, 9))), 1),  # after the last day looked at
        (Scenario(MoreOrders(5, days=3, weekdays=(1, 1, 1, 1, 1, 0, 0))), 1),
        (Scenario(Sales(0.5), Sales(0.4)), 1),
        (Scenario(Sales(0.5, channel="mfn"), DefectRate(0.5), NewDefect("a")), 3),
        (Scenario(Removed(["a", "b"]), Removed(["a"], "claim")), 0),
        (Scenario(Removed(["a", "b"], probability=0.15, on=SHOWS)), 0),
        (Scenario(Removed(["a", "b"], probability=0.15)), 1),
        (Scenario(Removed(["a"]), Removed(["b"], probability=0.15, on=SHOWS)), 1),
        (Scenario(Removed(["a"], rule="product review")), 1),
        (Scenario(Removed(["a"], "claim", 0.5, TODAY), Removed(["c"], probability=0.3)), 1),
    ],
)
def test_a_scenario_comes_out_of_the_levers_as_it_went_in(scenario, in_also):
    usual = {"start": date(2026, 10, 1), "days": 30, "extra_defect_rate": None}
    usual |= {"marketplace": None, "channel": None}
    levers = {**usual, **levers_for(scenario, ODDS, TODAY, LAST)}
    assert len(levers["also"].changes) == in_also
    assert without_idle(made_by(levers, ODDS)) == scenario


@pytest.mark.parametrize(("start", "days"), [(None, 75), (date(2026, 10, 9), 67), (LAST, 1)])
def test_extra_orders_without_an_end_are_on_the_levers_to_the_last_day(start, days):
    levers = levers_for(Scenario(MoreOrders(5, start=start)), ODDS, TODAY, LAST)
    assert (levers["extra_orders_per_day"], levers["days"]) == (5, days)
    assert not levers["also"]
    assert MoreOrders(5, start=start, days=days).last_day(TODAY) == LAST


def test_what_does_nothing_is_left_out():
    idle = Scenario(MoreOrders(0), Sales(0.5, days=0), Removed(["a"]), name="n")
    assert without_idle(idle) == Scenario(Removed(["a"]))
    assert without_idle(idle).name == "n"
