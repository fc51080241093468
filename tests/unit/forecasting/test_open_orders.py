"""Open orders: counted one by one, expected reports that agree with the nowcast's draws."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from odr_analysis import terms
from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.delay_table import DelayTable
from odr_analysis.forecasting.nowcast import EVERY, PENDING, SHOWN, Nowcast, nowcast
from odr_analysis.forecasting.open_orders import OpenOrders, open_orders
from odr_analysis.policy import Policy
from tests.unit.forecasting.simulated import TODAY, simulated

PAIR = ("Amazon.de", "mfn")
NO_LIMIT = Policy(feedback_days=400, claim_days=400, chargeback_days=400)


@pytest.fixture(scope="module")
def table() -> DelayTable:
    return simulated(60, rate=0.02)


@pytest.fixture(scope="module")
def found(table: DelayTable) -> OpenOrders:
    return open_orders(table)


@pytest.fixture(scope="module")
def unlimited(table: DelayTable) -> DelayTable:
    return DelayTable(table.orders, table.defects, TODAY, NO_LIMIT)


@pytest.fixture(scope="module")
def drawn(unlimited: DelayTable) -> Nowcast:
    return nowcast(unlimited, n_draws=4000)


@pytest.mark.parametrize(
    ("component", "days"), [("feedback", 90), ("claim", 120), ("chargeback", 150)]
)
def test_orders_are_counted_one_by_one(
    table: DelayTable, found: OpenOrders, component: str, days: int
) -> None:
    today = pd.Timestamp(TODAY)
    rows = found.table[found.table.component == component].set_index("ordered_on")
    has = table.defects[table.defects[f"{component}_on"].notna()].ordered_on.tolist()
    for order_day in table.orders.itertuples():
        latest = order_day.ordered_on + pd.Timedelta(days=days)
        n_open = order_day.n_orders - has.count(order_day.ordered_on)
        if latest <= today:
            assert order_day.ordered_on not in rows.index
        else:
            row = rows.loc[order_day.ordered_on]
            assert (row.n_open, row.latest_possible_on) == (n_open, latest)
            assert row.leaves_on == order_day.ordered_on + pd.Timedelta(days=74)
    assert rows.latest_possible_on.min() == today + pd.Timedelta(days=1)


def test_without_limits_as_many_are_expected_as_the_nowcast_draws(
    unlimited: DelayTable, drawn: Nowcast
) -> None:
    every = open_orders(unlimited, fits=drawn.fits).table
    window = every[every.ordered_on.between("2026-07-18", "2026-09-15")]
    for scope, rows in ((EVERY, every), (SHOWN, window)):
        for component in terms.COMPONENTS:
            draws = drawn.draws[*PAIR, scope, component, PENDING]
            error = 4 * draws.std() / np.sqrt(len(draws))
            expected = rows[rows.component == component].expected.sum()
            assert expected == pytest.approx(draws.mean(), abs=error, rel=0.03)


def test_limits_leave_out_what_comes_later(
    unlimited: DelayTable, table: DelayTable, drawn: Nowcast
) -> None:
    whole = open_orders(unlimited, fits=drawn.fits).table.groupby("component").expected.sum()
    limited = open_orders(table, fits=drawn.fits)
    within = limited.table.groupby("component").expected.sum()
    assert (within <= whole).all()
    assert (within > 0.8 * whole).all()
    short = Policy(feedback_days=1, claim_days=0, chargeback_days=0, delivery_days=0)
    one_day = DelayTable(table.orders, table.defects, TODAY, short)
    tomorrow = open_orders(one_day, fits=drawn.fits)
    assert tomorrow.table.ordered_on.tolist() == [pd.Timestamp(TODAY)]
    assert tomorrow.by_day.day.tolist() == [pd.Timestamp("2026-10-01")]


def test_days_and_order_days_add_up_to_the_same(found: OpenOrders) -> None:
    columns = ["expected", "expected_shown"]
    by_order, by_day = (t.groupby("component")[columns].sum() for t in (found.table, found.by_day))
    pd.testing.assert_frame_equal(by_order, by_day)
    assert (found.table.expected_shown <= found.table.expected).all()
    old = found.table.leaves_on <= pd.Timestamp(TODAY)
    assert old.any()
    assert (found.table[old].expected_shown == 0).all()
    assert found.by_day.day.min() == pd.Timestamp("2026-10-01")


def test_what_came_later_is_what_was_expected() -> None:
    """30 days of reports on orders known then, over accounts whose lags are not the prior's."""
    then = date(2026, 7, 31)
    expected, came = np.zeros(30), np.zeros(30)
    for seed in range(12):
        table = simulated(60, rate=0.02, seed=seed)
        by_day = open_orders(table, then, n_draws=200).by_day
        feedback = by_day[by_day.component == "feedback"].expected.to_numpy()
        expected += feedback[:30]
        old = table.defects[table.defects.ordered_on <= pd.Timestamp(then)]
        lag = (old.feedback_on - pd.Timestamp(then)).dt.days
        came += np.bincount(lag[lag.between(1, 30)] - 1, minlength=30)[:30]
    assert expected.sum() == pytest.approx(came.sum(), rel=0.15)
    assert expected[:10].sum() == pytest.approx(came[:10].sum(), rel=0.2)


def test_fits_of_other_data_are_refused(table: DelayTable, drawn: Nowcast) -> None:
    with pytest.raises(ParameterError, match="same data and as_of"):
        open_orders(table, "2026-08-31", fits=drawn.fits)
    with pytest.raises(ParameterError, match="same data and as_of"):
        open_orders(table, fits={})
