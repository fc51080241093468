"""Rates counted from the lists of Account Health, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from odr_analysis.health.from_lists import Exports, ends, span
from odr_analysis.policy import Policy, Window
from odr_analysis.receipt import FileReceipt
from tests.sources import bringing
from tests.unit.health.made import DE, IN, US, account_of, lapse, one, orders


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


def test_orders_that_do_not_reach_the_window_are_said() -> None:
    placed = orders(50, "2026-09-24")
    row = one(account_of(placed, [lapse("o0", "2026-09-24")]), "cancellation", 7)
    assert "The orders begin on 24 Sep 2026, the window on 23 Sep 2026" in row.note
    assert "The orders end on 24 Sep 2026, the window on 29 Sep 2026" in row.note


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


def test_days_in_words_and_as_stamps() -> None:
    assert span(date(2026, 8, 30), date(2026, 9, 2)) == "30 Aug to 2 Sep 2026"
    first, last = ends(Window(date(2026, 9, 1), date(2026, 9, 30)))
    assert (first.isoformat(), last.isoformat()) == ("2026-09-01T00:00:00", "2026-09-30T00:00:00")


def test_a_listed_order_has_the_day_of_the_list_or_that_of_the_exports() -> None:
    account = account_of(
        orders(2, "2026-09-25"),
        [lapse("o0", "2026-09-24"), lapse("o1", None), lapse("elsewhere", None)],
    )
    listed = Exports(account).listed.set_index("order_id")
    assert [str(day)[:10] for day in listed.day] == ["2026-09-24", "2026-09-25", "NaT"]
    assert listed.placed_on.notna().tolist() == [True, True, False]
    assert listed.channel.tolist() == ["mfn", "mfn", ""]


def test_lists_are_of_the_only_store_that_ships_itself() -> None:
    one = Exports(account_of(orders(1, "2026-09-25"), [lapse("elsewhere", "2026-09-25")]))
    assert one.sellers == (DE,)
    assert one.named("cancellation", DE).order_id.tolist() == ["elsewhere"]
    two = [*orders(1, "2026-09-25"), *orders(1, "2026-09-25", US, tag="u")]
    both = Exports(account_of(two, [lapse("elsewhere", "2026-09-25"), lapse("u0", "2026-09-25")]))
    assert both.named("cancellation", DE).empty
    assert both.named("cancellation", US).order_id.tolist() == ["u0"]


def test_a_store_where_amazon_ships_all_has_no_seller() -> None:
    placed = [*orders(1, "2026-09-25", US, "afn", "u"), *orders(1, "2026-09-25")]
    found = Exports(account_of(placed))
    assert found.no_seller(US)
    assert not found.no_seller(DE)
    assert not found.no_seller(IN), "a store without orders is not known to be Amazon's"


def test_what_orders_do_not_reach_is_said_of_either_end() -> None:
    found = Exports(account_of(orders(1, "2026-09-25")))
    early, late = found.gaps(Window(date(2026, 9, 20), date(2026, 9, 29)))
    assert early.startswith("The orders begin on 25 Sep 2026")
    assert late.startswith("The orders end on 25 Sep 2026")
    assert found.gaps(Window(date(2026, 9, 25), date(2026, 9, 28))) == [], "three quiet days"
