"""The Business Report: Amazon's counts per day, without orders."""

from __future__ import annotations

import json
from datetime import date

import pytest

from odr_analysis.errors import ExportError
from odr_analysis.exports.performance import business_report
from odr_analysis.exports.text.delimited import split_rows


def read(text, marketplace=None):
    table = split_rows(text, file="f.csv", delimiter=",", quoted=True)
    return business_report.read(table, marketplace=marketplace)


def test_one_row_a_day_and_totals_dropped():
    done = read(
        "Date,Negative Feedback Received,A-to-z Claims Granted\n"
        "13/9/26,1,\n14/9/26,0,2\nTotal,1,2\n15/9/26,,\n"
    )
    assert done.snapshots.n_feedback.tolist() == [1, 0]
    assert done.snapshots.n_claim.fillna(-1).tolist() == [-1, 2], "an empty cell is not 0"
    assert done.rows_dropped == {"no day": 1, "no count": 1}
    assert done.latest is None


def test_the_json_report_names_its_store():
    report = {
        "reportSpecification": {"marketplaceIds": ["A1PA6795UKMFR9"]},
        "salesAndTrafficByDate": [
            {"date": "2026-09-13", "salesByDate": {"claimsGranted": 1}, "trafficByDate": {}},
            {"date": "?", "salesByDate": {}},
        ],
    }
    done = business_report.read_document(json.dumps(report), file="f", marketplace=None)
    assert done.snapshots.marketplace.tolist() == ["Amazon.de"]
    assert done.snapshots.to_on.dt.date.tolist() == [date(2026, 9, 13)]
    assert done.rows_dropped == {"no day": 1}


def test_a_report_without_days_is_refused():
    with pytest.raises(ExportError, match="Request it by day"):
        business_report.read_document('{"salesAndTrafficByDate": []}', file="f", marketplace=None)


def test_a_list_of_orders_is_not_the_report():
    header = ["Date", "Negative Feedback Received"]
    assert business_report.looks_like(header, [])
    assert not business_report.looks_like([*header, "Order ID"], [])
