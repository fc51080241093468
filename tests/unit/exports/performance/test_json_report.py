"""The seller performance report as JSON."""

from __future__ import annotations

import json
from datetime import date

import pandas as pd
import pytest

from odr_analysis.exports.performance.json_report import (
    KIND,
    snapshot_day,
)
from tests.unit.exports.performance.made_report import (
    US,
    de,
    late,
    odr,
    only,
    read,
    report,
    window,
)


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
