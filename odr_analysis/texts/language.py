"""The language of a comment, offline.

Hindi in Latin letters is known by its words, since models take it for English or Turkish. For the
rest three sources, each asked only where the one before leaves it open: a model of letter groups
(py3langid, limited to languages of Amazon's stores), the words of the rules, the marketplace.
Lingua was tried beside it (96 MB): it was right as often and slower.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import Any

from odr_analysis.terms import MARKETPLACES
from odr_analysis.texts.phrase_rules import FOLDER, LANGUAGES, rules_of
from odr_analysis.texts.tokens import words_of

CANDIDATES: tuple[str, ...] = (*LANGUAGES, "nl", "pt", "pl", "sv", "tr", "ja", "ar", "hi", "uk")
"""Languages told apart: those with rules, and others of Amazon's stores, so that a Dutch
comment is not taken for a German one."""

MARGIN, MARGIN_WITHOUT_RULES = 0.5, 0.8
"""Smallest share of the model's belief that the best language must have to be taken; more is
asked of a language without rules, since a few words of French can look Portuguese."""

_LONGEST_OF_ONE_HINDI = 3
"""Words of a comment in which a single Hindi word in Latin letters is enough."""

_FEWEST_LETTERS = 4
_READ = 600
"""Characters the model reads; more do not change its mind."""
_LANGUAGE_OF_COUNTRY = {
    **dict.fromkeys(("US", "CA", "GB", "IE", "AU", "SG", "IN"), "en"),
    **dict.fromkeys(("MX", "ES"), "es"),
    "DE": "de",
    "FR": "fr",
    "IT": "it",
    "BR": "pt",
    "NL": "nl",
    "SE": "sv",
    "PL": "pl",
    "TR": "tr",
    "JP": "ja",
    "SA": "ar",
    "EG": "ar",
    "AE": "ar",
}
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_UKRAINIAN = re.compile(r"[іїєґІЇЄҐ]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_NO_WORD = re.compile(r"\W+")
_LETTER = re.compile(r"[^\W\d_]")


def language_of(text: str, *, marketplace: str = "") -> str:
    """The language of a cleaned comment.

    Parameters
    ----------
    text : str
        From :func:`~odr_analysis.texts.tokens.clean`.
    marketplace : str
        Sales channel the comment is from, '' if not known. Asked last, and never against the
        script: a Russian comment on Amazon.de stays Russian.

    Returns
    -------
    str
        ISO 639-1 code, one of ``CANDIDATES``; '' where nothing tells, and for no letters.

    Examples
    --------
    >>> language_of("Lieferung kam viel zu spät"), language_of("очень долгая доставка")
    ('de', 'ru')
    >>> language_of("123 !!!"), language_of("Heel slechte verkoper, nooit ontvangen")
    ('', 'nl')
    """
    if not _LETTER.search(text):
        return ""
    if _KANA.search(text):
        return "ja"
    cyrillic = bool(_CYRILLIC.search(text))
    if not cyrillic and _is_latin_hindi(_NO_WORD.split(text[:_READ].lower())):
        return "hi"
    told, belief = "", 0.0
    if len(_LETTER.findall(text[:_READ])) >= _FEWEST_LETTERS:
        told, belief = _model().classify(text[:_READ])
    if cyrillic and told in ("ru", "uk"):
        return "uk" if _UKRAINIAN.search(text) else "ru"
    margin = MARGIN if told in LANGUAGES else MARGIN_WITHOUT_RULES
    if belief >= margin and (told in ("ru", "uk")) == cyrillic:
        return str(told)
    known = {one: _known_words(text[:_READ], one) for one in LANGUAGES}
    most = max(known.values())
    best = [one for one, count in known.items() if count == most]
    if most and len(best) == 1:
        return best[0]
    store = MARKETPLACES.get(marketplace)
    home = _LANGUAGE_OF_COUNTRY.get(store.country, "") if store else ""
    return home if not cyrillic and home not in ("ja", "ar") else ""


def _is_latin_hindi(words: list[str]) -> bool:
    """Whether words in small letters are Hindi in Latin ones, mixed with English as it often is.

    A third of all words must be Hindi, and more than are everyday words of a language with rules.
    """
    clear, small = _hindi()
    if clear.isdisjoint(words):
        return False
    words = [word for word in words if word]
    own = sum(word in clear for word in words)
    hindi = own + sum(word in small for word in words)
    if hindi * 3 < len(words) or (hindi == 1 and len(words) > _LONGEST_OF_ONE_HINDI):
        return False
    return all(
        hindi > sum(word in rules_of(one).plain and word not in small for word in words)
        for one in LANGUAGES
    )


@cache
def _hindi() -> tuple[frozenset[str], frozenset[str]]:
    table = tomllib.loads((FOLDER / "hindi-latin.toml").read_text("utf-8"))
    return frozenset(table["words"]), frozenset(table["small"])


def _known_words(text: str, language: str) -> int:
    """Words of three letters or more that the rules of a language know."""
    rules = rules_of(language)
    words = words_of(text, joins=rules.joins, umlauts=rules.umlauts)
    return sum(
        len(w.folded) > 2 and (w.folded in rules.negation or bool(rules.elements_of(w.folded)))
        for w in words
    )


@cache
def _model() -> Any:
    # Takes a second to load, so only when a comment is there to be read.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    model.set_languages(list(CANDIDATES))
    return model
