"""From ledger and records of defects to the tables of an account."""

from __future__ import annotations

import pandas as pd

from odr_analysis import load_account
from odr_analysis.exports.account_tables import Tables, stores_of
from tests.downloads import claims, feedback, fill, oid, order, table


def test_counts_of_orders_and_defects_add_up(tmp_path):
    rows = [order(n, sales__channel="Amazon.de") for n in range(4)]
    rows[3]["sales-channel"] = "Non-Amazon"
    fill(
        tmp_path,
        {
            "orders.txt": table(rows),
            "claims.csv": claims([(oid(0), "2026-05-09", "granted"), (oid(9), "2026-05-09", "")]),
            "feedback.txt": feedback(
                [("9.5.2026", "1", "late", oid(0)), ("9.5.2026", "5", "", oid(1))]
            ),
        },
    )
    account = load_account(tmp_path, cache=None)
    orders, defects = account.receipt.orders, account.receipt.defects
    assert (orders["rows"], orders["distinct"], orders["counted"]) == (4, 4, 3)
    assert orders["not_counted"] == {"not an Amazon order": 1}
    assert (defects["seen"], defects["counted"], defects["defective_orders"]) == (3, 2, 1)
    assert defects["not_counted"] == {"order unknown": 1}
    assert defects["feedback_rows"] == 2
    assert int(account.daily.n_orders.sum()) == 3
    assert account.defective.order_id.tolist() == [oid(0)]
    assert any("belong to orders that are in no order export" in n for n in account.receipt.notes)


def test_orders_without_a_store_are_noted():
    daily = pd.DataFrame({"marketplace": ["unknown"]})
    empty = pd.DataFrame()
    tables = Tables(
        daily, empty, empty, empty, {}, {}, None, {}, {"not_counted": {}}, feedback_notes=("first",)
    )
    assert tables.notes()[0] == "first"
    assert "--marketplace" in tables.notes()[1]


def test_stores_by_order_without_those_of_none():
    assert stores_of(pd.Series({"a": "Amazon.de", "b": None})) == {"a": "Amazon.de"}
