"""Kinds of file that people hold: the shared cases, and siblings of each made in place."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odr_analysis import terms
from odr_analysis.account import Account
from odr_analysis.archive.deliver import archive_folder
from odr_analysis.errors import ExportError
from odr_analysis.load import load_account
from tests.downloads import oid
from tests.workbooks import save, serial


def loaded(folder: Path, **options: Any) -> Account:
    return load_account(folder, cache=None, **options)


def counted(account: Account) -> dict[str, int]:
    """Orders with a counted defect by component, those of none left out."""
    found = account.defects[account.defects.counts].groupby("component").order_id.nunique()
    return {str(component): int(n) for component, n in found.items()}


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


# Orders in every form: the flat file is the oracle.

STORES = ("Amazon.de", "Amazon.co.uk", "Amazon.co.jp", "Amazon.com.br", "Non-Amazon")
STATUSES = ("Pending", "Unshipped", "Shipped", "Canceled", "PartiallyShipped", "Unfulfillable")
START = datetime(2026, 7, 1, tzinfo=UTC)
Order = dict[str, Any]


def order(n: int, at: int, changed: int, status: int, store: int, channel: int) -> Order:
    placed = START + timedelta(minutes=at)
    return {
        "id": oid(n),
        "placed": placed,
        "changed": placed + timedelta(minutes=changed),
        "status": STATUSES[status],
        "store": STORES[store],
        "channel": ("MFN", "AFN")[channel],
    }


def iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def store_id(name: str) -> str:
    return terms.MARKETPLACES[name].id if name in terms.MARKETPLACES else ""


FLAT = (
    *("amazon-order-id", "purchase-date", "last-updated-date", "order-status"),
    *("fulfillment-channel", "sales-channel"),
)


def flat_cells(o: Order) -> list[Any]:
    channel = {"MFN": "Merchant", "AFN": "Amazon"}[o["channel"]]
    return [o["id"], iso(o["placed"]), iso(o["changed"]), o["status"], channel, o["store"]]


def flat(folder: Path, orders: list[Order]) -> None:
    rows = [FLAT, *map(flat_cells, orders)]
    (folder / "o.txt").write_text("".join("\t".join(row) + "\n" for row in rows), "utf-8")


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


def to_csv(path: Path, header: list[str], rows: list[list[Any]]) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([header, *rows])
    path.write_text(out.getvalue(), "utf-8")


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


# Workbooks of other kinds.

FEEDBACK_ROWS = [
    ["Date", "Rating", "Comments", "Your Response", "Order ID", "Rater Email"],
    [date(2026, 7, 4), 1.0, "late\nand\tbroken", "", oid(1), "a@marketplace.amazon.de"],
    [date(2026, 8, 3), 2.0, 'a 12" pan', "", oid(2), "b@marketplace.amazon.de"],
]


def test_feedback_as_a_sheet_with_date_cells(tmp_path: Path) -> None:
    flat(tmp_path, [order(n, n, 0, 2, 0, 0) for n in (1, 2)])
    save(tmp_path / "f.xlsx", FEEDBACK_ROWS)
    account = loaded(tmp_path)
    assert account.feedback.received_on.tolist() == [
        pd.Timestamp("2026-07-04"),
        pd.Timestamp("2026-08-03"),
    ]
    assert account.feedback.comment.tolist() == ["late and broken", 'a 12" pan']
    assert counted(account) == {"feedback": 2}


def test_several_sheets_are_files_of_their_own_and_the_rest_is_named(tmp_path: Path) -> None:
    rows = [flat_cells(order(n, n, 0, 2, 0, 0)) for n in range(1, 9)]
    save(
        tmp_path / "all.xlsx",
        [FLAT, *rows[:4]],
        more=[FLAT, *rows[4:]],
        feedback=FEEDBACK_ROWS,
        notes=[["call the carrier"]],
        empty=[],
    )
    account = loaded(tmp_path)
    kinds = {f.file: f.kind for f in account.receipt.files}
    assert kinds == {
        "all.xlsx/Sheet1": "archived-orders",
        "all.xlsx/more": "archived-orders",
        "all.xlsx/feedback": "seller-feedback",
        "all.xlsx/notes": "unknown",
    }
    assert (len(account.orders), counted(account)) == (8, {"feedback": 2})


def test_claims_as_a_sheet_with_ids_that_are_numbers(tmp_path: Path) -> None:
    flat(tmp_path, [order(1, 1, 0, 2, 0, 0)])
    save(
        tmp_path / "c.xlsx",
        [
            ["order id", "claim date", "status"],
            [oid(1), datetime(2026, 8, 5, 14, 30, tzinfo=UTC), "granted"],
            [11312345671234567, date(2026, 8, 6), "granted"],
        ],
    )
    account = loaded(tmp_path, loss_budget=0.5)
    assert counted(account) == {"claim": 1}
    file = next(f for f in account.receipt.files if f.kind == "claims")
    assert (file.rows_dropped, file.dropped_lines) == (
        {"order id malformed": 1},
        {"order id malformed": [3]},
    )


@pytest.mark.parametrize(
    "titles", [[["All orders of August"]], [["Shop"], [], ["", "made by hand"]]]
)
def test_a_sheet_with_title_rows(tmp_path: Path, titles: list[list[str]]) -> None:
    orders = [order(n, n, 0, 2, 0, 0) for n in range(1, 9)]
    save(tmp_path / "o.xlsx", [*titles, FLAT, *map(flat_cells, orders)])
    save(tmp_path / "f.xlsx", [*titles, *FEEDBACK_ROWS])
    account = loaded(tmp_path)
    assert (len(account.orders), counted(account)) == (8, {"feedback": 2})
    for file in account.receipt.files:
        assert any("taken as a title" in note for note in file.notes)
        assert file.rows_read == file.rows_kept
    assert account.feedback.line.tolist() == [len(titles) + 2, len(titles) + 3]


def test_a_text_file_pasted_into_one_column(tmp_path: Path) -> None:
    flat(tmp_path, [order(n, n, 0, 2, 0, 0) for n in (1, 2)])
    lines = (tmp_path / "o.txt").read_text("utf-8").splitlines()
    (tmp_path / "o.txt").unlink()
    save(tmp_path / "o.xlsx", [[line] for line in lines])
    assert len(loaded(tmp_path).orders) == 2


def test_a_workbook_that_cannot_be_opened_is_set_aside(tmp_path: Path) -> None:
    flat(tmp_path, [order(1, 1, 0, 2, 0, 0)])
    whole = save(tmp_path / "b.xlsx", FEEDBACK_ROWS).read_bytes()
    (tmp_path / "b.xlsx").write_bytes(
        whole.replace(b"xl/worksheets/s1.xml", b"xl/worksheets/s9.xml")
    )
    (tmp_path / "c.xls").write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 900)
    notes = {f.file: f.notes for f in loaded(tmp_path).receipt.files if f.kind == "unknown"}
    assert set(notes) == {"b.xlsx", "c.xls"}
    assert all("Save the sheet as tab-delimited text" in note for (note,) in notes.values())


# Transaction View and date-range files in other languages.

VIEWS = {
    "de": (
        "Datum;Transaktionsstatus;Art der Transaktion;Bestellnummer;Produktdetails;Summe Produkte;"
        "Summe Rabatte;Amazon-Gebühren;Andere;Gesamt (EUR)",
        ("05.09.2026", "A-bis-Z-Garantieantrag", "Erstattung durch Rückbuchung", "-1.025,90"),
    ),
    "fr": (
        "Date;Statut;Type de transaction;Numéro de la commande;Détails sur le produit;Total des "
        "frais produit;Total des rabais promotionnels;Commissions Amazon;Autres;Total (EUR)",
        (
            "05/09/2026",
            "Réclamations au titre de la Garantie A à Z",
            "Remboursement de contestation de prélèvement",
            "-1\u202f025,90",
        ),
    ),
    "pt": (
        "Data;Status;Tipo de transação;ID do pedido;Detalhes do produto;Total de produtos;"
        "Total de descontos;Tarifas da Amazon;Outro;Total (BRL)",
        ("05/09/2026", "Garantia de A a Z", "Reembolso de estorno", "-1.025,90"),
    ),
    "tr": (
        "Tarih;Durum;İşlem türü;Sipariş Numarası;Ürün;Ürün toplamı;İndirimler;Amazon ücretleri;"
        "Diğer;Toplam (TRY)",
        ("05.09.2026", "A'dan Z'ye Garanti Talebi", "Ters İbraz İadesi", "-1.025,90"),
    ),
    "ja": (
        "日付;ステータス;トランザクションの種類;注文番号;商品の詳細;商品合計;割引;手数料;その他;"
        "合計 (JPY)",
        ("2026/09/05", "Amazonマーケットプレイス保証申請", "チャージバック", "-1025.90"),
    ),
    "an unknown language": (
        "päivä;tila;laji;tilaus;tuote;tuotteet;alennukset;maksut;muut;yhteensä (EUR)",
        ("05.09.2026", "A-to-z Guarantee Claim", "Chargeback Refund", "-1.025,90"),
    ),
}


@pytest.mark.parametrize("language", VIEWS)
@pytest.mark.parametrize("status", [True, False])
def test_transaction_view_in_other_languages(tmp_path: Path, language: str, status: bool) -> None:
    header, (day, claim, back, amount) = VIEWS[language]
    rows = [
        [day, "x", claim, oid(1), "A to Z of pots", "0", "0", "0", "0", amount],
        [day, "x", back, oid(2), "Pot", "0", "0", "0", "0", amount],
        [day, "x", "Fee", "---", "Subscription", "0", "0", "0", "0", amount],
    ]
    table = [header.split(";"), *rows]
    if not status:
        table = [[row[0], *row[2:]] for row in table]
    flat(tmp_path, [order(n, n, 0, 2, 0, 0) for n in (1, 2)])
    to_csv(tmp_path / "v.csv", table[0], table[1:])
    account = loaded(tmp_path)
    assert counted(account) == {"chargeback": 1, "claim": 1}
    assert set(account.defects.reported_on) == {pd.Timestamp("2026-09-05")}
    assert set(account.defects.amount) == {1025.90}
    assert set(account.defects.currency) == {header[-4:-1]}


def test_transaction_view_settles_day_and_month_by_its_currency(tmp_path: Path) -> None:
    header = VIEWS["de"][0].replace("EUR", "USD").split(";")
    row = ["9/5/2026", "x", "A-to-z Guarantee Claim", oid(1), "Pot", "0", "0", "0", "0", "-3.00"]
    flat(tmp_path, [order(1, 1, 0, 2, 0, 0)])
    to_csv(tmp_path / "v.csv", header, [row])
    assert loaded(tmp_path).defects.reported_on[0] == pd.Timestamp("2026-09-05")


DATE_RANGES = {
    "pt": (
        "data/hora;id de liquidação;tipo;id do pedido;sku;descrição;mercado;total",
        ("3 de fev. de 2026 22:15:19 GMT-8", "Garantia de A a Z", "amazon.com.br", "-1.025,90"),
        "BRL",
    ),
    "tr": (
        "tarih/saat;ödeme numarası;tür;sipariş numarası;sku;açıklama;pazar yeri;toplam",
        ("3 Şub 2026 22:15:19 GMT-8", "A'dan Z'ye Garanti Talebi", "amazon.com.tr", "-1.025,90"),
        "TRY",
    ),
}


@pytest.mark.parametrize("language", DATE_RANGES)
@pytest.mark.parametrize("preamble", [0, 7, 18])
def test_date_range_in_portuguese_and_turkish(tmp_path: Path, language: str, preamble: int) -> None:
    header, (day, claim, store, amount), currency = DATE_RANGES[language]
    flat(tmp_path, [order(1, 1, 0, 2, 0, 0)])
    # Of an order in no export, so that only the file itself dates it.
    rows = [header.split(";"), [day, "7", claim, oid(2), "", "", store, amount]]
    to_csv(tmp_path / "d.csv", rows[0], rows[1:])
    text = "".join(f'"A: b, c {n}"\n' for n in range(preamble)) + (tmp_path / "d.csv").read_text()
    (tmp_path / "d.csv").write_text(text, "utf-8")
    (defect,) = loaded(tmp_path).defects.to_dict("records")
    assert (defect["component"], defect["amount"], defect["currency"]) == (
        "claim",
        1025.9,
        currency,
    )
    # Late in the evening seven hours west is the next day in UTC.
    assert defect["reported_on"] == pd.Timestamp("2026-02-04")


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
