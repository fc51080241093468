"""What encoding a text is in that is neither UTF-8 nor Japanese, and whether that is a guess.

Western letters are the usual case and the first one tried: windows-1252 stands where all letters
beyond ASCII are those of a Western language, in words as such languages write them. Letters of
one other Latin alphabet come next, since detectors mix up the code pages that differ in a few
letters (charset-normalizer takes "Größe" for windows-1250 and Turkish for Polish). Everything
else, Cyrillic and Chinese, goes to charset-normalizer, which was right on 14 of 15 such comments
of three words or so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

WESTERN = "windows-1252"
ENOUGH = 64 << 10
"""Bytes of lines beyond ASCII that are looked at."""

_WESTERN_LETTERS = frozenset("äöüßàâçéèêëîïôœùûÿæñáíóúìòãõåøªº")
_ALPHABETS: dict[str, tuple[str, ...]] = {
    "cp1254": ("çğıöşüâîû",),
    "cp1250": (
        "ąćęłńóśźż" + "äöüßéô",  # Polish, with the names in other languages that comments hold
        "áčďéěíňóřšťúůýžä",
        "áéíóöőúüű",
        "ăâîşţșț",
        "čćđšž",
    ),
}
"""Code page to the alphabets, in lower case, it is tried with."""
_DETECTED = ("gb18030", "big5", "cp1251")
_TITLES = re.compile(
    r"zamówieni|komentarz|oceniaj|sipariş|değerlendir|objednáv|hodnocen|rendel|"
    r"订单|评级|评分|评论|訂單|評分|評論|заказ|оценка|комментари",
    re.IGNORECASE,
)
"""Words of titles in the languages above: a header that shows one settles the encoding."""
_WORD = re.compile(r"[^\W\d_¹²³¼-¾]+")
_SYMBOL_IN_WORD = re.compile(r"[^\W\d_](?![ªº])[¡-¿×÷]+[^\W\d_]|[¹²³¼-¾][a-z]")

_UNDEFINED = re.compile(rb"(?<![\x80-\xff])[\x81\x8d\x8f\x90\x9d]+(?![\x80-\xff])")
"""Bytes that windows-1252 leaves undefined, alone among ASCII: damage, and not half a character."""


class Found(NamedTuple):
    """An encoding, as Python names it, and whether the bytes leave others open."""

    encoding: str
    guess: bool = False


def single_byte_or_chinese(path: Path) -> Found:
    """The encoding of a file that is neither UTF-8, UTF-16 nor Japanese.

    Parameters
    ----------
    path : pathlib.Path
        The plain file.

    Returns
    -------
    Found
        ``windows-1252`` where the letters are Western ones, or where nothing else fits. ``guess``
        is True for every other encoding, unless words of the header settle it, and for
        windows-1252 where its letters make no Western words.
    """
    lines = list(_lines_beyond_ascii(path))
    sample = b"\n".join(lines)
    western = _decoded(sample, WESTERN)
    if western is not None and _fits(western, _WESTERN_LETTERS):
        return Found(WESTERN)
    encoding = _other_latin(sample)
    if encoding is None:
        mended = _decoded(_UNDEFINED.sub(b" ", sample), WESTERN)
        if mended is not None and _fits(mended, _WESTERN_LETTERS):
            return Found(WESTERN, guess=True)
        encoding = _detected(sample)
    if encoding is None:
        return Found(WESTERN, guess=True)
    with path.open("rb") as file:
        header = file.readline(ENOUGH)
    settled = _TITLES.search(header.decode(encoding, "replace")) is not None
    return Found(encoding, guess=not settled)


def guessed_note(encoding: str) -> str:
    """What the receipt notes on a file whose encoding is a guess."""
    return (
        f"the encoding is a guess ({encoding}): letters beyond English may be wrong in words and "
        "titles; ids, dates and counts are not affected. Save the file as UTF-8 to be sure."
    )


def _lines_beyond_ascii(path: Path) -> Iterator[bytes]:
    """Lines with bytes beyond ASCII, `ENOUGH` bytes of them; only their cells with such bytes."""
    size = 0
    with path.open("rb") as file:
        for line in file:
            if line.isascii():
                continue
            cells = [cell for cell in re.split(rb"[\t,;\r\n]", line) if not cell.isascii()]
            yield b"\n".join(cells)
            size += len(line)
            if size > ENOUGH:
                return


def _decoded(sample: bytes, encoding: str) -> str | None:
    try:
        return sample.decode(encoding)
    except UnicodeDecodeError:
        return None


def _fits(text: str, letters: frozenset[str]) -> bool:
    """Whether all letters beyond ASCII are among `letters`, in words as Latin scripts have them.

    Cyrillic and Chinese, decoded as a Latin code page, make words of such letters alone, or words
    with signs inside.
    """
    if _SYMBOL_IN_WORD.search(text):
        return False
    words = _WORD.findall(text)
    beyond = [word for word in words if not word.isascii()]
    if any(not (c.isascii() or c.casefold() in letters or c in "ßİ") for w in beyond for c in w):
        return False
    return not any(len(word) > 3 and not re.search("[A-Za-z]", word) for word in beyond)


def _other_latin(sample: bytes) -> str | None:
    for encoding, alphabets in _ALPHABETS.items():
        text = _decoded(sample, encoding)
        if text is not None and any(_fits(text, frozenset(letters)) for letters in alphabets):
            return encoding
    return None


def _detected(sample: bytes) -> str | None:
    from charset_normalizer import from_bytes  # only files of such encodings need it

    best = from_bytes(sample, cp_isolation=list(_DETECTED), enable_fallback=False).best()
    return None if best is None or best.encoding not in _DETECTED else best.encoding


def utf16_without_mark(head: bytes) -> str:
    """``utf-16-le`` or ``utf-16-be`` where every other byte of a text's start is NUL, else ''.

    Examples
    --------
    >>> utf16_without_mark("Date,Rating".encode("utf-16-be")), utf16_without_mark(b"a\\0\\0b")
    ('utf-16-be', '')
    """
    start = head[: 1 << 10]
    even, odd = start[::2], start[1::2]
    if len(start) >= 8:
        if odd.count(0) > 0.8 * len(odd) and not even.count(0):
            return "utf-16-le"
        if even.count(0) > 0.8 * len(even) and not odd.count(0):
            return "utf-16-be"
    return ""
