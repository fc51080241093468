"""Payments > Transaction View: the disputes money moved for, one row per transaction.

The columns have an order of their own in every language: date, (status), type, order id,
product, amounts, and last the total with its currency in brackets. The file is recognised by
that order and by the name of its order-id column, so a new translation of the other columns
does not hide a claim. As in a settlement, a row records that money moved, not that the order
counts in ODR.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from odr_analysis import faults
from odr_analysis.exports.payments.date_range import HEADERS, has_decimal_comma, order_of_language
from odr_analysis.exports.payments.dispute_words import words
from odr_analysis.exports.payments.money import MoneyFile, Words, read_money
from odr_analysis.exports.payments.posted import posted_days
from odr_analysis.exports.readers.contract import Read
from odr_analysis.exports.text.amounts import CURRENCIES, date_order, store_of
from odr_analysis.exports.text.delimited import Table, check_unique
from odr_analysis.exports.text.order_ids import is_order_id

KIND = "payments-transaction-view"

NEEDED = ("Date", "Transaction type", "Order ID", "Total (USD)")
"""Columns the reader cannot do without; here in English."""

COLUMNS = range(8, 13)
"""How many columns the file has: nine, or ten since it has a status."""

_MORE_ORDER_NAMES = {
    "en": "Order ID|Order number",
    "de": "Bestellnummer|Bestell-ID",
    "fr": "Numéro de commande|Numéro de la commande|ID de commande",
    "it": "Numero ordine|Numero dell'ordine|ID ordine",
    "es": "Número de pedido|Número del pedido|ID de pedido|Id. de pedido",
    "nl": "Bestelnummer|Bestel-ID|Order-ID",
    "sv": "Ordernummer|Order-ID|Beställningsnummer",
    "pl": "Numer zamówienia|ID zamówienia",
    "ja": "注文番号",
    "pt": "ID do pedido|Número do pedido|Número da encomenda",
    "tr": "Sipariş Numarası|Sipariş Kimliği|Sipariş No|Sipariş ID",
}
_TOTAL = re.compile(r"\S.*\(\s*([A-Za-z]{3})\s*\)")
_NO_ORDER = frozenset(("", "-", "--", "---", "—", "–"))


def _spellings() -> dict[str, str]:
    found: dict[str, str] = {}
    for language, columns in HEADERS.items():
        names = [*columns[3].split("|"), *_MORE_ORDER_NAMES.get(language, "").split("|")]
        for name in filter(None, names):
            found.setdefault(words(name), language)
    return found


_LANGUAGE_OF = _spellings()
"""Folded name of the order-id column to the first language that calls it so."""


@dataclass(frozen=True)
class Columns:
    """Where the columns of one header are."""

    date: int
    type: int
    order: int
    product: int
    total: int
    currency: str
    language: str


def columns_of(header: list[str], sample_rows: list[list[str]] | None = None) -> Columns | None:
    """Where the columns are, None for the header of another file.

    Examples
    --------
    >>> header = ["Datum", "Art der Transaktion", "Bestellnummer", "Produktdetails", "Produkte",
    ...           "Rabatte", "Amazon-Gebühren", "Andere", "Gesamt (EUR)"]
    >>> found = columns_of(header)
    >>> found.type, found.order, found.total, found.currency, found.language
    (1, 2, 8, 'EUR', 'de')
    """
    if len(header) not in COLUMNS:
        return None
    total = _TOTAL.fullmatch(header[-1].strip())
    if total is None or total[1].upper() not in CURRENCIES:
        return None
    names = [words(name) for name in header]
    # The date, perhaps a status, and the type stand before the order id.
    order = next((at for at in (2, 3) if names[at] in _LANGUAGE_OF), None)
    if order is None:
        order = next((at for at in (2, 3) if _holds_ids(sample_rows or [], at)), None)
    if order is None:
        return None
    language = _LANGUAGE_OF.get(names[order], "")
    return Columns(0, order - 1, order, order + 1, len(header) - 1, total[1].upper(), language)


def _holds_ids(rows: list[list[str]], at: int) -> bool:
    cells = [row[at].strip() for row in rows if at < len(row)]
    filled = [cell for cell in cells if cell not in _NO_ORDER]
    return bool(filled) and all(is_order_id(cell) for cell in filled)


def looks_like(header: list[str], sample_rows: list[list[str]]) -> bool:
    """Whether a header is this file's, in whatever language."""
    return columns_of(header, sample_rows) is not None


def missing(header: list[str]) -> list[str]:
    """Columns a header lacks, by their English names."""
    if columns_of(header) is not None:
        return []
    names = {words(name) for name in header}
    lacks = [name for name in NEEDED[:2] if words(name) not in names]
    if names.isdisjoint(_LANGUAGE_OF):
        lacks.append(NEEDED[2])
    if not header or _TOTAL.fullmatch(header[-1].strip()) is None:
        lacks.append(NEEDED[3])
    return lacks or list(NEEDED[:1])


def read(table: Table, *, marketplace: str | None) -> Read:
    """Sightings of the disputes money moved for.

    Parameters
    ----------
    table : Table
        The file; a row is one transaction.
    marketplace : str or None
        Sales channel, for the order of day and month where neither the days, the currency nor
        the language settle it.

    Returns
    -------
    Read
        As for a settlement: one row of ``defects`` per order x component x direction x
        currency; ``amount`` is in the currency of the total's header, positive when it left
        the seller. Every other row is kept and counted in ``details``. Rows of a dispute are
        dropped for a missing or damaged order id and for ``unreadable date``.

    Raises
    ------
    ExportError
        When the columns are not where this file has them, or the header has one twice.

    Examples
    --------
    >>> from odr_analysis.exports.text.delimited import split_rows
    >>> text = (
    ...     "Date,Transaction type,Order ID,Product Details,Total product charges,"
    ...     "Total promotional rebates,Amazon fees,Other,Total (USD)\\n"
    ...     "9/9/2026,A-to-z Guarantee Claim,113-1234567-7654321,Pot,-20,0,3,0,-17.00\\n"
    ... )
    >>> done = read(
    ...     split_rows(text, file="f.csv", delimiter=",", quoted=True), marketplace=None
    ... )
    >>> done.defects[["component", "outcome", "amount", "currency"]].values.tolist()
    [['claim', 'debited', 17.0, 'USD']]
    """
    at = columns_of(table.header, [cells for _, cells in table.rows])
    if at is None:
        raise faults.COLUMNS_MISPLACED.error(table.file, columns=", ".join(table.header))
    read_here = (at.date, at.type, at.order, at.total)
    check_unique(table.header, [table.header[place] for place in read_here], table.file)

    def cells(place: int) -> list[str]:
        return [row[place].strip() for _, row in table.rows]

    posted, given = cells(at.date), store_of(marketplace)
    hint = date_order(None, at.currency, None) or order_of_language(at.language)
    days = posted_days(
        posted,
        order_hint=hint or date_order(given, "", None),
        file=table.file,
        column=table.header[at.date],
    )
    return read_money(
        MoneyFile(
            table=table,
            source=KIND,
            # The product stands beside every type, so it may be a title.
            words=[
                Words(kind, (text,), True)
                for kind, text in zip(cells(at.type), cells(at.product), strict=True)
            ],
            order_at=at.order,
            amounts_at=(at.total,),
            decimal="," if has_decimal_comma(at.language) else ".",
            posted=posted,
            currency=lambda row: at.currency,
            language=at.language,
        ),
        days,
        {},
        [],
    )
