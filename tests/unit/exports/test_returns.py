"""Seller-fulfilled returns: claims among them."""

from __future__ import annotations

from datetime import date

import pandas as pd

from odr_analysis.exports import returns
from odr_analysis.exports.rows import split_rows

HEADER = (
    "Order ID|Order date|Return request date|Return request status|Amazon RMA ID|Merchant RMA ID|"
    "Label type|Label cost|Currency code|Return carrier|Tracking ID|Label to be paid by|"
    "A-to-Z Claim|Is prime|ASIN|Merchant SKU|Item Name|Return quantity|Return Reason|In policy|"
    "Return type|Resolution|Invoice number|Return delivery date|Order Amount|Order quantity|"
    "SafeT Action reason|SafeT claim id|SafeT claim state|SafeT claim creation time|"
    "SafeT claim reimbursement amount|Refunded Amount"
)
COLUMNS = HEADER.split("|")
ONE, TWO = (f"113-000000{n}-0000001" for n in (1, 2))


def row(**values: str) -> str:
    cells = dict.fromkeys(COLUMNS, "")
    return "\t".join({**cells, **values}.values()) + "\n"


def a_return(order_id: str, day: str, claim: str, reason: str = "", name: str = "") -> str:
    said = {"Order ID": order_id, "Return request date": day, "A-to-Z Claim": claim}
    return row(**said, **{"Return Reason": reason, "Item Name": name, "Is prime": "N"})


def read(body: str, marketplace: str | None = None):
    text = "\t".join(COLUMNS) + "\n" + body
    table = split_rows(text, file="f.txt", delimiter="\t", quoted=False)
    assert len(table.header) == 32
    assert returns.looks_like(table.header, [])
    return returns.read(table, marketplace=marketplace)


def test_claims_and_other_returns():
    done = read(
        a_return(ONE, "10-Jul-2025", "Y", "Defective", '18" print')
        + a_return(TWO, "12-Jul-2025", "N", "No longer needed")
    )
    seen = done.defects[["order_id", "component", "reported_on", "outcome", "reason", "line"]]
    assert seen.to_numpy().tolist() == [
        [ONE, "claim", pd.Timestamp("2025-07-10"), "", "Defective", 2]
    ]
    assert (done.rows_read, done.rows_kept) == (2, 2)
    assert done.details == {"claims": 1, "returns_without_claim": 1}
    assert (done.locale, done.latest) == ("d-mon-y", date(2025, 7, 12))


def test_iso_and_resaved_dates():
    assert read(a_return(ONE, "2025-07-10", "Y")).latest == date(2025, 7, 10)
    resaved = a_return(ONE, "10/07/2025 00:00", "Y") + a_return(TWO, "31/07/2025", "Y")
    assert read(resaved).defects.reported_on.dt.month.tolist() == [7, 7]


def test_what_is_dropped_says_why_and_where():
    done = read(
        a_return(ONE, "no day", "Y")
        + a_return(ONE, "no day", "N")
        + a_return(ONE, "", "Y")
        + a_return(ONE, "10-Jul-2025", "perhaps")
        + a_return("", "10-Jul-2025", "Y")
        + a_return("113", "10-Jul-2025", "N")
    )
    assert done.dropped_lines == {
        "unreadable date": [2],
        "unreadable defect marker": [5],
        "order id missing": [6],
        "order id malformed": [7],
    }
    assert (done.rows_read, done.rows_kept) == (6, 2)
    assert done.defects.reported_on.isna().tolist() == [True]
    assert "1 claim(s) without a date (line 4)" in done.notes[-1]


def test_names_of_a_warehouse_copy_and_missing():
    assert returns.looks_like(["Order_ID", "Return_request_date", "A_to_Z_Claim"], [])
    assert returns.missing(["Order ID", "A-to-Z Claim"]) == ["Return request date"]
