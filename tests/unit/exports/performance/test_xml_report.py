"""The old seller performance report as XML."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odr_analysis import terms
from odr_analysis.errors import ExportError
from odr_analysis.exports.performance.json_report import snapshot_day
from odr_analysis.exports.performance.xml_report import KIND, looks_like_document, read_document

FRAME = "<timeFrame><start>{}T00:00:00Z</start><end>2015-03-01T23:59:59Z</end></timeFrame>"


def metric(name: str, rate: object, count: object) -> str:
    return f"<{name}><rate>{rate}</rate><count>{count}</count></{name}>"


def defects(first: str, orders: int, rate: object, bad: int, kinds: tuple[int, int, int]) -> str:
    names = ("negativeFeedbacks", "a_z_claims", "chargebacks")
    parts = "".join(metric(n, 0, k) for n, k in zip(names, kinds, strict=True))
    return (
        f"<orderDefectMetrics>{FRAME.format(first)}<orderCount>{orders}</orderCount>"
        f"{metric('orderWithDefects', rate, bad)}{parts}</orderDefectMetrics>"
    )


def experience(first: str, orders: int, *metrics: str) -> str:
    return (
        f"<customerExperienceMetrics>{FRAME.format(first)}<orderCount>{orders}</orderCount>"
        f"{''.join(metrics)}</customerExperienceMetrics>"
    )


def report(*parts: str, place: str = "<marketplaceId>ATVPDKIKX0DER</marketplaceId>") -> str:
    inside = "\n".join((place, *parts))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<sellerPerformanceReports>'
        f"<sellerPerformanceReport>\n{inside}\n"
        "</sellerPerformanceReport></sellerPerformanceReports>"
    )


def read(text: str, marketplace: str | None = None):
    assert looks_like_document(text[:2000])
    done = read_document(text, file="f.xml", marketplace=marketplace)
    assert list(done.snapshots) == list(terms.SNAPSHOT_COLUMNS)
    assert done.rows_read == done.rows_kept == len(done.snapshots) + done.details["repeated"]
    return done


def test_every_metric_over_every_time_frame():
    done = read(
        report(
            "<orderDefects>",
            defects("2015-01-01", 400, 0.005, 2, (1, 1, 0)),
            defects("2014-12-02", 600, 0.005, 3, (1, 2, 1)),
            "</orderDefects><customerExperience>",
            experience(
                "2015-02-23", 50, metric("lateShipment", 0.02, 1), metric("refunds", 0.04, 2)
            ),
            experience("2015-01-31", 200, metric("preFulfillmentCancellation", 0.01, 2)),
            "</customerExperience><trackingInformation><trackingMetrics>",
            FRAME.format("2015-01-31"),
            "<validTracking><rate>0.98</rate></validTracking>",
            "<onTimeDelivery><rate>0.97</rate></onTimeDelivery>",
            "</trackingMetrics></trackingInformation>",
        )
    )
    columns = ["metric", "n_bad", "n_total", "rate", "line"]
    found = done.snapshots[columns].astype(object)
    assert found.where(found.notna(), None).values.tolist() == [
        ["order_defects", 2, 400, 0.005, 5],
        ["order_defects", 3, 600, 0.005, 6],
        ["late_shipment", 1, 50, 0.02, 8],
        ["refunds", 2, 50, 0.04, 8],
        ["cancellation", 2, 200, 0.01, 9],
        ["valid_tracking", None, None, 0.98, 12],
        ["on_time_delivery", None, None, 0.97, 13],
    ]
    first = done.snapshots.iloc[0]
    assert (first.marketplace, first.channel, first.source) == ("Amazon.com", "", KIND)
    assert (first.from_on, first.to_on) == (pd.Timestamp("2015-01-01"), pd.Timestamp("2015-03-01"))
    assert (first.n_feedback, first.n_claim, first.n_chargeback) == (1, 1, 0)
    # 1 + 2 + 1 of 3: one overlap. Windows of other lengths are this report's habit.
    (note,) = done.notes
    assert "1 more than the 3 orders with defects" in note
    assert done.latest == date(2015, 3, 1)
    assert snapshot_day(done.snapshots) == {"Amazon.com": None}


def rates(*stated: tuple[object, int]) -> list[str]:
    """Late shipments of 200 orders, over time frames of their own."""
    return [
        experience(f"2015-02-{i:02}", 200, metric("lateShipment", rate, count))
        for i, (rate, count) in enumerate(stated, 1)
    ]


@pytest.mark.parametrize(
    ("stated", "fractions", "says"),
    [
        ([(0.015, 3)], [0.015], ""),
        ([(1.5, 3)], [0.015], "per cent"),
        ([("1.5%", 3), ("0 %", 0)], [0.015, 0], "per cent"),
        ([(0.5, 1), (0, 0)], [0.005, 0], "per cent"),
        ([(0.35, 0)], [0.35], "Nothing in the file tells"),
        ([(35, 0)], [0.35], "per cent"),
        ([(0, 0)], [0], ""),
        # One that fits as a fraction settles it, and the other contradicts its counts.
        ([(0.015, 3), (1.5, 3)], [0.015, 1.5], "stated as 1.5"),
    ],
)
def test_per_cent_and_fractions(stated, fractions, says):
    done = read(report(*rates(*stated)))
    assert done.snapshots.rate.tolist() == fractions
    assert bool(says) == bool(done.notes)
    assert says in " ".join(done.notes)


def test_the_checklist_gives_the_status():
    done = read(
        report(
            *rates((0.015, 3)),
            "<performanceChecklist><lateShipmentRate><status>Fair</status></lateShipmentRate>",
            "<policyViolation><status>Odd</status></policyViolation><none/>",
            "</performanceChecklist>",
        )
    )
    assert done.snapshots[["metric", "status"]].values.tolist() == [
        ["late_shipment", "Fair"],
        ["policyViolation", "Odd"],
    ]
    (note,) = done.notes
    assert "status 'Odd' of policyViolation" in note


def test_what_is_neither_rate_nor_count_is_told():
    done = read(
        report(
            "<responseTimeMetrics>",
            FRAME.format("2015-01-31"),
            "<averageResponseTimeInHours>5.3</averageResponseTimeInHours></responseTimeMetrics>",
            "<returnDissatisfaction><rate>0.1</rate></returnDissatisfaction>",
            "<remark>hello</remark>",
        )
    )
    assert done.snapshots.metric.tolist() == ["returnDissatisfaction"]
    told = " ".join(done.notes)
    assert "averageResponseTimeInHours is '5.3', which is no rate" in told
    assert "not read: remark" in told
    assert "a day of the window is not stated" in told


@pytest.mark.parametrize(
    ("place", "marketplace", "name"),
    [
        ("", "Amazon.fr", "Amazon.fr"),
        ("", None, "unknown"),
        ("<marketplace>Amazon.de</marketplace>", None, "Amazon.de"),
        ("<marketplaceId>A0NEW</marketplaceId>", None, "A0NEW"),
    ],
)
def test_marketplaces(place, marketplace, name):
    done = read(report(*rates((0.015, 3)), place=place), marketplace)
    assert done.snapshots.marketplace.tolist() == [name]
    assert len(done.notes) == (name != "Amazon.de")


def test_several_reports_and_a_report_twice():
    text = report(*rates((0.015, 3)))
    inside = text[
        text.index("<sellerPerformanceReport>") : text.index("</sellerPerformanceReports")
    ]
    other = inside.replace("ATVPDKIKX0DER", "A1PA6795UKMFR9")
    done = read(f"<sellerPerformanceReports>{inside}{other}{inside}</sellerPerformanceReports>")
    assert done.snapshots.marketplace.tolist() == ["Amazon.com", "Amazon.de"]
    assert done.details["repeated"] == 1
    assert len(read(other).snapshots) == 1


def test_an_empty_report():
    done = read("<sellerPerformanceReports><sellerPerformanceReport/></sellerPerformanceReports>")
    assert (done.rows_read, done.notes[-1]) == (0, "The report has no metrics.")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("<AmazonEnvelope><a>1</a></AmazonEnvelope>", "its root element is 'AmazonEnvelope'"),
        (report()[:-20], "ends before it is complete"),
        (report().replace("</sellerPerformanceReport>", "", 1), "not valid XML"),
        (
            '<!DOCTYPE s [<!ENTITY a "1"><!ENTITY b "&a;&a;&a;&a;">]>'
            "<sellerPerformanceReports>&b;</sellerPerformanceReports>",
            "DOCTYPE",
        ),
        (
            '<!DOCTYPE s [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
            "<sellerPerformanceReports>&a;</sellerPerformanceReports>",
            "DOCTYPE",
        ),
    ],
)
def test_what_is_no_report_is_refused(text, says):
    with pytest.raises(ExportError, match=says):
        read_document(text, file="f.xml", marketplace=None)


@pytest.mark.parametrize(
    ("head", "is_one"),
    [
        ("\ufeff<sellerPerformanceReports>", True),
        ('<?xml version="1.0"?><n:sellerPerformanceReport xmlns:n="u">', True),
        ("<AmazonEnvelope>", False),
        ('{"sellerPerformanceReports": {}}', False),
        ("a,b\n<sellerPerformanceReports>", False),
    ],
)
def test_recognised_by_its_root(head, is_one):
    assert looks_like_document(head) is is_one


ODD = st.recursive(
    st.sampled_from(["", "0", "1.5", "7 %", "nan", "Good", "2015-03-01T00:00:00Z"]),
    lambda inner: st.lists(
        st.tuples(
            st.sampled_from(
                [
                    *("timeFrame", "start", "end", "orderCount", "orderWithDefects", "rate"),
                    *("count", "lateShipment", "performanceChecklist", "status", "marketplaceId"),
                    *("orderDefectMetrics", "a_z_claims", "someList"),
                ]
            ),
            inner,
        ),
        max_size=4,
    ).map(lambda parts: "".join(f"<{name}>{inside}</{name}>" for name, inside in parts)),
    max_leaves=15,
)


@settings(max_examples=100)
@given(ODD)
def test_no_report_however_odd_ends_in_a_traceback(inside):
    done = read_document(report(inside), file="f.xml", marketplace=None)
    assert done.rows_read == done.rows_kept == len(done.snapshots) + done.details["repeated"]
