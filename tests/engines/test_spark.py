"""Spark as it comes, ANSI mode on: every table of an account as from files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import ibis
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from odr_analysis import Policy, load_account, load_tables
from odr_analysis.exports.orders.engine import engine, steps_apart
from odr_analysis.exports.orders.kinds import RAW_COLUMNS
from odr_analysis.exports.orders.ledger import (
    PACKED_DAYS,
    Ledger,
    account_orders,
    days_in_words,
    local_shifts,
    order_ledger,
    packed_days,
    stores_named,
)
from odr_analysis.exports.orders.packing import canonical_rows
from tests.unit.warehouse.made_event_pages import FORMS, pages, with_pages
from tests.warehouse import (
    Rows,
    assert_same,
    dirty_rows,
    orders_and_items,
    plain_orders,
    sample_rows,
    typed_rows,
    write_files,
)

POLICY = Policy(day_boundary="marketplace", count_cancelled_orders=False)

# Spark and what Ibis asks of it use what pandas and Python have newer names for.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def lent(spark: ibis.BaseBackend, rows: Rows, folder: Path) -> dict[str, str]:
    """The rows as views of Spark: parameters of ``load_tables``."""
    folder.mkdir()
    for what, table in rows.items():
        table.to_parquet(folder / f"{what}.parquet")
        spark.read_parquet(str(folder / f"{what}.parquet"), table_name=what)
    return {what: what for what in rows}


def test_ansi_mode_is_on(spark):
    assert spark._session.conf.get("spark.sql.ansi.enabled") == "true"


@pytest.mark.parametrize("rows", ["sample", "dirty text", "dirty typed"])
def test_every_table_is_that_of_files(spark, tmp_path, rows):
    files = tables = sample_rows() if rows == "sample" else dirty_rows(2000)
    if rows == "dirty typed":
        files, tables = typed_rows(files)
    how = {"policy": POLICY, "loss_budget": 0.3}
    one = load_account(write_files(files, tmp_path / "files"), cache=None, **how)
    assert_same(one, load_tables(spark, **lent(spark, tables, tmp_path / "tables"), **how))


def test_orders_alone_have_no_defect_and_no_rate_is_known(spark, tmp_path):
    rows = {"orders": plain_orders()}
    account = load_tables(spark, **lent(spark, rows, tmp_path / "tables"))
    assert (int(account.daily.n_orders.sum()), len(account.defective)) == (40, 0)


@pytest.mark.parametrize("form", ["text", "structs", "lists of text"])
def test_pages_of_events_are_those_of_files(spark, tmp_path, form):
    rows = {"orders": plain_orders()}
    one = load_account(with_pages(write_files(rows, tmp_path / "files"), pages()), cache=None)
    rows["financial_events"] = FORMS[form](pages()).to_pandas()
    assert_same(one, load_tables(spark, **lent(spark, rows, tmp_path / "tables")))


def test_items_beside_orders_are_those_of_files(spark, tmp_path):
    whole, orders, items = orders_and_items()
    one = load_account(write_files({"orders": whole}, tmp_path / "files"), cache=None)
    rows = {"orders": orders, "order_items": items}
    other = load_tables(spark, **lent(spark, rows, tmp_path / "tables"))
    assert_frame_equal(one.items, other.items)
    assert other.items.quantity.tolist() == [2] * 40


def raw_rows() -> pd.DataFrame:
    """Dirty orders as raw columns, of which every tenth names no store."""
    orders = dirty_rows(1500)["orders"]
    named = dict(zip(orders.columns, ("order_id", "purchased", "updated", "status"), strict=False))
    named |= {"fulfillment-channel": "channel", "sales-channel": "marketplace"}
    raw = orders.rename(columns=named).reindex(columns=list(RAW_COLUMNS)).fillna("").astype("str")
    assert (raw.marketplace == "").mean() > 0.1
    return raw


@pytest.fixture
def duckdb(tmp_path) -> Iterator[ibis.BaseBackend]:
    with engine(tmp_path) as con:
        yield con


def test_the_whole_expression_gives_what_duckdb_gives(spark, duckdb, tmp_path):
    """Also the part that puts words to codes, by which orders without a store got one."""
    path = str(tmp_path / "raw.parquet")
    raw_rows().to_parquet(path)
    day = pd.Timestamp("2026-03-01").to_pydatetime()
    shifts = local_shifts(["Amazon.com", "Amazon.de"], day, day + pd.Timedelta(days=200))
    found = []
    for con in (duckdb, spark):
        raw = con.read_parquet(path, table_name="raw_rows")
        cells = ibis.memtable({"order_key": [1], "cell": [1]}, schema=dict.fromkeys(CELLS, "int64"))
        with steps_apart():
            ledger = Ledger(order_ledger(canonical_rows(raw, 3)))
            days = packed_days(ledger, cells, POLICY, shifts)
            tables = {
                "orders": account_orders(ledger, POLICY, shifts),
                "days": days.select(*PACKED_DAYS),
                "words": days_in_words(days, ledger.stores, POLICY),
                "stores": stores_named(ledger),
            }
            found.append({name: _sorted(con.to_pandas(table)) for name, table in tables.items()})
    one, other = found
    assert (one["orders"].marketplace == "unknown").sum() > 20
    for name, table in one.items():
        assert_frame_equal(table, other[name], check_dtype=False, obj=name)


CELLS = ("order_key", "cell")


def _sorted(table: pd.DataFrame) -> pd.DataFrame:
    text = table.map(lambda value: "" if pd.isna(value) else str(value).removesuffix(".0"))
    return text.sort_values([*text], ignore_index=True)
