"""The words for an A-to-z claim and a chargeback in files of money, in twelve languages.

Amazon publishes no list of them. They are compared loosely, but a word inside a
longer one proves nothing: ``ShippingChargeback`` is a fee, and "A to Z of gardening" a book.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

FEE, SAFE_T = "fees named chargeback", "SAFE-T"
"""What looks like a dispute and is none."""

_LATIN_MARKS = re.compile("[\u0300-\u036f]")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


@lru_cache(maxsize=4096)
def words(text: str) -> str:
    """A wording for comparison: lower case, no accents, words set apart by one space.

    Examples
    --------
    >>> words("A-to-z Guarantee Refund"), words("ChargeBackRecovery"), words("Rückbuchung(en)")
    ('a to z guarantee refund', 'charge back recovery', 'ruckbuchung en')
    """
    text = unicodedata.normalize("NFKD", _HUMP.sub(" ", text)).casefold()
    text = unicodedata.normalize("NFKC", _LATIN_MARKS.sub("", text))
    return " ".join(re.sub(r"[\W_]+", " ", text).split())


def _known(text: str) -> frozenset[str]:
    return frozenset(words(name) for name in re.split(r"[|\n]", text) if name.strip())


_ORDERS = _known(
    "Order|Bestellung|Commande|Ordine|Pedido|Bestelling|Beställning|Zamówienie|Sipariş|注文"
)
_REFUNDS = _known(
    "Refund|Erstattung|Remboursement|Rimborso|Reembolso|Terugbetaling|Återbetalning|Zwrot|返金"
    "|Para İadesi|İade|Geri Ödeme"
)
_PRODUCT = _ORDERS | _REFUNDS
_KNOWN = _known(
    """Adjustment|Anpassung|Ajustement|Modifica|Ajuste|Aanpassing|調整
    Transfer|Übertrag|Überweisung|Transfert|Trasferimento|Transferir|Trasferir|Overboeking
    Overdracht|Överföring|Przelew|振込み
    Service Fee|ServiceFee|Servicegebühr|Frais de service|Commissione di servizio
    Tarifa de prestación de servicio|Tarifa de servicio|Servicekosten|Serviceavgift|注文外料金
    Debt|Verbindlichkeit|Solde négatif|Saldo negativo|Saldo descubierto|Deuda|Skuld
    FBA Inventory Fee|FBA Customer Return Fee|FBA Transaction Fees|Liquidations
    Liquidations Adjustments|Lightning Deal Fee|Fee Adjustment|Shipping Services|Amazon Fees
    Delivery Services|Order Payment|Inventory Reimbursement|Versand durch Amazon Lagergebühr
    Frais de stock Expédié par Amazon|Costo di stoccaggio Logistica di Amazon
    Tarifas de inventario de Logística de Amazon|Blitzangebotsgebühr|Tarif de la Vente Flash
    Tarifa de Oferta flash|Gebührenerstattung|Ajuste de tarifa|Ajustement des frais
    Regolazione dei costi|other-transaction|Other|Subscription Fee|Storage Fee|Payable to Amazon
    Successful charge|REVERSAL_REIMBURSEMENT|WAREHOUSE_DAMAGE|WAREHOUSE_LOST|Micro Deposit
    Transfers|CouponRedemptionFee|COMPENSATED_CLAWBACK|Inbound Transportation Fee|RemovalComplete
    Tax|Vine Enrollment Fee|Grade and Resell Fees|Income Tax Charged|TBYB Customer Return Fee
    SellerReviewEnrollmentPayment|TBYB Trial Shipment|Goodwill Concession
    Service Fees|Transferência|Transferência bancária|Taxa de serviço|Tarifa de serviço
    Serviços de Envio|Débito|Hizmet Ücreti|Düzeltme|Ayarlama|Borç|Kargo Hizmetleri
    Zahlung der Bestellung|Bestellzahlung|Servicegebühren|Paiement de la commande
    Pagamento dell'ordine|Pago del pedido|Pago de pedido|Pagamento do pedido|Sipariş Ödemesi"""
)
"""Types that are known and no dispute, in whatever language."""

_SAFE_T = re.compile(r"\bsafe ?t(?![a-z])")
_CLAIM = re.compile(
    r"\b(?:a ?to ?z|a ?2 ?z)(?![a-z0-9])|\b(?:a ?to ?z|a ?2 ?z)(?=guarantee|claim|refund|recover)"
    r"|\ba (?:bis|a|ate|alla|a la|tot|till|do) z\b|\ba ?z guarantee|\bguarantee claim"
    r"|\ba dan z ye\b"
    r"|マーケットプレイス保証"
)
_BACK = re.compile(
    r"charge ?back|ruckbuchung|retrofacturation|contestation|revers\w* de (?:los )?cargo"
    r"|contracargo|reintegro|terugboeking|terugvordering|aterdebitering|obci\w* zwrotn"
    r"|riaddebito|estorno|ters ibraz|チャージ ?バック"
)
"""What speaks of a chargeback, or of the fee that is named after one."""
_FEE = re.compile(
    r"ship|deliver|gift|wrap|\b[cis]gst\b|\bfees?\b|versand|liefer|geschenk|gebuhr|expedition"
    r"|livraison|emballage|cadeau|\bfrais\b|spedizion|consegn|confezion|\bregalo|commission|envio"
    r"|envoltorio|entrega|tarifa|verzend|bezorg|kosten|frakt|leverans|presentinslag|avgift"
    r"|wysylk|dostaw|prezent|oplat|\btaxas?\b|presente|ucret|kargo|gonderi|hediye|teslimat|配送|ギフト|包装|手数料|料金"
)
_REFUND = rf"(?:{'|'.join(sorted(_REFUNDS))})"
_CHARGEBACK = re.compile(
    r"^charge ?backs? (?:refund|recover|revers|reimburs|claim|adjust)"
    r"|^(?:(?:credit card|service) )?charge ?backs?$"
    rf"|^{_REFUND} (?:\w+ ){{0,2}}(?:charge ?backs?|riaddebit[oi]|terugvordering(?:en)?)$"
    rf"|^(?:{_REFUND} (?:\w+ ){{0,2}})?retrofacturations?$|^terugvordering(?:en)?$|^riaddebit[oi]$"
    r"|ruckbuchung|contestations? d(?:e|es|u) prelevement|\brevers\w* de (?:los )?cargos?\b"
    rf"|^(?:{_REFUND} (?:\w+ ){{0,2}})?estornos?$"
    r"|contracargo|terugboeking|aterdebitering|obci\w* zwrotn|ters ibraz|チャージ ?バック"
)
_WHOLE = _known(
    """A-to-z Guarantee Claim|A-to-z Guarantee Claims|A-to-z Guarantee Refund|A2ZGuaranteeRecovery
    A-to-z Guarantee Recovery|A-bis-Z-Garantieantrag|A-bis-Z-Garantieanträge|Garanties A à Z
    Réclamations au titre de la Garantie A à Z|Reclami dalla A alla Z
    Reclamaciones bajo la Garantía de la A a la Z|Reclamos de A-to-z Guarantee
    A-to-z-garantieclaims|A-tot-Z-garantieclaims|Anspråk på A-to-z guarantee
    Roszczenia w ramach gwarancji od A do Z|Amazonマーケットプレイス保証申請
    Chargeback Refund|Chargeback Recovery|ChargeBackRecovery|Erstattung durch Rückbuchung
    Remboursement de contestation de prélèvement|Reembolso de reversión de cargo
    Garantia de A a Z|Reivindicações da Garantia de A a Z|Reclamação da Garantia de A a Z
    Reembolso de estorno|A'dan Z'ye Garanti Talebi|A'dan Z'ye Garanti Talepleri
    Ters ibraz iadesi"""
)
"""Wordings that speak of a dispute even where the title of a product may stand."""
_LONGEST = 64
_TITLE_HINTS = (
    "garan",
    "guaran",
    "gwaran",
    "reclam",
    "保証",
    "charge",
    "buchung",
    "contest",
    "cargo",
    "estorno",
    "braz",
)
"""One of them is in every wording of ``_WHOLE``, whatever its case and accents."""
_RECOVERY = re.compile(r"recover|reimburs|revers(?!\w* de)")
_HINT = re.compile(
    r"charge ?back|disput|guarant|garant|\bclaim|reclam|contest|ruckbuch|zwrotn|estorno|ibraz"
    r"|保証|チャージ"
)


class Meaning(NamedTuple):
    """What a row's words say.

    ``component`` is ``claim``, ``chargeback`` or '' for all else; ``wording`` the words that said
    so; ``other`` is ``FEE`` for a fee named after a chargeback (with a component: such a fee
    booked within a dispute), ``SAFE_T`` for a reimbursement, else ''.
    """

    component: str = ""
    wording: str = ""
    other: str = ""


def meaning(
    kind: str, details: Sequence[str] = (), title: bool = False, language: str = ""
) -> Meaning:
    """What the words of one row say.

    Parameters
    ----------
    kind : str
        The transaction type.
    details : sequence of str
        The other words of the row, consulted where the type does not decide.
    title : bool
        Whether `details` may be the title of a product; only the very words of a dispute then
        speak of one.
    language : str
        Language of the file, for words that mean a chargeback in one only.

    Examples
    --------
    >>> meaning("A-to-z Guarantee Refund").component, meaning("Refund", ["A to Z"], True).component
    ('claim', '')
    >>> meaning("other-transaction", ["other-transaction", "ChargeBackRecovery"])[:2]
    ('chargeback', 'ChargeBackRecovery')
    >>> meaning("Order", ["ItemFees", "ShippingChargeback"])
    Meaning(component='', wording='', other='fees named chargeback')
    """
    said = words(kind)
    if _SAFE_T.search(said):
        return Meaning(other=SAFE_T)
    component, fee = _dispute(said, kind, language)
    if component and title:
        return Meaning(component, kind)
    rest = [(words(text), text) for text in details if text]
    if component:
        if any(_SAFE_T.search(w) for w, _ in rest):
            return Meaning(other=SAFE_T)
        return Meaning(component, kind, FEE if any(_is_fee(w) for w, _ in rest) else "")
    for said, text in rest:
        if title and said not in _WHOLE:
            continue
        if _SAFE_T.search(said):
            return Meaning(other=SAFE_T)
        component, named_fee = _dispute(said, text, language)
        if component:
            return Meaning(component, text)
        fee = fee or named_fee
    return Meaning(other=FEE if fee else "")


def may_be_wording(text: str) -> bool:
    """Whether a text in the place of a title deserves a closer look; quick, and never a wrong no.

    Examples
    --------
    >>> may_be_wording("A-to-z Guarantee Claim"), may_be_wording("A to Z of gardening")
    (True, False)
    """
    if len(text) > _LONGEST:
        return False
    folded = text.casefold()
    return any(hint in folded for hint in _TITLE_HINTS)


def is_product_type(kind: str) -> bool:
    """Whether rows of this type are about a product: orders, refunds and the tax on them.

    Examples
    --------
    >>> is_product_type("Bestellung"), is_product_type("Order_Retrocharge")
    (True, True)
    >>> is_product_type("Erstattung durch Rückbuchung")
    False
    """
    return words(kind) in _PRODUCT or _is_retrocharge(kind)


def sounds_like(
    kind: str, details: Sequence[str], told: Meaning, title: bool
) -> tuple[str, bool] | None:
    """Words that are not understood and may be a dispute's, and whether they sound like one.

    None where the words are understood. A type nobody knows is given back also when it sounds
    like nothing: in a language of its own a dispute does.

    Examples
    --------
    >>> sounds_like("Adjustment", ["Guarantee payout"], Meaning(), False)
    ('Adjustment: Guarantee payout', True)
    >>> sounds_like("A-Z-vaatimus", [], Meaning(), False), sounds_like("Order", [], Meaning(), True)
    (('A-Z-vaatimus', False), None)
    """
    if told.component or told.other or not kind:
        return None
    known = words(kind) in _KNOWN or is_product_type(kind)
    if not known and _HINT.search(words(kind)):
        return kind, True
    telling = next((d for d in details if not title and _HINT.search(words(d))), None)
    if telling is not None:
        return f"{kind}: {telling}", True
    return None if known else (kind, False)


def calls_it_recovery(wording: str) -> bool:
    """Whether the words of a dispute say that money came back."""
    return bool(_RECOVERY.search(words(wording)))


def _dispute(said: str, raw: str, language: str) -> tuple[str, bool]:
    """Component that folded words name, '' if none, and whether they name a fee."""
    if _CLAIM.search(said):
        return "claim", False
    if not _BACK.search(said) or _is_retrocharge(raw):
        return "", False
    if _FEE.search(said):
        return "", True
    in_mexico = language == "es-mx" and re.fullmatch(r"reintegros?(?: de cargos?)?", said)
    return ("chargeback" if in_mexico or _CHARGEBACK.search(said) else ""), False


def _is_fee(said: str) -> bool:
    return bool(_BACK.search(said) and _FEE.search(said))


def _is_retrocharge(kind: str) -> bool:
    """``Order_Retrocharge`` and the like in any language: tax, not a chargeback."""
    before, joint, _ = kind.partition("_")
    return bool(joint) and words(before) in _PRODUCT
