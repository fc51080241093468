"""The lists of Account Health for cancellation, late shipment and tracking."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from odr_analysis import terms
from odr_analysis.errors import ExportError
from odr_analysis.exports.orders.kinds import ORDER_EXPORTS
from odr_analysis.exports.readers import feedback, order_defects, returns
from odr_analysis.exports.readers.claims import CHARGEBACKS, CLAIMS
from odr_analysis.exports.readers.contract import Read
from odr_analysis.exports.readers.health_lists import (
    CANCELLATIONS,
    HEALTH_LISTS,
    LATE_SHIPMENTS,
    VALID_TRACKING,
    HealthList,
)
from odr_analysis.exports.text.delimited import split_rows

CANCELLED = "Order Date,Order ID,Impacts Account Health\n"
LATE = (
    "Order Date,Order ID,Expected Ship Date,Actual Ship Date,Ship Confirmation Date,"
    "Account Health Impact\n"
)
TRACKED = (
    "Order ID,Carrier Name,Tracking ID,Origin Country,Promised Delivery Date,Ship Method,"
    "Ship Option,Carrier Integrated,Scanned In Time,No Valid Tracking,Exempt,Package Value,"
    "Product Category\n"
)
ONE, TWO, THREE = (f"113-000000{n}-0000001" for n in (1, 2, 3))


def read(
    reader: HealthList, text: str, delimiter: str = ",", marketplace: str | None = None
) -> Read:
    table = split_rows(text, file="f.csv", delimiter=delimiter, quoted=delimiter != "\t")
    assert reader.looks_like(table.header, [])
    return reader.read(table, marketplace=marketplace)


def test_cancellations() -> None:
    done = read(CANCELLATIONS, CANCELLED + f"9/30/2026,{ONE},Yes\n9/28/2026,{TWO},No\n")
    assert done.lapses is not None
    assert list(done.lapses.columns) == list(terms.LAPSE_COLUMNS)
    assert done.lapses[["order_id", "metric", "counts", "source", "line"]].to_numpy().tolist() == [
        [ONE, "cancellation", True, "cancellation-list", 2],
        [TWO, "cancellation", False, "cancellation-list", 3],
    ]
    assert done.lapses.ordered_on.tolist() == list(pd.to_datetime(["2026-09-30", "2026-09-28"]))
    assert done.lapses.due_on.isna().all()
    assert done.details == {"orders": 2, "without_impact": 1}
    assert (done.rows_read, done.rows_kept, done.notes) == (2, 2, [])
    assert (done.locale, done.latest) == ("m/d/y", date(2026, 9, 30))
    assert done.defects is None


def test_late_shipments() -> None:
    done = read(
        LATE_SHIPMENTS,
        LATE
        + f"2026-09-01,{ONE},2026-09-03,2026-09-03,2026-09-05,Yes\n"
        + f"2026-09-02,{TWO},2026-09-04,,,Yes\n",
    )
    first, second = done.lapses.itertuples(index=False)
    assert (first.due_on, first.done_on) == (pd.Timestamp("2026-09-03"), pd.Timestamp("2026-09-05"))
    assert first.metric == "late_shipment"
    assert pd.isna(second.done_on)
    assert done.latest == date(2026, 9, 5), "of orders and confirmations, not of expected days"


def test_a_late_list_without_confirmation_shows_the_day_of_dispatch_and_says_so() -> None:
    header = "Order ID,Order date,Ship by date,Shipped on,Impacts account health\n"
    done = read(LATE_SHIPMENTS, header + f"{ONE},2026-09-01,2026-09-03,2026-09-04,Y\n")
    assert done.lapses.done_on.tolist() == [pd.Timestamp("2026-09-04")]
    assert "no day of confirmation" in done.notes[-1]


@pytest.mark.parametrize(
    ("column", "cell", "counts"),
    [
        ("No Valid Tracking", "X", True),
        ("No Valid Tracking", "", False),
        ("Has Valid Tracking Number", "No", True),
        ("Has Valid Tracking Number", "Yes", False),
        ("Has Valid Tracking Number", "", True),
        ("Carrier scanned", "Yes", True),
        ("Impacts account health", "No", False),
    ],
)
def test_tracking_in_either_wording(column: str, cell: str, counts: bool) -> None:
    header = f"Order ID,Carrier Name,Tracking ID,Promised Delivery Date,{column}\n"
    done = read(VALID_TRACKING, header + f"{ONE},DHL,00340434,2026-09-20,{cell}\n")
    assert done.lapses["counts"].tolist() == [counts]


def test_what_the_tracking_list_says_of_a_parcel() -> None:
    done = read(
        VALID_TRACKING,
        TRACKED
        + f"{ONE},Royal Mail,AB1,GB,20/09/2026,Standard,Tracked,Yes,No,X,,12.50,Books\n"
        + f"{ONE},DPD,AB2,GB,21/09/2026,Standard,Tracked,Yes,Yes,,,2.50,Books\n",
        marketplace="Amazon.co.uk",
    )
    first, second = done.lapses.itertuples(index=False)
    assert (first.carrier, first.counts, second.counts) == ("Royal Mail", True, False)
    assert first.reason == "Carrier Integrated: Yes; Scanned In Time: No; No Valid Tracking: X"
    assert first.due_on == pd.Timestamp("2026-09-20")
    assert pd.isna(first.ordered_on)
    assert done.details == {"orders": 1, "without_impact": 1}
    assert done.latest is None, "a promised day may lie ahead"


def test_neither_yes_nor_no_counts_and_is_said() -> None:
    done = read(
        CANCELLATIONS,
        CANCELLED + f"9/30/2026,{ONE},perhaps\n9/30/2026,{TWO},\n9/30/2026,{THREE},No\n",
    )
    assert done.lapses["counts"].tolist() == [True, True, False]
    assert done.notes == [
        "2 rows say neither yes nor no (lines 2, 3), so counting against the account is assumed."
    ]


def test_what_is_dropped_says_why_and_where_and_a_bad_day_costs_no_order() -> None:
    done = read(
        CANCELLATIONS,
        CANCELLED + f"9/30/2026,,Yes\n9/30/2026,1.13E+16,Yes\n9/30/2026,x,Yes\nsoon,{ONE},Yes\n",
    )
    assert done.dropped_lines == {
        "order id missing": [2],
        "order id in scientific notation": [3],
        "order id malformed": [4],
    }
    assert (done.rows_read, done.rows_kept) == (4, 1)
    assert done.lapses.order_id.tolist() == [ONE]
    assert done.lapses.ordered_on.isna().all()
    assert "1 value could not be read as a day (line 5)" in done.notes[-1]
    assert done.latest is None


def test_one_column_settles_the_order_of_day_and_month_for_all() -> None:
    done = read(LATE_SHIPMENTS, LATE + f"4/5/2026,{ONE},4/6/2026,4/6/2026,4/30/2026,Yes\n")
    assert done.lapses.ordered_on.tolist() == [pd.Timestamp("2026-04-05")]
    text = LATE + f"4/5/2026,{ONE},4/6/2026,,4/7/2026,Yes\n"
    assert read(LATE_SHIPMENTS, text, marketplace="Amazon.de").latest == date(2026, 7, 4)


def test_any_delimiter_case_and_joining() -> None:
    for delimiter in (",", ";", "\t"):
        titles = ["ORDER_DATE", "order-id", "Impacts Account_Health"]
        text = "\n".join(delimiter.join(row) for row in (titles, ["30.09.2026", ONE, "Ja"])) + "\n"
        assert read(CANCELLATIONS, text, delimiter).latest == date(2026, 9, 30)


@pytest.mark.parametrize(
    ("text", "reader"),
    [(CANCELLED, CANCELLATIONS), (LATE, LATE_SHIPMENTS), (TRACKED, VALID_TRACKING)],
    ids=["cancelled", "late", "tracked"],
)
def test_an_empty_list_is_good_news_and_no_list_is_taken_for_another(
    text: str, reader: HealthList
) -> None:
    done = read(reader, text)
    assert done.lapses is not None
    assert (done.rows_read, len(done.lapses), done.latest) == (0, 0, None)
    header = text.strip().split(",")
    assert [r.KIND for r in HEALTH_LISTS if r.looks_like(header, [])] == [reader.KIND]
    for other in (order_defects, returns, feedback, CLAIMS, CHARGEBACKS):
        assert not other.looks_like(header, [])
    assert all(export.missing(header) for export in ORDER_EXPORTS)


@pytest.mark.parametrize(
    "header",
    [
        "Order Id,Order Date,Fulfilled By,Pre-fulfillment Cancellation,Late Shipment,"
        "Negative Feedback,A-to-z Guarantee claim,Chargeback claim",
        "Order Date,Order Identifier,Fulfillment Method,Negative Feedback,A-to-z Claims,"
        "Chargeback,Account Impact",
        "Order ID,Negative feedback,Impacts Account Health",
        "Order ID,Return request date,A-to-Z Claim,Return carrier,Tracking ID,Label type",
        "order-id,order-item-id,purchase-date,payments-date,promise-date,quantity-to-ship",
        "order id,claim date,reason,status,amount,counts in odr",
        "Order ID,Order Date,Tracking ID,Carrier Name,Promised Delivery Date,Ship By Date,"
        "Delivered On Time,Cancelled,No Valid Tracking",
        "Order Date,Order ID",
        "",
    ],
)
def test_other_files_are_left_to_their_readers(header: str) -> None:
    assert not [r.KIND for r in HEALTH_LISTS if r.looks_like(header.split(","), [])]


def test_missing_says_what_a_header_lacks_or_has_too_much() -> None:
    assert CANCELLATIONS.missing(["Order ID", "Order Date"]) == ["impacts account health"]
    extra = ["Order ID", "Order Date", "Impacts Account Health", "Chargeback", ""]
    assert CANCELLATIONS.missing(extra) == ["a header without the column 'Chargeback'"]
    assert LATE_SHIPMENTS.missing(["sku"]) == list(LATE_SHIPMENTS.NEEDED)


def test_a_column_that_is_read_twice_is_an_error() -> None:
    text = "Order ID,Expected ship date,Ship confirmation date,Order Id\n"
    with pytest.raises(ExportError, match="'Order ID' 2 times"):
        read(LATE_SHIPMENTS, text + f"{ONE},2026-09-01,2026-09-02,{ONE}\n")


def test_recognising_a_list_costs_no_pandas() -> None:
    code = "import sys, odr_analysis.exports.readers.health_lists; print('pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


CELLS = st.one_of(
    st.sampled_from([ONE, TWO, "", "x", "1E+16", "Yes", "No", "9/30/2026", "30.9.2026"]),
    st.text(st.characters(exclude_characters='",\r\n\0', exclude_categories=["Cs"]), max_size=8),
)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=12))
def test_whatever_is_in_it_every_row_is_accounted_for(rows: list[tuple[str, str, str]]) -> None:
    table = split_rows(
        CANCELLED + "".join(",".join(row) + "\n" for row in rows),
        file="f.csv",
        delimiter=",",
        quoted=True,
    )
    done = CANCELLATIONS.read(table, marketplace=None)
    assert done.lapses is not None
    assert done.rows_read == len(table.rows) == done.rows_kept + sum(done.rows_dropped.values())
    assert len(done.lapses) == done.rows_kept
    assert done.lapses.line.is_monotonic_increasing
