"""Days as users give them, and what today decides: no file knows of a later day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from odr_analysis.errors import ParameterError

ONE_DAY = timedelta(days=1)
"""A store's day begins up to a day before or after that of UTC."""


FIRST_DAY = date(2000, 11, 1)
"""No rate is of an earlier day: Amazon's marketplace opened in this month."""


def check_first(day: date, name: str) -> None:
    """See that a day somebody asks for is not before Amazon's marketplace opened.

    Raises
    ------
    ParameterError
        It is earlier.

    Examples
    --------
    >>> check_first(date(1999, 9, 30), "as_of")
    Traceback (most recent call last):
    odr_analysis.errors.ParameterError: as_of 1999-09-30 is before Amazon's marketplace \
opened (November 2000). Write the day like 2026-09-30.
    """
    if day < FIRST_DAY:
        raise ParameterError(
            f"{name} {day} is before Amazon's marketplace opened (November 2000). Write the day "
            "like 2026-09-30."
        )


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


def believable(today: date | None, first_order: str | None) -> date | None:
    """`today`, or None where it lies before the first order, so that the clock must be wrong.

    >>> believable(date(2026, 5, 1), "2026-04-01T10:00:00"), believable(date(2020, 1, 1), "2026")
    (datetime.date(2026, 5, 1), None)
    """
    if today is None or (first_order is not None and today.isoformat() < first_order[:10]):
        return None
    return today


def report_day(
    known_to: date, first_order: str | None, today: date | None
) -> tuple[date, str | None]:
    """The day a report is of, `known_to` unless that is still to come, and what to say of it.

    >>> report_day(date(2026, 12, 9), "2026-04-01T10:00:00", date(2026, 9, 20))[0]
    datetime.date(2026, 9, 20)
    """
    if today is None or known_to <= today + ONE_DAY:
        return known_to, None
    known = f"The files have days up to {known_to}, and today is {today}"
    if believable(today, first_order) is None:
        note = f"{known}, before their first order: the clock of this computer is not used."
        return known_to, note
    return today, (
        f"{known}: the report is of today. Check how the dates of the order exports are written, "
        "and the clock of this computer."
    )
