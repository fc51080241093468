"""``Account.items`` from files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from odr_analysis import terms
from odr_analysis.errors import OdrError
from odr_analysis.exports.background import Scanner
from odr_analysis.exports.order_file import Lent, OrderFile
from odr_analysis.exports.orders import queries
from odr_analysis.exports.orders.engine import lend_parquet
from odr_analysis.exports.orders.items import (
    DATES,
    ROW_TYPES,
    completed_rows,
    counted_rows,
    item_rows,
    no_items,
    odd_cells,
    settled_items,
)
from odr_analysis.exports.orders.kinds import RAW_COLUMNS
from odr_analysis.exports.session import Session, engine_for, open_folder
from odr_analysis.schema import typed

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd
    from ibis.backends.duckdb import Backend

    from odr_analysis.exports.request import Asked, ForAccount


def write_folder_items(reading: ForAccount, target: Path) -> None:
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
            _write_told(session.con, _told_together(session, reading), target)
        except duckdb.Error:
            _check_same(session, reading)
            raise
        _check_same(session, reading)


def _check_same(session: Session, reading: ForAccount) -> None:
    """Raise :class:`OdrError` where the files are not those that were loaded."""
    if reading.facts_key(session.contents()) != reading.facts_home.name:
        raise OdrError(
            f"{reading.folder}: its files changed since they were loaded, so what was "
            "ordered cannot be told any more. Load the account again."
        )


Told = tuple[Lent, bool]
"""Item rows of order exports: raw ones that the engine knows, and whether all prices are plain."""


def told_of(file: OrderFile, con: Backend, asked: Asked) -> Told:
    """Item rows of one order export, whose road is settled as far as orders go."""
    assert file.found.export is not None
    lent = file.lent(con)
    odd = _odd(con, (lent,))
    dated = set(DATES.values()) & file.found.export.positions(list(file.found.header)).keys()
    if file.cells is None and dated and odd["dates"]:
        # A copy: the receipt stays that of the load, which does not look at these dates.
        file = replace(file)
        file.read_carefully(asked.marketplace, asked.today)
        lent = file.lent(con)
    return lent, not odd["prices"]


def write_counted(con: Backend, told: Told, target: Path) -> None:
    """Write the item rows of one file, equal ones as one, as the archive keeps them."""
    lent, plain = told
    if plain:
        queries.write_parquet(con, target, "COMPRESSION zstd", _counted, lent)
    else:
        rows = counted_rows(_item_rows(told, con))
        con.to_parquet(rows, str(target), compression="zstd")


def items_of(con: Backend, lent: Lent) -> pd.DataFrame:
    """Items of order rows that the engine knows; ``terms.ITEM_COLUMNS``."""
    plain = not _odd(con, (lent,))["prices"]
    found = con.to_pandas(settled_items(_item_rows((lent, plain), con)))
    return typed(found, terms.ITEM_COLUMNS)


def _told_together(session: Session, asked: Asked) -> list[Told]:
    """Item rows of all order exports, those on the fast road as few as may be.

    One long expression takes Ibis less time to put into words than one for each file; but a
    price or date that is written otherwise takes a look at its file alone.
    """
    con = session.con
    alike = tuple(files[0].lent(con, files) for files in session.alike())
    if alike and _odd(con, alike).any():
        return [told_of(file, con, asked) for file in session.order_files]
    careful = [told_of(f, con, asked) for f in session.order_files if f.cells is not None]
    return [*((lent, True) for lent in alike), *careful]


def _odd(con: Backend, lent: tuple[Lent, ...]) -> pd.Series:
    """How many cells of each kind take a closer look."""
    return queries.asked(con, _odd_of, lent).iloc[0]


def _odd_of(lent: tuple[Lent, ...]) -> ir.Table:
    return odd_cells(_united([part.rows().select(*RAW_COLUMNS) for part in lent]))


def _item_rows(told: Told, con: Backend | None = None) -> ir.Table:
    lent, plain = told
    return item_rows(lent.rows(), lent.export.rank, con, plain_prices=plain)


def _counted(lent: Lent) -> ir.Table:
    return counted_rows(_item_rows((lent, True)))


def _plain_items(lent: tuple[Lent, ...]) -> ir.Table:
    """Items of files whose prices are all plain."""
    # United first, since the long expression takes Ibis a while to put into words.
    raws = [p.rows().select(*RAW_COLUMNS, "file").mutate(rank=p.export.rank) for p in lent]
    united = _united(raws)
    rank = united["rank"].cast("int64")
    return settled_items(item_rows(united, rank, None, plain_prices=True))


def _united(tables: Sequence[ir.Table]) -> ir.Table:
    import ibis

    return ibis.union(*tables) if len(tables) > 1 else tables[0]


def write_kept_items(asked: Asked, paths: Sequence[str], target: Path) -> None:
    """Write what item rows in Parquet files, as the archive keeps them, say together."""
    import pyarrow.parquet as pq

    with engine_for(asked) as con:
        for i, path in enumerate(paths):
            lend_parquet(con, f"items_{i}", Path(path))
        columns = tuple(tuple(pq.read_schema(path).names) for path in paths)
        if not columns:
            _write(con, [], target)
            return
        with enough_memory():
            queries.write_parquet(con, target, "COMPRESSION snappy", _kept_items, columns)


def _kept_items(columns: tuple[tuple[str, ...], ...]) -> ir.Table:
    """Items of files that the archive keeps, each with its columns."""
    import ibis

    tables = [
        ibis.table({name: ROW_TYPES[name] for name in own}, name=f"items_{i}")
        for i, own in enumerate(columns)
    ]
    rows = [
        completed_rows(table).mutate(file=ibis.literal(str(i))) for i, table in enumerate(tables)
    ]
    return settled_items(_united(rows))


def _write_told(con: Backend, told: Sequence[Told], target: Path) -> None:
    if not told or not all(plain for _, plain in told):
        _write(con, [_item_rows(one, con) for one in told], target)
        return
    with enough_memory():
        lent = tuple(lent for lent, _ in told)
        queries.write_parquet(con, target, "COMPRESSION snappy", _plain_items, lent)


def _write(con: Backend, rows: Sequence[ir.Table], target: Path) -> None:
    united = _united(rows or [no_items()])
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
