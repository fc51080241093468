"""The findings: every section of a report, each made from the tables of one day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Protocol

import pandas as pd

from odr_analysis import words
from odr_analysis.account import Account
from odr_analysis.actions.planner import cheapest_plan
from odr_analysis.answer.known import KnownBySeries, freshness
from odr_analysis.answer.parts.ahead import Ahead, ahead
from odr_analysis.answer.parts.bridge import moved
from odr_analysis.answer.parts.cards import headline
from odr_analysis.answer.parts.health import health
from odr_analysis.answer.parts.official import official
from odr_analysis.answer.parts.provenance import built_on
from odr_analysis.answer.parts.trend import trend
from odr_analysis.answer.scenario.standard import WhatIf, what_if
from odr_analysis.answer.sections import (
    Answer,
    BuiltOn,
    Card,
    Defects,
    Head,
    Health,
    Moved,
    Official,
    StandsOut,
    ToDo,
)
from odr_analysis.forecasting.look_ahead import LookAhead
from odr_analysis.forecasting.shifts.shift import BETTER, WORSE, Shift
from odr_analysis.schema import of_series
from odr_analysis.whatif import Effect, Scenario
from odr_analysis.whatif.removals import removal_deltas


class Tables(Protocol):
    """What the sections of a report take from a day: ``AccountDay`` has it."""

    @property
    def account(self) -> Account: ...

    @property
    def as_of(self) -> date: ...

    @property
    def known(self) -> KnownBySeries: ...

    @property
    def rates(self) -> pd.DataFrame: ...

    @property
    def defects(self) -> pd.DataFrame: ...

    @property
    def cards(self) -> tuple[Card, ...]: ...

    @property
    def to_do(self) -> ToDo: ...

    def bridge(self, since: date) -> pd.DataFrame: ...

    def stands_out(self) -> StandsOut: ...

    def what_if(self, scenario: Scenario, horizon_days: int) -> Effect: ...

    def look_ahead(self, horizon_days: int) -> LookAhead: ...

    def roll_off(self, horizon_days: int) -> pd.DataFrame: ...

    @property
    def shift(self) -> Shift: ...

    def if_changed(self, horizon_days: int) -> pd.DataFrame: ...


@dataclass(frozen=True, eq=False)
class Findings:
    """Everything a report says, in the order it is read; each section is made when first read.

    The summary takes its numbers from the same day (:func:`~odr_analysis.to_summary`).

    Attributes
    ----------
    day : AccountDay
        The account on the day of the report.
    moved_days, horizon_days : int
        How far back "what moved it" looks, and how far ahead it looks.
    as_of_from : str
        Where the day came from, for the head of the report.
    scenarios : tuple of Scenario
        Shown beside the standard ones.
    """

    day: Tables
    moved_days: int
    horizon_days: int
    as_of_from: str
    scenarios: tuple[Scenario, ...] = ()

    @property
    def sections(self) -> tuple[Any, ...]:
        """The sections in reading order."""
        return (
            self.head,
            self.answer,
            self.official,
            self.moved,
            self.causes,
            self.worklist,
            self.defects,
            self.ahead,
            self.what_if,
            self.health,
            self.built_on,
        )

    @cached_property
    def head(self) -> Head:
        """Whose rate, for which day, made of what."""
        account, as_of = self.day.account, self.day.as_of
        window = account.policy.window(as_of)
        return Head(
            account=account.name,
            marketplaces=tuple(dict.fromkeys(marketplace for marketplace, _ in account.series)),
            as_of=as_of,
            as_of_from=self.as_of_from,
            window=window,
            window_sentence=words.window(window, account.policy, as_of.year),
            policy=account.policy,
            freshness=freshness(self.day.known.values(), as_of),
        )

    @cached_property
    def answer(self) -> Answer:
        """The first screen: one line for the account, a card and a figure per series."""
        account, rates = self.day.account, self.day.rates
        # Stable, so that series in the same state stay in reading order.
        found = tuple(sorted(self.day.cards, key=lambda card: words.PRESSING.index(card.state)))
        line, state = headline(found, account.policy)
        tables, trends = (rates, self.day.roll_off(self.horizon_days)), []
        for card in found:
            if card.n_orders == 0:
                continue
            history, path = (of_series(t, card.marketplace, card.channel) for t in tables)
            trends.append(trend(account, card, history, path, self.day.as_of))
        return Answer(headline=line, state=state, cards=found, trends=tuple(trends))

    @cached_property
    def official(self) -> Official:
        """Amazon's own number beside ours."""
        return official(self.day.account)

    @cached_property
    def moved(self) -> Moved:
        """What moved the rate lately, in at most three lines."""
        day, since = self.day, self.day.as_of - timedelta(days=self.moved_days)
        return moved(day.account, day.bridge(since), since, day.as_of, day.known)

    @cached_property
    def causes(self) -> StandsOut:
        """Groups that stand out, reasons, and which work would help."""
        return self.day.stands_out()

    @cached_property
    def worklist(self) -> ToDo:
        """What can still be done about each defect."""
        return self.day.to_do

    @cached_property
    def defects(self) -> Defects:
        """The orders behind the numerator."""
        counting = [card for card in self.answer.cards if card.n_orders]
        return Defects(
            sentence=_defects_sentence(self.day.defects, counting),
            table=self.day.defects,
            as_of=self.day.as_of,
            many_series=len(self.day.account.series) > 1,
        )

    @cached_property
    def ahead(self) -> Ahead:
        """The forecast of the days to come."""
        day, days = self.day, self.horizon_days
        found = day.shift
        suspected = bool(found.table["finding"].isin((WORSE, BETTER)).any())
        return ahead(
            self.answer.cards,
            self._coming,
            day.roll_off(days),
            day.defects,
            found,
            day.if_changed(days) if suspected else None,
        )

    @cached_property
    def what_if(self) -> WhatIf:
        """Standard scenarios side by side, and one's own."""
        day, days = self.day, self.horizon_days
        return what_if(
            self.answer.cards,
            lambda scenario: day.what_if(scenario, days),
            lambda card, by: cheapest_plan(
                day.account,
                by,
                runners_up=0,
                marketplace=card.marketplace,
                channel=card.channel,
                as_of=day.as_of,
            ),
            removal_deltas(day.look_ahead(max(days, day.account.policy.lag_days)), day.defects),
            self.scenarios,
        )

    @cached_property
    def health(self) -> Health:
        """The other rates of Account Health."""
        day = self.day
        return health(day.account, day.as_of, day.known, day.rates)

    @cached_property
    def built_on(self) -> BuiltOn:
        """Limits of the data, files, rules and versions."""
        return built_on(self.day.account, self.day.as_of, self.day.known)

    @cached_property
    def _coming(self) -> Effect:
        """The forecast if nothing is changed."""
        return self.day.what_if(Scenario(), self.horizon_days)


def _defects_sentence(table: pd.DataFrame, counting: Sequence[Card]) -> str:
    """What `table` holds, and whether more may exist; `counting` are cards with orders."""
    missing = list(dict.fromkeys(why for card in counting for why in card.missing))
    inside = int((table["phase"] == "counts").sum())
    coming = len(table) - inside
    if not len(table) and missing:
        return f"None is known, but more cannot be known: {words.listed(missing)}."
    if not len(table) and not counting:
        return "None, because no order counts on this day."
    if not len(table) and any(card.lower_bound for card in counting):
        return "None is known, but not every kind of defect has a file here."
    if not len(table):
        return (
            "None: no order in the window has a defect, and no known defect will enter it. "
            "There is nothing to repair."
        )
    said = f"{words.counted(inside, 'order counts', 'orders count')} as defective"
    if coming:
        said += (
            f"; {words.counted(coming, 'more is', 'more are')} known already and will enter when "
            "old enough"
        )
    if missing:
        said += f". There may be more, which cannot be known: {words.listed(missing)}"
    return f"{said}. Sorted by days remaining: the longest-lasting offer the largest gain."
