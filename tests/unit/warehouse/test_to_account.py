"""``load_tables``: the same account as files of the same rows give, and little comes back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import ibis
import pandas as pd
import pytest

from odr_analysis import findings, load_tables, to_summary
from odr_analysis.errors import FrameError, LossBudgetError, NoOrdersError, ParameterError
from tests.downloads import oid
from tests.warehouse import plain_orders, returned, tables_of

DOCUMENT = Path(__file__).parents[3] / "docs" / "warehouse.md"


@pytest.fixture
def con() -> Iterator[ibis.BaseBackend]:
    con = ibis.duckdb.connect()
    yield con
    con.disconnect()


def test_only_days_and_orders_of_lists_come_back(con, monkeypatch):
    orders = pd.concat([plain_orders(), *[plain_orders(3000)[40:]]])
    claims = pd.DataFrame({"order id": [oid(5)], "claim date": ["2026-05-12"], "status": [""]})
    rows = {"orders": orders, "claims": claims}
    came = returned(monkeypatch)
    account = load_tables(con, **tables_of(con, rows))
    assert (int(account.daily.n_orders.sum()), len(account.defective)) == (3000, 1)
    assert sum(came) < 30
    assert len(account.orders) == 3000  # asked for
    assert max(came) == 3000


def test_orders_that_change_later_change_nothing(con):
    names = tables_of(con, {"orders": plain_orders()})
    account = load_tables(con, **names)
    con.raw_sql("DELETE FROM orders")
    assert len(account.orders) == 40


def test_the_table_that_is_kept_goes_with_the_account(con):
    names = tables_of(con, {"orders": plain_orders()})
    count = "SELECT count(*) FROM duckdb_tables() WHERE temporary"
    account = load_tables(con, **names)
    assert con.raw_sql(count).fetchone() == (1,)
    del account
    assert con.raw_sql(count).fetchone() == (0,)


def test_a_report_is_made_of_it(con):
    claims = pd.DataFrame({"order id": [oid(5)], "claim date": ["2026-05-12"], "status": [""]})
    rows = {"orders": plain_orders(), "claims": claims}
    account = load_tables(con, **tables_of(con, rows), name="Shop")
    assert len(findings(account, "2026-05-31").sections) > 3
    assert account.name == "Shop"


def test_a_file_of_duckdb_by_its_url_is_only_read(tmp_path):
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as made:
        orders = plain_orders()
        made.register("orders_frame", orders)
        made.execute("CREATE SCHEMA amazon")
        made.execute("CREATE TABLE amazon.orders AS FROM orders_frame")
    before = path.read_bytes()
    account = load_tables(f"duckdb://{path}", orders="orders", database="amazon")
    assert len(account.orders) == 40
    with pytest.raises(duckdb.Error):
        duckdb.connect(str(path))  # still open, for reading
    del account
    assert path.read_bytes() == before
    duckdb.connect(str(path)).close()


def test_one_seller_of_a_table_of_many(con):
    both_sellers = pd.concat([plain_orders().assign(seller=s) for s in "AB"])
    both_sellers.iloc[40:, 0] = [oid(i) for i in range(100, 140)]
    con.create_table("orders", both_sellers)
    mine = con.table("orders").filter(lambda t: t.seller == "A")
    assert len(load_tables(con, orders=mine).orders) == 40


def test_days_alone_and_a_store_that_is_named(con):
    """A day stands for its noon, and a row without an update for its midnight."""
    con.raw_sql(
        "CREATE TABLE sales AS SELECT id, day, 'Shipped' AS state, 'Merchant' AS by FROM (VALUES"
        f" ('{oid(1)}', DATE '2026-05-01'), ('{oid(2)}', DATE '2026-05-02')) t(id, day)"
    )
    account = load_tables(
        con,
        orders="sales",
        marketplace="amazon.fr",
        columns={
            "orders": {"order_id": "id", "purchased": "day", "status": "state", "channel": "by"}
        },
    )
    orders = account.orders
    assert orders.purchased_at.dt.strftime("%d %H").tolist() == ["01 12", "02 12"]
    assert orders.marketplace.tolist() == ["Amazon.fr"] * 2


def test_a_kind_of_defect_without_a_source_is_unknown(con):
    account = load_tables(con, **tables_of(con, {"orders": plain_orders()}))
    assert {rate["state"] for rate in to_summary(account, "2026-05-31")["rates"]} == {"unknown"}


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({}, ParameterError, "Orders are needed: name their table with orders=...*orders"),
        ({"orders": "order"}, ParameterError, "no table 'order'; did you mean 'orders'?"),
        ({"orders": 7}, ParameterError, "expected the name of a table, or an Ibis table; got int"),
        ({"orders": "orders", "columns": {"order": {}}}, ParameterError, "did you mean 'orders'?"),
        (
            {"orders": "orders", "columns": {"orders": {"order": "id"}}},
            FrameError,
            "'order' is no column that is read; did you mean 'order_id'?",
        ),
        (
            {"orders": "orders", "columns": {"orders": {"order_id": "amazon_order_id"}}},
            FrameError,
            "no column 'amazon_order_id' (for order_id); did you mean 'amazon-order-id'?",
        ),
        (
            {"orders": "claims"},
            FrameError,
            "no column 'purchase-date' for purchased*columns={'orders': {'status': ...}}",
        ),
        (
            {"orders": "orders", "claims": "orders"},
            FrameError,
            "no column 'claim date'*columns={'claims': {'claim date': ...}}",
        ),
        ({"orders": "orders", "connector": "airbite"}, ParameterError, "did you mean 'airbyte'?"),
        ({"orders": "orders", "marketplace": "Amazon.xx"}, ParameterError, "Amazon.xx"),
        ({"orders": "orders", "database": "shop"}, ParameterError, "database 'shop' has no table"),
        ({"orders": "nothing"}, NoOrdersError, "nothing: no row is an order"),
        (
            {"orders": "half"},
            LossBudgetError,
            "half: 20 of 40 rows unusable: 20 x unreadable date*Correct these rows in the "
            "warehouse, or give a view without them, or accept the loss with a larger loss_budget",
        ),
    ],
)
def test_what_is_wrong_is_said_with_the_nearest(con, given, error, words):
    orders = plain_orders()
    half = orders.assign(**{"purchase-date": orders["purchase-date"].where(orders.index < 20, "?")})
    claims = pd.DataFrame({"order id": [oid(1)], "claim date": ["2026-05-12"]})
    tables_of(con, {"orders": orders, "claims": claims, "half": half, "nothing": orders[:0]})
    with pytest.raises(error) as caught:
        load_tables(con, **given)
    told = str(caught.value)
    for part in words.split("*"):
        assert part in told


def test_no_orders_in_what_a_connector_made(con):
    with pytest.raises(ParameterError, match=r"airbyte has made no such.*no table"):
        load_tables(con, connector="airbyte")


def test_types_that_cannot_be_read_are_named_all_at_once(con):
    con.raw_sql(
        f"""CREATE TABLE sales AS SELECT 1 AS "amazon-order-id", 7 AS "purchase-date",
        'Shipped' AS "order-status", 'Merchant' AS "fulfillment-channel", [1] AS "sales-channel",
        [{oid(1)!r}] AS sku"""
    )
    with pytest.raises(FrameError) as caught:
        load_tables(con, orders="sales")
    assert [p.split(";")[0] for p in caught.value.problems] == [
        "sales: column 'amazon-order-id' is of type int32",
        "sales: column 'purchase-date' is of type int32",
        "sales: column 'sales-channel' is of type array<int32>",
    ]


def documented() -> dict[str, list[str]]:
    """Parameter to the columns that docs/warehouse.md says it needs."""
    line = r"^\| (`[a-z_`, ]+`) \| [^|]* \| ([^|]*) \|"
    found = {}
    for parameters, needed in re.findall(line, DOCUMENT.read_text("utf-8"), re.MULTILINE):
        for parameter in re.findall("`([^`]+)`", parameters):
            others = [f"{one} date" for one in ("claim", "chargeback") if f"{one}s" != parameter]
            found[parameter] = [c for c in re.findall("`([^`]+)`", needed) if c not in others]
    return found


def test_columns_that_the_document_names_are_enough(con):
    needed = documented()
    assert [*needed] == [
        "orders", "order_items", "feedback", "claims", "chargebacks", "order_defects", "returns",
        "settlements", "financial_events",
    ]  # fmt: skip
    assert (len(needed["orders"]), needed["claims"]) == (5, ["order id", "claim date"])
    n = 10
    ids = [oid(i) for i in range(n)]
    cells = {
        "order_id": ids, "order id": ids, "order-id": ids, "purchased": "2026-05-02",
        "status": "Shipped", "channel": "Merchant", "marketplace": "Amazon.de", "rating": "5",
        "date": "2026-05-08", "claim date": "2026-05-08", "chargeback date": "2026-05-08",
        "return request date": "2026-05-08", "a-to-z claim": "N", "posted-date": "2026-05-08",
        "amount": "1.00", "GuaranteeClaimEventList": "[]", "ChargebackEventList": "[]",
    }  # fmt: skip
    rows = {
        what: pd.DataFrame({c: cells.get(c, "x") for c in columns}, index=range(n))
        for what, columns in needed.items()
    }
    account = load_tables(con, **tables_of(con, rows))
    assert account.daily[["n_orders", "n_claim_only"]].sum().tolist() == [n, 0]
    assert set(account.items.sku) == {"x"}
    assert account.receipt.rows_dropped == 0
