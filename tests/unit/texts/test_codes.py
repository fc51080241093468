"""Codes and words of claims, chargebacks and returns."""

from __future__ import annotations

import pytest

from odr_analysis.texts.codes import CASE_REASONS, STEMS, reason_of_case
from odr_analysis.texts.rules import REASONS

TOLD = {
    "CR-DEFECTIVE": "damaged",
    "CR-DAMAGED_BY_CARRIER": "damaged",
    "PRODUCT_DEFECTIVE": "damaged",
    "Arrived too late and broken": "damaged",
    "CR-MISSED_ESTIMATED_DELIVERY": "late",
    "Arrived too late": "late",
    "CR-NEVER_ARRIVED": "not received",
    "DELIVERED_NOT_RECEIVED_CARRIER_FAULT": "not received",
    "Nie angekommen": "not received",
    "CR-SWITCHEROO": "wrong or not as described",
    "AMZ-PG-BAD-DESC": "wrong or not as described",
    "Returned, not refunded": "refund",
    "CR-UNAUTHORIZED_PURCHASE": "payment denied",
    "Unauthorised payment": "payment denied",
    "CR-FOUND_BETTER_PRICE": "price",
    "CR-UNWANTED_ITEM": "product opinion",
}


@pytest.mark.parametrize("words", TOLD)
def test_a_code_and_words_tell_the_reason(words: str) -> None:
    assert reason_of_case(words) == TOLD[words]
    assert reason_of_case(words.lower().replace("_", " ")) == TOLD[words]


@pytest.mark.parametrize(
    "words",
    [
        "",
        "Other",
        "CR-NO_REASON_GIVEN",
        "AMZ-PG-MISORDERED",
        "CR-ORDERED_WRONG_ITEM",
        "商品",
        "???",
    ],
)
def test_what_tells_nothing_is_no_reason(words: str) -> None:
    assert reason_of_case(words) == ""


def test_a_stem_begins_a_word() -> None:
    assert reason_of_case("Steel plate") == ""


def test_untrusted_text_takes_no_time_and_no_harm() -> None:
    assert reason_of_case("(" * 100_000) == ""
    assert reason_of_case("<script>damaged</script> " * 5000) == "damaged"


def test_every_reason_of_a_case_is_a_known_one() -> None:
    assert {reason for reason, _ in STEMS} <= set(CASE_REASONS)
    assert set(REASONS) < set(CASE_REASONS)
