"""Order exports brought to canonical rows, by the careful road."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from odr_analysis.exports.orders.careful import careful_rows
from odr_analysis.exports.orders.engine import engine, lend_cells, raw_orders
from odr_analysis.exports.orders.kinds import ORDER_EXPORTS, RAW_COLUMNS, kind_name
from odr_analysis.exports.orders.ledger import order_ledger
from odr_analysis.exports.orders.packing import canonical_rows
from odr_analysis.exports.text.delimited import split_rows
from tests.downloads import HEADERS, NEW_ORDERS, SALE_REPORT, SHIPMENTS, SHORT, UNSHIPPED, oid
from tests.downloads import order as row
from tests.downloads import table as text_of

EXPORTS = {export.kind: export for export in ORDER_EXPORTS}


def careful(rows, header=SHORT, kind="all-orders", marketplace=None, delimiter="\t"):
    text = rows if isinstance(rows, str) else text_of(rows, header, delimiter=delimiter)
    split = split_rows(text, file="f.txt", delimiter=delimiter, quoted=delimiter != "\t")
    return careful_rows(split, EXPORTS[kind], marketplace)[:4]


@pytest.mark.parametrize("variant", HEADERS)
def test_every_variant_gives_the_same_row(variant):
    frame, dropped, notes, pattern = careful([row(7)], HEADERS[variant])
    assert frame.columns.tolist() == list(RAW_COLUMNS)
    first = frame.iloc[0]
    assert first[:11].tolist() == [
        oid(7),
        *("2026-05-01T10:00:00", "2026-05-01T10:00:00"),
        *("Shipped", "Merchant", "Amazon.de", "L-1", "B000000001", "Lamp", "1", "Shipped"),
    ]
    assert first[11:][first[11:] != ""].to_dict() == {"currency": "EUR"}
    assert (dropped, notes, pattern) == ({}, [], "y-m-d")
    assert (frame.dtypes == "str").all()


@pytest.mark.parametrize(
    ("kind", "header", "cells", "want"),
    [
        (
            "unshipped-orders",
            UNSHIPPED,
            {"reporting-date": "2026-05-03T09:00:00+02:00", "quantity-purchased": "2"},
            ("2026-05-03T07:00:00", "Unshipped", "Merchant", "", "2"),
        ),
        (
            "new-orders",
            NEW_ORDERS,
            {"payments-date": "2026-05-01T05:18:23-07:00", "sales-channel": "Amazon.com"},
            ("2026-05-01T12:18:23", "Unshipped", "Merchant", "Amazon.com", ""),
        ),
        (
            "fulfilled-shipments",
            SHIPMENTS,
            {
                "amazon-order-id": oid(1),
                "reporting-date": "2026-05-02T00:00:00+09:00",
                "fulfillment-channel": "AFN",
                "sales-channel": "Amazon.co.jp",
                "quantity-shipped": "3",
            },
            ("2026-05-01T15:00:00", "Shipped", "AFN", "Amazon.co.jp", "3"),
        ),
    ],
)
def test_other_exports_fill_in_what_goes_without_saying(kind, header, cells, want):
    first = {"order-id": oid(1), "purchase-date": "2026-05-01T01:30:00+09:00", **cells}
    frame, *_ = careful([first], header, kind)
    assert frame.order_id.tolist() == [oid(1)]
    assert frame.purchased.tolist() == ["2026-04-30T16:30:00"]
    found = frame[["updated", "status", "channel", "marketplace", "quantity"]]
    assert tuple(found.iloc[0]) == want


def test_the_engine_reads_only_the_columns_of_orders_for_the_ledger(tmp_path):
    header, path = HEADERS["32 columns"], tmp_path / "a.txt"
    path.write_text(text_of([row(1)], header))
    export = EXPORTS["all-orders"]
    with engine(tmp_path) as con:
        lend_cells(con, "cells", [path], len(header))
        raw = raw_orders("cells", header, export)
        ledger = con.compile(order_ledger(canonical_rows(raw, 3)))
        (plan,) = (text for _, text in con.raw_sql(f"EXPLAIN {ledger}").fetchall())
    read = {header[int(n)] for n in re.findall(r"\bc(\d+)\b", plan[plan.rindex("READ_CSV") :])}
    assert read == {*export.needed, "last-updated-date"}


def sale(n: int, day: str) -> dict[str, str]:
    return {
        "Order ID": oid(n, "405"),
        "Date": day,
        "Status": "Shipped - Delivered to Buyer",
        "Fulfilment": "Merchant",
        "Sales Channel ": "Amazon.in",
        "Qty": "1",
    }


def test_the_sale_report_with_two_date_styles_as_a_spreadsheet_leaves_it():
    days = ["04-30-22", "05-03-2022", "04-05-22"]
    frame, dropped, notes, pattern = careful(
        [sale(i, d) for i, d in enumerate(days)], SALE_REPORT, "amazon-sale-report", delimiter=","
    )
    # A day alone stands at noon, which is the same day in every store's time zone.
    assert frame.purchased.tolist() == [
        "2022-04-30T12:00:00",
        "2022-05-03T12:00:00",
        "2022-04-05T12:00:00",
    ]
    assert frame.updated.tolist() == [f"{d[:10]}T00:00:00" for d in frame.purchased]
    assert (dropped, pattern) == ({}, "m-d-y")
    assert "dates are month/day/year, though day/month/year was expected" in notes[0]


def test_days_that_could_be_either_follow_the_marketplace_and_say_so():
    rows = [sale(1, "04-05-22"), sale(2, "03-05-22"), sale(3, "04-05-22")]
    read = [
        careful(rows, SALE_REPORT, "amazon-sale-report", store, ",")[0].purchased[0][:10]
        for store in (None, "Amazon.com", "Amazon.in")
    ]
    assert read == ["2022-05-04", "2022-04-05", "2022-05-04"]
    unnamed = [{**r, "Sales Channel ": ""} for r in rows]
    *_, notes, _ = careful(unnamed, SALE_REPORT, "amazon-sale-report", None, ",")
    assert "day and month could not be told apart" in notes[0]
    assert "--marketplace" in notes[0]


@pytest.mark.parametrize(
    ("updates", "why"),
    [
        # 14 can be no month, so the file writes the month first.
        (["1/14/2026 9:00", "3/5/2026 9:00"], "as column 'last-updated-date' is written"),
        # As 3 January and later these purchases would come after their updates.
        (["2026-01-09T09:00:00+00:00", "2026-03-05T09:00:00+00:00"], "changed before placed"),
    ],
)
def test_purchases_left_open_are_settled_by_the_column_beside_them(updates, why):
    rows = [
        row(1, **{"purchase-date": "1/3/2026 12:00", "last-updated-date": updates[0]}),
        row(2, **{"purchase-date": "3/2/2026 12:00", "last-updated-date": updates[1]}),
    ]
    frame, _, notes, pattern = careful(rows, marketplace="Amazon.de")
    assert frame.purchased.str[:10].tolist() == ["2026-01-03", "2026-03-02"]
    assert pattern == "m/d/y"
    assert any(why in note for note in notes)


def test_purchases_left_open_by_every_column_follow_the_store():
    rows = [row(1, **{"purchase-date": "1/3/2026", "last-updated-date": "2/3/2026"})]
    frame, *_ = careful(rows, marketplace="Amazon.de")
    assert frame.purchased.str[:10].tolist() == ["2026-03-01"]


def test_an_order_of_day_and_month_settled_by_purchases_holds_for_updates():
    rows = [row(1, "4/30/2026 10:00", last__updated__date="5/6/2026 10:00")]
    frame, *_ = careful(rows)
    assert frame.updated.tolist() == ["2026-05-06T00:00:00"]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"amazon-order-id": "1.13123E+16"}, "order id in scientific notation"),
        ({"amazon-order-id": ""}, "order id missing"),
        ({"amazon-order-id": "12-34"}, "order id malformed"),
        ({"purchase-date": "someday"}, "unreadable date"),
        ({"purchase-date": ""}, "unreadable date"),
        ({"purchase-date": "2026-02-31T10:00:00+00:00"}, "unreadable date"),
        ({"purchase-date": "2026-13-01T10:00:00+00:00"}, "unreadable date"),
        ({"purchase-date": "1970-01-01T00:00:00+00:00"}, "unreadable date"),
        ({"purchase-date": "2090-02-01"}, "unreadable date"),
        ({"purchase-date": "9999-12-31T00:00:00+00:00"}, "unreadable date"),
        ({"purchase-date": "########"}, "unreadable date"),
    ],
)
def test_rows_that_cannot_be_used_are_dropped_with_reason_and_line(cells, reason):
    frame, dropped, _, _ = careful([row(1), {**row(2), **cells}, row(3), {**row(4), **cells}])
    assert frame.order_id.tolist() == [oid(1), oid(3)]
    assert dropped == {reason: [3, 5]}


@pytest.mark.parametrize("when", ["yesterday", "9999-01-01T00:00:00+00:00", "2026-02-31T10:00:00Z"])
def test_an_unreadable_update_loses_no_row(when):
    frame, dropped, notes, _ = careful([row(1, last__updated__date=when)])
    assert (frame.updated.tolist(), dropped) == ([""], {})
    assert any(
        n.startswith("1 unreadable date(s) in last-updated-date; these rows are taken as last cha")
        for n in notes
    )


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2026-05-01T10:00:00+00:00", "2026-05-01T10:00:00"),
        ("2026-05-01T10:00:00Z", "2026-05-01T10:00:00"),
        ("2026-05-01T10:00:00.999Z", "2026-05-01T10:00:00"),
        ("2026-05-01 10:00:00 UTC", "2026-05-01T10:00:00"),
        ("2026-05-01T10:00", "2026-05-01T10:00:00"),
        ("2026-05-01T10:00:00-0730", "2026-05-01T17:30:00"),
        ("2026-05-01T02:00:00+09:00", "2026-04-30T17:00:00"),
        ("2026-05-01", "2026-05-01T12:00:00"),
        ("01/05/2026 23:59", "2026-05-01T12:00:00"),
        ("1. Mai 2026", "2026-05-01T12:00:00"),
        ("  2026-05-01T10:00:00Z ", "2026-05-01T10:00:00"),
    ],
)
def test_times_in_other_forms(written, utc):
    frame, dropped, *_ = careful([row(1, written, last__updated__date="")])
    assert (frame.purchased.tolist(), dropped) == ([utc], {})


def test_ragged_rows():
    lines = text_of([row(i) for i in range(5)]).splitlines()
    cut_after_channel = lines[1].split("\t")[:7]
    text = "\n".join(
        [
            lines[0],
            "\t".join(cut_after_channel),
            "\t".join(cut_after_channel[:6]),
            lines[3] + "\textra",
            lines[4].rstrip("\t"),
        ]
    )
    frame, dropped, notes, _ = careful(text)
    assert frame.order_id.tolist() == [oid(0), oid(2), oid(3)]
    assert dropped == {"too few cells": [3]}
    assert notes == [
        "1 row(s) have more cells than the header's 29 columns (line 4); the extra cells are "
        "left out."
    ]


def test_a_missing_last_cell_is_an_empty_one_where_the_export_can_do_without():
    # The sales channel is the last column of the new orders.
    text = text_of([{"order-id": oid(1), "purchase-date": "2026-05-01T10:00:00Z"}], NEW_ORDERS)
    frame, dropped, *_ = careful(text.replace("\t\n", "\n"), kind="new-orders")
    assert (frame.marketplace.tolist(), dropped) == ([""], {})


def test_cells_are_trimmed_and_ids_mended():
    cells = row(f'="{oid(1)}"', order__status=" Shipped ", sales__channel="Amazon.de ")
    frame, *_ = careful([cells])
    assert frame.iloc[0][["order_id", "status", "marketplace"]].tolist() == [
        oid(1),
        "Shipped",
        "Amazon.de",
    ]


def test_nothing_but_a_header():
    frame, dropped, notes, _ = careful([])
    assert isinstance(frame, pd.DataFrame)
    assert (len(frame), dropped, notes) == (0, {}, [])


def test_archived_orders_are_named_as_such():
    export = EXPORTS["all-orders"]
    assert kind_name(export, SHORT) == "all-orders"
    assert kind_name(export, HEADERS["archived"]) == "archived-orders"
    assert kind_name(EXPORTS["new-orders"], NEW_ORDERS) == "new-orders"
