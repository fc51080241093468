"""Lines of items add up where they are parts, and are there once where they are copies."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from odr_analysis import archive_folder, load_account
from tests.downloads import SHIPMENTS, UNSHIPPED, oid, table
from tests.unit.exports.orders.made_items import (
    AT,
    HEADER,
    TWO,
    all_orders,
    by_the_careful_road,
    load,
    sent,
    waiting,
)


def totals(folder: Path, files: dict[str, str]) -> list[list[float]]:
    """Quantity and price of each item, which an archive of the folder has too."""
    found = load(folder / "in", files).items
    archive_folder(folder / "in", folder / "store", "2026-06-01")
    pd.testing.assert_frame_equal(load_account(folder / "store", cache=None).items, found)
    return found[["quantity", "price"]].to_numpy(dtype=float).tolist()


@pytest.mark.parametrize("road", [str, by_the_careful_road])
@pytest.mark.parametrize(
    ("files", "want"),
    [
        ([TWO], [3, 59.7]),
        ([[TWO[0], TWO[0]]], [2, 39.8]),
        ([TWO, TWO], [3, 59.7]),
        # An older state of the order is not added, nor what a cancelled line was.
        ([TWO, [all_orders(1, "2026-05-02T08:00:00+00:00", quantity="9")]], [3, 59.7]),
        (
            [TWO, [r | {"last-updated-date": "2026-05-09T00:00:00+00:00"} for r in TWO[:1]]],
            [1, 19.9],
        ),
    ],
)
def test_lines_of_one_sku_add_up_and_equal_rows_of_two_files_do_not(tmp_path, road, files, want):
    texts = {f"{i}.txt": road(table(rows, HEADER)) for i, rows in enumerate(files)}
    assert totals(tmp_path, texts) == [pytest.approx(want)]


def shipped(part: str, reported: str, **cells: str) -> dict[str, str]:
    return sent(1, reported, shipment__item__id=part, **cells)


ONE, OTHER = (
    shipped("A", "2026-05-06T08:00:00+00:00", quantity__shipped="1", item__price="19.90"),
    shipped("B", "2026-05-08T08:00:00+00:00", quantity__shipped="2", item__price="39.80"),
)


@pytest.mark.parametrize(
    ("files", "want"),
    [
        ({"a": [ONE]}, [1, 19.9]),
        ({"a": [ONE, OTHER]}, [3, 59.7]),
        ({"a": [ONE], "b": [OTHER]}, [3, 59.7]),
        ({"a": [ONE, OTHER], "b": [OTHER]}, [3, 59.7]),
        # Amazon repeats rows of one shipment.
        ({"a": [ONE, ONE, OTHER]}, [3, 59.7]),
        # Told anew, a shipment is as the newer report has it.
        ({"a": [ONE], "b": [shipped("A", "2026-05-09T08:00:00+00:00")]}, [2, 39.8]),
    ],
)
def test_shipments_add_up_whatever_file_they_are_in(tmp_path, files, want):
    texts = {f"{name}.txt": table(rows, SHIPMENTS) for name, rows in files.items()}
    assert totals(tmp_path, texts) == [pytest.approx(want)]


def test_a_part_that_was_sent_is_not_the_whole_line(tmp_path):
    whole = table([all_orders(1, AT, quantity="3") | {"item-price": "59.70"}], HEADER)
    for n, parts in enumerate(([ONE], [OTHER], [ONE, OTHER])):
        texts = {"all.txt": whole, "sent.txt": table(parts, SHIPMENTS)}
        assert totals(tmp_path / str(n), texts) == [pytest.approx([3, 59.7])]


def test_lines_with_ids_are_there_once(tmp_path):
    one = waiting(1, AT, order__item__id="5", quantity__purchased="1")
    two = waiting(1, AT, order__item__id="6", quantity__purchased="2")
    found = load(tmp_path, {"open.txt": table([one, one, two], UNSHIPPED)}).items
    assert found.quantity.tolist() == [3]


def order_of_api(*items: dict[str, Any], updated: str = AT) -> dict[str, Any]:
    return {
        "AmazonOrderId": oid(1),
        "PurchaseDate": "2026-05-01T10:00:00Z",
        "LastUpdateDate": updated,
        "OrderStatus": "Shipped",
        "FulfillmentChannel": "MFN",
        "SalesChannel": "Amazon.de",
        "OrderItems": list(items),
    }


def item_of_api(line: str, quantity: int, price: str, sku: str = "L-1") -> dict[str, Any]:
    named = {"OrderItemId": line} if line else {}
    amount = {"CurrencyCode": "EUR", "Amount": price}
    return named | {"SellerSKU": sku, "QuantityOrdered": quantity, "ItemPrice": amount}


@pytest.mark.parametrize("ids", [("7", "8"), ("", "")])
@pytest.mark.parametrize("copies", [1, 2])
def test_an_order_on_two_pages_of_the_orders_api_has_its_lines_once(tmp_path, ids, copies):
    # Two equal lines, and one of another SKU that the second page gives first.
    lines = [*(item_of_api(line, 1, "19.90") for line in ids), item_of_api("", 4, "8", "L-2")]
    pages = [{"Orders": [order_of_api(*lines)]}, {"Orders": [order_of_api(*lines[::-1])]}]
    found = totals(tmp_path, {"o.json": json.dumps(pages[:copies])})
    assert found == [pytest.approx([2, 39.8]), [4, 8]]


def test_a_newer_state_of_an_order_on_a_later_page_replaces_its_lines(tmp_path):
    before = order_of_api(item_of_api("7", 1, "19.90"), item_of_api("8", 2, "39.80"))
    after = order_of_api(item_of_api("7", 1, "19.90"), updated="2026-05-09T08:00:00Z")
    text = json.dumps([{"Orders": [before]}, {"Orders": [after]}])
    assert totals(tmp_path, {"o.json": text}) == [pytest.approx([1, 19.9])]


def raw_table(rows: list[dict[str, Any]]) -> str:
    header = ["_airbyte_ab_id", "_airbyte_emitted_at", "_airbyte_data"]
    cells = [
        {header[0]: f"id-{n}", header[1]: f"{n}", header[2]: json.dumps(row)}
        for n, row in enumerate(rows)
    ]
    return csv_of(header, cells)


def csv_of(header: list[str], rows: list[dict[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, header, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("copies", [1, 2])
@pytest.mark.parametrize(
    "written",
    [
        raw_table,
        lambda rows: csv_of(
            ["_airbyte_raw_id", *HEADER], [r | {"_airbyte_raw_id": n} for n, r in enumerate(rows)]
        ),
        lambda rows: raw_table(
            [order_of_api(item_of_api("7", 1, "19.90"), item_of_api("8", 2, "39.80"))]
            * (len(rows) // 2)
        ),
    ],
    ids=["raw", "typed", "raw of the API"],
)
def test_what_a_connector_fetched_twice_is_there_once(tmp_path, written, copies):
    rows = [{name: row.get(name, "") for name in HEADER} for row in TWO]
    assert totals(tmp_path, {"o.csv": written(rows * copies)}) == [pytest.approx([3, 59.7])]


@pytest.mark.parametrize("copies", [1, 2])
def test_a_warehouse_table_without_line_ids_has_equal_rows_once(tmp_path, copies):
    rows = [
        {k: v for k, v in order_of_api().items() if k != "OrderItems"}
        | {"SellerSKU": "L-1", "QuantityOrdered": n, "ItemPrice": price}
        for n, price in ((1, "19.90"), (2, "39.80"))
    ]
    text = csv_of(list(rows[0]), rows * copies)
    assert totals(tmp_path, {"o.csv": text}) == [pytest.approx([3, 59.7])]
