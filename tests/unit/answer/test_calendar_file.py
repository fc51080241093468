"""The days ahead as a calendar: what leaves and enters, and when a rate would be under."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from odr_analysis.answer.calendar_file import MOST_ORDERS, to_ics
from odr_analysis.errors import ParameterError
from tests.oracle import make_account
from tests.unit.answer.made import STORE, TODAY, account


def events(account: Any, **more: Any) -> dict[date, list[str]]:
    found: dict[date, list[str]] = {}
    for event in Calendar.from_ical(to_ics(account, **more)).walk("VEVENT"):
        assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(days=1)
        found.setdefault(event.decoded("dtstart"), []).append(str(event["summary"]))
    return found


def test_a_defect_leaves_the_day_after_it_last_counts_and_enters_on_its_15th_day() -> None:
    # a-0 was placed on 18 Jul and last counts on 30 Sep; the young one of 20 Sep enters 5 Oct.
    rows = [(f"a-{i}", date(2026, 7, 18 + i), *STORE) for i in range(5)]
    rows.append(("young", date(2026, 9, 20), *STORE))
    defects = [("a-0", "claim", None), ("young", "feedback", TODAY)]
    found = events(make_account(rows, defects, known_to=TODAY))
    assert found[date(2026, 10, 1)] == [
        "1 defective order leaves the ODR window (Seller-fulfilled)"
    ]
    assert found[date(2026, 10, 5)] == [
        "1 defective order enters the ODR window (Seller-fulfilled)"
    ]


def test_orders_of_one_day_are_one_event_that_names_the_first_of_them() -> None:
    n = MOST_ORDERS + 3
    rows = [(f"a-{i:02}", date(2026, 7, 20), *STORE) for i in range(n)]
    made = make_account(rows, [(f"a-{i:02}", "claim", None) for i in range(n)], known_to=TODAY)
    (event,) = Calendar.from_ical(to_ics(made)).walk("VEVENT")
    assert str(event["summary"]).startswith(f"{n} defective orders leave")
    lines = str(event["description"]).splitlines()
    assert len(lines) == MOST_ORDERS + 1
    assert lines[0] == "a-00: A-to-z claim"
    assert lines[-1] == "and 3 more"


def test_nothing_to_come_is_an_empty_calendar_and_the_same_bytes_each_time() -> None:
    made = account(100, [])
    assert events(made) == {}
    assert to_ics(made) == to_ics(made)


def test_a_horizon_ends_the_file() -> None:
    made = account(100, [("a-0", "claim", None), ("a-50", "claim", None)])
    assert list(events(made, horizon_days=1)) == [date(2026, 10, 1)]
    with pytest.raises(ParameterError, match="horizon_days"):
        to_ics(made, horizon_days=-1)
