"""Forecast and nowcast with a correction learned from their past: every part of them agrees."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from odr_analysis import terms
from odr_analysis.forecasting.ahead import Forecast
from odr_analysis.forecasting.delay_table import DelayTable
from odr_analysis.forecasting.forecast import forecast
from odr_analysis.forecasting.nowcast import EVERY, FINAL, MATURE, PENDING, SHOWN, UNION, nowcast
from odr_analysis.forecasting.recalibration import Correction, Recalibration
from tests.unit.forecasting.simulated import simulated

PAIR = ("Amazon.de", "mfn")
HIGHER = Recalibration(ahead={PAIR: Correction(0.3, 1.2)}, window={PAIR: Correction(0.4, 1.3)})


@pytest.fixture(scope="module")
def table() -> DelayTable:
    return simulated(80, rate=0.012)


@pytest.fixture(scope="module")
def plain(table: DelayTable) -> Forecast:
    return forecast(table)


@pytest.fixture(scope="module")
def corrected(table: DelayTable) -> Forecast:
    return forecast(table, recalibration=HIGHER)


def test_nothing_learned_is_nothing_changed(table: DelayTable, plain: Forecast) -> None:
    other = Recalibration(ahead={("Amazon.fr", "mfn"): Correction(0.4)})
    pd.testing.assert_frame_equal(forecast(table, recalibration=other).table, plain.table)
    one, two = nowcast(table), nowcast(table, recalibration=other)
    pd.testing.assert_frame_equal(one.table, two.table)


def test_the_certain_part_stays(plain: Forecast, corrected: Forecast) -> None:
    certain = ["known_orders", "known_defective", "leaving", "entering", "n_orders", "budget"]
    pd.testing.assert_frame_equal(plain.table[certain], corrected.table[certain])
    assert plain.table.iloc[0].equals(corrected.table.iloc[0])
    for defective, orders in (corrected.draws[PAIR], corrected.paths[PAIR]):
        assert (orders[:, :16] == corrected.table.known_orders.to_numpy()[:16]).all()
        assert (defective >= corrected.table.known_defective.to_numpy()).all()
        assert (defective <= orders).all()


def test_bands_probabilities_draws_and_paths_agree(plain: Forecast, corrected: Forecast) -> None:
    days = corrected.table
    assert (days.upper_90[1:] >= plain.table.upper_90[1:]).all()
    assert days.odr[5:].mean() > plain.table.odr[5:].mean()
    width, before = ((t.upper_90 - t.lower_90)[5:].mean() for t in (days, plain.table))
    assert width > 1.05 * before
    # The table is of the draws; an upper end far out among other draws is less sure.
    for (defective, orders), off in ((corrected.draws[PAIR], 1e-9), (corrected.paths[PAIR], 0.15)):
        rates = defective / orders
        median, upper = np.quantile(rates, [0.5, 0.95], axis=0, method="inverted_cdf")
        assert median == pytest.approx(days.odr, rel=off / 2)
        assert upper == pytest.approx(days.upper_90, rel=off)
        assert (100 * defective >= orders).mean(axis=0) == pytest.approx(days.p_breach, abs=0.05)


def test_paths_stay_paths(plain: Forecast, corrected: Forecast) -> None:
    """Two days have as much in common as before."""
    for first, second in ((10, 11), (20, 40)):
        one, two = (
            np.corrcoef(*(d[:, [first, second]] / n[:, [first, second]]).T)[0, 1]
            for d, n in (plain.paths[PAIR], corrected.paths[PAIR])
        )
        assert two == pytest.approx(one, abs=0.05)
    peak, before = (f.outlook.peak_upper_90[0] for f in (corrected, plain))
    assert peak > before


def test_other_orders_and_later_days_are_corrected_too(
    table: DelayTable, plain: Forecast, corrected: Forecast
) -> None:
    later = corrected.after(7)
    odr = corrected.table.odr[7:]
    assert later.table.odr.tolist() == odr.tolist()
    assert np.array_equal(later.paths[PAIR][0], corrected.paths[PAIR][0][:, 7:])
    for with_it, without in (
        (corrected.with_orders(20.0), plain.with_orders(20.0)),
        (corrected.if_nothing_is_sold, plain.if_nothing_is_sold),
    ):
        assert with_it.table.odr[20:70].mean() > without.table.odr[20:70].mean()
    anew = forecast(table, orders_per_day=20.0, recalibration=HIGHER)
    pd.testing.assert_frame_equal(corrected.with_orders(20.0).table, anew.table)


def test_a_nowcast_is_corrected_draw_by_draw(table: DelayTable, corrected: Forecast) -> None:
    one, two = nowcast(table), nowcast(table, recalibration=HIGHER)
    key = (*PAIR, SHOWN, UNION, MATURE)
    picked = HIGHER.window[PAIR].stand_ins(one.draws[key])
    for name, draws in two.draws.items():
        assert np.array_equal(draws, one.draws[name][picked])
    assert two.draws[key].mean() > one.draws[key].mean()
    for scope in (SHOWN, EVERY):
        union, final, pending = (
            two.draws[(*PAIR, scope, UNION, q)] for q in (MATURE, FINAL, PENDING)
        )
        parts = np.stack([two.draws[(*PAIR, scope, c, MATURE)] for c in terms.COMPONENTS])
        assert (parts.max(axis=0) <= union).all()
        assert (union <= parts.sum(axis=0)).all()
        assert (final <= union).all()
        assert pending.min() >= 0
    rows = two.table.set_index(["scope", "component", "quantity"])
    upper = np.quantile(two.draws[key], 0.95, method="inverted_cdf")
    assert rows.loc[(SHOWN, UNION, MATURE)].upper_90 == upper
    mine = corrected.nowcast.draws[key]
    assert mine.mean() == pytest.approx(two.draws[key].mean(), rel=0.05)
