"""Expressions put into the engine's words once, and asked of every folder."""

from __future__ import annotations

import ibis
import pandas as pd

from odr_analysis.exports.orders import queries
from odr_analysis.exports.orders.engine import engine, lend

ASKED: list[int] = []


def above(least: int) -> ibis.expr.types.Table:
    ASKED.append(least)
    table = ibis.table({"n": "int64"}, name="numbers")
    return table.filter(table.n > least).select(twice=table.n * 2).order_by("twice")


def test_words_are_found_once_for_each_argument_and_asked_of_any_table(tmp_path):
    queries.in_words.cache_clear()
    ASKED.clear()
    with engine(tmp_path) as con:
        for numbers, expected in (([1, 2, 3], [4, 6]), ([5], [10]), ([], [])):
            lend(con, "numbers", pd.DataFrame({"n": pd.Series(numbers, dtype="int64")}))
            found = queries.asked(con, above, 1)
            assert found.twice.tolist() == expected
            assert found.twice.dtype == "int64", "also when empty"
        queries.keep(con, "kept", above, 4)
        assert con.con.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    assert ASKED == [1, 4]


def test_rows_are_written_as_parquet(tmp_path):
    with engine(tmp_path) as con:
        lend(con, "numbers", pd.DataFrame({"n": [1, 2]}))
        queries.write_parquet(con, tmp_path / "a.parquet", "COMPRESSION snappy", above, 1)
    assert pd.read_parquet(tmp_path / "a.parquet").twice.tolist() == [4]
