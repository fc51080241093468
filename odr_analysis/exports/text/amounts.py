"""Amounts of money in exports, exactly: a sum of cents that comes to nothing must be 0."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from odr_analysis import terms

_SIMPLE = re.compile(r"[-+]?\d+(?:([.,])(\d+))?", re.ASCII)
_MINUS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
_CURRENCY = r"(?:[a-zł]{1,4}\.?)?"
_AMOUNT = re.compile(
    rf"(?P<open>\()? ?(?P<before>[-+]?) ?{_CURRENCY} ?(?P<inner>[-+]?) ?"
    rf"(?P<digits>\d[\d.,' ]*|[.,]\d+) ?(?P<after>-?) ?{_CURRENCY} ?(?P<last>-?)(?P<close>\))?",
    re.ASCII | re.IGNORECASE,
)
_GROUPED = re.compile(r"\d{1,3}(?:(?:[.,' ]\d{2,3})*[.,' ]\d{3})?|\d+", re.ASCII)
"""Digits in groups of three, or of two before the last three as India writes them."""


_MOST_DIGITS = 13
"""Digits before the decimal mark; a longer number is not money, and its cents would be lost."""
_LONGEST = 40
"""Characters of an amount; longer ones are not looked at."""


class Notation(NamedTuple):
    """How one column writes its amounts.

    ``decimal`` is ``.`` or ``,``; ``mixed`` says that some cells contradict it.
    """

    decimal: str
    mixed: bool


def notation(values: Iterable[str], expected: str = ".") -> Notation:
    """The decimal mark of a column; `expected` where no cell tells.

    Examples
    --------
    >>> notation(["1.234", "95,00"])
    Notation(decimal=',', mixed=False)
    >>> notation(["1.234"], expected=",").decimal, notation(["7.5", "7,5", "2.25"]).mixed
    (',', True)
    """
    votes = {".": 0, ",": 0}
    for text in set(values):
        simple = _SIMPLE.fullmatch(text)
        if simple is None:
            told = _parts(text)
            mark = _evident(told[1]) if told else ""
        else:
            mark = _evident(text.lstrip("-+")) if simple[1] else ""
        if mark:
            votes[mark] += 1
    most = expected if votes["."] == votes[","] else max(votes, key=lambda mark: votes[mark])
    return Notation(most, min(votes.values()) > 0)


def read_amount(text: str, decimal: str = ".") -> Decimal | None:
    """The exact amount a cell holds; None for an empty cell and one that is no amount,
    which one of more than 13 digits before the decimal mark is not either.

    Read are thousands set apart by a point, comma, apostrophe or any kind of space, any kind of
    minus before or after, brackets for minus, and a currency's sign or code at either end.
    `decimal` decides only where a cell leaves it open, as ``1.234`` does.

    Examples
    --------
    >>> [str(read_amount(t)) for t in ("1,234.56", "1.234,56", "\u2212 7,50 €", "(3.20)", "$-1")]
    ['1234.56', '1234.56', '-7.50', '-3.20', '-1']
    >>> str(read_amount("1.234", ",")), str(read_amount("1.234", ".")), read_amount("n/a")
    ('1234', '1.234', None)
    """
    if len(text) > _LONGEST and len(text.strip()) > _LONGEST:
        return None
    if decimal == "." and (simple := _SIMPLE.fullmatch(text)) and simple[1] != ",":
        return as_money(Decimal(text))
    parts = _parts(text)
    if parts is None:
        return None
    negative, digits = parts
    mark = _evident(digits)
    if not mark and any(m in digits for m in ".,"):
        # One kind of mark: several of them, or one before three digits.
        kind = "," if "," in digits else "."
        mark = decimal if digits.count(kind) == 1 and kind == decimal else ""
    whole, _, cents = digits.rpartition(mark) if mark else (digits, "", "")
    if (whole and not _GROUPED.fullmatch(whole)) or (cents and not cents.isdigit()):
        return None
    number = re.sub(r"[^\d]", "", whole) or "0"
    value = Decimal(f"{number}.{cents}" if cents else number)
    return as_money(-value if negative else value)


def as_money(value: Decimal) -> Decimal | None:
    """`value`, None where no money is so much or so little.

    >>> as_money(Decimal("9e12")) == 9 * 10**12, as_money(Decimal("1e13"))
    (True, None)
    """
    if not value:
        return Decimal(0) if value.is_finite() else None
    # Not by comparing: arithmetic with such exponents is itself an error.
    return value if value.is_finite() and -_LONGEST < value.adjusted() < _MOST_DIGITS else None


def _parts(text: str) -> tuple[bool, str] | None:
    """Whether an amount is negative, and its digits and marks; None when it is no amount."""
    text = unicodedata.normalize("NFKC", text).translate(_MINUS).replace("\u2019", "'")
    text = "".join(c for c in text if unicodedata.category(c) != "Sc").strip(" \t\"'=")
    found = _AMOUNT.fullmatch(" ".join(text.split()))
    if found is None or bool(found["open"]) != bool(found["close"]):
        return None
    signs = [found[name] for name in ("before", "inner", "after", "last") if found[name]]
    if len(signs) > 1 or (signs and found["open"]):
        return None
    return bool(found["open"]) or signs == ["-"], found["digits"].strip()


def _evident(digits: str) -> str:
    """The decimal mark when the digits leave no doubt of it, else ''."""
    points, commas = digits.count("."), digits.count(",")
    if points and commas:
        last = "." if digits.rfind(".") > digits.rfind(",") else ","
        return last if digits.count(last) == 1 else ""
    if points + commas != 1:
        return ""
    mark = "." if points else ","
    whole, _, cents = digits.partition(mark)
    # Thousands come in threes, after one to three digits of which the first is no 0.
    grouped = len(cents) == 3 and 0 < len(whole.replace(" ", "")) <= 3 and whole[0] != "0"
    return "" if grouped else mark


def currency_note(currencies: Iterable[str]) -> list[str]:
    """The sentence about amounts in several currencies, if there are."""
    several = sorted(set(currencies) - {""})
    if len(several) < 2:
        return []
    return [f"amounts are in {', '.join(several)}; they are kept apart and never added up."]


def currency_code(text: str) -> str:
    """An ISO 4217 code, upper case; '' for anything else."""
    code = text.strip().upper()
    return code if len(code) == 3 and code.isascii() and code.isalpha() else ""


CURRENCIES = frozenset(store.currency for store in terms.MARKETPLACES.values())
"""Currencies of the stores."""
_STORES = {name.casefold(): store for name, store in terms.MARKETPLACES.items()}
_STORES |= {"amazon.jp": terms.MARKETPLACES["Amazon.co.jp"]}


def store_of(name: str | None) -> terms.Marketplace | None:
    """The store a file's own name for it means.

    Examples
    --------
    >>> store_of("www.amazon.jp").name, store_of("SI UK Prod Marketplace")
    ('Amazon.co.jp', None)
    """
    return _STORES.get((name or "").strip().casefold().removeprefix("www."))


def main_store(names: Iterable[str]) -> terms.Marketplace | None:
    """The store named most often, the first seen among equals."""
    counts: Counter[str] = Counter()
    for name, n in Counter(names).items():
        if (store := store_of(name)) is not None:
            counts[store.name] += n
    return terms.MARKETPLACES[counts.most_common(1)[0][0]] if counts else None


def date_order(
    own: terms.Marketplace | None, currency: str, given: terms.Marketplace | None
) -> str | None:
    """Order of day and month by the store a file names, else its currency, else the seller's store.

    Examples
    --------
    >>> date_order(None, "EUR", terms.MARKETPLACES["Amazon.com"]), date_order(None, "", None)
    ('dmy', None)
    """
    if own is not None:
        return own.date_order
    orders = {
        store.date_order for store in terms.MARKETPLACES.values() if store.currency == currency
    }
    if len(orders) == 1:
        return orders.pop()
    return given.date_order if given else None
