"""Documents and workbooks as the TAB table they hold, so that one road reads every kind of file.

Orders in JSON or XML, a sheet of a workbook, the raw table of a connector: each is written once
as the flat file Amazon gives for the same data. From there on it is recognised and read like any
other file, so which row of an order is the newest is decided in one place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from odr_analysis.exports.files.encodings import guessed_note
from odr_analysis.exports.files.scan import Scan, scan
from odr_analysis.exports.flat import airbyte, order_xml, orders_api, returns_xml, workbook
from odr_analysis.exports.flat.table import TableOf, UnusableError, one_line

NOTHING = "(empty)"
"""What stands for a record without any of the columns."""


def as_tables(found: Scan, scratch: Path) -> list[Scan]:
    """The tables in a file, as scans of their own; the file itself where it is read as it is.

    Parameters
    ----------
    found : Scan
        A file as it was scanned.
    scratch : pathlib.Path
        A folder for the tables that are written; made when needed.

    Returns
    -------
    list of Scan
        Name, hash and size of each stay those of the user's file; where a file holds several
        tables, each has its own name, and its hash is that of the table.

    Raises
    ------
    ExportError
        When a document is cut short or damaged, with the line.
    """
    try:
        tables = _tables(found)
        if tables is None:
            return [found]
        return list(_written(found, tables, scratch))
    except UnusableError as error:
        return [replace(found, problem=str(error))]


def _tables(found: Scan) -> list[TableOf] | None:
    if found.problem:
        is_book = found.regular and workbook.is_workbook(found.path)
        return workbook.tables(found.path) if is_book else None
    for kind in (order_xml, returns_xml, orders_api, airbyte):
        if kind.looks_like(found.head):
            return [kind.table(found)]
    return None


def _written(found: Scan, tables: list[TableOf], scratch: Path) -> Iterator[Scan]:
    scratch.mkdir(parents=True, exist_ok=True)
    for k, table in enumerate(tables):
        target = scratch / f"table-{k}.txt"
        n = 0
        with target.open("w", encoding="utf-8", newline="\n") as out:
            if table.header:
                out.write("\t".join(map(one_line, table.header)) + "\n")
            for row in table.rows:
                # A blank line is not a row, and every record of a document is to be counted.
                if table.header and not any(row):
                    row = [NOTHING, *row[1:]]
                out.write("\t".join(row) + "\n")
                n += 1
        name = f"{found.file}/{table.label}" if table.label else found.file
        original = target if table.label else found.original
        made = scan(name, target, original)
        guess = [guessed_note(found.encoding)] if found.guess else []
        yield replace(made, notes=(*found.notes, *table.notes(n), *guess))
