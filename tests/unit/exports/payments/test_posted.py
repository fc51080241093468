"""Days on which money moved."""

from __future__ import annotations

from datetime import date

import pandas as pd

from odr_analysis.exports.payments.posted import MONEY_SHOWS, carried, posted_days
from odr_analysis.receipt import PARTIAL


def days_of(*values, hint=None):
    return posted_days(values, order_hint=hint, file="f", column="posted")


def test_minutes_never_move_a_day():
    days = days_of("01.08.2026 00:12:34 UTC", "01.08.2026 23:59:59 UTC", "2.8.2026 9:30:00 UTC")
    assert {d.date() for d in days.day_of.values()} == {date(2026, 8, 1), date(2026, 8, 2)}
    assert days.latest == date(2026, 8, 2)


def test_a_zone_moves_a_day_to_that_of_utc_and_one_nobody_knows_does_not():
    assert days_of("Aug 1, 2026 11:30:00 PM PDT").latest == date(2026, 8, 2)
    odd = days_of("Aug 1, 2026 11:30:00 PM XYZ")
    assert odd.latest == date(2026, 8, 1)
    assert "the zone of times such as" in odd.notes[-1]


def test_what_cannot_be_read_is_none_and_empty_ones_are_left_out():
    days = days_of("soon", "", "2026-08-01")
    assert days.day_of == {"soon": None, "2026-08-01": pd.Timestamp("2026-08-01")}


def test_empty_days_are_those_of_the_row_before_in_the_same_settlement():
    assert carried(["", "1", "", ""], ["a", "a", "a", "b"]) == ["", "1", "1", ""]


def test_what_a_file_of_money_covers():
    days = days_of("2026-08-01", "2026-08-03")
    rows = days.covers(["2026-08-01", "2026-08-03", ""])
    assert [c.component for c in rows] == list(MONEY_SHOWS)
    assert {(c.first, c.last, c.n, c.grade) for c in rows} == {
        (date(2026, 8, 1), date(2026, 8, 3), 2, PARTIAL)
    }
    span = (date(2026, 7, 1), date(2026, 7, 14))
    stated = days.covers([], store="Amazon.de", stated=(span,))
    assert {(c.first, c.last, c.stated, c.store) for c in stated} == {(*span, True, "Amazon.de")}
