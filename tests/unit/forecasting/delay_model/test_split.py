"""Kinds of pending defects: shares found again, and draws that stay coherent."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from odr_analysis.forecasting.delay_model.fit import Fit, fit
from odr_analysis.forecasting.delay_model.lags import N_BINS
from odr_analysis.forecasting.delay_model.split import Kinds, Later, Shares, of_known, of_new
from odr_analysis.rates.rolling import NEVER
from tests.unit.forecasting.simulated import series_of, simulated


@pytest.fixture(scope="module")
def kinds() -> Kinds:
    return Kinds.of(series_of(simulated(1500, rate=0.02)))


@pytest.fixture(scope="module")
def fitted() -> Fit:
    found = fit(series_of(simulated(50, rate=0.02)), np.random.default_rng(0), n_draws=300)
    return replace(found, stretch=np.full(300, 2.0), spread=np.ones(300))


def test_what_was_reported_first_and_what_came_later(kinds: Kinds) -> None:
    # Feedback comes first and alone, a claim ten days later in a third of the cases.
    share = kinds.first[4] / kinds.first[4].sum()
    assert share[0] > 0.95
    assert kinds.later.share[0, 1] == pytest.approx(1 / 3, abs=0.03)
    assert kinds.later.share[0, 2] < 0.01
    assert kinds.later.share[0, 0] == 0
    assert 1 / kinds.later.rate[1] == pytest.approx(10, abs=2)


def test_draws_are_coherent(kinds: Kinds, fitted: Fit) -> None:
    rng = np.random.default_rng(0)
    shares = Shares.of(kinds, fitted, rng)
    expected = np.full((300, 2, N_BINS), 3.0)
    total, by_then, at_last = of_new(kinds, shares, expected, 74, fitted, rng)
    assert total.mean() == pytest.approx(3 * 2 * N_BINS, rel=0.02)
    assert total.var() == pytest.approx(total.mean(), rel=0.2)
    for found in (by_then, at_last):
        assert (found <= total[:, None]).all()
        assert (found.sum(axis=1) >= total).all()
        assert found[:, 0].mean() == pytest.approx(total.mean(), rel=0.03)
    assert (by_then <= at_last).all()
    assert at_last[:, 1].mean() > by_then[:, 1].mean()


def test_orders_already_defective_can_get_a_further_kind(kinds: Kinds, fitted: Fit) -> None:
    rng = np.random.default_rng(0)
    shares = Shares.of(kinds, fitted, rng)
    lacking = np.flatnonzero(~kinds.has[:, 1] & (kinds.since < 3))
    young, old = np.full(len(lacking), 20), np.full(len(lacking), 80)
    by_then, at_last = of_known(kinds, shares, lacking, young, 74, rng)
    assert not by_then[:, 0].any()
    assert (by_then <= at_last).all()
    # A third of all get a claim; of those without one so far, nearly a third still.
    assert at_last[:, 1].mean() == pytest.approx(0.3 * len(lacking), rel=0.15)
    by_then, at_last = of_known(kinds, shares, lacking, old, 74, rng)
    assert not by_then.any()
    assert at_last[:, 1].mean() == pytest.approx(0.3 * len(lacking), rel=0.15)
    none = of_known(kinds, shares, lacking[:0], old[:0], 74, rng)
    assert not np.any(none)


def test_a_claim_long_overdue_is_less_probable_than_one_of_yesterdays_order(
    kinds: Kinds, fitted: Fit
) -> None:
    rng = np.random.default_rng(0)
    shares = Shares.of(kinds, fitted, rng)
    lacking = np.flatnonzero(~kinds.has[:, 1])
    ages = np.full(len(lacking), 60)
    _, at_last = of_known(kinds, shares, lacking, ages, 74, rng)
    # Order by order: a third get a claim after ten days on average.
    gone = -np.expm1(-kinds.since[lacking] / 10)
    assert at_last[:, 1].mean() == pytest.approx(((1 - gone) / 3 / (1 - gone / 3)).sum(), rel=0.15)


def test_stretched_lags_have_the_kinds_of_the_lags_they_would_have_been(fitted: Fit) -> None:
    rng = np.random.default_rng(0)
    # Feedback within 40 days, chargebacks alone later.
    first = np.full((N_BINS, 7), 1e-3)
    first[:8, 0], first[8:, 3] = 1e6, 1e6
    later = Later(np.zeros((7, 3)), np.ones((7, 3)), np.ones(3))
    none = np.arange(0)
    kinds = Kinds(first, later, none, none, np.empty((0, 3), dtype=bool))
    expected = np.zeros((300, 2, N_BINS))
    expected[:, 0, 8] = 80  # lags of 45 to 59 days; half as long they would be 26
    expected[:, 1, 8] = 40
    total, *both = of_new(kinds, Shares.of(kinds, fitted, rng), expected, 74, fitted, rng)
    for found in both:
        assert found.mean(axis=0) == pytest.approx([80, 0, 40], rel=0.05)
        assert (found.sum(axis=1) == total).all()


def test_reports_without_a_date_say_nothing_of_lags() -> None:
    series = series_of(simulated(50, rate=0.02))
    undated = Kinds.of(replace(series, dated=np.zeros_like(series.dated)))
    nothing = Kinds.of(
        replace(series, age=series.age[:0], delays=series.delays[:0], dated=series.dated[:0])
    )
    assert undated.first == pytest.approx(nothing.first)
    assert undated.later.share == pytest.approx(nothing.later.share)
    assert undated.has.sum() == (series.delays < NEVER).sum()
