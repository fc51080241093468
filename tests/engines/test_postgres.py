"""A real Postgres: every table of an account as from files, with typed times."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

import ibis
import pandas as pd
import pytest

from odr_analysis import Policy, load_account, load_tables
from odr_analysis.batch.in_warehouse import InWarehouse
from odr_analysis.batch.own_process import in_own_process
from odr_analysis.errors import FrameError, MachineError, ParameterError
from odr_analysis.reports.limits import Limits
from odr_analysis.warehouse.connection import Warehouse
from tests.unit.warehouse.made_event_pages import LISTS, as_text, pages, with_pages
from tests.warehouse import (
    assert_same,
    dirty_rows,
    orders_and_items,
    plain_orders,
    sample_rows,
    tables_of,
    typed_rows,
    write_files,
)

POLICY = Policy(day_boundary="marketplace")


@pytest.fixture
def con(postgres_url) -> Iterator[ibis.BaseBackend]:
    con = ibis.connect(postgres_url)
    # Sessions are in the time zone of the server, and times must not depend on it.
    con.raw_sql("ALTER DATABASE postgres SET timezone TO 'Asia/Tokyo'").close()
    yield con
    for name in con.list_tables():
        con.drop_table(name, force=True)
    con.disconnect()


@pytest.mark.parametrize("which", ["sample", "dirty"])
def test_every_table_is_that_of_files(con, postgres_url, tmp_path, which):
    files, tables = typed_rows(sample_rows() if which == "sample" else dirty_rows(2000))
    how = {"policy": POLICY, "loss_budget": 0.3}
    one = load_account(write_files(files, tmp_path / "files"), cache=None, **how)
    assert_same(one, load_tables(postgres_url, **tables_of(con, tables), **how))


def test_orders_alone_have_no_defect_and_no_rate_is_known(con):
    orders = plain_orders().astype({"purchase-date": "datetime64[us, UTC]"})
    account = load_tables(con, **tables_of(con, {"orders": orders.drop(columns=UPDATE)}))
    assert (int(account.daily.n_orders.sum()), len(account.defective)) == (40, 0)


UPDATE = "last-updated-date"
TIMES = ("purchase-date", UPDATE)


@pytest.mark.parametrize("kind", ["text", "json", "jsonb"])
def test_pages_of_events_are_those_of_files(con, tmp_path, kind):
    orders = plain_orders()
    files = write_files({"orders": orders}, tmp_path / "files")
    one = load_account(with_pages(files, pages()), cache=None)
    orders = orders.astype(dict.fromkeys(TIMES, "datetime64[us, UTC]"))
    tables_of(con, {"orders": orders, "landed": as_text(pages()).to_pandas()})
    cells = ", ".join(f'"{name}"::{kind} AS "{name}"' for name in LISTS)
    con.raw_sql(f"CREATE TABLE pages AS SELECT {cells} FROM landed").close()
    assert_same(one, load_tables(con, orders="orders", financial_events="pages"))


def test_items_beside_orders_are_those_of_files(con, tmp_path):
    whole, orders, items = orders_and_items()
    one = load_account(write_files({"orders": whole}, tmp_path / "files"), cache=None)
    orders = orders.astype(dict.fromkeys(TIMES, "datetime64[us, UTC]"))
    other = load_tables(con, **tables_of(con, {"orders": orders, "order_items": items}))
    pd.testing.assert_frame_equal(one.items, other.items)


def test_times_of_text_are_refused_with_a_sentence(con):
    names = tables_of(con, {"orders": plain_orders()})
    with pytest.raises(FrameError, match=r"'purchase-date' is text, .*postgres.*no TRY_CAST"):
        load_tables(con, **names)


def test_the_nearest_table_is_named(con, postgres_url):
    tables_of(con, {"orders": plain_orders()})
    with pytest.raises(ParameterError, match="no table 'order'; did you mean 'orders'"):
        load_tables(postgres_url, orders="order")


def test_an_account_of_a_batch_is_brought_from_it(con, postgres_url):
    _, tables = typed_rows(sample_rows())
    names = tables_of(con, tables)
    url = postgres_url.replace("reader@", "reader:hush%40hush@")
    there = InWarehouse(url, {what: f"public.{name}" for what, name in names.items()})
    how = {"policy": POLICY, "name": "Shop", "today": date(2026, 11, 29)}
    folder = there.bring({"loss_budget": 0.3}, **how)
    again = partial(there.bring, {"loss_budget": 0.3}, **how)
    assert in_own_process(again, None, Limits()) == folder, "the same rows"
    how |= {"loss_budget": 0.3}
    assert_same(load_tables(postgres_url, **names, **how), load_account(folder, **how))


@pytest.mark.parametrize(
    ("named", "error", "says"),
    [
        ({"orders": "none.orders"}, ParameterError, "the database 'none' has no table 'orders'"),
        ({"orders": "orders", "database": "none"}, ParameterError, "'none' has no table"),
        ({"orders": "orders"}, FrameError, "no column 'purchase-date'"),
    ],
)
def test_what_is_wrong_with_an_account_of_a_batch(con, postgres_url, named, error, says):
    orders = plain_orders().drop(columns="purchase-date")
    tables_of(con, {"orders": orders})
    with pytest.raises(error, match=says):
        InWarehouse(postgres_url, named).bring({}, POLICY, name="Shop", today=date(2026, 11, 29))


def test_a_connection_that_was_ended_may_come_back(con, postgres_url):
    tables_of(con, {"orders": plain_orders()})
    there = Warehouse(postgres_url)
    with con.raw_sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    ):
        pass
    with pytest.raises(MachineError, match="does not answer a query") as caught:
        there.table("orders", "orders", None)
    assert caught.value.passing
