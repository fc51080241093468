"""Settlement reports: the A-to-z claims and chargebacks that money moved for.

A row says that money moved on a day, not that the order counts in ODR, and a
claim Amazon paid for leaves no row at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter

from odr_analysis.exports.payments.dispute_words import meaning, sounds_like
from odr_analysis.exports.payments.money import MoneyFile, Words, read_money
from odr_analysis.exports.payments.posted import Spans, carried, posted_days
from odr_analysis.exports.readers.contract import Read
from odr_analysis.exports.text.amounts import (
    currency_code,
    currency_note,
    date_order,
    main_store,
    store_of,
)
from odr_analysis.exports.text.delimited import Table, find_column

KIND = "settlement"

_COMMON = ("settlement-id", "transaction-type", "order-id", "posted-date")
LAYOUTS: dict[str, tuple[str, ...]] = {
    "long": (*_COMMON, "amount-description", "amount"),
    "wide": (*_COMMON, "price-type", "price-amount"),
}
"""Columns that tell the layouts: V2 with one amount a row, V1 with a column per kind of amount.
Headers are English in every store."""
NEEDED = LAYOUTS["long"]
"""Columns the reader cannot do without, in the newer layout."""

WORDS = {
    "long": ("amount-type", "amount-description"),
    "wide": (
        *("shipment-fee-type", "order-fee-type", "price-type", "item-related-fee-type"),
        *("other-fee-reason-description", "promotion-type", "direct-payment-type"),
    ),
}
"""Columns that, after the transaction type, say what a row is."""
_AMOUNTS = {
    "long": ("amount",),
    "wide": (
        *("shipment-fee-amount", "order-fee-amount", "price-amount", "item-related-fee-amount"),
        *("misc-fee-amount", "other-fee-amount", "promotion-amount", "direct-payment-amount"),
        "other-amount",
    ),
}


def is_read(wording: Sequence[str]) -> bool:
    """Whether rows that say so, type first, are looked at one by one.

    >>> is_read(["Order", "ItemPrice", "Principal"]), is_read(["A-to-z Guarantee Refund"])
    (False, True)
    """
    kind, *details = (text.strip() for text in wording)
    said = meaning(kind, details)
    return bool(said.component or sounds_like(kind, details, said, False))


def looks_like(header: list[str], sample_rows: list[list[str]]) -> bool:
    """Whether a header is that of a settlement report of either layout."""
    return not missing(header)


def missing(header: list[str]) -> list[str]:
    """Columns a header lacks of the layout it is nearest to."""
    lacks = (
        [name for name in needed if find_column(header, name) is None]
        for needed in LAYOUTS.values()
    )
    return min(lacks, key=len)


def read(table: Table, *, marketplace: str | None) -> Read:
    """Sightings of the disputes money moved for.

    Parameters
    ----------
    table : Table
        The file; a row is one amount (long layout) or the amounts of one item (wide layout).
    marketplace : str or None
        Sales channel, for the order of day and month and for the currency, where the file
        settles neither.

    Returns
    -------
    Read
        One row of ``defects`` per order x component x direction x currency, on the first line
        and the first day of its transactions: ``debited`` when their amounts add up to less
        than 0, paid by the seller; ``recovered`` when to more; '' when to nothing. ``amount``
        is positive when money left the seller. An empty posted date is that of the row before,
        an empty currency that of the settlement. Every other row is kept and counted:
        ``details`` has ``sightings``, ``types`` (transaction type to rows) and ``other``
        (summary rows, fees named chargeback, SAFE-T). Rows of a dispute are dropped for a
        missing or damaged order id and for ``unreadable date``.

    Raises
    ------
    ExportError
        When a needed column is missing or one that is read occurs twice.

    Examples
    --------
    >>> from odr_analysis.exports.text.delimited import split_rows
    >>> text = (
    ...     "settlement-id\\tcurrency\\ttransaction-type\\torder-id\\tamount-type\\t"
    ...     "amount-description\\tamount\\tposted-date\\n"
    ...     "1\\tEUR\\t\\t\\t\\t\\t\\t\\n"
    ...     "1\\t\\tA-to-z Guarantee Refund\\t113-1234567-7654321\\tItemPrice\\tPrincipal\\t"
    ...     "-25,90\\t14.09.2026\\n"
    ...     "1\\t\\tA-to-z Guarantee Refund\\t113-1234567-7654321\\tItemFees\\tCommission\\t"
    ...     "3,89\\t\\n"
    ... )
    >>> done = read(
    ...     split_rows(text, file="f.txt", delimiter="\\t", quoted=False), marketplace=None
    ... )
    >>> done.defects[["component", "outcome", "amount", "currency", "line"]].values.tolist()
    [['claim', 'debited', 22.01, 'EUR', 3]]
    """
    layout = "wide" if find_column(table.header, *LAYOUTS["long"][-1:]) is None else "long"
    settlement_at, type_at, order_at, posted_at = (table.need(name) for name in _COMMON)
    for name in LAYOUTS[layout]:
        table.need(name)
    settlements = _cells(table, settlement_at)
    types = _cells(table, type_at)
    posted, full = _cells(table, posted_at), _optional(table, "posted-date-time")
    # The time says its day in full, whatever a spreadsheet made of the column beside it.
    posted = carried([time or day for day, time in zip(posted, full, strict=True)], settlements)
    stores = _optional(table, "marketplace-name")
    own, given = main_store(stores), store_of(marketplace)
    stated = _optional(table, "currency")
    codes = {cell: currency_code(cell) for cell in set(stated)}
    stated = [codes[cell] for cell in stated]
    inside = carried(stated, settlements)
    first = {s: c for s, c in zip(reversed(settlements), reversed(stated), strict=True) if c}

    def currency_of(carried: str, settlement: str, store_name: str) -> str:
        # A file that was sorted may have the summary row, which states it, anywhere.
        said = carried or first.get(settlement, "")
        store = store_of(store_name) or own or given
        return said or (store.currency if store else "")

    several = {currency_of(*row) for row in set(zip(inside, settlements, stores, strict=True))}
    said_at = [at for name in WORDS[layout] if (at := table.column(name)) is not None]
    amounts_at = [at for name in _AMOUNTS[layout] if (at := table.column(name)) is not None]
    days = posted_days(
        posted,
        order_hint=date_order(own, next(filter(None, stated), ""), given),
        file=table.file,
        column=table.header[posted_at],
    )
    summary = sum(
        not kind and not table.rows[row][1][order_at].strip() for row, kind in enumerate(types)
    )
    return read_money(
        MoneyFile(
            table=table,
            source=KIND,
            words=_words(table, type_at, said_at),
            order_at=order_at,
            amounts_at=tuple(amounts_at),
            decimal=".",
            posted=posted,
            currency=lambda row: currency_of(inside[row], settlements[row], stores[row]),
            store=own.name if own else "",
            stated=_periods(table, date_order(own, next(filter(None, stated), ""), given)),
        ),
        days,
        {"summary rows": summary},
        currency_note(several),
    )


def _words(table: Table, type_at: int, said_at: list[int]) -> list[Words]:
    """What each row says; equal rows share one object, for there are many rows and few words."""
    pick = itemgetter(type_at, *said_at)
    met: dict[tuple[str, ...], Words] = {}
    said = []
    for _, cells in table.rows:
        raw = pick(cells)
        if raw not in met:
            kind, *details = (text.strip() for text in raw)
            met[raw] = Words(kind, tuple(details))
        said.append(met[raw])
    return said


def _periods(table: Table, order_hint: str | None) -> Spans:
    """First and last day of each settlement, from the row that sums it up."""
    places = [table.column(name) for name in ("settlement-start-date", "settlement-end-date")]
    if None in places:
        return ()
    pairs = {tuple(cells[at].strip() for at in places if at is not None) for _, cells in table.rows}
    written = sorted(pair for pair in pairs if all(pair))
    days = posted_days(
        [cell for pair in written for cell in pair],
        order_hint=order_hint,
        file=table.file,
        column=table.header[places[0] or 0],
    ).day_of
    spans = [(days[first], days[last]) for first, last in written]
    read = [(a.date(), b.date()) for a, b in spans if a is not None and b is not None]
    return tuple(sorted(span for span in read if span[0] <= span[1]))


def _cells(table: Table, at: int) -> list[str]:
    return [cells[at].strip() for _, cells in table.rows]


def _optional(table: Table, name: str) -> list[str]:
    at = table.column(name)
    return [""] * len(table.rows) if at is None else _cells(table, at)
