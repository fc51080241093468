"""One day that is asked about: how probable a rate under target is, and what it would take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from odr_analysis import words
from odr_analysis.account import Account
from odr_analysis.policy import Policy
from odr_analysis.save_tables import json_number
from odr_analysis.whatif.apply import Effect
from odr_analysis.whatif.by_a_day import (
    CERTAINTY,
    OrdersNeededBy,
    RemovalsNeeded,
    orders_needed_by,
    removals_needed,
)


@dataclass(frozen=True)
class DayAsked:
    """The odds of one series on one day, without and with a scenario, and what it would take.

    Attributes
    ----------
    orders : OrdersNeededBy
    removals : RemovalsNeeded
        Both of the account as it is, without the scenario.
    p_without, p_with : float
        Probability of a rate under target; NaN where it cannot be known or no order counts.
    changed : bool
        Whether the scenario changes the series.
    policy : Policy
    """

    orders: OrdersNeededBy
    removals: RemovalsNeeded
    p_without: float
    p_with: float
    changed: bool
    policy: Policy

    @property
    def sentence(self) -> str:
        """How probable a rate under target is on that day, in a sentence."""
        needed, line = self.orders, words.level(self.policy.target)
        on, whose = words.day(needed.by), words.series(*needed.pair)
        if needed.missing:
            why = "; ".join(needed.missing)
            return f"{whose}: whether it is under {line} on {on} cannot be known: {why}."
        if np.isnan(self.p_with):
            return f"{whose}: no order counts on {on}, so there is no rate."
        head = f"{whose}: the probability of a rate under {line} on {on} is "
        if not self.changed:
            return f"{head}{words.probability(self.p_with)}."
        if np.isnan(self.p_without):
            return f"{head}{words.probability(self.p_with)}; without the scenario no order counts."
        after, before = (words.probability(p) for p in (self.p_with, self.p_without))
        if after == before:
            return f"{head}{after} with the scenario, and as much without it."
        return f"{head}{after} with the scenario, against {before} without it."

    def lines(self) -> list[str]:
        """The odds, and what it would take, as lines for a terminal."""
        if self.orders.missing:
            return words.wrapped(self.sentence)
        without = ", without the scenario" if self.changed else ""
        return [
            *words.wrapped(self.sentence),
            f"What {words.level(self.orders.certainty)} on that day would take{without}:",
            *words.wrapped(self.orders.sentence, "- "),
            *words.wrapped(self.removals.sentence, "- "),
        ]

    def as_json(self) -> dict[str, Any]:
        """The same as JSON has it."""
        needed, removals = self.orders, self.removals
        return {
            "day": needed.by.isoformat(),
            "certainty": needed.certainty,
            "marketplace": needed.pair[0],
            "channel": needed.pair[1],
            "sentence": self.sentence,
            "p_without": json_number(self.p_without),
            "p_with": json_number(self.p_with),
            "missing": needed.missing,
            "orders_needed": {
                "per_day": needed.per_day,
                "even": needed.even,
                "counting_days": needed.counting_days,
                "first": needed.first and needed.first.isoformat(),
                "last": needed.last and needed.last.isoformat(),
                "p_at_best": json_number(needed.p_at_best),
                "reachable_on": needed.reachable_on and needed.reachable_on.isoformat(),
                "sentence": needed.sentence,
            },
            "removals_needed": {
                "n": removals.n,
                "orders": removals.orders,
                "available": removals.available,
                "p_at_best": json_number(removals.p_at_best),
                "sentence": removals.sentence,
            },
        }


def day_asked(
    account: Account,
    effect: Effect,
    by: date,
    certainty: float = CERTAINTY,
    *,
    defect_rate: float | None = None,
    start: date | None = None,
) -> DayAsked:
    """The odds on a day of the series that a scenario moves, and what it would take.

    Parameters
    ----------
    account : Account
    effect : Effect
        From ``apply_scenario``, which looks ahead to that day at least.
    by, certainty, defect_rate, start
        As of :func:`~odr_analysis.orders_needed_by`.

    Raises
    ------
    ParameterError
        As :func:`~odr_analysis.orders_needed_by`.

    Examples
    --------
    >>> from odr_analysis import Scenario, apply_scenario, load_sample
    >>> account = load_sample()
    >>> asked = day_asked(account, apply_scenario(account, Scenario()), date(2026, 10, 25))
    >>> asked.orders.per_day, asked.p_with == asked.p_without
    (0, True)
    """
    path = effect.focus
    marketplace, channel = (None, None) if path is None else path.pair
    orders = orders_needed_by(
        account,
        by,
        certainty,
        defect_rate=defect_rate,
        start=start,
        marketplace=marketplace,
        channel=channel,
        as_of=effect.as_of,
    )
    removals = removals_needed(
        account, by, certainty, marketplace=marketplace, channel=channel, as_of=effect.as_of
    )
    without = with_it = np.nan
    if path is not None and not orders.missing:
        at = (by - effect.as_of).days
        without, with_it = (1 - course.probabilities[at] for course in (path.base, path.then))
    return DayAsked(
        orders,
        removals,
        float(without),
        float(with_it),
        path is not None and path.changed,
        effect.policy,
    )
