"""What the two performance reports share: values read, and rows counted."""

from __future__ import annotations

from datetime import date

import pytest

from odr_analysis.exports.performance.rows import Rows
from odr_analysis.exports.text.json_xml import Placed
from odr_analysis.faults import NOT_A_METRIC


def rows():
    return Rows("f.json", "seller-performance", "Amazon.de")


@pytest.mark.parametrize(
    ("value", "number"),
    [(3, 3), ("1,234", 1234), ("0.5", 0.5), ("", None), (None, None), (True, None), ("x", None)],
)
def test_numbers(value, number):
    assert rows().number(value, "n") == number


def test_a_value_that_cannot_be_used_is_noted():
    found = rows()
    assert found.number(float("inf"), "Rate") is None
    assert found.number(10**40, "Rate") is None
    assert len(found.notes) == 2
    assert all(note.startswith("Rate: ") for note in found.notes)


def test_equal_rows_count_once_and_every_row_is_accounted_for():
    found = rows()
    found.add({"metric": "late_shipment", "marketplace": "Amazon.de", "n_total": 5}, 2)
    found.add({"metric": "late_shipment", "marketplace": "Amazon.de", "n_total": 5}, 9)
    found.tally.drop(NOT_A_METRIC, 11)
    done = found.done(locale="y-m-d")
    assert (done.rows_read, done.rows_kept, done.rows_dropped) == (3, 2, {"not a metric": 1})
    assert done.snapshots.line.tolist() == [2]
    assert done.details["repeated"] == 1


def test_stores_are_named_and_unknown_ones_kept():
    found = rows()
    assert found.sales_channel("A1PA6795UKMFR9") == "Amazon.de"
    assert found.sales_channel("nobody's") == "nobody's"
    assert found.sales_channel(None) == "Amazon.de"


def test_a_field_given_twice_is_noted():
    block = Placed({"a": 2})
    block.line, block.doubled = 7, ("a",)
    found = rows()
    found.doubled(block)
    assert found.notes == ["The object on line 7 has the field 'a' twice; the last one is read."]


def test_days_of_a_window():
    found = rows().days(("2026-05-01T00:00:00Z", "2026-05-30T23:59:59Z"), "Rate")
    assert (found["from_on"], found["to_on"]) == (date(2026, 5, 1), date(2026, 5, 30))
