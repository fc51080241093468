"""Seller-fulfilled returns, and the claims among them."""

from __future__ import annotations

from datetime import date

import pandas as pd

from odr_analysis import terms
from odr_analysis.exports.readers import contract, returns
from odr_analysis.exports.small_tables import newest_returns
from odr_analysis.exports.text.delimited import split_rows

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


def asked(order_id: str = ONE, day: str = "10-Jul-2025", claim: str = "N", **more: str) -> str:
    """A row of the report; the names of `more` are those of columns, with ``_`` for a space."""
    said = {"Order ID": order_id, "Return request date": day, "A-to-Z Claim": claim}
    return row(**said, **{name.replace("_", " "): cell for name, cell in more.items()})


def test_every_return_is_a_row_with_or_without_a_claim():
    done = read(
        asked(
            Merchant_SKU="CUP",
            ASIN="B01",
            Return_quantity="2",
            Return_Reason=" CR-DEFECTIVE ",
            Return_request_status="Approved",
            Resolution="StandardRefund",
            Refunded_Amount="$7.25",
        )
        + asked(TWO, "2025-07-11", "Y", Return_Reason="AMZ-PG-BAD-DESC", Refunded_Amount="7.5")
    )
    assert list(done.returns.columns) == list(terms.RETURN_COLUMNS)
    first, second = done.returns.to_dict("records")
    assert first == {
        "order_id": ONE,
        "requested_on": pd.Timestamp("2025-07-10"),
        "sku": "CUP",
        "asin": "B01",
        "quantity": 2,
        "reason": "CR-DEFECTIVE",
        "status": "Approved",
        "resolution": "StandardRefund",
        "claim": False,
        "refunded": 7.25,
        "source": "mfn-returns",
        "file": "f.txt",
        "line": 2,
    }
    assert (second["order_id"], second["claim"], second["refunded"]) == (TWO, True, 7.5)
    assert second["requested_on"] == pd.Timestamp("2025-07-11")
    assert (second["reason"], second["sku"]) == ("AMZ-PG-BAD-DESC", "")
    assert pd.isna(second["quantity"])
    assert done.notes == []


def test_a_row_that_is_kept_is_a_return_and_no_other():
    done = read(
        asked(day="no day")
        + asked(day="no day", claim="Y")
        + asked(day="")
        + asked(claim="perhaps")
        + asked("113")
        + asked(TWO, "", "Y")
        + asked(TWO, "31.13.2025")
    )
    assert done.returns.line.tolist() == [2, 4, 7, 8]
    assert done.rows_kept == len(done.returns)
    assert done.returns.requested_on.isna().all()
    assert done.returns.requested_on.dtype == "datetime64[us]"
    assert done.notes[-2:] == [
        "2 return(s) without a claim have a date that cannot be read (lines 2, 8); they are kept "
        "without it.",
        "1 claim(s) without a date (line 7) are taken as known from the day of the order.",
    ]


def test_numbers_as_sellers_copies_have_them():
    numbers = {
        "1": 1,
        "1.0": 1,
        "1,000": 1000,
        "0": 0,
        "": None,
        "-1": None,
        "1.5": None,
        "two": None,
        "9" * 400: None,
    }
    done = read("".join(asked(Return_quantity=n) for n in numbers))
    assert done.returns.quantity.dtype == "Int64"
    assert [None if pd.isna(n) else n for n in done.returns.quantity] == list(numbers.values())
    assert done.notes == [
        "column 'Return quantity': 4 values could not be read as a number of units "
        "(lines 7, 8, 9, 10); the return is kept without it."
    ]
    amounts = {"$7.25": 7.25, "1,234.56": 1234.56, "": None, "n/a": None, "-3": -3.0}
    done = read("".join(asked(Refunded_Amount=n) for n in [*amounts, "9" * 400]))
    assert done.returns.refunded.dtype == "Float64"
    told = [None if pd.isna(n) else n for n in done.returns.refunded]
    assert told == [*amounts.values(), None]
    assert "column 'Refunded Amount': 2 values could not be read as an amount" in done.notes[0]
    comma = read(asked(Refunded_Amount="95,00") + asked(Refunded_Amount="1.234"))
    assert comma.returns.refunded.tolist() == [95, 1234]


def test_short_rows_and_columns_the_file_does_not_have():
    text = f"Order ID\tReturn request date\tA-to-Z Claim\tReturn Reason\n{ONE}\t10-Jul-2025\tN\n"
    text += f"{TWO}\t10-Jul-2025\tY\tCR-DEFECTIVE\t1\tmore\n{TWO}\n"
    done = returns.read(
        split_rows(text, file="f.txt", delimiter="\t", quoted=False), marketplace=None
    )
    table = done.returns
    assert table[["order_id", "reason", "claim", "line"]].to_numpy().tolist() == [
        [ONE, "", False, 2],
        [TWO, "CR-DEFECTIVE", True, 3],
        [TWO, "", False, 4],
    ]
    assert table.requested_on.isna().tolist() == [False, False, True]
    assert (table[["sku", "asin", "status", "resolution"]] == "").to_numpy().all()
    assert table[["quantity", "refunded"]].isna().to_numpy().all()
    check_types(table)


def check_types(table: pd.DataFrame) -> None:
    wanted = {n: column.dtype for n, column in terms.RETURN_COLUMNS.items()}
    assert {name: str(kind) for name, kind in table.dtypes.items()} == wanted


def test_a_report_without_returns_has_the_columns_all_the_same():
    done = read("")
    assert len(done.returns) == 0
    check_types(done.returns)
    check_types(newest_returns(contract.returns()))


def several(*told: tuple[str, str, str, str, str]) -> pd.DataFrame:
    """File, day, SKU, reason and status of each row, as the files of a folder give them."""
    frame = contract.returns(
        [
            {
                **dict(
                    zip(("file", "requested_on", "sku", "reason", "status"), cells, strict=True)
                ),
                "order_id": ONE,
                "asin": "B01",
                "resolution": "",
                "claim": False,
                "source": "mfn-returns",
                "line": line,
            }
            for line, cells in enumerate(told, 2)
        ]
    )
    check_types(frame)
    return frame


def test_a_return_in_two_files_is_one_as_the_newest_file_tells_it():
    kept = newest_returns(
        several(
            ("new", "2025-07-10", "CUP", "CR-DEFECTIVE", "Approved"),
            ("new", "2025-07-20", "CUP", "CR-DEFECTIVE", "Pending"),
            ("old", "2025-07-01", "CUP", "CR-DEFECTIVE", "Closed"),
            ("old", "2025-07-10", "CUP", "CR-DEFECTIVE", "Pending"),
            ("old", "2025-07-10", "CUP", "CR-UNWANTED", "Pending"),
            ("old", "2025-07-10", "JUG", "CR-DEFECTIVE", "Pending"),
        )
    )
    # The file read first reaches further, so it is the newer one.
    assert kept.line.tolist() == [2, 3, 4, 6, 7]
    check_types(kept)


def test_of_files_as_new_the_later_in_reading_order_tells():
    cells = ("2025-07-10", "CUP", "CR-DEFECTIVE", "Approved")
    assert newest_returns(several(("b", *cells), ("a", *cells))).file.tolist() == ["a"]
    undated = several(("b", *cells), ("a", "", "CUP", "CR-DEFECTIVE", "?"), ("c", "", *cells[1:]))
    assert newest_returns(undated).file.tolist() == ["b", "c"], "no day is a day of its own"


def test_two_of_a_kind_in_one_file_are_two_returns():
    cells = ("2025-07-10", "CUP", "CR-DEFECTIVE", "Approved")
    twice = several(("a", *cells), ("a", *cells), ("b", *cells), ("b", *cells))
    assert newest_returns(twice).line.tolist() == [4, 5]


def test_products_without_a_sku_are_told_apart_by_asin():
    cells = ("2025-07-10", "", "CR-DEFECTIVE", "Approved")
    both = several(("a", *cells), ("b", *cells))
    assert len(newest_returns(both)) == 1
    assert len(newest_returns(both.assign(asin=["B01", "B02"]))) == 2


def test_names_of_a_warehouse_copy_and_missing():
    assert returns.looks_like(["Order_ID", "Return_request_date", "A_to_Z_Claim"], [])
    assert returns.missing(["Order ID", "A-to-Z Claim"]) == ["Return request date"]
