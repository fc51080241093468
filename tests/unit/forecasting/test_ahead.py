"""The days ahead: the certain part to the order, and probabilities that agree with the draws."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.ahead import Forecast
from odr_analysis.forecasting.delay_table import DelayTable
from odr_analysis.forecasting.forecast import forecast
from odr_analysis.policy import Policy
from tests.unit.forecasting.simulated import SERIES, TODAY, simulated

PAIR = ("Amazon.de", "mfn")


@pytest.fixture(scope="module")
def table() -> DelayTable:
    return simulated(80, rate=0.012)


@pytest.fixture(scope="module")
def ahead(table: DelayTable) -> Forecast:
    return forecast(table)


def counted(days: pd.Series, day: pd.Timestamp) -> pd.Series:
    return days.between(day - pd.Timedelta(days=74), day - pd.Timedelta(days=15))


def test_the_certain_part_is_recounted_on_every_day(table: DelayTable, ahead: Forecast) -> None:
    today = pd.Timestamp(TODAY)
    now = counted(table.defects.ordered_on, today)
    been = pd.Series(data=False, index=table.defects.index)
    for row in ahead.table.itertuples():
        orders = table.orders[counted(table.orders.ordered_on, row.day)].n_orders.sum()
        bad = counted(table.defects.ordered_on, row.day)
        been |= bad
        assert (row.known_orders, row.known_defective) == (orders, bad.sum())
        assert row.entering == (been & ~now).sum()
        assert row.leaving == (been & ~bad).sum()
        assert row.known_defective == now.sum() - row.leaving + row.entering


def test_today_is_what_is_shown(table: DelayTable, ahead: Forecast) -> None:
    first = ahead.table.iloc[0]
    assert (first.mean_pending, first.mean_new) == (0, 0)
    assert first.odr == first.lower_90 == first.upper_90 == first.known_defective / first.n_orders
    assert first.p_breach == float(100 * first.known_defective >= first.n_orders)


def test_orders_are_certain_for_as_long_as_the_window_lags(ahead: Forecast) -> None:
    _, orders = ahead.draws[PAIR]
    certain = ahead.table.known_orders.to_numpy()
    assert (orders[:, :16] == certain[:16]).all()
    assert (orders[:, 17] > certain[17]).all()
    assert (ahead.table.mean_new[:16] == 0).all()


def test_probabilities_are_those_of_the_draws(ahead: Forecast) -> None:
    defective, orders = ahead.draws[PAIR]
    seen = (100 * defective >= orders).mean(axis=0)
    assert ahead.table.p_breach.to_numpy() == pytest.approx(seen, abs=0.05)
    known = ahead.table.known_defective.to_numpy()
    more = defective.mean(axis=0) - known
    expected = ahead.table.mean_pending + ahead.table.mean_new
    assert more == pytest.approx(expected.to_numpy(), rel=0.1, abs=0.2)


def test_the_budget_is_what_may_still_be_reported(ahead: Forecast) -> None:
    row = ahead.table.iloc[7]
    n = int(row.n_orders)
    assert (
        100 * (row.known_defective + row.budget) < n <= 100 * (row.known_defective + row.budget + 1)
    )


def test_another_target_is_another_breach(table: DelayTable, ahead: Forecast) -> None:
    strict = DelayTable(table.orders, table.defects, TODAY, Policy(target=0.007))
    found = forecast(strict).table
    assert (found.p_breach >= ahead.table.p_breach).all()
    assert found.p_breach.iloc[10] > ahead.table.p_breach.iloc[10]
    n, known = int(found.n_orders.iloc[5]), int(found.known_defective.iloc[5])
    assert found.budget.iloc[5] == strict.policy.defect_budget(known, n)


def test_if_nothing_is_sold_any_more(table: DelayTable) -> None:
    found = forecast(table, orders_per_day=0).table
    assert found.n_orders.iloc[74] > 0
    assert found.n_orders.iloc[75] == 0
    assert found[["odr", "lower_90", "p_breach"]].iloc[75].isna().all()
    assert (found.mean_new == 0).all()
    # Reports go on while orders leave, so the rate climbs above what is shown.
    assert found.odr.max() > found.odr.iloc[0]


def test_more_orders_are_what_was_asked_for(table: DelayTable) -> None:
    found = forecast(table, orders_per_day=500, horizon_days=30).table
    new = found.n_orders.iloc[30] - found.known_orders.iloc[30]
    assert new == pytest.approx(15 * 500, rel=0.1)


def test_two_channels_and_another_window() -> None:
    one, other = simulated(30), simulated(50, seed=1)
    orders = pd.concat([one.orders, other.orders.assign(channel="afn")])
    defects = pd.concat([one.defects, other.defects.assign(channel="afn")])
    policy = Policy(lag_days=0, window_days=30)
    found = forecast(DelayTable(orders, defects, TODAY, policy), horizon_days=5).table
    assert found.channel.tolist() == ["mfn"] * 6 + ["afn"] * 6
    window = one.orders.ordered_on >= pd.Timestamp("2026-09-01")
    assert found.known_orders.iloc[0] == one.orders[window].n_orders.sum()
    # Without a lag, tomorrow's orders count tomorrow.
    assert found.n_orders.iloc[1] > found.known_orders.iloc[1]


def test_the_same_each_time_and_other_draws_for_another_seed(table: DelayTable) -> None:
    again = forecast(table, horizon_days=3, n_draws=200)
    pd.testing.assert_frame_equal(again.table, forecast(table, horizon_days=3, n_draws=200).table)
    other = forecast(table, horizon_days=3, n_draws=200, rng=1)
    assert not np.array_equal(again.draws[PAIR][0], other.draws[PAIR][0])


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"horizon_days": -1}, "horizon_days"),
        ({"horizon_days": 155}, "horizon_days"),
        ({"orders_per_day": -1.0}, "orders_per_day"),
        ({"orders_per_day": float("nan")}, "orders_per_day"),
        ({"levels": [1.0]}, "levels"),
        ({"as_of": "2026-10-01"}, "last day anything is known of"),
    ],
)
def test_what_cannot_be_asked(table: DelayTable, settings: dict, words: str) -> None:
    with pytest.raises(ParameterError, match=words):
        forecast(table, **settings)


def test_a_history_of_a_week_and_no_report() -> None:
    days = pd.DataFrame({"ordered_on": pd.date_range("2026-09-24", "2026-09-30")} | SERIES)
    days["n_orders"] = 5
    none = days.iloc[:0].assign(feedback_on=pd.NaT, claim_on=pd.NaT, chargeback_on=pd.NaT)
    found = forecast(DelayTable(days, none, TODAY)).table
    assert found[["odr", "p_breach"]].iloc[0].isna().all()
    assert found.p_breach.iloc[20:].between(0, 1).all()
