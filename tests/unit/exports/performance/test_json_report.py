"""The seller performance report as JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from itertools import chain, combinations_with_replacement
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odr_analysis import terms
from odr_analysis.errors import ExportError
from odr_analysis.exports.performance.checks import contradictions
from odr_analysis.exports.performance.json_report import (
    KIND,
    looks_like_document,
    read_document,
    snapshot_day,
)

US, DE = "ATVPDKIKX0DER", "A1PA6795UKMFR9"


def window(first: str, last: str) -> dict[str, str]:
    return {"reportingDateFrom": f"{first}T00:00:00Z", "reportingDateTo": f"{last}T23:59:59Z"}


def odr(**changed: Any) -> dict[str, Any]:
    """Half a per cent: 10 of 2,000; the kinds add up; the report's day is 30 Sep 2026."""
    return {
        "reportingDateRange": window("2026-07-18", "2026-09-15"),
        "orderCount": 2000,
        "orderWithDefects": {"count": 10, "status": "GOOD"},
        "claims": {"count": 4, "status": "NONE"},
        "chargebacks": {"count": 1, "status": "NONE"},
        "negativeFeedback": {"count": 5, "status": "NONE"},
        "fulfillmentType": "mfn",
        "status": "GOOD",
        "rate": 0.005,
        "targetValue": 0.01,
        "targetCondition": "LESS_THAN",
    } | changed


def late(first: str = "2026-09-01", last: str = "2026-09-30", **changed: Any) -> dict[str, Any]:
    return {
        "reportingDateRange": window(first, last),
        "orderCount": 200,
        "lateShipmentCount": 3,
        "status": "GOOD",
        "rate": 0.015,
        "targetValue": 0.04,
        "targetCondition": "LESS_THAN",
    } | changed


def report(*elements: dict[str, Any], status: str = "NORMAL") -> dict[str, Any]:
    ids = dict.fromkeys(e.get("marketplaceId", DE) for e in elements)
    return {
        "accountStatuses": [{"marketplaceId": i, "status": status} for i in ids],
        "performanceMetrics": list(elements),
    }


def de(**metrics: Any) -> dict[str, Any]:
    return {"marketplaceId": DE, **metrics}


def read(document: Any, marketplace: str | None = None):
    text = document if isinstance(document, str) else json.dumps(document)
    done = read_document(text, file="f.json", marketplace=marketplace)
    assert done.rows_read == done.rows_kept + sum(done.rows_dropped.values())
    assert list(done.snapshots) == list(terms.SNAPSHOT_COLUMNS)
    return done


def only(notes: list[str], *words: str) -> str:
    """The one note with these words."""
    found = [n for n in notes if all(w in n for w in words)]
    assert len(found) == 1, (words, notes)
    return found[0]


def test_a_report_without_fault():
    text = json.dumps(report(de(orderDefectRate={"mfn": odr()}, lateShipmentRate=late())), indent=1)
    done = read(text)
    defects, shipments = done.snapshots.to_dict("records")
    assert defects == {
        "marketplace": "Amazon.de",
        "metric": "order_defects",
        "channel": "mfn",
        "from_on": pd.Timestamp("2026-07-18"),
        "to_on": pd.Timestamp("2026-09-15"),
        "n_total": 2000,
        "n_bad": 10,
        "n_feedback": 5,
        "n_claim": 4,
        "n_chargeback": 1,
        "rate": 0.005,
        "target": 0.01,
        "condition": "LESS_THAN",
        "status": "GOOD",
        "account_status": "NORMAL",
        "source": KIND,
        "file": "f.json",
        "line": 1 + text.split("\n").index('    "mfn": {'),
    }
    assert (shipments["metric"], shipments["channel"]) == ("late_shipment", "")
    assert (shipments["n_bad"], shipments["n_total"]) == (3, 200)
    assert pd.isna(shipments["n_claim"])
    assert done.notes == []
    assert (done.rows_read, done.rows_kept, done.latest) == (2, 2, date(2026, 9, 30))
    assert done.details["metrics"] == {"order_defects": 1, "late_shipment": 1}


RATES = {
    "lateShipmentRate": ("late_shipment", "orderCount", "lateShipmentCount"),
    "preFulfillmentCancellationRate": ("cancellation", "orderCount", "cancellationCount"),
    "prefulfillmentCancelRate": ("cancellation", "orderCount", "cancellationCount"),
    "validTrackingRate": ("valid_tracking", "shipmentCount", "validTrackingCount"),
    "onTimeDeliveryRate": (
        "on_time_delivery",
        "shipmentCountWithValidTracking",
        "onTimeDeliveryCount",
    ),
    "unitOnTimeDeliveryRate": (
        "unit_on_time_delivery",
        "totalUnitCount",
        "unitOnTimeDeliveryCount",
    ),
    "invoiceDefectRate": ("invoice_defects", "orderCount", "invoiceDefect"),
    "listingPolicyViolations": ("listingPolicyViolations", "", "defectsCount"),
    "policyViolationWarnings": ("policyViolationWarnings", "", "warningsCount"),
    "documentRequests": ("documentRequests", "", "defectsCount"),
    "documentRequest": ("documentRequests", "", "defectsCount"),
    "somethingNewRate": ("somethingNewRate", "orderCount", "defectsCount"),
}


@pytest.mark.parametrize("name", RATES)
def test_each_metric_and_its_counts(name):
    metric, total, bad = RATES[name]
    count = {"count": 3, "status": "NONE"} if bad == "invoiceDefect" else 3
    block = {bad: count, "reportingDateRange": window("2026-09-01", "2026-09-30"), "status": "BAD"}
    done = read(report(de(**{name: block | ({total: 10} if total else {})})))
    (row,) = done.snapshots.to_dict("records")
    assert (row["metric"], row["n_bad"], row["status"]) == (metric, 3, "BAD")
    assert row["n_total"] == 10 if total else pd.isna(row["n_total"])
    misspelt = [n for n in done.notes if "is read as" in n]
    assert bool(misspelt) == (name in ("prefulfillmentCancelRate", "documentRequest"))


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-07-18T00:00Z", "2026-09-15T23:59Z"),
        ("2026-07-18T00:00:00Z", "2026-09-15T23:59:59Z"),
        ("2026-07-18T00:00:00.000+00:00", "2026-09-15T23:59:59.999+00:00"),
        ("2026-07-18T00:00-07:00", "2026-09-15T23:59-07:00"),
        ("2026-07-18", "2026-09-15"),
    ],
)
def test_days_are_those_that_are_written(first, last):
    stated = {"reportingDateFrom": first, "reportingDateTo": last}
    done = read(report(de(orderDefectRate={"mfn": odr(reportingDateRange=stated)})))
    (row,) = done.snapshots.itertuples()
    assert (row.from_on, row.to_on) == (pd.Timestamp("2026-07-18"), pd.Timestamp("2026-09-15"))
    assert done.notes == []


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [
        ("2026-07-18T00:00Z", "2026-09-15T23:59-07:00", "two time zones"),
        ("2026-07-18T07:00Z", "2026-09-15T06:59Z", "not at midnight"),
        ("2026-07-18T00:00Z", "2026-09-16T23:59Z", "has 61 days; usual are 60"),
        ("2026-09-18T00:00Z", "2026-09-15T23:59Z", "18 Sep 2026 to 15 Sep 2026 ends before"),
        ("soon", "2026-09-15T23:59Z", "'soon' is no day"),
        (20260718, "2026-09-15T23:59Z", "20260718 is no day"),
        ("2026-07-18T00:00Z", None, "a day of the window is not stated"),
    ],
)
def test_windows_that_do_not_fit_are_noted(first, last, says):
    stated = {"reportingDateFrom": first, "reportingDateTo": last}
    done = read(report(de(orderDefectRate={"mfn": odr(reportingDateRange=stated)})))
    assert says in only(done.notes, "Order defect rate of Amazon.de, seller-fulfilled", says)
    assert len(done.snapshots) == 1


def test_the_name_of_the_block_decides_the_channel():
    done = read(report(de(orderDefectRate={"afn": odr(), "MFN": odr(fulfillmentType="MFN")})))
    assert done.snapshots.channel.tolist() == ["afn", "mfn"]
    assert "'afn' says fulfillmentType 'mfn'" in only(done.notes, "fulfillmentType")


def test_a_rate_without_channels_and_a_channel_nobody_knows():
    flat = read(report(de(orderDefectRate=odr())))
    assert flat.snapshots.channel.tolist() == [""]
    only(flat.notes, "Amazon.de is not split")
    other = read(report(de(orderDefectRate={"sfp": odr(fulfillmentType="sfp")})))
    assert other.snapshots.channel.tolist() == ["sfp"]
    only(other.notes, "'sfp' is not known")


def test_the_rate_is_kept_and_its_contradiction_named():
    done = read(report(de(orderDefectRate={"mfn": odr(rate=0.009)})))
    assert done.snapshots.rate.tolist() == [0.009]
    assert done.notes == [
        "Order defect rate of Amazon.de, seller-fulfilled: the rate is stated as 0.009, but "
        "10 orders with defects of 2,000 orders are 0.005; the counts are used."
    ]


@pytest.mark.parametrize(
    ("rate", "bad", "total", "fits"),
    [
        (1 / 30, 1, 30, True),
        (0.0333, 1, 30, True),
        (0.0334, 1, 30, True),  # rounded up
        (0.0335, 1, 30, False),
        (0, 0, 30, True),
        (0.0, 0, 0, True),  # what live reports state without orders
        (0.1, 0, 0, False),
        (0.0, 1, 30, False),
        (3.33, 1, 30, False),
        (-0.1, 1, 30, False),
        (0.03203973037, 27896, 870669, True),
        (0.032, 27896, 870669, True),
        (0.03, 27896, 870669, False),
    ],
)
def test_rates_against_counts(rate, bad, total, fits):
    block = late(rate=rate, lateShipmentCount=bad, orderCount=total)
    done = read(report(de(lateShipmentRate=block)))
    assert (done.notes == []) == fits
    assert done.snapshots.rate.tolist() == [rate]


def test_part_larger_than_the_whole():
    block = late(lateShipmentCount=300, rate=0.9)
    notes = read(report(de(lateShipmentRate=block))).notes
    only(notes, "300 late shipments of 200 orders cannot be")
    only(notes, "stated as 0.9", "neither can be relied on")


def kinds(feedback: int, claims: int, chargebacks: int, bad: int) -> list[str]:
    block = odr(
        orderWithDefects={"count": bad},
        negativeFeedback={"count": feedback},
        claims={"count": claims},
        chargebacks={"count": chargebacks},
        rate=bad / 2000,
    )
    return read(report(de(orderDefectRate={"mfn": block}))).notes


def test_kinds_of_defect_that_overlap():
    assert "628 + 442 + 15 = 1,085, 7 more than the 1,078" in only(kinds(628, 442, 15, 1078), "+")
    assert "at least 4 orders have more than one kind (7 if none has all three)" in only(
        kinds(628, 442, 15, 1078), "at least"
    )
    assert "at least 1 order has more than one kind." in only(kinds(3, 2, 0, 4), "+")
    assert kinds(5, 4, 1, 10) == []


def test_kinds_of_defect_that_cannot_be():
    assert "5 + 3 + 1 = 9, fewer than the 10" in only(kinds(5, 3, 1, 10), "1 order would have")
    (note,) = kinds(12, 3, 1, 10)
    assert "12 orders with a negative feedback are more than the 10 with any defect" in note


def test_the_least_overlap_is_right_for_every_small_case():
    # Every way to give up to 6 orders one of the 7 sets of kinds an order can have.
    least: dict[tuple[int, ...], int] = {}
    for orders in chain.from_iterable(
        combinations_with_replacement(range(1, 8), n) for n in range(7)
    ):
        parts = [sum(kinds >> i & 1 for kinds in orders) for i in range(3)]
        both = sum(kinds.bit_count() > 1 for kinds in orders)
        key = (*parts, len(orders))
        least[key] = min(least.get(key, both), both)
    checked = 0
    for (feedback, claims, backs, bad), both in least.items():
        row = dict.fromkeys(terms.SNAPSHOT_COLUMNS) | {
            "metric": "order_defects",
            "marketplace": "m",
            "channel": "mfn",
            "n_bad": bad,
            "n_feedback": feedback,
            "n_claim": claims,
            "n_chargeback": backs,
        }
        told = contradictions(row)
        if both:
            assert f"at least {both} order" in told[0]
        else:
            assert told == []
        checked += 1
    assert checked > 300


def test_words_outside_the_description_are_kept_and_named():
    block = odr(status="FAIR", targetCondition="BELOW")
    done = read(report(de(orderDefectRate={"mfn": block}), status="SUSPENDED"))
    (row,) = done.snapshots.itertuples()
    assert (row.status, row.condition, row.account_status) == ("FAIR", "BELOW", "SUSPENDED")
    only(done.notes, "status 'FAIR' is none of GOOD, BAD and NONE")
    only(done.notes, "condition 'BELOW'")
    only(done.notes, "account status 'SUSPENDED' of Amazon.de is none of NORMAL, AT_RISK")


@pytest.mark.parametrize("name", ["ahrStatus", "accountHealthRatingStatus", "status"])
def test_the_account_health_rating(name):
    block = {"reportingDateRange": window("2026-04-04", "2026-09-30"), name: "GREAT"}
    done = read(report(de(accountHealthRating=block | {"ahrScore": 428})))
    assert done.snapshots[["metric", "status"]].values.tolist() == [["account_health", "GREAT"]]
    assert done.details["account_health_score"] == {"Amazon.de": 428}
    assert (done.notes, done.latest) == ([], date(2026, 9, 30))


def test_two_statuses_of_the_rating():
    done = read(report(de(accountHealthRating={"ahrStatus": "GREAT", "status": "WARNED"})))
    assert done.snapshots.status.tolist() == ["GREAT"]
    only(done.notes, "GREAT and WARNED; GREAT is used")


@pytest.mark.parametrize("name", ["warningStates", "warningState"])
def test_warnings_are_rows_of_their_own(name):
    states = [{"warningType": "spamming", "status": "BAD"}, "otherWarning", {"status": "BAD"}]
    done = read(report(de(**{name: states})))
    assert done.snapshots[["metric", "status"]].values.tolist() == [
        ["spamming", "BAD"],
        ["otherWarning", ""],
    ]
    assert done.rows_dropped == {"not a metric": 1}
    assert read(report(de(**{name: []}))).rows_read == 0


def test_late_shipments_over_ten_and_thirty_days():
    ten = late("2026-09-21", orderCount=50, lateShipmentCount=1, rate=0.02)
    done = read(report(de(lateShipmentRate=late(), lateShipmentRateList=[ten, late()])))
    assert done.snapshots.n_total.tolist() == [200, 50]
    assert (done.rows_read, done.rows_kept, done.details["repeated"]) == (3, 3, 1)
    assert done.notes == ["1 block repeats another with the same values and counts once."]
    assert snapshot_day(done.snapshots) == {"Amazon.de": date(2026, 9, 30)}


def test_marketplaces():
    elements = [
        {"marketplaceId": US, "lateShipmentRate": late()},
        {"marketplaceId": "A0NEWSTORE", "lateShipmentRate": late()},
        {"lateShipmentRate": late(rate=0.0151, lateShipmentCount=4)},
    ]
    done = read(report(*elements), marketplace="Amazon.fr")
    assert done.snapshots.marketplace.tolist() == ["Amazon.com", "A0NEWSTORE", "Amazon.fr"]
    only(done.notes, "'A0NEWSTORE' is not known")
    only(done.notes, "taken as those of 'Amazon.fr'")
    assert read(report(*elements)).snapshots.marketplace.tolist()[2] == "unknown"


def test_an_account_status_without_metrics_is_told():
    document = report(de(lateShipmentRate=late()))
    document["accountStatuses"].append({"marketplaceId": US, "status": "AT_RISK"})
    done = read(document)
    assert done.notes == ["Amazon.com has an account status (AT_RISK) and no metrics."]


def test_an_account_status_without_a_marketplace_is_told():
    document = report(de(lateShipmentRate=late())) | {"accountStatuses": [{"status": "AT_RISK"}]}
    done = read(document)
    assert done.snapshots.account_status.tolist() == [""]
    assert done.notes == ["An account status (AT_RISK) names no marketplace."]


def test_two_days_in_one_file_are_kept_apart():
    one = report(de(orderDefectRate={"mfn": odr()}, lateShipmentRate=late()))
    later = report(
        de(
            orderDefectRate={"mfn": odr(reportingDateRange=window("2026-07-19", "2026-09-16"))},
            lateShipmentRate=late("2026-09-02", "2026-10-01"),
        )
    )
    for text in (json.dumps([one, later]), json.dumps(one) + "\n" + json.dumps(later)):
        done = read(text)
        assert len(done.snapshots) == 4
        note = only(done.notes, "reported for more than one day")
        assert "end on 15 Sep 2026 and 16 Sep 2026 (2 metrics in all)" in note
        assert len(done.notes) == 1
        assert snapshot_day(done.snapshots) == {"Amazon.de": None}
        assert done.latest == date(2026, 10, 1)


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


def frame(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    """Metric, marketplace, first and last day."""
    return pd.DataFrame(
        [
            {
                "metric": m,
                "marketplace": place,
                "from_on": pd.Timestamp(first),
                "to_on": pd.Timestamp(last),
                "source": KIND,
            }
            for m, place, first, last in rows
        ]
    )


@pytest.mark.parametrize(
    ("metric", "first", "last"),
    [
        ("order_defects", "2020-09-06", "2020-11-04"),
        ("late_shipment", "2020-10-21", "2020-11-19"),
        ("late_shipment", "2020-11-10", "2020-11-19"),
        ("cancellation", "2020-11-12", "2020-11-18"),
        ("valid_tracking", "2020-10-11", "2020-11-09"),
        ("on_time_delivery", "2020-10-11", "2020-11-09"),
        ("unit_on_time_delivery", "2020-10-11", "2020-11-09"),
        ("unit_on_time_delivery", "2020-10-30", "2020-11-12"),
        ("account_health", "2020-05-23", "2020-11-19"),
    ],
)
def test_each_window_tells_the_day(metric, first, last):
    assert snapshot_day(frame((metric, "m", first, last))) == {"m": date(2020, 11, 19)}


@pytest.mark.parametrize(
    ("metric", "first", "last"),
    [
        ("invoice_defects", "2020-10-21", "2020-10-27"),  # its sources disagree
        ("order_defects", "2020-09-06", "2020-11-05"),  # 61 days
        ("order_defects", "NaT", "2020-11-04"),
        ("order_defects", "9999-11-02", "9999-12-31"),
        ("listingPolicyViolations", "2020-05-24", "2020-11-19"),
    ],
)
def test_windows_that_tell_no_day(metric, first, last):
    assert snapshot_day(frame((metric, "m", first, last))) == {"m": None}


def test_days_that_disagree():
    rows = frame(
        ("order_defects", "a", "2026-07-18", "2026-09-15"),
        ("cancellation", "a", "2026-09-22", "2026-09-28"),
        ("cancellation", "b", "2026-09-22", "2026-09-28"),
    )
    assert snapshot_day(rows) == {"a": None, "b": date(2026, 9, 29)}
    cancelled = late("2026-09-22", "2026-09-28")
    metrics = de(orderDefectRate={"mfn": odr()}, preFulfillmentCancellationRate=cancelled)
    (note,) = read(report(metrics)).notes
    assert note == (
        "The windows of Amazon.de tell different days for the report, so its day is not known: "
        "29 Sep 2026 by cancellation rate; 30 Sep 2026 by order defect rate."
    )
    assert (
        snapshot_day(
            frame().reindex(columns=["metric", "marketplace", "from_on", "to_on", "source"])
        )
        == {}
    )


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
