"""Connections: opened by URL, asked in UTC, and what an engine can do."""

from __future__ import annotations

import gc
import subprocess
import sys
import traceback

import ibis
import pandas as pd
import pytest

from odr_analysis.errors import MachineError, OdrError, ParameterError
from odr_analysis.warehouse.connection import Warehouse

ROWS = pd.DataFrame({"k": [1, 2]})


def test_tables_can_be_made_and_dropped_with_the_versions_that_are_pinned():
    """Some versions of sqlglot make Ibis write DROP VIEW IF EXISTS without a name."""
    con = ibis.duckdb.connect()
    con.create_table("made", ROWS)
    con.create_table("made", ROWS, overwrite=True)
    assert Warehouse(con).names(None) == ["made"]
    con.drop_table("made")
    assert Warehouse(con).names(None) == []


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("shop.duckdb", "is no URL"),
        ("postgres:me:secret@127.0.0.1", "is no URL"),
        ("nosuch://place", "connection: nosuch cannot be opened"),
        ("duckdb:///no/such/place.duckdb", "connection: duckdb cannot be opened"),
        ("postgres://me:not/secret@127.0.0.1:1/shop", "the port of this postgres URL is no number"),
        (7, "expected an Ibis connection"),
    ],
)
def test_what_is_no_connection(url, words):
    with pytest.raises(ParameterError, match=words) as caught:
        Warehouse(url)
    assert "secret" not in str(caught.value)


def test_a_warehouse_that_is_not_there_may_be_later():
    with pytest.raises(MachineError, match=r"postgres cannot be reached: .*refused") as caught:
        Warehouse("postgres://me:{}@127.0.0.1:1/shop".format("hush" * 2))
    assert caught.value.passing
    assert "hushhush" not in "".join(traceback.format_exception(caught.value))


def test_a_file_that_another_process_writes_may_be_free_later(tmp_path):
    path = tmp_path / "shop.duckdb"
    other = subprocess.Popen(
        [sys.executable, "-c", WRITES, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with other:
        other.stdout.readline()
        with pytest.raises(MachineError, match=r"duckdb cannot be reached: .*lock") as caught:
            Warehouse(f"duckdb://{path}")
        other.stdin.close()
    assert caught.value.passing
    Warehouse(f"duckdb://{path}")


WRITES = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); input()"


def test_a_driver_that_is_missing_is_named_with_how_to_get_it(monkeypatch):
    def without(url: str, **options: object) -> None:
        raise ModuleNotFoundError("No module named 'snowflake'")

    monkeypatch.setattr(ibis, "connect", without)
    with pytest.raises(ParameterError, match=r"pip install 'ibis-framework\[snowflake\]'"):
        Warehouse("snowflake://user@account/shop")


def test_a_password_in_a_message_of_the_driver_is_not_shown(monkeypatch):
    def refuses(url: str, **options: object) -> None:
        raise RuntimeError(f"cannot reach {url}")

    monkeypatch.setattr(ibis, "connect", refuses)
    with pytest.raises(ParameterError, match=r"me:\*\*\*@host"):
        Warehouse("postgres://me:secret@host/shop")


def test_a_lost_connection_may_be_there_later(monkeypatch):
    con = ibis.duckdb.connect()
    there = Warehouse(con)
    table = con.create_table("made", ROWS)

    def lost(*_: object) -> None:
        raise RuntimeError("server closed the connection unexpectedly")

    monkeypatch.setattr(con, "to_pyarrow", lost)
    with pytest.raises(MachineError, match="does not answer a query: server closed") as caught:
        there.asked(table)
    assert caught.value.passing


@pytest.mark.parametrize(
    ("engine", "tries", "reads_times"),
    [
        ("duckdb", True, True),
        ("pyspark", True, True),
        ("bigquery", True, True),
        ("snowflake", True, False),
        ("postgres", False, False),
    ],
)
def test_what_is_tried_where(monkeypatch, engine, tries, reads_times):
    con = ibis.duckdb.connect()
    monkeypatch.setattr(con, "compile", lambda table: ibis.to_sql(table, dialect=engine))
    there = Warehouse(con)
    assert (there.tries, there.reads_times) == (tries, reads_times)


def test_a_session_that_is_not_in_utc_is_not_used_for_text(monkeypatch):
    con = ibis.duckdb.connect()
    con.raw_sql("SET TimeZone = 'Asia/Tokyo'")
    there = Warehouse(con)
    there.check_utc()  # DuckDB is set to it while it is asked
    monkeypatch.setattr(Warehouse, "engine", "another")
    with pytest.raises(ParameterError, match="does not run in UTC"):
        there.check_utc()


def test_rows_are_kept_as_they_were_and_for_as_long_as_their_owner_lives():
    con = ibis.duckdb.connect()
    there = Warehouse(con)
    table = con.create_table("made", ROWS)

    class Owner:
        pass

    one, other = Owner(), Owner()
    first = there.kept(table.filter(table.k > 0), one)
    con.raw_sql("INSERT INTO made VALUES (3)")
    second = there.kept(table.filter(table.k > 0), other)
    assert [there.asked(kept).num_rows for kept in (first, second)] == [2, 3]
    del one, first
    gc.collect()
    left = con.raw_sql("SELECT count(*) FROM duckdb_tables() WHERE temporary").fetchone()
    assert left == (1,)
    con.disconnect()
    del other, second  # says nothing of a connection that is closed
    gc.collect()


def test_what_an_engine_says_against_a_query_is_one_sentence():
    con = ibis.duckdb.connect()
    there = Warehouse(con)
    gone = con.create_table("made", ROWS)
    con.drop_table("made")
    for ask in (there.asked, lambda table: there.kept(table, there)):
        with pytest.raises(OdrError, match=r"^duckdb does not answer a query: .*made.*$"):
            ask(gone)


def test_the_nearest_table_is_named_whatever_its_letters():
    con = ibis.duckdb.connect()
    con.create_table("ORDERS", ROWS)
    with pytest.raises(ParameterError, match="did you mean 'ORDERS'"):
        Warehouse(con).table("orders", "order", None)


def test_a_table_may_be_named_with_its_schema():
    con = ibis.duckdb.connect()
    con.raw_sql("CREATE SCHEMA amazon; CREATE TABLE amazon.orders AS SELECT 1 AS k")
    con.raw_sql('CREATE TABLE "amazon.orders" AS SELECT 2 AS k')
    there = Warehouse(con)
    assert there.table("orders", "amazon.orders", None).k.execute().tolist() == [2], "as it is"
    con.drop_table("amazon.orders")
    assert there.table("orders", "amazon.orders", None).k.execute().tolist() == [1]
    with pytest.raises(ParameterError, match=r"'amazon' has no table 'order'.*Its tables: orders"):
        there.table("orders", "amazon.order", None)
