from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import date
from itertools import permutations

import pytest

from odr_analysis.errors import ParameterError
from odr_analysis.whatif import DefectRate, MoreOrders, NewDefect, Removed, Sales, Scenario

PARTS = (
    Scenario(MoreOrders(20, start=date(2026, 10, 1), days=30)),
    Scenario(Removed(["b", "a"])),
    Scenario(Sales(0, days=7), DefectRate(0.5, reason="late")),
    Scenario(NewDefect("c")),
)


def test_frozen_and_equal_by_value():
    a, b = Scenario(Removed(frozenset({"1", "2"}))), Scenario(Removed(["2"]), Removed(["1"]))
    assert a == b
    assert hash(a) == hash(b)
    assert Scenario(Removed(order_id for order_id in ("1", "2"))) == a
    with pytest.raises(FrozenInstanceError):
        a.name = "other"


def test_scenarios_compose_in_any_order():
    whole = PARTS[0] | PARTS[1] | PARTS[2] | PARTS[3]
    for order in permutations(PARTS):
        once = Scenario()
        for part in order:
            once = once | part
        assert once == whole
        assert hash(once) == hash(whole)
    assert whole | whole == whole
    assert Scenario() | whole == whole == whole | Scenario()
    assert [type(change).__name__ for change in whole.changes] == [
        "MoreOrders", "Sales", "DefectRate", "Removed", "NewDefect"
    ]  # fmt: skip


def test_a_scenario_of_nothing_is_false_and_names_do_not_make_another():
    assert not Scenario(name="as things are")
    assert PARTS[0]
    assert Scenario(Sales(0), name="pause") == Scenario(Sales(0))
    assert (Scenario(Sales(0), name="a") | Scenario(name="b") | Scenario(name="a")).name == "a | b"
    assert Scenario(Removed([])) == Scenario()


def test_it_is_shown_as_the_code_that_makes_it():
    whole = PARTS[0] | PARTS[1] | PARTS[2] | PARTS[3]
    names = {kind.__name__: kind for kind in (MoreOrders, Removed, Sales, DefectRate, NewDefect)}
    assert eval(repr(whole), {"Scenario": Scenario, "date": date, **names}) == whole
    assert repr(Scenario(name="x")) == "Scenario(name='x')"


def test_one_removal_in_two_ways_is_refused():
    with pytest.raises(ParameterError, match="feedback of order a is removed twice"):
        Scenario(Removed(["a"]), Removed(["a", "b"], probability=0.5))
    with pytest.raises(ParameterError, match="claim of order a is removed twice"):
        PARTS[1] | Scenario(Removed(["a"], "claim"), Removed(["a"], "claim", on=date(2026, 10, 2)))
    # Two kinds of defect of one order are two removals.
    assert len(Scenario(Removed(["a"]), Removed(["a"], "claim", probability=0.5)).changes) == 2


@pytest.mark.parametrize("wrong", ["20", 3, None, MoreOrders, Scenario()])
def test_only_changes_make_a_scenario(wrong):
    with pytest.raises(ParameterError, match=r"is no change\. Changes: MoreOrders, Sales"):
        Scenario(wrong)
    with pytest.raises(ParameterError, match="name must be text"):
        Scenario(name=3)
