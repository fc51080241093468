"""One date as exports write it: what it says for certain, and what it leaves open.

Whole columns are read by :mod:`odr_analysis.exports.text.dates`; here one value stands alone.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

EARLIEST, LATEST = date(1995, 1, 1), date(2100, 12, 31)
"""Days outside are misreadings: Amazon sold its first book in July 1995."""
SERIAL_ZERO = date(1899, 12, 30)
"""Day 0 of a spreadsheet's serial numbers (1900 system, with its invented 29 February)."""
PIVOT = 70
"""Two-digit years below it are 20xx, from it on 19xx, as the POSIX standard has it."""

ORDERS = {"mdy": "month/day/year", "dmy": "day/month/year", "ymd": "year/month/day"}

MONTHS = (
    "jan january januar janner janv janvier gen gennaio ene enero januari "
    "sty stycznia styczen janeiro oca ocak",
    "feb february februar fevr fev fevrier febbraio febrero februari lut lutego luty fevereiro "
    "sub subat",
    "mar march marz maerz mrz mars marzo mrt maart marca marzec marco mart",
    "apr april avr avril aprile abr abril kwi kwietnia kwiecien nis nisan",
    "may mai mag maggio mayo mei maj maja maio mayis",
    "jun june juni juin giu giugno junio cze czerwca czerwiec junho haz haziran",
    "jul july juli juil juillet lug luglio julio lip lipca lipiec julho tem temmuz",
    "aug august aout ago agosto augustus augusti sie sierpnia sierpien agu agustos",
    "sep sept september septembre set sett settembre septiembre setiembre wrz wrzesnia wrzesien "
    "setembro eyl eylul",
    "oct october okt oktober octobre ott ottobre octubre paz pazdziernika pazdziernik out outubro "
    "eki ekim",
    "nov november novembre noviembre lis listopada listopad novembro kas kasim",
    "dec december dez dezember decembre dic dicembre diciembre gru grudnia grudzien dezembro "
    "ara aralik",
)
"""Names and abbreviations, January first: en, de, fr, it, es, nl, pl, sv, pt, tr; no accents."""

OFFSETS = {"z": 0, "utc": 0, "gmt": 0, "bst": 1, "cet": 1, "mez": 1, "cest": 2, "mesz": 2}
OFFSETS |= {"jst": 9, "aest": 10, "aedt": 11}
OFFSETS |= {"edt": -4, "est": -5, "cdt": -5, "mdt": -6, "mst": -7, "pdt": -7, "pst": -8}
"""Hours ahead of UTC of the zones exports name. IST and CST mean several, so they are not read."""


def _bare(word: str) -> str:
    """Lower case without accents."""
    split = unicodedata.normalize("NFKD", word.casefold().replace("ı", "i"))
    return "".join(c for c in split if not unicodedata.combining(c))


_MONTH_OF = {_bare(w): n for n, words in enumerate(MONTHS, 1) for w in words.split()}

_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?!\d)")
_KANJI = re.compile(r"(\d{4})\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日")
_THREE = re.compile(r"(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{1,2})(?!\d)")
_WORD = r"([^\W\d_]+)\.?"
_GAP = r"[\s\-/.,]*(?:\b(?:de|of)\s+)?"
_DAY = r"(\d{1,2})(?:(?:st|nd|rd|th|er|o)(?![^\W\d_]))?"
_DAY_NAMED = re.compile(_DAY + _GAP + _WORD + _GAP + r"(\d{4}|\d{2})(?!\d)", re.IGNORECASE)
_NAMED_FIRST = re.compile(_WORD + r"\s*" + _DAY + r"\s*,?\s*(\d{4})(?!\d)", re.IGNORECASE)
_YEAR_NAMED = re.compile(r"(\d{4})[-/\s.]+" + _WORD + r"[-/\s.]+(\d{1,2})(?!\d)", re.IGNORECASE)
_SERIAL = re.compile(r"(\d{5})(?:[.,]\d+)?")
_CLOCK = re.compile(
    r"[T\s,]*(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?"
    r"\s*(?:([ap])\.?m\.?)?\s*([a-z]*)\s*(?:([+\-−])(\d{1,2}):?(\d{2})?)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Fixed:
    """A value that can be read one way only."""

    day: date
    order: str
    pattern: str


@dataclass(frozen=True)
class Open:
    """Three numbers of which only the place of the year may be known."""

    numbers: tuple[int, int, int]
    digits: tuple[int, int]
    separator: str
    shift: timedelta | None

    @property
    def long_year(self) -> bool:
        """Whether the last number has four digits, so that it is the year."""
        return self.digits[1] == 4

    def read(self, order: str) -> date | None:
        """The day under `order`; a year has two or four digits, never one."""
        a, b, c = self.numbers
        if order == "ymd":
            fits = self.digits[0] == 2 and not self.long_year
            return _day(_century(a), b, c, self.shift) if fits else None
        if self.digits[1] == 1:
            return None
        year = c if self.long_year else _century(c)
        month, day = (a, b) if order == "mdy" else (b, a)
        return _day(year, month, day, self.shift)


def day_form(text: str) -> Fixed | Open | None:
    """What one value may mean; None when it is no day in any order."""
    text = unicodedata.normalize("NFKC", text).strip().strip("'\"").strip()
    if not text or not any(c.isdigit() for c in text):
        return None
    if m := _YEAR_FIRST.match(text):
        sep = m[2]
        return _fixed(text, m, (m[1], m[3], m[4]), "ymd", pattern_of("ymd", sep))
    if m := _KANJI.match(text):
        return _fixed(text, m, (m[1], m[2], m[3]), "ymd", "y年m月d日")
    if m := _THREE.match(text):
        shift, ok = _clock(text[m.end() :])
        numbers = (int(m[1]), int(m[3]), int(m[4]))
        return Open(numbers, (len(m[1]), len(m[4])), m[2], shift) if ok else None
    if m := _COMPACT.match(text):
        return _fixed(text, m, (m[1], m[2], m[3]), "ymd", "yyyymmdd")
    if m := _SERIAL.fullmatch(text):
        day = SERIAL_ZERO + timedelta(days=int(m[1]))
        return Fixed(day, "ymd", "serial") if EARLIEST <= day <= LATEST else None
    return _named(text)


def _named(text: str) -> Fixed | None:
    if m := _YEAR_NAMED.match(text):
        return _fixed(text, m, (m[1], _month(m[2]), m[3]), "ymd", "y-mon-d")
    if m := _DAY_NAMED.match(text):
        sep = text[len(m[1])]
        pattern = pattern_of("dmy", sep if sep in "-/" else " ").replace("m", "mon")
        return _fixed(text, m, (m[3], _month(m[2]), m[1]), "dmy", pattern)
    if m := _NAMED_FIRST.match(text):
        return _fixed(text, m, (m[3], _month(m[1]), m[2]), "mdy", "mon d, y")
    return None


def _fixed(
    text: str, match: re.Match[str], ymd: tuple[str, str, str], order: str, pattern: str
) -> Fixed | None:
    shift, ok = _clock(text[match.end() :])
    year = int(ymd[0]) if len(ymd[0]) == 4 else _century(int(ymd[0]))
    day = _day(year, int(ymd[1]), int(ymd[2]), shift) if ok else None
    return Fixed(day, order, pattern) if day is not None else None


def _clock(rest: str) -> tuple[timedelta | None, bool]:
    """Time from midnight UTC of the written day where an offset is given, and whether readable."""
    if not rest.strip(" .,"):
        return None, True
    m = _CLOCK.fullmatch(rest)
    if m is None:
        return None, False
    hour, minute, second = int(m[1]), int(m[2]), int(m[3] or 0)
    if m[4]:
        if not 1 <= hour <= 12:
            return None, False
        hour = hour % 12 + 12 * (m[4].lower() == "p")
    if hour > 23 or minute > 59 or second > 60:
        return None, False
    zone = m[5].lower()
    if zone not in ("", *OFFSETS):
        return None, False
    if not zone and not m[6]:
        return None, True
    ahead = timedelta(hours=OFFSETS.get(zone, 0))
    if m[6]:
        by = timedelta(hours=int(m[7]), minutes=int(m[8] or 0))
        ahead += by if m[6] == "+" else -by
    return timedelta(hours=hour, minutes=minute, seconds=second) - ahead, True


def _day(year: int, month: int, day: int, shift: timedelta | None) -> date | None:
    if not (EARLIEST.year <= year <= LATEST.year and 1 <= month <= 12 and 1 <= day <= 31):
        return None
    try:
        found = datetime(year, month, day, tzinfo=UTC)
    except ValueError:  # 31 April
        return None
    moved = (found if shift is None else found + shift).date()
    return moved if EARLIEST <= moved <= LATEST else None


def _century(two_digits: int) -> int:
    return two_digits + (2000 if two_digits < PIVOT else 1900)


def _month(name: str) -> str:
    return str(_MONTH_OF.get(_bare(name), 0))


def pattern_of(order: str, separator: str) -> str:
    return separator.join(order)


def looks_like_day(text: str) -> bool:
    """Whether a cell by itself can be read as a day in some order."""
    form = day_form(text)
    if isinstance(form, Open):
        return any(form.read(order) for order in ORDERS)
    return form is not None
