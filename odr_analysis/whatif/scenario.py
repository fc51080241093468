"""Scenarios as data: what a seller could do from now on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import attrs

from odr_analysis import fields
from odr_analysis.errors import ParameterError
from odr_analysis.fields import KINDS, Kind, field

MOST_PER_DAY = 10_000_000
MOST_DAYS = 3_660
"""Bounds that catch a slip of the keyboard before it becomes a huge array."""


def _up_to(most: int) -> Kind:
    def whole(value: Any) -> int:
        n: int = KINDS[int].of(value)
        return _kept(n, 0 <= n <= most)

    return Kind(f"a whole number from 0 to {most:,}", whole, int)


def _kept(value: Any, fits: bool) -> Any:
    if not fits:
        raise ValueError
    return value


def _day(value: Any) -> date | None:
    # A datetime is a date too, but compares with none.
    fits = isinstance(value, date) and not isinstance(value, datetime)
    found: date | None = _kept(value, value is None or fits)
    return found


def _share(value: Any) -> float | None:
    share = None if value is None else KINDS[float].of(value)
    found: float | None = _kept(share, share is None or 0 <= share <= 1)
    return found


def _order_ids(value: Any) -> frozenset[str]:
    """Lists are what notebooks have at hand; equal scenarios stay equal."""
    ids = frozenset(_kept(value, not isinstance(value, str)))
    return frozenset(_kept(ids, all(map(_is_text, ids))))


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


FRACTION = Kind("a fraction between 0 and 1 or None", _share, float)
DAY = Kind("a date or None", _day, date.fromisoformat)
ORDER_IDS = Kind("a set of order ids", _order_ids)
NAME = Kind("text or None", lambda value: _kept(value, value is None or _is_text(value)))


@attrs.frozen
class Scenario:
    """Extra orders and feedback removed: what the seller could do from now on.

    Attributes
    ----------
    extra_orders_per_day : int
        Orders placed each day on top of the ordinary ones.
    start : datetime.date, optional
        First day with extra orders; None is the day after ``as_of``.
    days : int
        For how many days extra orders are placed; 0 is none.
    extra_defect_rate : float or None
        Share of the extra orders that is defective once all reports are in, a fraction 0-1; None
        for as many as of ordinary orders, which is not known but estimated.
    removed_feedback : frozenset of str
        Order ids whose negative feedback is taken away, on ``as_of``.
    marketplace, channel : str, optional
        The series the extra orders go to; None is the largest seller-fulfilled one
        (the largest of all when nothing is seller-fulfilled).

    Raises
    ------
    ParameterError
        A number is negative, too large or of the wrong type.

    Examples
    --------
    >>> from datetime import date
    >>> sale = Scenario(extra_orders_per_day=20, start=date(2026, 10, 1), days=30)
    >>> sale.n_extra, sale.last_day(as_of=date(2026, 9, 30))
    (600, datetime.date(2026, 10, 30))
    >>> Scenario(days=-1)
    Traceback (most recent call last):
    odr_analysis.errors.ParameterError: scenario: days must be a whole number from 0 to 3,660, \
got -1.
    """

    extra_orders_per_day: int = field(0, kind=_up_to(MOST_PER_DAY))
    start: date | None = field(None, kind=DAY)
    days: int = field(0, kind=_up_to(MOST_DAYS))
    extra_defect_rate: float | None = field(0.0, kind=FRACTION)
    removed_feedback: frozenset[str] = field(frozenset(), kind=ORDER_IDS)
    marketplace: str | None = field(None, kind=NAME)
    channel: str | None = field(None, kind=NAME)

    @property
    def n_extra(self) -> int:
        """Extra orders in all, whenever they count."""
        return self.extra_orders_per_day * self.days

    def first_day(self, as_of: date) -> date:
        """First day with extra orders."""
        return self.start or as_of + timedelta(days=1)

    def last_day(self, as_of: date) -> date:
        """Last day with extra orders; the day before the first when there are none."""
        return self.first_day(as_of) + timedelta(days=self.days - 1)

    def with_changes(self, **changes: Any) -> Scenario:
        """A new scenario with some fields replaced."""
        return fields.changed(self, changes)

    def target_series(self, size: Mapping[tuple[str, str], int]) -> tuple[str, str] | None:
        """Marketplace and channel the extra orders go to; None for an account without orders.

        Parameters
        ----------
        size : mapping
            Orders of each (marketplace, channel) of the account, in the order of
            ``account.series``.

        Raises
        ------
        ParameterError
            The account has no such marketplace or channel; the message lists those it has.

        Examples
        --------
        >>> size = {("Amazon.de", "afn"): 900, ("Amazon.de", "mfn"): 50, ("Amazon.fr", "mfn"): 70}
        >>> Scenario().target_series(size), Scenario(marketplace="Amazon.de").target_series(size)
        (('Amazon.fr', 'mfn'), ('Amazon.de', 'mfn'))
        """
        if not size and self.marketplace is None and self.channel is None:
            return None
        fits = [
            (m, c) for m, c in size if self.marketplace in (None, m) and self.channel in (None, c)
        ]
        if not fits:
            have = "; ".join(f"{m}, {c}" for m, c in size) or "none"
            raise ParameterError(
                f"scenario: no orders of marketplace {self.marketplace or 'any'}, channel "
                f"{self.channel or 'any'} in this account. It has: {have}."
            )
        # max keeps the first of equals, and the series have a fixed order.
        return max([s for s in fits if s[1] == "mfn"] or fits, key=lambda s: size[s])
