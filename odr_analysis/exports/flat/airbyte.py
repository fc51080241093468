"""Airbyte's raw tables as CSV: the row of the source is JSON in one column, ``_airbyte_data``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from odr_analysis import faults
from odr_analysis.exports.files.scan import Scan
from odr_analysis.exports.flat.orders_api import HEADER, rows_of
from odr_analysis.exports.flat.table import TableOf, UnusableError, one_line
from odr_analysis.exports.orders.kinds import ORDER_EXPORTS
from odr_analysis.exports.text.delimited import Table, find_column, split_rows
from odr_analysis.words import counted

DATA = "_airbyte_data"

OWN = ("dataEndTime", "seller_id")
"""Columns the connector adds to a row of a report; those that begin with ``_`` are left out too."""


def looks_like(head: str) -> bool:
    """Whether a text is a raw table of Airbyte's.

    Examples
    --------
    >>> looks_like("_airbyte_ab_id,_airbyte_emitted_at,_airbyte_data\\n")
    True
    """
    first = head.lstrip("\ufeff \t\r\n").partition("\n")[0].casefold()
    return DATA in first and first.lstrip('"').startswith("_airbyte")


def table(found: Scan) -> TableOf:
    """The rows of the source, as a table with the columns they have.

    A row whose JSON cannot be read becomes a row without a good order id, which the reader of
    the table drops, and a note. Orders of the Orders API become rows as in its own file.
    """
    first = found.head.lstrip("\ufeff").partition("\n")[0]
    delimiter = max("\t,;", key=first.count)
    raw = split_rows(
        found.path.read_text(found.encoding, errors="replace"),
        file=found.file,
        delimiter=delimiter,
        quoted=True,
        needed=[DATA],
    )
    at = find_column(raw.header, DATA)
    if at is None:
        raise UnusableError(faults.CONNECTOR_TABLE.text(column=DATA))
    read = list(_objects(raw, at))
    names = list(
        dict.fromkeys(
            name for row in read for name in row if name not in OWN and not name.startswith("_")
        )
    )
    unread = sum(not row for row in read)

    def notes(n: int) -> list[str]:
        found = [f"a raw table of Airbyte: {counted(n, 'row')} taken from the column {DATA}."]
        if unread:
            found.append(
                f"{counted(unread, 'row')} of {DATA} could not be read as JSON and hold nothing; "
                "sync the table again."
            )
        return found

    if any(name.endswith("EventList") for name in names):
        # Pages of the Finances API: a document a line.
        return TableOf((), ([json.dumps(row)] for row in read if row), notes=notes)
    of_api = "AmazonOrderId" in names or {"orderId", "createdTime"} <= set(names)
    is_of_orders = any(not export.missing(names) for export in ORDER_EXPORTS)
    # The name of its own column goes with a list of orders: rows of it may be repeated.
    header = HEADER if of_api else [*names, *([DATA] if is_of_orders else [])]

    def rows() -> Iterator[list[str]]:
        for row in read:
            if of_api:
                yield from rows_of(row)
            else:
                yield [_text(row.get(name)) for name in header]

    return TableOf(header, rows(), notes=notes)


def _objects(raw: Table, at: int) -> Iterator[dict[str, Any]]:
    for _, cells in raw.rows:
        try:
            row = json.loads(cells[at])
        except (ValueError, RecursionError):
            row = {}
        yield row if isinstance(row, dict) else {}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return one_line(value)
    return one_line(json.dumps(value, ensure_ascii=False))
