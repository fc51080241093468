"""The language of a comment."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odr_analysis.texts.language import CANDIDATES, language_of
from odr_analysis.texts.tokens import clean


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Never arrived, very disappointed", "en"),
        ("NICHT ANGEKOMMEN", "de"),
        ("Jamais reçu le colis", "fr"),
        ("Nunca llegó el paquete", "es"),
        ("Pacco mai arrivato", "it"),
        ("Барахло", "ru"),
        ("Посилка не прийшла, дуже погано їх", "uk"),
        ("届きませんでした", "ja"),
        ("Nooit ontvangen, heel slechte service van deze verkoper", "nl"),
        ("bahut ghatiya product hai, paise wapas karo", "hi"),
        ("Seller phone nahi uthata", "hi"),
        ("Bekar", "hi"),
        ("Mi hai mandato il pacco sbagliato", "it"),
        ("Never came, bakwas seller", "en"),
        ("", ""),
        ("12345 !!! 😡", ""),
        ("n/a", ""),
        ("A+++", ""),
    ],
)
def test_language_is_told_or_left_open(text: str, language: str) -> None:
    assert language_of(text) == language


def test_the_marketplace_settles_what_is_too_short_but_never_the_script() -> None:
    assert language_of("ok") == ""
    assert language_of("ok", marketplace="Amazon.de") == "de"
    assert language_of("ок", marketplace="Amazon.de") == ""
    assert language_of("ok", marketplace="Amazon.co.jp") == ""
    assert language_of("ok", marketplace="Amazon.nowhere") == ""


@given(st.text())
def test_whatever_stands_there_has_a_known_language_or_none(text: str) -> None:
    assert language_of(clean(text)) in {*CANDIDATES, ""}
