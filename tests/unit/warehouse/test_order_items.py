"""Order items beside orders: what was ordered, as a file of the Orders API gives it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ibis
import pandas as pd
import pyarrow as pa
import pytest

from odr_analysis import Account, load_account, load_tables
from odr_analysis.errors import FrameError
from odr_analysis.exports.orders.kinds import RAW_COLUMNS
from odr_analysis.warehouse.connection import Warehouse
from odr_analysis.warehouse.order_items import items_there
from tests.downloads import oid
from tests.warehouse import plain_orders


@pytest.fixture
def con() -> Iterator[ibis.BaseBackend]:
    con = ibis.duckdb.connect()
    yield con
    con.disconnect()


def orders() -> list[dict[str, Any]]:
    return [
        {
            "AmazonOrderId": oid(n),
            "PurchaseDate": f"2026-05-{1 + n % 9:02d}T10:00:00Z",
            "LastUpdateDate": "2026-05-12T10:00:00Z",
            "OrderStatus": "Shipped",
            "FulfillmentChannel": "MFN",
            "SalesChannel": "Amazon.de",
            "LatestShipDate": "2026-05-20T10:00:00Z",
        }
        for n in range(30)
    ]


def items() -> list[dict[str, Any]]:
    """One item of each order but the last, of every third two of one SKU and one of another."""
    found = []
    for n in range(29):
        for line, sku in enumerate(["A", "A", "B"] if n % 3 == 0 else ["A"]):
            found.append(
                {
                    "AmazonOrderId": oid(n),
                    "OrderItemId": f"{n}-{line}",
                    "SellerSKU": f"L-{sku}",
                    "ASIN": f"B00000000{sku}",
                    "Title": "Lamp",
                    "QuantityOrdered": 1 + n % 2,
                    "ItemPrice": {"CurrencyCode": "EUR", "Amount": "19.90"},
                }
            )
    return found


def account_of_file(folder: Path) -> Account:
    by_order: dict[str, list[Any]] = {}
    for item in items():
        by_order.setdefault(item["AmazonOrderId"], []).append(item)
    told = [{**o, "OrderItems": by_order.get(o["AmazonOrderId"], [])} for o in orders()]
    folder.mkdir()
    (folder / "orders.json").write_text(json.dumps({"payload": {"Orders": told}}), "utf-8")
    write_claims(folder)
    return load_account(folder, cache=None)


CLAIMS = pd.DataFrame({"order id": [oid(3)], "claim date": "2026-05-20", "status": "granted"})


def write_claims(folder: Path) -> None:
    CLAIMS.to_csv(folder / "claims.csv", index=False)


def airbyte(con: ibis.BaseBackend, price: str) -> dict[str, str]:
    """With what is fetched again added: an order and its items as they were before."""
    before = [{**orders()[0], "LastUpdateDate": "2026-05-02T10:00:00Z", "OrderStatus": "Unshipped"}]
    con.create_table("orders", pa.Table.from_pylist([*orders(), *before, *orders()[:2]]))
    rows = [{**item, "LastUpdateDate": "2026-05-12T10:00:00Z"} for item in items()]
    old = {"LastUpdateDate": "2026-05-02T10:00:00Z", "QuantityOrdered": 9}
    rows += [{**rows[0], **old}, rows[1], {**rows[0], "AmazonOrderId": oid(900)}]
    if price != "structs":
        rows = [{**row, "ItemPrice": json.dumps(row["ItemPrice"])} for row in rows]
    con.create_table("order_items", pa.Table.from_pylist(rows))
    if price == "json":
        con.raw_sql("""ALTER TABLE order_items ALTER "ItemPrice" TYPE JSON""")
    return {"connector": "airbyte"}


def fivetran(con: ibis.BaseBackend) -> dict[str, str]:
    names = {"OrderItemId": "order_item_id", "SellerSKU": "seller_sku", "ASIN": "asin"}
    names |= {"AmazonOrderId": "amazon_order_id", "PurchaseDate": "purchase_date"}
    names |= {"LastUpdateDate": "last_update_date", "OrderStatus": "order_status"}
    names |= {"FulfillmentChannel": "fulfillment_channel", "SalesChannel": "sales_channel"}
    names |= {"LatestShipDate": "latest_ship_date", "Title": "title"}
    names |= {"QuantityOrdered": "quantity_ordered"}
    con.create_table("orders", pd.DataFrame(orders()).rename(columns=names))
    told = pd.DataFrame(items()).drop(columns="ItemPrice").rename(columns=names)
    told = told.assign(item_price_amount=19.9, item_price_currency_code="EUR")
    con.create_table("order_item", told.assign(_fivetran_deleted=False))
    return {"connector": "fivetran"}


@pytest.mark.parametrize("landed", ["airbyte text", "airbyte json", "airbyte structs", "fivetran"])
def test_items_are_those_of_the_file(con, tmp_path, landed):
    one = account_of_file(tmp_path / "files")
    connector, _, price = landed.partition(" ")
    names = airbyte(con, price) if connector == "airbyte" else fivetran(con)
    con.create_table("cases", CLAIMS)
    other = load_tables(con, claims="cases", **names)
    for name in ("daily", "defective", "orders", "items"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), obj=name)
    assert (len(other.orders), len(other.items)) == (30, 40)
    assert int(other.daily.n_orders.sum()) == 30
    receipt = other.receipt.files[1]
    n = len(items()) + (3 if connector == "airbyte" else 0)
    assert (receipt.kind, receipt.rows_read, receipt.rows_kept) == ("order-items", n, n)
    alone = ("1 row left out: the orders have none of their ids.",)
    assert receipt.notes == (alone if connector == "airbyte" else ())


def test_orders_that_have_items_keep_theirs_beside_a_connectors_table(con):
    con.create_table("sold", plain_orders().assign(sku="mine", quantity="1"))
    con.create_table("order_item", pd.DataFrame({"amazon_order_id": [oid(1)], "seller_sku": "x"}))
    account = load_tables(con, orders="sold", connector="fivetran")
    assert set(account.items.sku) == {"mine"}
    assert [f.file for f in account.receipt.files] == ["sold"]
    named = load_tables(con, orders="sold", order_items="order_item", connector="fivetran")
    assert set(named.items.sku) == {"x", ""}


def test_a_line_is_as_it_was_updated_last_and_rows_of_no_order_are_counted(con):
    cells = [
        ("2026-05-09T10:00:00Z", "3"),
        ("2026-05-10T09:00:00+02:00", "2"),
        ("2026-05-10T06:00:00Z", "1"),
    ]
    told = [{"updated": at, "quantity": n, "order_id": oid(1), "sku": "L-1"} for at, n in cells]
    lines = pd.DataFrame([*told, {**told[0], "order_id": oid(99)}]).assign(line_id="7")
    con.create_table("lines", lines)
    con.create_table("orders", pd.DataFrame({"order_id": [oid(1), oid(2)]}))
    columns = {name: name for name in lines}
    there = Warehouse(con)
    found = items_there(there, con.table("lines"), "lines", columns, con.table("orders"))
    assert (found.repeats, found.receipt.rows_read) == (False, 4)
    assert found.receipt.notes == ("1 row left out: the orders have none of their ids.",)
    raw = pd.DataFrame("", index=[0, 1], columns=list(RAW_COLUMNS), dtype="str")
    rows = found.beside(raw.assign(order_id=[oid(1), oid(2)]), there)
    assert rows[["order_id", "sku", "quantity"]].values.tolist() == [
        [oid(1), "L-1", "2"],
        [oid(2), "", ""],
    ]


def test_lines_without_an_id_that_are_equal_are_one(con):
    con.create_table("orders", plain_orders(2))
    line = {"amazon-order-id": oid(1), "sku": "L-1", "quantity": 2, "item-price": "1.234,50"}
    con.create_table("lines", pd.DataFrame([line, line, {**line, "amazon-order-id": oid(0)}]))
    account = load_tables(con, orders="orders", order_items="lines")
    assert account.items.quantity.tolist() == [2, 2]
    assert account.items.price.tolist() == [1234.5, 1234.5]


def test_columns_that_are_missing_are_named(con):
    con.create_table("orders", plain_orders(2))
    con.create_table("lines", pd.DataFrame({"ref": [oid(1)], "article": ["L-1"]}))
    with pytest.raises(FrameError, match=r"(?s)'AmazonOrderId' for order_id.*'SellerSKU' for sku"):
        load_tables(con, orders="orders", order_items="lines")
    columns = {"order_items": {"order_id": "ref", "sku": "article"}}
    account = load_tables(con, orders="orders", order_items="lines", columns=columns)
    assert account.items.sku.tolist() == ["", "L-1"]
