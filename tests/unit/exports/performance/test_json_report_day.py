"""The day a report is of, by its windows."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from odr_analysis.exports.performance.json_report import (
    KIND,
    snapshot_day,
)
from tests.unit.exports.performance.made_report import (
    de,
    late,
    odr,
    read,
    report,
)


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
