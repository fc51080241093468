"""One card per marketplace and channel: the rate today, what it is made of, how far to 1 %."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd

from odr_analysis import terms, words
from odr_analysis.account import Account
from odr_analysis.answer.known import (
    SUBJECTS,
    WAIVED,
    WORD,
    KnownBySeries,
    SeriesKnown,
)
from odr_analysis.answer.last_reports import last_reports
from odr_analysis.answer.sections import Card, ComponentCount
from odr_analysis.policy import Policy
from odr_analysis.schema import of_series

SILENT_DAYS = 3
"""An export that ends this many days before the window does is said to end early."""


def cards(
    account: Account,
    today: pd.DataFrame,
    as_of: date,
    known: KnownBySeries,
) -> tuple[Card, ...]:
    """A card for every row of `today`, the ``component_rates`` of one day.

    `known` is ``what_is_known`` of that day.

    Examples
    --------
    >>> from datetime import date
    >>> from odr_analysis import component_rates, load_sample
    >>> from odr_analysis.answer.known import what_is_known
    >>> account = load_sample()
    >>> rates = component_rates(account)
    >>> today = rates[rates.as_of == rates.as_of.max()]
    >>> known = what_is_known(account, account.known_to)
    >>> len(cards(account, today, account.known_to, known)) == len(account.series)
    True
    """
    one_store = today["marketplace"].nunique() == 1
    ends = last_reports(account, as_of, known)
    found = []
    for row in today.to_dict(orient="records"):
        pair = row["marketplace"], row["channel"]
        found.append(_card(account, row, as_of, known[pair], ends[pair], alone=one_store))
    return tuple(found)


def headline(found: Sequence[Card], policy: Policy) -> tuple[str, str]:
    """The account in one line, and its most pressing state.

    >>> headline([], Policy())
    ('There are no orders, so there is no rate.', 'no data')
    """
    if not found:
        return "There are no orders, so there is no rate.", "no data"
    with_rate = [card for card in found if card.state != "no data"]
    if not with_rate:
        return "No order counts on this day, so there is no rate.", "no data"
    state = min((card.state for card in with_rate), key=words.PRESSING.index)
    hit = [card for card in with_rate if card.state == state]
    names = words.listed([words.series(c.marketplace, c.channel, alone=_one(found)) for c in hit])
    limit, early = words.level(policy.target), words.level(policy.warning_from)
    are = "is" if len(hit) == 1 else "are"
    if state == "critical":
        where = "at" if all(card.state_word == words.AT_THE_LIMIT for card in hit) else "over"
        return f"{names} {are} {where} the limit: the rate must stay below {limit}.", state
    if state == "warning":
        return (
            f"{names} {are} below the limit of {limit}, but past the early warning at {early}.",
            state,
        )
    if state == "unknown":
        missing = dict.fromkeys(reason for card in hit for reason in card.missing)
        return f"Cannot be known: {words.listed(list(missing))} ({names}).", state
    if len(with_rate) == 1:
        said = f"Below the limit today: {names} is below the early warning at {early}"
    else:
        which = "both rates are" if len(with_rate) == 2 else f"all {len(with_rate)} rates are"
        said = f"Below the limit today: {which} below the early warning at {early}"
    full = sum(policy.defect_budget(card.n_defective, card.n_orders) <= 0 for card in with_rate)
    if full:
        which = "it" if len(with_rate) == 1 else f"{words.spelled(full)} of them"
        said += f", but {which} {'has' if full == 1 else 'have'} no room for one more defect"
    return f"{said}.", state


def _one(found: Sequence[Card]) -> bool:
    return len({card.marketplace for card in found}) == 1


def _card(
    account: Account,
    row: dict[Any, Any],
    as_of: date,
    known: SeriesKnown,
    ends: Mapping[str, date],
    *,
    alone: bool,
) -> Card:
    policy, d, n = account.policy, int(row["n_defective"]), int(row["n_orders"])
    marketplace, channel = str(row["marketplace"]), str(row["channel"])
    state = known.state(policy, d, n)
    title = words.series(marketplace, channel, alone=alone)
    few = n > 0 and policy.target_fraction * n <= 1
    notes = _coverage(account, marketplace, channel, as_of, n) + _stands_on(known, n)
    notes += _ended(ends, min(as_of, account.known_to)) if n else ()
    rate_text, counts_text = rate_as_known(policy, known, d, n), _counts(known, d, n)
    budget = _budget(policy, *(known.leading(d, n) or (d, n)))
    if known.lower_bound and budget:
        budget = f"By what is known: {budget[0].lower()}{budget[1:]}"
    lead = f"{counts_text} ({rate_text})" if few else f"{rate_text} ({counts_text})"
    sentence = f"{title}: no rate. {notes[0]}" if n == 0 else f"{title}: {lead}. {budget}"
    return Card(
        marketplace=marketplace,
        channel=channel,
        title=title,
        state=state,
        state_word=_state_word(policy, state, d, n),
        missing=known.missing,
        sentence=sentence,
        n_orders=n,
        n_defective=d,
        odr=float(row["odr"]),
        rate_text=rate_text,
        counts_text=counts_text,
        counts_lead=few,
        components=tuple(
            ComponentCount(
                part.component,
                terms.COMPONENT_LABELS[part.component],
                int(row[f"n_{part.component}"]),
                part.counted,
            )
            for part in known.components
        ),
        overlap=_overlap(row),
        budget=budget,
        notes=notes,
        lower_bound=known.lower_bound,
    )


def rate_as_known(policy: Policy, known: SeriesKnown, d: int, n: int) -> str:
    """The rate as its card shows it: a lower bound where a kind of defect has no source.

    Amazon's own report of the same window leads where its rate is the higher one. A rate of 0 of
    which nothing is missing stays 0 %: a report or the policy answers for what the files lack.
    """
    leading = known.leading(d, n)
    if leading is not None:
        return words.rate(*leading, policy)
    rate = words.rate(d, n, policy)
    if n == 0 or (d == 0 and not known.missing):
        return rate
    return words.at_least(rate, d, lower_bound=known.lower_bound)


def _counts(known: SeriesKnown, d: int, n: int) -> str:
    leading = known.leading(d, n)
    if leading is not None:
        bad, of = leading
        return f"{words.number(bad)} of {words.counted(of, 'order')} by Amazon’s own report"
    counts = f"{words.number(d)} of {words.counted(n, 'order')}"
    if not known.lower_bound or n == 0:
        return counts
    return f"at least {counts}" if d else f"{counts} known to be defective"


def _state_word(policy: Policy, state: str, d: int, n: int) -> str:
    # Exactly at the target already fails; "over" would be wrong by a hair.
    at = n > 0 and d == policy.target_fraction * n
    return words.AT_THE_LIMIT if at and state == "critical" else words.STATE_WORDS[state]


def _stands_on(known: SeriesKnown, n: int) -> tuple[str, ...]:
    """What is missing, and what fills a gap, in sentences."""
    if n == 0:
        return ()
    # What is missing of the orders is said by the notes on the exports.
    gaps = [part.why for part in known.components if part.why]
    said = [f"Cannot be known: {words.listed(gaps)}."] if gaps else []
    for part in known.components:
        subject = SUBJECTS[part.component]
        if part.state == WORD and part.last is not None:
            said.append(f"No other {subject} up to {words.day(part.last)}: the user’s word.")
        elif part.state == WAIVED:
            said.append(f"Waived by the policy: {subject} need no source.")
    if known.official is not None:
        bad, of = known.official
        said.append(
            f"Amazon’s own report of the same days ({known.official_file}): "
            f"{words.number(bad)} of {words.counted(of, 'order')}."
        )
    return tuple(said)


def _ended(ends: Mapping[str, date], known_to: date) -> tuple[str, ...]:
    """Which files end so early that reports since are probably missing, in sentences."""
    return tuple(
        f"No file has {SUBJECTS[component]} after {words.day(day, known_to.year)}: what was "
        "reported since is not in the count."
        for component, day in ends.items()
        if day < known_to
    )


def _overlap(row: dict[Any, Any]) -> str:
    two = sum(
        int(row[f"n_{c}"]) for c in ("feedback_claim", "feedback_chargeback", "claim_chargeback")
    )
    three = int(row["n_all_three"])
    said = []
    if two:
        said.append(f"{words.counted(two, 'order has', 'orders have')} two kinds")
    if three:
        said.append(f"{words.counted(three, 'order has', 'orders have')} all three")
    return f"{words.listed(said)}; each counts once." if said else ""


def _budget(policy: Policy, d: int, n: int) -> str:
    """How far it is to the target, in defects and in orders."""
    if n == 0:
        return ""
    limit, left = words.level(policy.target), policy.defect_budget(d, n)
    fits_from = int(1 // policy.target_fraction) + 1
    if policy.target_fraction * n <= 1:
        needs = f"one defect needs {words.number(fits_from)} orders to stay under {limit}"
        if d == 0:
            return f"Too few orders for a defect: {needs}."
        if d == 1:
            return f"{needs[0].upper()}{needs[1:]}."
        need = int(d // policy.target_fraction) + 1
        return f"{words.number(d)} defects need {words.number(need)} orders to stay under {limit}."
    if left > 0:
        room = words.counted(left, "more defect fits", "more defects fit")
        return f"{room} under {limit}."
    if left == 0:
        return f"No room left: one more defect and it is {limit} or more."
    more = int(d // policy.target_fraction) + 1 - n
    fewer = "1 defect" if left == -1 else f"{words.number(-left)} defects"
    return (
        f"To be under {limit} it needs {words.counted(more, 'more good order')}, or {fewer} fewer."
    )


def _coverage(
    account: Account, marketplace: str, channel: str, as_of: date, n: int
) -> tuple[str, ...]:
    """Why there is no number, or which part of the window the exports do not reach."""
    policy, daily = account.policy, account.daily
    window = policy.window(as_of)
    mine = of_series(daily, marketplace, channel)
    mine = mine[mine["n_orders"] > 0]
    if n == 0:
        return (_no_data(policy, mine, as_of),)
    year = as_of.year
    first, last = daily["ordered_on"].min().date(), daily["ordered_on"].max().date()
    starts, ends = words.day(window.start, year), words.day(window.end, year)
    known_to = words.day(account.known_to, year)
    said = []
    if first > window.start:
        begin = words.day(first, year)
        said.append(
            f"The exports begin on {begin}, the window on {starts}: {_gap(window.start, first)}"
        )
    if account.known_to < window.end:
        gap = _gap(account.known_to, window.end)
        said.append(f"The exports end on {known_to}, the window on {ends}: {gap}")
    elif as_of > account.known_to:
        said.append(f"The exports end on {known_to}: what was reported since is not in the count.")
    silent_from = last + timedelta(days=SILENT_DAYS)
    if first <= window.start and silent_from < min(window.end, account.known_to):
        said.append(
            f"No order after {words.day(last, year)} is in the exports; if the order export ends "
            "there, the counts are too low."
        )
    return tuple(said)


def _gap(first: date, last: date) -> str:
    n = (last - first).days
    missing = words.counted(n, "of its days is", "of its days are")
    return f"{missing} missing, so the counts are too low."


def _no_data(policy: Policy, mine: pd.DataFrame, as_of: date) -> str:
    """Why no order of a series counts on `as_of`, and which day would do."""
    if mine.empty:
        return "The exports hold no order that counts."
    first, last = mine["ordered_on"].min().date(), mine["ordered_on"].max().date()
    begins, ends = policy.enters_on(first), policy.leaves_on(last)
    placed = (
        f"The orders in the exports were placed {words.span(first, last)}"
        if first != last
        else f"The orders in the exports were placed on {words.day(first)}"
    )
    if as_of < begins:
        return (
            f"{placed}; they count from {words.day(begins)} on. "
            f"Try --as-of {begins.isoformat()} or later, up to {ends.isoformat()}."
        )
    if as_of > ends:
        return f"{placed}; the last of them counted until {words.day(ends)}. Add newer exports."
    return f"{placed}, but none in the {words.counted(policy.window_days, 'day')} that count."
