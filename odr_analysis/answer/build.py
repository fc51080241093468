"""Put the sections together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from odr_analysis import words
from odr_analysis.account import Account
from odr_analysis.answer import ahead as ahead_part
from odr_analysis.answer import cards as cards_part
from odr_analysis.answer import health as health_part
from odr_analysis.answer import moved as moved_part
from odr_analysis.answer import official as official_part
from odr_analysis.answer import provenance as provenance_part
from odr_analysis.answer import trend as trend_part
from odr_analysis.answer.known import KnownBySeries, freshness, what_is_known
from odr_analysis.answer.sections import Answer, Card, Defects, Findings, Head
from odr_analysis.errors import ParameterError
from odr_analysis.rates import component_rates, defective_orders
from odr_analysis.rates.rolling import date_of, day_number
from odr_analysis.whatif import Scenario, apply_scenario

GIVEN, LATEST = "given", "latest day the exports know of"


def findings(
    account: Account,
    as_of: date | str | None = None,
    *,
    moved_days: int = 7,
    horizon_days: int = 75,
) -> Findings:
    """The answer of one account as data: every section of the report, nothing drawn.

    Parameters
    ----------
    account : Account
        From ``load_account``, ``load_sample`` or ``account_from_frames``.
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        Day the answer is for; by default (None or '') the latest day the exports know of.
    moved_days : int
        How far back "what moved it" looks.
    horizon_days : int
        How far ahead the known path goes; by day 75 an order placed today has left again.

    Returns
    -------
    Findings
        Frozen sections ``head, answer, official, moved, defects, ahead, health, built_on``.
        Sentences are rounded for eyes; the tables and counts beside them are not.

    Raises
    ------
    ParameterError
        `as_of` is no date, or `moved_days` or `horizon_days` is less than 1.

    Examples
    --------
    >>> from odr_analysis import load_sample
    >>> found = findings(load_sample())
    >>> [card.channel for card in found.answer.cards if card.n_orders]
    ['mfn', 'afn']
    """
    for name, value in (("moved_days", moved_days), ("horizon_days", horizon_days)):
        if value < 1:
            raise ParameterError(f"{name} must be at least 1, got {value}.")
    source = GIVEN if as_of else LATEST
    day = _day(as_of or account.known_to)
    rates = component_rates(account, day)
    defects = defective_orders(account, day)
    coming = apply_scenario(account, Scenario(), day, horizon_days)
    known = what_is_known(account, day)
    answer = _answer(account, rates, coming, day, known)
    return Findings(
        head=_head(account, day, source, known),
        answer=answer,
        official=official_part.official(account),
        moved=moved_part.moved(account, day, moved_days, known),
        defects=Defects(
            sentence=_defects_sentence(
                defects,
                [card for card in answer.cards if card.n_orders],
            ),
            table=defects,
            as_of=day,
            many_series=len(account.series) > 1,
        ),
        ahead=ahead_part.ahead(account, answer.cards, coming, defects, day, horizon_days),
        health=health_part.health(account, day, known),
        built_on=provenance_part.built_on(account, day, known),
    )


def _day(as_of: date | str) -> date:
    return date_of(day_number(as_of))


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
