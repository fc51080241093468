"""Days as users give them."""

from __future__ import annotations

from datetime import date, datetime

from odr_analysis.errors import ParameterError


def day_of(day: date | str, name: str) -> date:
    """A day as given by a user.

    Raises
    ------
    ParameterError
        `day` is none.
    """
    try:
        found = day if isinstance(day, date) else date.fromisoformat(day)
    except (TypeError, ValueError) as error:
        raise ParameterError(f"{name}={day!r} is no date; write it like 2026-09-30.") from error
    return found.date() if isinstance(found, datetime) else found
