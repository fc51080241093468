"""Ledgers of files put together, on rows small enough to check by head."""

from __future__ import annotations

import ibis
import pandas as pd

from odr_analysis.archive.merge import FILE_COLUMNS, FileLedger, merged_ledger, united_stores
from odr_analysis.exports.orders.engine import engine
from odr_analysis.exports.orders.packing import STORES

PENDING, SHIPPED = 1, 9
Z = len(STORES)


def ledger(*rows: tuple[int, ...], rank: int = 0, stores=STORES, weight: int = 1) -> FileLedger:
    """Rows of (order, purchased, updated, state, store, rows, update that names the store)."""
    frame = pd.DataFrame(rows, columns=list(FILE_COLUMNS))
    return FileLedger(ibis.memtable(frame, schema=FILE_COLUMNS), rank, stores, weight)


def merged(tmp_path, *files: FileLedger, stores=STORES) -> list[tuple[int, ...]]:
    with engine(tmp_path) as con:
        told = con.to_pandas(merged_ledger(files, stores).order_by("order_key"))
    return [tuple(map(int, row)) for row in told.itertuples(index=False)]


def test_the_newest_row_wins_and_an_older_one_may_name_the_store(tmp_path) -> None:
    older = ledger((7, 100, 100, PENDING, 3, 1, 100), (8, 50, 50, SHIPPED, 1, 1, 50))
    newer = ledger((7, 100, 200, SHIPPED, 2, 1, 90))
    expected = [(7, 100, 200, SHIPPED, 3, 2), (8, 50, 50, SHIPPED, 1, 1)]
    assert merged(tmp_path, older, newer) == merged(tmp_path, newer, older) == expected


def test_of_rows_as_new_the_higher_rank_wins(tmp_path) -> None:
    low = ledger((7, 100, 200, SHIPPED, 0, 1, 200))
    high = ledger((7, 100, 200, PENDING, 0, 1, 200), rank=1)
    assert merged(tmp_path, low, high) == [(7, 100, 200, PENDING, 0, 2)]


def test_a_file_that_is_there_twice_has_its_rows_twice(tmp_path) -> None:
    assert merged(tmp_path, ledger((7, 1, 1, SHIPPED, 0, 3, 1), weight=2))[0][-1] == 6


def test_stores_are_numbered_by_name_whoever_named_them(tmp_path) -> None:
    a, z = (*STORES, "a.example"), (*STORES, "z.example")
    both = united_stores([z, a])
    assert both[Z:] == ("a.example", "z.example")
    found = merged(
        tmp_path,
        ledger((7, 1, 1, SHIPPED, Z, 1, 1), stores=z),
        ledger((8, 1, 1, SHIPPED, Z, 1, 1), stores=a),
        stores=both,
    )
    assert [row[4] for row in found] == [Z + 1, Z]
