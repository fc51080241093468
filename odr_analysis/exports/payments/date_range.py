"""Date-range and monthly unified transaction files: the disputes money moved for.

Their headers are in the language of the store, below a preamble of up to 20 lines
that explains the columns and names the currency. As in a settlement, a row says
that money moved, not that the order counts in ODR.
"""

from __future__ import annotations

import re
from decimal import Decimal

from odr_analysis import faults
from odr_analysis.exports.payments.dispute_words import is_product_type, may_be_wording, words
from odr_analysis.exports.payments.money import MoneyFile, Words, read_money
from odr_analysis.exports.payments.posted import carried, posted_days
from odr_analysis.exports.readers.contract import Read
from odr_analysis.exports.text.amounts import (
    CURRENCIES,
    currency_code,
    currency_note,
    date_order,
    main_store,
    read_amount,
    store_of,
)
from odr_analysis.exports.text.delimited import Table, check_unique
from odr_analysis.exports.text.order_ids import is_order_id

KIND = "date-range"

NEEDED = ("date/time", "settlement id", "type", "order id")
"""Columns the reader cannot do without, and knows the file by; here in English."""

HEADERS: dict[str, tuple[str, str, str, str]] = {
    "en": NEEDED,
    "de": ("Datum/Uhrzeit", "Abrechnungsnummer", "Typ", "Bestellnummer"),
    "fr": (
        "date/heure",
        "numéro de versement|Identifiant du paiement",
        "type",
        "numéro de la commande",
    ),
    "it": ("Data/Ora", "Numero pagamento", "Tipo", "Numero ordine|Numero d'ordine"),
    "es": ("fecha y hora", "identificador de pago", "tipo", "número de pedido"),
    "es-mx": ("fecha/hora", "Id. de liquidación", "tipo", "Id. del pedido|número del pedido"),
    "nl": ("datum/tijd", "schikkings-ID", "type", "bestelnummer"),
    "sv": ("datum/tid", "reglerings-id", "typ", "beställnings-id|ordernummer"),
    "pl": ("data/godzina", "identyfikator rozliczenia", "typ", "identyfikator zamówienia"),
    "ja": ("日付/時間", "決済番号", "トランザクションの種類", "注文番号"),
    "pt": (
        "data/hora",
        "id de liquidação|id da liquidação|número da liquidação",
        "tipo",
        "id do pedido|número do pedido",
    ),
    "tr": (
        "tarih/saat",
        "ödeme numarası|ödeme kimliği|mutabakat kimliği|uzlaştırma kimliği",
        "tür|tip|işlem türü",
        "sipariş numarası|sipariş kimliği|sipariş no",
    ),
}
"""Language to the names of the columns of ``NEEDED``; ``|`` between spellings."""

_OTHER = {
    "sku": "sku",
    "description": "description|Beschreibung|Descrizione|descripción|beschrijving|omschrijving|"
    "produktbeskrivning|opis|descrição|açıklama|説明",
    "marketplace": "marketplace|web de Amazon|site de vente|marknadsplats|rynek|mercado|pazar yeri|"
    "Amazon 出品サービス",
    "total": "total|Gesamt|totale|totaal|totalt|suma|toplam|合計",
    "currency": "currency|Währung|devise|valuta|divisa|moneda|waluta|moeda|para birimi|通貨",
}
"""Columns that are read where there are any, in any language."""

_COMMA = frozenset(("de", "fr", "it", "es", "nl", "sv", "pl", "pt", "tr"))
"""Languages with a decimal comma."""
_CURRENCY = {
    **dict.fromkeys(("de", "fr", "it", "es", "nl"), "EUR"),
    "sv": "SEK",
    "pl": "PLN",
    "ja": "JPY",
    "es-mx": "MXN",
    "tr": "TRY",
}
"""Currency where neither the file nor its store says."""
_ORDER = {**dict.fromkeys([*_COMMA, "es-mx"], "dmy"), "sv": "ymd", "ja": "ymd"}
"""Order of day and month by language; English has several."""
_CODE = re.compile(rf"(?<![A-Za-z])(?:{'|'.join(sorted(CURRENCIES))})(?![A-Za-z])")
_NAMED = {"EUR": re.compile(r"\beuros?\b|€", re.IGNORECASE), "JPY": re.compile("単位は円")}

_SPELLINGS = {
    language: tuple(frozenset(words(n) for n in names.split("|")) for names in columns)
    for language, columns in HEADERS.items()
}
_OTHER_NAMES = {
    column: frozenset(words(n) for n in names.split("|")) for column, names in _OTHER.items()
}
_ANY = tuple(frozenset().union(*column) for column in zip(*_SPELLINGS.values(), strict=True))
FEWEST_MONEY = 5
"""Columns of money a file in an unknown language must have to be taken for this kind."""


def has_decimal_comma(language: str) -> bool:
    """Whether files in a language write amounts with a decimal comma.

    >>> has_decimal_comma("de"), has_decimal_comma("en"), has_decimal_comma("")
    (True, False, False)
    """
    return language in _COMMA


def order_of_language(language: str) -> str | None:
    """The order of day and month in files of a language, None where there are several.

    >>> order_of_language("de"), order_of_language("en")
    ('dmy', None)
    """
    return _ORDER.get(language)


def header_like(header: list[str]) -> bool:
    """Whether cells are this file's header; cheap enough to ask of every line of a preamble.

    Examples
    --------
    >>> header_like(["Datum/Uhrzeit ", "ABRECHNUNGSNUMMER", "Typ", "Bestellnummer", "SKU"])
    True
    >>> header_like(["Alle Beträge in Euro sofern nicht anders gekennzeichnet"])
    False
    """
    if len(header) < len(NEEDED):
        return False
    names = {words(name) for name in header}
    return all(not names.isdisjoint(known) for known in _ANY)


def looks_like(header: list[str], sample_rows: list[list[str]]) -> bool:
    """Whether a header is this file's in one of the twelve languages."""
    return header_like(header)


def missing(header: list[str]) -> list[str]:
    """Columns a header lacks, in the language it is nearest to."""
    if header_like(header):
        return []
    names = {words(name) for name in header}
    lacks = (
        [
            name.split("|")[0]
            for name, known in zip(HEADERS[language], spellings, strict=True)
            if names.isdisjoint(known)
        ]
        for language, spellings in _SPELLINGS.items()
    )
    return min(lacks, key=len)


def language_of(header: list[str]) -> str:
    """Language most of the needed columns are named in; the first of ``HEADERS`` among equals."""
    names = {words(name) for name in header}
    return max(
        _SPELLINGS,
        key=lambda language: sum(not names.isdisjoint(known) for known in _SPELLINGS[language]),
    )


def currency_in(preamble: str) -> str:
    """The currency a preamble names, '' if none.

    Examples
    --------
    >>> currency_in("All amounts in USD, unless specified"), currency_in("指定のない場合、単位は円")
    ('USD', 'JPY')
    """
    if code := _CODE.search(preamble):
        return code[0]
    return next((code for code, name in _NAMED.items() if name.search(preamble)), "")


def unknown_language(header: list[str], sample_rows: list[list[str]]) -> bool:
    """Whether a file has this one's shape under a header in a language nobody taught us.

    It has order ids, at least ``FEWEST_MONEY`` columns of money behind them, and either money
    going both ways or a last amount that is the sum of the others.

    Examples
    --------
    >>> header = ["päivä", "tilitys", "laji", "tilaus", "a", "b", "c", "d", "yhteensä"]
    >>> row = ["1.8.2026", "77", "Tilaus", "113-1234567-7654321"]
    >>> unknown_language(header, [[*row, "10,00", "2,00", "0,00", "-1,50", "10,50"]])
    True
    """
    rows = [row for row in sample_rows if any(cell.strip() for cell in row)]
    ids = [at for row in rows for at, cell in enumerate(row) if cell.strip() and is_order_id(cell)]
    if header_like(header) or not ids:
        return False
    money = [at for at in range(min(ids) + 1, len(header)) if _is_money(_filled(rows, at))]
    if any(_has_cents(_filled(rows, at)) for at in money):
        # Quantities and post codes are whole numbers, as every amount is in yen.
        money = [at for at in money if _has_cents(_filled(rows, at)) or _is_zero(rows, at)]
    if len(money) < FEWEST_MONEY:
        return False
    amounts = [
        [read_amount(row[at], ",") or Decimal(0) for at in money]
        for row in rows
        if len(row) > money[-1]
    ]
    both_ways = any(amount < 0 for line in amounts for amount in line)
    adds_up = sum(sum(line[:-1]) == line[-1] != 0 for line in amounts)
    return both_ways or 2 * adds_up > len(amounts)


def _filled(rows: list[list[str]], at: int) -> list[str]:
    return [row[at].strip() for row in rows if at < len(row) and row[at].strip()]


def _is_money(cells: list[str]) -> bool:
    return bool(cells) and all(read_amount(cell, ",") is not None for cell in cells)


def _has_cents(cells: list[str]) -> bool:
    return any(re.search(r"[.,]\d{1,2}\D*$", cell) for cell in cells)


def _is_zero(rows: list[list[str]], at: int) -> bool:
    return set(_filled(rows, at)) == {"0"}


def read(table: Table, *, marketplace: str | None) -> Read:
    """Sightings of the disputes money moved for.

    Parameters
    ----------
    table : Table
        The file from its header on; a row is one amount of one transaction.
    marketplace : str or None
        Sales channel, for the order of day and month and for the currency, where the file
        settles neither.
    Returns
    -------
    Read
        As for a settlement: one row of ``defects`` per order x component x direction x currency,
        told by the words of type and description in twelve languages; ``amount`` is the total of
        its rows, positive when it left the seller. The words of a description are consulted
        where it cannot be the title of a product. Every other row is kept and counted in
        ``details``. Rows of a dispute are dropped for a missing or damaged order id and for
        ``unreadable date``.

    Raises
    ------
    ExportError
        When a needed column is missing or one that is read occurs twice.

    Examples
    --------
    >>> from odr_analysis.exports.text.delimited import split_rows
    >>> text = (
    ...     "Alle Beträge in Euro sofern nicht anders gekennzeichnet\\n"
    ...     "Datum/Uhrzeit,Abrechnungsnummer,Typ,Bestellnummer,SKU,Beschreibung,Gesamt\\n"
    ...     '01.08.2026 00:12:34 UTC,77,Erstattung durch Rückbuchung,113-1234567-7654321,'
    ...     'A1,Topf,"-1.025,90"\\n'
    ... )
    >>> done = read(
    ...     split_rows(text, file="f.csv", delimiter=",", quoted=True, header_line=2),
    ...     marketplace=None,
    ... )
    >>> done.defects[["component", "outcome", "amount", "currency"]].values.tolist()
    [['chargeback', 'debited', 1025.9, 'EUR']]
    """
    language = language_of(table.header)
    date_at, settlement_at, type_at, order_at = _needed(table, language)
    at = _others(table)
    notes = []
    if at["total"] is None:
        at["total"] = _last_amount(table, order_at)
        notes.append(
            f"no column is known to be the total; {table.header[at['total']]!r} is taken for it."
            if at["total"] is not None
            else "no column is known to be the total, so the amounts are unknown."
        )

    def cells(place: int | None) -> list[str]:
        if place is None:
            return [""] * len(table.rows)
        return [cells[place].strip() for _, cells in table.rows]

    posted = carried(cells(date_at), cells(settlement_at))
    types, texts, skus = cells(type_at), cells(at["description"]), cells(at["sku"])
    stores, stated = cells(at["marketplace"]), cells(at["currency"])
    own, given, named = main_store(stores), store_of(marketplace), currency_in(table.preamble)

    def currency_of(said: str, store_name: str) -> str:
        store = store_of(store_name) or own
        usual = _CURRENCY.get(language) or (given.currency if given else "")
        return currency_code(said) or named or (store.currency if store else usual)

    currencies = {currency_of(*both) for both in set(zip(stated, stores, strict=True))}
    hint = (
        date_order(own, named, None) or order_of_language(language) or date_order(given, "", None)
    )
    days = posted_days(
        posted,
        order_hint=hint,
        file=table.file,
        column=table.header[date_at],
    )
    return read_money(
        MoneyFile(
            table=table,
            source=KIND,
            words=_words(types, texts, skus),
            order_at=order_at,
            amounts_at=() if at["total"] is None else (at["total"],),
            decimal="," if has_decimal_comma(language) else ".",
            posted=posted,
            currency=lambda row: currency_of(stated[row], stores[row]),
            language=language,
            store=own.name if own else "",
        ),
        days,
        {},
        [*notes, *currency_note(currencies)],
    )


def _words(types: list[str], texts: list[str], skus: list[str]) -> list[Words]:
    """What each row says; equal rows share one object, and the titles of products say nothing."""
    product = {kind: is_product_type(kind) for kind in set(types)}
    met: dict[tuple[str, str, bool], Words] = {}
    said = []
    for kind, text, sku in zip(types, texts, skus, strict=True):
        title = bool(sku) or product[kind]
        raw = (kind, "" if title and not may_be_wording(text) else text, title)
        if raw not in met:
            met[raw] = Words(kind, (raw[1],), title)
        said.append(met[raw])
    return said


def _needed(table: Table, language: str) -> list[int]:
    """Positions of the columns of ``NEEDED``, of those in `language` where there are several."""
    names = [words(name) for name in table.header]
    places = []
    for spelling, own, known in zip(HEADERS[language], _SPELLINGS[language], _ANY, strict=True):
        found = [i for i, name in enumerate(names) if name in own]
        found = found or [i for i, name in enumerate(names) if name in known]
        if not found:
            raise faults.COLUMN_MISSING.error(
                table.file, column=spelling.split("|")[0], columns=", ".join(table.header)
            )
        check_unique(table.header, [table.header[found[0]]], table.file)
        places.append(found[0])
    return places


def _others(table: Table) -> dict[str, int | None]:
    """Position of each column of ``_OTHER``, None where there is none."""
    names = [words(name) for name in table.header]
    places: dict[str, int | None] = {}
    for column, known in _OTHER_NAMES.items():
        found = [i for i, name in enumerate(names) if name in known]
        places[column] = found[0] if found else None
        check_unique(table.header, [table.header[i] for i in found[:1]], table.file)
    return places


def _last_amount(table: Table, after: int) -> int | None:
    """The last column behind `after` that holds amounts only: the total comes after its parts."""
    rows = [cells for _, cells in table.rows]
    behind = range(len(table.header) - 1, after, -1)
    return next((at for at in behind if _is_money(_filled(rows, at))), None)
