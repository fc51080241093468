"""Connections: opened by URL, asked in UTC, and what an engine can do."""

from __future__ import annotations

import gc

import ibis
import pandas as pd
import pytest

from odr_analysis.errors import OdrError, ParameterError
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
        ("postgres://me:secret@127.0.0.1:1/shop", "connection: postgres"),
        (7, "expected an Ibis connection"),
    ],
)
def test_what_is_no_connection(url, words):
    with pytest.raises(ParameterError, match=words) as caught:
        Warehouse(url)
    assert "secret" not in str(caught.value)


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
