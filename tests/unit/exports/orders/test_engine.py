"""The engine is quiet wherever it runs, and the libraries around it work together."""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path

import ibis
import pandas as pd

from odr_analysis.exports.orders.engine import engine

SLOW = "SELECT count(*) FROM range({}) r WHERE (r.range * r.range) % 7 = 3"
"""A query that takes about two seconds for each hundred million rows and core."""


def test_a_slow_query_prints_nothing() -> None:
    """Without a script, as in a notebook or ``python -c``, the engine draws a bar after 2 s."""
    code = f"""
import sys, tempfile, time
from pathlib import Path
from odr_analysis.exports.orders.engine import engine
with tempfile.TemporaryDirectory() as scratch, engine(Path(scratch)) as con:
    began, n = time.monotonic(), 50_000_000
    while time.monotonic() - began < 2.5:
        began = time.monotonic()
        con.raw_sql({SLOW!r}.format(n)).fetchall()
        n *= 2
    print("slow enough", file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr.split("\n")[-2:] == ["slow enough", ""], done.stderr
    assert done.stdout == ""


def test_no_warning_of_what_only_ibis_can_mend(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with engine(tmp_path) as con:
            frame = ibis.memtable({"n": [1, 2], "word": ["a", None]})
            assert con.to_pandas(frame.filter(frame.n == 1)).word.tolist() == ["a"]
            con.to_parquet(frame, str(tmp_path / "t.parquet"))
            assert con.read_parquet(str(tmp_path / "t.parquet")).to_pandas().n.tolist() == [1, 2]


def test_the_pinned_libraries_make_and_drop_tables(tmp_path: Path) -> None:
    """sqlglot 30.20 and later write what DuckDB cannot read for these two calls of Ibis 12."""
    with engine(tmp_path) as con:
        con.create_table("kept", pd.DataFrame({"n": [1, 2, 3]}))
        assert con.table("kept").to_pandas().n.tolist() == [1, 2, 3]
        con.drop_table("kept")
        assert con.raw_sql("SELECT count(*) FROM duckdb_tables()").fetchone() == (0,)
