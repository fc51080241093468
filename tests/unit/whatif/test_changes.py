from __future__ import annotations

from datetime import date, datetime

import pytest

from odr_analysis.errors import ParameterError
from odr_analysis.whatif import DefectRate, MoreOrders, NewDefect, Removed, Sales
from odr_analysis.whatif.changes import CHANGES, quality_of

AS_OF = date(2026, 9, 30)


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        (MoreOrders, "per_day", -1),
        (MoreOrders, "per_day", 2.0),
        (MoreOrders, "per_day", True),
        (MoreOrders, "per_day", 10**9),
        (MoreOrders, "days", -1),
        (MoreOrders, "days", 10_000),
        (MoreOrders, "start", "2026-10-01"),
        (MoreOrders, "start", datetime(2026, 10, 1)),  # noqa: DTZ001 - naive is the case tested
        (MoreOrders, "defect_rate", 1.1),
        (MoreOrders, "defect_rate", -0.1),
        (MoreOrders, "defect_rate", float("nan")),
        (MoreOrders, "defect_rate", "0.1"),
        (MoreOrders, "weekdays", (1, 2)),
        (MoreOrders, "weekdays", (0,) * 7),
        (MoreOrders, "weekdays", (1, 1, 1, 1, 1, 1, -1)),
        (MoreOrders, "weekdays", "1111111"),
        (MoreOrders, "marketplace", 3),
        (MoreOrders, "channel", ""),
        (Sales, "factor", -0.1),
        (Sales, "factor", float("nan")),
        (Sales, "factor", 1_000),
        (DefectRate, "factor", None),
        (DefectRate, "products", "SKU-1"),
        (Removed, "orders", "302-1234567-1234567"),
        (Removed, "orders", [1]),
        (Removed, "component", "return"),
        (Removed, "probability", 1.5),
        (Removed, "on", "tomorrow"),
        (NewDefect, "probability", -1),
        (NewDefect, "n", 0),
        (NewDefect, "component", "odr"),
    ],
)
def test_bad_values_name_the_field(kind, field, value):
    name = next(name for name, its in CHANGES.items() if its is kind)
    with pytest.raises(ParameterError, match=f"^{name}: {field} must be"):
        kind(**{field: value})


def test_an_order_listed_twice_is_refused():
    with pytest.raises(ParameterError, match="'a' is listed twice"):
        Removed(["a", "b", "a"])


def test_a_new_defect_is_of_an_order_or_of_a_day():
    with pytest.raises(ParameterError, match="one of them"):
        NewDefect()
    with pytest.raises(ParameterError, match="not both"):
        NewDefect("a", ordered_on=AS_OF)
    with pytest.raises(ParameterError, match="can only be defective once, got n=2"):
        NewDefect("a", n=2)


def test_first_and_last_day():
    assert MoreOrders(1).first_day(AS_OF) == date(2026, 10, 1)
    assert MoreOrders(1).last_day(AS_OF) is None
    assert MoreOrders(1, days=2).last_day(AS_OF) == date(2026, 10, 2)
    assert MoreOrders(1, days=0).last_day(AS_OF) == AS_OF
    assert Sales(0, start=date(2026, 11, 1), days=1).last_day(AS_OF) == date(2026, 11, 1)
    assert Removed(["a"]).first_day(AS_OF) == AS_OF
    assert NewDefect("a").first_day(AS_OF) == date(2026, 10, 1)


def test_quality_in_words():
    assert [quality_of(text) for text in ("as usual", "clean", "0.02", "0")] == [None, 0.0, 0.02, 0]
    for wrong in ("good", "2", "-0.1", "nan", ""):
        with pytest.raises(ParameterError, match="quality must be 'as usual' or 'clean' or a frac"):
            quality_of(wrong)
