"""Kinds of file that people hold: the shared cases, and siblings of each made in place."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odr_analysis import terms
from odr_analysis.archive.deliver import archive_folder
from odr_analysis.errors import ExportError
from tests.downloads import oid
from tests.real.cases_loaded import (
    FEEDBACK_ROWS,
    FLAT,
    STATUSES,
    STORES,
    Order,
    counted,
    flat,
    flat_cells,
    iso,
    loaded,
    order,
    to_csv,
)
from tests.workbooks import save, serial


@pytest.mark.parametrize(
    ("case", "orders", "defects"),
    [
        ("04-brazil-date-range", 200, {"chargeback": 1}),
        ("26-payments-transaction-view", 200, {"chargeback": 1, "claim": 1}),
        ("08-mfn-returns-xml", 200, {"claim": 2}),
        ("13-orders-api-json", 60, {"feedback": 1}),
        ("17-warehouse-orders-api-csv", 60, {}),
        ("17b-airbyte-raw-csv", 60, {}),
        ("27-orders-as-xlsx", 120, {"feedback": 1}),
        ("29-all-orders-xml", 120, {}),
        ("41-order-report-xml", 150, {}),
    ],
)
def test_a_shared_case(cases: Path, case: str, orders: int, defects: dict[str, int]) -> None:
    account = loaded(cases / case)
    assert (len(account.orders), counted(account)) == (orders, defects)
    assert all(f.kind != "unknown" for f in account.receipt.files)
    assert set(account.orders.channel) == {"mfn"}
    assert "unknown" not in set(account.orders.marketplace)


def test_the_brazilian_chargeback_to_the_cent(cases: Path) -> None:
    (row,) = loaded(cases / "04-brazil-date-range").defects.to_dict("records")
    assert (row["amount"], row["currency"]) == (1059.99, "BRL")
    assert row["reported_on"] == pd.Timestamp("2026-09-02")


def store_id(name: str) -> str:
    return terms.MARKETPLACES[name].id if name in terms.MARKETPLACES else ""


def v0(o: Order) -> dict[str, Any]:
    return {
        "AmazonOrderId": o["id"],
        "PurchaseDate": iso(o["placed"]),
        "LastUpdateDate": iso(o["changed"]),
        "OrderStatus": o["status"],
        "FulfillmentChannel": o["channel"],
        "SalesChannel": o["store"],
        "MarketplaceId": store_id(o["store"]),
        "IsReplacementOrder": "false",
        "OrderTotal": {"CurrencyCode": "EUR", "Amount": "20.00"},
    }


def v2026(o: Order) -> dict[str, Any]:
    away = o["store"] not in terms.MARKETPLACES
    status = "".join(f"_{c}" if c.isupper() else c.upper() for c in o["status"]).lstrip("_")
    return {
        "orderId": o["id"],
        "createdTime": iso(o["placed"]).replace("Z", ".123Z"),
        "lastUpdatedTime": iso(o["changed"]),
        "salesChannel": {
            "channelName": "NON_AMAZON" if away else "AMAZON",
            "marketplaceId": store_id(o["store"]),
        },
        "fulfillment": {
            "fulfillmentStatus": status,
            "fulfilledBy": {"MFN": "MERCHANT", "AFN": "AMAZON"}[o["channel"]],
        },
    }


def as_json(folder: Path, document: Any) -> None:
    (folder / "o.json").write_text(json.dumps(document, indent=1), "utf-8")


def pages(folder: Path, orders: list[Order]) -> None:
    half = len(orders) // 2
    parts = [orders[:half], orders[half:]]
    as_json(folder, [{"payload": {"Orders": [v0(o) for o in part]}} for part in parts])


def lines_of_json(folder: Path, orders: list[Order]) -> None:
    (folder / "o.jsonl").write_text("".join(json.dumps(v0(o)) + "\n" for o in orders), "utf-8")


def api_csv(folder: Path, orders: list[Order], *without: str) -> None:
    header = [name for name in v0(orders[0]) if name not in ("OrderTotal", *without)]
    to_csv(folder / "o.csv", header, [[v0(o)[name] for name in header] for o in orders])


def airbyte(folder: Path, rows: list[dict[str, Any]], newer: bool = False) -> None:
    header = ["_airbyte_ab_id", "_airbyte_emitted_at", "_airbyte_data"]
    if newer:
        header = ["_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_data"]
    blank = ["x"] * (len(header) - 1)
    to_csv(folder / "o.csv", header, [[*blank, json.dumps(row)] for row in rows])


def all_orders_xml(folder: Path, orders: list[Order]) -> None:
    def message(o: Order) -> str:
        _, placed, changed, status, channel, store = map(escape, flat_cells(o))
        item = "<OrderItem><SKU>S &amp; 1</SKU><Quantity>1</Quantity></OrderItem>"
        return (
            f"<Message><Order><AmazonOrderID>{o['id']}</AmazonOrderID>"
            f"<PurchaseDate>{placed}</PurchaseDate><LastUpdatedDate>{changed}</LastUpdatedDate>"
            f"<OrderStatus>{status}</OrderStatus><SalesChannel>{store}</SalesChannel>"
            f"<FulfillmentData><FulfillmentChannel>{channel}</FulfillmentChannel>"
            f"</FulfillmentData>{item * 2}</Order></Message>\n"
        )

    text = f"<AmazonEnvelope><Header/>{''.join(map(message, orders))}</AmazonEnvelope>"
    (folder / "o.xml").write_text('<?xml version="1.0" encoding="UTF-8"?>\n' + text, "utf-8")


def sheet(folder: Path, orders: list[Order], as_cell: Callable[[datetime], Any]) -> None:
    rows = []
    for o in orders:
        cells = flat_cells(o)
        times = [as_cell(o[name]) for name in ("placed", "changed")]
        rows.append([cells[0], *times, *cells[3:], 5.0e13])
    save(folder / "o.xlsx", [[*FLAT, "order-item-id"], *rows])


FORMS: dict[str, Callable[[Path, list[Order]], None]] = {
    "v0, one page": lambda f, o: as_json(f, {"payload": {"Orders": [v0(x) for x in o]}}),
    "v0, without payload": lambda f, o: as_json(f, {"Orders": [v0(x) for x in o]}),
    "v0, a list": lambda f, o: as_json(f, [v0(x) for x in o]),
    "v0, several pages": pages,
    "v0, one a line": lines_of_json,
    "2026-01-01": lambda f, o: as_json(f, {"orders": [v2026(x) for x in o], "pagination": {}}),
    "CSV of the API": lambda f, o: api_csv(f, o),
    "Airbyte, report": lambda f, o: airbyte(
        f, [dict(zip(FLAT, flat_cells(x), strict=True)) for x in o]
    ),
    "Airbyte, API": lambda f, o: airbyte(f, [v0(x) for x in o], newer=True),
    "All Orders XML": all_orders_xml,
    "sheet, texts": lambda f, o: sheet(f, o, lambda t: iso(t)),
    "sheet, date cells": lambda f, o: sheet(f, o, lambda t: t),
    "sheet, bare day numbers": lambda f, o: sheet(f, o, serial),
}

an_order = st.builds(
    order,
    st.integers(1, 20),
    st.integers(1, 80 * 1440),
    st.integers(0, 5 * 1440),
    st.integers(0, len(STATUSES) - 1),
    st.integers(0, len(STORES) - 1),
    st.integers(0, 1),
)


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
@given(orders=st.lists(an_order, min_size=12, max_size=30, unique_by=lambda o: o["changed"]))
def test_orders_in_every_form_are_those_of_the_flat_file(
    tmp_path_factory: pytest.TempPathFactory, form: str, orders: list[Order]
) -> None:
    # One minute past midnight, so that no column of dates holds days alone.
    orders = [
        o | {n: o[n].replace(hour=max(o[n].hour, 1)) for n in ("placed", "changed")} for o in orders
    ]
    plain, other = (tmp_path_factory.mktemp(name) for name in ("plain", "other"))
    flat(plain, orders)
    FORMS[form](other, orders)
    want, got = loaded(plain).orders, loaded(other).orders
    pd.testing.assert_frame_equal(got, want)


def test_stores_by_marketplace_id_alone(tmp_path: Path) -> None:
    orders = [order(n, 60 * n, 0, 2, n % 4, 0) for n in range(1, 9)]
    api_csv(tmp_path, orders, "SalesChannel")
    stores = loaded(tmp_path).orders.marketplace.value_counts().to_dict()
    assert stores == dict.fromkeys(STORES[:4], 2)


def test_the_newest_row_of_an_order_wins_across_forms(tmp_path: Path) -> None:
    old, new = order(1, 10, 0, 1, 0, 0), order(1, 10, 900, 3, 0, 0)
    flat(tmp_path, [old])
    as_json(tmp_path, {"Orders": [v0(new)]})
    assert loaded(tmp_path).orders.status.tolist() == ["cancelled"]
    flat(tmp_path, [new])
    as_json(tmp_path, {"Orders": [v0(old)]})
    assert loaded(tmp_path).orders.status.tolist() == ["cancelled"]


def test_a_next_page_is_mentioned_only_where_one_is_named(tmp_path: Path) -> None:
    for token, told in (("", False), ("x", True)):
        as_json(
            tmp_path, {"payload": {"NextToken": token, "Orders": [v0(order(1, 5, 0, 2, 0, 0))]}}
        )
        (file,) = loaded(tmp_path).receipt.files
        assert any("NextToken" in note for note in file.notes) == told


def test_items_of_the_newer_api_and_of_xml(tmp_path: Path) -> None:
    item = {"quantityOrdered": 2, "product": {"asin": "B01", "sellerSku": "A-1", "title": "Pot"}}
    as_json(tmp_path, {"orders": [v2026(order(1, 5, 0, 2, 0, 0)) | {"orderItems": [item]}]})
    (row,) = loaded(tmp_path).items.to_dict("records")
    assert (row["sku"], row["asin"], row["quantity"]) == ("A-1", "B01", 2)


def test_an_entry_that_is_not_an_order_is_counted(tmp_path: Path) -> None:
    good = [v0(order(n, n, 0, 2, 0, 0)) for n in range(1, 300)]
    as_json(tmp_path, {"Orders": [*good, {"note": "x"}, "text"]})
    (file,) = loaded(tmp_path).receipt.files
    assert (file.rows_read, file.rows_kept) == (301, 299)
    assert file.rows_dropped == {"order id malformed": 2}


# XML: streamed, whole, and without entities.


def test_order_report_names_the_store_by_the_alias_and_keeps_items(tmp_path: Path) -> None:
    def report(n: int, domain: str) -> str:
        item = f"<Item><SKU>S{n}</SKU><Title>T\n</Title><Quantity>2</Quantity></Item>"
        return (
            f"<Message><OrderReport><AmazonOrderID>{oid(n)}</AmazonOrderID>"
            f"<OrderDate>2026-08-0{n}T23:30:00-07:00</OrderDate><BillingData><BuyerEmailAddress>"
            f"a{n}@{domain}</BuyerEmailAddress></BillingData>{item}</OrderReport></Message>"
        )

    domains = ("marketplace.amazon.co.uk", "marketplace.amazon.fr", "example.com")
    text = "".join(report(n, domain) for n, domain in enumerate(domains, 1))
    (tmp_path / "r.xml").write_text(f"<AmazonEnvelope>{text}</AmazonEnvelope>", "utf-8")
    account = loaded(tmp_path)
    assert account.orders.marketplace.tolist() == ["Amazon.co.uk", "Amazon.fr", "unknown"]
    assert account.orders.purchased_at[0] == pd.Timestamp("2026-08-02 06:30:00")
    assert account.items.quantity.tolist() == [2, 2, 2]


def returns_xml(orders: list[tuple[str, str]], declared: str = "UTF-8") -> str:
    return (
        f'<?xml version="1.0" encoding="{declared}"?><AmazonEnvelope><Message>'
        + "".join(
            "<return_details><item_details><return_reason_code>CR-DÉFECT</return_reason_code>"
            "<merchant_sku>S</merchant_sku></item_details><item_details><merchant_sku>T"
            f"</merchant_sku></item_details><order_id>{n}</order_id><return_request_date>"
            f"2026-08-01T10:00:00Z</return_request_date><a_to_z_claim>{claim}</a_to_z_claim>"
            "</return_details>"
            for n, claim in orders
        )
        + "</Message></AmazonEnvelope>"
    )


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252"])
def test_returns_xml_has_a_row_per_item_and_a_claim_per_order(
    tmp_path: Path, encoding: str
) -> None:
    flat(tmp_path, [order(n, n, 0, 2, 0, 0) for n in (1, 2)])
    text = returns_xml([(oid(1), "Y"), (oid(2), "N")], encoding)
    (tmp_path / "r.xml").write_bytes(text.encode(encoding))
    account = loaded(tmp_path)
    assert counted(account) == {"claim": 1}
    assert len(account.returns) == 4
    assert account.returns.reason.tolist()[0] == "CR-DÉFECT"


@pytest.mark.parametrize("make", [all_orders_xml, lambda f, o: as_json(f, [v0(x) for x in o])])
def test_a_document_cut_short_is_refused_with_its_line(
    tmp_path: Path, make: Callable[[Path, list[Order]], None]
) -> None:
    make(tmp_path, [order(n, n, 0, 2, 0, 0) for n in range(1, 50)])
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-400])
    with pytest.raises(ExportError, match="ends before it is complete"):
        loaded(tmp_path)


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE a [<!ENTITY x "y">]>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a SYSTEM "http://example.com/a.dtd">',
    ],
)
def test_entities_are_refused(tmp_path: Path, doctype: str) -> None:
    all_orders_xml(tmp_path, [order(1, 1, 0, 2, 0, 0)])
    path = tmp_path / "o.xml"
    path.write_text(
        path.read_text("utf-8").replace("<AmazonEnvelope>", doctype + "<AmazonEnvelope>")
    )
    with pytest.raises(ExportError, match="DOCTYPE"):
        loaded(tmp_path)


def test_an_archive_keeps_what_documents_and_sheets_hold(tmp_path: Path) -> None:
    folder, store = tmp_path / "in", tmp_path / "store"
    folder.mkdir()
    orders = [order(n, 60 * n, 0, 2, n % 4, 0) for n in range(1, 17)]
    rows = [flat_cells(o) for o in orders[:8]]
    save(folder / "all.xlsx", [FLAT, *rows[:4]], more=[FLAT, *rows[4:]], feedback=FEEDBACK_ROWS)
    as_json(folder, {"Orders": [v0(o) for o in orders[8:12]]})
    all_orders_xml(folder, orders[12:])
    (folder / "r.xml").write_text(returns_xml([(oid(3), "Y")]), "utf-8")
    now = loaded(folder)
    archive_folder(folder, store, on="2026-09-30")
    then = loaded(store, known_on="2026-09-30")
    assert len(now.orders) == 16
    assert counted(now) == {"claim": 1, "feedback": 2}
    for table in ("orders", "defects", "items", "returns"):
        pd.testing.assert_frame_equal(getattr(then, table), getattr(now, table))
