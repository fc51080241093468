"""What if: standard scenarios of each rate side by side, and one's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from odr_analysis import words
from odr_analysis.actions.plan import Plan
from odr_analysis.answer.plan import plan_sentence
from odr_analysis.answer.sections import Card
from odr_analysis.schema import of_series
from odr_analysis.whatif import Effect, Removed, Sales, Scenario
from odr_analysis.whatif.by_a_day import CERTAINTY
from odr_analysis.whatif.changes import Pair

DAYS = 30
"""The day ahead on which scenarios are compared."""
TOP = 5
"""How many removals the standard scenario takes."""


@dataclass(frozen=True)
class Outcome:
    """One scenario of one rate on the day compared; all in words."""

    scenario: str
    odr: str
    breach: str
    first_under: str


@dataclass(frozen=True)
class Outcomes:
    """The scenarios of one rate."""

    title: str
    rows: tuple[Outcome, ...]


@dataclass(frozen=True)
class WhatIf:
    """Scenarios side by side on one day.

    Attributes
    ----------
    day : datetime.date
        The day compared.
    target : float
    rates : tuple of Outcomes
        One per rate of which all is known.
    plans : tuple of str
        The cheapest plan of each of them, or that none is needed.
    notes : tuple of str
    """

    day: date
    target: float
    rates: tuple[Outcomes, ...]
    plans: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def text(self) -> str:
        """For a terminal."""
        lines = [
            f"{each.title}, {row.scenario}: {row.odr} on {words.day(self.day)}; probability of a "
            f"breach {row.breach}"
            for each in self.rates
            for row in each.rows
        ]
        return "\n".join([*lines, *self.plans, *self.notes])


def standard_scenarios(removable: pd.DataFrame) -> Iterator[Scenario]:
    """What a report compares: as things are, more sales, none, and the top removals.

    Parameters
    ----------
    removable : pandas.DataFrame
        ``removal_deltas`` of the day.
    """
    yield Scenario(name="As things are")
    yield Scenario(Sales(1.2), name="20 % more orders")
    yield Scenario(Sales(0), name="No sales")
    useful = removable[removable["delta"] < 0]
    # The largest effects of each rate.
    top = useful.groupby(["marketplace", "channel"], sort=False).head(TOP)
    if len(top):
        name = f"The top {TOP} feedbacks of each rate removed"
        yield Scenario(Removed(frozenset(top["order_id"])), name=name)


def what_if(
    cards: Sequence[Card],
    effect_of: Callable[[Scenario], Effect],
    plan_of: Callable[[Card, date], Plan],
    removable: pd.DataFrame,
    own: Sequence[Scenario] = (),
) -> WhatIf:
    """The standard scenarios and one's own, for each rate of which all is known.

    Parameters
    ----------
    cards : sequence of Card
        Cards of the day, in the order their rates are wanted.
    effect_of : callable
        The effect of a scenario.
    plan_of : callable
        The cheapest plan of the rate of a card for a day.
    removable : pandas.DataFrame
        ``removal_deltas`` of the day.
    own : sequence of Scenario
    """
    effects = [(scenario, effect_of(scenario)) for scenario in standard_scenarios(removable)]
    effects += [
        (scenario.named(scenario.name or f"Scenario {i}"), effect_of(scenario))
        for i, scenario in enumerate(own, 1)
    ]
    first = effects[0][1]
    at = min(DAYS, first.horizon_days)
    whole = [card for card in cards if card.whole and card.pair in first.baseline.marginals]
    left_out = [card.title for card in cards if card.n_orders and card not in whole]
    notes = []
    if left_out:
        notes.append(
            f"No scenario of {words.listed(left_out)} is worked out: not all of it is known."
        )
    if whole:
        notes.append(
            "Each row is the forecast with that done, from the same draws. Removals are taken to "
            "succeed; no sales means no orders from tomorrow on."
        )
    rates = tuple(
        Outcomes(
            card.title,
            tuple(
                outcome(scenario.name, effect, card.pair, at)
                for scenario, effect in effects
                if effect is first
                or effect.changed.marginals[card.pair] is not effect.baseline.marginals[card.pair]
            ),
        )
        for card in whole
    )
    day = first.path(*whole[0].pair).on(at) if whole else first.as_of
    plans = tuple(plan_sentence(plan_of(card, day)) for card in whole) if at else ()
    if any("cheapest plan" in text for text in plans):
        notes.append(
            "A plan is that of the fewest requests, from the worklist; how often one works is an "
            "estimate. `odr plan` takes prices, limits and your own estimates."
        )
    return WhatIf(day, first.policy.target, rates, plans, tuple(notes))


def outcome(
    name: str, effect: Effect, pair: Pair, at: int, certainty: float = CERTAINTY
) -> Outcome:
    """What a scenario comes to for one rate, so many days ahead.

    Parameters
    ----------
    name : str
        What the scenario is called.
    effect : Effect
    pair : (str, str)
        Marketplace and channel, of which there is a forecast.
    at : int
        Days ahead.
    certainty : float
        Probability of a rate under target on the first day that is named.

    Examples
    --------
    >>> from odr_analysis import apply_scenario, load_sample
    >>> effect = apply_scenario(load_sample(), Scenario(Sales(0)))
    >>> outcome("No sales", effect, effect.focus.pair, 75).odr
    'no order counts'
    """
    rows = of_series(effect.changed.table, *pair)
    row = rows.iloc[at]
    if pd.isna(row["odr"]):
        return Outcome(name, "no order counts", "", "")
    likely = rows[rows["p_breach"] <= 1 - certainty]
    first = pd.NaT if likely.empty else likely["day"].iloc[0]
    return Outcome(name, _odr(row), words.probability(row["p_breach"]), _first_under(first, rows))


def _odr(row: pd.Series) -> str:
    low, high = (words.percent(row[f"{end}_90"]) for end in ("lower", "upper"))
    return f"{words.percent(row['odr'])} ({low} to {high})"


def _first_under(day: Any, rows: pd.DataFrame) -> str:
    begins, ends = rows["day"].iloc[0], rows["day"].iloc[-1]
    if pd.isna(day):
        return f"not by {words.day(ends.date(), begins.year)}"
    return "today" if day == begins else words.day(day.date(), begins.year)
