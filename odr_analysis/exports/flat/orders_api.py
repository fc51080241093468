"""Orders as the Orders API gives them in JSON: version 0 and 2026-01-01, one page or several."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from odr_analysis import terms
from odr_analysis.exports.files.scan import Scan
from odr_analysis.exports.flat.table import TableOf, numbered, one_line
from odr_analysis.exports.text.json_xml import field, parse_json, several, text_of

HEADER = (
    *("AmazonOrderId", "PurchaseDate", "LastUpdateDate", "OrderStatus", "FulfillmentChannel"),
    *("SalesChannel", "ShipServiceLevel", "LatestShipDate", "SellerSKU", "ASIN", "Title"),
    *("QuantityOrdered", "CurrencyCode", "ItemPrice", "StateOrRegion", "PostalCode"),
    *("CountryCode", "BuyerEmail", "OrderItemId"),
)
"""Columns of the table; names of version 0, as warehouses and connectors use them."""

_V0 = ('"AmazonOrderId"', '"PurchaseDate"', '"OrderStatus"')
_V2026 = ('"orderId"', '"createdTime"')
_V2026_ANY = ('"fulfilledBy"', '"fulfillmentStatus"', '"salesChannel"')
_OF_MONEY = re.compile(r'"(?:FinancialEvents|\w+EventList|transactions)"', re.IGNORECASE)


def looks_like(head: str) -> bool:
    """Whether a text is JSON with orders of the Orders API.

    Examples
    --------
    >>> looks_like('{"Orders": [{"AmazonOrderId": "1", "PurchaseDate": "", "OrderStatus": ""}]}')
    True
    """
    if not head.lstrip("\ufeff \t\r\n").startswith(("{", "[")) or _OF_MONEY.search(head):
        return False
    newer = all(name in head for name in _V2026) and any(name in head for name in _V2026_ANY)
    return newer or all(name in head for name in _V0)


def table(found: Scan) -> TableOf:
    """The orders as a table, one row per item, or per order where no items are listed.

    An entry of a list of orders that is not an order becomes a row without a good order id, so
    that the receipt counts it as dropped.

    Raises
    ------
    ExportError
        When the file is too large, or cut short or not JSON, with the line.
    """
    text = text_of(found.path, found.encoding, file=found.file)
    documents = parse_json(text, file=found.file)
    del text
    described = numbered("orders of the Orders API")
    more = bool(documents) and next_page(documents[-1])

    def notes(n: int) -> list[str]:
        cut = [
            "the last page names a next one (NextToken), so orders after it may be missing; "
            "save the next pages into the folder too."
        ]
        return [*described(n), *(cut if more else [])]

    return TableOf(
        HEADER,
        (row for order in orders_in(documents) for row in rows_of(order)),
        notes=notes,
    )


def orders_in(value: Any) -> Iterator[Any]:
    """The orders in a document or in documents, in their order."""
    if isinstance(value, list):
        for entry in value:
            yield from orders_in(entry)
    elif not isinstance(value, dict):
        yield {}
    elif (inner := field(value, "payload", "_airbyte_data")) is not None:
        yield from orders_in(inner)
    elif (listed := field(value, "Orders")) is not None:
        yield from orders_in(several(listed))
    else:
        yield value


def next_page(document: Any) -> bool:
    """Whether a document names a page after it.

    Examples
    --------
    >>> next_page({"payload": {"NextToken": "x", "Orders": []}}), next_page({"Orders": []})
    (True, False)
    >>> next_page({"orders": [], "pagination": {"nextToken": "x"}})
    True
    """
    if isinstance(document, list):
        return bool(document) and next_page(document[-1])
    inner = field(document, "payload")
    if inner is not None:
        return next_page(inner)
    names = ("NextToken", "paginationToken")
    return bool(field(document, *names) or field(field(document, "pagination"), *names))


def rows_of(order: Any) -> Iterator[list[str]]:
    """The rows of one order, cells in the order of ``HEADER``.

    An item without an id takes its number among those of its SKU for one: pages overlap, and an
    order that is given twice has each line once.
    """
    sent, channel = field(order, "fulfillment"), field(order, "salesChannel")
    address = field(order, "ShippingAddress") or field(field(order, "recipient"), "deliveryAddress")
    items = several(field(order, "OrderItems"))
    buyer = field(order, "BuyerInfo", "buyer")
    if isinstance(channel, dict):
        channel = _channel_2026(channel)
    else:
        channel = store_name(_text(channel), _text(field(order, "MarketplaceId")))
    same = (
        _text(field(order, "AmazonOrderId", "orderId")),
        _text(field(order, "PurchaseDate", "createdTime")),
        _text(field(order, "LastUpdateDate", "lastUpdatedTime")),
        # PARTIALLY_SHIPPED is PartiallyShipped in version 0.
        _text(field(order, "OrderStatus") or field(sent, "fulfillmentStatus")).replace("_", ""),
        _text(field(order, "FulfillmentChannel") or field(sent, "fulfilledBy")),
        channel,
        _text(field(order, "ShipServiceLevel") or field(sent, "fulfillmentServiceLevel")),
        _text(
            field(order, "LatestShipDate") or field(field(sent, "shipByWindow"), "latestDateTime")
        ),
    )
    where = tuple(
        _text(field(address, name)) for name in ("StateOrRegion", "PostalCode", "CountryCode")
    )
    email = _text(field(order, "BuyerEmail") or field(buyer, "BuyerEmail"))
    numbers: Counter[str] = Counter()
    for item in items or [None]:
        product = field(item, "product") or item
        price = field(item, "ItemPrice")
        sku = _text(field(product, "SellerSKU"))
        numbers[sku] += 1
        yield [
            *same,
            sku,
            _text(field(product, "ASIN")),
            _text(field(product, "Title")),
            _text(field(item, "QuantityOrdered")),
            _text(field(price, "CurrencyCode")),
            _text(field(price, "Amount")),
            *where,
            email,
            _text(field(item, "OrderItemId")) or (f"item {numbers[sku]}" if item else ""),
        ]


def store_name(channel: str, store_id: str) -> str:
    """The sales channel of an order: as it is named, else by the id of its marketplace.

    Examples
    --------
    >>> store_name("", "A1PA6795UKMFR9"), store_name("Non-Amazon", "ATVPDKIKX0DER")
    ('Amazon.de', 'Non-Amazon')
    """
    return terms.STORE_IDS.get(channel, channel) or terms.STORE_IDS.get(store_id, "")


def _channel_2026(channel: dict[str, Any]) -> str:
    kind = _text(field(channel, "channelName")).casefold().replace("_", "").replace("-", "")
    if kind == "nonamazon":
        return "Non-Amazon"
    return store_name(
        _text(field(channel, "marketplaceName")), _text(field(channel, "marketplaceId"))
    )


def _text(value: Any) -> str:
    if value is None or isinstance(value, (dict, list)):
        return ""
    return one_line(str(value).lower() if isinstance(value, bool) else str(value))
