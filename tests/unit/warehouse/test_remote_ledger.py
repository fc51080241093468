"""The ledger in a warehouse: the same account as files of the same rows give."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import ibis
import pandas as pd
import pytest
import sqlglot
from sqlglot import exp

from odr_analysis import Policy, load_account, load_tables
from odr_analysis.errors import OdrError
from odr_analysis.exports.orders.engine import steps_apart
from odr_analysis.exports.orders.kinds import RAW_COLUMNS
from odr_analysis.exports.orders.ledger import (
    Ledger,
    account_orders,
    local_shifts,
    order_ledger,
    packed_days,
)
from odr_analysis.exports.orders.packing import canonical_rows
from odr_analysis.warehouse import remote_ledger
from tests.warehouse import (
    Rows,
    assert_same,
    dirty_rows,
    plain_orders,
    sample_rows,
    tables_of,
    typed_rows,
    write_files,
)

POLICY = Policy(day_boundary="marketplace")


@pytest.fixture
def con() -> Iterator[ibis.BaseBackend]:
    """A warehouse whose session is not in UTC, as DuckDB's is on most computers."""
    con = ibis.duckdb.connect()
    con.raw_sql("SET TimeZone = 'America/New_York'")
    yield con
    con.disconnect()


def both(con: ibis.BaseBackend, files: Rows, tables: Rows, folder: Path) -> None:
    how = {"policy": POLICY, "loss_budget": 0.3}
    one = load_account(write_files(files, folder), cache=None, **how)
    assert_same(one, load_tables(con, **tables_of(con, tables), **how))


def test_the_sample_as_tables_is_the_sample_as_files(con, tmp_path):
    rows = sample_rows()
    both(con, rows, rows, tmp_path / "files")
    assert con.raw_sql("SELECT current_setting('TimeZone')").fetchone() == ("America/New_York",)


def test_dirty_rows_of_text_are_read_as_those_of_files(con, tmp_path):
    rows = dirty_rows(900)
    both(con, rows, rows, tmp_path / "files")


def test_typed_times_and_days_are_read_as_their_text(con, tmp_path):
    text, typed = typed_rows(dirty_rows(900))
    assert typed["orders"]["purchase-date"].dtype.kind == "M"
    both(con, text, typed, tmp_path / "files")


def test_rows_that_cannot_be_read_where_they_are_have_a_limit(con, monkeypatch):
    monkeypatch.setattr(remote_ledger, "MOST_ODD", 10)
    orders = plain_orders()
    orders["purchase-date"] = "25.04.2026 10:00"
    with pytest.raises(OdrError, match=r"more than 10 rows .* purchased '25.04.2026 10:00'"):
        load_tables(con, **tables_of(con, {"orders": orders}))


def test_the_receipt_counts_rows_that_were_read_cell_by_cell(con):
    orders = plain_orders()
    orders.loc[[3, 5], "order-status"] = " Shipped"
    orders.loc[7, "amazon-order-id"] = "7"
    account = load_tables(con, **tables_of(con, {"orders": orders}), loss_budget=0.1)
    (receipt,) = account.receipt.files
    assert (receipt.rows_read, receipt.rows_kept) == (40, 39)
    assert receipt.rows_dropped == {"order id malformed": 1}
    assert receipt.notes == ("2 row(s) read cell by cell.",)


def test_rows_that_change_while_they_are_read_are_not_lost(con, monkeypatch):
    names = tables_of(con, {"orders": plain_orders()})
    odd_rows = remote_ledger.RemoteLedger._odd_rows

    def then_one_more(self: remote_ledger.RemoteLedger) -> object:
        found = odd_rows(self)
        con.raw_sql(
            "UPDATE orders SET \"purchase-date\" = '?' WHERE \"purchase-date\" LIKE '%05-03T%'"
        )
        return found

    monkeypatch.setattr(remote_ledger.RemoteLedger, "_odd_rows", then_one_more)
    with pytest.raises(OdrError, match="orders: its rows changed since they were read"):
        load_tables(con, **names)


def test_items_of_a_table_that_has_changed_are_refused(con):
    account = load_tables(con, **tables_of(con, {"orders": plain_orders()}))
    con.raw_sql("DELETE FROM orders")
    with pytest.raises(OdrError, match="Load the account again"):
        account.items  # noqa: B018


ENGINES = ["bigquery", "snowflake"]
"""Warehouses that are not run here."""


def sql_of(engine: str, times: str) -> exp.Expression:
    """What is asked there of a table with times of some type: every expression, in one."""
    raw = ibis.table(
        {**dict.fromkeys(RAW_COLUMNS, "string"), "purchased": times, "updated": times}, name="raw"
    )
    cells = ibis.table({"order_key": "int64", "cell": "int64"}, name="cells")
    day = pd.Timestamp("2026-05-01").to_pydatetime()
    shifts = local_shifts(["Amazon.com", "Amazon.de"], day, day + pd.Timedelta(days=300))
    with steps_apart():
        ledger = Ledger(order_ledger(canonical_rows(raw, 3)))
        days = packed_days(ledger, cells, POLICY, shifts)
        return sqlglot.parse_one(str(ibis.to_sql(days, dialect=engine)), read=engine)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("times", ["timestamp", "timestamp('UTC')"])
def test_no_cell_can_stop_a_query_over_typed_times(engine, times):
    """Text is cast only where a cast may fail and give null."""
    tree = sql_of(engine, times)
    tried = [*tree.find_all(exp.TryCast)]
    assert len(tried) >= 3  # ids as they are, and those that begin with a letter
    for cast in tree.find_all(exp.Cast):
        if type(cast) is exp.Cast:
            names = {column.name for column in cast.this.find_all(exp.Column)}
            inside = isinstance(cast.this, exp.Case)  # words that became codes
            assert inside or not names & {*RAW_COLUMNS} - {"purchased", "updated", "store"}


def test_text_that_may_be_a_time_is_tried_on_bigquery_alone():
    """Snowflake gets a plain cast of it, so it must be given timestamps."""
    tried = {
        engine: {
            column.name
            for cast in sql_of(engine, "string").find_all(exp.TryCast)
            for column in cast.find_all(exp.Column)
        }
        for engine in ENGINES
    }
    assert {"purchased", "updated"} <= tried["bigquery"]
    assert not {"purchased", "updated"} & tried["snowflake"]


@pytest.mark.parametrize("engine", ENGINES)
def test_days_come_back_as_codes_and_no_array_is_indexed(engine):
    """Positions in arrays begin at 0 or at 1, and what is beyond is an error or null."""
    tree = sql_of(engine, "timestamp")
    assert not [*tree.find_all(exp.Array), *tree.find_all(exp.Bracket)]


@pytest.mark.parametrize(
    ("engine", "lookup"),
    [
        ("bigquery", "NULL AS STRING)][SAFE_OFFSET("),
        ("snowflake", "GET(["),
        ("pyspark", "+ 1)"),
        ("duckdb", "+ CAST("),
    ],
)
def test_words_are_looked_up_from_the_position_the_engine_begins_with(engine, lookup):
    """Where the orders in words are asked for: BigQuery and Snowflake begin at 0, others at 1."""
    raw = ibis.table(dict.fromkeys(RAW_COLUMNS, "string"), name="raw")
    with steps_apart():
        orders = account_orders(Ledger(order_ledger(canonical_rows(raw, 3))), POLICY, ())
        sql = str(ibis.to_sql(orders, dialect=engine))
    words = "".join(sql.split()).upper()
    assert words.count("".join(lookup.split()).upper()) >= 3
