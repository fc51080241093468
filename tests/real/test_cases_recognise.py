"""Cases whose files are to be recognised for what they are, with the right values."""

from __future__ import annotations

import pytest

from odr_analysis import load_account


def receipts(account):
    return {f.file: f for f in account.receipt.files}


@pytest.mark.parametrize(
    ("case", "file", "named"),
    [
        ("22-safe-t-claims-export", "safe-t-claims.csv", "SAFE-T claims"),
        ("22-sibling-fba-reimbursement-claims-tracker", "fba-claims.csv", "FBA reimbursement"),
        ("43-ebay-sales-file-in-the-folder", "eBay-FileExchange.csv", "an eBay export"),
        ("43-sibling-customer-order-history", "Retail.OrderHistory.1.csv", "buyers"),
        ("46c-v2-performance-python-repr", "perf.json", "Python text (single quotes)"),
    ],
)
def test_a_foreign_file_is_set_aside_and_the_account_is_made(cases, case, file, named):
    account = load_account(cases / case, cache=None)
    assert (len(account.orders), len(account.defects)) == (150, 0)
    told = receipts(account)[file]
    assert told.kind == "unknown"
    assert named in told.nearest
    assert "set aside" in told.notes[0]


def test_the_tax_report_is_named(cases):
    account = load_account(cases / "11-india-mtr-gst", cache=None)
    assert (len(account.orders), len(account.defects)) == (200, 0)
    told = receipts(account)["MTR_B2C-AUGUST-2026.csv"]
    assert told.nearest == "Amazon's merchant tax report (MTR, GST)"
    assert "Seller Central > Orders" in told.notes[0]


def test_answers_of_the_interface_are_told_apart(cases):
    account = load_account(cases / "28-api-error-documents-and-empty-reports", cache=None)
    assert (len(account.orders), len(account.defects)) == (120, 0)
    told = receipts(account)
    named = {
        "expired.xml": "an error of Amazon's download",
        "feedback-fatal.json": "an error of Amazon's interface (JSON)",
        "report-status.json": "the state of a report request",
        "login.html": "Amazon's sign-in page",
        "zero.txt": "empty file",
    }
    for file, start in named.items():
        assert told[file].kind == "unknown"
        assert told[file].notes[0].startswith(start)
    assert told["feedback-empty.txt"].kind == "seller-feedback"
    assert told["returns.txt"].kind == "mfn-returns"


def test_chinese_of_a_spreadsheet_is_readable_or_a_guess(cases):
    account = load_account(cases / "21-gbk-excel-csv", cache=None)
    assert len(account.orders) == 100
    assert account.feedback.order_id.tolist() == [
        *("112-2000148-4000364", "112-2000185-4000455", "112-2000222-4000546")
    ]
    written = (cases / "21-gbk-excel-csv" / "feedback.csv").read_bytes().decode("gbk")
    assert all(comment in written for comment in account.feedback.comment)
    assert all(
        "the encoding is a guess (gb18030)" in " ".join(f.notes) for f in account.receipt.files
    )


def test_polish_feedback_is_readable(cases):
    account = load_account(cases / "35-feedback-cp1250-polish", cache=None)
    assert len(account.orders) == 120
    assert account.feedback.comment.tolist() == [
        "Przesyłka nie dotarła, żadnej odpowiedzi",
        "Źle zapakowane",
    ]
    told = receipts(account)["opinie.txt"]
    assert (told.encoding, told.locale) == ("cp1250", "d.m.y, pl")
    assert account.feedback.received_on.dt.strftime("%d.%m").tolist() == ["03.09", "13.09"]
