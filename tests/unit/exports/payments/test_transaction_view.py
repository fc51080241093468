"""Payments > Transaction View, known by the order of its columns."""

from __future__ import annotations

import pytest

from odr_analysis.errors import ExportError
from odr_analysis.exports.payments import transaction_view
from odr_analysis.exports.payments.transaction_view import columns_of
from odr_analysis.exports.text.delimited import split_rows

ID = "113-1234567-7654321"
HEADER = (
    "Date,Transaction type,Order ID,Product Details,Total product charges,"
    "Total promotional rebates,Amazon fees,Other,Total (USD)"
)


def read(*rows, header=HEADER):
    text = "\n".join([header, *rows]) + "\n"
    table = split_rows(text, file="f.csv", delimiter=",", quoted=True)
    return transaction_view.read(table, marketplace=None)


def test_one_sighting_a_dispute_and_every_other_row_kept():
    done = read(
        f"9/9/2026,A-to-z Guarantee Claim,{ID},Pot,-20,0,3,0,-17.00",
        f"9/10/2026,Order Payment,{ID},A-to-z pot,20,0,-3,0,17.00",
        "9/10/2026,Chargeback Refund,---,Pot,-1,0,0,0,-1",
    )
    assert done.defects[["component", "outcome", "amount", "currency"]].values.tolist() == [
        ["claim", "debited", 17.0, "USD"]
    ]
    assert (done.rows_kept, done.rows_dropped) == (2, {"order id malformed": 1})


def test_columns_are_known_by_their_places_in_any_language():
    names = ["date", "status", "?", "?", "?", "?", "?", "?", "?", "total (eur)"]
    assert columns_of(names) is None, "no column of order ids by its name"
    found = columns_of(names, [["1", "x", "y", ID]])
    assert found is not None
    assert (found.order, found.type, found.currency) == (3, 2, "EUR")
    assert columns_of([*names[:-1], "total (abc)"], [["1", "x", "y", ID]]) is None
    assert columns_of(names[:5]) is None


def test_a_header_of_another_file_is_refused():
    with pytest.raises(ExportError, match="no column for the order id before the amounts"):
        read("1,2,3", header="a,b,c")


def test_missing_columns_by_their_english_names():
    assert transaction_view.missing(HEADER.split(",")) == []
    assert transaction_view.missing(["Date", "x"]) == [
        "Transaction type",
        "Order ID",
        "Total (USD)",
    ]
