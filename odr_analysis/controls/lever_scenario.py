"""From where the levers stand to the scenario they make, and from a scenario to the levers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import attrs

from odr_analysis.whatif.changes import Change, MoreOrders, Removed, Sales, Span
from odr_analysis.whatif.scenario import Scenario

TICKED = {"removed": "feedback", "claims_won": "claim", "chargebacks_won": "chargeback"}
"""Levers that hold the order ids of ticked defects, and the kind of defect of each."""

Odds = Mapping[tuple[str, str], tuple[float, date]]
"""From order id and kind of defect to the probability of success and the day one would show."""


def made_by(levers: Mapping[str, Any], odds: Odds) -> Scenario:
    """The scenario that levers make.

    Parameters
    ----------
    levers : mapping
        Where each stands, by the names of ``WhatIfState``.
    odds : mapping
        Of the defects that may be ticked.

    Examples
    --------
    >>> none = dict.fromkeys(("extra_defect_rate", "marketplace", "channel"))
    >>> more = {"extra_orders_per_day": 9, "start": date(2026, 10, 1), "days": 30, **none}
    >>> ticks = {"removed": ("a",), "claims_won": (), "chargebacks_won": (), "as_certain": True}
    >>> made_by({**more, **ticks, "sales": 0.5, "also": Scenario()}, {})
    Scenario(MoreOrders(per_day=9, start=date(2026, 10, 1), days=30), Sales(factor=0.5), \
Removed(orders={'a'}))
    """
    changes: list[Change] = [more_of(levers)]
    if levers["sales"] != 1:
        changes.append(Sales(levers["sales"]))
    changes += _removals(levers, odds)
    ticked = {(i, kind) for lever, kind in TICKED.items() for i in levers[lever]}
    return Scenario(*changes, *_besides(levers["also"], ticked))


def more_of(levers: Mapping[str, Any]) -> MoreOrders:
    """The extra orders that levers make."""
    return MoreOrders(
        levers["extra_orders_per_day"],
        levers["extra_defect_rate"],
        start=levers["start"],
        days=levers["days"],
        marketplace=levers["marketplace"],
        channel=levers["channel"],
    )


def levers_for(scenario: Scenario, odds: Odds, as_of: date, last: date) -> dict[str, Any]:
    """Where the levers stand for a scenario; what none of them can show goes to ``also``.

    Every lever is there but those that would make no difference: with no extra orders in the
    scenario, their start, days and quality are left as they are. Extra orders without an end
    end on the last day looked at.

    Examples
    --------
    >>> both = Scenario(MoreOrders(9), Sales(0.5, days=7))
    >>> shown = levers_for(both, {}, date(2026, 9, 30), last=date(2026, 10, 30))
    >>> shown["extra_orders_per_day"], shown["days"], shown["also"]
    (9, 30, Scenario(Sales(factor=0.5, days=7)))
    """
    levers: dict[str, Any] = {"extra_orders_per_day": 0, "sales": 1.0}
    also: list[Change] = []
    removals = scenario.of_kind(Removed)
    certain = any(map(_is_certain, removals)) or not any(_has_odds(r, odds) for r in removals)
    ids: dict[str, list[str]] = {lever: [] for lever in TICKED}
    lever_of = {kind: lever for lever, kind in TICKED.items()}
    for change in scenario.changes:
        if isinstance(change, Removed):
            if _is_certain(change) if certain else _has_odds(change, odds):
                ids[lever_of[change.component]] += sorted(change.orders)
            else:
                also.append(change)
        elif (
            isinstance(change, MoreOrders)
            and "start" not in levers
            and change.weekdays is None
            and (days := _days_of(change, as_of, last)) is not None
        ):
            levers |= {
                "extra_orders_per_day": change.per_day,
                "extra_defect_rate": change.defect_rate,
                "start": change.first_day(as_of),
                "days": days,
                "marketplace": change.marketplace,
                "channel": change.channel,
            }
        elif change == Sales(getattr(change, "factor", 1.0)) and levers["sales"] == 1:
            levers["sales"] = change.factor
        else:
            also.append(change)
    kept = Scenario(*also)
    return {
        **levers,
        **{lever: tuple(found) for lever, found in ids.items()},
        "as_certain": certain,
        "also": kept,
    }


def without_idle(scenario: Scenario) -> Scenario:
    """A scenario without those of its changes that change no day.

    Examples
    --------
    >>> without_idle(Scenario(MoreOrders(0), Sales(0.5)))
    Scenario(Sales(factor=0.5))
    """
    does = (c for c in scenario.changes if not (isinstance(c, Span) and c.is_nothing))
    return Scenario(*does, name=scenario.name)


def _removals(levers: Mapping[str, Any], odds: Odds) -> Iterator[Removed]:
    alike = defaultdict[tuple[str, float, date | None], list[str]](list)
    for lever, kind in TICKED.items():
        for order_id in levers[lever]:
            p, shows = odds.get((order_id, kind), (1.0, None))
            if levers["as_certain"]:
                p, shows = 1.0, None
            alike[kind, p, shows].append(order_id)
    for (kind, p, shows), orders in alike.items():
        yield Removed(frozenset(orders), kind, p, shows)


def _besides(also: Scenario, ticked: set[tuple[str, str]]) -> Iterator[Change]:
    """What stands beside the levers; of a defect that is ticked, the tick counts."""
    for change in also.changes:
        if isinstance(change, Removed):
            orders = {i for i in change.orders if (i, change.component) not in ticked}
            yield attrs.evolve(change, orders=frozenset(orders))
        else:
            yield change


def _days_of(more: MoreOrders, as_of: date, last: date) -> int | None:
    """For how many days; without an end to the last day, None where none is left."""
    to_the_last = (last - more.first_day(as_of)).days + 1
    return more.days if more.days is not None else to_the_last if to_the_last > 0 else None


def _is_certain(change: Removed) -> bool:
    return (change.probability, change.on, change.rule) == (1.0, None, None)


def _has_odds(change: Removed, odds: Odds) -> bool:
    """Whether ticks that count with their odds make it."""
    of = {odds.get((i, change.component)) for i in change.orders}
    return change.rule is None and of == {(change.probability, change.on)}
