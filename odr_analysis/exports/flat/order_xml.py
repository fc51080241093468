"""Orders in XML: the All Orders report, the order report (OrderReport) and ListOrders pages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from odr_analysis.exports.files.scan import Scan
from odr_analysis.exports.flat.orders_api import store_name
from odr_analysis.exports.flat.table import TableOf, numbered, one_line
from odr_analysis.exports.flat.xml_records import Element, records
from odr_analysis.exports.orders.traces import alias_store

_ORDER = re.compile(r"<(?:\w+:)?Order>\s*(?:<[^>]*>[^<]*</[^>]*>\s*)*?<(?:\w+:)?AmazonOrderI[dD]>")
_REPORT = re.compile(r"<(?:\w+:)?OrderReport>")

ALL_ORDERS = (
    *("amazon-order-id", "purchase-date", "last-updated-date", "order-status"),
    *("fulfillment-channel", "sales-channel", "ship-service-level", "sku", "asin", "product-name"),
    *("item-status", "quantity", "currency", "item-price", "ship-city", "ship-state"),
    *("ship-postal-code", "ship-country", "buyer-email"),
)
"""Columns of the flat file All Orders that the XML has too."""

NEW_ORDERS = (
    *("order-id", "order-item-id", "purchase-date", "payments-date", "buyer-email", "sku"),
    *("product-name", "quantity-purchased", "currency", "item-price", "ship-service-level"),
    *("ship-city", "ship-state", "ship-postal-code", "ship-country", "sales-channel"),
)
"""Columns of the flat file New Orders that the order report has too."""

_NO_ITEM = Element()


def looks_like(head: str) -> bool:
    """Whether a file is one of the three."""
    start = head.lstrip("\ufeff \t\r\n")
    return start.startswith("<") and bool(_ORDER.search(head) or _REPORT.search(head))


def table(found: Scan) -> TableOf:
    """The orders as rows of the flat file with the same data, one row per item."""
    read = {"file": found.file, "encoding": found.encoding}
    if _REPORT.search(found.head):
        orders = records(found.path, {"orderreport"}, **read)
        return TableOf(NEW_ORDERS, _report_rows(orders), notes=numbered("items of an order report"))
    orders = records(found.path, {"order"}, **read)
    return TableOf(ALL_ORDERS, _all_orders_rows(orders), notes=numbered("items of orders in XML"))


def _all_orders_rows(orders: Iterator[Element]) -> Iterator[list[str]]:
    for order in orders:
        sent = (order.all("FulfillmentData") or [Element()])[0]
        address = (sent.all("Address") or order.all("ShippingAddress") or [Element()])[0]
        for item in order.all("OrderItem") or [_NO_ITEM]:
            currency, price = _price(item)
            yield _cells(
                order.first("AmazonOrderID"),
                order.first("PurchaseDate"),
                order.first("LastUpdatedDate") or order.first("LastUpdateDate"),
                order.first("OrderStatus"),
                sent.first("FulfillmentChannel") or order.first("FulfillmentChannel"),
                store_name(order.first("SalesChannel"), order.first("MarketplaceId")),
                sent.first("ShipServiceLevel") or order.first("ShipServiceLevel"),
                item.first("SKU"),
                item.first("ASIN"),
                item.first("ProductName"),
                item.first("ItemStatus"),
                item.first("Quantity"),
                currency,
                price,
                address.first("City"),
                address.first("State") or address.first("StateOrRegion"),
                address.first("PostalCode"),
                address.first("Country") or address.first("CountryCode"),
                order.first("BuyerEmail"),
            )


def _report_rows(orders: Iterator[Element]) -> Iterator[list[str]]:
    for order in orders:
        sent = (order.all("FulfillmentData") or [Element()])[0]
        address = (sent.all("Address") or [Element()])[0]
        email = order.first("BillingData", "BuyerEmailAddress")
        for item in order.all("Item") or [_NO_ITEM]:
            currency, price = _price(item)
            yield _cells(
                order.first("AmazonOrderID"),
                item.first("AmazonOrderItemCode"),
                order.first("OrderDate"),
                order.first("OrderPostedDate"),
                email,
                item.first("SKU"),
                item.first("Title"),
                item.first("Quantity"),
                currency,
                price,
                sent.first("FulfillmentServiceLevel"),
                address.first("City"),
                address.first("StateOrRegion"),
                address.first("PostalCode"),
                address.first("CountryCode"),
                order.first("SalesChannel") or alias_store(email),
            )


def _price(item: Element) -> tuple[str, str]:
    """Currency and amount of the price proper, of what an item's price is made of."""
    for price in item.all("ItemPrice"):
        for part in price.all("Component"):
            amount = (part.all("Amount") or [Element()])[0]
            if part.first("Type").casefold() == "principal":
                return amount.first("currency"), amount.text
    return "", ""


def _cells(*texts: str) -> list[str]:
    return [one_line(text) for text in texts]
