"""The nowcast: coherent draws, exact counts of what is reported, and input that is out of range."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from odr_analysis import account_from_frames, terms
from odr_analysis.errors import OdrWarning, ParameterError
from odr_analysis.forecasting.delay_table import DelayTable, delay_table
from odr_analysis.forecasting.nowcast import EVERY, FINAL, MATURE, PENDING, SHOWN, UNION, nowcast
from odr_analysis.policy import Policy
from tests.unit.forecasting.simulated import SERIES, TODAY, simulated

PAIR = ("Amazon.de", "mfn")


@pytest.fixture(scope="module")
def table() -> DelayTable:
    return simulated(80, rate=0.012)


def test_counts_of_what_is_reported_are_exact(table: DelayTable) -> None:
    found = nowcast(table).table.set_index(["scope", "component", "quantity"])
    start, end = pd.Timestamp("2026-07-18"), pd.Timestamp("2026-09-15")
    orders = table.orders[table.orders.ordered_on.between(start, end)].n_orders.sum()
    shown = table.defects[table.defects.ordered_on.between(start, end)]
    row = found.loc[(SHOWN, UNION, MATURE)]
    assert (row.n_orders, row.n_reported) == (orders, len(shown))
    assert found.loc[(SHOWN, "claim", MATURE)].n_reported == shown.claim_on.notna().sum()
    every = found.loc[(EVERY, UNION, MATURE)]
    assert (every.n_orders, every.n_reported) == (table.orders.n_orders.sum(), len(table.defects))


def test_no_draw_contradicts_itself(table: DelayTable) -> None:
    draws = nowcast(table).draws
    for scope in (SHOWN, EVERY):
        for quantity in (FINAL, MATURE):
            kinds = [draws[*PAIR, scope, c, quantity] for c in terms.COMPONENTS]
            union = draws[*PAIR, scope, UNION, quantity]
            assert (union >= np.max(kinds, axis=0)).all()
            assert (union <= np.sum(kinds, axis=0)).all()
        for component in (UNION, *terms.COMPONENTS):
            final, mature, pending = (
                draws[*PAIR, scope, component, q] for q in (FINAL, MATURE, PENDING)
            )
            assert (final <= mature).all()
            assert (pending >= 0).all()
            assert len(set((mature - pending).tolist())) == 1


def test_the_interval_has_what_comes(table: DelayTable) -> None:
    """Known 60 days ago against all that was reported since."""
    now = nowcast(table.known("2026-07-31")).table.set_index(["scope", "component", "quantity"])
    row = now.loc[(SHOWN, UNION, FINAL)]
    window = table.defects.ordered_on.between("2026-05-18", "2026-07-16")
    assert row.lower_90 <= window.sum() <= row.upper_90
    assert row.n_reported < row.lower_50 <= row["median"] <= row.upper_50 <= row.upper_90


def test_delays_with_their_band(table: DelayTable) -> None:
    delay = nowcast(table).delay
    assert delay.age.tolist() == list(range(160))
    assert (delay.lower_90 <= delay["median"]).all()
    assert delay["median"].is_monotonic_increasing
    assert delay["median"].iloc[-1] == pytest.approx(1)


def test_other_levels_and_another_window(table: DelayTable) -> None:
    policy = Policy(lag_days=0, window_days=30)
    narrow = DelayTable(table.orders, table.defects, TODAY, policy)
    found = nowcast(narrow, levels=[0.8]).table
    assert {"lower_80", "upper_80"} < set(found)
    assert "lower_90" not in found
    assert {"lower_97.5", "upper_97.5"} < set(nowcast(narrow, levels=[0.975]).table)
    days = table.orders.ordered_on >= pd.Timestamp("2026-09-01")
    assert found.n_orders.iloc[0] == table.orders[days].n_orders.sum()


@pytest.mark.parametrize(("orders", "defects"), [(20, 0), (20, 1), (1000, 0), (1000, 1)])
def test_few_orders_and_few_defects(orders: int, defects: int) -> None:
    days = pd.DataFrame({"ordered_on": pd.date_range("2026-09-01", periods=10)} | SERIES)
    days["n_orders"] = orders // 10
    bad = days.head(defects).assign(
        feedback_on=pd.Timestamp("2026-09-20"), claim_on=pd.NaT, chargeback_on=pd.NaT
    )
    found = nowcast(DelayTable(days, bad, TODAY)).table
    row = found.iloc[0]
    assert (row.n_orders, row.n_reported) == (orders, defects)
    assert defects <= row.lower_90 <= row.upper_90 <= orders


def test_no_orders_at_all() -> None:
    none = pd.DataFrame({"ordered_on": [], "n_orders": [], "marketplace": [], "channel": []})
    bad = none.assign(feedback_on=[], claim_on=[], chargeback_on=[])
    found = nowcast(DelayTable(none, bad, TODAY))
    assert found.table.empty
    assert found.delay.empty


def test_of_an_account_and_days_it_does_not_reach() -> None:
    orders = pd.DataFrame(
        {"order_id": ["a", "b"], "ordered_on": ["2026-08-03", "2026-08-20"]} | SERIES
    )
    account = account_from_frames(orders)
    with pytest.warns(OdrWarning, match="no file of A-to-z claims; .* as if nothing were missing"):
        assert nowcast(account, "2026-08-19").table.n_orders.tolist()[0] == 1
    with pytest.raises(ParameterError, match="is after"):
        nowcast(account, date(2027, 1, 1))
    table = delay_table(account)
    with pytest.raises(ParameterError, match="levels"):
        nowcast(table, levels=[90])
    with pytest.raises(ParameterError, match="n_draws"):
        nowcast(table, n_draws=1)
