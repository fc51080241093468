"""A real Postgres: every table of an account as from files, with typed times."""

from __future__ import annotations

from collections.abc import Iterator

import ibis
import pytest

from odr_analysis import Policy, load_account, load_tables
from odr_analysis.errors import FrameError, ParameterError
from tests.warehouse import (
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


def test_times_of_text_are_refused_with_a_sentence(con):
    names = tables_of(con, {"orders": plain_orders()})
    with pytest.raises(FrameError, match=r"'purchase-date' is text, .*postgres.*no TRY_CAST"):
        load_tables(con, **names)


def test_the_nearest_table_is_named(con, postgres_url):
    tables_of(con, {"orders": plain_orders()})
    with pytest.raises(ParameterError, match="no table 'order'; did you mean 'orders'"):
        load_tables(postgres_url, orders="order")
