"""Today in UTC, and days that have begun somewhere on Earth."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from odr_analysis import clock
from odr_analysis.days import FIRST_DAY
from odr_analysis.errors import ParameterError


def test_today_is_that_of_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    late_in_new_york = datetime(2026, 9, 30, 23, tzinfo=timezone(timedelta(hours=-4)))

    class Frozen:
        @staticmethod
        def now(zone: object) -> datetime:
            assert zone is UTC
            return late_in_new_york.astimezone(UTC)

    monkeypatch.setattr(clock, "datetime", Frozen)
    assert clock.today() == date(2026, 10, 1)


def test_a_day_that_has_begun_somewhere_is_past() -> None:
    now = date(2026, 9, 30)
    clock.check_past(now, "as_of", now)
    clock.check_past(date(2026, 10, 1), "as_of", now)
    with pytest.raises(ParameterError, match=r"as_of 2026-10-02 is after today \(2026-09-30\)"):
        clock.check_past(date(2026, 10, 2), "as_of", now)


def test_no_day_is_before_there_was_a_marketplace() -> None:
    now = date(2026, 9, 30)
    clock.check_past(FIRST_DAY, "as_of", now)
    for day in (FIRST_DAY - timedelta(days=1), date.min):
        with pytest.raises(ParameterError, match=f"as_of {day} is before Amazon's marketplace"):
            clock.check_past(day, "as_of", now)


def test_the_time_zone_of_this_computer(monkeypatch):
    monkeypatch.setenv("TZ", ":Asia/Tokyo")
    assert clock.zone() == "Asia/Tokyo"
    monkeypatch.delenv("TZ")
    monkeypatch.setattr(clock.os.path, "realpath", lambda _: "/usr/share/zoneinfo/Europe/Berlin")
    assert clock.zone() == "Europe/Berlin"
    monkeypatch.setattr(clock.os.path, "realpath", lambda _: "/etc/localtime")
    monkeypatch.setattr(clock.os.path, "exists", lambda _: False)
    with pytest.raises(ParameterError, match="does not name its time zone"):
        clock.zone()
