"""Days on which money moved, as files of payments write them, and what such files cover."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from odr_analysis.receipt import PARTIAL, Cover

if TYPE_CHECKING:
    from datetime import date


_AT_ZERO = re.compile(
    r"(\d{4}[-/.]\d\d[-/.]\d\d|\d\d[./]\d\d[./]\d{4})[T ]\d\d[:.]\d\d[:.]\d\d"
    r" ?(?:UTC|GMT|Z)?(?:\+00:00)?",
    re.ASCII,
)


_MINUTES = re.compile(r"([ T]\d{1,2})([:.])[0-5]\d\2[0-5]\d(?=\D{0,12}(?:\+00:?00)?$)", re.ASCII)


_HALF_OF_DAY = re.compile(r"\b([ap])\.? m\.?", re.IGNORECASE)


_CLOCK = re.compile(r"[T ,]+\d{1,2}[:.]\d{2}\b.*$")


Spans = tuple[tuple["date", "date"], ...]
"""First and last day of each period a file states."""


class Posted(NamedTuple):
    """Days of a column.

    ``day_of`` takes a cell to its day, None where it cannot be read; ``pattern`` and ``notes`` are
    those of ``exports.dates.Days``; ``latest`` is the latest day.
    """

    day_of: dict[str, Any]
    pattern: str
    notes: list[str]
    latest: date | None

    def covers(
        self, posted: Iterable[str], *, store: str = "", stated: Spans = ()
    ) -> tuple[Cover, ...]:
        """What a money file covers whose rows were posted so: the days it states, if it does."""
        if stated:
            return tuple(
                Cover(c, *days, "report", 0, PARTIAL, MONEY_ALONE, store, stated=True)
                for c in MONEY_SHOWS
                for days in stated
            )
        known = [d.date() for d in self.day_of.values() if d is not None]
        first, last = min(known, default=None), max(known, default=None)
        n = sum(map(bool, posted))
        return tuple(
            Cover(component, first, last, "report", n, PARTIAL, MONEY_ALONE, store)
            for component in MONEY_SHOWS
        )


MONEY_SHOWS = ("claim", "chargeback")


MONEY_ALONE = "money shows no decision, and a case that moved no money does not show at all"
"""What a file of payments cannot show."""


def posted_days(values: Iterable[str], *, order_hint: str | None, file: str, column: str) -> Posted:
    """The day of each distinct cell of a column of times.

    Times with a zone count for their UTC day, others for their own. Minutes never move a day
    where the zone is whole hours away, so they are left out before the cells are read: two
    hundred thousand different times are a few hundred different hours.
    """
    from odr_analysis.exports.text.dates import read_days

    distinct = dict.fromkeys(values)
    distinct.pop("", None)
    short = {value: _shortened(value) for value in distinct}
    hours = list(dict.fromkeys(short.values()))
    days = read_days(hours, order_hint=order_hint, file=file, column=column)
    notes = list(days.notes)
    day_of_hour = dict(zip(hours, _or_none(days.days), strict=True))
    lost = [h for h in hours if day_of_hour[h] is None and _CLOCK.search(h)]
    if lost:
        # A zone nobody knows hides a day that is plain to see.
        bare = read_days(
            [_CLOCK.sub("", h) for h in lost], order_hint=order_hint, file=file, column=column
        )
        found = {h: d for h, d in zip(lost, _or_none(bare.days), strict=True) if d is not None}
        day_of_hour |= found
        if found:
            notes.append(
                f"column {column!r}: the zone of times such as {next(iter(found))!r} is not known; "
                "their day is taken as written."
            )
    day_of = {value: day_of_hour[h] for value, h in short.items()}
    known = [d for d in day_of_hour.values() if d is not None]
    return Posted(day_of, days.pattern, notes, max(known).date() if known else None)


def _shortened(value: str) -> str:
    if at_zero := _AT_ZERO.fullmatch(value):
        return at_zero[1]
    return _MINUTES.sub(r"\1\g<2>00\g<2>00", _HALF_OF_DAY.sub(r"\1m", value))


def _or_none(days: Any) -> list[Any]:
    return [day if day == day else None for day in days]  # NaT is unlike itself


def carried(values: Sequence[str], groups: Sequence[str]) -> list[str]:
    """`values` with empty ones filled from the row before, as long as the group is the same.

    Examples
    --------
    >>> carried(["1", "", "", "2"], ["a", "a", "b", "b"])
    ['1', '1', '', '2']
    """
    filled, last, inside = [], "", None
    for value, group in zip(values, groups, strict=True):
        if group != inside:
            last, inside = "", group
        last = value or last
        filled.append(last)
    return filled
