"""What a scenario does to the orders to come of one series, and to the reports they bring."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from odr_analysis.arrays import Floats, Integers
from odr_analysis.forecasting.coming_days.joint_paths import Orders, ordinary, paths_of
from odr_analysis.forecasting.coming_days.marginals import Marginals, counting
from odr_analysis.forecasting.delay_model.reach import (
    ALL_UNKNOWN,
    brought_by_day,
    expected_ahead,
    rates_ahead,
)


@dataclass(frozen=True, eq=False)
class ComingOrders:
    """Orders to come of one series against the ordinary ones; days are from tomorrow on.

    Attributes
    ----------
    sales : float array [day]
        How many times as many ordinary orders are placed.
    rates : float array [draw or 1, day]
        How many times as many of the orders placed on a day are defective.
    extra : tuple of (float array [day], float or None)
        Orders on top, and the share of them that is defective; None for as many as of ordinary
        ones.
    """

    sales: Floats
    rates: Floats
    extra: tuple[tuple[Floats, float | None], ...] = ()

    @property
    def n_extra(self) -> Floats:
        """Orders on top of each day."""
        return sum((orders for orders, _ in self.extra), np.zeros(len(self.sales)))

    @property
    def changes(self) -> bool:
        """Whether any of it is not as usual."""
        return bool((self.sales != 1).any() or (self.rates != 1).any() or self.n_extra.any())


@dataclass(frozen=True, eq=False, kw_only=True)
class ChangedDays(Marginals):
    """The days ahead of one series with a scenario.

    Draws and paths are those of the days without it: reports that are lost are taken out of them,
    those that are added come on top. So the difference is that of the scenario alone.

    Attributes
    ----------
    before : Marginals
        Without the scenario.
    uncertain : int64 array [draw, day]
        What removals and new defects that are not certain add to the known defective orders.
    lost, added : float array [draw, day]
        Expected reports that do not come any more, and those that come besides.
    kept : float array [draw or 1, day]
        Probability that a report of an order ordinarily placed on a day ahead is not lost.
    more : tuple of Orders
        Orders whose reports come besides.
    """

    before: Marginals
    uncertain: Integers
    lost: Floats
    added: Floats
    kept: Floats
    more: tuple[Orders, ...]

    @property
    def known_by_draw(self) -> Integers:
        return self.known_defective + self.uncertain

    def reports(self, rng: np.random.Generator) -> Integers:
        found = self.before.reports(rng)
        if self.lost.any():
            mean = self.before.pending + self.before.new
            share = np.divide(self.lost, mean, out=np.zeros_like(mean), where=mean > 0)
            found = found - rng.binomial(found, np.clip(share, 0, 1))
        return found + rng.poisson(self.added) if self.added.any() else found

    def reports_on_paths(self, rng: np.random.Generator) -> Floats:
        was, policy = self.before, self.policy
        mean = was.pending + was.new
        unknown = was.since.unknown if was.since else ALL_UNKNOWN
        orders = ordinary(was.fitted, was.placed, was.factor, policy, was.since)
        found = paths_of(
            was.fitted, orders, mean, policy, rng, unknown, self.kept, mean - self.lost
        )[1]
        if self.more:
            found = found + paths_of(was.fitted, list(self.more), self.added, policy, rng)[0]
        return found


def changed_days(before: Marginals, coming: ComingOrders, known: Integers) -> Marginals:
    """The days ahead with other orders to come and other known defects.

    Parameters
    ----------
    before : Marginals
    coming : ComingOrders
    known : int64 array [draw or 1, day]
        What is added to the known defective orders.
    """
    if not coming.changes and not known.any():
        return before
    fitted, policy = before.fitted, before.policy
    gap = len(before.since.unknown) if before.since else 0
    # Of the days up to today of which nothing is known, all is as usual.
    ahead = gap + before.skipped
    sales, rates, extra = (
        np.pad(each, [*[(0, 0)] * (each.ndim - 1), (ahead, 0)], constant_values=usual)
        for each, usual in ((coming.sales, 1.0), (coming.rates, 1.0), (coming.n_extra, 0.0))
    )
    placed = np.append(np.zeros(gap), before.placed)
    future, weeks = -np.arange(1, len(placed) + 1), -(-len(placed) // 7)
    lost, added, more = np.zeros_like(before.new), np.zeros_like(before.new), list[Orders]()

    def reports(orders: Floats, by_draw: Floats, rate: float | None) -> Floats:
        brought = brought_by_day(fitted.triangle, orders, policy)[ahead:]
        found: Floats = by_draw[:, None] * expected_ahead(fitted, brought, rate)
        return found

    def come(orders: Floats, by_draw: Floats, rate: float | None = None) -> None:
        nonlocal added
        added = added + reports(orders, by_draw, rate)
        by_order = rates_ahead(fitted, weeks, rate) * by_draw[:, None, None]
        more.append(Orders(future, orders, by_order))

    ones = np.ones(fitted.n_draws)
    for span in _alike(sales, rates):
        times = sales[span.start] * rates[:, span.start] - 1
        some = _within(placed, span)
        if (times < 0).any():
            lost = lost + reports(some, before.factor * np.maximum(-times, 0), None)
        if (times > 0).any():
            come(some, before.factor * np.maximum(times, 0))
        for orders, rate in coming.extra:
            of_span = _within(np.append(np.zeros(ahead), orders), span)
            if of_span.any():
                come(of_span, ones * (rates[:, span.start] if rate is None else 1.0), rate)
    certain = np.where(known.min(axis=0) == known.max(axis=0), known[0], 0)
    return ChangedDays(
        known_orders=before.known_orders,
        known_defective=before.known_defective + certain,
        pending=before.pending,
        new=np.maximum(before.new - lost, 0) + added,
        orders=before.known_orders
        + counting(before.bought * sales[gap:] + extra[gap:], policy)[:, before.skipped :],
        fitted=fitted,
        placed=before.placed * sales[gap:] + extra[gap:],
        factor=before.factor,
        bought=before.bought * sales[gap:] + extra[gap:],
        policy=policy,
        skipped=before.skipped,
        correction=before.correction,
        since=before.since,
        before=before,
        uncertain=known - certain,
        lost=lost,
        added=added,
        kept=np.minimum(sales * rates, 1.0),
        more=tuple(more),
    )


def _alike(sales: Floats, rates: Floats) -> Iterator[slice]:
    """Runs of days on which orders to come are changed alike."""
    both = np.vstack([sales, rates])
    turns = np.flatnonzero((both[:, 1:] != both[:, :-1]).any(axis=0)) + 1
    yield from map(slice, [0, *turns], [*turns, both.shape[1]])


def _within(orders: Floats, span: slice) -> Floats:
    found = np.zeros_like(orders)
    found[span] = orders[span]
    return found
