"""Days of a synthetic seller: numbers, counted from 1970-01-01."""

from __future__ import annotations

from datetime import date, timedelta

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def as_date(day: int) -> date:
    """The date `day` days after 1970-01-01."""
    return date(1970, 1, 1) + timedelta(days=day)
