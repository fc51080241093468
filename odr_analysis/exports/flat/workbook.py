"""Sheets of a workbook (.xlsx, .xlsm, .xlsb, .xls, .ods) as text, cell by cell.

An id that is a number comes out as its digits and never as ``1.13E+16``; a date as ISO text, so
that day and month cannot be mistaken.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from odr_analysis import faults
from odr_analysis.exports.flat.table import TableOf, UnusableError, one_line
from odr_analysis.words import counted

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

OLD = b"\xd0\xcf\x11\xe0"
"""First bytes of an .xls file, and of a workbook with a password."""
PARTS = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")
"""Members one of which every workbook that is a zip has."""
LARGEST = 1 << 30
"""Bytes a workbook may unpack to: a full sheet of a million rows has less."""


def is_workbook(path: Path) -> bool:
    """Whether the bytes of a file are a workbook's."""
    with path.open("rb") as file:
        magic = file.read(4)
    if magic == OLD:
        return True
    if not magic.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return not set(archive.namelist()).isdisjoint(PARTS)
    except zipfile.BadZipFile:
        return False


def tables(path: Path) -> list[TableOf]:
    """Every sheet with a filled cell as a table; several are named by their sheet.

    Raises
    ------
    UnusableError
        When the workbook is damaged, has a password, or unpacks to more than ``LARGEST`` bytes.
    """
    import python_calamine

    _check_size(path)
    try:
        book = python_calamine.load_workbook(str(path))
        sheets = [
            sheet
            for about in book.sheets_metadata
            if about.typ == python_calamine.SheetTypeEnum.WorkSheet
            and (sheet := book.get_sheet_by_name(about.name)).end is not None
        ]
    except python_calamine.PasswordError as error:
        raise UnusableError(faults.WORKBOOK_WITH_PASSWORD.text()) from error
    except (python_calamine.CalamineError, OSError) as error:
        old = "an old Excel workbook" if _is_old(path) else "an Excel workbook"
        raise UnusableError(faults.WORKBOOK_DAMAGED.text(kind=old)) from error
    if not sheets:
        raise UnusableError(faults.WORKBOOK_EMPTY.text())
    return [_table(sheet, sheet.name if len(sheets) > 1 else "") for sheet in sheets]


def _check_size(path: Path) -> None:
    if _is_old(path):
        return
    with zipfile.ZipFile(path) as archive:
        size = sum(member.file_size for member in archive.infolist())
    if size > LARGEST:
        raise UnusableError(faults.WORKBOOK_TOO_LARGE.text(size=size >> 20))


def _is_old(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == OLD


def _table(sheet: CalamineSheet, label: str) -> TableOf:
    timed = _columns_with_times(sheet)

    def notes(n: int) -> Sequence[str]:
        where = f"sheet {sheet.name!r} of a workbook, {counted(n, 'row')}"
        if not timed:
            return [f"{where}."]
        return [f"{where}; its date cells have a time and no zone, and are read as UTC."]

    return TableOf((), _rows(sheet, timed), label, notes)


def _columns_with_times(sheet: CalamineSheet) -> frozenset[int]:
    """Columns in which some date has a time of day; in the others midnight means the day alone."""
    return frozenset(
        at
        for row in sheet.iter_rows()
        for at, cell in enumerate(row)
        if isinstance(cell, datetime) and cell.time() != time(0)
    )


def _rows(sheet: CalamineSheet, timed: frozenset[int]) -> Iterator[list[str]]:
    lone = sheet.start is not None and sheet.end is not None and sheet.end[1] == 0
    for row in sheet.iter_rows():
        if lone and isinstance(row[0], str):
            # A text file pasted into one column: its cells are whole lines.
            yield [row[0].strip("\r\n")]
        else:
            yield [cell_text(cell, with_time=at in timed) for at, cell in enumerate(row)]


def cell_text(cell: Any, *, with_time: bool = True) -> str:
    """A cell as the text an export has for it.

    Examples
    --------
    >>> [cell_text(c) for c in (113.0, 0.1 + 0.2, 20.5, True, " a\\tb ", 11312345678901234)]
    ['113', '0.3', '20.5', 'true', 'a b', '11312345678901234']
    >>> cell_text(datetime(2026, 9, 7, 23, 30)), cell_text(datetime(2026, 9, 7), with_time=False)
    ('2026-09-07T23:30:00', '2026-09-07')
    """
    if isinstance(cell, str):
        return one_line(cell)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, float):
        # Fifteen digits are what a spreadsheet keeps of a number.
        return str(int(cell)) if cell.is_integer() else f"{Decimal(f'{cell:.15g}'):f}"
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds") if with_time else cell.date().isoformat()
    if isinstance(cell, date):
        return f"{cell.isoformat()}T00:00:00" if with_time else cell.isoformat()
    return str(cell)
