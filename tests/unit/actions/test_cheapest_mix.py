"""The cheapest mix, against every mix tried one by one, greedy plans, and HiGHS."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.stats import binom, poisson

from odr_analysis.actions import cheapest_mix
from odr_analysis.actions.cheapest_mix import Choice, Found, Mix, MixSearch, MovedLimit
from odr_analysis.errors import MachineError, ParameterError

Units = tuple[int, ...]
Test = Callable[[Units], bool]


def linear(name: str, most: int, each: float, *, more: bool = False) -> Choice:
    """A choice of equally dear units."""
    costs = tuple(each * j for j in range(most + 2))
    return Choice(name, costs[:-1], one_more=costs[-1] if more else None)


def cents(choices: list[Choice], units: Units) -> int:
    return sum(round(100 * c.every_cost()[n]) for c, n in zip(choices, units, strict=True))


def every_plan(choices: list[Choice], enough: Test, limits: Iterable[int]) -> list[Units]:
    """Sufficient mixes, best first: cost, number of units, more of the choices given first."""
    mixes = product(*(range(most + 1) for most in limits))
    kept = [mix for mix in mixes if enough(mix)]
    return sorted(kept, key=lambda mix: (cents(choices, mix), sum(mix), [-n for n in mix]))


def contains(mix: Units, plan: Units) -> bool:
    return all(n >= m for n, m in zip(mix, plan, strict=True))


def slow_answer(
    choices: list[Choice], enough: Test, budget: float | None, runners_up: int
) -> Found:
    """The answer, from a list of every mix."""
    plans = every_plan(choices, enough, [c.most for c in choices])
    if not plans:
        return Found(None, (), "not_enough", math.inf)
    least = cents(choices, plans[0]) / 100
    plans = [p for p in plans if budget is None or cents(choices, p) <= round(100 * budget)]
    if not plans:
        return Found(None, (), "over_budget", least)
    shown: list[Units] = []
    for plan in plans:
        if len(shown) <= runners_up and not any(contains(plan, other) for other in shown):
            shown.append(plan)
    best, *others = (Mix(plan, cents(choices, plan) / 100) for plan in shown)
    return Found(best, tuple(others), "", least)


def slow_limits(choices: list[Choice], enough: Test) -> tuple[MovedLimit, ...]:
    """The least cost with each limit moved, from a list of every mix within each."""

    def least(place: int, by: int) -> float:
        limits = [c.most + by * (i == place) for i, c in enumerate(choices)]
        plans = every_plan(choices, enough, limits)
        return cents(choices, plans[0]) / 100 if plans else math.inf

    return tuple(
        MovedLimit(
            choice.name,
            least(place, -1) if choice.most else None,
            None if choice.one_more is None else least(place, 1),
        )
        for place, choice in enumerate(choices)
    )


@st.composite
def some_choices(draw: st.DrawFn) -> list[Choice]:
    """Up to four choices of up to 15 units in all; many costs are equal, or nothing."""
    most = draw(st.lists(st.integers(0, 6), max_size=4).filter(lambda m: sum(m) <= 15))
    steps = st.sampled_from([0.0, 1.0, 2.0, 2.5, 0.1, 0.005, 40.0])
    found = []
    for place, limit in enumerate(most):
        same = draw(st.booleans())
        each = [draw(steps)] * (limit + 1) if same else [draw(steps) for _ in range(limit + 1)]
        costs = tuple(float(cost) for cost in np.cumsum([0.0, *each]))
        more = costs[-1] if draw(st.booleans()) else None
        found.append(Choice(f"choice {place}", costs[:-1], one_more=more))
    return found


def thresholds(draw: st.DrawFn, n: int) -> Test:
    """Enough where each of up to three weighted sums is large enough."""
    weights = st.lists(st.integers(0, 5), min_size=n, max_size=n)
    rows = draw(st.lists(st.tuples(weights, st.integers(0, 25)), min_size=1, max_size=3))
    return lambda mix: all(
        sum(w * x for w, x in zip(row, mix, strict=True)) >= needed for row, needed in rows
    )


def tails(draw: st.DrawFn, n: int) -> Test:
    """Enough where a Poisson count, its mean cut by each unit, is probably small enough."""
    factors = draw(st.lists(st.floats(0.5, 1.0), min_size=n, max_size=n))
    mean, most = draw(st.floats(0.5, 30.0)), draw(st.integers(0, 10))
    certainty = draw(st.floats(0.05, 0.99))
    return lambda mix: bool(
        poisson.cdf(most, mean * math.prod(f**x for f, x in zip(factors, mix, strict=True)))
        >= certainty
    )


def corners(draw: st.DrawFn, n: int) -> Test:
    """Enough where a mix contains one of some mixes: any monotone test is such a one."""
    mixes = st.tuples(*[st.integers(0, 4)] * n)
    listed = draw(st.lists(mixes, max_size=6))
    return lambda mix: any(contains(mix, corner) for corner in listed)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_every_answer_is_that_of_trying_every_mix(data: st.DataObject) -> None:
    choices = data.draw(some_choices())
    kind = data.draw(st.sampled_from([thresholds, tails, corners]))
    enough = kind(data.draw, len(choices))
    budget = data.draw(st.sampled_from([None, 0.0, 3.0, 7.3, 45.0]))
    search = MixSearch(choices, enough)
    # Either question may come first: what one finds out must not mislead the other.
    if data.draw(st.booleans()):
        assert search.moved_limits() == slow_limits(choices, enough)
    runners_up = data.draw(st.integers(0, 4))
    found = search.cheapest(budget=budget, runners_up=runners_up)
    assert found == slow_answer(choices, enough, budget, runners_up)
    assert search.moved_limits() == slow_limits(choices, enough)


def account(seed: int) -> tuple[list[Choice], Test, list[Units]]:
    """An account over its limit, by 1,000 draws of orders and defects; and the mixes asked.

    40 removals of probabilities 0.7, 0.5 and 0.3, best first; 10 appeals; up to 60 orders a day
    for 30 days; two fixes, each of which avoids a share of the defects.
    """
    rng = np.random.default_rng(seed)
    orders = rng.poisson(1500, 1000)
    defects = rng.poisson(rng.uniform(22, 34)) + rng.poisson(6, 1000)
    fixed = [rng.binomial(defects, 0.15), rng.binomial(defects, 0.1)]
    groups = ((14, 0.7), (13, 0.5), (13, 0.3))
    asked: list[Units] = []

    def enough(mix: Units) -> bool:
        asked.append(mix)
        removals, appeals, a_day, *fixes = mix
        removed = binom.pmf(np.arange(appeals + 1), appeals, 0.4)
        for size, probability in groups:
            taken = min(size, removals)
            removals -= taken
            removed = np.convolve(removed, binom.pmf(np.arange(taken + 1), taken, probability))
        at_least = np.append(removed[::-1].cumsum()[::-1], 0.0)
        more = 30 * a_day
        left = (
            defects + 0.005 * more - sum(f * taken for f, taken in zip(fixed, fixes, strict=True))
        )
        needed = np.floor(left - 0.01 * (orders + more) + 1e-9) + 1
        needed = np.clip(needed, 0, len(at_least) - 1).astype(int)
        return bool(at_least[needed].mean() >= 0.9)

    choices = [
        linear("removals", 40, 10.0),
        linear("appeals", 10, 6.0, more=True),
        linear("orders a day", 60, 4.0, more=True),
        linear("fix A", 1, 60.0),
        linear("fix B", 1, 80.0),
    ]
    return choices, enough, asked


def greedy(choices: list[Choice], enough: Test, order: Iterable[int]) -> Units:
    """Take choices to the full in an order until it is enough; then give back what is over."""
    mix = [0] * len(choices)
    order = list(order)
    for place in order:
        while not enough(tuple(mix)) and mix[place] < choices[place].most:
            mix[place] += 1
    for place in order:
        while mix[place] and enough((*mix[:place], mix[place] - 1, *mix[place + 1 :])):
            mix[place] -= 1
    return tuple(mix)


@pytest.mark.parametrize("seed", [0, 1])
def test_a_plan_of_a_whole_account_is_never_dearer_than_greedy_ones(seed: int) -> None:
    choices, enough, _ = account(seed)
    found = MixSearch(choices, enough).cheapest()
    assert found.best is not None
    assert enough(found.best.units)
    assert found.best.cost == cents(choices, found.best.units) / 100
    rng = np.random.default_rng(seed)
    for _ in range(6):
        order = (int(place) for place in rng.permutation(len(choices)))
        assert found.best.cost <= cents(choices, greedy(choices, enough, order)) / 100
    plans = [found.best, *found.runners_up]
    assert len(plans) == 3
    assert all(a.cost <= b.cost for a, b in pairwise(plans))
    for plan in plans:
        assert not any(contains(plan.units, p.units) for p in plans if p is not plan)
        for place in range(len(choices)):
            less = (*plan.units[:place], plan.units[place] - 1, *plan.units[place + 1 :])
            assert not plan.units[place] or not enough(less)


def least_cost_by_highs(choices: list[Choice], insufficient: Iterable[Units]) -> float:
    """Least cost of a mix in none of the insufficient ones, by a mixed-integer program.

    A variable for each unit of each choice; of any insufficient mix, some choice goes further.
    """
    start = np.cumsum([0, *(c.most for c in choices)])
    rows, least = [], []
    for place, choice in enumerate(choices):
        for unit in range(choice.most - 1):
            row = np.zeros(start[-1])
            row[start[place] + unit], row[start[place] + unit + 1] = 1, -1
            rows.append(row)
            least.append(0)
    for mix in insufficient:
        row = np.zeros(start[-1])
        row[[start[i] + n for i, n in enumerate(mix) if n < choices[i].most]] = 1
        rows.append(row)
        least.append(1)
    solved = milp(
        np.concatenate([np.diff(c.costs) for c in choices]),
        integrality=np.ones(start[-1]),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(np.array(rows), least, np.inf),
        options={"mip_rel_gap": 0},
    )
    assert solved.success
    return float(solved.fun)


def test_the_mixes_found_insufficient_prove_the_least_cost_to_another_solver() -> None:
    choices, enough, asked = account(1)
    found = MixSearch(choices, enough).cheapest(runners_up=0)
    insufficient = [mix for mix in set(asked) if not enough(mix)]
    largest = [
        mix
        for mix in insufficient
        if not any(contains(other, mix) for other in insufficient if other != mix)
    ]
    assert len(largest) > 20
    assert least_cost_by_highs(choices, largest) == pytest.approx(found.least_cost, abs=1e-6)


def test_a_plan_of_a_whole_account_takes_few_questions() -> None:
    choices, enough, asked = account(0)
    search = MixSearch(choices, enough)
    search.cheapest()
    search.moved_limits()
    assert len(asked) == len(set(asked)) < 2000
    before = len(asked)
    search.cheapest(budget=1.0, runners_up=2)
    search.moved_limits()
    assert len(asked) == before


def test_a_unit_over_a_limit_is_asked_about_only_to_move_it() -> None:
    asked: list[Units] = []

    def enough(mix: Units) -> bool:
        asked.append(mix)
        return 2 * mix[0] + mix[1] >= 5

    search = MixSearch([linear("a", 2, 3.0, more=True), linear("b", 3, 2.0, more=True)], enough)
    assert search.cheapest().best == Mix((2, 1), 8.0)
    assert all(mix[0] <= 2 and mix[1] <= 3 for mix in asked)
    assert search.moved_limits() == (MovedLimit("a", 9.0, 8.0), MovedLimit("b", 8.0, 8.0))
    assert any(mix[0] == 3 for mix in asked)


def test_one_unit_more_may_be_what_makes_it_possible() -> None:
    search = MixSearch([linear("a", 2, 3.0, more=True), linear("b", 1, 2.0)], lambda m: sum(m) >= 4)
    assert search.cheapest() == Found(None, (), "not_enough", math.inf)
    assert search.moved_limits() == (
        MovedLimit("a", math.inf, 11.0),
        MovedLimit("b", math.inf, None),
    )


def test_a_budget_that_is_just_met_is_met() -> None:
    search = MixSearch([linear("a", 3, 0.1)], lambda m: m[0] >= 3)
    assert search.cheapest(budget=0.3).best == Mix((3,), 0.3)
    assert search.cheapest(budget=0.29) == Found(None, (), "over_budget", 0.3)
    assert search.cheapest(budget=math.inf).best == Mix((3,), 0.3)


def test_enough_with_nothing_has_no_other_plan() -> None:
    choices = [linear("a", 3, 0.0), linear("b", 0, 1.0)]
    found = MixSearch(choices, lambda _: True).cheapest(budget=0)
    assert found == Found(Mix((0, 0), 0.0), (), "", 0.0)
    assert MixSearch([], lambda _: True).cheapest().best == Mix((), 0.0)
    assert MixSearch([], lambda _: False).cheapest().reason == "not_enough"


def test_a_search_that_is_too_long_ends_without_a_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cheapest_mix, "MOST_ASKED", 20)
    choices, enough, _ = account(0)
    with pytest.raises(MachineError, match="within 20 mixes"):
        MixSearch(choices, enough).cheapest()


@pytest.mark.parametrize(
    "costs", [(), (1.0, 2.0), (0.0, 2.0, 1.0), (0.0, math.nan), (0.0, math.inf), (0.0, -1.0)]
)
def test_costs_that_are_none_are_refused(costs: tuple[float, ...]) -> None:
    with pytest.raises(ParameterError, match="'appeals' must be those of 0, 1, 2"):
        Choice("appeals", costs)


def test_other_wrong_input_is_refused() -> None:
    with pytest.raises(ParameterError, match="must be those of 0, 1, 2"):
        Choice("appeals", (0.0, 2.0), one_more=1.0)
    with pytest.raises(ParameterError, match="twice: a"):
        MixSearch([linear("a", 1, 1.0), linear("a", 2, 1.0)], lambda _: True)
    for budget in (-1.0, math.nan):
        with pytest.raises(ParameterError, match="budget must be 0 or more"):
            MixSearch([], lambda _: True).cheapest(budget=budget)
