"""Order exports: which there are, and how their rows become canonical rows.

A file takes one of two roads. The fast one hands the file to the engine as it
is; it is open only to a file that turns out to be flawless. Every other file
takes the careful road, which looks at each cell and accounts for each line.
Both end in the same raw columns, so all that follows is the same lines.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from odr_analysis import terms
from odr_analysis.exports.orders.keys import keys, number_of
from odr_analysis.exports.text.delimited import plain
from odr_analysis.exports.text.instants import BLANK_EDGE, ISO, PASSES_FOR_A_DIGIT, PLAIN
from odr_analysis.exports.text.yes_no import CHANNEL_WORDS

if TYPE_CHECKING:
    import ibis.expr.types as ir

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

CHANNEL_BITS, STATUS_BITS, RANK_BITS, STORE_BITS, SECOND_BITS = 2, 3, 2, 10, 31
EPOCH = "1995-01-01"
"""Seconds are counted from here: 31 bits reach to 2063, and no order is older."""
CHANNEL_CODES = ("unknown", *terms.CHANNELS)
STORES: tuple[str, ...] = (
    *terms.MARKETPLACES,
    "Non-Amazon",
    *dict.fromkeys(f"Non-Amazon {m.country}" for m in terms.MARKETPLACES.values()),
    "Non-Amazon UK",
)
"""Sales channels known beforehand; codes of stores are positions in this or a longer list."""
UNCLEAN, UNLISTED = -1, -2
"""Codes of a cell with blanks around it and of a sales channel that is not in the list: such
a row cannot be used as it is."""


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


CANONICAL: dict[str, str] = dict.fromkeys(("order_key", "version", "placed", "store"), "int64")
"""Columns of :func:`canonical_rows`, and their types."""


def canonical_rows(
    raw: ir.Table, rank: int | ir.IntegerColumn, stores: tuple[str, ...] = STORES
) -> ir.Table:
    """Order rows as numbers: one row per row of the export.

    Three integers say which row of an order is the newest and carry what it says, so
    that a ``max`` of each settles an order, and no engine has to sort or to keep text:

    - ``version``: seconds of the update, rank of the kind, status, channel;
    - ``placed``: seconds of the update, seconds of the purchase;
    - ``store``: seconds of the update, position in `stores`; null where the row names none.

    ``order_key`` is the order id as a number, null where the row cannot be used as it is:
    no such id or date, blanks around a word, or a sales channel that is not in `stores`.
    """
    import ibis

    # Step by step, because engines compute what stands in one expression twice, twice.
    raw = raw.mutate(number=number_of(raw.order_id))
    status, channel, store = _codes(raw, stores)
    read = raw.select(
        order_key=keys(raw.order_id, raw.number),
        purchased=seconds(raw.purchased),
        told=seconds(raw.updated),
        dated=raw.purchased.length() > len("2026-09-30"),
        silent=raw.updated == "",
        status=status,
        channel=channel,
        store=store,
        rank=rank,
    )
    usable = in_reach(read.purchased) & read.dated & (read.silent | in_reach(read.told))
    usable &= (read.status >= 0) & (read.channel >= 0) & (read.store.fill_null(0) >= 0)
    updated = ibis.coalesce(read.told, read.purchased)
    code = (((updated << RANK_BITS) + read["rank"]) << STATUS_BITS) + read.status
    return read.select(
        order_key=usable.ifelse(read.order_key, None),
        version=(code << CHANNEL_BITS) + read.channel,
        placed=(updated << SECOND_BITS) + read.purchased,
        store=(updated << STORE_BITS) + read.store,
    )


def unlisted_stores(raw: ir.Table, stores: tuple[str, ...]) -> ir.Table:
    """Sales channels that are not in `stores`: one row per ``marketplace``."""
    name = raw.marketplace
    known = name.isin(stores) | name.lower().isin([store.lower() for store in STORES])
    odd = raw.filter((name != "") & ~known & ~_blanks_around(name))
    return odd.select("marketplace").distinct()


def numbered_stores(named: Iterable[str]) -> tuple[str, ...]:
    """``STORES`` and, by name, whatever others are `named`: what the codes of a ledger stand for.

    Where two rows of an order are equally new the higher code wins, so it must not depend on
    which file named a store first.

    Examples
    --------
    >>> numbered_stores(["b.example", "Amazon.de", "a.example", "b.example"])[len(STORES):]
    ('a.example', 'b.example')
    """
    return (*STORES, *sorted({*named} - {*STORES}))


def in_reach(seconds: ir.IntegerColumn) -> ir.BooleanColumn:
    """Whether a time is one the ledger can hold; False for null."""
    return seconds.between(0, 2**SECOND_BITS - 1).fill_null(False)


def _codes(
    raw: ir.Table, stores: tuple[str, ...]
) -> tuple[ir.IntegerColumn, ir.IntegerColumn, ir.IntegerColumn]:
    """Status, channel and store as positions in their lists; `UNCLEAN` where blanks surround one.

    Words exactly as Amazon writes them come first: an engine looks at the further
    cases only for the few rows that are left.
    """
    import ibis

    status, channel, store = raw.status, raw.channel, raw.marketplace
    lower = status.lower()
    pending, unshipped, shipped, returned, cancelled, other = range(len(terms.STATUSES))
    status_code = ibis.cases(
        (status == "Shipped", shipped),
        (status == "Cancelled", cancelled),
        (_blanks_around(status), UNCLEAN),
        (lower.startswith("pending"), pending),
        (lower.startswith("cancel"), cancelled),
        (lower.contains("return") | lower.contains("reject"), returned),
        (lower.startswith("ship"), shipped),
        (lower.isin(["unshipped", "partiallyshipped", "invoiceunconfirmed"]), unshipped),
        else_=other,
    )
    unknown, mfn, afn = range(len(CHANNEL_CODES))
    channel_code = ibis.cases(
        (channel == "Merchant", mfn),
        (channel == "Amazon", afn),
        (_blanks_around(channel), UNCLEAN),
        (channel.lower().isin([*CHANNEL_WORDS["mfn"]]), mfn),
        (channel.lower().isin([*CHANNEL_WORDS["afn"]]), afn),
        else_=unknown,
    )
    store_code = ibis.cases(
        *[(store == name, i) for i, name in enumerate(stores)],
        (_blanks_around(store), UNCLEAN),
        # Letter case does not distinguish stores; the engine gets here only for odd spellings.
        *[(store.lower() == name.lower(), i) for i, name in enumerate(STORES)],
        (store != "", UNLISTED),
    )
    return status_code.cast("int64"), channel_code.cast("int64"), store_code.cast("int64")


def _blanks_around(text: ir.StringColumn) -> ir.BooleanColumn:
    return text.re_search(BLANK_EDGE)


def seconds(text: ir.StringColumn) -> ir.IntegerColumn:
    """Text of the forms `ISO` to seconds since `EPOCH`; null for any other.

    The engine's session runs in UTC, so a text without offset is UTC, as
    Amazon's order reports are.
    """
    import ibis

    # Almost every text is UTC already; an offset is dear to apply, and so is a pattern. The engine
    # would read more than these forms, but not as the careful road does.
    plain_form = text.like(PLAIN)
    for mark in PASSES_FOR_A_DIGIT:
        plain_form &= ~text.contains(mark)
    instant = ibis.cases(
        (plain_form, text.try_cast("timestamp")),
        (text.re_search(ISO), text.try_cast("timestamp('UTC')").cast("timestamp")),
    )
    return instant.delta(ibis.timestamp(EPOCH), unit="second")
