"""The tables that connectors make, by the columns they document."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import ibis
import pandas as pd
import pytest

from odr_analysis import load_tables
from odr_analysis.batch.in_warehouse import TABLES
from odr_analysis.exports.orders.kinds import RAW_COLUMNS
from odr_analysis.warehouse.connectors import CONNECTORS, columns_of, landed
from odr_analysis.warehouse.event_pages import EVENT_LISTS, EVENT_PAGES
from odr_analysis.warehouse.lists import LISTS
from odr_analysis.warehouse.order_items import ORDER_ITEMS, RAW_ITEM_COLUMNS
from tests.downloads import oid
from tests.warehouse import plain_orders

EVENTS = [
    {
        "AmazonOrderId": oid(5),
        "PostedDate": "2026-05-22T10:00:00Z",
        "OrderChargeAdjustmentList": [
            {"ChargeAmount": {"CurrencyCode": "EUR", "CurrencyAmount": -9.9}}
        ],
    }
]
READ = {
    "orders": RAW_COLUMNS,
    ORDER_ITEMS: RAW_ITEM_COLUMNS,
    EVENT_PAGES: EVENT_LISTS,
    **{what: kind.columns for what, kind in LISTS.items()},
}
"""Parameter of ``load_tables`` to the columns that are read."""

AIRBYTE_ORDERS = "get_flat_file_all_orders_data_by_order_date_general"


@pytest.fixture
def con() -> Iterator[ibis.BaseBackend]:
    con = ibis.duckdb.connect()
    yield con
    con.disconnect()


def test_every_column_is_one_that_is_read():
    for lists in CONNECTORS.values():
        for what, tables in lists.items():
            known = READ[what]
            for columns in tables.values():
                assert {*columns} <= {*known}


def test_the_document_names_every_table_and_column():
    text = (Path(__file__).parents[3] / "docs" / "warehouse.md").read_text("utf-8")
    for connector, lists in CONNECTORS.items():
        for name in (connector, *lists, *(table for tables in lists.values() for table in tables)):
            assert f"`{name}`" in text
    assert READ.keys() == {*TABLES}
    for what in READ:
        assert f"`{what}`" in text
    for kind in LISTS.values():
        for title in kind.reader.NEEDED:
            assert title.lower().split(",")[0] in text


def test_what_airbyte_makes_is_found_and_read(con):
    """Names as a destination writes them that knows no capitals and no blanks."""
    con.create_table(
        AIRBYTE_ORDERS,
        pd.DataFrame(
            {
                "amazon_order_id": [oid(i) for i in range(30)] * 2,
                "purchase_date": pd.Timestamp("2026-05-01T10:00Z"),
                "last_updated_date": pd.Timestamp("2026-05-02T10:00Z"),
                "order_status": "Shipped",
                "fulfillment_channel": "Merchant",
                "sales_channel": "Amazon.de",
                "sku": "L-1",
                "quantity": 1,
                "dataendtime": "2026-05-03",
                "_airbyte_raw_id": "x",
            }
        ),
    )
    feedback = {"date": "2026-05-20", "rating": "1", "comments": "late", "response": ""}
    con.create_table(
        "get_seller_feedback_data",
        pd.DataFrame([{**feedback, "order_id": oid(3), "rater_email": "", "dataendtime": "x"}] * 2),
    )
    con.create_table(
        "get_flat_file_returns_data_by_return_date",
        pd.DataFrame(
            [
                {
                    "order_id": oid(4),
                    "return_request_date": "2026-05-21",
                    "a_to_z_claim": "Y",
                    "merchant_sku": "L-1",
                }
            ]
        ),
    )
    con.create_table(
        "list_financial_events",
        pd.DataFrame(
            {"guarantee_claim_event_list": ["[]"], "chargeback_event_list": [json.dumps(EVENTS)]}
        ),
    )
    account = load_tables(con, connector="airbyte")
    assert [f.file for f in account.receipt.files] == [
        AIRBYTE_ORDERS,
        "get_seller_feedback_data",
        "get_flat_file_returns_data_by_return_date",
        "list_financial_events",
    ]
    assert account.daily.n_orders.sum() == 30
    assert account.defective.order_id.tolist() == [oid(3), oid(4), oid(5)]
    assert account.returns.sku.tolist() == ["L-1"]
    assert account.items.quantity.tolist() == [1] * 30


def test_what_fivetran_makes_is_found_and_read(con):
    con.raw_sql("CREATE SCHEMA amazon_selling_partner")
    con.create_table(
        "orders",
        pd.DataFrame(
            {
                "amazon_order_id": [oid(1), oid(2)],
                "purchase_date": pd.Timestamp("2026-05-01T10:00Z"),
                "last_update_date": pd.Timestamp("2026-05-02T10:00Z"),
                "order_status": ["Shipped", "Canceled"],
                "fulfillment_channel": ["MFN", "AFN"],
                "sales_channel": "Amazon.com",
                "marketplace_id": "ATVPDKIKX0DER",
                "latest_ship_date": pd.Timestamp("2026-05-04T10:00Z"),
                "is_prime": False,
            }
        ),
        database="amazon_selling_partner",
    )
    account = load_tables(con, connector="fivetran", database="amazon_selling_partner")
    orders = account.orders
    assert orders.status.tolist() == ["shipped", "cancelled"]
    assert orders.channel.tolist() == ["mfn", "afn"]
    assert account.items.promised_at.notna().all()


def test_rows_that_fivetran_marks_as_past_are_left_out(con):
    orders = pd.concat([plain_orders(5)] * 2, ignore_index=True)
    orders["_fivetran_deleted"] = [None, True, *[False] * 3, *[True] * 5]
    claims = pd.DataFrame({"order id": [oid(2), oid(3)], "claim date": "2026-05-20", "status": ""})
    claims["_FIVETRAN_ACTIVE"] = [True, False]
    con.create_table("orders", orders.astype({"_fivetran_deleted": "boolean"}))
    con.create_table("cases", claims)
    account = load_tables(con, orders="orders", claims="cases")
    assert account.orders.order_id.tolist() == [oid(i) for i in (0, 2, 3, 4)]
    assert account.defects.order_id.tolist() == [oid(2)]


def test_the_preferred_table_first_and_the_users_own_before_all():
    made = ["orders", "Orders_Report"]
    assert landed("fivetran", "orders", made) == "Orders_Report"
    assert landed("fivetran", "feedback", made) is None
    assert columns_of("fivetran", "orders", "ORDERS", ["AMAZON_ORDER_ID", "x"]) == {
        "order_id": "AMAZON_ORDER_ID"
    }
    assert columns_of("airbyte", "orders", "sales", ["amazon_order_id"]) == {}
