"""What it takes to be under target on a day, with a certainty: orders or removals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from numbers import Real
from typing import TYPE_CHECKING

import numpy as np

from odr_analysis import words
from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.forecast import MOST_AHEAD
from odr_analysis.forecasting.look_ahead import LookAhead
from odr_analysis.rates.rolling import asked_on, date_of, named_day
from odr_analysis.whatif.changes import MoreOrders, Pair
from odr_analysis.whatif.odds import MOST_EACH_DAY, DailyOrders, DayOdds, fewest_removals
from odr_analysis.whatif.scenario import Scenario
from odr_analysis.whatif.spans import largest_of

if TYPE_CHECKING:
    from odr_analysis.account import Account

CERTAINTY = 0.9
DAYS_AHEAD = 75
"""Later days are looked at so far ahead, or to the day asked about."""


@dataclass(frozen=True)
class OrdersNeededBy:
    """How many more orders a day bring a rate under target on a day.

    Attributes
    ----------
    pair : (str, str)
        Marketplace and channel.
    by : datetime.date
    certainty : float
    defect_rate : float or None
        Of the orders, as it was asked.
    per_day : int or None
        Fewest orders a day with which the rate is under target on that day with `certainty`; 0
        where it is without any, None where no number is enough, or it cannot be known.
    even : int or None
        The same with a probability of one half: the number that is enough on average, and as
        often is not.
    counting_days : int
        Days from the first on whose orders count on that day.
    first, last : datetime.date or None
        First and last of them.
    p_without, p_at_best : float
        Probability of a rate under target without more orders, and with ever more of them; NaN
        where it cannot be known.
    reachable_on : datetime.date or None
        The first later day on which some number is enough; None where there is none within the
        days looked at, or none is needed.
    missing : tuple of str
        What is not known of the rate, so that nothing can be promised.
    sentence : str
        The answer for a reader.
    """

    pair: Pair
    by: date
    certainty: float
    defect_rate: float | None
    per_day: int | None
    even: int | None
    counting_days: int
    first: date | None
    last: date | None
    p_without: float
    p_at_best: float
    reachable_on: date | None
    missing: tuple[str, ...]
    sentence: str

    @property
    def scenario(self) -> Scenario | None:
        """These orders as a scenario; None where no number is enough."""
        if self.per_day == 0:
            return Scenario()
        if self.per_day is None or self.first is None or self.last is None:
            return None
        days = (self.last - self.first).days + 1
        return Scenario(
            MoreOrders(
                self.per_day,
                self.defect_rate,
                start=self.first,
                days=days,
                marketplace=self.pair[0],
                channel=self.pair[1],
            )
        )


@dataclass(frozen=True)
class RemovalsNeeded:
    """How many negative feedbacks less bring a rate under target on a day.

    Attributes
    ----------
    pair, by, certainty, p_without, missing, sentence
        As of :class:`OrdersNeededBy`.
    n : int or None
        Fewest removals; 0 where none are needed, None where all are not enough, or it cannot be
        known.
    orders : tuple of str
        Orders whose feedback to have removed, those that count longest first, so many as `n`;
        all that would help where all are not enough.
    available : int
        Orders that count on the day and have no other known defect than feedback.
    p_at_best : float
        Probability with the feedback of all of them removed.
    """

    pair: Pair
    by: date
    certainty: float
    n: int | None
    orders: tuple[str, ...]
    available: int
    p_without: float
    p_at_best: float
    missing: tuple[str, ...]
    sentence: str


def orders_needed_by(
    account: Account,
    by: date | str,
    certainty: float = CERTAINTY,
    *,
    defect_rate: float | None = None,
    start: date | None = None,
    most_per_day: int | None = None,
    marketplace: str | None = None,
    channel: str | None = None,
    as_of: date | str | None = None,
) -> OrdersNeededBy:
    """How many more orders a day bring the rate under target on a day, with a certainty.

    Parameters
    ----------
    account : Account
    by : datetime.date, pandas.Timestamp or ISO text
        The day on which the rate should be under target, at most 154 days ahead.
    certainty : float
        Probability with which it should be, a fraction between 0 and 1.
    defect_rate : float, optional
        As of :class:`~odr_analysis.MoreOrders`: as many defective as of ordinary orders by
        default.
    start : datetime.date, optional
        First day with more orders; by default the day after `as_of`.
    most_per_day : int, optional
        More cannot be had.
    marketplace, channel : str, optional
        As of :class:`~odr_analysis.MoreOrders`.
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        Day to look ahead from; default ``account.known_to``.

    Returns
    -------
    OrdersNeededBy

    Raises
    ------
    ParameterError
        A day is no date or not after `as_of`, a number is out of its range, the series does not
        exist, or the account has no orders.

    Notes
    -----
    The rate of each draw of the forecast is that of ordinary orders and of the extra ones, whose
    defects are reported in time or not. The number that is enough on average leaves the rate over
    target every second time.

    Examples
    --------
    >>> from odr_analysis import load_sample, orders_needed_by
    >>> needed = orders_needed_by(load_sample(), "2026-10-25")
    >>> needed.counting_days, needed.even, needed.p_without >= 0.5
    (10, 0, True)
    """
    more = MoreOrders(
        0, defect_rate=defect_rate, start=start, marketplace=marketplace, channel=channel
    )
    look, day, pair = asked(account, as_of, by, certainty, more)
    most = MOST_EACH_DAY if most_per_day is None else most_per_day
    if isinstance(most, bool) or not isinstance(most, int) or most < 0:
        raise ParameterError(f"most_per_day must be a whole number, 0 or more, got {most!r}.")
    first = more.first_day(look.as_of)
    if first <= look.as_of:
        raise ParameterError(f"start is {first}, but orders can only be placed after {look.as_of}.")
    known = look.day.known[pair]
    policy, line = look.policy, words.level(look.policy.target)
    window = policy.window(day)
    begins, ends = max(first, window.start), window.end
    counting = max((ends - begins).days + 1, 0)
    days = look.forecast.marginals.get(pair)
    if known.missing or days is None:
        why = known.missing or ("too few orders are known for a forecast",)
        nan = np.nan
        return OrdersNeededBy(
            pair, day, certainty, defect_rate, None, None, counting, None, None, nan, nan, None,
            why, f"Cannot be known: {'; '.join(why)}.",
        )  # fmt: skip
    at = (day - look.as_of).days
    later = list(range(at, look.calendar.horizon_days + 1))
    every = list(DailyOrders.of_days(days, later, (first - look.as_of).days, defect_rate))
    here = every[0]
    p_without = float(here.p_under(0))
    per_day, even = here.least(certainty, most), here.least(0.5, most)
    reachable = None
    if per_day is None:
        ahead = (i for i, one in enumerate(every[1:], 1) if one.is_reachable(certainty, most))
        place = next(ahead, None)
        reachable = None if place is None else day + timedelta(days=place)
    found = OrdersNeededBy(
        pair, day, certainty, defect_rate, per_day, even, counting,
        begins if counting else None, ends if counting else None,
        p_without, here.p_at_best, reachable, (), "",
    )  # fmt: skip
    return _with_sentence(found, line, more, look)


def _with_sentence(
    found: OrdersNeededBy, line: str, more: MoreOrders, look: LookAhead
) -> OrdersNeededBy:
    on, sure = words.day(found.by), words.probability(found.certainty)
    whose = f"{words.series(*found.pair)}: "
    if found.per_day == 0:
        text = (
            f"no more orders are needed; it is under {line} on {on} with a probability of "
            f"{words.probability(found.p_without)}."
        )
    elif found.per_day is not None and found.first and found.last:
        span = f"a day from {words.span(found.first, found.last)}"
        if found.first == found.last:
            span = f"on {words.day(found.first)}"
        each = words.counted(found.per_day, "more order")
        verb = "brings" if found.per_day == 1 else "bring"
        text = f"{each} {span} {verb} it under {line} on {on} with {sure}"
        if found.even == 0:
            text += "; none are needed for 50 %"
        elif found.even is not None and found.even < found.per_day:
            text += f"; {words.number(found.even)} a day are enough for 50 %"
        text += f". Without them the probability is {words.probability(found.p_without)}."
    else:
        text = f"not reachable with {sure} on {on}: {_why_not(found, line, look)}"
        if found.reachable_on is not None:
            text += f" The first day on which it is: {words.day(found.reachable_on)}."
        elif found.counting_days:
            last = look.as_of + timedelta(days=look.calendar.horizon_days)
            if last > found.by:
                text += f" Nor on any later day until {words.day(last)}."
    return replace(found, sentence=f"{whose}{text}")


def _why_not(found: OrdersNeededBy, line: str, look: LookAhead) -> str:
    if not found.counting_days:
        return (
            f"no order placed from then on counts by that day, because an order counts from its "
            f"{words.ordinal(look.policy.lag_days)} day."
        )
    if found.p_at_best < found.certainty:
        return (
            "impossible at any volume, because so many of the extra orders may be defective "
            f"themselves: with ever more of them, the probability of a rate under {line} tends to "
            f"{words.probability(found.p_at_best)}."
        )
    return "more orders would be needed than the limit allows."


def removals_needed(
    account: Account,
    by: date | str,
    certainty: float = CERTAINTY,
    *,
    marketplace: str | None = None,
    channel: str | None = None,
    as_of: date | str | None = None,
) -> RemovalsNeeded:
    """How many negative feedbacks must be removed for a rate under target on a day.

    Of orders that count on that day and have no other known defect; each removal is taken to
    work. What removals are probable to bring: :func:`~odr_analysis.cheapest_plan`.

    Parameters
    ----------
    account, by, certainty, marketplace, channel, as_of
        As of :func:`orders_needed_by`.

    Returns
    -------
    RemovalsNeeded

    Raises
    ------
    ParameterError
        As :func:`orders_needed_by`.

    Examples
    --------
    >>> from odr_analysis import load_sample, removals_needed
    >>> needed = removals_needed(load_sample(), "2026-10-01")
    >>> needed.n, len(needed.orders), needed.available
    (2, 2, 7)
    """
    place = MoreOrders(marketplace=marketplace, channel=channel)
    look, day, pair = asked(account, as_of, by, certainty, place)
    known, days = look.day.known[pair], look.forecast.marginals.get(pair)
    if known.missing or days is None:
        why = known.missing or ("too few orders are known for a forecast",)
        return RemovalsNeeded(
            pair, day, certainty, None, (), 0, np.nan, np.nan, why,
            f"Cannot be known: {'; '.join(why)}.",
        )  # fmt: skip
    at, number = (day - look.as_of).days, list(look.size).index(pair)
    window = look.policy.window(day)
    counts = [
        (ordered, order_id)
        for order_id, (ordered, series) in look.by_feedback_alone.items()
        if series == number and window.start <= date_of(ordered) <= window.end
    ]
    ids = tuple(order_id for _, order_id in sorted(counts, key=lambda each: (-each[0], each[1])))
    odds = DayOdds(days, at)
    n = fewest_removals(odds, len(ids), certainty)
    without, best = float(odds.p_under(0)), float(odds.p_under(len(ids)))
    line, on = words.level(look.policy.target), words.day(day)
    sure, has = words.probability(certainty), words.counted(len(ids), "order")
    if n == 0:
        text = (
            f"no removal is needed; it is under {line} on {on} with a probability of "
            f"{words.probability(without)}."
        )
    elif n is None:
        text = f"not reachable with {sure} on {on} by removing feedback: "
        if ids:
            text += (
                f"even without that of {has} that count then and have no other defect, the "
                f"probability of a rate under {line} is {words.probability(best)}."
            )
        else:
            text += "no order that counts then has feedback as its only defect."
    else:
        text = (
            f"{words.counted(n, 'removal')} of feedback, of {len(ids):,} possible, "
            f"{'brings' if n == 1 else 'bring'} it under "
            f"{line} on {on} with {sure}. Without them the probability is "
            f"{words.probability(without)}."
        )
    return RemovalsNeeded(
        pair, day, certainty, n, ids if n is None else ids[:n], len(ids), without, best, (),
        f"{words.series(*pair)}: {text}",
    )  # fmt: skip


def check_certainty(certainty: float) -> None:
    """Raise ParameterError unless it is a probability that can be asked for."""
    if isinstance(certainty, bool) or not isinstance(certainty, Real) or not 0 < certainty < 1:
        raise ParameterError(
            f"certainty must be a fraction between 0 and 1, such as 0.9, got {certainty!r}."
        )


def asked(
    account: Account, as_of: date | str | None, by: date | str, certainty: float, place: MoreOrders
) -> tuple[LookAhead, date, Pair]:
    """The coming days, the day asked about, and its series."""
    check_certainty(certainty)
    now = date_of(asked_on(as_of, account.known_to))
    day = date_of(named_day(by, "by"))
    if day <= now:
        raise ParameterError(f"by is {day}, but must be after {now}, the day looked ahead from.")
    if (day - now).days > MOST_AHEAD:
        last = now + timedelta(days=MOST_AHEAD)
        raise ParameterError(f"by is {day}, but no day after {last} can be forecast.")
    look = account.on(now).look_ahead(max(DAYS_AHEAD, (day - now).days))
    pair = largest_of(place, look.size)
    if pair is None:
        raise ParameterError("There are no orders in the exports, so there is no ODR to change.")
    return look, day, pair
