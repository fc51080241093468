"""Files that are named and not counted: each has its sentence, and none changes a number."""

from __future__ import annotations

import re

import pytest

from odr_analysis import load_account
from odr_analysis.exports.files.scan import scan
from odr_analysis.exports.kinds.registry import recognise
from odr_analysis.exports.kinds.set_aside import TABLES, known_table
from odr_analysis.exports.kinds.set_aside_texts import TEXTS, known_text
from tests.downloads import HEADERS, NEW_ORDERS, SALE_REPORT, SHIPMENTS, UNSHIPPED, oid
from tests.unit.exports.foreign import FOREIGN, numbers, seller, write_foreign


@pytest.fixture(scope="module")
def accounts(tmp_path_factory):
    """A seller's account, and that of the same seller with every foreign file beside."""
    folder = tmp_path_factory.mktemp("seller")
    seller(folder)
    alone = load_account(folder, cache=None)
    for i, name in enumerate(FOREIGN):
        write_foreign(folder, name, file=f"{i}.csv")
    return alone, load_account(folder, cache=None)


def test_no_foreign_file_changes_a_number(accounts):
    alone, beside = accounts
    assert len(alone.orders) == 28
    assert len(alone.defects) == 1
    assert numbers(beside) == numbers(alone)


@pytest.mark.parametrize("name", FOREIGN)
def test_a_foreign_file_is_named(accounts, name):
    file = f"{list(FOREIGN).index(name)}.csv"
    (told,) = [f for f in accounts[1].receipt.files if f.file == file]
    assert told.kind == "unknown"
    (sentence,) = told.notes
    assert "set aside" in sentence
    assert "no column of any known export" not in sentence


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"errors":[{"code":"InvalidInput","message":"no"}]}', "an error of Amazon's interface"),
        ('{\n "errorDetails" : "A client error."}', "an error of Amazon's interface"),
        ('[{"reportId":"1","processingStatus":"FATAL"}]', "the state of a report request"),
        ('{"reportDocumentId":"amzn1.x","url":"https://e.example"}', "the state of a report"),
        ("<Error><Code>AccessDenied</Code></Error>", "an error of Amazon's download"),
        (
            '<?xml version="1.0"?>\n<ErrorResponse xmlns="http://mws.example/">'
            "<Error><Type>Sender</Type></Error></ErrorResponse>",
            "an error of Amazon's download",
        ),
        (
            '<?xml version="1.0"?><GetReportRequestListResponse/>',
            "an answer about a report, not the report",
        ),
        ("<!DOCTYPE html><html><title>Amazon Sign-In</title></html>", "Amazon's sign-in page"),
        ("\n<html><head><title>Amazon Anmelden</title></head></html>", "Amazon's sign-in page"),
        ("<html><body>Not found</body></html>", "a web page"),
        ("{'accountStatuses': [], 'performanceMetrics': []}", "a performance report or other JSON"),
        ("[{'a': None}]", "a performance report or other JSON"),
        ('{"hello": 1}', "a JSON document of a kind that is not read"),
        ("<note><to>x</to></note>", "an XML document of a kind that is not read"),
        ("Feed Processing Summary:\n\tNumber of records processed\t1\n", "the processing summary"),
    ],
)
def test_texts_that_are_not_tables(tmp_path, text, kind):
    path = tmp_path / "report.txt"
    path.write_text(text, "utf-8")
    found = recognise(scan(path.name, path))
    assert (found.kind, found.small) == ("unknown", False)
    assert found.note.startswith(kind)


def test_every_entry_has_a_sentence_of_what_whether_and_what_instead():
    entries = [*TABLES, *TEXTS]
    assert len(entries) > 40
    for entry in entries:
        what, matters, instead = entry.kind, entry.matters, entry.instead
        assert entry.sentence == f"{what}, set aside. {matters} {instead}"
        assert re.search(
            r"It does not matter here|missing|cannot|names no order|without naming|None of", matters
        )
        assert re.search(r"Seller Central|again|Save the answer|Download the report", instead)
    assert len({e.kind for e in entries}) == len(entries)


@pytest.mark.parametrize(
    "header",
    [
        *HEADERS.values(),
        SHIPMENTS,
        SALE_REPORT,
        ["Date", "Rating", "Comments", "Your Response", "Order ID", "Rater Email"],
        ["order id", "claim date", "reason", "status", "amount", "counts in odr"],
        ["order id", "chargeback date", "reason", "status", "amount", "counts in odr"],
        [
            *("Order Id", "Order Date", "Fulfilled By", "Pre-fulfillment Cancellation"),
            *("Late Shipment", "Negative Feedback", "A-to-z Guarantee claim", "Chargeback claim"),
        ],
        ["Order Date", "Order ID", "Impacts Account Health"],
    ],
)
def test_no_entry_fits_an_export_that_is_read(header):
    assert known_table(header) is None
    assert known_text("\t".join(header)) is None


@pytest.mark.parametrize(
    ("kind", "header"), [("new-orders", NEW_ORDERS), ("unshipped-orders", UNSHIPPED)]
)
def test_open_orders_are_read_though_they_resemble_an_order_list(tmp_path, kind, header):
    path = tmp_path / "orders.txt"
    path.write_text("\t".join(header) + "\n", "utf-8")
    assert recognise(scan(path.name, path)).kind == kind


@pytest.mark.parametrize(
    ("header", "row", "component"),
    [
        ("Order ID,Claim Date,Status,SKU,Notes", "{id},2026-08-20,granted,S,x", "claim"),
        ("order id;chargeback date;status;buyer", "{id};2026-08-20;lost;M", "chargeback"),
        ("Order Id,Order Date,A-to-z Guarantee claim", "{id},2026-08-01,X", "claim"),
        ("Order ID,Chargeback", "{id},Yes", "chargeback"),
        ("Order ID,Negative feedback,Impacts Account Health", "{id},Yes,Yes", "feedback"),
    ],
)
def test_lists_of_the_sellers_own_defects_still_count(tmp_path, header, row, component):
    seller(tmp_path)
    (tmp_path / "mine.csv").write_text(f"{header}\n{row.format(id=oid(9))}\n", "utf-8")
    defects = load_account(tmp_path, cache=None).defects
    mine = defects[defects.file == "mine.csv"]
    assert (mine.component.tolist(), mine.counts.tolist()) == ([component], [True])


def test_old_feedback_in_amazons_own_form_stays_as_order_unknown(tmp_path):
    seller(tmp_path)
    text = "Date\tRating\tComments\tYour Response\tOrder ID\tRater Email\n"
    text += "2025-02-03\t1\tbad\t\t303-1111111-2222222\tx@y\n"
    (tmp_path / "old.txt").write_text(text, "utf-8")
    account = load_account(tmp_path, cache=None)
    assert account.receipt.defects["not_counted"]["order unknown"] == 1


def test_a_damaged_id_of_amazon_is_told_by_line_and_not_set_aside(tmp_path):
    path = tmp_path / "claims.csv"
    path.write_text("order id,claim date\n1.13123E+16,2026-08-20\n11312345677654321,2026-08-21\n")
    assert recognise(scan(path.name, path)).kind == "claims"
