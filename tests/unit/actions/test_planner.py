"""The cheapest plan, against every mix of its actions and against the scenario it comes to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import attrs
import numpy as np
import pandas as pd
import pytest

from odr_analysis import account_from_frames, apply_scenario
from odr_analysis.actions.costs import Costs, Fix, Refund
from odr_analysis.actions.planner import ROUNDING, _Planner, cheapest_plan
from odr_analysis.actions.steps import DISPUTE, LOOK_UP, NEVER_FOR_CLAIM, SOLVE
from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.forecast import forecast
from odr_analysis.forecasting.look_ahead import LookAhead
from odr_analysis.whatif.apply import effect_of
from odr_analysis.whatif.changes import MoreOrders, quality_of
from tests.unit.whatif.sold import TODAY, sold

DE, MFN = "Amazon.de", ("Amazon.de", "mfn")
BY = TODAY + timedelta(days=30)


def mixed(per_day: int = 4, every: int = 60):
    """Feedback, claims, chargebacks and some of two kinds, with reasons; a SKU for each order."""
    orders, bad = sold(per_day, every)
    kinds = ["feedback", "claim", "feedback", "chargeback"]
    bad["component"] = [kinds[i % 4] for i in range(len(bad))]
    bad["reason"] = ["Item arrived late" if c == "claim" else "" for c in bad.component]
    both = bad[bad.component == "claim"].iloc[::2].assign(component="feedback", reason="")
    whole = pd.concat([bad, both], ignore_index=True)
    return account_from_frames(orders.assign(sku="S1"), whole)


@pytest.fixture(scope="module")
def account():
    return mixed()


def planner_of(account, by, certainty, costs) -> _Planner:
    look = LookAhead.of(account, TODAY, 75)
    more = MoreOrders(1, defect_rate=quality_of(costs.quality))
    return _Planner(look, MFN, by, certainty, costs, more)


def most_of(account, by, costs) -> float:
    """Probability with everything within the limits."""
    whole = planner_of(account, by, 0.5, costs)
    return whole.p_under([choice.most for choice in whole.choices])


EVERYTHING = Costs(
    removal=5,
    appeal=8,
    order=0.5,
    removals_most=3,
    appeals_most=2,
    orders_per_day_most=6,
    fixes=(Fix("carrier", 40, factor=0.5, reason="late"), Fix("packaging", 70, factor=0.6)),
    refunds=(Refund("5-1", 12, 0.7), Refund("6-1", 12, 0.4)),
    chances={SOLVE: 0.6, LOOK_UP: 0.5, DISPUTE: 0.4},
)
SOON = TODAY + timedelta(days=8)


@pytest.mark.parametrize("quality", ["as usual", "clean"])
@pytest.mark.parametrize(
    ("after", "certainty"), [(8, 0.5), (8, 0.7), (30, 0.6), (30, 0.8), (30, 0.9), (45, 0.9)]
)
def test_no_mix_that_costs_less_is_enough(account, quality, after, certainty):
    costs = replace_costs(EVERYTHING, quality=quality)
    by = TODAY + timedelta(days=after)
    whole = planner_of(account, by, certainty, costs)
    plan = whole.plan(2)
    every = [
        (sum(c.costs[n] for c, n in zip(whole.choices, units, strict=True)), units)
        for units in product(*(range(choice.most + 1) for choice in whole.choices))
        if whole.p_under(units) >= certainty - ROUNDING
    ]
    if not every:
        assert plan.reason == "not enough"
        return
    least = min(every)[0]
    assert plan.best.cost == pytest.approx(least)
    assert plan.least_cost == pytest.approx(least)
    assert plan.reason == ("" if least else "met")
    assert plan.best.probability >= certainty - ROUNDING
    costs_of = [plan.best.cost, *(each.cost for each in plan.runners_up)]
    assert costs_of == sorted(costs_of)


def replace_costs(costs: Costs, **changes) -> Costs:
    return attrs.evolve(costs, **changes)


@pytest.mark.parametrize("after", [8, 30, 45])
def test_its_probability_is_that_of_its_scenario(account, after):
    plan = cheapest_plan(account, TODAY + timedelta(days=after), 0.4, EVERYTHING)
    assert plan.best is not None
    for scenario, p in ((plan.scenario, plan.best.probability), (plan.without, plan.p_without)):
        effect = apply_scenario(account, scenario, TODAY)
        shown = 1 - effect.changed.table.p_breach[after]
        assert shown == pytest.approx(p, abs=0.03)  # 1,000 draws of what works


def test_its_probability_is_met_with_fresh_draws(account, monkeypatch):
    """Of a forecast from another seed, and every step drawn anew."""
    plan = cheapest_plan(account, BY, 0.75, EVERYTHING)
    assert plan.best is not None
    found = []
    for seed in range(6):
        fresh = forecast(account, TODAY, 75, rng=seed)
        look = replace(LookAhead.of(account, TODAY, 75))
        look.__dict__["forecast"] = fresh
        found.append(1 - effect_of(look, plan.scenario).changed.table.p_breach[30])
    assert np.mean(found) == pytest.approx(plan.best.probability, abs=0.03)


def test_steps_are_dated_and_allowed(account):
    plan = cheapest_plan(account, SOON, most_of(account, SOON, EVERYTHING) - 0.02, EVERYTHING)
    steps = plan.steps
    assert len(steps) > 1
    assert steps.cost.sum() == pytest.approx(plan.best.cost)
    assert (steps.do_by >= pd.Timestamp(TODAY)).all()
    assert (steps.shows_on <= pd.Timestamp(plan.by)).all()
    assert steps.do_by.is_monotonic_increasing
    asked = steps[steps.action.isin(["removal", "appeal", "refund"])]
    assert asked.order_id.ne("").all()
    assert asked.forbidden.ne("").all()
    counts = account.defective.set_index("order_id").ordered_on.dt.date
    window = account.policy.window(plan.by)
    for row in steps[steps.action.isin(["removal", "appeal"])].itertuples():
        assert window.start <= counts[row.order_id] <= window.end
        assert row.allowed
    assert set(plan.limits.limit) >= {"removals", "fix: carrier", "fix: packaging"}


def test_refunds_are_before_the_claim_and_nothing_is_asked_for_them(account):
    costs = Costs(refunds=(Refund("5-1", 12, 1.0), Refund("6-1", 1, 1.0)))
    plan = cheapest_plan(account, TODAY + timedelta(days=30), 0.5, costs)
    assert plan.p_at_best > plan.p_without
    between = (plan.p_without + plan.p_at_best) / 2
    plan = cheapest_plan(account, TODAY + timedelta(days=30), min(between, 0.999), costs)
    steps = plan.steps[plan.steps.action == "refund"]
    assert "6-1" in steps.order_id.tolist()  # the cheaper one
    assert steps.forbidden.eq(NEVER_FOR_CLAIM).all()
    assert len(plan.scenario.changes) == 2 - plan.best.refunds


def test_limits_moved_by_one_are_solved_again(account):
    by, costs = SOON, replace_costs(EVERYTHING, order=None, fixes=(), refunds=(), appeals_most=3)
    certainty = most_of(account, by, costs) - 0.02
    plan = cheapest_plan(account, by, certainty, costs)
    assert plan.best is not None
    assert plan.limits.used.sum() > 1
    for row in plan.limits.itertuples():
        for by_how, cost in ((-1, row.cost_with_fewer), (1, row.cost_with_more)):
            moved = replace_costs(costs, **{f"{row.limit}_most": row.most + by_how})
            again = cheapest_plan(account, by, certainty, moved)
            if not np.isnan(cost):
                assert cost == pytest.approx(again.best.cost)
            elif by_how < 0:
                assert again.best is None
            else:  # there is no further order to ask about
                assert again.best.cost == plan.best.cost


def test_what_cannot_be_is_told_apart(account):
    soon = TODAY + timedelta(days=3)
    never = cheapest_plan(account, soon, 0.999, Costs(removal=1, order=1, orders_per_day_most=50,
                                                      quality="clean"))  # fmt: skip
    assert (never.reason, never.best) == ("not enough", None)
    assert never.p_at_best < 0.999
    assert never.reachable_on is None or never.reachable_on > soon
    dear = cheapest_plan(account, BY, 0.75, replace_costs(EVERYTHING, budget=1))
    assert (dear.reason, dear.best) == ("over budget", None)
    assert 1 < dear.least_cost < np.inf
    met = cheapest_plan(account, BY, dear.p_without - 0.01, EVERYTHING)
    assert (met.reason, met.best.cost, len(met.steps)) == ("met", 0.0, 0)


def test_the_first_later_day_on_which_it_can_be(account):
    costs = Costs(order=1, orders_per_day_most=200, quality="clean")
    plan = cheapest_plan(account, TODAY + timedelta(days=10), 0.9, costs)
    assert plan.reason == "not enough"
    day = plan.reachable_on
    assert day >= TODAY + timedelta(days=16)
    assert cheapest_plan(account, day, 0.9, costs).best is not None
    assert cheapest_plan(account, day - timedelta(days=1), 0.9, costs).best is None


@pytest.mark.filterwarnings("ignore:.*as if nothing were missing")
def test_where_a_kind_of_defect_is_unknown_there_is_no_plan():
    short = account_from_frames(*sold(10, 80, days=30))
    plan = cheapest_plan(short, TODAY + timedelta(days=20))
    assert (plan.reason, plan.best) == ("unknown", None)
    assert plan.missing
    assert np.isnan(plan.p_without)


def test_an_account_without_defects_has_nothing_to_do():
    orders, bad = sold(10, 80)
    good = account_from_frames(orders, bad.iloc[:0])
    plan = cheapest_plan(good, BY)
    assert plan.reason == "met"
    assert len(plan.limits) == 0


def test_two_kinds_of_defect_take_two_steps(account):
    free = Costs(removal=1, appeal=1)
    whole = planner_of(account, TODAY + timedelta(days=8), 0.9, free)
    both = [group for group in whole.cleared if group[0].kind == "removals and appeals"]
    assert both
    one = both[0][0]
    assert [component for component, *_ in one.steps] == ["feedback", "claim"]
    assert one.cost == 2
    assert one.probability == pytest.approx(np.prod([p for *_, p, _ in one.steps]))
    limited = planner_of(account, SOON, 0.9, replace_costs(free, removals_most=9))
    assert not [g for g in limited.cleared if g[0].kind == "removals and appeals"]
    assert any("is left out" in text for text in limited.left_out)


@pytest.mark.parametrize(
    ("costs", "says"),
    [
        ({"refunds": (Refund("nobody", 1, 0.5),)}, "does not have: nobody"),
        ({"fixes": (Fix("f", 1, reason="lat"),)}, "no reason is called 'lat'"),
        ({"fixes": (Fix("f", 1, start=date(2026, 1, 1)),)}, "start is 2026-01-01"),
        ({"fixes": (Fix("f", 1, products=frozenset({"S9"})),)}, "product 'S9'"),
    ],
)
def test_costs_that_do_not_fit_the_account(account, costs, says):
    with pytest.raises(ParameterError, match=says):
        cheapest_plan(account, BY, costs=Costs(**costs))


def test_a_refund_that_changes_nothing_is_left_out(account):
    bad = account.defective.order_id.iloc[-1]
    old = "200-1"
    plan = cheapest_plan(account, BY, 0.5, Costs(refunds=(Refund(bad, 1), Refund(old, 1))))
    assert any("changes nothing" in text for text in plan.left_out)
    assert any("does not count" in text or "left" in text for text in plan.left_out)
