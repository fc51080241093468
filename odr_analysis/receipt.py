"""The receipt: what became of every file and every row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from odr_analysis import words
from odr_analysis.errors import LossBudgetError, ParameterError
from odr_analysis.faults import dropped_for

LISTS_BY_HAND = ("claims", "chargebacks")
"""Kinds of file that the user writes."""
DELIMITER_NAMES = {"\t": "tab", ",": "comma", ";": "semicolon"}
LINES_SHOWN = 50
"""How many line numbers of dropped rows are kept per reason; the count is always exact."""


FULL, PARTIAL, SHORT = "full", "partial", "short"
NONE_KNOWN = "names none of these orders"
ARCHIVE_AGAIN = "was archived by an earlier version: archive its folder again"
"""Why of a cover without a day: the file has rows, but no order that order exports know; or too
little of it was kept."""
EVERY_STORE = "*"
"""Store of a list the user keeps for the whole account."""


@dataclass(frozen=True)
class Cover:
    """What one file can show of one kind of defect, and from which day to which.

    A file covers a component where it would have a row if there were such a defect, whether or
    not it has one.

    Attributes
    ----------
    component : str
        ``feedback``, ``claim`` or ``chargeback``.
    first, last : datetime.date or None
        Days of its first and last row of any kind whose order is known; both None where it has
        no such day, so that it proves nothing. Where days are `stated`, `first` is None for a
        list that is complete from its beginning.
    by : str
        ``report``: the days are those on which defects are reported; ``order``: those on which
        orders were placed.
    n : int
        Rows with a day; what is usual for this file.
    grade : str
        ``full``; ``partial`` where some defects of this kind never show in such a file; ``short``
        where the file is not a source, but shows that all others lack `n` such defects.
    why : str
        Which ones, where it is partial; what is counted and what is here, where it is short.
    store, channel : str
        Sales channel and fulfilment channel the file is limited to. A store is '' where the file
        neither names one nor has an order that does, and ``EVERY_STORE`` for a user's own list;
        a channel is '' where the file is not limited to one.
    stated : bool
        Whether the file states its days itself, so that no row need show them.
    """

    component: str
    first: date | None
    last: date | None
    by: str = "report"
    n: int = 0
    grade: str = FULL
    why: str = ""
    store: str = ""
    channel: str = ""
    stated: bool = False

    def to_dict(self) -> dict[str, Any]:
        days = {k: v and v.isoformat() for k, v in (("first", self.first), ("last", self.last))}
        return {**asdict(self), **days}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Cover:
        days = {k: data[k] and date.fromisoformat(data[k]) for k in ("first", "last")}
        return cls(**{**data, **days})


@dataclass(frozen=True)
class FileReceipt:
    """What became of one file (or one member of an archive).

    ``rows_read == rows_kept + sum(rows_dropped.values())`` always holds.
    An unknown file has kind ``unknown``, no rows, and says what it is nearest to.

    Examples
    --------
    >>> file = FileReceipt(
    ...     "orders.txt", "All Orders", rows_read=3, rows_kept=2, rows_dropped={"no order id": 1}
    ... )
    >>> file.rows_read == file.rows_kept + sum(file.rows_dropped.values())
    True
    """

    file: str
    kind: str
    encoding: str = ""
    delimiter: str = ""
    locale: str = ""
    sha256: str = ""
    size_bytes: int = 0
    rows_read: int = 0
    rows_kept: int = 0
    rows_dropped: dict[str, int] = field(default_factory=dict)
    dropped_lines: dict[str, list[int]] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    nearest: str = ""
    missing: tuple[str, ...] = ()
    covers: tuple[Cover, ...] = ()

    def __post_init__(self) -> None:
        if self.rows_read != self.rows_kept + sum(self.rows_dropped.values()):
            raise AssertionError(f"{self.file}: rows read, kept and dropped do not add up: {self}")

    def to_dict(self) -> dict[str, Any]:
        """The file's line of ``odr load --json`` and ``summary.json``."""
        return {
            "file": self.file,
            "kind": self.kind,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "locale": self.locale,
            "sha256": self.sha256,
            "size_bytes": self.size_bytes,
            "rows_read": self.rows_read,
            "rows_kept": self.rows_kept,
            "rows_dropped": dict(self.rows_dropped),
            "dropped_lines": {k: list(v) for k, v in self.dropped_lines.items()},
            "details": dict(self.details),
            "notes": list(self.notes),
            "nearest": self.nearest,
            "missing": list(self.missing),
            "covers": [c.to_dict() for c in self.covers],
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> FileReceipt:
        told = {"notes": tuple(data["notes"]), "missing": tuple(data["missing"])}
        # Archives made before files were asked what they cover have none.
        covers = tuple(map(Cover.from_dict, data.get("covers", ())))
        return cls(**{**data, **told, "covers": covers})


@dataclass(frozen=True)
class Receipt:
    """Receipts of all files, and what became of orders and defects as a whole.

    Attributes
    ----------
    files : tuple of FileReceipt
        In the order of their names.
    orders : dict
        ``rows`` (order rows kept), ``distinct`` (orders after the newer row won),
        ``counted`` (in the denominator under the policy) and ``not_counted`` (reason to orders).
    defects : dict
        ``seen`` (sightings), ``counted`` and ``not_counted`` (reason to sightings; among them
        ``order unknown``: the order is in no export, so it is in no rate).
    notes : tuple of str
        What a reader should know of the whole, one sentence each.

    Examples
    --------
    >>> read = FileReceipt("orders.txt", "All Orders", rows_read=3, rows_kept=3)
    >>> receipt = Receipt(files=(read, FileReceipt("photo.jpg", "unknown")))
    >>> receipt.rows_read, receipt.rows_dropped, [file.file for file in receipt.unknown]
    (3, 0, ['photo.jpg'])
    """

    files: tuple[FileReceipt, ...]
    orders: dict[str, Any] = field(default_factory=dict)
    defects: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def rows_read(self) -> int:
        return sum(f.rows_read for f in self.files)

    @property
    def rows_kept(self) -> int:
        return sum(f.rows_kept for f in self.files)

    @property
    def rows_dropped(self) -> int:
        return self.rows_read - self.rows_kept

    @property
    def unknown(self) -> tuple[FileReceipt, ...]:
        """Files no reader recognised."""
        return tuple(f for f in self.files if f.kind == "unknown")

    def check_loss(self, budget: float, mend: str = "") -> None:
        """Raise :class:`LossBudgetError` when a file lost a larger share of rows than `budget`.

        Parameters
        ----------
        budget : float
            A fraction from 0 to 1.
        mend : str
            How unusable rows are mended, where they are in no file.

        Raises
        ------
        ParameterError
            When `budget` is no fraction from 0 to 1.
        """
        if not 0 <= budget <= 1:
            raise ParameterError(f"loss budget must be a fraction from 0 to 1, got {budget}.")
        share = Fraction(str(budget))
        over = [f for f in self.files if f.rows_read - f.rows_kept > share * f.rows_read]
        if not over:
            return
        parts = []
        for f in over:
            reasons = ", ".join(
                f"{n:,} x {why}{_at_lines(f.dropped_lines.get(why, []))}"
                for why, n in f.rows_dropped.items()
            )
            parts.append(
                f"{f.file}: {f.rows_read - f.rows_kept:,} of {f.rows_read:,} rows unusable: "
                + reasons
            )
        raise LossBudgetError(
            f"More rows would be lost than the loss budget of {words.level(budget, 3)} allows, "
            "so no number is given.\n  "
            + "\n  ".join(parts)
            + f"\n{mend or _what_to_do(f.kind for f in over)}, or accept the loss with a larger "
            "loss_budget (--loss-budget of odr load and odr report)."
        )

    def lines(self) -> list[str]:
        """The receipt as text, one file after the other."""
        told = []
        for f in self.files:
            if f.kind == "unknown":
                told.append(f"{f.file}: not read ({'; '.join(f.notes)})")
                continue
            delimiter = DELIMITER_NAMES.get(f.delimiter, f.delimiter)
            dates = f"dates {f.locale}" if f.locale and f.rows_kept else ""
            told.append(
                f"{f.file}: {', '.join(filter(None, (f.kind, f.encoding, delimiter, dates)))}: "
                f"{words.counted(f.rows_read, 'row')} read, {f.rows_kept:,} kept"
            )
            for why, n in f.rows_dropped.items():
                shown = ", ".join(map(str, f.dropped_lines.get(why, [])[:10]))
                told.append(f"    dropped {n:,}: {why} (line {shown}{', ...' if n > 10 else ''})")
                if fault := dropped_for(why):
                    told.append(f"        to do: {fault.remedy}")
            for key, value in f.details.items():
                if isinstance(value, dict) and value:
                    told.append(
                        f"    {key}: " + ", ".join(f"{k} x {v:,}" for k, v in value.items())
                    )
            told += [f"    note: {note}" for note in f.notes]
        told.append(
            f"{words.counted(self.rows_read, 'row')} read = {self.rows_kept:,} kept "
            f"+ {self.rows_dropped:,} dropped"
        )
        for what, totals in (("orders", self.orders), ("defect sightings", self.defects)):
            left_out = ", ".join(f"{why} {n:,}" for why, n in totals.get("not_counted", {}).items())
            total = totals.get("distinct", totals.get("seen", 0))
            told.append(
                f"{total:,} {what}, {totals.get('counted', 0):,} counted"
                + (f"; not counted: {left_out}" if left_out else "")
            )
        return [*told, *self.notes]

    def to_dict(self) -> dict[str, Any]:
        """As ``odr load --json`` prints it."""
        return {
            "rows_read": self.rows_read,
            "rows_kept": self.rows_kept,
            "rows_dropped": self.rows_dropped,
            "orders": dict(self.orders),
            "defects": dict(self.defects),
            "notes": list(self.notes),
            "files": [f.to_dict() for f in self.files],
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Receipt:
        return cls(
            files=tuple(FileReceipt.from_dict(f) for f in data["files"]),
            orders=data["orders"],
            defects=data["defects"],
            notes=tuple(data["notes"]),
        )


def _what_to_do(kinds: Iterable[str]) -> str:
    """How unusable rows are mended: a list kept by hand cannot be downloaded again."""
    by_hand = {kind in LISTS_BY_HAND for kind in kinds}
    if by_hand == {True}:
        return "Correct these lines"
    again = "Download the file again without opening it in a spreadsheet"
    return f"{again} (correct lists kept by hand)" if True in by_hand else again


def _at_lines(lines: list[int]) -> str:
    """The first lines in brackets; '' where rows have none, as in a warehouse."""
    return f" (line {', '.join(map(str, lines[:5]))})" if lines else ""


def no_orders(folder: str | Path, receipt: Receipt) -> str:
    files = "\n".join(
        f"  {f.file}: {f.kind} "
        + f"({'; '.join(f.notes) if f.kind == 'unknown' else words.counted(f.rows_read, 'row')})"
        for f in receipt.files
    )
    return (
        f"{folder}: no order in any file, so there is nothing to divide by.\n{files}\n"
        "Add an All Orders report (Seller Central: Reports > Fulfilment > All Orders, or "
        "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL)."
    )
