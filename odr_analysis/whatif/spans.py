"""Changes of orders to come, laid out over the days ahead of each series."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

import numpy as np
import pandas as pd

from odr_analysis import fields, words
from odr_analysis.arrays import Flags, Floats
from odr_analysis.causes.reasons import defect_reasons
from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.look_ahead import LookAhead
from odr_analysis.texts.case_reasons import CASE_REASONS
from odr_analysis.whatif.changes import (
    MOST_DAYS,
    DefectRate,
    MoreOrders,
    NewDefect,
    Pair,
    Sales,
    Span,
)
from odr_analysis.whatif.coming_orders import ComingOrders
from odr_analysis.whatif.scenario import Scenario

RECENT_DAYS = 180
"""Orders of so many days show which share of the defects has a reason or a product."""


def series_of(change: Span | NewDefect, size: Mapping[Pair, int]) -> list[Pair]:
    """Every marketplace and channel of an account that a change is about.

    Parameters
    ----------
    change : MoreOrders, Sales, DefectRate or NewDefect
    size : mapping
        Orders of each (marketplace, channel) of the account, in the order of ``account.series``.

    Raises
    ------
    ParameterError
        The account has no such marketplace or channel; the message lists those it has.
    """
    place = change.marketplace, change.channel
    fits = [(m, c) for m, c in size if place[0] in (None, m) and place[1] in (None, c)]
    if not fits and place != (None, None):
        have = "; ".join(f"{m}, {c}" for m, c in size) or "none"
        raise ParameterError(
            f"scenario: no orders of marketplace {place[0] or 'any'}, channel "
            f"{place[1] or 'any'} in this account. It has: {have}."
        )
    return fits


def largest_of(change: Span | NewDefect, size: Mapping[Pair, int]) -> Pair | None:
    """The one marketplace and channel that extra orders go to; None without orders.

    Raises
    ------
    ParameterError
        As :func:`series_of`.

    Examples
    --------
    >>> size = {("Amazon.de", "afn"): 900, ("Amazon.de", "mfn"): 50, ("Amazon.fr", "mfn"): 70}
    >>> largest_of(MoreOrders(9), size), largest_of(MoreOrders(9, marketplace="Amazon.de"), size)
    (('Amazon.fr', 'mfn'), ('Amazon.de', 'mfn'))
    """
    fits = series_of(change, size)
    # max keeps the first of equals, and the series have a fixed order.
    by_seller = [pair for pair in fits if pair[1] == "mfn"]
    return max(by_seller or fits, key=lambda pair: size[pair], default=None)


def spans_of(look: LookAhead, scenario: Scenario) -> Iterator[tuple[Span, tuple[Pair, ...]]]:
    """Each change of orders to come, and the marketplaces and channels it is about.

    Raises
    ------
    ParameterError
        It begins too early, or names something the account does not have.
    """
    for change in scenario.changes:
        if not isinstance(change, Span):
            continue
        starts = change.first_day(look.as_of)
        if starts <= look.as_of and change.days != 0:
            raise ParameterError(
                f"{fields.name_of(type(change))}: start is {change.start}, but it can only begin "
                f"after {look.as_of}, the day looked ahead from."
            )
        if (starts - look.as_of).days > MOST_DAYS:
            raise ParameterError(
                f"{fields.name_of(type(change))}: start is {change.start}, more than "
                f"{MOST_DAYS:,} days after {look.as_of}."
            )
        if isinstance(change, MoreOrders):
            one = largest_of(change, look.size)
            yield change, () if one is None else (one,)
        elif isinstance(change, DefectRate) and not change.is_nothing:
            yield change, tuple(_with_reasons(look, change))
        else:
            yield change, tuple(series_of(change, look.size))


def coming_orders(
    look: LookAhead, pair: Pair, spans: Iterable[tuple[Span, tuple[Pair, ...]]]
) -> ComingOrders:
    """What the changes do to the orders to come of one series."""
    n = look.calendar.horizon_days
    sales, rates = np.ones(n), np.ones((1, n))
    less = np.zeros((1, n))
    extra = []
    for change, pairs in spans:
        if pair not in pairs:
            continue
        inside = _inside(change, look)
        if isinstance(change, MoreOrders):
            extra.append((change.per_day * inside * _weekdays(change, look), change.defect_rate))
        elif isinstance(change, Sales):
            sales = sales * np.where(inside, change.factor, 1.0)
        elif isinstance(change, DefectRate) and not (change.reason or change.products):
            rates = rates * np.where(inside, change.factor, 1.0)
        elif isinstance(change, DefectRate):
            # Parts of the defects are taken to be different ones, so their effects add up.
            less = less + _share(look, pair, change)[:, None] * (change.factor - 1.0) * inside
    return ComingOrders(sales, rates * np.maximum(1 + less, 0.0), tuple(extra))


def _inside(change: Span, look: LookAhead) -> Flags:
    """Whether each day from tomorrow on is one of its days."""
    ahead = np.arange(1, look.calendar.horizon_days + 1)
    last = change.last_day(look.as_of)
    inside = ahead >= (change.first_day(look.as_of) - look.as_of).days
    return inside if last is None else inside & (ahead <= (last - look.as_of).days)


def _weekdays(change: MoreOrders, look: LookAhead) -> Floats:
    """Orders of each day from tomorrow on against the mean day of a week."""
    if change.weekdays is None:
        return np.ones(look.calendar.horizon_days)
    weight = np.array(change.weekdays) / np.mean(change.weekdays)
    first = (look.as_of + timedelta(days=1)).weekday()
    found: Floats = weight[(first + np.arange(look.calendar.horizon_days)) % 7]
    return found


def _with_reasons(look: LookAhead, change: DefectRate) -> list[Pair]:
    """The series a change of the rate is about: of one reason, those of which reasons are known."""
    pairs = series_of(change, look.size)
    _check_group(look, change)
    if not (change.reason or change.products):
        return pairs
    known = [pair for pair in pairs if _counts(look, pair, change)[1]]
    if pairs and not known:
        raise ParameterError(
            f"defect_rate: no defective order of {words.series(*pairs[0])} of the last "
            f"{RECENT_DAYS} days has a known reason, so the share of a reason or product is not "
            "known."
        )
    return known


def _counts(look: LookAhead, pair: Pair, change: DefectRate) -> tuple[int, int]:
    """Recent defective orders of one series that a change is about, and all it could be about."""
    why = defect_reasons(look.account, look.as_of)
    since = pd.Timestamp(look.as_of - timedelta(days=RECENT_DAYS))
    mine = (why.marketplace == pair[0]) & (why.channel == pair[1]) & (why.ordered_on > since)
    if change.reason is not None:
        mine &= why.reason != ""
    return int((mine & _in_group(look, why, change)).sum()), int(mine.sum())


def _check_group(look: LookAhead, change: DefectRate) -> None:
    if change.reason is not None and change.reason not in CASE_REASONS:
        raise ParameterError(
            f"defect_rate: no reason is called {change.reason!r}"
            f"{fields.nearest(change.reason, CASE_REASONS)} Reasons: {', '.join(CASE_REASONS)}."
        )
    if change.products:
        items = look.account.items
        known = set(items.sku) | set(items.asin)
        for product in sorted(change.products - known):
            raise ParameterError(
                f"defect_rate: no order has the product {product!r}"
                f"{fields.nearest(product, known)} Give SKUs or ASINs as the files have them."
            )


def _share(look: LookAhead, pair: Pair, change: DefectRate) -> Floats:
    """Share of the defects of one series that a change is about, by draw.

    Of recent defective orders whose reason is known, k of n: Beta(k + 1/2, n - k + 1/2).
    """
    k, n = _counts(look, pair, change)
    days = look.forecast.marginals.get(pair)
    own = np.random.Generator(np.random.PCG64([look.forecast.seed, k, n]))
    found: Floats = own.beta(k + 0.5, n - k + 0.5, days.fitted.n_draws if days else 1)
    return found


def _in_group(look: LookAhead, why: pd.DataFrame, change: DefectRate) -> pd.Series:
    """Whether each defective order has the reason and one of the products."""
    fits = why.order_id != ""
    if change.reason is not None:
        fits &= why.reason == change.reason
    if change.products:
        items = look.account.items
        named = items.sku.isin(change.products) | items.asin.isin(change.products)
        fits &= why.order_id.isin(items.order_id[named])
    return fits
