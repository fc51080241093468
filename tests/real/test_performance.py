"""Amazon's description of the performance report, and its one example."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odr_analysis import terms
from odr_analysis.exports.performance.json_report import (
    looks_like_document,
    read_document,
    snapshot_day,
)
from odr_analysis.exports.readers.contract import Read

FILE = "account-health-report.example.json"
REPORT_DAY = date(2020, 11, 19)


@pytest.fixture(scope="session")
def schema(real: Path) -> dict[str, Any]:
    path = real / "account-health" / "account-health-report.schema.json"
    return json.loads(path.read_text("utf-8"))


@pytest.fixture(scope="session")
def example(real: Path) -> str:
    return (real / "account-health" / FILE).read_text("utf-8")


@pytest.fixture(scope="session")
def done(example: str) -> Read:
    assert looks_like_document(example[:65_536])
    return read_document(example, file=FILE, marketplace=None)


def test_every_block_of_the_example_is_a_row(example: str, done: Read) -> None:
    (element,) = json.loads(example)["performanceMetrics"]
    # Two channels of order defects, one warning, the id no metric.
    blocks = len(element) - 1 + 1
    assert done.rows_read == done.rows_kept == len(done.snapshots) == blocks == 18
    assert (done.rows_dropped, done.latest) == ({}, REPORT_DAY)
    assert set(done.snapshots.marketplace) == {"Amazon.com"}
    assert set(done.snapshots.account_status) == {"AT_RISK"}
    assert snapshot_day(done.snapshots) == {"Amazon.com": REPORT_DAY}


def test_the_numbers_of_the_example_are_kept_as_stated(done: Read) -> None:
    by_metric = done.snapshots.set_index(["metric", "channel"])
    for channel in terms.CHANNELS:
        row = by_metric.loc[("order_defects", channel)]
        assert (row.n_total, row.n_bad, row.rate, row.target) == (539_000, 1078, 0.009, 0.01)
        assert (row.n_feedback, row.n_claim, row.n_chargeback) == (628, 442, 15)
        assert (row.from_on, row.to_on) == (pd.Timestamp("2020-09-06"), pd.Timestamp("2020-11-04"))
    assert by_metric.loc[("cancellation", ""), ["n_bad", "n_total"]].tolist() == [551, 17_197]
    assert by_metric.loc[("late_shipment", ""), "rate"] == 0.03203973037
    assert by_metric.loc[("account_health", ""), "status"] == "WARNED"
    assert by_metric.loc[("spammingSellerMessaging", ""), "status"] == "BAD"


def test_a_metric_is_told_with_the_line_it_starts_on(example: str, done: Read) -> None:
    lines = example.splitlines()
    opens = {m.line: lines[m.line - 1].strip() for m in done.snapshots.itertuples()}
    by_metric = done.snapshots.set_index(["metric", "channel"]).line
    assert opens[by_metric["order_defects", "mfn"]] == '"mfn": {'
    assert opens[by_metric["order_defects", "afn"]] == '"afn": {'
    assert opens[by_metric["cancellation", ""]] == '"prefulfillmentCancelRate": {'
    assert opens[by_metric["documentRequests", ""]] == '"documentRequest": {'


@pytest.mark.parametrize(
    "words",
    [
        # the rate against the counts
        ("seller-fulfilled", "stated as 0.009", "1,078 orders with defects of 539,000", "0.002"),
        ("Amazon-fulfilled", "stated as 0.009", "1,078 orders with defects of 539,000", "0.002"),
        ("Cancellation rate", "stated as 0.005", "551 cancelled orders of 17,197", "0.0320405"),
        # the sum of the kinds above the union
        ("seller-fulfilled", "628 + 442 + 15 = 1,085", "7 more than the 1,078", "at least 4"),
        ("Amazon-fulfilled", "628 + 442 + 15 = 1,085", "7 more than the 1,078", "at least 4"),
        # spellings
        ("'prefulfillmentCancelRate' is read as 'preFulfillmentCancellationRate'",),
        ("'warningState' is read as 'warningStates'",),
        ("'documentRequest' is read as 'documentRequests'",),
        # the channel
        ("the block 'afn' says fulfillmentType 'mfn'",),
        # words outside the description
        ("'SUSPENDED' of Amazon.com.mx is none of NORMAL, AT_RISK and DEACTIVATED",),
        # more good shipments than shipments
        ("Valid tracking rate", "896,462", "878,443", "cannot be"),
        ("On-time delivery rate", "847,987", "808,046", "cannot be"),
        # a window that ends before it begins
        ("documentRequests", "21 Nov 2020 to 19 Nov 2020 ends before it begins"),
        # statuses of accounts without a metric
        ("Amazon.ca has an account status (NORMAL) and no metrics",),
    ],
)
def test_each_contradiction_of_the_example_is_named(done: Read, words: tuple[str, ...]) -> None:
    assert len([n for n in done.notes if all(w in n for w in words)]) == 1, done.notes


def test_what_is_right_in_the_example_is_not_complained_of(done: Read) -> None:
    for right in ("Late shipment rate", "Invoice defect rate", "On-time delivery rate by unit"):
        assert not [n for n in done.notes if n.startswith(f"{right} of")], done.notes
    assert not [n for n in done.notes if "tell different days" in n]


def test_where_the_example_contradicts_the_description(
    example: str, schema: dict[str, Any]
) -> None:
    errors = list(jsonschema.Draft7Validator(schema).iter_errors(json.loads(example)))
    missing = {
        name
        for e in errors
        if e.validator == "required"
        for name in e.validator_value
        if name not in e.instance
    }
    assert missing == {
        "preFulfillmentCancellationRate",
        "warningStates",
        "documentRequests",
        "restrictedProductPolicyViolations",
        "suspectedIntellectualPropertyViolations",
    }
    others = [(e.validator, e.instance) for e in errors if e.validator != "required"]
    assert others == [("enum", "SUSPENDED")]


# Reports as the description has them ----------------------------------------------------------

COUNT = st.integers(0, 10**6)
STATUS = st.sampled_from(["GOOD", "BAD", "NONE"])
CONDITION = st.sampled_from(["LESS_THAN", "GREATER_THAN", "EQUALS"])
FRACTION = st.floats(0, 1)
WINDOW = st.tuples(st.dates(date(2018, 1, 1), date(2027, 1, 1)), st.integers(0, 200)).flatmap(
    lambda w: st.sampled_from([("T00:00Z", "T23:59Z"), ("T00:00:00Z", "T23:59:59Z")]).map(
        lambda times: {
            "reportingDateFrom": f"{w[0]}{times[0]}",
            "reportingDateTo": f"{date.fromordinal(w[0].toordinal() + w[1])}{times[1]}",
        }
    )
)
POLICY_METRICS = (
    "listingPolicyViolations",
    "productAuthenticityCustomerComplaints",
    "productConditionCustomerComplaints",
    "productSafetyCustomerComplaints",
    "receivedIntellectualPropertyComplaints",
    "restrictedProductPolicyViolations",
    "suspectedIntellectualPropertyViolations",
    "foodAndProductSafetyIssues",
    "otherPolicyViolations",
    "documentRequests",
)
RATES = {
    "lateShipmentRate": ("late_shipment", "orderCount", "lateShipmentCount"),
    "preFulfillmentCancellationRate": ("cancellation", "orderCount", "cancellationCount"),
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
}
COUNTED = st.fixed_dictionaries({"count": COUNT, "status": STATUS})
STATED = {
    "reportingDateRange": WINDOW,
    "status": STATUS,
    "targetValue": FRACTION,
    "targetCondition": CONDITION,
}


def channel_block(name: str) -> st.SearchStrategy[dict[str, Any]]:
    counts = ("orderWithDefects", "claims", "chargebacks", "negativeFeedback")
    return st.fixed_dictionaries(
        STATED
        | {"orderCount": COUNT, "rate": FRACTION, "fulfillmentType": st.just(name)}
        | dict.fromkeys(counts, COUNTED)
    )


def rate_block(name: str) -> st.SearchStrategy[dict[str, Any]]:
    _, total, bad = RATES[name]
    invoices = name == "invoiceDefectRate"
    parts = {"missingInvoice": COUNTED, "lateInvoice": COUNTED} if invoices else {}
    return st.fixed_dictionaries(
        STATED | {total: COUNT, bad: COUNTED if invoices else COUNT, "rate": FRACTION} | parts
    )


def element(marketplace_id: str) -> st.SearchStrategy[dict[str, Any]]:
    channels = {c: channel_block(c) for c in terms.CHANNELS}
    policy = st.fixed_dictionaries(STATED | {"defectsCount": COUNT})
    warning = st.fixed_dictionaries({"warningType": st.sampled_from("ab"), "status": STATUS})
    # The description asks for ahrStatus and describes accountHealthRatingStatus.
    rating = st.sampled_from(["GREAT", "WARNED"]).flatmap(
        lambda s: st.fixed_dictionaries(
            {
                "reportingDateRange": WINDOW,
                "ahrStatus": st.just(s),
                "accountHealthRatingStatus": st.just(s),
            }
        )
    )
    return st.fixed_dictionaries(
        {
            "marketplaceId": st.just(marketplace_id),
            "orderDefectRate": st.fixed_dictionaries(channels),
            "warningStates": st.lists(warning, max_size=2, unique_by=lambda w: w["warningType"]),
            "accountHealthRating": rating,
            **{name: rate_block(name) for name in RATES},
            **dict.fromkeys(POLICY_METRICS, policy),
        }
    )


IDS = {m.id: m.name for m in terms.MARKETPLACES.values()}
REPORTS = st.lists(st.sampled_from(sorted(IDS)), min_size=1, max_size=2, unique=True).flatmap(
    lambda ids: st.fixed_dictionaries(
        {
            "accountStatuses": st.tuples(
                *(
                    st.fixed_dictionaries(
                        {
                            "marketplaceId": st.just(i),
                            "status": st.sampled_from(["NORMAL", "AT_RISK", "DEACTIVATED"]),
                        }
                    )
                    for i in ids
                )
            ).map(list),
            "performanceMetrics": st.tuples(*map(element, ids)).map(list),
        }
    )
)


def days(block: dict[str, Any]) -> list[str]:
    window = block["reportingDateRange"]
    return [window["reportingDateFrom"][:10], window["reportingDateTo"][:10]]


def count(value: Any) -> int:
    return value["count"] if isinstance(value, dict) else value


def stated(report: dict[str, Any]) -> list[list[Any]]:
    """Every value of a report, spelt out from its description: the columns of snapshots."""
    statuses = {s["marketplaceId"]: s["status"] for s in report["accountStatuses"]}
    rows: list[list[Any]] = []
    for e in report["performanceMetrics"]:
        told: list[tuple[str, str, dict[str, Any], list[Any]]] = []
        for channel, b in e["orderDefectRate"].items():
            kinds = [count(b[k]) for k in ("negativeFeedback", "claims", "chargebacks")]
            numbers = [b["orderCount"], count(b["orderWithDefects"]), *kinds]
            told.append(("order_defects", channel, b, numbers))
        for name, (metric, total, bad) in RATES.items():
            numbers = [e[name][total], count(e[name][bad]), None, None, None]
            told.append((metric, "", e[name], numbers))
        for name in POLICY_METRICS:
            told.append((name, "", e[name], [None, e[name]["defectsCount"], None, None, None]))
        for w in e["warningStates"]:
            told.append((w["warningType"], "", w, [None] * 5))
        rating = e["accountHealthRating"]
        told.append(("account_health", "", rating | {"status": rating["ahrStatus"]}, [None] * 5))
        for metric, channel, b, numbers in told:
            window = days(b) if "reportingDateRange" in b else [None, None]
            words = [b.get("targetCondition", ""), b.get("status", "")]
            rows.append(
                [
                    *(IDS[e["marketplaceId"]], metric, channel, *window, *numbers),
                    *(b.get("rate"), b.get("targetValue"), *words, statuses[e["marketplaceId"]]),
                ]
            )
    return rows


def by_text(row: list[Any]) -> list[str]:
    return [str(value) for value in row]


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(report=REPORTS)
def test_a_report_as_described_is_read_back_value_for_value(
    schema: dict[str, Any], report: dict[str, Any]
) -> None:
    jsonschema.Draft7Validator(schema).validate(report)
    found = read_document(json.dumps(report), file=FILE, marketplace=None)
    assert found.rows_kept == found.rows_read == len(found.snapshots)
    frame = found.snapshots.drop(columns=["source", "file", "line"]).astype(
        {"from_on": str, "to_on": str}
    )
    frame = frame.astype(object).where(frame.notna() & (frame != "NaT"), None)
    expected = stated(report)
    assert sorted(frame.values.tolist(), key=by_text) == sorted(expected, key=by_text)
    unread = ("left empty", "is read as", "is none of", "not read", "not stated")
    assert not [n for n in found.notes if any(words in n for words in unread)]
