"""The words of a dispute, and those that only look like it."""

from __future__ import annotations

import pytest

from odr_analysis.exports.payments.dispute_words import (
    FEE,
    SAFE_T,
    calls_it_recovery,
    is_product_type,
    may_be_wording,
    meaning,
    sounds_like,
    words,
)


@pytest.mark.parametrize(
    ("kind", "component"),
    [
        ("A-to-z Guarantee Refund", "claim"),
        ("A-bis-Z-Garantieantrag", "claim"),
        ("Amazonマーケットプレイス保証申請", "claim"),
        ("Chargeback Refund", "chargeback"),
        ("Erstattung durch Rückbuchung", "chargeback"),
        ("Ters ibraz iadesi", "chargeback"),
        ("Order", ""),
        ("ShippingChargeback", ""),
        ("A to Z of gardening", "claim"),
    ],
)
def test_types(kind, component):
    assert meaning(kind).component == component


def test_the_title_of_a_product_says_nothing_unless_in_the_very_words():
    assert meaning("Refund", ["A to Z of gardening"], title=True).component == ""
    assert meaning("Refund", ["A-to-z Guarantee Claim"], title=True).component == "claim"


def test_fees_and_reimbursements_are_not_disputes():
    assert meaning("Order", ["Shipping Chargeback"]).other == FEE
    assert meaning("SAFE-T reimbursement").other == SAFE_T
    assert meaning("A-to-z Guarantee Claim", ["SAFE-T"]).component == ""


def test_words_are_compared_without_case_accents_and_joins():
    assert words("Rückbuchung") == words("RUCKBUCHUNG")
    assert words("ChargeBackRecovery") == "charge back recovery"


def test_wordings_nobody_knows_are_noted():
    assert sounds_like("Guarantee thing", (), meaning("Guarantee thing"), False) is not None
    assert sounds_like("Order", (), meaning("Order"), False) is None


def test_recoveries_titles_and_products():
    assert calls_it_recovery("ChargeBackRecovery")
    assert not calls_it_recovery("Chargeback Refund")
    assert may_be_wording("A-to-z Guarantee Claim")
    assert not may_be_wording("Teapot")
    assert is_product_type("Order")
    assert not is_product_type("Transfer")
