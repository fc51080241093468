"""Kinds of order exports: what each is known by, and where its columns are."""

from __future__ import annotations

from dataclasses import dataclass

from odr_analysis.exports.text.delimited import plain

RAW_COLUMNS = (
    "order_id",
    "purchased",
    "updated",
    "status",
    "channel",
    "marketplace",
    "sku",
    "asin",
    "product_name",
    "quantity",
    "item_status",
    "price",
    "currency",
    "ship_service",
    "carrier",
    "ship_country",
    "ship_region",
    "ship_postal",
    "promised",
    "dispatched",
    "buyer_email",
    "line_id",
)
"""Text columns every order export is brought to; '' where it has none."""


LEDGER_COLUMNS = RAW_COLUMNS[:6]
"""The raw columns the ledger is made of."""


DATE_COLUMNS = {
    "purchased": "T12:00:00",
    "updated": "T00:00:00",
    "promised": "T23:59:59",
    "dispatched": "T00:00:00",
}
"""Raw columns that hold a time, and what a day alone stands for. Noon keeps a day the same day in
the time zone of every store; a promise of a day is kept until its end."""


LOADED_COLUMNS = (*LEDGER_COLUMNS, "promised", "dispatched")
"""What loading looks at on the careful road, so that the receipt tells of unreadable dates."""


ONCE_COLUMNS = RAW_COLUMNS[:11]
"""A file that has one of these twice cannot be used; of the others the first is read."""


SHIPMENTS = 2
"""Rank of the export whose rows are shipments; the rows of all others are lines of orders."""


NEEDED_CELLS = ("order_id", "purchased", "status", "channel", "marketplace")
"""A row cut off before the last of these that the export cannot do without cannot be used."""


@dataclass(frozen=True)
class OrderExport:
    """One kind of order export.

    ``needed`` are the header names that make it recognisable, ``columns`` maps
    raw columns to the header names they may have, ``constants`` fills raw
    columns the export does not carry because they go without saying. Of two
    rows equally new the kind with the higher ``rank`` wins.
    """

    kind: str
    needed: tuple[str, ...]
    columns: dict[str, tuple[str, ...]]
    constants: dict[str, str]
    rank: int

    def missing(self, header: list[str]) -> list[str]:
        """Needed columns that `header` lacks."""
        keys = {plain(h) for h in header}
        return [n for n in self.needed if plain(n) not in keys]

    def needs(self, raw: str) -> bool:
        """Whether the export is not itself without this raw column."""
        return any(name in self.needed for name in self.columns.get(raw, ()))

    def repeats(self, header: list[str]) -> bool:
        """Whether a file with `header` may hold one line of an order more than once.

        A warehouse or connector adds what it fetches to what it has, and only an id of the line
        then shows which rows are one line.
        """
        fetched = self.kind == "orders-api" or any(h.startswith("_airbyte") for h in header)
        return fetched and "line_id" not in self.positions(header)

    def positions(self, header: list[str]) -> dict[str, int]:
        """Position in `header` of each raw column that the file has."""
        keys = [plain(h) for h in header]
        return {
            raw: keys.index(plain(name))
            for raw, names in self.columns.items()
            for name in [next((n for n in names if plain(n) in keys), None)]
            if name is not None
        }


_ITEM = {
    "sku": ("sku",),
    "asin": ("asin",),
    "product_name": ("product-name",),
    "quantity": ("quantity", "quantity-purchased", "quantity-shipped", "qty"),
    "item_status": ("item-status",),
    "price": ("item-price",),
    "currency": ("currency",),
    "ship_service": ("ship-service-level",),
    "carrier": ("carrier",),
    "ship_country": ("ship-country",),
    "ship_region": ("ship-state",),
    "ship_postal": ("ship-postal-code",),
    "buyer_email": ("buyer-email",),
    "line_id": ("order-item-id",),
}


_PROMISE = {"promised": ("promise-date",)}


ORDER_EXPORTS: tuple[OrderExport, ...] = (
    OrderExport(
        "all-orders",
        (
            "amazon-order-id",
            "purchase-date",
            "order-status",
            "fulfillment-channel",
            "sales-channel",
        ),
        {
            "order_id": ("amazon-order-id",),
            "purchased": ("purchase-date",),
            "updated": ("last-updated-date", "last-update-date"),
            "status": ("order-status",),
            "channel": ("fulfillment-channel",),
            "marketplace": ("sales-channel",),
            **_ITEM,
        },
        {},
        3,
    ),
    OrderExport(
        "orders-api",
        ("AmazonOrderId", "PurchaseDate", "OrderStatus", "FulfillmentChannel"),
        {
            "order_id": ("AmazonOrderId",),
            "purchased": ("PurchaseDate",),
            "updated": ("LastUpdateDate",),
            "status": ("OrderStatus",),
            "channel": ("FulfillmentChannel",),
            "marketplace": ("SalesChannel", "MarketplaceId"),
            "sku": ("SellerSKU",),
            "asin": ("ASIN",),
            "product_name": ("Title",),
            "quantity": ("QuantityOrdered",),
            "price": ("ItemPrice",),
            "currency": ("CurrencyCode",),
            "ship_service": ("ShipServiceLevel",),
            "ship_country": ("CountryCode",),
            "ship_region": ("StateOrRegion",),
            "ship_postal": ("PostalCode",),
            "promised": ("LatestShipDate",),
            "buyer_email": ("BuyerEmail",),
            "line_id": ("OrderItemId",),
        },
        {},
        3,
    ),
    OrderExport(
        "amazon-sale-report",
        ("Order ID", "Date", "Status", "Fulfilment", "Sales Channel"),
        {
            "order_id": ("Order ID",),
            "purchased": ("Date",),
            "status": ("Status",),
            "channel": ("Fulfilment",),
            "marketplace": ("Sales Channel",),
            **_ITEM,
            "product_name": ("Style",),
            "item_status": ("Courier Status",),
            "price": ("Amount",),
        },
        {},
        3,
    ),
    OrderExport(
        "fulfilled-shipments",
        ("amazon-order-id", "shipment-id", "shipment-date", "purchase-date", "fulfillment-channel"),
        {
            "order_id": ("amazon-order-id",),
            "purchased": ("purchase-date",),
            "updated": ("reporting-date", "shipment-date"),
            "channel": ("fulfillment-channel",),
            "marketplace": ("sales-channel",),
            "dispatched": ("shipment-date",),
            **_ITEM,
            "line_id": ("shipment-item-id",),
        },
        {"status": "Shipped"},
        SHIPMENTS,
    ),
    OrderExport(
        "unshipped-orders",
        ("order-id", "order-item-id", "purchase-date", "promise-date"),
        {
            "order_id": ("order-id",),
            "purchased": ("purchase-date",),
            "updated": ("reporting-date", "payments-date"),
            "marketplace": ("sales-channel",),
            **_PROMISE,
            **_ITEM,
        },
        {"status": "Unshipped", "channel": "Merchant"},
        1,
    ),
    OrderExport(
        "new-orders",
        ("order-id", "order-item-id", "purchase-date", "payments-date", "quantity-purchased"),
        {
            "order_id": ("order-id",),
            "purchased": ("purchase-date",),
            "updated": ("payments-date",),
            "marketplace": ("sales-channel",),
            **_PROMISE,
            **_ITEM,
        },
        {"status": "Unshipped", "channel": "Merchant"},
        0,
    ),
)


def kind_name(export: OrderExport, header: list[str]) -> str:
    """`export.kind`, with the archived variant of All Orders named as such."""
    keys = {plain(h) for h in header}
    if export.kind == "all-orders" and plain("ship-city") not in keys:
        return "archived-orders"
    return export.kind
