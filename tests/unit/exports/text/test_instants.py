"""Times of order exports: what is read, what is refused, and the blanks around a cell."""

from __future__ import annotations

import re

import pytest

from odr_analysis.exports.text.instants import BLANKS, ISO, read_instant, trimmed


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-05-01T10:00:00+00:00", "2026-05-01T10:00:00"),
        ("2026/5/1 10:00", "2026-05-01T10:00:00"),
        ("2026-05-01T00:30:00+02:00", "2026-04-30T22:30:00"),
        ("2026-05-01 24:00:00", "2026-05-02T00:00:00"),
        ("2026-06-30T23:59:60Z", "2026-07-01T00:00:00"),
        ("2026-01-01 00:00 America/Los_Angeles", "2026-01-01T08:00:00"),
    ],
)
def test_times_in_utc(text, utc):
    assert read_instant(text) == utc


@pytest.mark.parametrize(
    "text", ["2026-05-01", "2026-05-01T25:00", "2026-02-30T10:00", "2026-05-01T10:00 IST", "x"]
)
def test_no_such_time(text):
    assert read_instant(text) == ""


def test_the_form_both_roads_read_alike():
    assert re.match(ISO, "2026-05-01T10:00:00+00:00")
    assert re.match(ISO, "2026-05-01 10:00")
    for other in ("2026-05-01", "1994-05-01T10:00", "2026-05-01T10:00 PST", "2026-05-01T10:00-08"):
        assert not re.match(ISO, other), other


def test_blanks_of_every_kind_go_and_those_inside_stay():
    assert trimmed(f"{BLANKS}a\u200bb{BLANKS}") == "a\u200bb"
