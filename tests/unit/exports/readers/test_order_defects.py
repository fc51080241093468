"""The order-defects list: whatever its cells say for yes and no."""

from __future__ import annotations

from datetime import date

import pytest

from odr_analysis.errors import ExportError
from odr_analysis.exports.readers import order_defects
from odr_analysis.exports.readers.contract import SIGHTING_COLUMNS
from odr_analysis.exports.text.delimited import split_rows

PAGE = (
    "Order Id,Order Date,Fulfilled By,Pre-fulfillment Cancellation,Late Shipment,"
    "Negative Feedback,A-to-z Guarantee claim,Chargeback claim\n"
)
ONE, TWO, THREE = (f"113-000000{n}-0000001" for n in (1, 2, 3))


def read(text: str, delimiter: str = ",", marketplace: str | None = None):
    table = split_rows(text, file="f.csv", delimiter=delimiter, quoted=delimiter != "\t")
    assert order_defects.looks_like(table.header, [])
    return order_defects.read(table, marketplace=marketplace)


def test_each_marked_kind_is_a_sighting():
    done = read(
        PAGE
        + f"{ONE},9/30/2026,Seller,,,Has defect,Has defect,\n"
        + f"{TWO},9/28/2026,Seller,Has defect,Has defect,,,\n"
        + f"{THREE},9/29/2026,Amazon,,,,,Has defect\n"
    )
    assert list(done.defects.columns) == list(SIGHTING_COLUMNS)
    assert done.defects[["order_id", "component", "line"]].to_numpy().tolist() == [
        [ONE, "feedback", 2],
        [ONE, "claim", 2],
        [THREE, "chargeback", 4],
    ]
    assert done.defects.reported_on.isna().all()
    assert set(done.defects.source) == {"order-defects"}
    assert done.details == {
        "components": {"feedback": 1, "claim": 1, "chargeback": 1},
        "rows_without_defect": 1,
    }
    assert (done.rows_read, done.rows_kept) == (3, 3)
    assert (done.locale, done.latest) == ("m/d/y", date(2026, 9, 30))


@pytest.mark.parametrize(
    ("yes", "no"),
    [
        *(("Yes", "No"), ("Y", "N"), ("X", ""), ("1", "0"), ("TRUE", "FALSE"), ("✓", "-")),
        *(("Ja", "Nein"), ("oui", "non"), ("Sì", "N/A")),
    ],
)
def test_every_way_to_say_yes_and_no(yes, no):
    text = f"Order ID\tNegative feedback\tA-to-z claims\tChargeback\n{ONE}\t{yes}\t{no}\t{yes}\n"
    assert read(text, "\t").defects.component.tolist() == ["feedback", "chargeback"]


@pytest.mark.parametrize(
    "header",
    [
        "order identifier,A2Z claim\n",
        "amazon-order-id,a_to_z\n",
        "ORDER ID,Guarantee claim\n",
        "Bestellnummer,A-bis-Z-Garantieantrag\n",
        "Order ID,AtoZ\n",
    ],
)
def test_names_of_the_claim_column(header):
    assert read(header + f"{ONE},1\n").defects.component.tolist() == ["claim"]


def test_what_is_dropped_says_why_and_where():
    done = read(
        PAGE
        + f"{ONE},9/30/2026,Seller,,,maybe,,\n"
        + ",9/30/2026,Seller,,,X,,\n"
        + "1.13E+16,9/30/2026,Seller,,,X,,\n"
        + f"{TWO},no day,Seller,what,,X,,\n"
    )
    assert done.dropped_lines == {
        "unreadable defect marker": [2],
        "order id missing": [3],
        "order id in scientific notation": [4],
    }
    assert done.rows_read == 4
    # The day of the order comes from the orders; a cancellation mark is not read.
    assert done.defects.order_id.tolist() == [TWO]
    assert done.latest is None


def test_a_row_without_impact_on_the_account_does_not_count():
    header = "Order ID,Negative feedback,Impacts Account Health\n"
    done = read(header + f"{ONE},Yes,No\n{TWO},Yes,Yes\n{THREE},Yes,perhaps\n")
    assert done.defects.outcome.tolist() == ["does not count", "", ""]
    assert "neither yes nor no in 1 row(s) with a defect (line 4)" in done.notes[0]


@pytest.mark.parametrize(
    "header",
    [
        ["Order ID", "Return request date", "A-to-Z Claim"],
        ["order id", "chargeback date", "status"],
        ["Date", "Rating", "Comments", "Feedback", "Order ID"],
        ["Order Date", "Order ID", "Impacts Account Health"],
        ["amazon-order-id", "purchase-date"],
    ],
)
def test_other_exports_are_left_to_their_readers(header):
    assert not order_defects.looks_like(header, [])


def test_missing():
    assert order_defects.missing(["sku"]) == [
        "order id",
        "negative feedback, a-to-z claim or chargeback",
    ]
    assert order_defects.missing(["Order Id", "Chargeback claim"]) == []


def test_a_marker_column_twice_is_an_error():
    with pytest.raises(ExportError, match="'Chargeback' 2 times"):
        read(f"Order ID,Chargeback,chargeback\n{ONE},X,\n")


def test_an_empty_list_is_good_news():
    done = read(PAGE)
    assert (done.rows_read, len(done.defects), done.latest) == (0, 0, None)
