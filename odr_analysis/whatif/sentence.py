"""What a scenario comes to, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from odr_analysis import terms, words
from odr_analysis.policy import Policy
from odr_analysis.whatif.paths import Path
from odr_analysis.whatif.scenario import Scenario

if TYPE_CHECKING:
    from odr_analysis.account import Account

NOTES_TOLD = 2
"""How many removals without effect a sentence names; the rest it counts."""


def scenario_sentence(account: Account, scenario: Scenario, frame: pd.DataFrame) -> str:
    """What `scenario` comes to, in one sentence a seller understands (one per series it moves).

    Parameters
    ----------
    account : Account
        The account `frame` was made from.
    scenario : Scenario
        The scenario `frame` was made with.
    frame : pandas.DataFrame
        Out of ``apply_scenario(account, scenario)``; its horizon is how far the sentence sees.

    Returns
    -------
    str
        When the rate is under target and when it would be without the scenario, and when the
        first effect shows; or, plainly, that nothing changes and why.

    Examples
    --------
    >>> from odr_analysis import Scenario, apply_scenario, load_sample
    >>> from odr_analysis.whatif import scenario_sentence
    >>> account, nothing = load_sample(), Scenario()
    >>> scenario_sentence(account, nothing, apply_scenario(account, nothing)).split(":")[0]
    'Nothing is changed'
    """
    keys = frame[list(terms.SERIES_KEYS)].drop_duplicates()
    paths = [
        Path.of(frame[(frame["marketplace"] == m) & (frame["channel"] == c)])
        for m, c in keys.itertuples(index=False)
    ]
    return sentence_of(account.policy, scenario, paths, frame.attrs)


def sentence_of(
    policy: Policy, scenario: Scenario, paths: list[Path], attrs: Mapping[Any, Any]
) -> str:
    """:func:`scenario_sentence` from paths and the ``attrs`` of the frame."""
    series, removed, notes = attrs["series"], attrs["removed"], attrs["notes"]
    focus = None if series is None else tuple(series)
    many = len({path.pair[0] for path in paths}) > 1
    parts = []
    for path in paths:
        if path.changed:
            gone = removed.get("|".join(path.pair), 0)
            done, effect = _done(policy, scenario, path, gone, extra=path.pair == focus)
            parts.append(f"With {done} {_name(path, many)} {path.verdict()}{effect}.")
    if parts:
        return " ".join(parts)
    if not paths or focus is None:
        return "There are no orders in the exports, so there is no ODR to change."
    path = next(p for p in paths if p.pair == focus)
    why = _why_nothing(policy, scenario, notes, path.as_of)
    return f"{why}: {_name(path, many)} {path.verdict()}."


def _name(path: Path, many: bool) -> str:
    label = words.channel(path.pair[1])
    # "Amazon" keeps its capital; the other labels are common words.
    label = label if label.startswith("Amazon") else label[0].lower() + label[1:]
    return f"{label} ODR" + (f" on {path.pair[0]}" if many else "")


def _done(
    policy: Policy, scenario: Scenario, path: Path, removed: int, *, extra: bool
) -> tuple[str, str]:
    """What is done to one series, and when the extra orders first show."""
    as_of, did, effect = path.as_of, [], ""
    if extra and scenario.n_extra:
        first, last = scenario.first_day(as_of), scenario.last_day(as_of)
        each = "order" if scenario.extra_orders_per_day == 1 else "orders"
        span = f"a day from {words.span(first, last, as_of.year)}"
        if scenario.days == 1:
            span = f"on {words.day(first, as_of.year)}"
        quality = ""
        if scenario.extra_defect_rate:
            quality = f" ({words.level(scenario.extra_defect_rate)} of them defective)"
        did.append(f"{scenario.extra_orders_per_day:,} more {each} {span}{quality}")
        shows = words.day(policy.enters_on(first), as_of.year)
        because = ", because Amazon counts an order from " + (
            f"its {words.ordinal(policy.lag_days)} day"
            if policy.lag_days
            else "the day it is placed"
        )
        if path.first_extra is None:
            effect = f"; the extra orders count only from {shows}{because}"
        elif removed:
            effect = f"; the removal works at once, the extra orders from {shows}{because}"
        else:
            effect = f"; the first effect shows on {shows}{because}"
    if removed:
        did.append(f"the feedback of {removed:,} order{'s' if removed > 1 else ''} removed")
    return " and ".join(did), effect


def _why_nothing(policy: Policy, scenario: Scenario, notes: list[str], as_of: date) -> str:
    """Why no day looked at changes, to stand before a colon."""
    said = []
    if scenario.extra_orders_per_day and not scenario.days:
        said.append(f"{scenario.extra_orders_per_day:,} more orders a day for 0 days are no orders")
    elif scenario.n_extra:
        shows = policy.enters_on(scenario.first_day(as_of))
        said.append(
            f"The first extra order counts on {words.day(shows, as_of.year)}, after the last day "
            "looked at, so nothing changes before"
        )
    said.extend(note.rstrip(".").replace(": ", ", so ") for note in notes[:NOTES_TOLD])
    if len(notes) > NOTES_TOLD:
        said.append(f"{len(notes) - NOTES_TOLD:,} more removals change nothing either")
    return ". ".join(said) or "Nothing is changed"
