"""Documents and workbooks as the TAB table they hold, so that one road reads every kind of file.

Orders in JSON or XML, a sheet of a workbook, the raw table of a connector: each is written once
as the flat file Amazon gives for the same data. From there on it is recognised and read like any
other file, so which row of an order is the newest is decided in one place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from odr_analysis.exports.files.encodings import guessed_note
from odr_analysis.exports.files.scan import Scan, scan
from odr_analysis.words import counted

_BREAKS = re.compile(r"[\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
_SURROGATES = re.compile("[\ud800-\udfff]")

NOTHING = "(empty)"
"""What stands for a record without any of the columns."""


@dataclass(frozen=True)
class TableOf:
    """One table that a file holds.

    Attributes
    ----------
    header : sequence of str
        Names of the columns, empty where the rows bring their own header.
    rows : iterable of sequence of str
        The cells.
    label : str
        Added to the name of the file, where it holds several tables.
    notes : callable
        Gives what the receipt should mention, once all rows are written; takes their number.
    """

    header: Sequence[str]
    rows: Iterable[Sequence[str]]
    label: str = ""
    notes: Callable[[int], Sequence[str]] = lambda n: ()


def numbered(what: str) -> Callable[[int], list[str]]:
    """The note on how lines are counted in a file that has no rows of its own.

    >>> numbered("orders of the Orders API")(2)
    ['read as a table of 2 rows (orders of the Orders API); row n is line n + 1.']
    """

    def note(n: int) -> list[str]:
        return [f"read as a table of {counted(n, 'row')} ({what}); row n is line n + 1."]

    return note


def one_line(text: str) -> str:
    """A cell as a TAB file can hold it: line ends and TABs become a space.

    >>> one_line(" a\\tb\\r\\nc ")
    'a b c'
    """
    return _SURROGATES.sub("\ufffd", _BREAKS.sub(" ", text)).strip()


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


class UnusableError(Exception):
    """A file that cannot be opened as what it is; the message completes "this is ..."."""


def _tables(found: Scan) -> list[TableOf] | None:
    from odr_analysis.exports.flat import airbyte, order_xml, orders_api, returns_xml, workbook

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
