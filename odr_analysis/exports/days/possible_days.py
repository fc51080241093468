"""Whether the days of a small file can be right, and in which order they are.

A defect is never reported before its order was placed nor after today, and hardly after every
other file. What breaks that in the order its store writes is read in the other, if that fits; a
day that fits in none is not kept, and the receipt names its row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from odr_analysis import terms
from odr_analysis.days import ONE_DAY
from odr_analysis.exports.days.places import EXAMPLES, Look, Places, together
from odr_analysis.exports.readers.contract import Read
from odr_analysis.exports.text.delimited import lines_in_words
from odr_analysis.faults import DAY_IMPOSSIBLE
from odr_analysis.receipt import Cover

if TYPE_CHECKING:
    import pandas as pd

DAYS: dict[str, tuple[str, ...]] = {
    "feedback": ("received_on",),
    "defects": ("reported_on", "decided_on"),
    "returns": ("requested_on",),
    "lapses": ("ordered_on", "done_on"),
    "snapshots": ("from_on",),
}
"""Table of a :class:`Read` to its columns of days that lie between an order and today."""

MONTHS_OF_A_YEAR = 12
"""A number above it cannot be a month, so that day and month cannot be confused."""

FIXED = re.compile(r"y-m-d|.*mon.*|y年")
"""Ways of writing a day that leave no doubt about its order."""


@dataclass(frozen=True)
class Settled:
    """What a file holds, and what decided how its days are read.

    Attributes
    ----------
    read : Read
    how : tuple
        Plain values: the order each part was read in, and the lines left without a day. Two
        readings of one content that have the same are the same.
    furthest : datetime.date or None
        Latest day in any order that was tried: from then on, whatever today is, the reading
        is the same.
    """

    read: Read
    how: tuple[Any, ...] = ()
    furthest: date | None = None


def proven_day(read: Read, places: Places) -> date | None:
    """The newest day that `read` proves: one that can be read in one order only."""
    import pandas as pd

    found = [read.latest] if not read.locale or FIXED.match(read.locale) else []
    for frame, column in _columns(read):
        days = frame.loc[~_before_order(frame, column, places), column].dropna()
        found += [day.date() for day in days[days.dt.day > MONTHS_OF_A_YEAR].unique()]
    known = [day for day in found if day is not None and not pd.isna(day)]
    return max((d for d in known if places.limit is None or d <= places.limit), default=None)


def settle(looks: list[Look], places: Places, file: str) -> Settled:
    """The parts of one file, each in the order of day and month that breaks no rule."""
    parts = [_checked(look, places) for look in looks]
    read = parts[0].read if len(parts) == 1 else together([part.read for part in parts])
    return Settled(
        read,
        tuple(value for part in parts for value in part.how),
        max((p.furthest for p in parts if p.furthest is not None), default=None),
    )


def _checked(look: Look, places: Places) -> Settled:
    """What the reader makes of it, in the order of day and month that breaks no rule.

    A report is never earlier than its order nor later than today. Nor is it taken to be later
    than the newest day any file proves, if another order has no such day. A store the user
    named is not given up for that: a file may be newer than the others.
    """
    read = best = look.read
    hard, soft = wrong = _wrong(read, places)
    tried, chosen = [read], look.store or ""
    if hard or (soft and look.by != "user"):
        own = terms.MARKETPLACES[look.store].date_order if look.store in terms.MARKETPLACES else ""
        for order, example in EXAMPLES.items():
            if order == own:
                continue
            other = look.reader.read(look.table, marketplace=example)
            tried.append(other)
            found = _wrong(other, places)
            if _better(found, wrong, whole=look.by == "orders"):
                best, wrong, chosen = other, found, example
    if best is not read:
        n = len(hard | soft)
        note = (
            f"{look.table.file}: days are read as {best.locale.split(',')[0]}, because as "
            f"{read.locale.split(',')[0]} {n:,} of them would lie before the order, "
            f"after today or after every other file ({lines_in_words(sorted(hard | soft))})."
        )
        best = replace(best, notes=[*best.notes, note])
    kept, lines = possible(best, look.table.file, places)
    days = [day for one in tried if (day := _furthest(one)) is not None]
    return Settled(kept, (chosen, *lines), max(days, default=None))


def _better(
    found: tuple[set[int], set[int]], than: tuple[set[int], set[int]], *, whole: bool
) -> bool:
    """Whether an order of day and month breaks fewer rules; `whole`: only if it breaks none."""
    hard, soft = found
    if len(hard) != len(than[0]):
        return len(hard) < len(than[0])
    return len(soft) < len(than[1]) and not (whole and soft)


def _wrong(read: Read, places: Places) -> tuple[set[int], set[int]]:
    """Lines whose day cannot be right, and others whose day is after every other file."""
    import pandas as pd

    hard: set[int] = set()
    soft: set[int] = set()
    for frame, column in _columns(read):
        before, after = _impossible(frame, column, places)
        hard |= set(frame.loc[before | after, "line"])
        if places.newest is not None:
            late = frame[column] > pd.Timestamp(places.newest + ONE_DAY)
            soft |= set(frame.loc[late, "line"])
    return hard, soft - hard


def _columns(read: Read) -> Iterator[tuple[pd.DataFrame, str]]:
    """The tables of `read` and their columns of days."""
    for name, columns in DAYS.items():
        frame: pd.DataFrame | None = getattr(read, name)
        if frame is not None and len(frame):
            yield from ((frame, column) for column in columns)


def _furthest(read: Read) -> date | None:
    days = [read.latest, *(frame[column].max() for frame, column in _columns(read))]
    return _latest(days)


def _latest(days: Iterable[Any]) -> date | None:
    import pandas as pd

    known = (pd.Timestamp(day).date() for day in days if day is not None and pd.notna(day))
    return max(known, default=None)


def _impossible(frame: pd.DataFrame, column: str, places: Places) -> tuple[pd.Series, pd.Series]:
    """Rows whose day lies before their order, and others whose day lies after today."""
    import pandas as pd

    before = _before_order(frame, column, places)
    if places.limit is None:
        return before, pd.Series(False, index=frame.index)
    return before, ~before & (frame[column] > pd.Timestamp(places.limit))


def _before_order(frame: pd.DataFrame, column: str, places: Places) -> pd.Series:
    import pandas as pd

    if "order_id" not in frame:
        return pd.Series(False, index=frame.index)
    placed = places.placed.reindex(frame["order_id"]).set_axis(frame.index)
    return frame[column] < placed - pd.Timedelta(ONE_DAY)


def possible(read: Read, file: str, places: Places) -> tuple[Read, list[int]]:
    """`read` without the days that lie before their order or after today, and their lines.

    Such a defect counts without a day, and no day of it is one the file is known to.
    """
    import pandas as pd

    changed: dict[str, Any] = {}
    early: set[int] = set()
    late: set[int] = set()
    lost: set[date] = set()
    for name, columns in DAYS.items():
        frame: pd.DataFrame | None = getattr(read, name)
        for column in columns if frame is not None and len(frame) else ():
            assert frame is not None
            before, after = _impossible(frame, column, places)
            bad = before | after
            if bad.any():
                early |= set(frame.loc[before, "line"])
                late |= set(frame.loc[after, "line"])
                lost |= set(frame.loc[bad, column].dt.date)
                frame = changed[name] = frame.assign(**{column: frame[column].mask(bad, pd.NaT)})
    kept = replace(read, **changed)
    notes = [
        DAY_IMPOSSIBLE.text(file=file, n=len(lines), why=why, where=lines_in_words(sorted(lines)))
        for lines, why in (
            (early, "before their order was placed"),
            (late, f"after the day they were read, {places.today}"),
        )
        if lines
    ]
    known = _furthest(replace(kept, latest=None))
    beyond = places.limit is not None and read.latest is not None and read.latest > places.limit
    if not notes and not beyond:
        return read, []
    return replace(
        kept,
        notes=[*read.notes, *notes],
        latest=known if beyond or read.latest in lost else read.latest,
        covers=tuple(_within(cover, lost, kept, places.limit) for cover in read.covers),
    ), sorted(early | late)


def _within(cover: Cover, lost: set[date], read: Read, limit: date | None) -> Cover:
    """`cover` without the days that are not possible: it ends where the other rows end."""
    days = [frame[column].dropna() for frame, column in _columns(read)]
    days = [column for column in days if len(column)]
    first, last = cover.first, cover.last
    if last is not None and (last in lost or (limit is not None and last > limit)):
        last = _latest(column.max() for column in days)
    if first is not None and (first in lost or (limit is not None and first > limit)):
        first = min((column.min().date() for column in days), default=None)
    if (first, last) == (cover.first, cover.last):
        return cover
    if first is None or last is None:
        return replace(cover, first=None, last=None, n=0)
    return replace(cover, first=first, last=last)
