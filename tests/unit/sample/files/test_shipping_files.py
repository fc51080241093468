"""Shipments, unshipped orders and lists of late ones as files."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

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
