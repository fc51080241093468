"""Times of order exports and the blanks around a cell: one definition for both roads.

The fast road hands cells to the engine, whose own idea of a time is wider and looser than
ours (it ignores ``PST`` and reads ``-08`` as nothing). So it may use only cells of the forms
written down here, and refuses every other; the careful road reads those forms alike, and more.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from odr_analysis.exports.text.date_forms import OFFSETS

_DAY = "(199[5-9]|20[0-6][0-9])-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_HOUR = "([01][0-9]|2[0-3])"
PLAIN = "____-__-__T__:__:__+00:00"
"""A time as Amazon's order reports write it, in UTC and to the second, as a shape for ``LIKE``."""
PASSES_FOR_A_DIGIT = " .\v\f"
"""What an engine accepts in place of a digit, as the careful road does not. In a cell of the shape
`PLAIN` there is nothing else the two disagree on."""
ISO = (
    f"^{_DAY}[T ]{_HOUR}:[0-5][0-9](:[0-5][0-9]([.][0-9]{{1,9}})?)?"
    f"( ?(Z|UTC|[+-]{_HOUR}:?[0-5][0-9]))?$"
)
"""A day and a time of it that every engine and pandas read alike; without an offset it is UTC."""

_INSTANT = re.compile(
    r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})(?:[Tt]|\s+)"
    r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]+)?)?"
    r"\s*([A-Za-z]+(?:/[A-Za-z_+-]+)*)?\s*(?:([+\-−])([0-9]{1,2}):?([0-9]{2})?)?"
)

BLANKS = "".join(c for c in map(chr, range(0x3001)) if c.isspace()) + "\u200b\u200e\u200f\ufeff"
"""Characters that show nothing, and mean nothing around a cell."""
_BLANK = "[" + r"\s\x0b\x1c-\x1f" + "".join(c for c in BLANKS if ord(c) > 0x7F) + "]"
BLANK_EDGE = rf"^{_BLANK}|{_BLANK}$|\x00"
"""The same as a pattern for an engine: a cell that begins or ends with one, or holds a NUL. Blanks
beyond ASCII stand in it as themselves, since engines name them differently."""


def trimmed(cell: str) -> str:
    """A cell without the blanks around it.

    >>> trimmed("\\u3000Amazon.de\\xa0")
    'Amazon.de'
    """
    return cell.strip(BLANKS)


def read_instant(text: str) -> str:
    """A time with the year first as ISO text in UTC, to the second; '' for anything else.

    Read are ``-``, ``/`` and ``.`` in the day, offsets with or without minutes, 24:00 as the
    end of the day, a leap second, and names of zones: those that mean one offset, and those
    of the time zone database. A time without an offset is UTC.

    Examples
    --------
    >>> read_instant("2026-05-01T23:30:00 PST"), read_instant("2026/05/01 23:30-08")
    ('2026-05-02T07:30:00', '2026-05-02T07:30:00')
    >>> read_instant("2026-05-01 24:00:00 Europe/Berlin"), read_instant("2026-05-01T10:00 CST")
    ('2026-05-01T22:00:00', '')
    """
    found = _INSTANT.fullmatch(text)
    if found is None:
        return ""
    year, month, day, hour, minute = (int(found[n]) for n in (1, 3, 4, 5, 6))
    second, zone = int(found[7] or 0), found[8] or ""
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and (minute or second)):
        return ""
    ahead = timedelta(hours=int(found[10] or 0), minutes=int(found[11] or 0))
    ahead = ahead if found[9] == "+" else -ahead
    try:
        # Without a zone here; it is applied below.
        local = datetime(year, month, day)  # noqa: DTZ001
        local += timedelta(hours=hour, minutes=minute, seconds=second)
        if zone.lower() in OFFSETS:
            ahead += timedelta(hours=OFFSETS[zone.lower()])
        elif "/" in zone:
            ahead += local.replace(tzinfo=ZoneInfo(zone)).utcoffset() or timedelta()
        elif zone:
            return ""
        return (local - ahead).isoformat()
    except (ValueError, OverflowError, KeyError, OSError):  # no such day, or no such zone
        return ""
