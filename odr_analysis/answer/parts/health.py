"""The rest of account health in words: the other rates, the featured offer, the public score."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd

from odr_analysis import terms, words
from odr_analysis.account import Account
from odr_analysis.answer.known import KnownBySeries, what_is_known
from odr_analysis.answer.parts.cards import rate_as_known
from odr_analysis.answer.parts.health_lines import (
    health_lines,
    is_past,
    rate_in_words,
)
from odr_analysis.answer.sections import Health, HealthLine
from odr_analysis.health.other_rates import other_rates
from odr_analysis.health.public_score import WHY_THEY_DIFFER, public_score
from odr_analysis.health.rules import REPORT
from odr_analysis.rates.components import component_rates
from odr_analysis.rates.rolling import asked_on, date_of

OFFER_DECIDES = (
    "Whether your offers can be the featured offer depends on order defect rate, cancellation "
    "rate and late shipment rate, together with enough orders (Amazon's help page)."
)
OFFER_LIMITS = (
    "Amazon does not say which values it takes, nor how many orders are enough, which differs by "
    "category. Meeting the targets here is no promise, and missing one is not known to end it."
)
OFFER_FBA = "New items that Amazon fulfils can be featured whatever these rates are."


def health(
    account: Account,
    as_of: date | str | None = None,
    known: KnownBySeries | None = None,
    odr: pd.DataFrame | None = None,
) -> Health:
    """Account health beside ODR as data: nothing drawn.

    Parameters
    ----------
    account : Account
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        Day it is for; by default ``account.known_to``.
    known : mapping, optional
        ``what_is_known`` of that day, where it is at hand.
    odr : pandas.DataFrame, optional
        ``component_rates`` up to that day, where it is at hand.

    Returns
    -------
    Health

    Raises
    ------
    ParameterError
        `as_of` is no date.

    Examples
    --------
    >>> from odr_analysis import load_sample
    >>> found = health(load_sample())
    >>> found.state, found.headline
    ('no data', 'None of the other rates can be known from these files.')
    """
    odr = component_rates(account, as_of, freq="M") if odr is None else odr
    rates, score = other_rates(account, as_of), public_score(account, as_of, rates=odr)
    known = _known(account, as_of) if known is None else known
    lines = health_lines(rates)
    headline, state = _headline(lines)
    return Health(
        headline=headline,
        state=state,
        lines=lines,
        missing=_missing(lines),
        offer=featured_offer(account, as_of, rates, known, odr),
        feedback=feedback_two_ways(score, known),
        rates=rates,
        score=score,
    )


def featured_offer(
    account: Account,
    as_of: date | str | None = None,
    rates: pd.DataFrame | None = None,
    known: KnownBySeries | None = None,
    odr: pd.DataFrame | None = None,
) -> tuple[str, ...]:
    """What the rates say of being the featured offer, and what nobody outside Amazon knows.

    Parameters
    ----------
    account : Account
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        By default ``account.known_to``.
    rates : pandas.DataFrame, optional
        ``other_rates`` of that day, where it is at hand.
    known : mapping, optional
        ``what_is_known`` of that day, where it is at hand.
    odr : pandas.DataFrame, optional
        ``component_rates`` up to that day, where it is at hand.

    Returns
    -------
    tuple of str
        What decides; for each marketplace the three rates as far as they are known; the limits
        of that. Amazon keeps the values it goes by to itself, so no sentence says that an
        offer is or is not eligible.

    Examples
    --------
    >>> from odr_analysis import load_sample
    >>> print(featured_offer(load_sample())[1])
    Order defect rate 1.07 % (seller-fulfilled) and 0.49 % (Amazon-fulfilled); \
cancellation rate not known; late shipment rate not known.
    """
    day = account.known_to if as_of is None else as_of
    rates = other_rates(account, day) if rates is None else rates
    odr = component_rates(account, day, freq="M") if odr is None else odr
    today = odr[odr["as_of"] == odr["as_of"].max()]
    stores = list(dict.fromkeys(today["marketplace"]))
    known = _known(account, day) if known is None else known
    shown = {
        (str(row["marketplace"]), str(row["channel"])): rate_as_known(
            account.policy,
            known[str(row["marketplace"]), str(row["channel"])],
            int(row["n_defective"]),
            int(row["n_orders"]),
        )
        for row in today.to_dict("records")
        if row["n_orders"]
    }
    said = [_offer_in(shown, rates, store, len(stores) == 1) for store in stores]
    amazon = [OFFER_FBA] if "afn" in set(today["channel"]) else []
    return (OFFER_DECIDES, *said, OFFER_LIMITS, *amazon)


def feedback_two_ways(score: pd.DataFrame, known: KnownBySeries) -> tuple[str, ...]:
    """The public score and feedback's part in ODR side by side, and why they differ.

    Parameters
    ----------
    score : pandas.DataFrame
        From ``public_score``.
    known : mapping
        ``what_is_known`` of the same day.

    Returns
    -------
    tuple of str
        The public score, the part in ODR, why they differ.

    Examples
    --------
    >>> from odr_analysis import load_sample
    >>> account = load_sample()
    >>> known = what_is_known(account, account.known_to)
    >>> lines = feedback_two_ways(public_score(account), known)
    >>> print(lines[0][:43])
    The files hold only 1 to 3 stars, so the go
    >>> print(lines[1])
    In ODR: 14 of 2,620 orders placed 18 Jul to 15 Sep 2026 have negative feedback (0.53 %).
    """
    scored = score[score["positive"].notna()]
    said = []
    if len(scored):
        parts = [
            f"{int(row['positive_percent'])} % of {words.number(int(row['n_feedback']))} in "
            f"{'the lifetime' if row['period'] == 'lifetime' else row['period']}"
            for row in scored.to_dict("records")
        ]
        said.append(f"Public score, positive feedback: {words.listed(parts)}.")
    notes = [note for note in score["note"] if note]
    said += list(dict.fromkeys(notes if not len(scored) else notes[-1:]))
    first = score.iloc[0]
    n, k = int(first["order_n_orders"]), int(first["order_n_feedback"])
    placed = words.span(first["order_from_on"].date(), first["order_to_on"].date())
    feedback = terms.COMPONENTS.index("feedback")
    in_part = not all(series.components[feedback].counted for series in known.values())
    if n and not k and in_part:
        said.append(f"In ODR: negative feedback on orders placed {placed} is not known.")
    elif n:
        have = "has" if k == 1 else "have"
        count = words.at_least(words.number(k), k, lower_bound=in_part)
        said.append(
            f"In ODR: {count} of {words.counted(n, 'order')} placed {placed} "
            f"{have} negative feedback ({words.rate(k, n)})."
        )
    else:
        said.append(f"In ODR: no order placed {placed} counts.")
    return (*said, WHY_THEY_DIFFER)


def _headline(lines: Sequence[HealthLine]) -> tuple[str, str]:
    known = [line for line in lines if line.state != "no data" and not line.past]
    past = [line for line in lines if line.state != "no data" and line.past]
    unknown = [line for line in lines if line.source == "unknown"]
    rest = ""
    if past:
        rest += f" {words.counted(len(past), 'rate is', 'rates are')} known for past days only."
    if unknown:
        rest += f" {words.counted(len(unknown), 'rate')} cannot be known from these files."
    if not known:
        if past:
            return f"None of the other rates is known as it is now.{rest}", "no data"
        if unknown:
            return "None of the other rates can be known from these files.", "no data"
        return "None of the other rates applies: there is nothing they are of.", "no data"
    state = min((line.state for line in known), key=words.PRESSING.index)
    stores = len({line.marketplace for line in lines})
    hit = dict.fromkeys(
        terms.METRICS[line.metric].lower() + ("" if stores == 1 else f" of {line.marketplace}")
        for line in known
        if line.state == state
    )
    named = words.listed(list(hit))
    are = "is" if len(hit) == 1 else "are"
    if state == "healthy":
        which = "The rate that is known is" if len(known) == 1 else "All rates that are known are"
        return f"{which} within Amazon's target.{rest}", state
    missed = "off target" if state == "critical" else "close to a limit or a recommendation"
    return f"{named[0].upper()}{named[1:]} {are} {missed}.{rest}", state


def _missing(lines: Sequence[HealthLine]) -> str:
    """The files that would show more, in one sentence."""
    wanted: dict[str, None] = {}
    for line in lines:
        wanted.update(dict.fromkeys(filter(None, line.missing.split(" or "))))
    lists = [file for file in wanted if file != REPORT]
    if not wanted:
        return ""
    said = f"Add {REPORT}: it shows every rate that is not known here"
    if lists:
        own = "would name the orders behind it" if len(lists) == 1 else "would name the orders"
        said += f"; {words.listed(lists)} {own}"
    return f"{said}."


def _known(account: Account, as_of: date | str | None) -> KnownBySeries:
    return what_is_known(account, date_of(asked_on(as_of or None, account.known_to)))


def _offer_in(
    shown: dict[tuple[str, str], str], rates: pd.DataFrame, marketplace: str, alone: bool
) -> str:
    """The three rates that decide, in one marketplace; `shown` is the ODR of each series."""
    odr = [
        f"{rate} ({words.channel(channel).replace('Seller', 'seller')})"
        for (store, channel), rate in shown.items()
        if store == marketplace
    ]
    said = [f"order defect rate {words.listed(odr) or 'without orders'}"]
    mine = rates[rates["marketplace"] == marketplace].to_dict("records")
    for metric in ("cancellation", "late_shipment"):
        found = [row for row in mine if row["metric"] == metric]
        parts = [
            rate_in_words(row) + (f" over {int(row['window_days'])} days" if len(found) > 1 else "")
            for row in found
            if rate_in_words(row) and pd.notna(row["window_days"]) and not is_past(row)
        ]
        told = words.listed(parts) or (
            "without orders" if all(_none(row["n_total"]) for row in found) else "not known"
        )
        said.append(f"{terms.METRICS[metric].lower()} {told}")
    line = "; ".join(said)
    return f"{line[0].upper()}{line[1:]}." if alone else f"{marketplace}: {line}."


def _none(count: Any) -> bool:
    """Whether a count is known to be 0."""
    return bool(pd.notna(count) and count == 0)
