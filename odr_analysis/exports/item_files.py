"""``Account.items`` from files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from odr_analysis.errors import OdrError
from odr_analysis.exports.items import (
    DATES,
    completed_rows,
    has_odd_cells,
    has_odd_dates,
    item_rows,
    no_items,
    settled_items,
)
from odr_analysis.exports.order_file import OrderFile
from odr_analysis.exports.orders import RAW_COLUMNS
from odr_analysis.exports.read import Session, engine_for, open_folder
from odr_analysis.exports.scanner import Scanner

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend

    from odr_analysis.exports.read import Asked
    from odr_analysis.load import Reading


def write_folder_items(reading: Reading, target: Path) -> None:
    """Write what the order exports of a folder say of items: one row per order and SKU.

    The ledger holds orders only, so the files are read again.

    Raises
    ------
    OdrError
        The files are not those that were loaded.
    """
    import duckdb

    with (
        Scanner(reading.paths, reading.folder, reading.progress) as scanner,
        open_folder(reading, scanner) as session,
    ):
        told = json.loads((reading.facts_home / "facts.json").read_text("utf-8"))
        for file in session.order_files:
            if file.cells is None and file.found.scan.file in told["careful"]:
                file.read_carefully(reading.marketplace, reading.today)
        try:
            _write(session.con, _rows_together(session, reading), target)
        except duckdb.Error:
            _check_same(session, reading)
            raise
        _check_same(session, reading)


def _check_same(session: Session, reading: Reading) -> None:
    """Raise :class:`OdrError` where the files are not those that were loaded."""
    if reading.facts_key(session.contents()) != reading.facts_home.name:
        raise OdrError(
            f"{reading.folder}: its files changed since they were loaded, so what was "
            "ordered cannot be told any more. Load the account again."
        )


def rows_of(file: OrderFile, con: Backend, asked: Asked) -> ir.Table:
    """Item rows of one order export, whose road is settled as far as orders go."""
    assert file.found.export is not None
    dated = set(DATES.values()) & file.found.export.positions(list(file.found.header)).keys()
    if file.cells is None and dated and has_odd_dates(file.raw(con), con):
        # A copy: the receipt stays that of the load, which does not look at these dates.
        file = replace(file)
        file.read_carefully(asked.marketplace, asked.today)
    return item_rows(file.raw(con), file.rank, con)


def _rows_together(session: Session, asked: Asked) -> list[ir.Table]:
    """Item rows of all order exports, those on the fast road as one where they are plain.

    One long expression takes Ibis less time to put into words than one for each file; but a
    price or date that is written otherwise takes a look at its file alone.
    """
    import ibis

    con = session.con
    careful = [rows_of(f, con, asked) for f in session.order_files if f.cells is not None]
    raws = [
        files[0].raw(con, files).select(*RAW_COLUMNS, "file").mutate(rank=files[0].rank)
        for files in session.alike()
    ]
    if not raws:
        return careful
    united = ibis.union(*raws) if len(raws) > 1 else raws[0]
    if has_odd_cells(united, con):
        return [rows_of(file, con, asked) for file in session.order_files]
    rank = united["rank"].cast("int64")
    return [item_rows(united, rank, con, plain_prices=True), *careful]


def write_kept_items(asked: Asked, paths: Sequence[str], target: Path) -> None:
    """Write what item rows in Parquet files, as the archive keeps them, say together."""
    import ibis

    with engine_for(asked) as con:
        rows = (completed_rows(con.read_parquet(path)) for path in paths)
        _write(con, [r.mutate(file=ibis.literal(str(i))) for i, r in enumerate(rows)], target)


def _write(con: Backend, rows: Sequence[ir.Table], target: Path) -> None:
    import ibis

    parts = rows or [no_items()]
    united = ibis.union(*parts) if len(parts) > 1 else parts[0]
    with enough_memory():
        con.to_parquet(settled_items(united), str(target), compression="snappy")


@contextmanager
def enough_memory() -> Iterator[None]:
    """Says in words what to do when the engine runs out of memory within."""
    import duckdb

    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise OdrError(
            f"The engine needs more memory than it may use ({error}). Allow it more with "
            "--memory-limit, or free disk space for what it lays aside."
        ) from error
