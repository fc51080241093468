"""Shipments, unshipped orders and lists of late ones as files."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pytest

from odr_analysis.sample.files.folder import Folder
from odr_analysis.sample.files.shipping_files import make_lapses, write_lapses, write_unshipped
from odr_analysis.sample.model.draws import Draws
from odr_analysis.sample.model.orders import DAY, Orders, day_number, make_orders
from odr_analysis.sample.model.scenarios import SETTINGS
from odr_analysis.sample.model.stores import STORES
from tests.unit.sample.written import Written


def test_shipments_and_unshipped_orders_are_those_of_the_order_files(made: Written) -> None:
    newest: dict[str, dict[str, str]] = {}
    for row in made.rows("all-orders"):
        old = newest.get(row["amazon-order-id"])
        if old is None or row["last-updated-date"] >= old["last-updated-date"]:
            newest[row["amazon-order-id"]] = row
    shipments, unshipped = made.rows("fulfilled-shipments"), made.rows("unshipped-orders")
    assert {len(shipments[0]), len(unshipped[0])} == {48, 27}
    assert max(Counter(row["shipment-item-id"] for row in shipments).values()) == 2
    for rows, key, status, channel in (
        (shipments, "amazon-order-id", "Shipped", "Amazon"),
        (unshipped, "order-id", "Unshipped", "Merchant"),
    ):
        assert len(rows) > 1
        for row in rows:
            order = newest[row[key]]
            assert (order["order-status"], order["fulfillment-channel"]) == (status, channel)
            placed, known = (
                datetime.fromisoformat(r["purchase-date"]).timestamp() for r in (row, order)
            )
            assert placed == known
    offset = {"witnesses": "+02:00", "witnesses-us": "-07:00", "witnesses-jp": "+09:00"}
    assert {row["purchase-date"][-6:] for row in shipments} == {offset[made.truth["scenario"]]}


LAST = day_number(date(2026, 9, 30))


@pytest.fixture
def few() -> Orders:
    return make_orders(SETTINGS["witnesses"], 400, 273, date(2026, 9, 30), Draws(6))


def test_lapses_are_of_orders_the_seller_sends(few: Orders) -> None:
    lapses = make_lapses(few, LAST, Draws(1))
    assert lapses.late
    assert not lapses.late.keys() & lapses.cancelled.keys()
    for order in (*lapses.late, *lapses.cancelled):
        assert few.is_mfn[order]
        assert order not in few.not_counted
        assert few.cancelled[order] == (order in lapses.cancelled)


def test_the_list_of_cancellations_is_of_the_seven_days_before_today(few: Orders) -> None:
    lapses = make_lapses(few, LAST, Draws(1))
    lapses.cancelled.clear()
    for order, age in enumerate((0, 1, 7, 8)):
        few.placed_at[order] = (LAST - age) * DAY
        lapses.cancelled[order] = True
    ages = [LAST - int(few.day[i]) for i in lapses.cancelled_on_list(few, LAST)]
    assert sorted(ages) == [1, 7]


def test_a_list_without_a_row_is_no_file(few: Orders, tmp_path: Path) -> None:
    lapses = make_lapses(few, LAST, Draws(1))
    lapses.late.clear()
    lapses.cancelled.clear()
    folder = Folder(tmp_path)
    write_lapses(folder, lapses, few, STORES["Amazon.de"], LAST)
    assert folder.files == []


def test_unshipped_orders_are_paid_and_wait(few: Orders, tmp_path: Path) -> None:
    end = (LAST + 1) * DAY
    few.done_at[:] = few.paid_at
    waiting = int(few.is_mfn.nonzero()[0][0])
    few.done_at[waiting], few.paid_at[waiting] = end, end - 5 * DAY
    few.item_cancelled[:] = False
    folder = Folder(tmp_path)
    write_unshipped(folder, few, STORES["Amazon.de"], LAST)
    (entry,) = folder.files
    text = (tmp_path / entry["file"]).read_text(entry["encoding"])
    header, *rows = (line.split("\t") for line in text.splitlines())
    named = [dict(zip(header, row, strict=True)) for row in rows]
    assert {row["order-id"] for row in named} == {few.ids[waiting]}
    assert {row["days-past-promise"] for row in named} == {"3"}, "28 Sep to 1 Oct in the store"
