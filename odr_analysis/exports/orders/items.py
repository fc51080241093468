"""What was ordered, for how much, to where and by when: rows of exports to one per order and SKU.

The rows of an export are brought to item rows (:func:`item_rows`), which hold nothing that
tells people apart beyond a hash; :func:`settled_items` makes one row of all that tell of one
order and SKU. Each column takes the newest value given; only quantity and price add up over the
lines of an order (:func:`_totals`). The order of files and rows does not matter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from odr_analysis import terms
from odr_analysis.exports.orders.kinds import SHIPMENTS
from odr_analysis.exports.orders.packing import EPOCH, RANK_BITS, in_reach, seconds
from odr_analysis.exports.text.amounts import notation, read_amount
from odr_analysis.exports.text.buyers import buyer_hashes
from odr_analysis.exports.text.instants import BLANK_EDGE, BLANKS

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend

KEYS = ("order_id", "sku")
"""One row of ``Account.items`` for each."""
DATES = {"promised_at": "promised", "dispatched_at": "dispatched"}
"""Item column to the raw column it is read from."""
AREA_LETTERS = 2
"""Letters kept of a postal code: a region, and too little to tell people."""
ROW_TYPES: dict[str, str] = {
    **dict.fromkeys(terms.ITEM_COLUMNS, "string"),
    "quantity": "int64",
    "price": "float64",
    **dict.fromkeys(DATES, "int64"),
    "updated": "int64",
    "rank": "int64",
    "line": "string",
    "n": "int64",
}
"""Columns of item rows and their types: those of ``terms.ITEM_COLUMNS`` with times in seconds
since ``orders.EPOCH``; what shows which of two rows is newer; Amazon's id of the line or the
shipment, '' where none is given; and how many equal rows of the file it stands for."""

TOTALS = {"quantity": "int64", "price": "decimal(38, 9)"}
"""Columns that add up over the lines of an order, and the type in which sums are exact."""

_PLAIN_AMOUNT = r"^-?\d{1,15}(\.\d{1,6})?$"
_PLAIN_QUANTITY = r"^\d{1,9}([.,]0+)?$"


def item_rows(
    raw: ir.Table, rank: int | ir.IntegerColumn, con: Backend | None, *, plain_prices: bool = False
) -> ir.Table:
    """Raw rows of one export file, or of several, as item rows: one row per row.

    Columns are ``ROW_TYPES`` and ``file``, which keeps the rows of several files apart.
    A quantity, price or time that cannot be read is null; other cells that are not given are ''.
    `plain_prices` says that every price is known to be written plainly; nothing is then asked of
    `con`.
    """
    import ibis

    cells = raw.select(
        *("order_id", "purchased", "updated", *DATES.values()),
        rank=ibis.literal(rank, type="int64") if isinstance(rank, int) else rank,
        file=raw["file"] if "file" in raw.columns else ibis.literal(""),
        **{name: _trimmed(raw[name]) for name in _TEXTS},
    )
    cells = _with_prices(cells, con, plain_prices)
    count = cells.quantity.re_extract(r"^\d+", 0)
    told = ibis.coalesce(seconds(cells.updated), seconds(cells.purchased))
    return cells.select(
        *("order_id", "sku", "asin", "product_name"),
        quantity=ibis.cases((cells.quantity.re_search(_PLAIN_QUANTITY), count.try_cast("int64"))),
        item_status="item_status",
        price="amount",
        currency=cells.currency.upper(),
        ship_service="ship_service",
        carrier="carrier",
        ship_country=cells.ship_country.upper(),
        ship_region="ship_region",
        ship_area=cells.ship_postal.left(AREA_LETTERS).upper(),
        **{name: _reached(seconds(cells[text])) for name, text in DATES.items()},
        buyer=buyer_hashes(cells.buyer_email),
        updated=told,
        rank="rank",
        line="line_id",
        n=ibis.literal(1, type="int64"),
        file="file",
    )


_TEXTS = (
    *("sku", "asin", "product_name", "quantity", "item_status", "price", "currency"),
    *("ship_service", "carrier", "ship_country", "ship_region", "ship_postal", "buyer_email"),
    "line_id",
)


def settled_items(rows: ir.Table) -> ir.Table:
    """One row per order and SKU; columns of ``terms.ITEM_COLUMNS``, sorted by their keys.

    Each column takes its value from the newest item row that gives one: the one updated last,
    of equally new ones that of the kind of export with the higher rank, and then the greatest
    value. Quantity and price are those of all lines: :func:`_totals`.

    Parameters
    ----------
    rows : ibis Table
        ``ROW_TYPES``, and ``file`` where they are of more than one.
    """
    import ibis

    rows = rows.mutate(version=(rows.updated << RANK_BITS) + rows["rank"])
    if "file" not in rows.columns:
        rows = rows.mutate(file=ibis.literal(""))
    newest = {}
    for name in terms.ITEM_COLUMNS:
        if name not in (*KEYS, *TOTALS):
            value = rows[name]
            given = value != "" if ROW_TYPES[name] == "string" else value.notnull()
            pair = ibis.struct({"version": rows.version, "value": value})
            newest[name] = pair.max(where=given)
    found = rows.group_by(KEYS).aggregate(**newest)
    found = found.inner_join(_totals(rows), KEYS)
    values = {name: found[name]["value"] for name in newest}
    for name, value in values.items():
        if name in DATES:
            values[name] = ibis.timestamp(EPOCH) + value.as_interval("s")
        elif ROW_TYPES[name] == "string":
            values[name] = value.fill_null("")
    values |= {name: found[name].cast(ROW_TYPES[name]) for name in TOTALS}
    ordered = {name: values[name] for name in terms.ITEM_COLUMNS if name in values}
    return found.select(*KEYS, **ordered).order_by(KEYS)


def _totals(rows: ir.Table) -> ir.Table:
    """Quantity and price of each order and SKU, with ``KEYS``.

    A row of a list of orders is a line of an order, and Amazon lists all lines of an order
    together: the lines of its newest state in one file add up, those of another file are the
    same ones. A row of a shipment report is one shipment, and each may be in a file of its own:
    different shipments add up, whatever file they are in. Both say the same once all is sent;
    before, the lines say more, so the greater is taken.
    """
    import ibis

    sent = rows["rank"] == SHIPMENTS
    like = ibis.literal("like ").concat(
        rows.version.cast("string"),
        *(
            ibis.literal(" ").concat(rows[name].cast("string").fill_null(""))
            for name in (*TOTALS, "dispatched_at")
        ),
    )
    told = rows.select(
        *(*KEYS, "file", "version", "n"),
        sent=sent,
        by_id=rows.line != "",
        # A shipment without an id is known from others by what it says.
        line=ibis.cases((sent & (rows.line == ""), like), else_=rows.line),
        **{name: rows[name].cast(kind) for name, kind in TOTALS.items()},
    )
    # A line or a shipment with an id is there once, however often a file repeats it.
    lines = told.group_by([*KEYS, "file", "version", "sent", "by_id", "line"]).aggregate(
        **{name: told[name].max() for name in TOTALS},
        **{f"all_{name}": (told[name] * told.n).sum() for name in TOTALS},
    )
    lines = lines.mutate(
        **{
            name: ibis.cases((lines.by_id, lines[name]), else_=lines[f"all_{name}"].cast(kind))
            for name, kind in TOTALS.items()
        }
    )
    listed = _summed(lines.filter(~lines.sent), *KEYS, "file", "version", "by_id")
    shipments = _newest(lines.filter(lines.sent), *KEYS, "line")
    both = _newest(listed, *KEYS).union(_summed(shipments, *KEYS))
    return both.group_by(KEYS).aggregate(**{name: both[name].max() for name in TOTALS})


def _summed(rows: ir.Table, *keys: str) -> ir.Table:
    sums = {name: rows[name].sum().cast(kind) for name, kind in TOTALS.items()}
    return rows.group_by(keys).aggregate(**sums)


def _newest(rows: ir.Table, *keys: str) -> ir.Table:
    """Of the rows that give a value those of the newest version, of these the greatest."""
    import ibis

    pairs = {
        name: ibis.struct({"version": rows.version, "value": rows[name]}).max(
            where=rows[name].notnull()
        )
        for name in TOTALS
    }
    found = rows.group_by(keys).aggregate(**pairs)
    return found.select(*keys, **{name: found[name]["value"] for name in TOTALS})


def counted_rows(rows: ir.Table) -> ir.Table:
    """Item rows of one file, equal ones as one that says how many they are; ``ROW_TYPES``."""
    others = [name for name in ROW_TYPES if name != "n"]
    counted = rows.group_by(others).aggregate(n=rows.n.sum().cast("int64"))
    return counted.select(*others, "n")


def odd_cells(raw: ir.Table) -> ir.Table:
    """Whether cells are written in a way that takes a closer look: one row.

    ``dates`` counts the rows with such a promise or dispatch, ``prices`` those with a price that
    is not written plainly.
    """
    price = _trimmed(raw.price)
    dates = [(raw[text] != "") & ~in_reach(seconds(raw[text])) for text in DATES.values()]
    odd = {
        "dates": dates[0] | dates[1],
        "prices": (price != "") & ~price.re_search(_PLAIN_AMOUNT),
    }
    return raw.aggregate(**{name: flag.sum().fill_null(0) for name, flag in odd.items()})


_OLDER: dict[str, int | str] = {"updated": 0, "rank": 0, "line": "older", "n": 1}
"""What stands for columns that older versions did not archive. They kept no number of equal rows,
so all their rows of an order and SKU are one line, as they were read then."""


def completed_rows(kept: ir.Table) -> ir.Table:
    """Item rows as the archive keeps them, with what its older versions did not keep.

    What they did is taken as older than anything else.
    """
    import ibis

    nothing = {"string": "", "int64": None, "float64": None}
    missing = {
        name: ibis.literal(_OLDER.get(name, nothing[kind]), type=kind)
        for name, kind in ROW_TYPES.items()
        if name not in kept.columns
    }
    rows = kept.mutate(**missing).select(*ROW_TYPES)
    return rows.mutate(sku=rows.sku.fill_null(""))


def no_items() -> ir.Table:
    """Item rows of a folder without order exports."""
    import ibis
    import pyarrow as pa

    types = [(name, getattr(pa, kind)()) for name, kind in ROW_TYPES.items()]
    return ibis.memtable(pa.schema(types).empty_table())


def _with_prices(cells: ir.Table, con: Backend | None, all_plain: bool) -> ir.Table:
    """`cells` with the ``amount`` that the text ``price`` stands for, null where it is none.

    The plain form is read by the engine. One cell in another form, and all different ones of
    the file are looked at together, since only together they tell decimal mark from thousands.
    """
    import ibis

    is_plain = cells.price.re_search(_PLAIN_AMOUNT)
    plain = ibis.cases((is_plain, cells.price.try_cast("float64")))
    if all_plain:
        return cells.mutate(amount=plain)
    assert con is not None, "prices are not known to be plain"
    if con.to_pandas(cells.filter((cells.price != "") & ~is_plain).limit(1)).empty:
        return cells.mutate(amount=plain)
    told = cells.filter(cells.price != "").select("price").distinct()
    texts = sorted(con.to_pandas(told).price)
    decimal = notation(texts).decimal
    read = {text: read_amount(text, decimal) for text in texts}
    known = {text: float(amount) for text, amount in read.items() if amount is not None}
    names = {"price_text": list(known), "amount": list(known.values())}
    amounts = ibis.memtable(names, schema={"price_text": "string", "amount": "float64"})
    return cells.left_join(amounts, cells.price == amounts.price_text).drop("price_text")


def _trimmed(text: ir.StringColumn) -> ir.StringColumn:
    """`text` without blanks of any kind around it, as the careful road has it."""
    import ibis

    @ibis.udf.scalar.builtin(name="trim")
    def trim(text: str, characters: str) -> str: ...  # type: ignore[empty-body]

    # Taking so many kinds of blank away is dear, and hardly a cell has one.
    return ibis.cases((text.re_search(BLANK_EDGE), trim(text, BLANKS)), else_=text)


def _reached(time: ir.IntegerColumn) -> ir.IntegerColumn:
    import ibis

    return ibis.cases((in_reach(time), time))
