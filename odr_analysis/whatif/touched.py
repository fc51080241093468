"""Orders a scenario names: defects taken away from them, and new ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from typing import Literal
from zlib import crc32

import numpy as np
import pandas as pd

from odr_analysis import fields, terms, words
from odr_analysis.account import Account
from odr_analysis.arrays import Flags, Integers
from odr_analysis.causes.reasons import case_candidates
from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.look_ahead import LookAhead
from odr_analysis.rates.rolling import date_of, day_number
from odr_analysis.texts.removal_rules import RULES
from odr_analysis.whatif.changes import MOST_DAYS, NewDefect, Pair, Removed
from odr_analysis.whatif.scenario import Scenario
from odr_analysis.whatif.spans import largest_of

Why = Literal["none", "other defects", "left", "too late", "defective"]
MOST_ALIKE = 1_000
"""Order ids compared with one that is not known, besides those of defective orders."""


@dataclass(frozen=True)
class Idle:
    """Something done to an order that changes nothing.

    Attributes
    ----------
    order_id : str
    component : str
    why : str
        Of a removal: ``none`` (no such defect is known), ``other defects`` (they keep the order
        defective), ``left`` (the order does not count any more) or ``too late`` (it does not by
        the day). Of a new defect: ``defective`` (the order is already), ``left`` or ``too late``.
    others : tuple of str
        The other components of the order, in the order of ``terms.COMPONENTS``.
    new : bool
        Whether it is a new defect.
    """

    order_id: str
    component: str
    why: Why
    others: tuple[str, ...] = ()
    new: bool = False


@dataclass(eq=False)
class Touched:
    """One order, or several of one day, that a scenario names.

    Attributes
    ----------
    order_id : str
        '' of an order given by its day.
    number : int
        Which of the orders of its day it is.
    pair : (str, str)
        Marketplace and channel.
    ordered : int
        Day number.
    known : tuple of str
        Components known today.
    gone, new : dict of str to (int, float)
        By component, the day number from which a known defect is gone or a new one is there, and
        the probability of that.
    """

    order_id: str
    pair: Pair
    ordered: int
    known: tuple[str, ...] = ()
    gone: dict[str, tuple[int, float]] = field(default_factory=dict)
    new: dict[str, tuple[int, float]] = field(default_factory=dict)
    number: int = 0

    @property
    def name(self) -> str:
        """How notes call it: the id, or the day of an order that has none."""
        return self.order_id or f"of {date_of(self.ordered)}"

    def changes(self, days: Integers, counts: Flags, n_draws: int, seed: int) -> Integers:
        """What is added to the defective orders of each day: [draw, day], or [1, day] if certain.

        Each event is drawn from a seed of its own, so that what is done to another order, or on
        another day, leaves it as it is.
        """
        events = [(name, *self.gone[name], False) for name in self.known if name in self.gone]
        events += [(name, *then, True) for name, then in self.new.items()]
        kept = set(self.known) - set(self.gone)
        own = self.order_id or f"{self.ordered} {self.number}"
        hits = [_hits(own, name, p, n_draws, seed) for name, _, p, _ in events]
        found = np.zeros((max((len(hit) for hit in hits), default=1), len(days)), dtype=np.int64)
        for pattern in product((False, True), repeat=len(events)):
            drawn = np.ones(1, dtype=bool)
            defective = np.full(len(days), bool(kept))
            for (_, day, _, is_new), hit, happens in zip(events, hits, pattern, strict=True):
                drawn = drawn & (hit == happens)
                defective |= (happens & (days >= day)) == is_new
            change = (counts & defective).astype(int) - (counts & bool(self.known))
            if change.any():
                found[np.broadcast_to(drawn, len(found))] = change
        return found


def _hits(order_id: str, name: str, p: float, n_draws: int, seed: int) -> Flags:
    """Whether an event happens, by draw; one value where that is certain."""
    if p in (0.0, 1.0):
        return np.array([p == 1.0])
    own = np.random.Generator(np.random.PCG64([seed, crc32(f"{name} {order_id}".encode())]))
    happens: Flags = own.random(n_draws) < p
    return happens


def touched(look: LookAhead, scenario: Scenario) -> tuple[list[Touched], tuple[Idle, ...]]:
    """The orders a scenario names, and what of it changes nothing, by order id.

    Raises
    ------
    ParameterError
        An order id is nowhere in the account, a rule is unknown, the same defect is new twice, or
        a day is before the day looked ahead from, or that of the order.
    """
    as_of, idle = look.as_of, []
    removals = [
        (order_id, removed)
        for removed in scenario.of_kind(Removed)
        for order_id in sorted(removed.orders | _by_rule(look, removed.rule))
    ]
    new = scenario.of_kind(NewDefect)
    named = {order_id for order_id, _ in removals} | {one.order for one in new if one.order}
    found = _named(look, named)
    for order_id, removed in removals:
        day = _not_before(as_of, removed.first_day(as_of), "removed: on")
        order = found.get(order_id)
        if order and removed.component in order.known:
            order.gone[removed.component] = day_number(day), removed.probability
        else:
            idle.append(Idle(order_id, removed.component, "none"))
    orders = list(found.values())
    for one in new:
        if one.order and one.order not in found:
            raise ParameterError(f"new_defect: no file has the order {one.order} itself.")
        its = [found[one.order]] if one.order else _of_a_day(look, one)
        placed = date_of(its[0].ordered)
        day = _not_before(as_of, one.on or max(one.first_day(as_of), placed), "new_defect: on")
        _not_before(placed, day, "new_defect: on", "the day the order is placed")
        for order in its:
            if one.component in order.new:
                raise ParameterError(
                    f"new_defect: the {one.component} of order {one.order} is given twice."
                )
            order.new[one.component] = day_number(day), one.probability
        if not one.order:
            orders += its
    orders = [order for order in orders if order.gone or order.new]
    for order in orders:
        idle += _idle(order, look)
    once = dict.fromkeys(idle)  # orders of one day are alike
    return orders, tuple(sorted(once, key=lambda it: (it.order_id, it.component, it.new)))


def changes_by_series(
    look: LookAhead, orders: Iterable[Touched], n_draws: Mapping[Pair, int], seed: int
) -> dict[Pair, Integers]:
    """What is added to the defective orders of each coming day: [draw, day] by series.

    Of one draw where all of it is certain; series without any change are left out.
    """
    calendar, found = look.calendar, dict[Pair, Integers]()
    days = calendar.today + np.arange(calendar.horizon_days + 1)
    for order in orders:
        age = days - order.ordered - calendar.lag_days
        counts = (age >= 0) & (age < calendar.window_days)
        change = order.changes(days, counts, n_draws.get(order.pair, 1), seed)
        if change.any():
            found[order.pair] = found[order.pair] + change if order.pair in found else change
    return found


def _not_before(first: date, day: date, name: str, of: str = "the day looked ahead from") -> date:
    if day < first:
        raise ParameterError(f"{name} is {day}, before {first}, {of}.")
    return day


def _by_rule(look: LookAhead, rule: str | None) -> frozenset[str]:
    """Orders that count or will, to whose feedback a rule seems to apply."""
    if rule is None:
        return frozenset()
    if rule not in RULES:
        raise ParameterError(
            f"removed: no rule is called {rule!r}{fields.nearest(rule, RULES)} "
            f"Rules: {', '.join(RULES)}."
        )
    listed = look.day.defects
    listed = set(listed.order_id[listed.feedback])
    fits = case_candidates(look.account)
    known = fits.told_on.isna() | (fits.told_on <= pd.Timestamp(look.as_of))
    return frozenset(listed & set(fits.order_id[known & (fits.rule == rule)]))


def _named(look: LookAhead, ids: set[str]) -> dict[str, Touched]:
    """Orders by id, with what is known of them on the day looked ahead from."""
    if not ids:
        return {}
    account, today = look.account, pd.Timestamp(look.as_of)
    columns = ["order_id", "marketplace", "channel", "ordered_on"]
    bad = account.defective[account.defective["order_id"].isin(ids)]
    rows = bad[columns]
    others = ids - set(bad["order_id"])
    if others:  # The long table is read only for an id in none of the short ones.
        orders = account.orders
        rows = pd.concat([rows, orders.loc[orders["order_id"].isin(others), columns]])
        check_known(account, others - set(rows["order_id"]))
    known = {
        order_id: tuple(c for c, has in zip(terms.COMPONENTS, has_them, strict=True) if has)
        for order_id, *has_them in zip(
            bad["order_id"], *(bad[f"{c}_on"] <= today for c in terms.COMPONENTS), strict=True
        )
    }
    return {
        order_id: Touched(order_id, pair, day_number(day), known.get(order_id, ()))
        for order_id, pair, day in zip(
            rows["order_id"],
            zip(rows["marketplace"], rows["channel"], strict=True),
            rows["ordered_on"],
            strict=True,
        )
    }


def check_known(account: Account, ids: Set[str]) -> None:
    """Whether some file of an account names each order.

    Raises
    ------
    ParameterError
        With the order ids that no table of the account has, and the nearest one it has.
    """
    for table in (account.defects, account.feedback):
        ids = ids - set(table["order_id"]) if ids else ids
    if ids:
        # The long table is read only for an id in none of the short ones.
        ids = ids - set(account.orders["order_id"])
    if ids:
        first = sorted(ids)[0]
        near = fields.nearest(first, _like(first, account))
        raise ParameterError(
            f"scenario: orders this account does not have: {', '.join(sorted(ids))}{near}"
        )


def _like(order_id: str, account: Account) -> list[str]:
    """Order ids that begin or end as one does, and all those of defective orders."""
    ids, half = account.orders["order_id"], len(order_id) // 2
    alike = ids.str.startswith(order_id[:half]) & ids.str.endswith(order_id[half:])
    alike |= ids.str.startswith(order_id[:-2]) | ids.str.endswith(order_id[2:])
    return [*ids[alike].head(MOST_ALIKE), *account.defective["order_id"]]


def _of_a_day(look: LookAhead, one: NewDefect) -> list[Touched]:
    """Orders given by their day."""
    assert one.ordered_on is not None
    pair, day = largest_of(one, look.size), day_number(one.ordered_on)
    if pair is None:
        raise ParameterError("new_defect: the account has no orders.")
    if (one.ordered_on - look.as_of).days > MOST_DAYS:
        raise ParameterError(
            f"new_defect: ordered_on is {one.ordered_on}, more than {MOST_DAYS:,} days after "
            f"{look.as_of}."
        )
    if one.ordered_on <= look.as_of:
        _check_placed(look, pair, one.ordered_on, one.n)
    return [Touched("", pair, day, number=i) for i in range(one.n)]


def _check_placed(look: LookAhead, pair: Pair, placed_on: date, n: int) -> None:
    """Whether so many orders of a day can become defective."""
    on = pd.Timestamp(placed_on)
    placed, bad = (
        table[
            (table["ordered_on"] == on)
            & (table["marketplace"] == pair[0])
            & (table["channel"] == pair[1])
        ]
        for table in (look.account.daily, look.account.defective)
    )
    n_placed = int(placed["n_orders"].sum())
    known = bad[[f"{c}_on" for c in terms.COMPONENTS]] <= pd.Timestamp(look.as_of)
    left = n_placed - int(known.any(axis=1).sum())
    if n > left:
        raise ParameterError(
            f"new_defect: {n:,} of the orders of {placed_on} cannot become defective: "
            f"{words.series(*pair)} has {n_placed:,} of that day, of which {left:,} are not."
        )


def _idle(order: Touched, look: LookAhead) -> Iterator[Idle]:
    """What is done to an order that changes nothing, and why."""
    left = day_number(look.policy.leaves_on(date_of(order.ordered)))
    others = tuple(c for c in order.known if order.gone.get(c, (0, 0.0))[1] == 0)
    for done, is_new in ((order.gone, False), (order.new, True)):
        for component, (day, _) in done.items():
            kept = others if is_new else tuple(c for c in others if c != component)
            if left < look.calendar.today:
                yield Idle(order.name, component, "left", new=is_new)
            elif kept:
                why: Why = "defective" if is_new else "other defects"
                yield Idle(order.name, component, why, kept, is_new)
            elif left < day:
                yield Idle(order.name, component, "too late", new=is_new)
