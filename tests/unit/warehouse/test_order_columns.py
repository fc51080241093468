"""Tables of orders as raw columns."""

from __future__ import annotations

from typing import Any

import ibis
import pytest

from odr_analysis.errors import FrameError
from odr_analysis.exports.orders.kinds import RAW_COLUMNS
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
