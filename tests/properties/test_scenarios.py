"""What must hold of every scenario, on accounts with reports and orders still to come."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odr_analysis import account_from_frames
from odr_analysis.account import Account
from odr_analysis.forecasting.look_ahead import LookAhead
from odr_analysis.whatif import (
    DefectRate,
    MoreOrders,
    NewDefect,
    Removed,
    Sales,
    Scenario,
    apply_scenario,
)
from odr_analysis.whatif.apply import effect_of
from tests.unit.whatif.sold import TODAY, sold

some = settings(max_examples=25, deadline=None)
HORIZON = 75


@cache
def look(kind: str) -> LookAhead:
    """Sellers of a few orders a day, of some and of many; feedback, with claims on some of them."""
    per_day, every = {"few": (1, 25), "some": (6, 70), "many": (60, 130)}[kind]
    orders, bad = sold(per_day, every)
    claims = bad.iloc[::3].assign(component="claim")
    account = account_from_frames(orders, pd.concat([bad, claims], ignore_index=True))
    return LookAhead.of(account, TODAY, HORIZON)


def account(kind: str) -> Account:
    return look(kind).account


def with_feedback(kind: str) -> list[str]:
    return sorted(account(kind).defective.order_id)


kinds = st.sampled_from(["few", "some", "many"])
start = st.integers(1, 40).map(lambda n: TODAY + timedelta(days=n))
length = st.none() | st.integers(0, 60)
chance = st.sampled_from([0.25, 0.5, 1.0])
more = st.builds(
    MoreOrders,
    st.integers(0, 80),
    st.sampled_from([None, 0.0, 0.01, 0.2]),
    start=start,
    days=length,
)
sales = st.builds(Sales, st.sampled_from([0.0, 0.5, 1.0, 2.0]), start=start, days=length)
rate = st.builds(DefectRate, st.sampled_from([0.0, 0.5, 1.0, 3.0]), start=start, days=length)
change = st.one_of(more, sales, rate)


def removals(data: st.DataObject, kind: str) -> tuple[Removed, Removed]:
    """Some removals, and the same and others."""
    ids = with_feedback(kind)
    few = data.draw(st.sets(st.sampled_from(ids), max_size=6))
    others = data.draw(st.sets(st.sampled_from(ids), max_size=6))
    p = data.draw(chance)
    return Removed(frozenset(few), probability=p), Removed(frozenset(few | others), probability=p)


def p_breach(kind: str, *changes) -> np.ndarray:
    return effect_of(look(kind), Scenario(*changes)).changed.table.p_breach.to_numpy()


@pytest.mark.parametrize("kind", ["few", "some", "many"])
def test_the_empty_scenario_equals_the_baseline_exactly(kind):
    nothing = Scenario(MoreOrders(0), Sales(1), DefectRate(1), MoreOrders(9, days=0), Removed([]))
    for scenario in (Scenario(), nothing):
        effect = effect_of(look(kind), scenario)
        assert effect.changed is effect.baseline
        pd.testing.assert_frame_equal(effect.changed.table, effect.baseline.table)


@some
@given(kind=kinds, changes=st.lists(change, max_size=3), data=st.data())
def test_more_removals_never_raise_it(kind, changes, data):
    few, many = removals(data, kind)
    effects = [effect_of(look(kind), Scenario(*changes, removed)) for removed in (few, many)]
    less, most = (effect.changed.table for effect in effects)
    assert (most.p_breach.fillna(0) <= less.p_breach.fillna(0) + 1e-12).all()
    assert (most.odr.fillna(0) <= less.odr.fillna(0)).all()
    # In every draw, too, and along paths.
    for which in ("draws", "paths"):
        (a, n), (b, m) = (next(iter(getattr(e.changed, which).values())) for e in effects)
        assert (n == m).all()
        assert (b <= a).all()


@some
@given(kind=kinds, changes=st.lists(change, max_size=2), clean=more, extra=st.integers(1, 50))
def test_clean_orders_never_raise_it(kind, changes, clean, extra):
    others = [each for each in changes if each != clean]
    few = MoreOrders(clean.per_day, 0.0, start=clean.start, days=clean.days)
    many = MoreOrders(clean.per_day + extra, 0.0, start=clean.start, days=clean.days)
    less, most = p_breach(kind, *others, few), p_breach(kind, *others, many)
    both = np.isfinite(less) & np.isfinite(most)
    assert (most[both] <= less[both] + 1e-12).all()


@some
@given(kind=kinds, changes=st.lists(change, min_size=1, max_size=3), data=st.data())
def test_nothing_differs_before_the_first_effect(kind, changes, data):
    effect = effect_of(look(kind), Scenario(*changes))
    first = min(each.first_day(TODAY) for each in changes)
    enters = (account(kind).policy.enters_on(first) - TODAY).days
    delta = effect.delta.drop(columns=["marketplace", "channel", "day"])
    assert (delta.iloc[:enters] == 0).all(axis=None)
    for which in ("draws", "paths"):
        was, now = (
            next(iter(getattr(f, which).values()))[0] for f in (effect.baseline, effect.changed)
        )
        assert (was[:, :enters] == now[:, :enters]).all()


@some
@given(kind=kinds, parts=st.lists(change, max_size=4), data=st.data())
def test_scenarios_compose(kind, parts, data):
    """In any order and however grouped, the whole has the effect of all its parts."""
    removed, _ = removals(data, kind)
    whole = Scenario(*parts, removed)
    order = data.draw(st.permutations([*parts, removed]))
    cut = data.draw(st.integers(0, len(order)))
    again = Scenario(*order[:cut]) | Scenario(*order[cut:])
    assert again == whole
    one, other = (effect_of(look(kind), each).changed.table for each in (whole, again))
    pd.testing.assert_frame_equal(one, other)


@some
@given(kind=kinds, first=more, second=more)
def test_extra_orders_add_up(kind, first, second):
    if first == second:
        return
    found = [
        effect_of(look(kind), Scenario(*changes)).delta
        for changes in ((first,), (second,), (first, second))
    ]
    for column in ("n_orders", "mean_defective"):
        one, other, both = (each[column].to_numpy() for each in found)
        assert both == pytest.approx(one + other, abs=1e-6)


@some
@given(kind=kinds, data=st.data(), p=chance)
def test_a_new_defect_never_lowers_it(kind, data, p):
    placed = account(kind).orders[~account(kind).orders.order_id.isin(with_feedback(kind))]
    ids = placed.order_id[placed.ordered_on > pd.Timestamp(TODAY) - pd.Timedelta(days=60)]
    new = data.draw(
        st.one_of(
            st.builds(NewDefect, st.sampled_from(ids.tolist()[:50]), probability=st.just(p)),
            st.builds(
                NewDefect,
                ordered_on=st.integers(1, 30).map(lambda n: TODAY + timedelta(days=n)),
                probability=st.just(p),
            ),
        )
    )
    base, then = p_breach(kind), p_breach(kind, new)
    assert (then >= base - 1e-12).all()


def test_a_pause_is_the_forecast_of_nothing_sold():
    for kind in ("few", "some", "many"):
        pause = effect_of(look(kind), Scenario(Sales(0))).changed.table
        none = look(kind).forecast.if_nothing_is_sold.table
        assert pause.p_breach.to_numpy() == pytest.approx(none.p_breach.to_numpy(), nan_ok=True)
        assert pause.n_orders.tolist() == none.n_orders.tolist()


def test_it_is_what_the_account_gives():
    effect = apply_scenario(account("some"), Scenario(Sales(0.5)), TODAY, HORIZON)
    pd.testing.assert_frame_equal(
        effect.changed.table, effect_of(look("some"), Scenario(Sales(0.5))).changed.table
    )
