"""Yes and no, and who ships an order, as exports and people write them."""

from __future__ import annotations

import unicodedata

_YES_WORDS = (
    "yes y true t 1 1.0 x has_defect defect ja j wahr oui o vrai si s vero verdadero sim tak はい "
    "✓ ✔ ☑ ✅ √ ● ○"
)
_NO_WORDS = (
    "no n false f 0 0.0 no_defect none null n/a #n/a na nan nein falsch non faux falso nao nee nie "
    "いいえ - -- ☐"
)
_YES, _NO = frozenset(_YES_WORDS.split()), frozenset(_NO_WORDS.split())
_SIGNS = str.maketrans({"–": "-", "—": "-", "―": "-", "−": "-", "\ufe0f": None, "ー": "-"})


def read_marker(cell: str) -> bool | None:
    """Whether a cell says yes; an empty one says no, and None means it cannot be read.

    Known are yes, no, true and false in English, German, French, Italian, Spanish,
    Portuguese, Dutch, Polish and Japanese, their first letters, ``1`` and ``0``, ``X``,
    ``Has defect``, ticks, and dashes or ``N/A`` for no. Crosses other than the letter are not
    read: they mark a defect in one list and its absence in the next.

    Examples
    --------
    >>> [read_marker(cell) for cell in ("Yes", "Sì", "x", "✓", "Has defect")]
    [True, True, True, True, True]
    >>> [read_marker(cell) for cell in ("", " - ", "Nein", "N/A", "0")]
    [False, False, False, False, False]
    >>> [read_marker(cell) for cell in ("maybe", "✗", "3")]
    [None, None, None]
    """
    text = unicodedata.normalize("NFKC", cell).translate(_SIGNS).casefold()
    text = "_".join(text.strip(" \t\r\n\"'").split())
    if not text or text in _NO:
        return False
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    if bare in _NO:
        return False
    return True if text in _YES or bare in _YES else None


CHANNEL_WORDS: dict[str, tuple[str, ...]] = {
    "mfn": ("mfn", "fbm", "merchant", "seller", "fulfilled by seller", "fulfilled by merchant"),
    "afn": ("afn", "fba", "amazon", "fulfilled by amazon"),
}
"""Channel to what exports and people call it, in lower case."""


def read_channel(cell: str) -> str:
    """``mfn`` or ``afn``, '' where the cell is neither.

    >>> [read_channel(cell) for cell in ("Merchant", " FBA ", "Fulfilled by Amazon", "?")]
    ['mfn', 'afn', 'afn', '']
    """
    text = " ".join(unicodedata.normalize("NFKC", cell).casefold().split())
    return next((channel for channel, words in CHANNEL_WORDS.items() if text in words), "")
