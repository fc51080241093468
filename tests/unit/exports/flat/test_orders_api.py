"""Orders of the Orders API in JSON as a table."""

from __future__ import annotations

import json

from odr_analysis.exports.files.scan import scan
from odr_analysis.exports.flat import orders_api
from odr_analysis.exports.flat.orders_api import HEADER, next_page, orders_in, rows_of, store_name

OLD = {
    "AmazonOrderId": "113-1234567-7654321",
    "PurchaseDate": "2026-05-01T10:00:00Z",
    "OrderStatus": "Shipped",
    "FulfillmentChannel": "MFN",
    "MarketplaceId": "A1PA6795UKMFR9",
}
NEW = {
    "orderId": "113-1234567-7654321",
    "createdTime": "2026-05-01T10:00:00Z",
    "salesChannel": {"channelName": "AMAZON", "marketplaceId": "A1PA6795UKMFR9"},
    "fulfillment": {"fulfillmentStatus": "PARTIALLY_SHIPPED", "fulfilledBy": "MERCHANT"},
}


def named(order):
    return [dict(zip(HEADER, row, strict=True)) for row in rows_of(order)]


def test_both_versions_give_the_same_columns():
    (old,), (new,) = named(OLD), named(NEW)
    same = ("AmazonOrderId", "PurchaseDate", "SalesChannel")
    assert [old[c] for c in same] == [new[c] for c in same]
    assert (old["SalesChannel"], new["OrderStatus"]) == ("Amazon.de", "PARTIALLYSHIPPED")


def test_items_without_an_id_are_numbered_within_their_sku():
    items = [{"SellerSKU": "A"}, {"SellerSKU": "B"}, {"SellerSKU": "A"}, {"OrderItemId": 7}]
    rows = named(OLD | {"OrderItems": items})
    assert [r["OrderItemId"] for r in rows] == ["item 1", "item 1", "item 2", "7"]


def test_whatever_wraps_the_orders_and_what_is_none(tmp_path):
    assert list(orders_in([{"payload": {"Orders": [OLD]}}, OLD])) == [OLD, OLD]
    assert list(orders_in(["x"])) == [{}], "an entry that is not an order is a row to drop"
    path = tmp_path / "f.json"
    path.write_text(json.dumps({"payload": {"Orders": [OLD], "NextToken": "t"}}))
    table = orders_api.table(scan("f.json", path))
    assert len(list(table.rows)) == 1
    assert "the last page names a next one" in table.notes(1)[1]


def test_pages_and_stores():
    assert next_page([{"Orders": []}, {"Orders": [], "NextToken": "t"}])
    assert not next_page([])
    assert store_name("Amazon.fr", "A1PA6795UKMFR9") == "Amazon.fr"
    assert store_name("", "nobody's") == ""
    assert not orders_api.looks_like('{"FinancialEvents": {"AmazonOrderId": 1}}')
