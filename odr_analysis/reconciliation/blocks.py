"""What performance reports state of the order defect rate, one block at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from odr_analysis import words
from odr_analysis.exports.performance.checks import agrees
from odr_analysis.exports.performance.json_report import snapshot_day
from odr_analysis.policy import Policy

COUNTS: tuple[str, ...] = ("n_orders", "n_defective", "n_feedback", "n_claim", "n_chargeback")
"""The five counts of a block, ours and Amazon's."""

_STATED = dict(zip(COUNTS, ("n_total", "n_bad", *COUNTS[2:]), strict=True))
METRIC = "order_defects"
USUAL_LAG = Policy().lag_days
"""Days from the end of the window to the day of the report, where no other window tells it."""


@dataclass(frozen=True)
class Block:
    """The order defect rate of one marketplace and channel, as one report states it.

    Attributes
    ----------
    day : datetime.date
        The day the report speaks of: what its windows tell, or where they do not, 15 days
        after the last day of this one.
    marketplace, channel : str
        The channel is '' where the report does not split by it; orders of all channels are
        then counted.
    from_on, to_on : datetime.date
        First and last order day of the window, as stated.
    stated : tuple of (int or None)
        Amazon's counts in the order of ``COUNTS``, None where the report leaves one out.
    file, line : str, int
        Where it is stated.
    """

    day: date
    marketplace: str
    channel: str
    from_on: date
    to_on: date
    stated: tuple[int | None, ...]
    file: str
    line: int

    @property
    def lag_days(self) -> int:
        """Days from the end of the window to the day of the report."""
        return (self.day - self.to_on).days

    @property
    def window_days(self) -> int:
        return (self.to_on - self.from_on).days + 1

    @property
    def says(self) -> tuple[Any, ...]:
        """What is stated, whatever file states it; to sort and compare by."""
        counts = tuple(-1 if n is None else n for n in self.stated)
        place = (self.day, self.marketplace, self.channel, self.from_on, self.to_on)
        return (*place, *counts)

    @property
    def name(self) -> str:
        """The series in a sentence.

        >>> day = date(2026, 9, 30)
        >>> Block(day, "Amazon.de", "", day, day, (None,) * 5, "f", 1).name
        'Amazon.de, both channels'
        """
        if self.channel == "":
            return f"{self.marketplace}, both channels"
        return words.series(self.marketplace, self.channel)


def blocks_of(snapshots: pd.DataFrame) -> tuple[tuple[Block, ...], list[str]]:
    """The blocks of all reports, oldest first, and what a reader should know of them.

    Rows that state the same of the same window (a report that was downloaded twice) are one
    block. A rate is never used, only counts; where it contradicts them a sentence says so.

    Parameters
    ----------
    snapshots : pandas.DataFrame
        ``terms.SNAPSHOT_COLUMNS``; rows of other metrics help to tell the day.
    """
    found: dict[tuple[Any, ...], Block] = {}
    notes: dict[str, None] = {}
    # One report tells one day; a file that holds several tells none, nor does a gap in it.
    by_file = snapshots.groupby("file", sort=True)
    for file, rows in by_file:
        days = snapshot_day(rows)
        for row in rows[rows.metric == METRIC].to_dict("records"):
            name = f"{file}, line {row['line']:,}"
            if pd.isna(row["from_on"]) or pd.isna(row["to_on"]) or row["from_on"] > row["to_on"]:
                notes[f"{name}: an order defect rate without a window cannot be compared."] = None
                continue
            block = _block({str(k): v for k, v in row.items()}, days)
            if all(n is None for n in block.stated):
                notes[f"{name}: no counts are stated; a rate alone cannot be compared."] = None
                continue
            notes |= dict.fromkeys(_rate_note(block, row["rate"]))
            kept = found.setdefault(block.says, block)
            if (block.file, block.line) < (kept.file, kept.line):
                found[block.says] = block
    return tuple(found[says] for says in sorted(found)), list(notes)


def _block(row: dict[str, Any], days: dict[str, date | None]) -> Block:
    from_on, to_on = row["from_on"].date(), row["to_on"].date()
    day = days.get(row["marketplace"])
    if day is None or day < to_on:
        day = to_on + timedelta(days=USUAL_LAG)
    stated = tuple(None if pd.isna(row[c]) else int(row[c]) for c in _STATED.values())
    place = (row["marketplace"], row["channel"])
    return Block(day, *place, from_on, to_on, stated, row["file"], int(row["line"]))


def _rate_note(block: Block, rate: Any) -> list[str]:
    n_orders, n_defective = block.stated[:2]
    if pd.isna(rate) or n_defective is None or not n_orders or n_defective > n_orders:
        return []
    if agrees(float(rate), n_defective, n_orders):
        return []
    return [
        f"{block.name}: the report of {words.day(block.day)} states a rate of "
        f"{words.significant(rate, 4)}, but its counts, {n_defective:,} of {n_orders:,}, are "
        f"{words.significant(n_defective / n_orders, 4)}; the counts are used."
    ]
