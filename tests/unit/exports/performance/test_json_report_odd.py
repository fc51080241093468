"""Reports that are doubled, odd, cut short or of another kind."""

from __future__ import annotations

import json
import subprocess
import sys

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odr_analysis.errors import ExportError
from odr_analysis.exports.performance.json_report import (
    looks_like_document,
    snapshot_day,
)
from tests.unit.exports.performance.made_report import (
    DE,
    de,
    late,
    odr,
    only,
    read,
    report,
)


def test_the_same_report_twice_counts_once():
    one = report(de(orderDefectRate={"mfn": odr()}, lateShipmentRate=late()))
    done = read([one, one])
    assert len(done.snapshots) == 2
    assert (done.rows_read, done.rows_kept, done.details["repeated"]) == (4, 4, 2)


def test_two_statements_for_one_window_are_both_kept():
    done = read(report(de(lateShipmentRate=late()), de(lateShipmentRate=late(orderCount=201))))
    assert done.snapshots.n_total.tolist() == [200, 201]
    only(done.notes, "stated 2 times for the same window", "n_total 200", "n_total 201")


def test_numbers_as_text_and_numbers_that_are_none():
    block = late(orderCount="1,200", lateShipmentCount="18", rate="0.015", targetValue="0.04")
    done = read(report(de(lateShipmentRate=block)))
    (row,) = done.snapshots.itertuples()
    assert (row.n_total, row.n_bad, row.rate, row.target) == (1200, 18, 0.015, 0.04)
    assert done.notes == ["4 numbers are written as text."]


@pytest.mark.parametrize(
    "value", ["many", "0,5", "nan", True, [1], float("nan"), float("inf"), 10**30, "1e999"]
)
def test_what_is_no_number_is_left_empty(value):
    done = read(report(de(lateShipmentRate=late(rate=value, orderCount=value))))
    (row,) = done.snapshots.to_dict("records")
    assert pd.isna(row["rate"])
    assert pd.isna(row["n_total"])
    assert "is no number; it is left empty" in done.notes[-1]


@pytest.mark.parametrize("value", [-1, 2.5, "2.5"])
def test_what_is_no_count_is_left_empty(value):
    done = read(report(de(lateShipmentRate=late(lateShipmentCount=value))))
    assert done.snapshots.n_bad.isna().tolist() == [True]
    only(done.notes, f"{value!r} is no count")


def test_empty_and_odd_blocks():
    done = read(
        report(
            de(
                lateShipmentRate=None,
                orderDefectRate={"mfn": None, "afn": {}},
                validTrackingRate="GOOD",
                storeName="Shop",
                listingPolicyViolations={},
                onTimeDeliveryRate=[late(), 7],
            )
        )
    )
    assert done.snapshots.metric.tolist() == ["on_time_delivery"]
    assert done.details["empty"] == 4
    assert (done.rows_read, done.rows_kept) == (7, 5)
    assert done.rows_dropped == {"not a metric": 2}
    only(done.notes, "4 metrics are empty")
    only(done.notes, "not read: storeName")


def test_a_field_twice_is_noted():
    text = json.dumps(report(de(lateShipmentRate=late())))
    done = read(text.replace('"orderCount": 200', '"orderCount": 100, "orderCount": 200'))
    assert done.snapshots.n_total.tolist() == [200]
    assert done.notes == [
        "The object on line 1 has the field 'orderCount' twice; the last one is read."
    ]


def test_a_wrapped_report_and_one_without_metrics():
    assert len(read({"payload": report(de(lateShipmentRate=late()))}).snapshots) == 1
    assert len(read(de(lateShipmentRate=late())).snapshots) == 1
    done = read({"accountStatuses": [], "performanceMetrics": []})
    assert (done.rows_read, done.notes, done.latest) == (0, ["The report has no metrics."], None)
    assert done.snapshots.dtypes.astype(str)["n_bad"] == "Int64"


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({"reportSpecification": {"reportType": "GET_VENDOR_SALES_REPORT"}}, "GET_VENDOR_SALES"),
        ({}, "its fields are none"),
        ([], "holds no report"),
        ([report(), {"orders": []}], "its fields are 'orders'"),
        ([1], "it holds int values"),
    ],
)
def test_another_report_is_refused(document, says):
    with pytest.raises(ExportError, match=says):
        read(document)


def test_a_report_cut_short_is_refused_with_its_line():
    text = json.dumps(report(de(lateShipmentRate=late())), indent=1)
    cut = text[: text.index('"status": "GOOD"')]
    with pytest.raises(ExportError, match="ends before it is complete") as caught:
        read(cut)
    assert caught.value.line == cut.rstrip().count("\n") + 1


@pytest.mark.parametrize(
    ("head", "is_one"),
    [
        ('\ufeff {"accountStatuses": [', True),
        ('[{"performanceMetrics" : [', True),
        ('{"marketplaceId": "X", "orderDefectRate": {', True),
        ('{"reportSpecification": {"reportType": "GET_BRAND_ANALYTICS"}}', False),
        ('{"payload": {"FinancialEvents": {}}}', False),
        ("order-id\taccountStatuses", False),
        ("", False),
    ],
)
def test_recognised_by_its_fields(head, is_one):
    assert looks_like_document(head) is is_one


def test_recognising_costs_no_pandas():
    code = (
        "import sys, odr_analysis.exports.performance.json_report as p; "
        "assert p.looks_like_document('{\"accountStatuses\": []}'); "
        "assert 'pandas' not in sys.modules, 'pandas was imported'"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


VALUES = st.recursive(
    st.sampled_from([None, True, -1, 0, 3, 1.5, float("nan"), "", "7", "GOOD", DE, "2026-09-30"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("marketplaceId", "status", "orderDefectRate", "mfn", "afn", "orderCount"),
                    *("orderWithDefects", "count", "claims", "rate", "lateShipmentRate"),
                    *("reportingDateRange", "reportingDateFrom", "reportingDateTo", "warningState"),
                    *("accountHealthRating", "ahrScore", "warningType", "unheardOf"),
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@settings(max_examples=80)
@given(VALUES, VALUES)
def test_no_report_however_odd_ends_in_a_traceback(statuses, metrics):
    document = {"accountStatuses": statuses, "performanceMetrics": metrics}
    done = read(document)
    assert len(done.snapshots) <= done.rows_kept
    assert set(snapshot_day(done.snapshots)) == set(done.snapshots.marketplace)
