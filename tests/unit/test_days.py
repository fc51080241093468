"""Days as users give them, and what today decides."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from odr_analysis.days import believable, day_of, report_day
from odr_analysis.errors import ParameterError

TODAY, FIRST = date(2026, 9, 30), "2026-04-01T10:00:00"


@pytest.mark.parametrize(
    "given",
    ["2026-09-30", "20260930", TODAY, datetime(2026, 9, 30, 23)],  # noqa: DTZ001
)
def test_a_day_may_be_given_as_text_day_or_time(given: date | str) -> None:
    found = day_of(given, "as_of")
    assert (found, type(found)) == (TODAY, date)


@pytest.mark.parametrize("given", ["soon", "2026-02-30", "30.09.2026", None, 20260930])
def test_what_is_no_day_is_refused_by_name(given: object) -> None:
    with pytest.raises(ParameterError, match=r"^as_of=.* is no date; write it like 2026-09-30"):
        day_of(given, "as_of")  # type: ignore[arg-type]


def test_a_clock_before_the_first_order_is_wrong() -> None:
    assert believable(TODAY, FIRST) == believable(TODAY, None) == TODAY
    assert believable(date(2026, 4, 1), FIRST) == date(2026, 4, 1), "the day of the first order"
    assert believable(date(2026, 3, 31), FIRST) is None
    assert believable(None, FIRST) is None


@pytest.mark.parametrize(
    ("known_to", "today", "day", "note"),
    [
        (date(2026, 9, 1), TODAY, date(2026, 9, 1), None),
        (date(2026, 10, 1), TODAY, date(2026, 10, 1), None),  # a store's day begins a day earlier
        (date(2026, 10, 2), TODAY, TODAY, "the report is of today"),
        (date(2026, 10, 2), date(2026, 3, 1), date(2026, 10, 2), "is not used"),
        (date(2026, 10, 2), None, date(2026, 10, 2), None),
    ],
)
def test_no_report_is_of_a_day_to_come(
    known_to: date, today: date | None, day: date, note: str | None
) -> None:
    found, said = report_day(known_to, FIRST, today)
    assert found == day
    assert (said is None) if note is None else (note in str(said))
