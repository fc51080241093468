"""The odds of a day, against the forecast with a scenario and against plain searches."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from odr_analysis.forecasting.coming_days.marginals import Marginals
from odr_analysis.forecasting.forecast import forecast
from odr_analysis.policy import Policy
from odr_analysis.whatif.coming_orders import ComingOrders, changed_days
from odr_analysis.whatif.needed import orders_needed
from odr_analysis.whatif.odds import DailyOrders, DayOdds, fewest_removals
from tests.unit.forecasting.simulated import SERIES, simulated

PAIR = (SERIES["marketplace"], SERIES["channel"])


@pytest.fixture(scope="module")
def days() -> Marginals:
    """Forty orders a day of which so many are defective that it is over target."""
    return forecast(simulated(40.0, seed=2), n_draws=300).marginals[PAIR]


def with_orders(days: Marginals, per_day: int, first: int, rate: float | None) -> Marginals:
    n = len(days.placed)
    placed = per_day * (np.arange(1, n + 1) >= first).astype(float)
    coming = ComingOrders(np.ones(n), np.ones((1, n)), ((placed, rate),))
    return changed_days(days, coming, np.zeros((1, n + 1), dtype=np.int64))


@pytest.mark.parametrize("rate", [None, 0.0, 0.004])
@pytest.mark.parametrize("at", [10, 20, 45, 75])
def test_more_orders_have_the_odds_of_the_scenario(days, rate, at):
    daily = DailyOrders.of(days, at, 3, rate)
    assert daily.counting == max(min(at - 15, 75) - 3 + 1, 0) - max(at - 75, 0)
    for per_day in (0, 1, 17):
        whole = with_orders(days, per_day, 3, rate).p_breach()[at]
        assert daily.p_under(per_day) == pytest.approx(1 - whole, abs=1e-9)
    assert daily.p_under(np.array([0, 17])).tolist() == [daily.p_under(0), daily.p_under(17)]


def test_the_fewest_orders_are_found(days):
    for at, rate in ((25, 0.0), (40, 0.0), (40, None), (60, 0.002)):
        daily = DailyOrders.of(days, at, 1, rate)
        for certainty in (0.5, 0.9, 0.99):
            slow = next((x for x in range(2_000) if float(daily.p_under(x)) >= certainty), None)
            assert daily.least(certainty, 1_999) == slow
            assert daily.least(certainty, (slow or 1) - 1) == (0 if slow == 0 else None)


def test_large_numbers_are_found_by_halves(days):
    # On the 16th day orders of one day count.
    worse = replace(days, known_defective=days.known_defective + 40)
    daily = DailyOrders.of(worse, 16, 1, 0.0)
    found = daily.least(0.9)
    assert found is not None
    assert found > 1_000
    assert daily.p_under(found) >= 0.9 > daily.p_under(found - 1)


def test_with_too_bad_orders_no_number_is_enough(days):
    daily = DailyOrders.of(days, 60, 1, 0.5)
    assert daily.least(0.9) is None
    assert daily.p_at_best == 0
    clean = DailyOrders.of(days, 60, 1, 0.0)
    assert clean.p_at_best == 1
    none_count = DailyOrders.of(days, 10, 1, 0.0)
    assert none_count.p_at_best == none_count.p_under(0)
    assert none_count.least(0.999999) is None


def test_with_nothing_uncertain_it_is_the_closed_form(days):
    """The known part alone: orders are clean, and enough with every certainty or with none."""
    n = np.full_like(days.orders, 1000)
    none = np.zeros_like(days.new)
    certain = replace(days, orders=n, pending=none, new=none)
    for bad in (5, 10, 12, 17):
        known = replace(certain, known_defective=np.full_like(days.known_defective, bad))
        daily = DailyOrders.of(known, 16, 1, 0.0)  # orders of one day count
        assert daily.counting == 1
        assert daily.least(0.9) == orders_needed(bad, 1000).n


def test_fewest_removals(days):
    worse = replace(days, known_defective=days.known_defective + 12)
    odds = DayOdds(worse, 20)
    slow = next(k for k in range(60) if float(odds.p_under(k)) >= 0.9)
    assert fewest_removals(odds, 59, 0.9) == slow
    assert fewest_removals(odds, slow - 1, 0.9) is None
    assert (np.diff(odds.p_under(np.arange(30)[:, None])) >= 0).all()


@pytest.mark.parametrize(("n", "under"), [(9, 0.0), (99, 0.0), (100, 1.0)])
def test_the_teaching_example_holds(days, n, under):
    """One negative in 10 orders is 10 %, in 100 orders 1 % and not below it, in 101 below."""
    none = np.zeros_like(days.new)
    one = replace(
        days, orders=np.ones_like(days.orders), pending=none, new=none,
        known_defective=np.ones_like(days.known_defective), policy=Policy(),
    )  # fmt: skip
    assert DayOdds(one, 5).p_under(0, orders=np.array([[n]])).tolist() == [under]
    assert orders_needed(1, 1).n == 100
