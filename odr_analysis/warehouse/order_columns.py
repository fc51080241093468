"""A table of orders as the raw columns that order exports are brought to.

Its columns are found by the names Amazon's own exports give them, else by those of the raw columns,
letter case, ``_`` and ``-`` aside, or named by the user or a connector. Cells stay text, but times
may be timestamps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import time
from typing import TYPE_CHECKING

from odr_analysis import terms
from odr_analysis.errors import FrameError
from odr_analysis.exports.orders.kinds import (
    DATE_COLUMNS,
    LEDGER_COLUMNS,
    NEEDED_CELLS,
    ORDER_EXPORTS,
    RAW_COLUMNS,
    OrderExport,
    kind_name,
)
from odr_analysis.exports.orders.traces import TRACES, traced_store
from odr_analysis.exports.text.delimited import plain
from odr_analysis.fields import nearest

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True)
class OrdersThere:
    """A table of orders in a warehouse.

    Attributes
    ----------
    name : str
        As the user calls it.
    raw : ibis Table
        ``RAW_COLUMNS``: text, '' where the table has none; times may be timestamps.
    export : OrderExport
        The kind of export with these columns.
    kind : str
        What the receipt calls it.
    header : tuple of str
        Columns of the table.
    repeats : bool
        Whether one line of an order may stand in it more than once.
    """

    name: str
    raw: ir.Table
    export: OrderExport
    kind: str
    header: tuple[str, ...]
    repeats: bool


def orders_there(
    table: ir.Table,
    name: str,
    columns: Mapping[str, str],
    *,
    engine: str,
    reads_times: bool,
    marketplace: str | None,
) -> OrdersThere:
    """A table as raw columns.

    Parameters
    ----------
    table : ibis Table
        One row per order, order item or state of one.
    name : str
        For messages.
    columns : mapping
        Raw column to the column of the table, where it is not called as in Amazon's exports.
    engine, reads_times
        Name of the engine, and whether it can be given text that may be a time.
    marketplace : str or None
        Sales channel of orders that name none.

    Raises
    ------
    FrameError
        Lists every failure at once: columns that are missing, with the nearest, and types that
        cannot be read.
    """
    header = tuple(table.columns)
    problems = unknown_columns(name, columns, RAW_COLUMNS, header)
    if problems:
        raise FrameError(problems)
    free = () if marketplace is None else ("marketplace",)
    export = _nearest_export(header, columns, free)
    places = _places(export, header, columns)
    rest = [column for column in header if column not in places.values()]
    for raw in LEDGER_COLUMNS:
        if export.needs(raw) and raw not in places and raw not in free:
            wanted = next(n for n in export.columns[raw] if n in export.needed)
            problems.append(
                f"{name}: no column {wanted!r} for {raw}{nearest(wanted, rest)} It has "
                f"{', '.join(header)}. Call it {raw}, or name the column: "
                f"columns={{'orders': {{{raw!r}: ...}}}}."
            )
    cells = {
        raw: _cell(table, raw, places, export, name, engine, reads_times, problems)
        for raw in RAW_COLUMNS
    }
    if problems:
        raise FrameError(problems)
    if "marketplace" in places:
        cells["marketplace"] = _named_by_id(cells["marketplace"])
    else:
        cells["marketplace"] = traced_store(*(cells[raw] for raw in TRACES))
    if _is_date(table, places.get("purchased")) and "updated" not in places:
        cells["updated"] = table[places["purchased"]].cast("timestamp")
    return OrdersThere(
        name,
        table.select(**cells),
        _renamed(export, places),
        kind_name(export, list(header)),
        header,
        repeats=export.repeats(list(header)) and "line_id" not in places,
    )


def unknown_columns(
    name: str, columns: Mapping[str, str], known: tuple[str, ...], header: tuple[str, ...]
) -> list[str]:
    """What is wrong with columns that the user named, one sentence each."""
    problems = [
        f"{name}: columns: {key!r} is no column that is read{nearest(key, known)} "
        f"Read are {', '.join(known)}."
        for key in columns
        if key not in known
    ]
    return problems + [
        f"{name}: no column {column!r} (for {key}){nearest(column, header)} "
        f"It has {', '.join(header)}."
        for key, column in columns.items()
        if column not in header
    ]


def _places(
    export: OrderExport, header: tuple[str, ...], columns: Mapping[str, str]
) -> dict[str, str]:
    """Raw column to that of the table: the user's word, else Amazon's name, else its own.

    By its own name no column is taken that stands for another already, and none of two.
    """
    places = {raw: header[at] for raw, at in export.positions(list(header)).items()}
    places |= dict(columns)
    rest = [column for column in header if column not in places.values()]
    names = [plain(column) for column in rest]
    own = {raw: plain(raw) for raw in RAW_COLUMNS if raw not in places}
    once = {raw: name for raw, name in own.items() if names.count(name) == 1}
    return places | {raw: rest[names.index(name)] for raw, name in once.items()}


def _nearest_export(
    header: tuple[str, ...], columns: Mapping[str, str], free: tuple[str, ...]
) -> OrderExport:
    """The first kind of export that lacks no column, else of those of all orders the nearest.

    Names of Amazon's come before those of raw columns, which no kind has for itself. The others
    are lists of orders of one state, which goes without saying there and not here.
    """

    def whole(export: OrderExport) -> bool:
        given = {plain(n) for raw in columns for n in export.columns.get(raw, ())}
        return all(plain(n) in given for n in export.missing(list(header)))

    def there(export: OrderExport) -> int:
        places = _places(export, header, columns)
        return sum(raw in places or raw in free for raw in NEEDED_CELLS)

    found = next((export for export in ORDER_EXPORTS if whole(export)), None)
    return found or max((e for e in ORDER_EXPORTS if not e.constants), key=there)


def _renamed(export: OrderExport, places: Mapping[str, str]) -> OrderExport:
    """The export as a table of raw columns has it."""
    return replace(
        export,
        needed=tuple(raw for raw in LEDGER_COLUMNS if raw in places and raw != "updated"),
        columns={raw: (raw,) for raw in RAW_COLUMNS if raw in places or raw == "marketplace"},
    )


def _cell(
    table: ir.Table,
    raw: str,
    places: Mapping[str, str],
    export: OrderExport,
    name: str,
    engine: str,
    reads_times: bool,
    problems: list[str],
) -> ir.Column:
    """One raw column; what is wrong with its type goes to `problems`."""
    import ibis

    if raw not in places:
        if raw in DATE_COLUMNS and not reads_times:
            return ibis.null("timestamp")
        return ibis.literal(export.constants.get(raw, ""))
    column = table[places[raw]]
    kind = column.type()
    if raw in DATE_COLUMNS:
        if kind.is_timestamp():
            return column
        if kind.is_date():
            start = time.fromisoformat(DATE_COLUMNS[raw])
            seconds = start.hour * 3600 + start.minute * 60 + start.second
            return column.cast("timestamp") + ibis.interval(seconds=seconds)
        if kind.is_string() and not reads_times:
            problems.append(
                f"{name}: column {places[raw]!r} is text, and a query on {engine} would stop at "
                "the first cell that is no time (no TRY_CAST). Give it as a timestamp or a date, "
                f'for instance in a view: CREATE VIEW ... AS SELECT CAST("{places[raw]}" AS '
                "TIMESTAMP WITH TIME ZONE), ..."
            )
        elif not kind.is_string():
            problems.append(_wrong_type(name, places[raw], kind, "a timestamp, a date or text"))
    elif not kind.is_string():
        if kind.is_numeric() and raw not in LEDGER_COLUMNS:
            return column.cast("string").fill_null("")
        if raw in LEDGER_COLUMNS:
            problems.append(_wrong_type(name, places[raw], kind, "text"))
        return ibis.literal("")
    return column.fill_null("") if kind.is_string() else ibis.literal("")


def _wrong_type(name: str, column: str, kind: object, expected: str) -> str:
    return f"{name}: column {column!r} is of type {kind}; expected {expected}. Cast it in a view."


def _named_by_id(store: ir.StringColumn) -> ir.StringColumn:
    """Sales channels, where the table may have ids of marketplaces in their place."""
    import ibis

    known = [(store == code, channel) for code, channel in terms.STORE_IDS.items()]
    return ibis.cases(*known, else_=store)


def _is_date(table: ir.Table, column: str | None) -> bool:
    return column is not None and bool(table[column].type().is_date())
