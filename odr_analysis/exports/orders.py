"""Order exports: which there are, and how their rows become canonical rows.

A file takes one of two roads. The fast one hands the file to the engine as it
is; it is open only to a file that turns out to be flawless. Every other file
takes the careful road, which looks at each cell and accounts for each line.
Both end in the same raw columns, so all that follows is the same lines.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from odr_analysis import terms
from odr_analysis.exports.dates import read_days
from odr_analysis.exports.ids import ID_DROPS, classify_order_id
from odr_analysis.exports.rows import Table, plain

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
)
"""Text columns every order export is brought to; '' where it has none."""

NEEDED_CELLS = ("order_id", "purchased", "status", "channel", "marketplace")
"""A row cut off before the last of these cannot be used."""

CHANNEL_BITS, STATUS_BITS, RANK_BITS, STORE_BITS, SECOND_BITS = 2, 3, 2, 6, 31
EPOCH = "1995-01-01"
"""Seconds are counted from here: 31 bits reach to 2063, and no order is older."""
CHANNEL_CODES = ("unknown", *terms.CHANNELS)
STORES: tuple[str, ...] = tuple(terms.MARKETPLACES)
OTHER_STORE = 2**STORE_BITS - 1
"""Code of a sales channel that is not in `STORES`; its name is kept beside."""
ISO = r"^(199[5-9]|20[0-5]\d)-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?( ?(Z|UTC|[+-]\d\d:?\d\d))?)?$"


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
}

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
            "updated": ("last-updated-date",),
            "status": ("order-status",),
            "channel": ("fulfillment-channel",),
            "marketplace": ("sales-channel",),
            **_ITEM,
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
            **_ITEM,
        },
        {"status": "Shipped"},
        2,
    ),
    OrderExport(
        "unshipped-orders",
        ("order-id", "order-item-id", "purchase-date", "promise-date"),
        {
            "order_id": ("order-id",),
            "purchased": ("purchase-date",),
            "updated": ("reporting-date", "payments-date"),
            "marketplace": ("sales-channel",),
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


def canonical_rows(raw: ir.Table, rank: int) -> ir.Table:
    """Order rows as numbers: one row per row of the export.

    Three integers say which row of an order is the newest and carry what it says, so
    that a ``max`` of each settles an order, and no engine has to sort or to keep text:

    - ``version``: seconds of the update, rank of the kind, status, channel;
    - ``placed``: seconds of the update, seconds of the purchase;
    - ``store``: seconds of the update, position in `STORES`; null where the row names none.

    ``other_store`` is the name of a sales channel that is not in `STORES`. ``order_id``
    is null where the row cannot be used.
    """
    import ibis

    purchased = _seconds(raw.purchased)
    updated = ibis.coalesce(_seconds(raw.updated), purchased)
    usable = _well_formed(raw.order_id) & purchased.between(0, 2**SECOND_BITS - 1)
    code = (updated << RANK_BITS) + rank
    code = (code << STATUS_BITS) + _status_code(raw.status)
    store = ibis.cases(
        *[(raw.marketplace == name, i) for i, name in enumerate(STORES)],
        (raw.marketplace != "", OTHER_STORE),
    ).cast("int64")
    return raw.select(
        order_id=usable.ifelse(raw.order_id, None),
        version=(code << CHANNEL_BITS) + _channel_code(raw.channel),
        placed=(updated << SECOND_BITS) + purchased,
        store=(updated << STORE_BITS) + store,
        other_store=(store == OTHER_STORE).ifelse(raw.marketplace, None),
    )


def _status_code(text: ir.StringColumn) -> ir.IntegerColumn:
    import ibis

    status = text.lower()
    return ibis.cases(
        (status == "shipped", terms.STATUSES.index("shipped")),
        (status.startswith("pending"), terms.STATUSES.index("pending")),
        (status.startswith("cancel"), terms.STATUSES.index("cancelled")),
        (status.contains("return") | status.contains("reject"), terms.STATUSES.index("returned")),
        (status.startswith("ship"), terms.STATUSES.index("shipped")),
        (
            status.isin(["unshipped", "partiallyshipped", "invoiceunconfirmed"]),
            terms.STATUSES.index("unshipped"),
        ),
        else_=terms.STATUSES.index("other"),
    ).cast("int64")


def _channel_code(text: ir.StringColumn) -> ir.IntegerColumn:
    import ibis

    channel = text.lower()
    return ibis.cases(
        (channel.isin(["merchant", "mfn"]), CHANNEL_CODES.index("mfn")),
        (channel.isin(["amazon", "afn"]), CHANNEL_CODES.index("afn")),
        else_=0,
    ).cast("int64")


def item_rows(raw: ir.Table) -> ir.Table:
    """What was ordered: one row per row of the export."""
    return raw.select(
        order_id=(_well_formed(raw.order_id)).ifelse(raw.order_id, None),
        sku=raw.sku,
        asin=raw.asin,
        product_name=raw.product_name,
        quantity=raw.quantity.try_cast("float64").cast("int64"),
        item_status=raw.item_status,
    )


def _seconds(text: ir.StringColumn) -> ir.IntegerColumn:
    """ISO text with any offset to seconds since `EPOCH`; null where it is no such thing.

    The engine's session runs in UTC, so a text without offset is UTC, as
    Amazon's order reports are.
    """
    import ibis

    instant = text.try_cast("timestamp('UTC')").cast("timestamp")
    return instant.delta(ibis.timestamp(EPOCH), unit="second")


def _well_formed(order_id: ir.StringColumn) -> ir.BooleanColumn:
    return order_id.re_search(r"^[0-9DS][0-9]{2}-[0-9]{7}-[0-9]{7}$")


def careful_rows(
    table: Table, export: OrderExport, marketplace: str | None
) -> tuple[pd.DataFrame, dict[str, list[int]], list[str], str]:
    """Bring a flawed order export to the raw columns, cell by cell.

    Returns
    -------
    frame : pandas.DataFrame
        One row per usable row, ``RAW_COLUMNS`` as text, dates in ISO.
    dropped : dict
        Reason to line numbers.
    notes : list of str
        What was mended or assumed.
    order : str
        The order of day, month and year that dates were read in.
    """
    positions = export.positions(table.header)
    cells = pd.DataFrame(
        {
            raw: pd.Series([row[positions[raw]].strip() for _, row in table.rows], dtype="str")
            if raw in positions
            else pd.Series(export.constants.get(raw, ""), index=range(len(table.rows)), dtype="str")
            for raw in RAW_COLUMNS
        }
    )
    lines = pd.Series([line for line, _ in table.rows], dtype="int64")
    hint = terms.MARKETPLACES.get(marketplace or _most_common(cells.marketplace))
    order, notes = "iso", list(table.notes)
    for name in ("purchased", "updated"):
        text = cells[name]
        odd = ~text.str.fullmatch(ISO.strip("^$")) & (text != "")
        if odd.any():
            header = table.header[positions[name]]
            days = read_days(
                text[odd],
                order_hint=hint.date_order if hint else None,
                file=table.file,
                column=header,
            )
            iso = days.days.dt.strftime("%Y-%m-%d")
            cells.loc[odd, name] = iso.fillna("").astype("str")
            order = days.order if name == "purchased" else order
            if days.ambiguous:
                notes.append(
                    f"{header}: day and month could not be told apart; read as {days.order} "
                    f"({days.settled_by})."
                )
    ids = cells.order_id.map(classify_order_id)
    cells["order_id"] = ids.str[1].astype("str")
    reason = ids.str[0].map(ID_DROPS).fillna("").astype("str")
    reason = reason.where((reason != "") | (cells.purchased != ""), "unreadable date")
    cut = pd.Series(table.widths) <= max(positions[r] for r in NEEDED_CELLS if r in positions)
    reason = reason.where(~cut, "too few cells")
    dropped = {str(why): lines[reason == why].tolist() for why in sorted(set(reason[reason != ""]))}
    return cells[reason == ""].reset_index(drop=True), dropped, notes, order


def _most_common(values: pd.Series) -> str:
    found = Counter(values[values != ""].tolist()).most_common(1)
    return found[0][0] if found else ""
