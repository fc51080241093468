"""Metrics of one performance report while it is read, whatever its layout."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from odr_analysis import terms
from odr_analysis.exports.performance.checks import (
    contradictions,
    days_told,
    disagreements,
    stated_twice,
)
from odr_analysis.exports.readers.contract import Read, Tally, snapshots
from odr_analysis.exports.text.json_xml import field, line_of, word
from odr_analysis.words import counted, listed

_MARKETPLACES = {m.id: m.name for m in terms.MARKETPLACES.values()}
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_LARGEST = 2**63 - 1
_WORDS = ("channel", "condition", "status", "account_status")


class Rows:
    """Collects the rows of one report, and everything about them worth saying.

    Parameters
    ----------
    file : str
        Name for errors and notes.
    kind : str
        Kind of the file.
    marketplace : str or None
        Sales channel of metrics that name none.
    """

    def __init__(self, file: str, kind: str, marketplace: str | None) -> None:
        self.file, self.kind, self.marketplace = file, kind, marketplace
        self.rows: list[dict[str, Any]] = []
        self.repeated = self.empty = self.as_text = 0
        self.tally = Tally()
        self.scores: dict[str, int] = {}
        self.spellings: dict[str, str] = {}
        self.ignored: set[str] = set()
        self.notes: list[str] = []
        self._seen: set[tuple[Any, ...]] = set()

    def note(self, sentence: str) -> None:
        """Keep a sentence, once."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def add(self, row: dict[str, Any], line: int) -> None:
        """Keep a row, unless one with the same values is there."""
        row = dict.fromkeys(terms.SNAPSHOT_COLUMNS) | dict.fromkeys(_WORDS, "") | row
        values = tuple(row.values())
        if values in self._seen:
            self.repeated += 1
            return
        self._seen.add(values)
        self.rows.append(row | {"source": self.kind, "file": self.file, "line": line})

    def sales_channel(self, identity: Any) -> str:
        """Sales channel of a marketplace id; an unknown id is kept and noted."""
        given = word(identity)
        if given in _MARKETPLACES:
            return _MARKETPLACES[given]
        if given in terms.MARKETPLACES:
            return given
        if given:
            self.note(f"The marketplace id {given!r} is not known here; it is kept under its id.")
            return given
        name = self.marketplace or "unknown"
        self.note(f"Metrics without a marketplace id are taken as those of {name!r}.")
        return name

    def days(self, stated: tuple[Any, Any], name: str) -> dict[str, date | None]:
        """First and last day of a window, as they are written."""
        first, last = (self._moment(value, name) for value in stated)
        if first and last and first.utcoffset() != last.utcoffset():
            self.note(
                f"{name}: the window runs from {stated[0]} to {stated[1]}, in two time zones; "
                "the days are taken as they are written."
            )
        if first and (first.hour or first.minute or first.second):
            self.note(
                f"{name}: the window begins at {stated[0]} and not at midnight; "
                "the days are taken as they are written."
            )
        return {"from_on": first and first.date(), "to_on": last and last.date()}

    def count(self, value: Any, name: str) -> int | None:
        """A count, None and a note where it is none."""
        if isinstance(value, dict):
            value = field(value, "count")
        found = self.number(value, name)
        if found is None:
            return None
        if found != int(found) or not 0 <= found <= _LARGEST:
            self.note(f"{name}: {value!r} is no count; it is left empty.")
            return None
        return int(found)

    def number(self, value: Any, name: str) -> float | int | None:
        """A finite number, also from text; None and a note where it is none."""
        if value is None or value == "":
            return None
        found = value
        if isinstance(value, str):
            self.as_text += 1
            found = _from_text(value.strip())
        if isinstance(found, int) and abs(found) > _LARGEST:
            found = None
        if (
            isinstance(found, bool)
            or not isinstance(found, (int, float))
            or not math.isfinite(found)
        ):
            self.note(f"{name}: {value!r} is no number; it is left empty.")
            return None
        return found

    def doubled(self, block: Any) -> None:
        """Note fields an object has twice: JSON keeps only the last."""
        for key in getattr(block, "doubled", ()):
            self.note(
                f"The object on line {line_of(block):,} has the field {key!r} twice; "
                "the last one is read."
            )

    def done(self, *, locale: str, described: bool = True) -> Read:
        """Everything read, with what contradicts what."""
        notes = [*self._in_short(), *self.notes]
        for row in self.rows:
            notes += contradictions(row, described=described)
        apart = stated_twice(self.rows)
        notes += [*apart, *(disagreements(self.rows) if not apart else [])]
        self.tally.kept = len(self.rows) + self.repeated + self.empty
        metrics: dict[str, int] = {}
        for row in self.rows:
            metrics[row["metric"]] = metrics.get(row["metric"], 0) + 1
        details: dict[str, Any] = {"metrics": metrics}
        if self.scores:
            details["account_health_score"] = self.scores
        told = [when for days in days_told(self.rows).values() for when in days]
        ends = [row["to_on"] for row in self.rows if row["to_on"]]
        return Read(
            snapshots=snapshots(self.rows),
            **self.tally.accounts(),
            locale=locale,
            details=details | {"repeated": self.repeated, "empty": self.empty},
            notes=notes,
            latest=max(told or ends, default=None),
        )

    def _in_short(self) -> Iterator[str]:
        for was, right in sorted(self.spellings.items()):
            yield f"{was!r} is read as {right!r}."
        if self.as_text:
            yield f"{counted(self.as_text, 'number is', 'numbers are')} written as text."
        if self.repeated:
            yield (
                f"{counted(self.repeated, 'block repeats', 'blocks repeat')} another with the "
                "same values and counts once."
            )
        if self.empty:
            yield f"{counted(self.empty, 'metric is', 'metrics are')} empty."
        if self.ignored:
            yield f"Fields that are no metric are not read: {listed(sorted(self.ignored))}."

    def _moment(self, value: Any, name: str) -> datetime | None:
        """A point in time, None and a note where there is none to read."""
        if value in (None, ""):
            self.note(f"{name}: a day of the window is not stated.")
            return None
        try:
            return datetime.fromisoformat(value.strip())
        except (AttributeError, ValueError):
            self.note(f"{name}: {value!r} is no day; it is left empty.")
            return None


def _from_text(text: str) -> float | int | None:
    digits = text.replace(",", "") if _THOUSANDS.fullmatch(text) else text
    try:
        return int(digits)
    except ValueError:
        pass
    try:
        return float(digits)
    except ValueError:
        return None
