"""What it takes by a day, against the scenario it comes to."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from odr_analysis import account_from_frames, apply_scenario
from odr_analysis.errors import ParameterError
from odr_analysis.whatif import (
    MoreOrders,
    Removed,
    Scenario,
    orders_needed_by,
    removals_needed,
)
from tests.unit.whatif.sold import TODAY, sold


@pytest.fixture(scope="module")
def account():
    """About 1.25 % defective, all of it feedback."""
    return account_from_frames(*sold(10, 80))


@pytest.mark.parametrize("rate", [None, 0.0])
@pytest.mark.parametrize("certainty", [0.5, 0.9])
def test_orders_needed_are_those_of_the_scenario(account, rate, certainty):
    by = TODAY + timedelta(days=50)
    needed = orders_needed_by(account, by, certainty, defect_rate=rate)
    if rate is None and needed.per_day is None:
        assert needed.p_at_best < certainty
        assert "impossible at any volume" in needed.sentence
        return
    assert needed.per_day > 0
    assert (needed.first, needed.last) == (date(2026, 10, 1), by - timedelta(days=15))
    assert needed.counting_days == 35

    def p_under(per_day):
        more = MoreOrders(per_day, defect_rate=rate)
        return 1 - apply_scenario(account, Scenario(more)).changed.table.p_breach[50]

    assert p_under(needed.per_day) >= certainty > p_under(needed.per_day - 1)
    assert needed.p_without == pytest.approx(p_under(0))
    assert needed.even <= needed.per_day
    assert needed.scenario.changes[0].days == 35
    shown = 1 - apply_scenario(account, needed.scenario).changed.table.p_breach[50]
    assert shown == pytest.approx(p_under(needed.per_day))


def test_not_reachable_by_that_day_names_the_first_on_which_it_is(account):
    needed = orders_needed_by(account, TODAY + timedelta(days=10), defect_rate=0.0)
    assert (needed.per_day, needed.scenario, needed.counting_days) == (None, None, 0)
    day = needed.reachable_on
    assert day >= TODAY + timedelta(days=16)
    assert orders_needed_by(account, day, defect_rate=0.0).per_day is not None
    before = orders_needed_by(account, day - timedelta(days=1), defect_rate=0.0)
    assert before.per_day is None
    assert f"The first day on which it is: {day.day} Oct 2026" in needed.sentence
    limit = orders_needed_by(account, TODAY + timedelta(days=20), defect_rate=0.0, most_per_day=1)
    assert limit.per_day is None
    assert "more orders would be needed than the limit allows" in limit.sentence


def test_a_goal_already_met_needs_nothing():
    good = account_from_frames(*sold(10, 1000))
    by = TODAY + timedelta(days=20)
    orders, removals = orders_needed_by(good, by), removals_needed(good, by)
    assert (orders.per_day, removals.n, removals.orders) == (0, 0, ())
    assert orders.scenario == Scenario()
    assert "no more orders are needed" in orders.sentence
    assert "no removal is needed" in removals.sentence


def test_removals_needed_are_those_of_the_scenario(account):
    by = TODAY + timedelta(days=5)
    needed = removals_needed(account, by)
    assert needed.n == len(needed.orders) > 0
    counted = account.policy.window(by)
    placed = account.defective.set_index("order_id").ordered_on.dt.date
    inside = placed[(placed >= counted.start) & (placed <= counted.end)]
    assert needed.available == len(inside)
    assert set(needed.orders) == set(inside.sort_values().index[-needed.n :])

    def p_under(ids):
        effect = apply_scenario(account, Scenario(Removed(frozenset(ids))))
        return 1 - effect.changed.table.p_breach[5]

    assert p_under(needed.orders) >= 0.9 > p_under(needed.orders[1:])


def test_where_all_removals_are_not_enough(account):
    orders, kinds = sold(10, 8)
    claims = account_from_frames(orders, kinds.assign(component="claim"))
    needed = removals_needed(claims, TODAY + timedelta(days=5))
    assert (needed.n, needed.available, needed.orders) == (None, 0, ())
    assert "not reachable with 90 %" in needed.sentence


@pytest.mark.filterwarnings("ignore:.*as if nothing were missing")
def test_where_a_kind_of_defect_is_unknown_nothing_is_promised():
    orders, kinds = sold(10, 80, days=30)
    short = account_from_frames(orders, kinds)
    by = TODAY + timedelta(days=20)
    for needed in (orders_needed_by(short, by), removals_needed(short, by)):
        assert needed.missing
        assert needed.sentence.startswith("Cannot be known: ")
        assert np.isnan(needed.p_without)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"by": TODAY}, "by is 2026-09-30, but must be after 2026-09-30"),
        ({"by": "soon"}, "by"),
        ({"by": date(2027, 9, 1)}, "no day after 2027-03-03 can be forecast"),
        ({"certainty": 1.0}, "certainty must be a fraction between 0 and 1"),
        ({"certainty": 0}, "certainty must be"),
        ({"start": TODAY}, "start is 2026-09-30"),
        ({"most_per_day": -1}, "most_per_day must be a whole number"),
        ({"most_per_day": 2.5}, "most_per_day must be a whole number"),
        ({"channel": "afn"}, "no orders of marketplace any, channel afn"),
        ({"defect_rate": 2}, "defect_rate must be a fraction"),
    ],
)
def test_bad_input_is_refused(account, given, says):
    with pytest.raises(ParameterError, match=says):
        orders_needed_by(account, **{"by": TODAY + timedelta(days=20), **given})
