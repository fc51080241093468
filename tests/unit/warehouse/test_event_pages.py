"""Pages of financial events in a warehouse, read as those of files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ibis
import pandas as pd
import pytest

from odr_analysis import Account, load_account, load_tables, to_summary
from odr_analysis.errors import FrameError, LossBudgetError
from odr_analysis.exports.covered import A_DAY
from odr_analysis.warehouse.connection import Warehouse
from odr_analysis.warehouse.event_pages import pages_there
from tests.downloads import oid
from tests.unit.warehouse.made_event_pages import (
    FORMS,
    LISTS,
    Page,
    as_text,
    event,
    page,
    pages,
    with_pages,
)
from tests.warehouse import assert_same, plain_orders, returned, tables_of, write_files


@pytest.fixture
def con() -> Iterator[ibis.BaseBackend]:
    con = ibis.duckdb.connect()
    yield con
    con.disconnect()


def lend(con: ibis.BaseBackend, pages: list[Page], form: str = "text") -> str:
    con.create_table("events", FORMS[form](pages), overwrite=True)
    if form == "json":
        cells = ", ".join(f'"{name}"::JSON AS "{name}"' for name in LISTS)
        con.raw_sql(f"CREATE TABLE pages AS SELECT {cells} FROM events")
        return "pages"
    return "events"


def loaded(con: ibis.BaseBackend, table: str, rows: dict[str, pd.DataFrame], **how: Any) -> Account:
    return load_tables(con, financial_events=table, **tables_of(con, rows), **how)


@pytest.mark.parametrize("form", FORMS)
def test_pages_give_what_the_file_of_them_gives(con, tmp_path, form):
    rows = {"orders": plain_orders()}
    one = load_account(with_pages(write_files(rows, tmp_path), pages()), cache=None)
    other = loaded(con, lend(con, pages(), form), rows)
    assert_same(one, other)
    assert one.defective.order_id.tolist() == [oid(3), oid(9)]
    found = other.defects.set_index("order_id")
    assert found.inferred.to_dict() == {oid(3): True, oid(7): False, oid(9): True}
    assert (found.source == "finances").all()
    (receipt,) = (f for f in other.receipt.files if f.kind == "finances")
    assert receipt.details["events"] == {
        "Chargeback": 1,
        "GuaranteeClaim": 3,
        "Refund": 2,
        "Shipment": 40,
    }


def test_an_amount_paid_never_decides(con, tmp_path):
    claims = {"order id": [oid(3), oid(1)], "claim date": "2026-05-10"}
    claims |= {"status": ["denied", "granted"]}
    rows = {"orders": plain_orders(), "claims": pd.DataFrame(claims)}
    one = load_account(with_pages(write_files(rows, tmp_path), pages()), cache=None)
    other = loaded(con, lend(con, pages()), rows)
    assert_same(one, other)
    assert other.defective.order_id.tolist() == [oid(1), oid(9)]


def test_a_kind_of_defect_without_a_source_stays_unknown(con):
    account = loaded(con, lend(con, pages()), {"orders": plain_orders()})
    covered = {cover.component for file in account.receipt.files for cover in file.covers}
    assert covered == {"claim", "chargeback"}
    (rate,) = to_summary(account, "2026-05-31")["rates"]
    missing = " ".join(rate["missing"])
    assert "no file of feedback" in missing
    assert "no file of A-to-z claims (money shows no decision" in missing


def test_events_that_were_fetched_again_stand_there_once(con):
    """Else two debits would outweigh the money that came back."""
    twice = [*pages(), pages()[1], page([], [], [event(7, 12), event(3, 12)], [])]
    account = loaded(con, lend(con, twice), {"orders": plain_orders()})
    assert account.defective.order_id.tolist() == [oid(3), oid(9)]
    assert account.defects.order_id.value_counts().to_dict() == {oid(3): 1, oid(7): 2, oid(9): 1}
    assert "4 events left out that an earlier page has too." in account.receipt.files[1].notes


def test_the_days_are_shown_by_a_few_orders(con, monkeypatch):
    orders = pd.concat([plain_orders(), plain_orders(3000)[40:]])
    shipped = [[event(n, 2 + n % 10) for n in range(k, k + 100)] for k in range(0, 3000, 100)]
    table = lend(con, [*(page(events, [], [], []) for events in shipped), *pages()])
    file = pages_there(Warehouse(con), con.table(table), table, {})
    of_disputes, days = {oid(3), oid(7), oid(9), oid(30), oid(31)}, 10
    assert days * A_DAY <= len(file.ids()) <= days * A_DAY + len(of_disputes)
    names = tables_of(con, {"orders": orders})
    came = returned(monkeypatch)
    account = load_tables(con, financial_events=table, **names)
    assert account.receipt.files[1].rows_read == 3046
    assert {(str(c.first), str(c.last)) for c in account.receipt.files[1].covers} == {
        ("2026-05-02", "2026-05-20")
    }
    assert sum(came) < 150


def test_a_cell_that_is_cut_short_is_counted(con):
    cut = as_text(pages()).to_pandas()
    cut.loc[1, "GuaranteeClaimEventList"] = cut.loc[1, "GuaranteeClaimEventList"][:40]
    con.create_table("cut", cut)
    rows = {"orders": plain_orders()}
    with pytest.raises(LossBudgetError, match="cut: 1 of 46 rows unusable: 1 x not an event"):
        loaded(con, "cut", rows)
    account = loaded(con, "cut", rows, loss_budget=0.1)
    assert {*account.defects.order_id} == {oid(3), oid(7), oid(9)}
    assert len(account.defects) == 3


def test_cells_without_events_and_a_table_without_pages(con):
    empty = pd.DataFrame(
        {
            "guarantee_claim_event_list": [None, "", "null", "[]"],
            "CHARGEBACKEVENTLIST": None,
            "_airbyte_raw_id": "x",
        },
        dtype="str",
    )
    for rows in (empty, empty[:0]):
        con.create_table("empty", rows, overwrite=True)
        account = loaded(con, "empty", {"orders": plain_orders()})
        assert (account.receipt.files[1].rows_read, len(account.defects)) == (0, 0)


def test_lists_that_are_called_otherwise_and_those_that_are_missing(con):
    table = as_text(pages()).to_pandas().rename(columns={"GuaranteeClaimEventList": "a_to_z"})
    con.create_table("paid", table)
    rows = {"orders": plain_orders()}
    named = {"financial_events": {"GuaranteeClaimEventList": "a_to_z"}}
    account = loaded(con, "paid", rows, columns=named)
    assert account.defective.order_id.tolist() == [oid(3), oid(9)]
    with pytest.raises(FrameError, match="paid: no column 'GuaranteeClaimEventList'"):
        loaded(con, "paid", rows)
    wrong = {"financial_events": {"GuaranteeClaimEvents": "a_to_z"}}
    with pytest.raises(FrameError, match="did you mean 'GuaranteeClaimEventList'"):
        loaded(con, "paid", rows, columns=wrong)
