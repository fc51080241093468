"""Small exports as rows: every physical line is a row, part of one, or said to be blank.

Order exports are read by the engine. The others are small, and damaged in more
ways, so they are split here line by line with nothing lost silently.

pandas is imported where rows become frames: telling what a file is costs no more
than it must, and the engine may already be at work when pandas arrives.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from odr_analysis import terms
from odr_analysis.errors import ExportError
from odr_analysis.exports.text.order_ids import ID_WITHIN
from odr_analysis.exports.text.quotes import all_quoted, filled, record
from odr_analysis.receipt import LINES_SHOWN, Cover
from odr_analysis.schema import table_of, typed

if TYPE_CHECKING:
    import pandas as pd

SIGHTING_COLUMNS: tuple[str, ...] = tuple(
    c for c in terms.DEFECT_COLUMNS if c not in ("counts", "why_not", "inferred")
)
"""Columns of ``Read.defects``: what a file says, before any policy."""

_BREAK = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True)
class Table:
    """A decoded small file, split into rows and cells.

    Attributes
    ----------
    file : str
        The name a reader knows the file by.
    header : list of str
        Column names, trimmed, without byte-order mark and enclosing quotes.
    delimiter : str
        TAB, comma or semicolon.
    rows : list of (int, list of str)
        1-based line a row starts on, and its cells. Missing trailing cells are filled with
        ''; cells beyond the header stay at the end, where no column name reaches them.
    widths : list of int
        Cells each row really had, before filling.
    dropped : dict
        Reason to the lines of rows that could not be split; empty so far, as every line can.
    extra : list of int
        Lines of rows with more filled cells than the header has columns.
    notes : list of str
        What a reader should know, one sentence each.
    preamble : str
        The lines above the header, where the kind of file has such.
    """

    file: str
    header: list[str]
    delimiter: str
    rows: list[tuple[int, list[str]]]
    widths: list[int] = field(default_factory=list)
    dropped: dict[str, list[int]] = field(default_factory=dict)
    extra: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    preamble: str = ""

    @cached_property
    def order_ids(self) -> list[list[str]]:
        """The order ids that each row names, in the order of its cells."""
        return [ID_WITHIN.findall("\t".join(cells)) for _, cells in self.rows]

    def column(self, *names: str) -> int | None:
        """Position of the first of `names` in the header, as :func:`plain` compares them.

        Raises
        ------
        ExportError
            When the header has that column twice.
        """
        found = find_column(self.header, *names)
        if found is not None:
            check_unique(self.header, [self.header[found]], self.file)
        return found

    def need(self, *names: str) -> int:
        """Like :meth:`column`, but a missing column raises."""
        found = self.column(*names)
        if found is None:
            raise ExportError(
                self.file,
                f"has no column {names[0]!r}.",
                f"Its columns are: {', '.join(self.header)}.",
            )
        return found

    def extra_note(self) -> list[str]:
        """The sentence about cells beyond the header, if there are any."""
        if not self.extra:
            return []
        return [
            f"{len(self.extra):,} row(s) have more cells than the header's {len(self.header)} "
            f"columns ({lines_in_words(self.extra)}); the extra cells are left out."
        ]


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

    def __init__(self, dropped: dict[str, list[int]] | None = None) -> None:
        self.kept = 0
        self.dropped: dict[str, list[int]] = {k: list(v) for k, v in (dropped or {}).items()}

    def drop(self, reason: str, line: int) -> None:
        self.dropped.setdefault(reason, []).append(line)

    def accounts(self) -> dict[str, Any]:
        """The four accounting fields of :class:`Read`."""
        dropped = {reason: len(lines) for reason, lines in self.dropped.items()}
        return {
            "rows_read": self.kept + sum(dropped.values()),
            "rows_kept": self.kept,
            "rows_dropped": dropped,
            "dropped_lines": {k: sorted(v)[:LINES_SHOWN] for k, v in self.dropped.items()},
        }


def split_rows(
    text: str,
    *,
    file: str,
    delimiter: str,
    quoted: bool,
    needed: Iterable[str] = (),
    header_line: int = 1,
) -> Table:
    """Split a decoded file into rows and cells, losing nothing silently.

    Parameters
    ----------
    text : str
        The file; line ends LF, CRLF or CR in any mix. NULs stand for nothing and go.
    file : str
        Name for errors and notes.
    delimiter : str
        One character.
    quoted : bool
        Whether a quotation mark opens a cell that may hold delimiters and line breaks
        (comma files). In TAB files it is an ordinary character, unless every cell of the
        header is quoted, which only a re-saved file does. A mark that never closes, or
        closes only after swallowing rows with order ids, is ordinary too, and noted.
    needed : iterable of str
        Columns that must not occur twice. Readers check theirs when they look them up.
    header_line : int
        1-based line the header is on, or the first filled one after it; what stands above
        is the preamble.

    Returns
    -------
    Table
        Blank lines (also those of nothing but spaces and delimiters) are no rows.

    Raises
    ------
    ExportError
        When there is no header, or a needed column occurs twice.

    Examples
    --------
    >>> table = split_rows("a,b\\n1,\\"x, y\\"\\n\\n2\\n", file="f.csv", delimiter=",", quoted=True)
    >>> table.rows, table.notes
    ([(2, ['1', 'x, y']), (4, ['2', ''])], ['1 blank line skipped (line 3).'])
    """
    lines = _BREAK.split(text.replace("\0", "").removeprefix("\ufeff"))
    # The last line end closes a line and opens none.
    if lines[-1] == "":
        lines.pop()
    above = header_line - 1
    first = next((i for i in range(above, len(lines)) if filled(lines[i].split(delimiter))), None)
    if first is None:
        raise ExportError(file, "is empty.", "An export has a header line; download it again.")
    quoted = quoted or all_quoted(lines[first].split(delimiter))
    header, after, stray = record(lines, first, delimiter, quoted, width=0)
    header = [name.strip() for name in header]
    while header and not header[-1]:
        header.pop()
    check_unique(header, needed, file)

    rows: list[tuple[int, list[str]]] = []
    widths, extra, blank = [], [], [i + 1 for i in range(above, first)]
    strays = [first + 1] if stray else []
    at = after
    while at < len(lines):
        if quoted and '"' in lines[at]:
            cells, after, stray = record(lines, at, delimiter, quoted, len(header))
            if stray:
                strays.append(at + 1)
        else:  # nearly every line, at once
            cells, after = lines[at].split(delimiter), at + 1
        if filled(cells):
            while len(cells) > len(header) and not cells[-1].strip():
                cells.pop()
            widths.append(len(cells))
            if len(cells) > len(header):
                extra.append(at + 1)
            elif len(cells) < len(header):
                cells += [""] * (len(header) - len(cells))
            rows.append((at + 1, cells))
        else:
            blank.append(at + 1)
        at = after
    notes = []
    if blank:
        s = "s" if len(blank) > 1 else ""
        notes.append(f"{len(blank):,} blank line{s} skipped ({lines_in_words(blank)}).")
    if strays:
        notes.append(
            f"{len(strays):,} quotation mark(s) that open a cell and do not close it are taken "
            f"as characters ({lines_in_words(strays)})."
        )
    preamble = "\n".join(lines[:above])
    return Table(file, header, delimiter, rows, widths, {}, extra, notes, preamble)


def plain(name: str) -> str:
    """A column name for comparison: case, accents of width, spaces, ``_`` and ``-`` do not count.

    Nor does it whether fulfilment is spelled as in Britain or as in America.

    Examples
    --------
    >>> plain(" A-to-Z_Claim "), plain("Order  ID"), plain("fulfilment-channel")
    ('a to z claim', 'order id', 'fulfillment channel')
    """
    folded = unicodedata.normalize("NFKC", name).casefold().strip(' \t"\ufeff')
    return re.sub(r"[\s_\-‐-―]+", " ", folded).strip().replace("fulfilment", "fulfillment")


def find_column(header: list[str], *names: str) -> int | None:
    """Position of the first of `names` the header has, in the order of `names`."""
    plains = [plain(h) for h in header]
    for name in names:
        if plain(name) in plains:
            return plains.index(plain(name))
    return None


def check_unique(header: list[str], needed: Iterable[str], file: str) -> None:
    """Raise :class:`ExportError` when a needed column occurs twice."""
    plains = [plain(h) for h in header]
    for name in needed:
        if plains.count(plain(name)) > 1:
            raise ExportError(
                file,
                f"the header has the column {name!r} {plains.count(plain(name))} times.",
                "Remove or rename one of them, or download the export again.",
                1,
            )


def lines_in_words(lines: list[int], most: int = 5) -> str:
    """``line 3``, ``lines 3, 7`` or ``lines 3, 7, 9, ... 12`` for notes."""
    shown = ", ".join(f"{n:,}" for n in lines[:most])
    if len(lines) > most:
        shown += f" and {len(lines) - most:,} more"
    return f"line{'s' if len(lines) > 1 else ''} {shown}"


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


def feedback_frame(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    """A frame of feedback with the types of ``terms.FEEDBACK_COLUMNS``, also when empty."""

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
