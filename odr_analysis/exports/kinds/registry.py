"""Which export a file is, told from its content and never from its name."""

from __future__ import annotations

import csv
import re
from collections.abc import Sized
from dataclasses import dataclass, replace
from typing import Any, Protocol

from odr_analysis import faults
from odr_analysis.exports.files.scan import SNIFF, Scan
from odr_analysis.exports.kinds.set_aside import known_table
from odr_analysis.exports.kinds.set_aside_texts import known_text
from odr_analysis.exports.orders.kinds import ORDER_EXPORTS, OrderExport, kind_name
from odr_analysis.exports.payments import date_range, finances, settlement, transaction_view
from odr_analysis.exports.performance import business_report
from odr_analysis.exports.performance import json_report as performance
from odr_analysis.exports.performance import xml_report as performance_xml
from odr_analysis.exports.readers import claims, feedback, health_lists, order_defects, returns
from odr_analysis.exports.readers.contract import Read
from odr_analysis.exports.text.delimited import Table, plain
from odr_analysis.exports.text.signatures import ORDER_ID_TITLE, other_ids, other_ids_note
from odr_analysis.words import counted


class Reader(Protocol):
    """What reads one kind of small export: a module or a template object."""

    @property
    def KIND(self) -> str: ...  # noqa: N802  a module's constant

    @property
    def NEEDED(self) -> Sized: ...  # noqa: N802

    def looks_like(self, header: list[str], sample_rows: list[list[str]]) -> bool: ...

    def missing(self, header: list[str]) -> list[str]: ...

    def read(self, table: Table, *, marketplace: str | None) -> Read: ...


class LooseReader(Reader, Protocol):
    """A reader of a kind whose titles are so common that other files have them too."""

    def doubt(self, header: list[str], sample_rows: list[list[str]]) -> str: ...

    def loose(self, header: list[str]) -> bool: ...


class DocumentReader(Protocol):
    """What reads one kind of text that is no table: JSON or XML."""

    @property
    def KIND(self) -> str: ...  # noqa: N802  the name of a module constant, which modules and templates share

    def looks_like_document(self, head: str) -> bool: ...

    def read_document(self, text: str, *, file: str, marketplace: str | None) -> Read: ...


DELIMITERS = ("\t", ",", ";")
SAMPLE_ROWS = 60
FEWEST_COLUMNS = 2
"""Columns a header has; a title has one filled cell."""

PREAMBLE_LINES = 20
"""Lines above the header of a date-range file, and title lines above any table, at most."""

SEP_LINE = re.compile(r"\"?sep=([,;\t])\"?,*;*", re.IGNORECASE)
"""A first line that names the delimiter for Excel."""

MONEY_READERS: tuple[Reader, ...] = (settlement, date_range, transaction_view)
"""Readers of payments, whose files must be read as a whole."""

EXACT_READERS: tuple[Reader, ...] = (returns, *MONEY_READERS, business_report)
"""Readers of kinds whose columns no other file has."""

LOOSE_READERS: tuple[LooseReader, ...] = (
    health_lists.CANCELLATIONS,
    health_lists.LATE_SHIPMENTS,
    health_lists.VALID_TRACKING,
    order_defects,
    claims.CLAIMS,
    claims.CHARGEBACKS,
    feedback,
)

TABLE_READERS: tuple[Reader, ...] = (*EXACT_READERS, *LOOSE_READERS)

DOCUMENT_READERS: tuple[DocumentReader, ...] = (
    performance,
    performance_xml,
    finances,
    business_report,
)


@dataclass(frozen=True)
class Recognised:
    """What a file turned out to be.

    ``export`` is set for order exports, ``reader`` for other tables, ``document`` for JSON
    and XML; none of them for an unknown file, which has ``nearest`` kind and the columns
    it lacks, or is nearest to a kind that is known and set aside. ``loose`` marks a table that is
    taken only when order exports know one of its orders.
    """

    scan: Scan
    kind: str
    delimiter: str = ""
    header: tuple[str, ...] = ()
    sample: tuple[tuple[str, ...], ...] = ()
    first_line: int = 1
    export: OrderExport | None = None
    reader: Reader | None = None
    document: DocumentReader | None = None
    nearest: str = ""
    missing: tuple[str, ...] = ()
    note: str = ""
    loose: bool = False

    @property
    def small(self) -> bool:
        """Whether it is read here as a whole, rather than by the engine."""
        return self.reader is not None or self.document is not None

    @property
    def quoted(self) -> bool:
        """Comma and semicolon files quote their cells; Amazon's TAB files never do."""
        return self.delimiter != "\t"


def recognise(scan: Scan) -> Recognised:
    """Tell what a scanned file is."""
    if scan.problem:
        return Recognised(scan, "unknown", note=scan.problem)
    for document in DOCUMENT_READERS:
        if document.looks_like_document(scan.head):
            return Recognised(scan, document.KIND, document=document)
    if text := known_text(scan.head.replace("\0", "")):
        return Recognised(scan, "unknown", nearest=text.kind, note=text.sentence)
    lines = scan.head.replace("\0", "").lstrip("\ufeff").splitlines()
    if scan.path.stat().st_size > SNIFF:
        lines = lines[:-1] or lines  # the last one may be cut off
    first = next((i for i, line in enumerate(lines) if line.strip()), None)
    if first is None:
        return Recognised(scan, "unknown", note=faults.ONLY_BLANK.text())
    said = SEP_LINE.fullmatch(lines[first].strip())
    if said and (header := next((i for i in range(first + 1, len(lines)) if lines[i].strip()), 0)):
        return _as_table(scan, lines, header, said[1])
    if sum(map(bool, _cells(lines[first], _delimiter(lines[first])))) < FEWEST_COLUMNS and (
        below := _below_titles(scan, lines, first)
    ):
        return below
    found = _as_table(scan, lines, first)
    if found.kind != "unknown":
        return found
    for at in range(first + 1, min(first + PREAMBLE_LINES, len(lines))):
        if date_range.header_like(_cells(lines[at], _delimiter(lines[at]))):
            return _as_table(scan, lines, at)
    return _below_titles(scan, lines, first) or found


def _below_titles(scan: Scan, lines: list[str], first: int) -> Recognised | None:
    """What a file is below title lines, None where no line names the columns of a kind.

    Only by its columns: a row of cells that merely look right may be one of the data.
    """
    for at in range(first + 1, min(first + PREAMBLE_LINES, len(lines))):
        header = _cells(lines[at], _delimiter(lines[at]))
        if sum(map(bool, header)) < FEWEST_COLUMNS:
            continue
        found = _as_table(scan, lines, at)
        if found.export is None and (found.reader is None or found.reader.missing(header)):
            continue
        above = counted(sum(1 for line in lines[:at] if line.strip()), "line")
        note = f"{above} above the header (line {at + 1}) taken as a title."
        return replace(found, scan=replace(scan, notes=(*scan.notes, note)))
    return None


def _as_table(scan: Scan, lines: list[str], at: int, delimiter: str = "") -> Recognised:
    """What a file is when line `at` (from 0) is its header; `delimiter` if the file states it."""
    delimiter = delimiter or _delimiter(lines[at])
    header = _cells(lines[at], delimiter)
    rows = lines[at + 1 :][:SAMPLE_ROWS]
    sample = [_cells(line, delimiter) for line in rows if line.strip()]
    found: dict[str, Any] = {
        "scan": scan,
        "delimiter": delimiter,
        "header": tuple(header),
        "sample": tuple(map(tuple, sample)),
        "first_line": at + 1,
    }
    for export in ORDER_EXPORTS:
        if not export.missing(header):
            if example := other_ids(header, sample):
                return _set_aside(found, export.kind, other_ids_note(export.kind, example))
            return Recognised(kind=kind_name(export, header), export=export, **found)
    for reader in EXACT_READERS:
        if reader.looks_like(header, sample):
            return Recognised(kind=reader.KIND, reader=reader, **found)
    if known := known_table(header):
        return _set_aside(found, known.kind, known.sentence)
    for loose in LOOSE_READERS:
        if loose.looks_like(header, sample):
            if why := loose.doubt(header, sample):
                return _set_aside(found, loose.KIND, why)
            if example := other_ids(header, sample):
                return _set_aside(found, loose.KIND, other_ids_note(loose.KIND, example))
            return Recognised(kind=loose.KIND, reader=loose, loose=loose.loose(header), **found)
    if date_range.unknown_language(header, sample):
        note = f"a {date_range.KIND} file in a language not known yet; its header: {header}"
        return Recognised(kind="unknown", nearest=date_range.KIND, note=note, **found)
    nearest, missing, note = _nearest(header, sample)
    return Recognised(kind="unknown", nearest=nearest, missing=missing, note=note, **found)


def _set_aside(found: dict[str, Any], nearest: str, note: str) -> Recognised:
    return Recognised(kind="unknown", nearest=nearest, note=note, **found)


def _delimiter(line: str) -> str:
    return max(DELIMITERS, key=lambda d: len(_cells(line, d)))


def _cells(line: str, delimiter: str) -> list[str]:
    if delimiter == "\t" and not line.startswith('"'):
        return [cell.strip() for cell in line.split("\t")]
    return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]


def _nearest(header: list[str], sample: list[list[str]]) -> tuple[str, tuple[str, ...], str]:
    """The kind that fits most columns and lacks fewest, what it lacks, and a note.

    A kind of which a header lacks half or more is not near, and lists of defects are near to
    nothing: what they need besides an order id and a date is what makes them.
    """
    candidates = [(e.kind, e.missing(header), len(e.needed)) for e in ORDER_EXPORTS]
    candidates += [(r.KIND, r.missing(header), len(r.NEEDED)) for r in EXACT_READERS]
    # By columns there less columns missing; of equals the order export, which matters most.
    kind, missing, total = min(candidates, key=lambda c: 2 * len(c[1]) - c[2])
    if 2 * len(missing) < total:
        return kind, tuple(missing), f"nearest to {kind}, but lacks: {', '.join(missing)}"
    if example := other_ids(header, sample):
        return (
            "",
            (),
            f"a list of orders whose ids ({example!r}) are not Amazon's, which have 3, 7 and 7 "
            "digits: set aside, nothing in it is counted. Orders of other marketplaces are not in "
            "Amazon's rates.",
        )
    shown = ", ".join(title for title in header if title)[:200]
    what = "a table" if len(header) > 1 else "a text"
    if any(ORDER_ID_TITLE.fullmatch(plain(title)) for title in header):
        what = "a list of orders"
    return (
        "",
        (),
        f"{what} of a kind that is not known here: set aside, nothing in it is counted. It has "
        f"no columns of an order export or of a list of defects; its first line: {shown}",
    )
