"""The sections of a report, put together from tables at hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from odr_analysis import words
from odr_analysis.account import Account
from odr_analysis.answer.known import KnownBySeries, freshness
from odr_analysis.answer.parts import ahead as ahead_part
from odr_analysis.answer.parts import bridge as bridge_part
from odr_analysis.answer.parts import cards as cards_part
from odr_analysis.answer.parts import health as health_part
from odr_analysis.answer.parts import official as official_part
from odr_analysis.answer.parts import provenance as provenance_part
from odr_analysis.answer.parts import trend as trend_part
from odr_analysis.answer.sections import (
    Ahead,
    Answer,
    BuiltOn,
    Card,
    Defects,
    Head,
    Health,
    Moved,
    Official,
)
from odr_analysis.whatif import Effect


@dataclass(frozen=True, eq=False)
class Findings:
    """Everything a report says, section by section, in the order it is read."""

    head: Head
    answer: Answer
    official: Official
    moved: Moved
    defects: Defects
    ahead: Ahead
    health: Health
    built_on: BuiltOn

    @property
    def sections(self) -> tuple[Any, ...]:
        """The sections in reading order."""
        return (
            self.head,
            self.answer,
            self.official,
            self.moved,
            self.defects,
            self.ahead,
            self.health,
            self.built_on,
        )


def findings_from(
    account: Account,
    as_of: date,
    as_of_from: str,
    *,
    rates: pd.DataFrame,
    defects: pd.DataFrame,
    bridge: pd.DataFrame,
    since: date,
    coming: Effect,
    known: KnownBySeries,
) -> Findings:
    """Every section of a report, from tables that are worked out already.

    Parameters
    ----------
    account : Account
    as_of : datetime.date
        Day of the report.
    as_of_from : str
        Where `as_of` came from.
    rates, defects : pandas.DataFrame
        ``component_rates`` up to `as_of`, and ``defective_orders`` of it.
    bridge : pandas.DataFrame
        ``bridge`` from `since` to `as_of`.
    since : datetime.date
    coming : Effect
        ``apply_scenario(account, Scenario(), as_of, horizon_days)``.
    known : mapping
        ``what_is_known`` of `as_of`.
    """
    answer = _answer(account, rates, coming.table, as_of, known)
    return Findings(
        head=_head(account, as_of, as_of_from, known),
        answer=answer,
        official=official_part.official(account),
        moved=bridge_part.moved(account, bridge, since, as_of, known),
        defects=Defects(
            sentence=_defects_sentence(
                defects,
                [card for card in answer.cards if card.n_orders],
            ),
            table=defects,
            as_of=as_of,
            many_series=len(account.series) > 1,
        ),
        ahead=ahead_part.ahead(answer.cards, coming, defects),
        health=health_part.health(account, as_of, known, rates),
        built_on=provenance_part.built_on(account, as_of, known),
    )


def _head(account: Account, as_of: date, source: str, known: KnownBySeries) -> Head:
    policy = account.policy
    window = policy.window(as_of)
    stores = dict.fromkeys(marketplace for marketplace, _ in account.series)
    return Head(
        account=account.name,
        marketplaces=tuple(stores),
        as_of=as_of,
        as_of_from=source,
        window=window,
        window_sentence=words.window(window, policy, as_of.year),
        policy=policy,
        freshness=freshness(known.values(), as_of),
    )


def _answer(
    account: Account, rates: pd.DataFrame, coming: pd.DataFrame, as_of: date, known: KnownBySeries
) -> Answer:
    today = rates[rates["as_of"] == pd.Timestamp(as_of)]
    found = cards_part.cards(account, today, as_of, known)
    # Stable, so that series in the same state stay in reading order.
    found = tuple(sorted(found, key=lambda card: words.PRESSING.index(card.state)))
    said, state = cards_part.headline(found, account.policy)
    trends = []
    for card in found:
        if card.n_orders == 0:
            continue
        history, path = (
            table[(table["marketplace"] == card.marketplace) & (table["channel"] == card.channel)]
            for table in (rates, coming)
        )
        trends.append(trend_part.trend(account, card, history, path, as_of))
    return Answer(headline=said, state=state, cards=found, trends=tuple(trends))


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
