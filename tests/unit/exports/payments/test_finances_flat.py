"""Flat transactions of the newer Finances API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.exports.payments.made_finances import ONE, read


def transaction(kind: str, amount: Any = -25.9, order: str = ONE, **changed: Any) -> dict[str, Any]:
    return {
        "transactionType": kind,
        "transactionStatus": "RELEASED",
        "postedDate": "2026-09-14T12:45:47Z",
        "relatedIdentifiers": [
            {"relatedIdentifierName": "SHIPMENT_ID", "relatedIdentifierValue": "1"},
            {"relatedIdentifierName": "ORDER_ID", "relatedIdentifierValue": order},
        ],
        "totalAmount": {"currencyAmount": amount, "currencyCode": "SEK"},
        "items": [{"totalAmount": {"currencyAmount": -99, "currencyCode": "SEK"}}],
    } | changed


@pytest.mark.parametrize(
    ("kind", "description", "component"),
    [
        ("Chargeback", None, "chargeback"),
        ("ChargebackRefund", None, "chargeback"),
        ("GuaranteeClaim", None, "claim"),
        ("A-to-z Guarantee Claim", None, "claim"),
        ("Refund", "A-to-z Guarantee Refund", "claim"),
        ("Shipment", "Order Payment", ""),
        ("ShippingChargeback", None, ""),
        ("GiftwrapChargeback", None, ""),
        ("ServiceFee", "Shipping Chargeback", ""),
        ("SAFE-T Reimbursement", None, ""),
        ("Refund", None, ""),
    ],
)
def test_flat_transactions(kind, description, component):
    done = read({"payload": {"transactions": [transaction(kind, description=description)]}})
    assert done.defects.component.tolist() == ([component] if component else [])
    assert (done.rows_read, done.details["types"]) == (1, {kind: 1})
    if component:
        (row,) = done.defects.itertuples()
        assert (row.outcome, row.amount, row.currency) == ("debited", 25.9, "SEK")
        assert row.reason == (description or kind)


def test_flat_transactions_without_a_total_and_without_amounts():
    parts = [
        {
            "breakdownType": "Sales",
            "breakdownAmount": {"currencyAmount": -9, "currencyCode": "EUR"},
        },
        {"breakdownType": "Fees", "breakdownAmount": {"currencyAmount": 2, "currencyCode": "EUR"}},
    ]
    done = read(
        [
            transaction("Chargeback", totalAmount=None, breakdowns=parts),
            transaction("ChargebackRecovery", totalAmount=None),
            transaction("Chargeback", totalAmount=None),
            transaction("Chargeback", 12),
        ]
    )
    assert done.defects.outcome.tolist() == ["debited", "recovered", "debited", "recovered"]
    assert done.defects.amount.tolist()[0] == 7
    assert done.defects.amount.isna().tolist() == [False, True, True, False]
