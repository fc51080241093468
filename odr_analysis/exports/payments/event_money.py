"""Money that one financial event moved, exactly, and which way it went."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from odr_analysis.exports.payments.dispute_words import calls_it_recovery
from odr_analysis.exports.text.amounts import as_money, read_amount
from odr_analysis.exports.text.json_xml import field, fold, several, word
from odr_analysis.words import listed

_NOTHING = Decimal(0)


class Money(NamedTuple):
    """What an event moved, as the file has it: below 0 when the seller pays.

    ``charges`` leaves the fees out; both are None where nothing can be read or currencies are
    mixed, which `problem` then says.
    """

    charges: Decimal | None
    total: Decimal | None
    currency: str
    problem: str = ""


def event_money(content: dict[str, Any]) -> Money:
    """All that an event of version 0 moved: every amount in it stands for itself."""
    charges: list[Any] = []
    fees: list[Any] = []
    waiting: list[tuple[Any, bool]] = [(content, False)]
    while waiting:
        part, is_fee = waiting.pop()
        if isinstance(part, list):
            waiting += [(entry, is_fee) for entry in part]
        elif isinstance(part, dict):
            if field(part, "CurrencyAmount") is not None:
                (fees if is_fee else charges).append(part)
            else:
                waiting += [(v, is_fee or "fee" in fold(k)) for k, v in part.items()]
    return _money(charges, fees)


def transaction_money(content: dict[str, Any]) -> Money:
    """What a flat transaction moved; the parts of its sum are told apart nowhere reliably."""
    total = field(content, "totalAmount")
    if total is None:
        parts = several(field(content, "breakdowns"))
        return _money([field(part, "breakdownAmount") for part in parts], [])
    return _money([total], [])


def _money(charges: list[Any], fees: list[Any]) -> Money:
    """Sums of amounts, exactly."""
    both = [entry for entry in (*charges, *fees) if entry is not None]
    if not both:
        return Money(None, None, "", "no amount is stated")
    read = {id(entry): _amount(field(entry, "CurrencyAmount")) for entry in both}
    if None in read.values():
        return Money(None, None, "", "an amount is no number")
    # Of amounts of nothing the currency does not matter.
    moved = [entry for entry in both if read[id(entry)]] or both
    currencies = {word(field(entry, "CurrencyCode")) for entry in moved}
    if len(currencies) > 1:
        return Money(None, None, "", f"it mixes {listed(sorted(currencies))}")
    sums = [
        sum((read[id(entry)] or _NOTHING for entry in part if entry is not None), _NOTHING)
        for part in (charges, both)
    ]
    return Money(sums[0], sums[1], currencies.pop())


def _amount(value: Any) -> Decimal | None:
    """An amount of JSON or XML, exactly as it is written."""
    found: Decimal | None
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    text = value if isinstance(value, str) else repr(value)
    try:
        found = Decimal(text)
    except ArithmeticError:
        found = read_amount(text)
    return None if found is None else as_money(found)


def outcome_of(money: Money, wording: str) -> str:
    """Which way the money went."""
    decisive = money.charges or money.total
    if decisive:
        return "debited" if decisive < 0 else "recovered"
    if money.total is None and wording:
        return "recovered" if calls_it_recovery(wording) else "debited"
    return ""
