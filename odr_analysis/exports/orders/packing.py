"""Order exports: which there are, and how their rows become canonical rows.

A file takes one of two roads. The fast one hands the file to the engine as it
is; it is open only to a file that turns out to be flawless. Every other file
takes the careful road, which looks at each cell and accounts for each line.
Both end in the same raw columns, so all that follows is the same lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from odr_analysis import terms
from odr_analysis.exports.orders.keys import keys, number_of, patterned_keys
from odr_analysis.exports.text.instants import BLANK_EDGE, ISO, PASSES_FOR_A_DIGIT, PLAIN
from odr_analysis.exports.text.yes_no import CHANNEL_WORDS

if TYPE_CHECKING:
    import ibis.expr.types as ir


CHANNEL_BITS, STATUS_BITS, RANK_BITS, STORE_BITS, SECOND_BITS = 2, 3, 2, 10, 31
EPOCH = "1995-01-01"
"""Seconds are counted from here: 31 bits reach to 2063, and no order is older."""
ORIGIN = datetime.fromisoformat(EPOCH).replace(tzinfo=UTC)
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


CANONICAL: dict[str, str] = dict.fromkeys(("order_key", "version", "placed", "store"), "int64")
"""Columns of :func:`canonical_rows`, and their types."""


def canonical_rows(
    raw: ir.Table,
    rank: int | ir.IntegerColumn,
    stores: tuple[str, ...] = STORES,
    *,
    kept: Sequence[str] = (),
    tries: bool = True,
) -> ir.Table:
    """Order rows as numbers: one row per row of the export.

    Three integers say which row of an order is the newest and carry what it says, so
    that a ``max`` of each settles an order, and no engine has to sort or to keep text:

    - ``version``: seconds of the update, rank of the kind, status, channel;
    - ``placed``: seconds of the update, seconds of the purchase;
    - ``store``: seconds of the update, position in `stores`; null where the row names none.

    ``order_key`` is the order id as a number, null where the row cannot be used as it is:
    no such id or date, blanks around a word, or a sales channel that is not in `stores`.

    Parameters
    ----------
    raw : ibis Table
        ``LEDGER_COLUMNS`` as text; the times may be timestamps instead.
    rank, stores
        Rank of the kind of export, and what the codes of stores stand for.
    kept : sequence of str
        Columns of `raw` that stay as they are, as ``raw_order_id``.
    tries : bool
        Whether the engine can try a cast. One that cannot looks at every id by a pattern first,
        and must be given timestamps.
    """
    import ibis

    # Step by step, because engines compute what stands in one expression twice, twice.
    raw = raw.mutate(number=number_of(raw.order_id)) if tries else raw
    status, channel, store = _codes(raw, stores)
    read = raw.select(
        order_key=keys(raw.order_id, raw.number) if tries else patterned_keys(raw.order_id),
        purchased=seconds(raw.purchased),
        told=seconds(raw.updated),
        dated=_has_time(raw.purchased),
        silent=_is_empty(raw.updated),
        status=status,
        channel=channel,
        store=store,
        rank=rank,
        **{f"raw_{name}": raw[name] for name in kept},
    )
    usable = in_reach(read.purchased) & read.dated & (read.silent | in_reach(read.told))
    usable &= (read.status >= 0) & (read.channel >= 0) & (read.store.fill_null(0) >= 0)
    updated = ibis.coalesce(read.told, read.purchased)
    code = (((updated << RANK_BITS) + read["rank"]) << STATUS_BITS) + read.status
    return read.select(
        *(f"raw_{name}" for name in kept),
        order_key=usable.ifelse(read.order_key, None),
        version=(code << CHANNEL_BITS) + read.channel,
        placed=(updated << SECOND_BITS) + read.purchased,
        store=(updated << STORE_BITS) + read.store,
    )


def _has_time(column: ir.Column) -> ir.BooleanColumn:
    """Whether a cell says a time and not only a day."""
    return column.length() > len("2026-09-30") if column.type().is_string() else column.notnull()


def _is_empty(column: ir.Column) -> ir.BooleanColumn:
    return column == "" if column.type().is_string() else column.isnull()


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


def seconds(time: ir.Column) -> ir.IntegerColumn:
    """Times to seconds since `EPOCH`: timestamps, or text of the forms `ISO`; null for any other.

    The engine's session runs in UTC, so a text without offset is UTC, as
    Amazon's order reports are.
    """
    import ibis

    if not time.type().is_string():
        # Cut to the second first: some engines round.
        return time.truncate("s").epoch_seconds().cast("int64") - int(ORIGIN.timestamp())
    # Almost every text is UTC already; an offset is dear to apply, and so is a pattern. The engine
    # would read more than these forms, but not as the careful road does.
    plain_form = time.like(PLAIN)
    for mark in PASSES_FOR_A_DIGIT:
        plain_form &= ~time.contains(mark)
    instant = ibis.cases(
        (plain_form, time.try_cast("timestamp")),
        (time.re_search(ISO), time.try_cast("timestamp('UTC')").cast("timestamp")),
    )
    return instant.delta(ibis.timestamp(EPOCH), unit="second")
