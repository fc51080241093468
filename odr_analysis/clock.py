"""Today, asked for on the floor of commands and reports alone, and passed down from there."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta

from odr_analysis.days import check_first
from odr_analysis.errors import ParameterError


def today() -> date:
    """The day by this computer's clock, in UTC; for ``load_account(..., today=today())``.

    Examples
    --------
    >>> today() >= date(2026, 1, 1)
    True
    """
    return datetime.now(UTC).date()


def zone() -> str:
    """The name of this computer's time zone, such as ``Europe/Berlin``.

    Raises
    ------
    ParameterError
        The system does not name it.
    """
    if named := os.environ.get("TZ", "").removeprefix(":"):
        return named
    place = os.path.realpath("/etc/localtime")
    _, folder, name = place.partition("zoneinfo/")
    if folder:
        return name
    if os.path.exists("/etc/timezone"):
        with open("/etc/timezone", encoding="utf-8") as file:
            return file.read().strip()
    raise ParameterError(
        "this computer does not name its time zone. Name it yourself, e.g. Europe/Berlin or UTC."
    )


def check_past(day: date, name: str, now: date) -> None:
    """See that a day has begun somewhere on Earth, and not before there was a marketplace.

    Raises
    ------
    ParameterError
        It is still to come: what a file does not show of it may yet happen. Or it is before
        ``days.FIRST_DAY``.

    Examples
    --------
    >>> check_past(date(2026, 9, 30), "as_of", date(2026, 10, 1))
    """
    check_first(day, name)
    if day > now + timedelta(days=1):
        raise ParameterError(
            f"{name} {day} is after today ({now}): defects of that day cannot be known yet. "
            "Name a day up to today; the report's days ahead show what leaves the window when."
        )
