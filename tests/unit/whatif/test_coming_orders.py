"""Orders to come of a scenario, against slow sums and against each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from odr_analysis.arrays import Floats, Integers
from odr_analysis.forecasting.ahead import Forecast
from odr_analysis.forecasting.coming_days import joint_paths
from odr_analysis.forecasting.coming_days.marginals import Marginals
from odr_analysis.forecasting.delay_model.lags import BIN_OF_LAG, LONGEST
from odr_analysis.forecasting.forecast import forecast
from odr_analysis.whatif.coming_orders import ChangedDays, ComingOrders, changed_days
from tests.unit.forecasting.simulated import SERIES, simulated

PAIR = (SERIES["marketplace"], SERIES["channel"])


@pytest.fixture(scope="module")
def ahead() -> Forecast:
    return forecast(simulated(40.0, seed=2), n_draws=400)


@pytest.fixture(scope="module")
def days(ahead: Forecast) -> Marginals:
    return ahead.marginals[PAIR]


def none(days: Marginals) -> Integers:
    return np.zeros((1, len(days.known_orders)), dtype=np.int64)


def changed(
    days: Marginals,
    sales: float | Floats = 1.0,
    rates: float | Floats = 1.0,
    extra: tuple[tuple[Floats, float | None], ...] = (),
    known: Integers | None = None,
) -> ChangedDays:
    n = len(days.placed) - days.skipped
    coming = ComingOrders(np.ones(n) * sales, np.ones((1, n)) * rates, extra)
    found = changed_days(days, coming, none(days) if known is None else known)
    assert isinstance(found, ChangedDays)
    return found


def from_day(days: Marginals, first: int) -> Floats:
    return np.arange(len(days.placed)) >= first


def test_nothing_changed_is_the_same(days: Marginals) -> None:
    n = len(days.placed)
    nothing = ComingOrders(np.ones(n), np.ones((1, n)), ((np.zeros(n), None),))
    assert changed_days(days, nothing, none(days)) is days


def test_more_orders_may_be_as_good_as_usual_or_better(days: Marginals) -> None:
    usual, clean = (changed(days, extra=((days.placed, rate),)) for rate in (None, 0.0))
    # As many as are expected anyway bring as much again, without the luck of their number.
    assert usual.new == pytest.approx(days.new + days.new / days.factor[:, None])
    assert clean.new.tolist() == days.new.tolist()
    assert (usual.orders == clean.orders).all()
    assert (clean.p_breach() <= usual.p_breach()).all()


@pytest.mark.parametrize("skipped", [0, 5])
def test_reports_of_more_orders_come_later(days: Marginals, skipped: int) -> None:
    """A hundred orders of the tenth day, a tenth of them defective, against a slow sum."""
    days = days.after(skipped)
    extra = np.zeros(len(days.placed) - skipped)
    extra[9 - skipped] = 100.0
    found = changed(days, extra=((extra, 0.1),))
    fitted = days.fitted
    profile, through = fitted.triangle.profile, fitted.triangle.through
    draw = 3
    for day in range(len(found.known_orders)):
        age = day + skipped - 10
        counts = 15 <= age < 75
        assert (found.orders - days.orders)[draw, day] == 100 * counts
        reported = 0.0
        for lag in range(age + 1):
            # How much is reported on the weekday, from the orders of that day alone.
            weight = through[(10 + lag) % 7, 1, 0] / profile[0]
            shape = fitted.shapes[draw, 0, BIN_OF_LAG[lag]] if lag < LONGEST else 0.0
            reported += weight * shape * (profile[lag] if lag < LONGEST else 0.0)
        assert (found.new - days.new)[draw, day] == pytest.approx(10 * reported * counts)


def test_no_sales_is_the_forecast_of_nothing_sold(ahead: Forecast, days: Marginals) -> None:
    pause, none_sold = changed(days, sales=0.0), ahead.if_nothing_is_sold.marginals[PAIR]
    assert (pause.orders == none_sold.orders).all()
    assert pause.new == pytest.approx(0, abs=1e-9)
    assert pause.p_breach() == pytest.approx(none_sold.p_breach(), nan_ok=True)


def test_twice_the_sales_are_as_many_again(days: Marginals) -> None:
    first = 10
    twice = changed(days, sales=1.0 + from_day(days, first))
    alone = changed(days, sales=1.0 * from_day(days, first))
    assert twice.new == pytest.approx(days.new + alone.new)
    assert (twice.orders - days.orders) == pytest.approx(alone.orders - days.known_orders, abs=1)


def test_a_rate_moves_reports_and_no_orders(days: Marginals) -> None:
    half, triple = changed(days, rates=0.5), changed(days, rates=3.0)
    assert half.new == pytest.approx(0.5 * days.new)
    assert triple.new == pytest.approx(3 * days.new)
    assert (half.orders == days.orders).all()
    # In each draw another share of the defects, from a day on.
    share = np.linspace(0, 1, days.fitted.n_draws)[:, None]
    some = changed(days, rates=1 - share * from_day(days, 20))
    assert some.new[0] == pytest.approx(days.new[0])
    until = changed(days, rates=1.0 - from_day(days, 20))
    assert some.new[-1] == pytest.approx(until.new[-1])


def test_extra_orders_as_usual_have_the_changed_rate(days: Marginals) -> None:
    n = len(days.placed)
    extra = np.full(n, 10.0)
    both = changed(days, rates=0.5, extra=((extra, None),))
    apart = changed(days, extra=((extra, None),))
    assert both.new == pytest.approx(0.5 * apart.new)
    own = changed(days, rates=0.5, extra=((extra, 0.02),))
    assert own.new - 0.5 * days.new == pytest.approx(
        changed(days, extra=((extra, 0.02),)).new - days.new
    )


@pytest.mark.parametrize("kind", ["draws", "paths"])
@pytest.mark.parametrize(
    ("sales", "rates", "extra"),
    [(1.0, 0.4, 0.0), (0.3, 1.0, 0.0), (1.0, 2.5, 0.0), (1.5, 0.5, 20.0), (1.0, 1.0, 200.0)],
)
def test_draws_are_those_without_it_less_and_more(
    days: Marginals, kind: str, sales: float, rates: float, extra: float
) -> None:
    """Their means are the expected ones, and they share the luck of those without it."""
    more = np.full(len(days.placed), extra)
    found = changed(days, sales, rates, ((more, 0.05),))
    (was, _), (now, orders) = (
        getattr(each, kind)(np.random.default_rng(7)) for each in (days, found)
    )
    assert (orders == found.orders).all()
    expected = found.mean_defective
    spread = np.sqrt(expected / len(now)) + now.std(axis=0) / np.sqrt(len(now))
    assert (abs(now.mean(axis=0) - expected) < 5 * spread + 0.05).all()
    if not extra and sales * rates <= 1:
        assert (now <= was).all()
    if sales * rates >= 1:
        assert (now >= was).all()
    together = np.corrcoef(now[:, 10], was[:, 10])[0, 1]
    assert together == pytest.approx(1)  # until the 15th day nothing differs


def test_paths_of_many_reports_are_those_without_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    days = forecast(simulated(400.0, seed=3), rng=5, n_draws=400).marginals[PAIR]
    monkeypatch.setattr(joint_paths, "MOST_REPORTS", 60.0)
    found = changed(days, 1.0, 0.5)
    was, now = (each.paths(np.random.default_rng(7))[0] for each in (days, found))
    spread = now.std(axis=0) / np.sqrt(len(now))
    assert (abs(now.mean(axis=0) - found.mean_defective) < 5 * spread + 0.5).all()
    assert np.corrcoef(now[:, 30], was[:, 30])[0, 1] > 0.8


def test_what_is_not_certain_of_known_defects_is_drawn(days: Marginals) -> None:
    n, horizon = days.fitted.n_draws, len(days.known_orders)
    known = np.zeros((n, horizon), dtype=np.int64)
    known[: n // 2, 5:] = -1
    found = changed(days, known=known)
    assert found.known_defective.tolist() == days.known_defective.tolist()
    assert found.mean_defective[5:] == pytest.approx(days.mean_defective[5:] - 0.5)
    both = changed(days, known=known[:1])
    assert both.known_defective.tolist() == (days.known_defective + known[0]).tolist()
    # Half of the draws are those without the order, half those with it.
    halves = (
        replace(
            days,
            pending=days.pending[half],
            new=days.new[half],
            orders=days.orders[half],
            known_defective=days.known_defective + more,
        ).p_breach()
        for half, more in ((slice(None, n // 2), known[0]), (slice(n // 2, None), 0))
    )
    assert 2 * found.p_breach() == pytest.approx(sum(halves))
