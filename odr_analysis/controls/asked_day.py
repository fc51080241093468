"""A day that is asked about: what it would take to be under target on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import traitlets

from odr_analysis import words
from odr_analysis.actions.planner import cheapest_plan
from odr_analysis.answer.plan import plan_sentence
from odr_analysis.controls.state import LeverError, WhatIfState
from odr_analysis.whatif.by_a_day import CERTAINTY, orders_needed_by, removals_needed
from odr_analysis.whatif.changes import Pair
from odr_analysis.whatif.scenario import Scenario

if TYPE_CHECKING:
    from odr_analysis.account import Account

DAYS_AHEAD = 30
LEAST, MOST = 0.5, 0.99
"""Certainties that can be asked for: less than one half is none, and no forecast is sure."""


@dataclass(frozen=True)
class Answers:
    """What it would take, a sentence each, and the cheapest plan where it has steps."""

    said: tuple[str, ...]
    plan: Scenario | None = None


@dataclass(frozen=True)
class Question:
    """What it would take for one series, as it is without the scenario."""

    as_of: date
    pair: Pair
    by: date
    certainty: float
    defect_rate: float | None
    start: date

    def answers(self, account: Account) -> Answers:
        """Orders needed, removals needed and the cheapest plan; takes a second."""
        marketplace, channel = self.pair
        asked: dict[str, Any] = {
            "marketplace": marketplace,
            "channel": channel,
            "as_of": self.as_of,
        }
        orders = orders_needed_by(
            account,
            self.by,
            self.certainty,
            defect_rate=self.defect_rate,
            start=self.start,
            **asked,
        )
        if orders.missing:
            return Answers((orders.sentence,))
        removals = removals_needed(account, self.by, self.certainty, **asked)
        plan = cheapest_plan(account, self.by, self.certainty, **asked)
        said = (orders.sentence, removals.sentence, plan_sentence(plan))
        whose = f"{words.series(*self.pair)}: "
        named = (
            "More orders",
            "Removals, if each works",
            "Cheapest plan, each step with its odds",
        )
        stated = (
            f"{name}: {text.removeprefix(whose)}" for name, text in zip(named, said, strict=True)
        )
        return Answers(tuple(stated), None if plan.reason else plan.scenario)


NO_ORDERS = Answers(("There are no orders in the exports.",))


class AskedDay(traitlets.HasTraits):
    """The day and the certainty that are asked about, and the answers once they are worked out.

    Attributes
    ----------
    by : datetime.date
        By default 30 days ahead.
    certainty : float
        Probability of a rate under target on that day, 0.5 to 0.99.
    answers : tuple of str
        A sentence each; none until ``ask``, and none any more once what was asked has changed.
    plan : Scenario or None
        The cheapest plan among the answers, where there are steps in it.

    Examples
    --------
    >>> from odr_analysis import load_sample
    >>> asked = AskedDay(WhatIfState(load_sample()))
    >>> asked.ask()
    >>> [answer.split(":")[0] for answer in asked.answers]
    ['More orders', 'Removals, if each works', 'Cheapest plan, each step with its odds']
    """

    by = traitlets.Instance(date)
    certainty = traitlets.Float(CERTAINTY, min=LEAST, max=MOST)
    answers = traitlets.Tuple(read_only=True)
    plan = traitlets.Instance(Scenario, allow_none=True, read_only=True)

    def __init__(self, state: WhatIfState) -> None:
        self.state = state
        super().__init__(by=min(state.as_of + timedelta(days=DAYS_AHEAD), state.last_day))
        self._asked = self.question
        self.observe(self._forget, ["by", "certainty"])
        state.observe(self._forget, "effect")

    @property
    def question(self) -> Question | None:
        """What would be asked now; None without orders."""
        state = self.state
        if state.pair is None:
            return None
        return Question(
            state.as_of, state.pair, self.by, self.certainty, state.extra_defect_rate, state.start
        )

    @property
    def days_ahead(self) -> int:
        """How far ahead the day is."""
        return (self.by - self.state.as_of).days

    def ask(self) -> None:
        """Work the answers out."""
        question = self.question
        self.answered(question, question.answers(self.state.account) if question else NO_ORDERS)

    def answered(self, question: Question | None, answers: Answers) -> None:
        """Take answers that were worked out aside, unless something else is asked by now."""
        if question == self.question:
            self._asked = question
            self._set(answers)

    def _forget(self, _change: Any) -> None:
        if self.answers and self.question != self._asked:
            self._set(Answers(()))

    def _set(self, answers: Answers) -> None:
        self.set_trait("plan", answers.plan)
        # Last, so that whoever watches it finds the plan in place.
        self.set_trait("answers", answers.said)

    @traitlets.validate("by")
    def _within_reach(self, proposal: Any) -> date:
        value = proposal.value
        day: date = value.date() if isinstance(value, datetime) else value
        if not self.state.as_of < day <= self.state.last_day:
            raise LeverError(
                f"what-if: by must be after {words.day(self.state.as_of)} and not after "
                f"{words.day(self.state.last_day)}, the last day looked at, got {words.day(day)}."
            )
        return day

    @traitlets.validate("certainty")
    def _a_number(self, proposal: Any) -> float:
        value: float = proposal.value
        if not value >= LEAST:  # what is not a number passes the bounds
            raise LeverError(f"what-if: certainty must be a number, got {value}.")
        return value
