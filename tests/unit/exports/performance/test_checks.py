"""What the metrics of a performance report state against each other."""

from __future__ import annotations

from datetime import date

import pytest

from odr_analysis import terms
from odr_analysis.exports.performance.checks import (
    OLD_KIND,
    agrees,
    contradictions,
    days_told,
    disagreements,
    name_of,
    stated_twice,
)


def row(**given):
    return (
        dict.fromkeys(terms.SNAPSHOT_COLUMNS)
        | {"marketplace": "Amazon.de", "metric": "order_defects", "channel": "", "line": 1}
        | given
    )


@pytest.mark.parametrize(
    ("given", "start"),
    [
        ({"n_total": 10, "n_bad": 11}, "11 orders with defects of 10 orders cannot be"),
        ({"n_total": 0, "rate": 0.1}, "the rate is stated as 0.1, but there are no orders"),
        ({"n_total": 100, "n_bad": 1, "rate": 0.02}, "the rate is stated as 0.02, but 1 order"),
        ({"n_total": 10, "rate": 1.5}, "the rate is stated as 1.5, which is no fraction"),
        ({"n_bad": 1, "n_claim": 2}, "2 orders with a "),
        ({"from_on": date(2026, 5, 2), "to_on": date(2026, 5, 1)}, "the window "),
        ({"from_on": date(2026, 5, 1), "to_on": date(2026, 5, 30)}, "the window "),
        ({"status": "FINE"}, "the status 'FINE' is none of "),
    ],
)
def test_what_cannot_be_true_together(given, start):
    (sentence,) = contradictions(row(**given))
    assert sentence.startswith(f"{name_of(row())}: {start}")


def test_kinds_of_defect_may_overlap_and_must_not_fall_short():
    kinds = {"n_feedback": 2, "n_claim": 2, "n_chargeback": 1}
    assert "at least 1 order has more than one kind" in contradictions(row(n_bad=4, **kinds))[0]
    assert contradictions(row(n_bad=5, **kinds)) == []
    assert "fewer than the 6" in contradictions(row(n_bad=6, **kinds))[0]


def test_a_rate_is_compared_to_its_digits():
    assert agrees(0.0123, 123, 10_000)
    assert agrees(0.012, 121, 10_000), "to four digits at least: 0.0121 is 0.012"
    assert not agrees(0.0125, 123, 10_000)


def test_the_day_of_a_report_by_the_ends_of_its_windows():
    odr = row(from_on=date(2026, 7, 18), to_on=date(2026, 9, 15))
    late = row(metric="late_shipment", from_on=date(2026, 9, 1), to_on=date(2026, 9, 30))
    assert days_told([odr, late]) == {
        "Amazon.de": {date(2026, 9, 30): ["order_defects", "late_shipment"]}
    }
    assert disagreements([odr, late]) == []
    later = late | {"from_on": date(2026, 9, 2), "to_on": date(2026, 10, 1)}
    assert "tell different days" in disagreements([odr, later])[0]
    assert days_told([odr | {"source": OLD_KIND}]) == {"Amazon.de": {}}


def test_a_metric_stated_twice():
    one, two = row(n_bad=1, line=3), row(n_bad=2, line=9)
    (note,) = stated_twice([one, two])
    assert "stated 2 times" in note
    assert "n_bad 2 (line 9)" in note
    assert stated_twice([one]) == []
