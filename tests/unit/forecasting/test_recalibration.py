"""Corrections learned from the PIT, and draws they are applied to."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from odr_analysis.forecasting.recalibration import (
    MOST_SHIFT,
    MOST_SPREAD,
    Correction,
    Recalibration,
)
from odr_analysis.forecasting.track_record.scores import inside, pit


def places(shift: float, spread: float, n: int = 400) -> np.ndarray:
    """PIT of truths that lie so among the draws."""
    return norm.cdf(shift + spread * norm.ppf((np.arange(n) + 0.5) / n))


def test_nothing_is_corrected_where_nothing_is_off_or_known() -> None:
    for correction in (Correction.learned([], 0.0), Correction.learned(places(0, 1), 50)):
        assert correction.shift == pytest.approx(0, abs=0.01)
        assert correction.spread == pytest.approx(1, abs=0.02)
    draws = np.random.default_rng(1).poisson(5, 1001)
    assert (Correction().stand_ins(draws) == np.arange(1001)).all()
    assert Recalibration().ahead == {}


@pytest.mark.parametrize(("shift", "spread"), [(0.3, 1.0), (-0.3, 1.0), (0.0, 1.3), (0.2, 0.8)])
def test_much_history_finds_what_is_off_and_little_hardly_moves(
    shift: float, spread: float
) -> None:
    much = Correction.learned(places(shift, spread), 2000)
    assert (much.shift, much.spread) == pytest.approx((shift, spread), abs=0.03)
    little = Correction.learned(places(shift, spread), 3)
    assert abs(little.shift) < 0.25 * abs(shift) + 0.01
    assert abs(np.log(little.spread)) < 0.3 * abs(np.log(spread)) + 0.03


def test_a_correction_is_bounded() -> None:
    high, wide = Correction.learned(np.ones(50), 1000), Correction.learned([0.0, 1.0] * 50, 1000)
    assert high.shift <= MOST_SHIFT
    assert np.log(wide.spread) <= MOST_SPREAD


def test_values_of_one_window_are_not_more_history() -> None:
    one, many = (Correction.learned(places(0.4, 1, n), 4) for n in (20, 2000))
    assert one.shift == pytest.approx(many.shift, abs=0.02)


def test_a_map_of_draws_is_monotone_and_adds_no_value() -> None:
    draws = np.random.default_rng(2).poisson(4, 1000)
    for correction in (Correction(0.4, 1.3), Correction(-0.4, 0.7), Correction(0.5, 1.49)):
        moved = draws[correction.stand_ins(draws)]
        order = np.argsort(draws, kind="stable")
        assert (np.diff(moved[order]) >= 0).all()
        assert set(moved) <= set(draws)


def test_probabilities_are_those_of_the_draws_that_stand_in() -> None:
    draws = np.random.default_rng(3).poisson(6, 20_000)
    correction = Correction(0.3, 1.2)
    moved = draws[correction.stand_ins(draws)]
    for least in range(1, 14):
        before, after = (draws >= least).mean(), (moved >= least).mean()
        assert float(correction.exceeded(before)) == pytest.approx(after, abs=1e-3)


def test_days_keep_their_certain_part_and_no_day_has_more_defects_than_orders() -> None:
    rng = np.random.default_rng(4)
    orders = rng.poisson([[50, 60, 0]], (500, 3))
    defective = np.minimum(rng.poisson([[2, 9, 1]], (500, 3)) + 3, orders)
    moved, of = Correction(0.5, 1.4).of_days(defective, orders)
    assert (moved <= of).all()
    assert moved[:, :2].min() >= 3
    assert moved[:, 0].mean() > defective[:, 0].mean()
    pairs = set(zip(defective[:, 1], orders[:, 1], strict=True))
    assert set(zip(moved[:, 1], of[:, 1], strict=True)) <= pairs
    day, orders_of_day = np.full((500, 1), 4), np.full((500, 1), 50)
    assert (Correction(0.5, 1.4).of_days(day, orders_of_day)[0] == 4).all()


def test_a_draw_without_orders_stays_without_a_rate() -> None:
    rng = np.random.default_rng(6)
    orders = rng.poisson(1.0, (400, 1))
    defective = np.minimum(rng.poisson(0.5, (400, 1)), orders)
    moved, of = Correction(0.5, 1.2).of_days(defective, orders)
    assert ((of == 0) == (orders == 0)).all()
    some = orders > 0
    assert (moved[some] / of[some]).mean() > (defective[some] / orders[some]).mean()


@pytest.mark.parametrize(("too_high", "too_narrow"), [(1.0, 1.6), (1.25, 1.0)])
def test_bands_that_miss_hold_more_once_corrected(too_high: float, too_narrow: float) -> None:
    """Forecasts of an account that are wrong in the same way each time, 30 windows of them."""
    rng = np.random.default_rng(5)

    def one() -> tuple[int, np.ndarray]:
        level = rng.gamma(20, 1.5)
        centre = level * too_high
        draws = np.maximum(rng.normal(centre, np.sqrt(level) / too_narrow, 500), 0)
        return int(rng.poisson(level)), np.rint(draws).astype(np.int64)

    past = [pit(*one(), rng) for _ in range(30)]
    correction = Correction.learned(past, 30)
    new = [one() for _ in range(400)]
    before = inside([pit(truth, draws, rng) for truth, draws in new], 0.9).mean()
    after = inside(
        [pit(truth, draws[correction.stand_ins(draws)], rng) for truth, draws in new], 0.9
    ).mean()
    assert abs(after - 0.9) < abs(before - 0.9)
    assert after > before + 0.02
