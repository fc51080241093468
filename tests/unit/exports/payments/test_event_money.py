"""Money that one financial event moved."""

from __future__ import annotations

from decimal import Decimal

import pytest

from odr_analysis.exports.payments.event_money import event_money, outcome_of, transaction_money


def amount(value, code="EUR"):
    return {"CurrencyCode": code, "CurrencyAmount": value}


def test_every_amount_stands_for_itself_and_fees_are_apart():
    event = {
        "ItemList": [{"ChargeList": [{"ChargeAmount": amount(-20.1)}]}],
        "ItemFeeList": [{"FeeAmount": amount(3.05)}],
    }
    money = event_money(event)
    assert (money.charges, money.total, money.currency) == (
        Decimal("-20.1"),
        Decimal("-17.05"),
        "EUR",
    )
    assert outcome_of(money, "") == "debited"


def test_nothing_moved_mixed_and_unreadable():
    assert event_money({}).problem == "no amount is stated"
    assert event_money({"a": amount(1), "b": amount(2, "USD")}).problem == "it mixes EUR and USD"
    assert event_money({"a": amount(1), "b": amount(0, "USD")}).total == 1, (
        "nothing has no currency"
    )
    assert event_money({"a": amount("n/a")}).problem == "an amount is no number"
    assert event_money({"a": amount(True)}).total is None


def test_a_flat_transaction_has_a_total_or_its_parts():
    assert transaction_money({"totalAmount": amount(-5)}).total == -5
    parts = {"breakdowns": [{"breakdownAmount": amount(-5)}, {"breakdownAmount": amount(2)}]}
    assert transaction_money(parts).total == -3


@pytest.mark.parametrize(
    ("content", "wording", "outcome"),
    [
        ({"a": amount(5)}, "", "recovered"),
        ({"a": amount(0)}, "", ""),
        ({}, "", ""),
        ({}, "ChargeBackRecovery", "recovered"),
        ({}, "Chargeback Refund", "debited"),
    ],
)
def test_which_way_the_money_went(content, wording, outcome):
    assert outcome_of(event_money(content), wording) == outcome
