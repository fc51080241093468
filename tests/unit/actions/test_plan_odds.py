"""Odds of a mix, against the same worked out draw by draw."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import numpy as np
import pytest

from odr_analysis import account_from_frames, apply_scenario
from odr_analysis.actions.plan_odds import PlanOdds, number_of
from odr_analysis.forecasting.look_ahead import LookAhead
from odr_analysis.whatif import DefectRate, MoreOrders, Scenario
from tests.unit.whatif.sold import TODAY, sold

MFN = ("Amazon.de", "mfn")


@pytest.fixture(scope="module")
def look():
    return LookAhead.of(account_from_frames(*sold(8, 70)), TODAY, 75)


def odds_of(
    look, at=30, quality=None, fixes=(), cleared=((0.5, 0.3, 0.1),), refunded=((0.7, 0.2),)
):
    more = MoreOrders(1, quality)
    return PlanOdds(look, MFN, at, cleared, refunded, fixes, more, 12)


@pytest.mark.parametrize("quality", [None, 0.0, 0.05])
@pytest.mark.parametrize("at", [10, 30, 60])
def test_orders_and_fixes_have_the_odds_of_the_scenario(look, quality, at):
    fix = DefectRate(0.4, start=TODAY + timedelta(days=3))
    odds = odds_of(look, at, quality, (fix,), (), ())
    for made, per_day in product((0, 1), (0, 1, 7)):
        changes = [MoreOrders(per_day, quality), *([fix] if made else [])]
        effect = apply_scenario(look.account, Scenario(*changes), TODAY)
        shown = 1 - effect.changed.table.p_breach[at]
        found = odds._by_orders((), (), (made,))[per_day]
        assert found == pytest.approx(shown, abs=1e-9)


def test_steps_work_or_not_each_by_itself(look):
    odds = odds_of(look)
    slow = 0.0
    for hits in product((0, 1), repeat=3):  # two removals taken, one order not refunded
        p = np.prod([q if hit else 1 - q for q, hit in zip((0.5, 0.3, 0.2), hits, strict=True)])
        slow += p * odds._columns((), hits[0] + hits[1] - hits[2])[4]
    assert odds._by_orders((2,), (1,), ())[4] == pytest.approx(slow)


def test_more_of_anything_is_never_worse(look):
    odds = odds_of(look, quality=0.05)
    for units in product(range(3), range(2), range(12)):
        here = odds.p_under((units[0],), (units[1],), (), units[2])
        assert odds.p_under((units[0] + 1,), (units[1],), (), units[2]) >= here - 1e-12
        assert odds.p_under((units[0],), (units[1] + 1,), (), units[2]) >= here - 1e-12
        assert odds.p_under((units[0],), (units[1],), (), units[2] + 1) >= here - 1e-12
        best = odds.best_number((units[0],), (units[1],), (), units[2])
        assert best <= units[2]
        assert odds._by_orders((units[0],), (units[1],), ())[best] == here


def test_number_of_events():
    assert number_of([1.0, 0.0]).tolist() == [0, 1, 0]
    several = number_of([0.1, 0.2, 0.3])
    assert several.sum() == pytest.approx(1)
    assert several @ np.arange(4) == pytest.approx(0.6)
