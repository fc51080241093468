from __future__ import annotations

from datetime import date, datetime

import pytest
from attrs.exceptions import FrozenInstanceError

from odr_analysis.errors import ParameterError
from odr_analysis.whatif import Scenario


def test_frozen_and_equal_by_value():
    a = Scenario(removed_feedback=frozenset({"1", "2"}))
    b = Scenario(removed_feedback=["2", "1", "1"])
    assert a == b
    assert hash(a) == hash(b)
    assert Scenario(removed_feedback=(order_id for order_id in ("1", "2"))) == a
    with pytest.raises(FrozenInstanceError):
        a.days = 3


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("extra_orders_per_day", -1),
        ("extra_orders_per_day", 2.0),
        ("extra_orders_per_day", True),
        ("extra_orders_per_day", 10**9),
        ("days", -1),
        ("days", 10_000),
        ("start", "2026-10-01"),
        ("start", datetime(2026, 10, 1)),  # noqa: DTZ001 - a naive datetime is the case tested
        ("extra_defect_rate", 1.1),
        ("extra_defect_rate", -0.1),
        ("extra_defect_rate", float("nan")),
        ("extra_defect_rate", "0.1"),
        ("removed_feedback", "302-1234567-1234567"),
        ("removed_feedback", [1]),
        ("marketplace", 3),
        ("channel", 3),
    ],
)
def test_bad_values_name_the_field(field, value):
    with pytest.raises(ParameterError, match=f"scenario: {field} must be"):
        Scenario(**{field: value})


def test_days_with_extra_orders():
    as_of = date(2026, 9, 30)
    assert Scenario(days=2).first_day(as_of) == date(2026, 10, 1)
    assert Scenario(days=2).last_day(as_of) == date(2026, 10, 2)
    assert Scenario().last_day(as_of) == as_of
    assert Scenario(extra_orders_per_day=7, days=3).n_extra == 21
    assert Scenario(days=3).with_changes(days=4) == Scenario(days=4)


def test_an_unknown_field_is_named_with_the_nearest():
    with pytest.raises(ParameterError, match="unknown field 'day'; did you mean 'days'"):
        Scenario().with_changes(day=3)
