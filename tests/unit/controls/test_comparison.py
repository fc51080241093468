"""Scenarios side by side: what each comes to on the day asked about, against its own effect."""

from __future__ import annotations

import pytest

from odr_analysis import account_from_frames, apply_scenario, words
from odr_analysis.controls.asked_day import AskedDay
from odr_analysis.controls.comparison import MOST_KEPT, Comparison
from odr_analysis.controls.state import WhatIfState
from odr_analysis.errors import ParameterError
from tests.unit.whatif.sold import sold


@pytest.fixture(scope="module")
def account():
    return account_from_frames(*sold(10, 80))


@pytest.fixture
def side_by_side(account):
    state = WhatIfState(account, days=75, extra_defect_rate=0.0)
    return Comparison(state, AskedDay(state))


def test_each_row_is_that_of_its_scenario_on_the_day(account, side_by_side):
    state, asked = side_by_side.state, side_by_side.asked
    assert side_by_side.rows == ()
    state.extra_orders_per_day = 30
    side_by_side.keep(" a  sale ")
    state.extra_orders_per_day, state.sales = 0, 0.0
    assert side_by_side.keep() == "Scenario 1"
    asked.by, asked.certainty = state.as_of.replace(month=11, day=20), 0.7
    none, sale, pause = side_by_side.rows
    assert [row.scenario for row in side_by_side.rows] == ["As things are", "a sale", "Scenario 1"]
    for row, effect in zip((sale, pause), side_by_side.kept, strict=True):
        table = apply_scenario(account, effect.scenario).changed.table
        there = table.iloc[asked.days_ahead]
        assert row.breach == words.probability(there.p_breach)
        assert row.odr.startswith(words.percent(there.odr))
        likely = table.day[table.p_breach <= 1 - 0.7]
        assert row.first_under == words.day(likely.iloc[0].date(), 2026)
    assert none.breach != sale.breach


def test_four_are_kept_and_a_name_is_used_again(side_by_side):
    for i in range(MOST_KEPT):
        side_by_side.state.extra_orders_per_day = i
        side_by_side.keep(f"s{i}")
    with pytest.raises(ParameterError, match="4 scenarios are kept already"):
        side_by_side.keep("s4")
    side_by_side.state.extra_orders_per_day = 50
    side_by_side.keep("s1")
    assert side_by_side.names == ("s0", "s1", "s2", "s3")
    assert side_by_side.kept[1].scenario.changes[0].per_day == 50
    side_by_side.remove("s0")
    side_by_side.remove("nobody")
    assert [row.scenario for row in side_by_side.rows] == ["As things are", "s1", "s2", "s3"]
    assert side_by_side.keep() == "Scenario 1"


@pytest.mark.filterwarnings("ignore:.*as if nothing were missing")
def test_where_something_is_unknown_no_probability_is_stated():
    state = WhatIfState(account_from_frames(*sold(10, 80, days=30)))
    side_by_side = Comparison(state, AskedDay(state))
    side_by_side.keep("nothing")
    assert {row.breach for row in side_by_side.rows} == {"unknown"}
