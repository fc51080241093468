"""Lists of defects that come from a warehouse, read as those of files."""

from __future__ import annotations

from collections.abc import Iterator

import ibis
import pandas as pd
import pytest

from odr_analysis import load_account, load_tables
from odr_analysis.exports.kinds.registry import TABLE_READERS
from odr_analysis.warehouse.lists import LISTS
from tests.downloads import oid
from tests.warehouse import plain_orders, returned, tables_of, write_files


@pytest.fixture
def con() -> Iterator[ibis.BaseBackend]:
    con = ibis.duckdb.connect()
    yield con
    con.disconnect()


SETTLEMENT = (
    *("settlement-id", "settlement-start-date", "settlement-end-date", "currency"),
    *("transaction-type", "order-id", "amount-type", "amount-description", "amount"),
    "posted-date",
)


def settlement_rows() -> pd.DataFrame:
    first = ["1", "2026-05-01", "2026-05-14", "EUR", *[""] * 6]
    rows = [first]
    for n in range(40):
        day = f"2026-05-{2 + n % 10:02d}"
        for said, amount in (("Principal", "20.00"), ("Commission", "-3.00")):
            kind = "ItemPrice" if amount[0] != "-" else "ItemFees"
            rows.append(["1", "", "", "EUR", "Order", oid(n), kind, said, amount, day])
    for n, amount in ((3, "-25.90"), (7, "-8.00"), (7, "3.00")):
        dispute = ["A-to-z Guarantee Refund", oid(n), "ItemPrice", "Principal", amount]
        rows.append(["1", "", "", "EUR", *dispute, "2026-05-12"])
    chargeback = ["Chargeback Refund", oid(9), "ItemPrice", "Principal", "-9.90"]
    rows.append(["1", "", "", "EUR", *chargeback, "2026-05-13"])
    return pd.DataFrame(rows, columns=list(SETTLEMENT))


def test_of_settlements_come_disputes_and_what_shows_their_days(con, tmp_path, monkeypatch):
    rows = {"orders": plain_orders(), "settlements": settlement_rows()}
    one = load_account(write_files(rows, tmp_path / "files"), cache=None)
    came = returned(monkeypatch)
    other = load_tables(con, **tables_of(con, rows))
    assert len(other.defective) == 3
    for name in ("daily", "defective"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))
    columns = ["order_id", "component", "reported_on", "outcome", "amount", "currency"]
    order = {"by": columns, "ignore_index": True}
    pd.testing.assert_frame_equal(
        one.defects[columns].sort_values(**order), other.defects[columns].sort_values(**order)
    )
    covers = [[f.covers for f in account.receipt.files if f.covers] for account in (one, other)]
    assert covers[0] == covers[1]
    assert max(came) <= 20  # of 85 rows


@pytest.mark.parametrize("what", LISTS)
def test_the_columns_of_a_list_are_those_its_reader_knows(what):
    kind = LISTS[what]
    assert kind.reader in TABLE_READERS
    assert not kind.reader.missing([*kind.columns])
    assert len({*kind.columns}) == len(kind.columns)


def test_columns_that_are_called_otherwise_and_what_a_connector_adds(con):
    told = {"day": "2026-05-20", "stars": 1.0, "text": "bad\nbroken", "ref": oid(3), "_id": "x"}
    con.create_table("orders", plain_orders())
    con.create_table("voices", pd.DataFrame([told]))
    account = load_tables(
        con,
        orders="orders",
        feedback="voices",
        columns={
            "feedback": {"date": "day", "rating": "stars", "comments": "text", "order id": "ref"}
        },
    )
    (row,) = account.feedback.to_dict("records")
    assert (row["order_id"], row["rating"], row["comment"]) == (oid(3), 1, "bad\nbroken")
    assert account.defective.order_id.tolist() == [oid(3)]


def test_a_list_of_other_orders_is_set_aside(con):
    claims = pd.DataFrame({"order id": [oid(999)], "claim date": ["2026-05-20"], "status": [""]})
    account = load_tables(con, **tables_of(con, {"orders": plain_orders(), "claims": claims}))
    receipt = account.receipt.files[1]
    assert (receipt.kind, receipt.nearest, receipt.rows_read) == ("unknown", "claims", 0)
    assert account.defects.empty


def test_orders_whose_ids_begin_with_a_letter_are_known(con):
    orders = plain_orders()
    orders.loc[0, "amazon-order-id"] = "D01-1234567-1234567"
    claims = pd.DataFrame(
        {
            "order id": ["D01-1234567-1234567", oid(3)],
            "claim date": "2026-05-20",
            "status": "granted",
        }
    )
    account = load_tables(con, **tables_of(con, {"orders": orders, "claims": claims}))
    why = account.defects.set_index("order_id").why_not
    assert why.to_dict() == {"D01-1234567-1234567": "digital order", oid(3): ""}
