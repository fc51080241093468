"""What a seller may do, or may happen, from a day on: the parts of a scenario."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import attrs

from odr_analysis import fields, terms
from odr_analysis.errors import ParameterError
from odr_analysis.fields import KINDS, Kind, field

MOST_PER_DAY = 10_000_000
MOST_DAYS = 3_660
"""Bounds that catch a slip of the keyboard before it becomes a huge array."""
MOST_TIMES = 100

Pair = tuple[str, str]
"""Marketplace and channel."""


def _kept(value: Any, fits: bool) -> Any:
    if not fits:
        raise ValueError
    return value


def number(name: str, least: float, most: float, *, whole: bool = False) -> Kind:
    def of(value: Any) -> Any:
        found = KINDS[int if whole else float].of(value)
        return _kept(found, least <= found <= most)

    return Kind(name, of, int if whole else float)


def or_none(kind: Kind) -> Kind:
    def of(value: Any) -> Any:
        return None if value is None else kind.of(value)

    return Kind(f"{kind.name} or None", of, kind.of_text)


def _day(value: Any) -> date:
    # A datetime is a date too, but compares with none.
    day: date = _kept(value, isinstance(value, date) and not isinstance(value, datetime))
    return day


def _texts(value: Any) -> frozenset[str]:
    """Lists are what notebooks and files have at hand; equal changes stay equal."""
    listed = list(_kept(value, not isinstance(value, str)))
    found: frozenset[str] = frozenset(
        _kept(listed, all(isinstance(each, str) and each for each in listed))
    )
    if len(found) < len(listed):
        twice = next(each for each in listed if listed.count(each) > 1)
        raise ParameterError(f"scenario: {twice!r} is listed twice.")
    return found


def _weights(value: Any) -> tuple[float, ...]:
    found = tuple(KINDS[float].of(each) for each in _kept(value, not isinstance(value, str)))
    fits = len(found) == 7 and min(found) >= 0 and 0 < sum(found) < float("inf")
    weights: tuple[float, ...] = _kept(found, fits)
    return weights


PER_DAY = number(f"a whole number from 0 to {MOST_PER_DAY:,}", 0, MOST_PER_DAY, whole=True)
LENGTH = or_none(number(f"a whole number from 0 to {MOST_DAYS:,}", 0, MOST_DAYS, whole=True))
FRACTION = number("a fraction between 0 and 1", 0, 1)
TIMES = number(f"a number from 0 to {MOST_TIMES}", 0, MOST_TIMES)
DAY = or_none(Kind("a date", _day, date.fromisoformat))
NAME = or_none(Kind("text", lambda value: _kept(value, isinstance(value, str) and value != "")))
IDS = Kind("a list of texts", _texts)
WEIGHTS = or_none(Kind("seven numbers of 0 or more, Monday first, not all 0", _weights))
COMPONENT = Kind(
    f"one of {', '.join(terms.COMPONENTS)}", lambda value: _kept(value, value in terms.COMPONENTS)
)


@attrs.frozen(kw_only=True)
class Span:
    """From a day on, for so many days, of some marketplaces and channels."""

    start: date | None = field(None, kind=DAY)
    days: int | None = field(None, kind=LENGTH)
    marketplace: str | None = field(None, kind=NAME)
    channel: str | None = field(None, kind=NAME)

    @property
    def is_nothing(self) -> bool:
        """Whether it changes no day."""
        return self.days == 0

    def first_day(self, as_of: date) -> date:
        """First day of it."""
        return self.start or as_of + timedelta(days=1)

    def last_day(self, as_of: date) -> date | None:
        """Last day of it, the day before the first when there is none; None without an end."""
        if self.days is None:
            return None
        first = self.first_day(as_of)
        # The calendar ends in the year 9999.
        return first + timedelta(days=min(self.days - 1, (date.max - first).days))


@attrs.frozen
class MoreOrders(Span):
    """Orders on top of the ordinary ones, of one marketplace and channel.

    Attributes
    ----------
    per_day : int
        Orders placed on each day; with `weekdays`, on the mean day of a week.
    start : datetime.date, optional
        First day with them; None is the day after ``as_of``.
    days : int, optional
        For how many days; 1 is the lump of a promotion, None is until the last day looked at.
    defect_rate : float, optional
        Share of them that is defective once all reports are in, a fraction 0-1: 0 for clean
        orders; None for as many as of ordinary orders, which is not known but estimated.
    weekdays : tuple of 7 floats, optional
        How many are placed on each day of the week against the others, Monday first;
        None for as many on each.
    marketplace, channel : str, optional
        Where they are placed; None is the largest seller-fulfilled series (the largest of all
        when nothing is seller-fulfilled).

    Raises
    ------
    ParameterError
        A value is out of its range or of the wrong type.

    Examples
    --------
    >>> from datetime import date
    >>> sale = MoreOrders(20, start=date(2026, 10, 1), days=30)
    >>> sale.last_day(as_of=date(2026, 9, 30))
    datetime.date(2026, 10, 30)
    >>> MoreOrders(-1)
    Traceback (most recent call last):
    odr_analysis.errors.ParameterError: more_orders: per_day must be a whole number from 0 to \
10,000,000, got -1.
    """

    per_day: int = field(0, kind=PER_DAY)
    defect_rate: float | None = field(None, kind=or_none(FRACTION))
    weekdays: tuple[float, ...] | None = field(None, kind=WEIGHTS)

    @property
    def is_nothing(self) -> bool:
        return self.days == 0 or not self.per_day


@attrs.frozen
class Sales(Span):
    """Ordinary orders that become more or fewer.

    Attributes
    ----------
    factor : float
        How many times as many ordinary orders are placed: 0 is a pause, 0.8 is a fifth fewer.
    start, days
        As of :class:`MoreOrders`.
    marketplace, channel : str, optional
        Where; None is everywhere.

    Raises
    ------
    ParameterError
        A value is out of its range or of the wrong type.

    Examples
    --------
    >>> pause = Sales(0, days=14)
    >>> pause.first_day(date(2026, 9, 30)), pause.last_day(date(2026, 9, 30))
    (datetime.date(2026, 10, 1), datetime.date(2026, 10, 14))
    """

    factor: float = field(1.0, kind=TIMES)

    @property
    def is_nothing(self) -> bool:
        return self.days == 0 or self.factor == 1


@attrs.frozen
class DefectRate(Span):
    """A defect rate that is better or worse for orders placed from a day on.

    Of a fix, such as another carrier or better packaging, or of a week in which one fails. Orders
    placed before keep their rate.

    Attributes
    ----------
    factor : float
        How many times as many of them are defective: 0.5 halves the rate.
    reason : str, optional
        Only defects with this main reason, one of ``CASE_REASONS``.
    products : frozenset of str
        Only defects of orders with one of these products (SKU or ASIN); none for all.
    start, days, marketplace, channel
        As of :class:`Sales`.

    Raises
    ------
    ParameterError
        A value is out of its range or of the wrong type.

    Examples
    --------
    >>> DefectRate(0.5, reason="late", start=date(2026, 10, 1)).factor
    0.5
    """

    factor: float = field(1.0, kind=TIMES)
    reason: str | None = field(None, kind=NAME)
    products: frozenset[str] = field(frozenset(), kind=IDS)

    @property
    def is_nothing(self) -> bool:
        return self.days == 0 or self.factor == 1


@attrs.frozen
class Removed:
    """Defects taken away: feedback removed or struck through, claims and chargebacks won.

    Attributes
    ----------
    orders : frozenset of str
        Order ids.
    component : str
        ``feedback``, ``claim`` or ``chargeback``.
    probability : float
        That it works, for each order by itself.
    on : datetime.date, optional
        Day from which it is gone; None is ``as_of``.
    rule : str, optional
        Also the feedback of every order that counts or will, to which this rule of
        :func:`~odr_analysis.removal_candidates` seems to apply.

    Raises
    ------
    ParameterError
        A value is out of its range or of the wrong type, or an order is listed twice.

    Examples
    --------
    >>> sorted(Removed(["a", "b"], probability=0.4).orders)
    ['a', 'b']
    >>> Removed(["a", "a"])
    Traceback (most recent call last):
    odr_analysis.errors.ParameterError: scenario: 'a' is listed twice.
    """

    orders: frozenset[str] = field(frozenset(), kind=IDS)
    component: str = field("feedback", kind=COMPONENT)
    probability: float = field(1.0, kind=FRACTION)
    on: date | None = field(None, kind=DAY)
    rule: str | None = field(None, kind=NAME)

    def first_day(self, as_of: date) -> date:
        """Day from which it is gone."""
        return self.on or as_of


@attrs.frozen
class NewDefect:
    """One more defective order: what a claim costs that a refund now would prevent.

    Attributes
    ----------
    order : str, optional
        Order id.
    ordered_on : datetime.date, optional
        In place of an order, the day it was or will be placed.
    component : str
        ``feedback``, ``claim`` or ``chargeback``.
    probability : float
        That it happens, to each by itself.
    n : int
        How many such orders of a day.
    on : datetime.date, optional
        Day from which it is known; None is the day after ``as_of``.
    marketplace, channel : str, optional
        Of an order given by its day, as of :class:`MoreOrders`.

    Raises
    ------
    ParameterError
        A value is out of its range or of the wrong type, or neither or both of `order` and
        `ordered_on` are given.

    Examples
    --------
    >>> NewDefect("a").component
    'claim'
    """

    order: str | None = field(None, kind=NAME)
    ordered_on: date | None = field(None, kind=DAY)
    component: str = field("claim", kind=COMPONENT)
    probability: float = field(1.0, kind=FRACTION)
    n: int = field(1, kind=number("a whole number from 1 to 1,000", 1, 1000, whole=True))
    on: date | None = field(None, kind=DAY)
    marketplace: str | None = field(None, kind=NAME)
    channel: str | None = field(None, kind=NAME)

    def __attrs_post_init__(self) -> None:
        if (self.order is None) == (self.ordered_on is None):
            raise ParameterError(
                "new_defect: give either order (an order id) or ordered_on (a day), "
                f"{'not both' if self.order else 'one of them'}."
            )
        if self.order is not None and self.n > 1:
            raise ParameterError(
                f"new_defect: order {self.order} can only be defective once, got n={self.n}."
            )

    def first_day(self, as_of: date) -> date:
        """Day from which it is known."""
        return self.on or as_of + timedelta(days=1)


Change = MoreOrders | Sales | DefectRate | Removed | NewDefect
CHANGES: dict[str, type[Change]] = {
    fields.name_of(kind): kind for kind in (MoreOrders, Sales, DefectRate, Removed, NewDefect)
}
"""Kinds of change by the name that files give them."""


QUALITIES: dict[str, float | None] = {"as usual": None, "clean": 0.0}


def quality_of(text: str) -> float | None:
    """``MoreOrders.defect_rate`` of what a person writes: a word of QUALITIES, or a fraction.

    Raises
    ------
    ParameterError
        It is neither.

    Examples
    --------
    >>> quality_of("as usual"), quality_of("clean"), quality_of("0.02")
    (None, 0.0, 0.02)
    """
    if text in QUALITIES:
        return QUALITIES[text]
    try:
        share: float = FRACTION.of(float(text))
    except ValueError as error:
        raise ParameterError(
            f"quality must be {' or '.join(map(repr, QUALITIES))} or a fraction between 0 and 1, "
            f"got {text!r}."
        ) from error
    return share
