"""Six strategies and the reasons of two days, counted by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from odr_analysis import (
    account_from_frames,
    bridge,
    component_rates,
    load_sample,
    reason_rates,
    strategies,
)
from odr_analysis.exports.rows import returns
from odr_analysis.why.strategies import STRATEGIES, _halved
from tests.unit.why.test_reasons import DEFECTS, ORDERS

DAY = "2026-09-30"


@pytest.fixture(scope="module")
def sample():
    return load_sample()


@pytest.fixture(scope="module")
def six():
    """Six orders: not received, terrible, payment denied, late, nothing told, good."""
    from odr_analysis import account_from_frames

    return account_from_frames(
        ORDERS.assign(sku=["CUP", "CUP", "JUG", "CUP", "JUG", "JUG"]), DEFECTS
    )


def test_each_strategy_addresses_the_orders_of_its_reasons(six) -> None:
    table = strategies(six, DAY).set_index("strategy")
    assert set(table.index) == {s.name for s in STRATEGIES}
    assert table.n_addressed.to_dict() == {
        "packaging and shipping": 2,
        "order handling": 1,
        "customer service": 0,
        "accurate listings": 0,
        "collecting feedback": 0,
        "proactive resolution": 1,
    }
    row = table.loc["packaging and shipping"]
    assert (row.n_orders, row.n_defective, row.n_untold) == (6, 5, 2)
    assert row.odr == 5 / 6
    assert row.odr_halved == 4 / 6
    assert row.delta == pytest.approx(-1 / 6)
    assert (row.lower, row.upper) == (3 / 6, 5 / 6)
    assert row.products == "CUP (2)"


def test_proactive_resolution_needs_a_warning_before_the_claim() -> None:
    alone = account_from_frames(ORDERS, DEFECTS[DEFECTS.component != "feedback"])
    rest = dict.fromkeys(("sku", "asin", "reason", "status", "resolution", "source", "file"), "")

    def addressed(order: str, day: str) -> int:
        back = {"order_id": order, "requested_on": pd.Timestamp(day), "claim": True, "line": 1}
        warned = replace(alone, returns=returns([{**back, **rest}]))
        return strategies(warned, DAY).set_index("strategy").n_addressed["proactive resolution"]

    # Order a has a claim of 5 Sep; a return of that day is no warning.
    assert addressed("a", "2026-09-05") == 0
    assert addressed("a", "2026-09-04") == 1
    # The payment of order c is denied: nothing to be resolved by writing to the buyer.
    assert addressed("c", "2026-08-25") == 0


def test_the_range_holds_nine_of_ten_windows() -> None:
    for k in (0, 1, 2, 13, 40, 400):
        low, high = _halved(k, 0.05), _halved(k, 0.95)
        assert (low, high) == tuple(int(binom.ppf(s, k, 0.5)) for s in (0.05, 0.95)) or k == 0
        assert binom.cdf(high, k, 0.5) - binom.cdf(low - 1, k, 0.5) >= 0.9


def test_nothing_lowers_a_rate_by_more_than_it_is(sample) -> None:
    table = strategies(sample)
    assert (table.delta <= 0).all()
    assert (table.lower <= table.odr_halved).all()
    assert (table.odr_halved <= table.upper).all()
    assert (table.upper <= table.odr).all()
    assert (table.lower >= 0).all()


def test_main_reasons_add_up_to_the_rate_and_to_its_change(sample) -> None:
    table = reason_rates(sample, "2026-08-31", DAY)
    rates = component_rates(sample, DAY)
    change = bridge(sample, "2026-08-31", DAY).query("measure == 'odr'")
    for channel, rows in table.groupby("channel"):
        today = rates[(rates.as_of == DAY) & (rates.channel == channel)].iloc[0]
        then = rates[(rates.as_of == "2026-08-31") & (rates.channel == channel)].iloc[0]
        assert rows.n_defective.sum() == today.n_defective
        assert rows.from_n_defective.sum() == then.n_defective
        assert rows.rate.sum() == pytest.approx(today.odr)
        moved = change[change.channel == channel].change.iloc[0]
        assert rows.change.sum() == pytest.approx(moved)
        assert rows.share.sum() == pytest.approx(1)
        assert rows.n_defective.is_monotonic_decreasing


def test_days_without_orders_have_no_rate(six) -> None:
    table = strategies(six, "2027-09-30")
    assert (table.n_orders == 0).all()
    assert table[["odr", "odr_halved", "lower", "upper", "delta"]].isna().all(axis=None)
    assert reason_rates(six, "2025-01-01", "2025-02-01").empty
    came = reason_rates(six, "2026-08-25", DAY)
    assert came.from_rate.isna().all()
    assert np.isclose(came.rate.sum(), 5 / 6)
