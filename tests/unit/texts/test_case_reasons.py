"""Codes and words of claims, chargebacks and returns."""

from __future__ import annotations

import pytest

from odr_analysis.texts.case_reasons import CASE_REASONS, PAYMENT, STEMS, reason_of_case
from odr_analysis.texts.phrase_rules import REASONS

TOLD = {
    "CR-DEFECTIVE": "damaged",
    "CR-DAMAGED_BY_CARRIER": "damaged",
    "PRODUCT_DEFECTIVE": "damaged",
    "Arrived too late and broken": "damaged",
    "CR-MISSED_ESTIMATED_DELIVERY": "late",
    "Arrived too late": "late",
    "Delivered late": "late",
    "CR-NEVER_ARRIVED": "not received",
    "DELIVERED_NOT_RECEIVED_CARRIER_FAULT": "not received",
    "Nie angekommen": "not received",
    "CR-SWITCHEROO": "wrong or not as described",
    "AMZ-PG-BAD-DESC": "wrong or not as described",
    "CR-UNAUTHORIZED_PURCHASE": PAYMENT,
    "Unauthorised payment": PAYMENT,
    "CR-FOUND_BETTER_PRICE": "price",
    "CR-UNWANTED_ITEM": "product opinion",
    "CR-QUALITY_UNACCEPTABLE": "product opinion",
    # Money that has not come back is another thing than a parcel that has not come.
    "Returned, not refunded": "refund",
    "Refund not received": "refund",
    "Credit not processed": "refund",
    "Rückerstattung nicht erhalten": "refund",
    "Remboursement non reçu": "refund",
    "Reembolso no recibido": "refund",
    "Damaged article sent back, no refund": "refund",
    "Not received, buyer wants a refund": "not received",
    "Not received and no refund": "not received",
    "Damaged, buyer wants a refund": "damaged",
    "Wants his refund": "refund",
    # Accents and case are none.
    "BESCHÄDIGT": "damaged",
    "Pas reçu": "not received",
    "Artículo dañado": "damaged",
    # What has no stem is read as a comment would be.
    "Defekt": "damaged",
}


@pytest.mark.parametrize("words", TOLD)
def test_a_code_and_words_tell_the_reason(words: str) -> None:
    assert reason_of_case(words) == TOLD[words]
    assert reason_of_case(words.lower().replace("_", " ")) == TOLD[words]
    assert reason_of_case(f"  {words.replace(' ', '_-_')}!\n") == TOLD[words]


@pytest.mark.parametrize(
    "words",
    [
        "",
        " \t\n",
        "Other",
        "N/A",
        "none",
        "CR-NO_REASON_GIVEN",
        "AMZ-PG-MISORDERED",
        "CR-ORDERED_WRONG_ITEM",
        "商品",
        "???",
        "\x00\u202e",
    ],
)
def test_what_tells_nothing_is_no_reason(words: str) -> None:
    assert reason_of_case(words) == ""


@pytest.mark.parametrize("words", ["Steel plate", "Latex gloves", "I ask later", "The latest one"])
def test_a_stem_begins_a_word_and_a_whole_word_is_one(words: str) -> None:
    assert reason_of_case(words) == ""
    assert reason_of_case(f"{words}, came late") == "late"


def test_the_store_settles_the_language_of_a_word() -> None:
    # Italian for "late", a name in German.
    assert reason_of_case("tardi", marketplace="Amazon.it") != ""
    assert reason_of_case("tardi", marketplace="Amazon.de") == ""


def test_untrusted_text_takes_no_time_and_no_harm() -> None:
    assert reason_of_case("(" * 100_000) == ""
    assert reason_of_case("a" * 100_000) == ""
    assert reason_of_case("<script>damaged</script> " * 5000) == "damaged"
    # No more than 2,000 characters are looked at.
    assert reason_of_case("x " * 1_000 + "damaged") == ""


def test_every_reason_of_a_case_is_a_known_one() -> None:
    assert {reason for reason, _ in STEMS} <= set(CASE_REASONS)
    assert set(CASE_REASONS) == {*REASONS, PAYMENT}
    # Stems are written as texts are folded, else none could be found.
    for _, stems in STEMS:
        for stem in stems:
            assert stem == stem.casefold()
            assert stem.replace(" ", "").isalpha()
            assert stem.isascii()
