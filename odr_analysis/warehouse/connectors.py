"""Where connectors put an account: table and columns of each list, as they document them.

Names are compared without regard to letter case, ``_`` and ``-``, since destinations differ in
those. A connector that has no table for a kind of defect is no source of it: add your own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir

Mapping = dict[str, str]

_ALL_ORDERS: Mapping = {
    "order_id": "amazon-order-id",
    "purchased": "purchase-date",
    "updated": "last-updated-date",
    "status": "order-status",
    "channel": "fulfillment-channel",
    "marketplace": "sales-channel",
    "sku": "sku",
    "asin": "asin",
    "product_name": "product-name",
    "quantity": "quantity",
    "item_status": "item-status",
    "price": "item-price",
    "currency": "currency",
    "ship_service": "ship-service-level",
    "ship_country": "ship-country",
    "ship_region": "ship-state",
    "ship_postal": "ship-postal-code",
}

_SETTLEMENT: Mapping = {
    name: name
    for name in (
        *("settlement-id", "settlement-start-date", "settlement-end-date", "currency"),
        *("transaction-type", "order-id", "marketplace-name", "amount-type"),
        *("amount-description", "amount", "posted-date", "posted-date-time"),
    )
}

CONNECTORS: dict[str, dict[str, dict[str, Mapping]]] = {
    "airbyte": {
        "orders": {
            "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL": _ALL_ORDERS,
            "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL": _ALL_ORDERS,
            "Orders": {
                "order_id": "AmazonOrderId",
                "purchased": "PurchaseDate",
                "updated": "LastUpdateDate",
                "status": "OrderStatus",
                "channel": "FulfillmentChannel",
                "marketplace": "SalesChannel",
                "promised": "LatestShipDate",
                "ship_service": "ShipServiceLevel",
            },
        },
        "order_items": {
            "OrderItems": {
                "order_id": "AmazonOrderId",
                "updated": "LastUpdateDate",
                "sku": "SellerSKU",
                "asin": "ASIN",
                "product_name": "Title",
                "quantity": "QuantityOrdered",
                "price": "ItemPrice",
                "line_id": "OrderItemId",
            },
        },
        "feedback": {
            "GET_SELLER_FEEDBACK_DATA": {
                "date": "date",
                "rating": "rating",
                "comments": "comments",
                "response": "response",
                "order id": "order_id",
                "rater email": "rater_email",
            },
        },
        "returns": {
            "GET_FLAT_FILE_RETURNS_DATA_BY_RETURN_DATE": {
                "order id": "Order ID",
                "return request date": "Return request date",
                "a-to-z claim": "A-to-Z Claim",
                "merchant sku": "Merchant SKU",
                "asin": "ASIN",
                "return quantity": "Return quantity",
                "return reason": "Return reason",
                "return request status": "Return request status",
                "resolution": "Resolution",
                "refunded amount": "Refunded Amount",
            },
        },
        "settlements": {
            "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE": _SETTLEMENT,
            "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2": _SETTLEMENT,
        },
        # Its columns are called as the lists of the API are.
        "financial_events": {"ListFinancialEvents": {}},
    },
    "fivetran": {
        "orders": {
            "orders_report": {raw: name.replace("-", "_") for raw, name in _ALL_ORDERS.items()},
            "orders": {
                "order_id": "amazon_order_id",
                "purchased": "purchase_date",
                "updated": "last_update_date",
                "status": "order_status",
                "channel": "fulfillment_channel",
                "marketplace": "sales_channel",
                "promised": "latest_ship_date",
                "ship_service": "ship_service_level",
            },
        },
        "order_items": {
            "order_item": {
                "order_id": "amazon_order_id",
                "sku": "seller_sku",
                "asin": "asin",
                "product_name": "title",
                "quantity": "quantity_ordered",
                "price": "item_price_amount",
                "currency": "item_price_currency_code",
                "line_id": "order_item_id",
            },
        },
    },
}
"""Connector to parameter of ``load_tables`` to table, the one to be preferred first, to columns.

Fivetran documents no table of seller feedback, of returns with their A-to-z claims or of claims.
"""


def landed(connector: str, what: str, names: list[str]) -> str | None:
    """The table a connector put a list into, None where it has none of it.

    >>> landed("airbyte", "feedback", ["orders", "get_seller_feedback_data"])
    'get_seller_feedback_data'
    """
    there = {_plain(name): name for name in names}
    known = CONNECTORS[connector].get(what, {})
    return next((there[_plain(name)] for name in known if _plain(name) in there), None)


def columns_of(connector: str, what: str, table: str, header: list[str]) -> Mapping:
    """Column as it is read to that of the table, for the columns that the table has."""
    there = {_plain(name): name for name in header}
    for name, columns in CONNECTORS[connector].get(what, {}).items():
        if _plain(name) == _plain(table):
            found = {key: there.get(_plain(column)) for key, column in columns.items()}
            return {key: column for key, column in found.items() if column is not None}
    return {}


PAST = {"_fivetran_deleted": True, "_fivetran_active": False}
"""Columns that Fivetran adds, and what they hold for rows that are deleted or replaced.
https://fivetran.com/docs/core-concepts/system-columns-and-tables"""


def current_rows(table: ir.Table) -> ir.Table:
    """A table without the rows that a connector marks as past."""
    for name in table.columns:
        past = PAST.get(name.lower())
        if past is not None and table[name].type().is_boolean():
            table = table.filter(table[name].fill_null(not past) != past)
    return table


def _plain(name: str) -> str:
    """A name without letter case and without what destinations put in the place of blanks.

    >>> _plain("A-to-Z Claim") == _plain("a_to_z_claim"), _plain("AmazonOrderId")
    (True, 'amazonorderid')
    """
    return "".join(c for c in name.casefold() if c.isalnum())
