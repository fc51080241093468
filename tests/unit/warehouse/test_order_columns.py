"""Tables of orders as raw columns."""

from __future__ import annotations

from typing import Any

import ibis
import pytest

from odr_analysis.errors import FrameError
from odr_analysis.exports.orders.kinds import NEEDED_CELLS, ORDER_EXPORTS, RAW_COLUMNS
from odr_analysis.exports.text.delimited import plain
from odr_analysis.warehouse.order_columns import OrdersThere, orders_there

ALL_ORDERS = {
    "Amazon_Order_ID": "string",
    "PURCHASE_DATE": "timestamp",
    "order status": "string",
    "fulfilment-channel": "string",
    "sales-channel": "string",
}
API = {
    "AmazonOrderId": "string",
    "PurchaseDate": "string",
    "OrderStatus": "string",
    "FulfillmentChannel": "string",
}


def there(schema: dict[str, str], **given: Any) -> OrdersThere:
    how = {"columns": {}, "engine": "duckdb", "reads_times": True, "marketplace": None, **given}
    return orders_there(ibis.table(schema, name="t"), "t", **how)


def test_columns_are_found_whatever_their_letters():
    found = there(ALL_ORDERS)
    assert found.kind == "archived-orders"
    assert found.raw.columns == RAW_COLUMNS
    assert found.raw.purchased.type().is_timestamp()
    assert found.raw.updated.type().is_string()


def test_orders_of_the_api_and_a_store_known_by_its_id():
    con = ibis.duckdb.connect()
    rows = [("1", "A1PA6795UKMFR9"), ("2", "Amazon.fr"), ("3", None)]
    table = ibis.memtable(
        [("", "", "", *row) for row in rows],
        schema={**dict.fromkeys([*API][1:], "string"), "AmazonOrderId": "string"}
        | {"MarketplaceId": "string"},
    )
    raw = orders_there(
        table, "t", {}, engine="duckdb", reads_times=True, marketplace=None
    ).raw.order_by("order_id")
    assert con.to_pyarrow(raw).column("marketplace").to_pylist() == ["Amazon.de", "Amazon.fr", ""]


def test_lists_of_one_state_are_known_only_by_all_their_columns():
    unshipped = dict.fromkeys(
        ("order-id", "order-item-id", "purchase-date", "promise-date"), "string"
    )
    assert there(unshipped).kind == "unshipped-orders"
    with pytest.raises(FrameError, match="no column 'order-status' for status"):
        there({"order-id": "string", "purchase-date": "string"})


def test_an_engine_that_tries_no_cast_is_given_timestamps_or_refused():
    refused = {"engine": "postgres", "reads_times": False}
    with pytest.raises(FrameError, match=r"'PurchaseDate' is text, .* postgres .*no TRY_CAST"):
        there(API, **refused)
    found = there(ALL_ORDERS, **refused)
    assert found.raw.updated.type().is_timestamp()
    days = there({**ALL_ORDERS, "PURCHASE_DATE": "date"}, **refused)
    assert days.raw.purchased.type().is_timestamp()


def test_a_store_is_not_needed_where_one_is_named():
    without = {name: kind for name, kind in ALL_ORDERS.items() if name != "sales-channel"}
    with pytest.raises(FrameError, match="no column 'sales-channel' for marketplace"):
        there(without)
    assert there(without, marketplace="Amazon.de").raw.columns == RAW_COLUMNS


def test_numbers_of_items_become_text_and_what_is_nested_is_left_out():
    found = there({**ALL_ORDERS, "quantity": "int64", "sku": "array<string>"})
    assert found.raw.quantity.type().is_string()
    assert str(ibis.to_sql(found.raw)).count("quantity") == 2
    assert "t0.sku" not in str(ibis.to_sql(found.raw)).replace('"', "")


def test_a_table_of_a_connector_may_repeat_a_line():
    assert there({**ALL_ORDERS, "_airbyte_raw_id": "string"}).repeats
    assert not there(ALL_ORDERS).repeats
    by_id = {"columns": {"line_id": "item"}}
    assert not there({**ALL_ORDERS, "_airbyte_raw_id": "string", "item": "string"}, **by_id).repeats


def taken(*header: str, **given: Any) -> dict[str, str]:
    """Raw column to that of the table; a cell of this table holds the name of its column."""
    table = ibis.memtable([header], schema=dict.fromkeys(header, "string"))
    how = {"columns": {}, "engine": "duckdb", "reads_times": True, "marketplace": None, **given}
    (cells,) = ibis.duckdb.connect().to_pyarrow(orders_there(table, "t", **how).raw).to_pylist()
    return {raw: cell for raw, cell in cells.items() if cell}


DOCUMENTED = ("Order ID", "purchased", "status", "CHANNEL", "marketplace")


def test_columns_may_be_called_as_documented():
    names = dict(zip(NEEDED_CELLS, DOCUMENTED, strict=True))
    more = {"product_name": "product-name", "promised": "promised", "line_id": "LINE-ID"}
    assert taken(*DOCUMENTED, *more.values()) == names | more
    mixed = ("order_id", "purchase_date", *DOCUMENTED[2:])
    assert taken(*mixed) == dict(zip(NEEDED_CELLS, mixed, strict=True))


def test_a_name_of_amazons_comes_before_the_documented_one():
    own = dict(zip(NEEDED_CELLS, ALL_ORDERS, strict=True))
    assert taken(*ALL_ORDERS, *DOCUMENTED, "updated") == own | {"updated": "updated"}
    sale = ("Order ID", "Date", "Status", "Fulfilment", "Sales Channel")
    assert taken("purchased", "channel", *sale) == dict(zip(NEEDED_CELLS, sale, strict=True))


@pytest.mark.parametrize("export", ORDER_EXPORTS, ids=lambda export: export.kind)
def test_no_kind_of_export_has_a_documented_name_for_something_else(export):
    named = {plain(name): raw for raw, names in export.columns.items() for name in names}
    assert {raw: named.get(plain(raw), raw) for raw in RAW_COLUMNS} == {r: r for r in RAW_COLUMNS}
    found = there(dict.fromkeys(export.needed, "string"), marketplace="Amazon.de")
    assert found.kind in (export.kind, "archived-orders")


def test_of_two_columns_of_one_documented_name_none_is_taken():
    two = (*DOCUMENTED, "purchased ")
    with pytest.raises(FrameError, match="no column 'purchase-date' for purchased; did you mean"):
        taken(*two)
    assert taken(*two, columns={"purchased": "purchased "})["purchased"] == "purchased "


def test_a_column_that_stands_for_another_is_not_taken_by_its_name():
    with pytest.raises(FrameError, match="no column 'fulfillment-channel' for channel"):
        taken("order_id", "purchased", "status", "channel", columns={"marketplace": "channel"})


def test_a_state_that_goes_without_saying_is_that_of_the_table_where_it_has_one():
    unshipped = ("order-id", "order-item-id", "purchase-date", "promise-date", "sales-channel")
    assert taken(*unshipped)["status"] == "Unshipped"
    assert taken(*unshipped, "status")["status"] == "status"
    with pytest.raises(FrameError, match="no column 'order-status' for status"):
        taken("order_id", "line_id", "purchased", "promised")


def test_what_is_missing_may_be_called_as_documented():
    with pytest.raises(FrameError) as error:
        there(dict.fromkeys(("order_id", "bought", "status", "channel"), "string"))
    assert str(error.value) == (
        "2 problems with the given tables:\n"
        "  - t: no column 'purchase-date' for purchased. It has order_id, bought, status, channel. "
        "Call it purchased, or name the column: columns={'orders': {'purchased': ...}}.\n"
        "  - t: no column 'sales-channel' for marketplace. It has order_id, bought, status, "
        "channel. Call it marketplace, or name the column: columns={'orders': {'marketplace': "
        "...}}."
    )
