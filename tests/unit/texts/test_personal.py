"""E-mail addresses and phone numbers."""

from __future__ import annotations

import pytest

from odr_analysis.texts.language import language_of
from odr_analysis.texts.match import read
from odr_analysis.texts.personal import personal_data
from odr_analysis.texts.phrase_rules import rules_of
from odr_analysis.texts.tokens import clean


def found(comment: str, marketplace: str = "") -> list[str]:
    text = clean(comment)
    seen = read(text, rules_of(language_of(text, marketplace=marketplace)))
    return [one.masked for one in personal_data(seen, marketplace=marketplace)]


@pytest.mark.parametrize(
    ("comment", "marketplace", "masked"),
    [
        ("write to sales@example.com", "", ["sa…@…"]),
        ("write to sales@example.com.", "", ["sa…@…"]),
        ("schreibt an öl@example.de", "", []),
        ("x@mail.example.co.uk and y@example.org", "", ["x…@…", "y…@…"]),
        ("they call +44 20 7946 0018", "", ["+44…"]),
        ("call 020 7946 0018 now", "Amazon.co.uk", ["020…"]),
        ("call 020 7946 0018 now", "", ["020…"]),
        ("07700 900123", "", ["077…"]),
        ("ring him on 07700900123", "Amazon.co.uk", ["077…"]),
        ("mail jo.smith (at) example.com", "", ["jo…@…"]),
        ("schreibt an info[at]laden[punkt]de", "Amazon.de", ["in…@…"]),
        ("ruft an: 030/23125118", "Amazon.de", ["030…"]),
        ("bitte rufen Sie 03023125118 an", "Amazon.de", ["030…"]),
        ("their cell 2125550147", "Amazon.com", ["212…"]),
    ],
)
def test_addresses_and_numbers_are_found_and_masked(
    comment: str, marketplace: str, masked: list[str]
) -> None:
    assert found(comment, marketplace) == masked


@pytest.mark.parametrize(
    ("comment", "marketplace"),
    [
        ("order 113-1234567-7654321 never came", "Amazon.com"),
        ("tracking 212-555-0147 is wrong", "Amazon.com"),
        ("I paid for 2125550147 of them", "Amazon.com"),
        ("am 03.05.2024 129,90 gezahlt", "Amazon.de"),
        ("Bestellnummer 030 23125118", "Amazon.de"),
        ("write abc123@marketplace.amazon.com", ""),
        ("I asked help@amazon.co.uk", ""),
        ("we meet @ noon, a@b or @shop", ""),
        ("serial 9780306406157", "Amazon.com"),
        ("order 204 1234567 7654321", "Amazon.co.uk"),
        ("mit 9400 6426 8309 2264 5006 21 nichts", "Amazon.de"),
        ("vom 27.05.-10.03.26 nichts", "Amazon.de"),
        ("got XG-0921-8060", "Amazon.co.uk"),
        ("paid 07700 900123 of them", "Amazon.co.uk"),
    ],
)
def test_other_numbers_and_addresses_at_amazon_are_none(comment: str, marketplace: str) -> None:
    assert found(comment, marketplace) == []
