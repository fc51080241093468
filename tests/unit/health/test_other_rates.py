"""The other rates: every number worked out by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from odr_analysis.errors import ParameterError
from odr_analysis.health.other_rates import HEALTH_COLUMNS, RULES, other_rates
from odr_analysis.receipt import FileReceipt
from tests.unit.health.made import US, account_of, lapse, one, orders, snapshot


def test_without_list_and_report_a_rate_is_unknown_and_never_0() -> None:
    table = other_rates(account_of(orders(50, "2026-09-25")))
    assert table.metric.tolist() == [
        "cancellation",
        *["late_shipment"] * 2,
        *("valid_tracking", "on_time_delivery", "invoice_defects"),
    ]
    assert (table.source == "unknown").all()
    assert table.rate.isna().all()
    assert table.n_bad.isna().all()
    assert table.met.isna().all()
    assert (table.state == "no data").all()
    assert table.missing[0] == (
        "the cancellation list of Account Health or the seller performance report"
    )
    assert table.missing[4] == "the seller performance report"


def test_amazon_fulfilled_sellers_need_no_file() -> None:
    table = other_rates(account_of(orders(9, "2026-09-25", channel="afn")))
    assert (table.source == "exports").all()
    assert table.n_total.tolist() == [0] * len(table)
    assert table.rate.isna().all()
    assert (table.missing == "").all()
    assert table.note[0].startswith("No order here is seller-fulfilled")


def test_orders_of_unknown_fulfilment_are_left_out_and_said() -> None:
    placed = [*orders(50, "2026-09-25"), *orders(3, "2026-09-25", channel="unknown", tag="u")]
    row = one(account_of(placed, [lapse("o0", "2026-09-25")]), "cancellation", 7)
    assert row.n_total == 50
    assert "3 orders are of unknown fulfilment and not in it." in row.note


def test_a_report_stands_in_where_there_is_no_list() -> None:
    told = snapshot(
        "cancellation", "2026-09-23", "2026-09-29", n_total=200, n_bad=3, rate=0.015, target=0.025
    )
    row = one(account_of(orders(50, "2026-09-25"), snapshots=[told]), "cancellation", 7)
    assert (row.source, row.n_total, row.n_bad, row.rate) == ("snapshot", 200, 3, 0.015)
    assert (row.met, row.note) == (True, "")


def test_exports_come_first_and_the_report_is_named_beside() -> None:
    told = snapshot("cancellation", "2026-09-23", "2026-09-29", n_total=51, n_bad=2)
    account = account_of(orders(50, "2026-09-25"), [lapse("o0", "2026-09-25")], [told])
    row = one(account, "cancellation", 7)
    assert (row.source, row.n_bad) == ("exports", 1)
    assert "The performance report has 2 of 51 for them." in row.note


def test_where_no_order_reaches_the_window_the_report_is_better() -> None:
    told = snapshot("cancellation", "2026-09-23", "2026-09-29", n_total=51, n_bad=2)
    file = FileReceipt("list.csv", "cancellation-list")
    account = account_of(orders(50, "2026-09-01"), snapshots=[told], files=[file])
    assert one(account, "cancellation", 7).source == "snapshot"


def test_a_rate_that_contradicts_its_counts_is_not_used() -> None:
    told = snapshot("cancellation", "2026-09-23", "2026-09-29", n_total=100, n_bad=3, rate=0.005)
    row = one(account_of(orders(1, "2026-09-25"), snapshots=[told]), "cancellation", 7)
    assert (row.rate, row.met) == (0.03, False)
    assert "states a rate of 0.5 %, which is not that of its counts" in row.note


def test_counts_that_cannot_be_give_no_rate() -> None:
    told = snapshot(
        "on_time_delivery", "2026-08-22", "2026-09-20", n_total=808046, n_bad=847987, rate=0.9529
    )
    row = one(account_of(orders(1, "2026-09-25"), snapshots=[told]), "on_time_delivery", 30)
    assert (row.source, row.state, row.n_total) == ("snapshot", "no data", 808046)
    assert pd.isna(row.rate)
    assert pd.isna(row.n_bad)
    assert "847,987 of 808,046 tracked parcels, which cannot be, so there is no rate." in row.note


def test_tracking_counts_the_good_ones_and_95_percent_itself_is_not_above() -> None:
    told = snapshot("valid_tracking", "2026-08-22", "2026-09-20", n_total=200, n_bad=190)
    row = one(account_of(orders(1, "2026-09-25"), snapshots=[told]), "valid_tracking", 30)
    assert (row.n_bad, row.rate, row.met, row.state) == (10, 0.95, False, "critical")


def test_a_report_without_orders_is_no_data_whatever_rate_it_states() -> None:
    told = snapshot("cancellation", "2026-09-23", "2026-09-29", n_total=0, n_bad=0, rate=0.0)
    row = one(account_of(orders(1, "2026-09-25"), snapshots=[told]), "cancellation", 7)
    assert (row.n_total, row.state, row.source) == (0, "no data", "snapshot")
    assert pd.isna(row.rate)


def test_a_rate_without_counts_is_used() -> None:
    told = snapshot("late_shipment", "2026-09-01", "2026-09-30", rate=0.03)
    row = one(account_of(orders(1, "2026-09-25"), snapshots=[told]), "late_shipment", 30)
    assert (row.rate, row.state, row.met) == (0.03, "warning", True)
    assert pd.isna(row.n_total)


def test_the_newest_report_up_to_the_day_is_used_and_its_age_told() -> None:
    told = [
        snapshot("late_shipment", "2026-08-30", "2026-09-28", n_total=100, n_bad=1, file="new"),
        snapshot("late_shipment", "2026-08-20", "2026-09-18", n_total=100, n_bad=2, file="old"),
        snapshot("late_shipment", "2026-09-02", "2026-10-01", n_total=100, n_bad=9, file="later"),
    ]
    for order in (told, told[::-1]):
        row = one(account_of(orders(1, "2026-09-25"), snapshots=order), "late_shipment", 30)
        assert (row.n_bad, row.to_on) == (1, pd.Timestamp("2026-09-28"))
        assert row.note == "The newest report is of 28 Sep 2026, 2 days earlier."
        assert row.days_old == 2


def test_a_report_is_of_the_day_its_window_tells() -> None:
    told = snapshot("valid_tracking", "2026-08-23", "2026-09-21", n_total=100, n_bad=99)
    account = account_of(orders(1, "2026-09-25"), snapshots=[told])
    assert one(account, "valid_tracking", 30).source == "unknown", "it is of 1 October"
    assert one(account, "valid_tracking", 30, as_of="2026-10-01").source == "snapshot"


def test_its_own_target_is_what_counts() -> None:
    told = snapshot("late_shipment", "2026-09-01", "2026-09-30", n_total=100, n_bad=3, target=0.02)
    row = one(account_of(orders(1, "2026-09-25"), snapshots=[told]), "late_shipment", 30)
    assert (row.target, row.state) == (0.02, "critical")
    assert "states a target of 2 %; usual is 4 %" in row.note
    wrong = {**told, "target": 4.0}
    row = one(account_of(orders(1, "2026-09-25"), snapshots=[wrong]), "late_shipment", 30)
    assert (row.target, row.state) == (0.04, "warning")
    assert "states a target of 4, which is none" in row.note


def test_windows_only_a_report_has_come_after() -> None:
    told = [
        snapshot("cancellation", "2026-08-31", "2026-09-29", n_total=100, n_bad=1),
        snapshot("invoice_defects", "2026-09-17", "2026-09-23", n_total=9, n_bad=1, marketplace=US),
    ]
    table = other_rates(account_of(orders(1, "2026-09-25"), snapshots=told))
    assert table.iloc[6][["metric", "window_days", "n_bad"]].tolist() == ["cancellation", 30, 1]
    assert table.iloc[-1][["metric", "marketplace"]].tolist() == ["invoice_defects", US]


def test_a_report_without_days_is_of_the_usual_window() -> None:
    told = {**snapshot("late_shipment", "2026-09-01", "2026-09-30", n_total=9, n_bad=0)}
    told |= {"from_on": pd.NaT, "to_on": pd.NaT}
    table = other_rates(account_of(orders(1, "2026-09-25"), snapshots=[told]))
    late = table[table.metric == "late_shipment"]
    assert late.source.tolist() == ["unknown", "snapshot"]
    assert pd.isna(late.window_days.iloc[1])
    assert "does not state its days" in late.note.iloc[1]


def test_reports_that_differ_are_said() -> None:
    told = [
        snapshot("cancellation", "2026-09-23", "2026-09-29", n_total=9, n_bad=n, file=f)
        for n, f in ((1, "a"), (0, "b"))
    ]
    for order in (told, told[::-1]):
        row = one(account_of(orders(1, "2026-09-25"), snapshots=order), "cancellation", 7)
        assert row.n_bad == 0
        assert "Reports differ for these days" in row.note


def test_untracked_parcels_are_named_though_they_make_no_rate() -> None:
    named = [lapse("o0", None, "valid_tracking"), lapse("o1", None, "valid_tracking", counts=False)]
    row = one(account_of(orders(2, "2026-09-25"), named), "valid_tracking", 30)
    assert row.source == "unknown"
    assert "names 1 parcel without valid tracking" in row.note


def test_odr_and_other_metrics_of_a_report_are_not_here() -> None:
    told = [
        snapshot("order_defects", "2026-07-18", "2026-09-15", n_total=9, n_bad=1, channel="mfn"),
        snapshot("account_health", "2026-04-03", "2026-09-30"),
        snapshot("listingPolicyViolations", "2026-04-03", "2026-09-30", n_bad=1),
    ]
    table = other_rates(account_of(orders(1, "2026-09-25"), snapshots=told))
    assert set(table.metric) <= {r.metric for r in RULES}
    assert (table.source == "unknown").all()


def test_a_bad_day_is_said() -> None:
    with pytest.raises(ParameterError, match="is not a date"):
        other_rates(account_of(orders(1, "2026-09-25")), "yesterday")


def test_columns_and_types() -> None:
    table = other_rates(account_of(orders(1, "2026-09-25")))
    assert list(table.columns) == list(HEALTH_COLUMNS)
    types = {"window_days": "Int64", "rate": "float64", "met": "boolean", "binding": "bool"}
    assert {name: str(table[name].dtype) for name in types} == types
    assert str(table.to_on.dtype) == "datetime64[us]"
