"""The loop that readers of lists share: one order a row, each row kept or dropped for a reason.

A reader declares its columns and judges one row. The loop finds the order id, reads the days of a
column at once (a cell alone leaves day and month open), and counts what becomes of each row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from odr_analysis.exports.covered import dated
from odr_analysis.exports.readers.contract import Read, Tally
from odr_analysis.exports.text.dates import Days, hint_of, read_days
from odr_analysis.exports.text.delimited import Table
from odr_analysis.exports.text.order_ids import ID_DROPS, classify_order_id
from odr_analysis.faults import CELLS_MISSING, Fault
from odr_analysis.receipt import Cover

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")

ORDER_ID, DAY = "order id", "day"
"""What every reader calls its columns of the order id and of the day."""

Places = Mapping[str, int | None]
"""Column, as its reader calls it, to its position; None where a file lacks it."""


class Row(NamedTuple):
    """One row of a list.

    Attributes
    ----------
    line : int
        1-based line the row starts on.
    order_id : str
        As ``classify_order_id`` trims it.
    cells : list of str
    at : dict
        Column to its position.
    day : pandas.Timestamp or None
        What its cell of ``DAY`` states, where days are read before rows are judged.
    """

    line: int
    order_id: str
    cells: list[str]
    at: Places
    day: Any = None

    def text(self, column: str) -> str:
        """A cell without the spaces around it, '' where the file lacks the column."""
        at = self.at.get(column)
        return "" if at is None else self.cells[at].strip()

    @property
    def day_unread(self) -> bool:
        """Whether a day is given that cannot be read."""
        return self.day is None and self.text(DAY) != ""


@dataclass(frozen=True, eq=False)
class Rows(Generic[T]):
    """The rows of one list that are kept, and what the others were dropped for.

    Attributes
    ----------
    table : Table
    kept : list of Row
    found : list
        What the reader made of each of them.
    written : Days
        How days are written, and the days of all columns, one column below the other: of every
        row, or of those that are kept.
    days : dict
        Column to the day of each row that is kept.
    tally : Tally
    """

    table: Table
    kept: list[Row]
    found: list[T]
    written: Days
    days: dict[str, pd.Series]
    tally: Tally

    @property
    def order_ids(self) -> list[str]:
        return [row.order_id for row in self.kept]

    @property
    def lines(self) -> list[int]:
        return [row.line for row in self.kept]

    def read(
        self,
        *,
        notes: Sequence[str] = (),
        language: str = "",
        details: dict[str, Any] | None = None,
        latest: date | None = None,
        covers: tuple[Cover, ...] = (),
        channels: Sequence[str] | None = None,
        proving: bool = True,
        **tables: Any,
    ) -> Read:
        """The whole file: `tables`, and what the loop knows of its rows.

        `proving` rows have the day that their file covers; `channels` are theirs.
        """
        proof = None
        if proving:
            day = self.days.get(DAY)
            rows = () if day is None else (self.order_ids, day, self.lines)
            proof = dated(*rows, file=self.table.file, channels=None if day is None else channels)
        return Read(
            **tables,
            **self.tally.accounts(),
            locale=", ".join(filter(None, (self.written.pattern, language))),
            details=details or {},
            notes=[*self.table.notes, *self.table.extra_note(), *self.written.notes, *notes],
            latest=latest,
            covers=covers,
            dated=proof,
        )


def row_by_row(
    table: Table,
    at: Places,
    judge: Callable[[Row], T | Fault],
    *,
    marketplace: str | None,
    days: Sequence[str] = (DAY,),
    days_of_kept: bool = False,
    nameless: Callable[[Row], bool] = lambda row: False,
) -> Rows[T]:
    """Every row of a list kept or dropped.

    Parameters
    ----------
    table : Table
        The list.
    at : dict
        Column to its position; ``ORDER_ID`` is needed.
    judge : callable
        Takes a row with a usable order id; returns what the reader makes of it, or the fault the
        row is dropped for.
    marketplace : str or None
        Sales channel, to settle the order of day and month where the days do not.
    days : sequence of str
        Columns of days; those that the file lacks are left out.
    days_of_kept : bool
        Whether the days of dropped rows stay out of it; they cannot be judged by then.
    nameless : callable
        Whether a row without a usable order id is judged all the same.

    Returns
    -------
    Rows

    Examples
    --------
    >>> from odr_analysis.exports.text.delimited import split_rows
    >>> text = "order,day,stars\\n113-1234567-7654321,2026-09-14,1\\nTotal,,1\\n"
    >>> table = split_rows(text, file="f.csv", delimiter=",", quoted=True)
    >>> at = {ORDER_ID: 0, DAY: 1, "stars": 2}
    >>> rows = row_by_row(table, at, lambda row: int(row.text("stars")), marketplace=None)
    >>> rows.order_ids, rows.found, rows.tally.dropped
    (['113-1234567-7654321'], [1], {'order id malformed': [3]})
    """
    places = {name: place for name in days if (place := at.get(name)) is not None}

    def in_columns(rows: Sequence[list[str]]) -> tuple[Days, dict[str, pd.Series]]:
        """Days of all columns at once, since what settles one settles the others."""
        written = read_days(
            [cells[i] if i < len(cells) else "" for i in places.values() for cells in rows],
            order_hint=hint_of(marketplace),
            file=table.file,
            column=", ".join(table.header[i] for i in places.values()),
        )
        n = len(rows)
        parts = (written.days.iloc[k * n : (k + 1) * n] for k in range(len(places)))
        return written, dict(
            zip(places, (part.reset_index(drop=True) for part in parts), strict=True)
        )

    order_at = at[ORDER_ID]
    assert order_at is not None
    every = [] if days_of_kept else [cells for _, cells in table.rows]
    written, of_row = in_columns(every)
    known = [None if day != day else day for day in of_row[DAY]] if every and DAY in of_row else []
    tally = Tally()
    kept: list[Row] = []
    found: list[T] = []
    positions: list[int] = []
    for i, (line, cells) in enumerate(table.rows):
        if len(cells) <= order_at:
            tally.drop(CELLS_MISSING, line)
            continue
        verdict, order_id = classify_order_id(cells[order_at])
        row = Row(line, order_id, cells, at, known[i] if known else None)
        good = verdict == "ok" or nameless(row)
        made = judge(row) if good else ID_DROPS[verdict]
        if isinstance(made, Fault):
            tally.drop(made, line)
            continue
        kept.append(row)
        found.append(made)
        positions.append(i)
    tally.kept = len(kept)
    if days_of_kept:
        written, of_row = in_columns([row.cells for row in kept])
    else:
        of_row = {name: d.iloc[positions].reset_index(drop=True) for name, d in of_row.items()}
    return Rows(table, kept, found, written, of_row, tally)
