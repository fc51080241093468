"""Groups of orders that go wrong: found where planted, counted right, summing to the change."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from odr_analysis import (
    account_from_frames,
    before_after,
    bridge,
    driver_shifts,
    drivers,
    leading_causes,
    load_sample,
    reason_rates,
    stands_out,
    worklist,
)
from odr_analysis.causes.drivers import DRIVER_COLUMNS
from odr_analysis.causes.exact_tests import FALSE_CAUSES
from odr_analysis.causes.group_tests import ANY
from odr_analysis.errors import ParameterError


@pytest.fixture(scope="module")
def sample():
    return load_sample()


def test_the_faults_of_the_sample_stand_first(sample) -> None:
    table = drivers(sample)
    mine = table[table.channel == "mfn"]
    assert (mine.factor.iloc[0], mine.level.iloc[0]) == ("ship service", "Expedited")
    products = mine[mine.factor == "product"]
    assert products.level.iloc[0] == "KT-TELLER-6"
    # Without their reasons they stand first too, but are not told from chance.
    every = mine[mine.reason == ANY]
    assert every.level.iloc[0] == "Expedited"


def test_every_order_is_in_one_level_where_it_can_be_in_one_only(sample) -> None:
    table = drivers(sample)
    for channel in ("mfn", "afn"):
        mine = table[
            (table.channel == channel) & (table.factor == "weekday") & (table.reason == ANY)
        ]
        row = bridge(sample, sample.known_to, sample.known_to).query(
            "channel == @channel and measure == 'odr'"
        )
        assert mine.n_orders.sum() == row.to_n_orders.iloc[0]
        assert mine.n_defective.sum() == row.to_n_defective.iloc[0]


def test_mix_and_rate_of_every_factor_sum_to_the_change(sample) -> None:
    shifts = driver_shifts(sample, "2026-07-30", "2026-09-30")
    totals = bridge(sample, "2026-07-30", "2026-09-30")
    for (channel, factor), rows in shifts.groupby(["channel", "factor"]):
        change = totals[(totals.channel == channel) & (totals.measure == "odr")].change.iloc[0]
        assert (rows.mix_effect + rows.rate_effect).sum() == pytest.approx(change, abs=1e-12), (
            factor
        )


def test_a_reason_finds_what_all_defects_together_hide(sample) -> None:
    table = drivers(sample)
    mine = table[(table.channel == "mfn") & table.significant]
    assert mine[["reason", "level"]].values.tolist() == [["not received", "Expedited"]]
    assert not table[table.reason == ANY].significant.any()
    # The damaged plates lead all that may be chance.
    rest = table[(table.channel == "mfn") & ~table.significant]
    assert rest[["reason", "level"]].values.tolist()[0] == ["damaged", "KT-TELLER-6"]
    assert FALSE_CAUSES < rest.p_adjusted.iloc[0] < 0.2


def test_what_only_goes_along_with_a_cause_is_no_cause_of_its_own() -> None:
    # Every order to Berlin goes by the failing carrier, which also serves other places.
    n = 4000
    carrier = np.where(np.arange(n) % 10 == 0, "GLS", "DHL")
    region = np.where(np.arange(n) % 30 == 0, "Berlin", "Hessen")
    orders = pd.DataFrame(
        {
            "order_id": [f"o{i}" for i in range(n)],
            "ordered_on": "2026-08-20",
            "marketplace": "Amazon.de",
            "channel": "mfn",
            "sku": "CUP",
            "carrier": carrier,
            "ship_country": "DE",
            "ship_region": region,
        }
    )
    bad = orders[(carrier == "GLS") & (np.arange(n) % 60 != 10)].order_id.iloc[::6]
    defects = pd.DataFrame(
        {
            "order_id": bad,
            "component": "claim",
            "reported_on": "2026-09-01",
            "reason": "Not received",
        }
    )
    account = account_from_frames(orders, defects)
    found = drivers(account, "2026-09-30")
    assert found[found.significant].factor.nunique() > 1
    assert set(found[found.significant].factor) == {"carrier", "destination"}
    causes_found = leading_causes(account, "2026-09-30")
    assert causes_found[["factor", "level"]].values.tolist() == [["carrier", "GLS"]]
    assert sorted(causes_found.order_ids.iloc[0].split("; ")) == sorted(bad)


def bare(n: int, **more: object) -> pd.DataFrame:
    ids = [f"o{i}" for i in range(n)]
    return pd.DataFrame(
        {"order_id": ids, "ordered_on": "2026-08-20", "marketplace": "Amazon.de", "channel": "mfn"}
    ).assign(**more)


def test_orders_without_product_price_or_reason_have_nothing_to_compare() -> None:
    defects = pd.DataFrame({"order_id": ["o1"], "component": "claim", "reported_on": "2026-09-01"})
    for orders in (bare(50), bare(1)):
        account = account_from_frames(orders, defects if len(orders) > 1 else None)
        # A single weekday is no group among others.
        assert drivers(account, "2026-09-30").empty
        assert leading_causes(account, "2026-09-30").empty
        assert list(drivers(account, "2026-09-30").columns) == list(DRIVER_COLUMNS)
        shifts = driver_shifts(account, "2026-08-25", "2026-09-30")
        assert shifts.mix_effect.isna().all()


def test_days_without_orders_give_no_rows() -> None:
    account = account_from_frames(bare(5, sku=list("ABCDE")))
    assert drivers(account, "2026-08-25").empty
    assert drivers(account, "2027-08-25").empty
    assert driver_shifts(account, "2025-01-01", "2025-02-01").empty
    assert not drivers(account, "2026-09-30").empty


def test_days_the_wrong_way_round_are_told(sample) -> None:
    for asked in (driver_shifts, reason_rates):
        with pytest.raises(ParameterError, match="Swap them"):
            asked(sample, "2026-09-30", "2026-09-01")


def test_a_single_defective_order_goes_through_everything() -> None:
    defects = pd.DataFrame({"order_id": ["o0"], "component": "claim", "reported_on": "2026-09-01"})
    account = account_from_frames(bare(1), defects)
    assert leading_causes(account, "2026-09-30").empty
    found = stands_out(account, "2026-09-30")
    assert found.lines == (
        "No group of orders can be compared: the files name no product, service or place.",
    )
    assert found.funnel.empty
    assert found.reasons[["reason", "n_defective", "rate"]].values.tolist() == [["", 1, 1.0]]
    assert (found.strategies.n_untold == 1).all()
    assert "of no defective order does a file tell the reason" in found.strategy_line
    work = worklist(account, "2026-09-30")
    assert work.effect.tolist() == [-1.0]
    row = before_after(account, "2026-08-21", "2026-09-30").iloc[0]
    assert (row.before_n_orders, row.after_n_orders, row.verdict) == (1, 0, "no difference shown")
