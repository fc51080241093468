"""The days ahead of one series, each by itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from odr_analysis.forecasting.ahead import Forecast
from odr_analysis.forecasting.coming_days.marginals import Marginals
from odr_analysis.forecasting.forecast import forecast
from odr_analysis.policy import Policy
from tests.unit.forecasting.simulated import SERIES, simulated

PAIR = (SERIES["marketplace"], SERIES["channel"])


@pytest.fixture(scope="module")
def ahead() -> Forecast:
    return forecast(simulated(40.0, seed=2), n_draws=200)


@pytest.mark.parametrize(
    ("orders", "bad", "target", "over"),
    [(200, 2, 0.01, 1.0), (201, 2, 0.01, 0.0), (100, 1, 0.01, 1.0), (201, 2, 0.008, 1.0)],
)
def test_a_breach_is_the_target_in_whole_numbers(
    ahead: Forecast, orders: int, bad: int, target: float, over: float
) -> None:
    marginals = replace(
        ahead.marginals[PAIR],
        known_defective=np.array([bad]),
        pending=np.zeros((3, 1)),
        new=np.zeros((3, 1)),
        orders=np.full((3, 1), orders),
        policy=Policy(target=target),
    )
    assert marginals.p_breach().tolist() == [over]


def test_later_days_are_those_of_the_whole(ahead: Forecast) -> None:
    days = ahead.marginals[PAIR]
    later = days.after(5).after(2)
    assert isinstance(later, Marginals)
    assert later.mean_defective.tolist() == days.mean_defective[7:].tolist()
    assert later.p_breach().tolist() == days.p_breach()[7:].tolist()
    whole, part = (one.paths(np.random.default_rng(0)) for one in (days, later))
    for n, of_all in zip(part, whole, strict=True):
        assert n.tolist() == of_all[:, 7:].tolist()
    assert later.orders_per_day == days.orders_per_day == pytest.approx(40, rel=0.1)


def test_orders_that_are_expected_have_luck_and_a_plan_has_none(ahead: Forecast) -> None:
    coming = ahead.marginals[PAIR]
    plan = ahead.with_orders(coming.orders_per_day).marginals[PAIR]
    assert (plan.orders == plan.orders[0]).all()
    few = forecast(simulated(0.5, seed=2), rng=3).marginals[PAIR].orders[:, 75]
    assert few.var() > few.mean()
