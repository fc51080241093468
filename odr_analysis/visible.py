"""Text of exports made safe to look at: what a terminal or a reader would obey is spelled out."""

from __future__ import annotations

import re
import unicodedata

_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters but TAB and line feed, those that turn the direction of text or end a
line unseen, and halves of letters, which cannot be written at all."""
_NOTHING_TO_SEE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and signs that show nothing, beside those whose category implies it."""
_UNSEEN_KINDS = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})


def visible(text: str) -> str:
    r"""`text` with every control character written as ``\uXXXX``.

    Escapes of JSON look the same, so JSON text stays what it is.

    Examples
    --------
    >>> print(visible("red \x1b[31m, turned \u202e round"))
    red \u001b[31m, turned \u202e round
    """
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def first_seen(text: str) -> str:
    """The first character of `text` that shows something, '' where none does.

    >>> first_seen("\\u200b =1+1"), first_seen(" ")
    ('=', '')
    """
    for letter in text:
        if unicodedata.category(letter) not in _UNSEEN_KINDS and letter not in _NOTHING_TO_SEE:
            return letter
    return ""
