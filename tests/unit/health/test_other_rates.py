"""The other rates: every number worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odr_analysis import terms
from odr_analysis.account import Account
from odr_analysis.errors import ParameterError
from odr_analysis.exports.text import delimited as rows
from odr_analysis.health.other_rates import HEALTH_COLUMNS, RULES, health_state, other_rates
from odr_analysis.policy import Policy
from odr_analysis.receipt import FileReceipt, Receipt
from tests.oracle import make_account
from tests.sources import bringing

DE, US, IN = "Amazon.de", "Amazon.com", "Amazon.in"
DAY = date(2026, 9, 30)
"""Windows on this day: cancellation 23 to 29 Sep, late shipment 21 (or 1) to 30 Sep."""


def orders(n: int, day: str, marketplace: str = DE, channel: str = "mfn", tag: str = "o") -> list:
    return [(f"{tag}{i}", day, marketplace, channel) for i in range(n)]


def lapse(order_id: str, day: str | None, metric: str = "cancellation", **more: Any) -> dict:
    given = {"order_id": order_id, "metric": metric, "ordered_on": day, "file": "list.csv"}
    return {**given, "source": "list", "line": 2, "counts": True, **more}


def snapshot(metric: str, first: str, last: str, **more: Any) -> dict:
    given = {"marketplace": DE, "metric": metric, "channel": "", "source": "seller-performance"}
    given |= dict.fromkeys(("condition", "status", "account_status"), "")
    days = {"from_on": pd.Timestamp(first), "to_on": pd.Timestamp(last)}
    return {**given, **days, "file": "report.json", "line": 1, **more}


def account_of(
    placed: list,
    lapses: list[dict] = (),
    snapshots: list[dict] = (),
    files: list[FileReceipt] = (),
    policy: Policy | None = None,
    known_to: date = DAY,
) -> Account:
    account = make_account(placed, policy=policy, known_to=known_to)
    named = pd.DataFrame(list(lapses))
    if len(named):
        named["ordered_on"] = pd.to_datetime(named["ordered_on"])
    return replace(
        account,
        lapses=rows.lapses(named),
        snapshots=rows.snapshots(list(snapshots)),
        receipt=Receipt(files=tuple(files)),
    )


def one(account: Account, metric: str, days: int, marketplace: str = DE, **options: Any) -> Any:
    table = other_rates(account, **options)
    found = table[
        (table.metric == metric) & (table.window_days == days) & (table.marketplace == marketplace)
    ]
    assert len(found) == 1
    return found.iloc[0]


def test_cancellation_counts_seller_caused_orders_placed_in_the_window() -> None:
    placed = [
        *orders(39, "2026-09-23"),
        *orders(1, "2026-09-29", tag="x"),
        *orders(5, "2026-09-22", tag="before"),
        *orders(5, "2026-09-30", tag="after"),
        *orders(7, "2026-09-25", channel="afn", tag="fba"),
    ]
    named = [
        lapse("o0", "2026-09-23"),
        lapse("o0", "2026-09-23", line=3),
        lapse("x0", "2026-09-29"),
        lapse("o1", "2026-09-23", counts=False),
    ]
    row = one(account_of(placed, named), "cancellation", 7)
    assert (row.n_total, row.n_bad, row.rate) == (40, 2, 0.05)
    assert (row.from_on, row.to_on) == (pd.Timestamp("2026-09-23"), pd.Timestamp("2026-09-29"))
    assert (row.target, row.target_kind, row.met, row.state) == (0.025, "below", False, "critical")
    assert (row.source, row.missing) == ("exports", "")
    assert "1 listed order has no impact on account health" in row.note


def test_exactly_the_target_fails_for_below() -> None:
    row = one(account_of(orders(40, "2026-09-25"), [lapse("o0", "2026-09-25")]), "cancellation", 7)
    assert (row.rate, row.met, row.state) == (0.025, False, "critical")
    row = one(account_of(orders(41, "2026-09-25"), [lapse("o0", "2026-09-25")]), "cancellation", 7)
    assert (row.met, row.state) == (True, "warning")


def test_late_shipments_of_ten_and_of_thirty_days() -> None:
    placed = [*orders(100, "2026-09-01"), *orders(50, "2026-09-30", tag="x")]
    named = [lapse(i, d, "late_shipment") for i, d in (("o0", "2026-09-01"), ("x0", "2026-09-30"))]
    account = account_of(placed, named)
    ten, thirty = (one(account, "late_shipment", n) for n in (10, 30))
    assert (ten.n_total, ten.n_bad, ten.state) == (50, 1, "healthy")
    assert (ten.from_on, ten.to_on) == (pd.Timestamp("2026-09-21"), pd.Timestamp("2026-09-30"))
    assert (thirty.n_total, thirty.n_bad) == (150, 2)
    assert thirty.from_on == pd.Timestamp("2026-09-01")
    assert "1 listed order was placed on another day." in ten.note


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


def test_windows_lags_and_targets() -> None:
    table = other_rates(
        account_of([*orders(1, "2026-09-25"), *orders(1, "2026-09-25", US, tag="us")])
    )
    seen = {
        (r.marketplace, r.metric, r.window_days): (
            f"{r.from_on:%m-%d} {r.to_on:%m-%d}",
            r.target,
            r.target_kind,
            r.binding,
        )
        for r in table.itertuples()
    }
    assert seen[DE, "valid_tracking", 30] == ("08-22 09-20", 0.95, "above", True)
    assert seen[DE, "on_time_delivery", 30] == ("08-22 09-20", 0.97, "at least", False)
    assert seen[US, "unit_on_time_delivery", 14] == ("09-10 09-23", 0.9, "at least", True)
    assert seen[DE, "invoice_defects", 7] == ("09-17 09-23", 0.05, "below", True)
    assert (DE, "unit_on_time_delivery", 14) not in seen
    assert (US, "invoice_defects", 7) not in seen


def test_the_invoice_window_is_that_of_the_help_page() -> None:
    rule = next(r for r in RULES if r.metric == "invoice_defects")
    window = rule.window(date(2026, 5, 2))
    assert (window.start, window.end) == (date(2026, 4, 19), date(2026, 4, 25))


def test_india_has_two_windows_and_a_recommendation() -> None:
    table = other_rates(account_of(orders(1, "2026-09-25", IN)))
    mine = table[table.metric == "cancellation"]
    assert mine.window_days.tolist() == [7, 30]
    assert mine.note.str.contains("recommends to stay below 2 %").all()


def test_an_empty_list_is_0_on_the_last_day_and_says_nothing_of_another() -> None:
    file = FileReceipt("list.csv", "cancellation-list")
    placed = orders(50, "2026-09-25")
    account = account_of(placed, files=[file])
    row = one(account, "cancellation", 7)
    assert (row.n_bad, row.n_total, row.rate, row.source) == (0, 50, 0.0, "exports")
    assert "The list names no order." in row.note
    earlier = one(account, "cancellation", 7, as_of="2026-09-29")
    assert (earlier.source, earlier.note) == (
        "unknown",
        "The list at hand is empty, and an empty list has no day.",
    )
    lost = FileReceipt("list.csv", "cancellation-list", rows_read=3, rows_dropped={"x": 3})
    assert one(account_of(placed, files=[lost]), "cancellation", 7).source == "unknown"


def test_a_list_of_other_days_tells_nothing() -> None:
    placed = [*orders(50, "2026-09-25"), *orders(5, "2026-09-01", tag="x")]
    row = one(account_of(placed, [lapse("x0", "2026-09-01")]), "cancellation", 7)
    assert (row.source, row.state) == ("unknown", "no data")
    assert row.note == (
        "The list at hand names orders placed on 1 Sep 2026, so it is not of 23 Sep to 29 Sep 2026."
    )
    assert row.missing.startswith("the cancellation list")


def test_two_lists_may_cover_a_window_together() -> None:
    placed = [*orders(50, "2026-09-20"), *orders(5, "2026-09-28", tag="x")]
    named = [lapse("o0", "2026-09-20", file="a"), lapse("x0", "2026-09-28", file="b")]
    row = one(account_of(placed, named), "cancellation", 7)
    assert (row.source, row.n_bad, row.n_total) == ("exports", 1, 5)


def test_listed_orders_no_export_has_are_named() -> None:
    row = one(
        account_of(orders(50, "2026-09-25"), [lapse("gone", "2026-09-25")]), "cancellation", 7
    )
    assert (row.n_bad, row.n_total) == (0, 50)
    assert "1 listed order is in no order export and not in the rate." in row.note


def test_a_list_is_of_the_store_whose_orders_it_names() -> None:
    placed = [*orders(50, "2026-09-25"), *orders(20, "2026-09-25", "Amazon.fr", tag="fr")]
    account = account_of(placed, [lapse("o0", "2026-09-25")])
    assert one(account, "cancellation", 7).n_bad == 1
    french = one(account, "cancellation", 7, "Amazon.fr")
    assert french.source == "unknown"
    assert "names no order of Amazon.fr" in french.note


def test_the_denominator_does_not_depend_on_the_policy_of_odr() -> None:
    account = account_of(orders(50, "2026-09-25"), [lapse("o0", "2026-09-25")])
    table = account.orders
    table.loc[:9, ["status", "counts", "why_not"]] = ["cancelled", False, "cancelled"]
    table.loc[10, ["counts", "why_not"]] = [False, "multi-channel order"]
    strict = replace(
        bringing(account, orders=lambda: table),
        policy=Policy(count_cancelled_orders=False),
        daily=account.daily.assign(n_orders=39),
    )
    row = one(strict, "cancellation", 7)
    assert (row.n_total, row.n_bad) == (49, 1)


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


def test_orders_that_do_not_reach_the_window_are_said() -> None:
    placed = orders(50, "2026-09-24")
    row = one(account_of(placed, [lapse("o0", "2026-09-24")]), "cancellation", 7)
    assert "The orders begin on 24 Sep 2026, the window on 23 Sep 2026" in row.note
    assert "The orders end on 24 Sep 2026, the window on 29 Sep 2026" in row.note


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


def test_a_recommended_target_is_never_critical() -> None:
    told = snapshot("on_time_delivery", "2026-08-22", "2026-09-20", n_total=7, n_bad=3, target=0.97)
    row = one(account_of(orders(1, "2026-09-25"), snapshots=[told]), "on_time_delivery", 30)
    assert (row.n_bad, row.met, row.state, row.binding) == (4, False, "warning", False)


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


def test_every_rule_says_who_says_so_and_is_of_a_known_metric() -> None:
    assert len({(r.metric, r.window_days, r.stores) for r in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.metric in terms.METRICS
        assert rule.source.endswith(".")
        assert set(rule.stores) <= set(terms.MARKETPLACES)


@given(
    kind=st.sampled_from(["below", "above", "at least"]),
    target=st.sampled_from(["0.025", "0.04", "0.9", "0.95"]),
    n=st.integers(1, 500),
    data=st.data(),
)
def test_one_more_bad_order_never_improves_the_state(
    kind: str, target: str, n: int, data: st.DataObject
) -> None:
    order = ["healthy", "warning", "critical"]
    bad = data.draw(st.integers(0, n - 1))
    now, worse = (
        health_state(kind, Fraction(b if kind == "below" else n - b, n), Fraction(target), True)
        for b in (bad, bad + 1)
    )
    assert order.index(worse) >= order.index(now)


DAYS = [f"2026-09-{d:02}" for d in range(18, 31)]


@settings(max_examples=12, deadline=None)
@given(
    placed=st.lists(
        st.tuples(st.sampled_from(DAYS), st.sampled_from(["mfn", "afn", "unknown"])),
        min_size=1,
        max_size=30,
    ),
    data=st.data(),
)
def test_counts_are_those_of_a_loop_over_the_orders(placed: list, data: st.DataObject) -> None:
    table = [(f"o{i}", day, DE, channel) for i, (day, channel) in enumerate(placed)]
    picked = data.draw(st.lists(st.integers(0, len(placed) - 1), max_size=10))
    named = [
        lapse(f"o{i}", placed[i][0], counts=data.draw(st.booleans()), line=k)
        for k, i in enumerate(picked)
    ]
    account = account_of(table, named)
    row = one(account, "cancellation", 7)
    inside = {
        order_id
        for order_id, day, _, channel in table
        if "2026-09-23" <= day <= "2026-09-29" and channel == "mfn"
    }
    counting = {entry["order_id"] for entry in named if entry["counts"]}
    if row.source == "exports" and len(named):
        assert row.n_total == len(inside)
        assert row.n_bad == len(inside & counting)
    elif row.source == "unknown":
        assert pd.isna(row.n_bad)
    turned = replace(account, lapses=account.lapses.iloc[::-1], daily=account.daily.iloc[::-1])
    pd.testing.assert_series_equal(row, one(turned, "cancellation", 7))


UK = "Amazon.co.uk"


def units(store: str, last: str, n: int, on_time: int) -> dict:
    first = pd.Timestamp(last) - pd.Timedelta(days=13)
    told = snapshot("unit_on_time_delivery", str(first.date()), last, n_total=n, n_bad=on_time)
    return told | {"marketplace": store}


@pytest.mark.parametrize(
    ("store", "last", "n", "on_time", "binding", "state"),
    [
        (US, "2026-09-23", 100, 85, True, "critical"),
        (UK, "2026-09-23", 100, 85, True, "critical"),
        (UK, "2026-09-23", 100, 90, True, "warning"),
        (UK, "2026-02-02", 100, 85, True, "critical"),
        (UK, "2026-02-01", 100, 85, False, "warning"),
        (UK, "2026-09-23", 20, 17, True, "critical"),
        (UK, "2026-09-23", 19, 17, False, "warning"),
        (US, "2026-09-23", 19, 0, False, "warning"),
        (DE, "2026-09-23", 100, 85, False, "warning"),
    ],
)
def test_units_on_time_are_enforced_by_store_day_and_number(
    store: str, last: str, n: int, on_time: int, binding: bool, state: str
) -> None:
    account = account_of(orders(1, "2026-01-25", store), snapshots=[units(store, last, n, on_time)])
    as_of = pd.Timestamp(last) + pd.Timedelta(days=7)
    row = one(account, "unit_on_time_delivery", 14, store, as_of=as_of)
    assert (bool(row.binding), row.state, row.target) == (binding, state, 0.9)
    assert ("from 20 tracked units on" in row.note) == (n < 20)


def test_units_on_time_in_germany_are_a_switch() -> None:
    told = [units(DE, "2026-09-23", 100, 85)]
    on = Policy(enforce_unit_delivery_de=True)
    account = account_of(orders(1, "2026-09-25"), snapshots=told, policy=on)
    row = one(account, "unit_on_time_delivery", 14)
    assert (bool(row.binding), row.state) == (True, "critical")
    before = account_of(
        orders(1, "2026-08-25"), snapshots=[units(DE, "2026-08-31", 100, 85)], policy=on
    )
    row = one(before, "unit_on_time_delivery", 14, as_of="2026-09-07")
    assert (bool(row.binding), row.state) == (False, "warning")
    # Without a report the rate is unknown, and named only where it is enforced.
    metrics = [
        set(other_rates(account_of(orders(1, "2026-09-25"), policy=p)).metric)
        for p in (on, Policy())
    ]
    assert ["unit_on_time_delivery" in m for m in metrics] == [True, False]
