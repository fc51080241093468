"""Obscene words written with stars: "f**k" is read as any obscene word that it fits."""

from __future__ import annotations

import re
from functools import cache

from odr_analysis.texts.match import Reading
from odr_analysis.texts.phrase_rules import rules_of
from odr_analysis.texts.tokens import fold

_MASK = "*#@$!"
_STARRED = re.compile(r"(?<![\w*])[^\W\d_]{1,20}(?:[*#@$!]{1,8}[^\W\d_]{0,20}){1,3}")
_WITHIN = re.compile(r"[*#@$!][^\W\d_]|[^\W\d_]\*")
_FEWEST_LETTERS = 4
_FEWEST_SEEN = 2
"""Letters that must be left to see, so that "d***" is not guessed."""


def masked_words(seen: Reading) -> list[str]:
    """Words of a comment that fit an obscene one of its language but for their stars.

    Examples
    --------
    >>> from odr_analysis.texts.match import read
    >>> masked_words(read("where the f**k is it, A+++ 5* b**k", rules_of("en")))
    ['f**k']
    """
    if not _WITHIN.search(seen.text):
        return []
    found = []
    for match in _STARRED.finditer(seen.text):
        word = match[0].rstrip("!@#$")
        if any(sign in word for sign in _MASK) and _fits(word, seen.rules.language):
            found.append(word)
    return found


def _fits(word: str, language: str) -> bool:
    signs = ["" if sign in _MASK else fold(sign) for sign in word]
    if len(signs) < _FEWEST_LETTERS or sum(map(bool, signs)) < _FEWEST_SEEN:
        return False
    return any(
        (len(signs) >= len(core) if stem else len(signs) == len(core))
        and "" in signs[: len(core)]
        and all(sign in ("", letter) for sign, letter in zip(signs, core, strict=False))
        for core, stem in _obscene(language)
    )


@cache
def _obscene(language: str) -> tuple[tuple[str, bool], ...]:
    """Obscene single words of a language, and whether more letters may follow."""
    rules = rules_of(language)
    phrases = {p for of in rules.starting.values() for p in of if p.kind == "obscene"}
    words = {one for p in phrases if " " not in p.written for one in p.written.split("|")}
    cores = {(fold(word.strip("*")), word.endswith("*")) for word in words}
    if rules.umlauts:  # one star for ß, which is folded to ss
        cores |= {(core.replace("ss", "s"), stem) for core, stem in cores}
    return tuple(sorted(cores))
