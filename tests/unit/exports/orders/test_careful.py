"""The careful road: every cell looked at, every line accounted for."""

from __future__ import annotations

from datetime import date

from odr_analysis.exports.orders.careful import careful_rows
from odr_analysis.exports.orders.kinds import LOADED_COLUMNS, ORDER_EXPORTS
from odr_analysis.exports.text.delimited import split_rows

ALL_ORDERS = ORDER_EXPORTS[0]
HEADER = "\t".join(
    (
        *("amazon-order-id", "purchase-date", "last-updated-date"),
        *("order-status", "fulfillment-channel", "sales-channel"),
    )
)


def read(*rows, today=None, header=HEADER):
    text = "\n".join([header, *("\t".join(row) for row in rows)]) + "\n"
    table = split_rows(text, file="f.txt", delimiter="\t", quoted=False)
    return careful_rows(table, ALL_ORDERS, None, LOADED_COLUMNS, today)


def row(n, purchased, updated="", store="Amazon.de"):
    return (f"113-0000000-{n:07d}", purchased, updated, "Shipped", "Merchant", store)


def test_each_row_is_kept_or_dropped_for_its_first_fault():
    cells, dropped, *_ = read(
        row(1, "2026-05-01T10:00:00+00:00"),
        ("x", "2026-05-01T10:00:00+00:00", "", "Shipped", "Merchant", ""),
        row(2, "someday"),
        ("113-0000000-0000003", "2026-05-01T10:00:00+00:00", "", "Shipped"),
    )
    assert cells.order_id.tolist() == ["113-0000000-0000001"]
    assert dropped == {"order id malformed": [3], "too few cells": [5], "unreadable date": [4]}


def test_days_are_read_in_the_order_of_the_store():
    cells, _, _, pattern, furthest = read(row(1, "5/9/2026"), row(2, "6/9/2026"))
    assert cells.purchased.tolist() == ["2026-09-05T12:00:00", "2026-09-06T12:00:00"]
    assert (pattern, furthest) == ("d/m/y", date(2026, 9, 6)), "noon, so that it stays that day"
    american, *_ = read(row(1, "5/9/2026", store="Amazon.com"))
    assert american.purchased.tolist() == ["2026-05-09T12:00:00"]


def test_no_order_is_placed_after_today():
    cells, _, notes, *_ = read(row(1, "5/9/2026"), today=date(2026, 6, 1))
    assert cells.purchased.tolist() == ["2026-05-09T12:00:00"]
    assert any("would be after today" in note for note in notes)


def test_offsets_are_brought_to_utc_and_serial_times_read():
    cells, _, notes, *_ = read(row(1, "2026-05-01T23:30:00-07:00"), row(2, "46143.5"))
    assert cells.purchased.tolist() == ["2026-05-02T06:30:00", "2026-05-01T12:00:00"]
    assert any("spreadsheet day number(s) with a time" in note for note in notes)


def test_an_update_that_cannot_be_read_is_noted():
    cells, dropped, notes, *_ = read(row(1, "2026-05-01T10:00:00Z", "later"))
    assert (dropped, cells.updated.tolist()) == ({}, [""])
    assert any(note.startswith("1 unreadable date(s) in last-updated-date") for note in notes)
