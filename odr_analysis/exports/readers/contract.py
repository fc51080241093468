"""What every reader gives: the tables of one file, and an account of its rows.

pandas is imported where rows become frames: recognising a file costs no more than it must, and the
engine may already be at work when pandas arrives.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from odr_analysis import terms
from odr_analysis.faults import Fault
from odr_analysis.receipt import LINES_SHOWN, Cover
from odr_analysis.schema import table_of, typed

if TYPE_CHECKING:
    import pandas as pd

NOT_COUNTED = "debited, not counted"
"""Outcome of a claim the seller pays for and Amazon does not count: its letter states both. The
debit is part of that decision, so money that left does not disagree with it."""

SIGHTING_COLUMNS: tuple[str, ...] = tuple(
    c for c in terms.DEFECT_COLUMNS if c not in ("counts", "why_not", "inferred")
)
"""Columns of ``Read.defects``: what a file says, before any policy."""


class Sighting(NamedTuple):
    """One row of one file that speaks of a defect; see ``terms.DEFECT_COLUMNS``."""

    order_id: str
    component: str
    source: str
    file: str
    line: int
    reported_on: Any = None
    decided_on: Any = None
    outcome: str = ""
    funded_by: str = ""
    amount: float | None = None
    currency: str = ""
    rating: int | None = None
    reason: str = ""
    comment: str = ""


SMALL_TABLES: dict[str, str] = {
    "feedback": "feedback",
    "sightings": "defects",
    "snapshots": "snapshots",
    "lapses": "lapses",
    "returns": "returns",
    "dated": "dated",
}
"""Name of a small table on disk, in the cache as in the archive, to the field of :class:`Read`
that holds it."""


@dataclass(frozen=True)
class Read:
    """What a reader made of one file.

    ``rows_read == rows_kept + sum(rows_dropped.values())`` always holds.

    Attributes
    ----------
    defects : pandas.DataFrame, optional
        One row per sighting of a defect; columns ``SIGHTING_COLUMNS``. None, like the next
        five, where the kind of file holds no such thing.
    feedback : pandas.DataFrame, optional
        One row per feedback of any rating; see ``terms.FEEDBACK_COLUMNS``.
    snapshots : pandas.DataFrame, optional
        One row per metric of a performance report; see ``terms.SNAPSHOT_COLUMNS``.
    lapses : pandas.DataFrame, optional
        One row per order that failed another rate; see ``terms.LAPSE_COLUMNS``.
    returns : pandas.DataFrame, optional
        One row per return request; see ``terms.RETURN_COLUMNS``.
    dated : pandas.DataFrame, optional
        Order and day of the rows that a cover is made of; see ``covered.DATED_COLUMNS``.
    rows_dropped : dict
        Reason to the number of rows dropped for it.
    dropped_lines : dict
        Reason to the first lines dropped for it, at most ``receipt.LINES_SHOWN``.
    locale : str
        How the file writes its dates, and its language where the header tells: ``d.m.y, de``.
    latest : datetime.date or None
        Latest day the file knows of.
    covers : tuple of Cover
        What the file can show of each kind of defect, and from which day to which.
    """

    rows_read: int
    rows_kept: int
    rows_dropped: dict[str, int]
    dropped_lines: dict[str, list[int]]
    defects: pd.DataFrame | None = None
    feedback: pd.DataFrame | None = None
    snapshots: pd.DataFrame | None = None
    lapses: pd.DataFrame | None = None
    returns: pd.DataFrame | None = None
    dated: pd.DataFrame | None = None
    locale: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    latest: date | None = None
    covers: tuple[Cover, ...] = ()

    def __post_init__(self) -> None:
        if self.rows_read != self.rows_kept + sum(self.rows_dropped.values()):
            raise AssertionError(
                f"rows read {self.rows_read}, kept {self.rows_kept} and dropped "
                f"{self.rows_dropped} do not add up"
            )

    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables the file holds, by their name on disk; see ``SMALL_TABLES``."""
        told = {name: getattr(self, of) for name, of in SMALL_TABLES.items()}
        return {name: table for name, table in told.items() if table is not None}


class Tally:
    """Counts what becomes of each row of one file."""

    def __init__(self) -> None:
        self.kept = 0
        self.dropped: dict[str, list[int]] = {}

    def drop(self, fault: Fault, line: int) -> None:
        """Count a row that is not used."""
        self.dropped.setdefault(fault.description, []).append(line)

    def accounts(self) -> dict[str, Any]:
        """The four accounting fields of :class:`Read`."""
        dropped = {reason: len(lines) for reason, lines in self.dropped.items()}
        return {
            "rows_read": self.kept + sum(dropped.values()),
            "rows_kept": self.kept,
            "rows_dropped": dropped,
            "dropped_lines": {k: sorted(v)[:LINES_SHOWN] for k, v in self.dropped.items()},
        }


def sightings(rows: list[Sighting] | pd.DataFrame) -> pd.DataFrame:
    """A frame of defect sightings with the right types, also when empty.

    One row per sighting; columns ``SIGHTING_COLUMNS``. A frame may leave out what
    :class:`Sighting` has a default for.
    """
    import pandas as pd

    if isinstance(rows, pd.DataFrame):
        left_out = {c: v for c, v in Sighting._field_defaults.items() if c not in rows}
        frame = rows.assign(**left_out)
    else:
        frame = pd.DataFrame(rows, columns=list(Sighting._fields))
    columns = {c: terms.DEFECT_COLUMNS[c] for c in SIGHTING_COLUMNS}
    return typed(frame, columns).reset_index(drop=True)


def feedback_frame(rows: Iterable[Any]) -> pd.DataFrame:
    """A frame of feedback with the types of ``terms.FEEDBACK_COLUMNS``, also when empty.

    One row per feedback: a tuple in the order of the columns, or a mapping that has them.
    """
    return table_of(rows, terms.FEEDBACK_COLUMNS)


def snapshots(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """A frame of performance metrics with the types of ``terms.SNAPSHOT_COLUMNS``.

    One row per metric x channel; texts that are left out become '', other values missing.
    """
    import pandas as pd

    frame = pd.DataFrame(rows, columns=list(terms.SNAPSHOT_COLUMNS))
    words = [c for c, column in terms.SNAPSHOT_COLUMNS.items() if column.dtype == "str"]
    told = {c: frame[c].astype("object").where(frame[c].notna(), "") for c in words}
    return typed(frame.assign(**told), terms.SNAPSHOT_COLUMNS)


def lapses(frame: pd.DataFrame | None = None) -> pd.DataFrame:
    """A frame with the types of ``terms.LAPSE_COLUMNS``; '' and NaT where a column is left out."""
    import pandas as pd

    given = pd.DataFrame() if frame is None else frame
    defaults: dict[str, Any] = {"carrier": "", "reason": "", "counts": True}
    left_out = {c: defaults.get(c) for c in terms.LAPSE_COLUMNS if c not in given}
    return typed(given.assign(**left_out), terms.LAPSE_COLUMNS).reset_index(drop=True)


def returns(rows: list[dict[str, Any]] | None = None) -> pd.DataFrame:
    """A frame with the types of ``terms.RETURN_COLUMNS``, also when empty.

    One row per return request; what is left out is missing.
    """
    import pandas as pd

    frame = pd.DataFrame(rows or [], columns=list(terms.RETURN_COLUMNS))
    return typed(frame, terms.RETURN_COLUMNS)


def last_day(days: pd.Series) -> date | None:
    """The latest of some days, None when none is known."""
    known = days.dropna()
    return None if known.empty else known.max().date()
