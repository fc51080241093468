"""Scenarios as data: what a seller could do from now on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from odr_analysis.errors import ParameterError

MOST_PER_DAY = 10_000_000
MOST_DAYS = 3_660
"""Bounds that catch a slip of the keyboard before it becomes a huge array."""


@dataclass(frozen=True)
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
    extra_defect_rate : float
        Share of the extra orders that become defective, a fraction 0-1.
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

    extra_orders_per_day: int = 0
    start: date | None = None
    days: int = 0
    extra_defect_rate: float = 0.0
    removed_feedback: frozenset[str] = frozenset()
    marketplace: str | None = None
    channel: str | None = None

    def __post_init__(self) -> None:
        def check(ok: bool, what: str) -> None:
            if not ok:
                raise ParameterError(f"scenario: {what}")

        for name, most in (("extra_orders_per_day", MOST_PER_DAY), ("days", MOST_DAYS)):
            value = getattr(self, name)
            check(
                type(value) is int and 0 <= value <= most,
                f"{name} must be a whole number from 0 to {most:,}, got {value!r}.",
            )
        # A datetime is a date too, but compares with none.
        check(
            self.start is None
            or (isinstance(self.start, date) and not isinstance(self.start, datetime)),
            f"start must be a date or None, got {self.start!r}.",
        )
        rate = self.extra_defect_rate
        check(
            isinstance(rate, (int, float)) and not isinstance(rate, bool) and 0 <= rate <= 1,
            f"extra_defect_rate must be a fraction between 0 and 1, got {rate!r}.",
        )
        ids = self.removed_feedback
        check(
            not isinstance(ids, str) and all(isinstance(i, str) for i in ids),
            f"removed_feedback must be a set of order ids, got {ids!r}.",
        )
        # Lists are what notebooks have at hand; equal scenarios stay equal.
        object.__setattr__(self, "removed_feedback", frozenset(ids))
        for name in ("marketplace", "channel"):
            value = getattr(self, name)
            check(
                value is None or isinstance(value, str),
                f"{name} must be text or None, got {value!r}.",
            )

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
        return replace(self, **changes)

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
