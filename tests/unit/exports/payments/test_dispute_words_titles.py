"""Words for claims, for chargebacks and for neither."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odr_analysis.exports.payments.dispute_words import (
    Meaning,
    may_be_wording,
    meaning,
    sounds_like,
    words,
)

CLAIMS = [
    "A-to-z Guarantee Refund",
    "A-to-z Guarantee Claim",
    "A TO Z GUARANTEE CLAIM",
    "A-to-z-Guarantee-Claims",
    "AtoZ Guarantee Claim",
    "A2ZGuaranteeRecovery",
    "A2Z Claim",
    "A-bis-Z-Garantieanträge",
    "A-bis-z-Garantieantrag",
    "Garanties A à Z",
    "Réclamations au titre de la Garantie A à Z",
    "Reclami dalla A alla Z",
    "Reclamaciones bajo la Garantía de la A a la Z",
    "Reclamos de A-to-z Guarantee",
    "A-to-z-garantieclaims",
    "A-tot-Z-garantieclaims",
    "Anspråk på A-to-z guarantee",
    "Roszczenia w ramach gwarancji od A do Z",
    "Amazonマーケットプレイス保証申請",
    "マーケットプレイス保証申請",
]
BACKS = [
    "Chargeback Refund",
    "chargeback refund",
    "Charge-back Refund",
    "ChargeBackRecovery",
    "Chargeback",
    "Chargebacks",
    "Erstattung durch Rückbuchung",
    "Rückbuchungen",
    "Remboursement de contestation de prélèvement",
    "Contestations de prélèvement",
    "Rétrofacturations",
    "Rimborso per chargeback",
    "Rimborso di chargeback",
    "Reembolso de reversión de cargo",
    "Reversiones de cargo",
    "Contracargo",
    "Terugboekingen",
    "Terugvorderingen",
    "Återdebiteringar",
    "Obciążenia zwrotne",
    "Obcienia zwrotne",
    "チャージバック",
    "ﾁｬｰｼﾞﾊﾞｯｸ",
    "チャージバックによる返金",
]
NEITHER = [
    "Order",
    "Refund",
    "Bestellung_Wiedereinzug",
    "Order_Retrocharge",
    "Refund_Retrocharge",
    "Commande_Rétrofacturation",
    "Remboursement_Rétrofacturation",
    "other-transaction",
    "Reintegros",
    "Zwrot",
    "REVERSAL_REIMBURSEMENT",
    "Amazon to Zappos",
    "Data Zone",
]


def _names(wording: str) -> bool:
    return bool(meaning("Order", [wording], title=True).component)


@pytest.mark.parametrize("kind", CLAIMS)
def test_words_for_a_claim(kind):
    assert meaning(kind) == Meaning("claim", kind)
    assert meaning("Adjustment", [kind]) == Meaning("claim", kind)


@pytest.mark.parametrize("kind", BACKS)
def test_words_for_a_chargeback(kind):
    assert meaning(kind) == Meaning("chargeback", kind)


@pytest.mark.parametrize("kind", NEITHER)
def test_words_for_neither(kind):
    assert meaning(kind) == Meaning()


FEES = """ShippingChargeback|GiftwrapChargeback|DeliveryChargeback|Shipping chargeback
Shipping Chargeback CGST|ShippingChargebackSGST|Gift wrap chargeback|GIFT_WRAP_CHARGEBACK
配送料のチャージバック|ギフト包装料チャージバック|Versandkosten-Rückbuchung|Chargeback Fee
Rétrofacturation des frais d'expédition|FBA Delivery Chargeback"""


@pytest.mark.parametrize("fee", FEES.replace("\n", "|").split("|"))
def test_fees_named_after_chargebacks_are_fees(fee):
    expected = Meaning(other="fees named chargeback")
    assert meaning(fee) == expected
    assert meaning("Order", ["ItemFees", fee]) == expected
    assert meaning("Refund", [fee], title=True) == Meaning()
    assert meaning("Chargeback Refund", ["ItemFees", fee]).other == "fees named chargeback"


@pytest.mark.parametrize(
    "text", ["SAFE-T Reimbursement", "SAFE-T-Erstattung", "Remboursement SAFE-T", "SAFE-T補てん"]
)
def test_safe_t_is_no_dispute(text):
    assert meaning(text).other == "SAFE-T"
    assert meaning("Other", ["other", text]).other == "SAFE-T"
    assert meaning("A-to-z Guarantee Refund", ["other", text]) == Meaning(other="SAFE-T")


def test_a_title_says_nothing_but_its_very_words():
    assert meaning("Order", ["A to Z of gardening"], title=True) == Meaning()
    assert meaning("Refund", ["Chargeback Refund Handbook"], title=True) == Meaning()
    assert meaning("Adjustment", ["A-to-z Guarantee Claim"], title=True).component == "claim"
    assert meaning("A-to-z Guarantee Claim", ["Safe-T gloves"], title=True) == Meaning(
        "claim", "A-to-z Guarantee Claim"
    )


@pytest.mark.parametrize("wording", [w for w in CLAIMS + BACKS if _names(w)])
def test_a_closer_look_is_taken_at_every_wording_that_may_stand_for_a_title(wording):
    for text in (wording, wording.upper(), unicodedata.normalize("NFD", wording)):
        assert may_be_wording(text)


def test_mexico_alone_calls_a_chargeback_reintegro():
    assert meaning("Reintegros", language="es-mx").component == "chargeback"
    assert meaning("Reintegros", language="es").component == ""


def test_words_nobody_knows():
    def heard(kind, *details, title=False):
        return sounds_like(kind, details, meaning(kind, details, title), title)

    assert heard("Payment dispute") == ("Payment dispute", True)
    assert heard("other-transaction", "BankDispute") == ("other-transaction: BankDispute", True)
    assert heard("Vaatimus") == ("Vaatimus", False)
    assert heard("Refund", "Guarantee of love", title=True) is None
    for known in (*CLAIMS, *BACKS, "ShippingChargeback", "SAFE-T", "Order", "Anpassung", ""):
        assert heard(known) is None


@given(st.text(max_size=40))
def test_folding_words_twice_changes_nothing(text):
    assert words(words(text)) == words(text)
