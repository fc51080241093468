"""The outlook: days that matter, from a table and paths made by hand, and of whole forecasts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.ahead import Forecast
from odr_analysis.forecasting.coming_days.outlook import outlook
from odr_analysis.forecasting.forecast import forecast
from odr_analysis.policy import Policy
from tests.unit.forecasting.simulated import SERIES, simulated

PAIR = (SERIES["marketplace"], SERIES["channel"])
DAYS = pd.date_range("2026-09-30", periods=5, unit="us")


def _table(p_breach: list[float], known: list[int], n_orders: float = 200.0) -> pd.DataFrame:
    return pd.DataFrame(
        {"day": DAYS, "n_orders": n_orders, "known_defective": known, "p_breach": p_breach}
    ).assign(**SERIES)


def _of(table: pd.DataFrame, defective: list[list[int]], orders: int = 200) -> pd.Series:
    paths = np.array(defective)
    return outlook(table, {PAIR: (paths, np.full_like(paths, orders))}, Policy()).iloc[0]


def test_a_recovery_has_a_day_by_known_defects_and_days_by_probability() -> None:
    table = _table([1.0, 0.8, 0.6, 0.4, 0.1], known=[3, 1, 1, 1, 1])
    found = _of(table, [[3, 2, 2, 2, 1], [3, 3, 2, 1, 1], [3, 2, 1, 1, 0], [3, 2, 2, 2, 2]])
    assert found.known_from == DAYS[1]
    assert found.p_under_then == pytest.approx(0.2)
    assert found.even_from == DAYS[3]
    assert found.likely_from == DAYS[4]
    assert found.even_breach_on == DAYS[0]
    assert found.p_under_ahead == 0.75
    assert found.p_breach_ahead == 1.0
    assert (found.peak_odr, found.peak_on) == (0.015, DAYS[0])


def test_a_day_under_target_that_does_not_last_is_no_recovery() -> None:
    found = _of(_table([1.0, 0.05, 0.05, 0.7, 0.7], known=[2, 1, 1, 2, 2]), [[2, 1, 1, 2, 2]])
    assert pd.isna(found.known_from)
    assert pd.isna(found.p_under_then)
    assert pd.isna(found.even_from)
    assert pd.isna(found.likely_from)


def test_days_after_the_last_order_do_not_undo_a_recovery() -> None:
    table = _table([0.9, 0.2, 0.05, np.nan, np.nan], known=[3, 1, 0, 0, 0])
    table.loc[3:, "n_orders"] = 0.0
    found = _of(table, [[3, 1, 0, 0, 0]])
    assert (found.known_from, found.even_from, found.likely_from) == (DAYS[1], DAYS[1], DAYS[2])


def test_without_orders_there_is_no_peak_and_nothing_is_under_target() -> None:
    table = _table([np.nan] * 5, known=[0] * 5, n_orders=0.0)
    found = _of(table, [[0] * 5], orders=0)
    assert pd.isna(found.peak_odr)
    assert pd.isna(found.known_from)
    assert pd.isna(found.even_from)
    assert (found.p_breach_ahead, found.p_under_ahead) == (0.0, 0.0)


@pytest.fixture(scope="module")
def ahead() -> Forecast:
    return forecast(simulated(80.0, 0.0115, seed=4), n_draws=500)


def test_any_breach_is_at_least_that_of_each_day(ahead: Forecast) -> None:
    assert ahead.outlook.p_breach_ahead[0] >= ahead.table.p_breach[1:].max() - 0.05


def test_nothing_sold_changes_nothing_while_new_orders_do_not_count(ahead: Forecast) -> None:
    paused = ahead.if_nothing_is_sold
    lag = Policy().lag_days
    columns = ["known_orders", "known_defective", "n_orders", "mean_pending"]
    pd.testing.assert_frame_equal(paused.table[columns][: lag + 1], ahead.table[columns][: lag + 1])
    assert (paused.table.mean_new == 0).all()
    assert paused.table.n_orders.iloc[-1] == 0
    assert paused.fits[PAIR] is ahead.fits[PAIR]
    peak = paused.outlook.iloc[0]
    assert peak.peak_lower_90 <= peak.peak_odr <= peak.peak_upper_90
    assert peak.peak_odr >= ahead.table.odr[0]


def test_a_rate_of_few_orders_is_no_peak() -> None:
    paths = np.array([[2, 2, 3, 1, 0]])
    orders = np.array([[200, 100, 100, 5, 0]])
    found = outlook(_table([1, 1, 1, 1, 1], known=[2] * 5), {PAIR: (paths, orders)}, Policy())
    row = found.iloc[0]
    assert (row.peak_odr, row.peak_on, row.peak_n_orders) == (0.03, DAYS[2], 100)
    few = outlook(_table([1] * 5, known=[2] * 5), {PAIR: (paths, orders // 10)}, Policy()).iloc[0]
    assert (few.peak_odr, few.peak_on) == (0.3, DAYS[2])


def test_orders_of_a_series_that_is_not_there_are_refused(ahead: Forecast) -> None:
    with pytest.raises(ParameterError, match="which has no orders"):
        ahead.with_orders({("Amazon.fr", "mfn"): 3.0})
