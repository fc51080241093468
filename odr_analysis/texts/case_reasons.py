"""Why a case was opened, from the words or codes of a claim, a chargeback or a return.

Amazon's return reasons are codes (``CR-DAMAGED_BY_CARRIER``), its claim decisions too
(``DELIVERED_NOT_RECEIVED_CARRIER_FAULT``), and files kept by hand have a few words
("Not as described"). Amazon publishes no complete list, so stems of words are looked for, and
what has none of them is read as a comment would be.
"""

from __future__ import annotations

import re
from functools import lru_cache

from odr_analysis.texts.phrase_rules import REASONS
from odr_analysis.texts.reasons import reasons_of
from odr_analysis.texts.tokens import fold

PAYMENT = "payment denied"
CASE_REASONS: dict[str, str] = {
    **REASONS,
    PAYMENT: "the buyer says that the card payment was not theirs",
}
"""Reasons of any defect: those of feedback texts, and one that only chargebacks have."""

STEMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (PAYMENT, ("unauthori", "fraud", "not recogni", "unrecogni", "unbekannt", "non autoris")),
    (
        # "Refund not received" is about money.
        "refund",
        (
            *("refund not", "credit not", "not credited", "erstattung nicht"),
            *("ruckerstattung nicht", "remboursement non", "reembolso no ", "rimborso non"),
        ),
    ),
    (
        "not received",
        (
            *("not received", "never arrived", "never received", "not arrived", "non receipt"),
            *("not delivered", "undeliver", "missing parcel", "lost in", "nicht erhalten"),
            *("nicht angekommen", "non recu", "pas recu", "no recibid", "non ricevut"),
        ),
    ),
    (
        "refund",
        (
            *("no refund", "not refund", "keine erstattung", "nicht erstattet", "pas rembours"),
            *("non rembours", "sin reembolso", "non rimbors"),
        ),
    ),
    (
        "wrong or not as described",
        (
            *("not as described", "bad desc", "wrong item", "switcheroo", "missing part"),
            *("not compatible", "incorrect item", "different from", "inaccurate", "counterfeit"),
            *("extra item", "falsch", "nicht wie beschrieben", "non conforme", "pas conforme"),
            "no es como",
        ),
    ),
    (
        "damaged",
        ("damage", "defect", "broken", "beschadigt", "kaputt", "endommag", "danado", "rotto"),
    ),
    (
        "late",
        (
            *("too late", "arrived late", "late ", "missed estimated", "delay", "verspatet"),
            *("zu spat", "retard", "tarde ", "ritardo"),
        ),
    ),
    ("refund", ("refund", "erstattung", "ruckerstattung", "rembours", "reembols", "rimbors")),
    ("price", ("better price", "too expensive")),
    (
        "product opinion",
        (
            *("quality", "unwanted", "too small", "too large", "style", "did not like"),
            *("no longer", "performance", "found better", "changed mind"),
        ),
    ),
    ("service", ("service", "no response", "no answer", "cancel")),
)
"""Reasons and stems of words; the first that a text holds tells. A stem begins a word, and one
that ends in a space ends one. What went wrong goes before what followed, except that a payment
denied and a refund not given are said of nothing else."""

_BUYERS_OWN = ("misorder", "ordered wrong")
"""The buyer's own mistake: nothing of the seller's went wrong."""
_NO_REASON = ("no reason given", "other", "none", "n a", "unknown", "misc")
_LONGEST = 2_000


def reason_of_case(words: str, *, marketplace: str = "") -> str:
    """The reason behind the words of a claim, chargeback or return.

    Parameters
    ----------
    words : str
        A code or free text, as a file has it; untrusted.
    marketplace : str
        Settles the language of free text too short to tell.

    Returns
    -------
    str
        A key of ``CASE_REASONS``, '' where the words do not tell.

    Examples
    --------
    >>> reason_of_case("CR-DAMAGED_BY_CARRIER"), reason_of_case("Not received")
    ('damaged', 'not received')
    >>> reason_of_case("DELIVERED_NOT_RECEIVED_CARRIER_FAULT"), reason_of_case("Other")
    ('not received', '')
    >>> reason_of_case("Unauthorised payment"), reason_of_case("AMZ-PG-BAD-DESC")
    ('payment denied', 'wrong or not as described')
    >>> reason_of_case("Refund not received"), reason_of_case("Damaged, wants a refund")
    ('refund', 'damaged')
    """
    return _reason(words[:_LONGEST], marketplace) if words else ""


@lru_cache(maxsize=4096)
def _reason(words: str, marketplace: str) -> str:
    plain = " ".join(fold(word) for word in re.findall(r"[^\W_]+", words))
    if not plain or plain in _NO_REASON or any(own in plain for own in _BUYERS_OWN):
        return ""
    # With a space on either side: "late" is no part of "plate" or "latex".
    padded = f" {plain} "
    for reason, stems in STEMS:
        if any(f" {stem}" in padded for stem in stems):
            return reason
    return reasons_of(words, 1, marketplace)[1]
