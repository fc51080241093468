"""One date alone: what it states for certain, and what it leaves open."""

from __future__ import annotations

from datetime import date

import pytest

from odr_analysis.exports.text.date_forms import Fixed, Open, day_form, looks_like_day, pattern_of


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("2026-09-30T23:30:00+00:00", "y-m-d"),
        ("20260930", "yyyymmdd"),
        ("30-Sep-2026", "d-mon-y"),
        ("Sept 30, 2026", "mon d, y"),
        ("30. września 2026", "d mon y"),
        ("2026年9月30日", "y年m月d日"),
        ("46295", "serial"),
    ],
)
def test_forms_that_leave_no_doubt(text, pattern):
    assert day_form(text) == Fixed(date(2026, 9, 30), day_form(text).order, pattern)


def test_an_offset_moves_a_day_to_that_of_utc():
    assert day_form("2026-09-30T23:30:00-07:00").day == date(2026, 10, 1)
    assert day_form("2026-09-30 23:30 PDT").day == date(2026, 10, 1)
    assert day_form("2026-09-30 23:30").day == date(2026, 9, 30), "its own day without a zone"


def test_three_numbers_are_open():
    form = day_form("4/5/26")
    assert isinstance(form, Open)
    assert [form.read(order) for order in ("mdy", "dmy")] == [date(2026, 4, 5), date(2026, 5, 4)]
    assert form.read("ymd") is None, "a year has two or four digits"
    assert day_form("26/04/05").read("ymd") == date(2026, 4, 5)
    assert day_form("4/31/26").read("mdy") is None, "April has 30 days"


@pytest.mark.parametrize("text", ["", "soon", "99999", "2026-13-01", "1990-01-01", "12", "9:30"])
def test_what_is_not_a_day(text):
    assert day_form(text) is None
    assert not looks_like_day(text)


def test_a_day_fits_in_some_order_or_in_none():
    assert looks_like_day("31/12/26")
    assert not looks_like_day("31/31/26")
    assert pattern_of("dmy", ".") == "d.m.y"
