"""A comment as words: cleaned, cut into clauses, and folded so that spellings meet.

Comments are untrusted. Everything here takes time in proportion to their length, and no more
than `LONGEST` characters are read.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

LONGEST = 20_000
"""Characters of a comment that are read; Amazon's own limit is far below."""
_LONGEST_WORD = 40
_TAG = re.compile(r"</?[a-zA-Z!][^<>]{0,300}>")
_INVISIBLE = re.compile(r"[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_REST = r"|(?P<end>[.!?\n])|(?P<pause>[,;:()\"«»„“”]|(?<=\s)[-–—]+(?=\s))"
_SPLIT = re.compile(r"(?P<word>[^\W_]+)" + _REST)
_JOINED = re.compile(r"(?P<word>[^\W_]+(?:['’`´][^\W_]+)*)" + _REST)


class Word(NamedTuple):
    """One word of a comment.

    ``folded`` is what rules are compared with; ``start`` and ``end`` its place in the cleaned
    text; ``clause`` and ``sentence`` number what stands between two marks of punctuation.
    """

    folded: str
    start: int
    end: int
    clause: int
    sentence: int


def clean(comment: object) -> str:
    """The comment as a reader sees it: no tags, no control or invisible characters.

    Whatever is no text (None, NaN) is an empty comment.

    Examples
    --------
    >>> clean("<b>Nie</b> an\\u200bgekommen\\x00&amp; weg")
    'Nie angekommen & weg'
    >>> clean(float("nan"))
    ''
    """
    if not isinstance(comment, str):
        return ""
    text = comment[:LONGEST]
    if "<" in text or "&" in text:
        text = html.unescape(_TAG.sub(" ", text))
    if not text.isascii():
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))[:LONGEST]
    return " ".join(part for part in re.split(r"[^\S\n]+", _CONTROL.sub(" ", text)) if part)


def words_of(
    text: str,
    *,
    joins: bool = False,
    umlauts: bool = False,
    breaks: frozenset[str] = frozenset(),
) -> list[Word]:
    """The words of a cleaned comment.

    Parameters
    ----------
    text : str
        From `clean`.
    joins : bool
        Whether an apostrophe joins two halves of a word (don't) or parts two words (l'article).
    umlauts : bool
        Whether ae, oe, ue are other spellings of ä, ö, ü.
    breaks : frozenset of str
        Folded words that begin a new clause, such as "but".

    Examples
    --------
    >>> [(w.folded, w.clause, w.sentence) for w in words_of("Zurück? Nein, nie!")]
    [('zuruck', 0, 0), ('nein', 1, 1), ('nie', 2, 1)]
    >>> [w.folded for w in words_of("Didn't", joins=True)]
    ['didnt']
    """
    found: list[Word] = []
    clause = sentence = 0
    new_clause = new_sentence = False
    for match in (_JOINED if joins else _SPLIT).finditer(text):
        kind = match.lastgroup
        if kind == "word":
            start, end = match.span()
            folded = fold(text[start : min(end, start + 60)], umlauts)
            if found:
                clause += new_clause or folded in breaks
                sentence += new_sentence
            new_clause = new_sentence = False
            found.append(Word(folded, start, end, clause, sentence))
        else:
            new_clause = True
            new_sentence = new_sentence or kind == "end"
    return found


@lru_cache(maxsize=65_536)
def fold(word: str, umlauts: bool = False) -> str:
    """A word without case, accents and apostrophes, cut to 40 characters.

    Examples
    --------
    >>> fold("Größe"), fold("Groesse", umlauts=True), fold("Größe", umlauts=True)
    ('grosse', 'grosse', 'grosse')
    >>> fold("ещё"), fold("D’ÉTÉ")
    ('еще', 'dete')
    """
    folded = word.casefold()
    if not folded.isascii():
        parts = unicodedata.normalize("NFD", folded)
        folded = "".join(c for c in parts if not unicodedata.combining(c))
    folded = "".join(c for c in folded if c.isalnum())
    if umlauts:
        folded = folded.replace("ae", "a").replace("oe", "o").replace("ue", "u")
    return folded[:_LONGEST_WORD]
