"""What a scenario comes to, in words."""

from __future__ import annotations

from odr_analysis import words
from odr_analysis.answer.scenario.expected import share_defective
from odr_analysis.answer.scenario.removal_effects import scenario_notes
from odr_analysis.answer.scenario.verdict import verdict
from odr_analysis.whatif.apply import Effect
from odr_analysis.whatif.paths import Path

NOTES_IN_SENTENCE = 2
"""How many removals without effect a sentence names; the rest it counts."""


def scenario_sentence(effect: Effect) -> str:
    """What a scenario comes to, in one sentence a seller understands (one per series it moves).

    Parameters
    ----------
    effect : Effect
        From ``apply_scenario``; its horizon is how far the sentence sees.

    Returns
    -------
    str
        When the rate is under target and when it would be without the scenario, and when the
        first effect shows; or, plainly, that nothing changes and why.

    Examples
    --------
    >>> from odr_analysis import Scenario, apply_scenario, load_sample, scenario_sentence
    >>> scenario_sentence(apply_scenario(load_sample(), Scenario())).split(":")[0]
    'Nothing is changed'
    """
    many = len({path.pair[0] for path in effect.paths}) > 1
    parts = []
    for path in effect.paths:
        if path.changed:
            done, shows = _done(effect, path)
            parts.append(f"With {done} {_name(path, many)} {_verdict(effect, path)}{shows}.")
    if parts:
        return " ".join(parts)
    focus = effect.focus
    if focus is None:
        return "There are no orders in the exports, so there is no ODR to change."
    return f"{_why_nothing(effect)}: {_name(focus, many)} {_verdict(effect, focus)}."


def scenario_headline(effect: Effect) -> str:
    """The finding of one series in one line, for the head of a figure.

    Parameters
    ----------
    effect : Effect
        From ``apply_scenario``; of several series the one the scenario moves, see
        ``Effect.focus``.

    Examples
    --------
    >>> from odr_analysis import Scenario, apply_scenario, load_sample
    >>> scenario_headline(apply_scenario(load_sample(), Scenario())).split(" is ")[0]
    'Seller-fulfilled ODR'
    """
    path = effect.focus
    if path is None:
        return "No orders in the exports"
    return f"{words.channel(path.pair[1])} ODR {_verdict(effect, path)}"


def _verdict(effect: Effect, path: Path) -> str:
    """What happens to one series; no more than its known kinds of defect allow."""
    return verdict(path, lower_bound=effect.look.day.known[path.pair].lower_bound)


def _name(path: Path, many: bool) -> str:
    label = words.channel(path.pair[1])
    # "Amazon" keeps its capital; the other labels are common words.
    label = label if label.startswith("Amazon") else label[0].lower() + label[1:]
    return f"{label} ODR" + (f" on {path.pair[0]}" if many else "")


def _done(effect: Effect, path: Path) -> tuple[str, str]:
    """What is done to one series, and when the extra orders first show."""
    scenario, policy, as_of = effect.scenario, effect.policy, effect.as_of
    removed = effect.removed.get(path.pair, 0)
    did, shown = [], ""
    if path.pair == effect.series and scenario.n_extra:
        first, last = scenario.first_day(as_of), scenario.last_day(as_of)
        each = "order" if scenario.extra_orders_per_day == 1 else "orders"
        span = f"a day from {words.span(first, last, as_of.year)}"
        if scenario.days == 1:
            span = f"on {words.day(first, as_of.year)}"
        quality = f" ({share_defective(scenario)})" if scenario.extra_defect_rate != 0 else ""
        did.append(f"{scenario.extra_orders_per_day:,} more {each} {span}{quality}")
        shows = words.day(policy.enters_on(first), as_of.year)
        because = ", because Amazon counts an order from " + (
            f"its {words.ordinal(policy.lag_days)} day"
            if policy.lag_days
            else "the day it is placed"
        )
        if path.first_extra is None:
            shown = f"; the extra orders count only from {shows}{because}"
        elif removed:
            shown = f"; the removal works at once, the extra orders from {shows}{because}"
        else:
            shown = f"; the first effect shows on {shows}{because}"
    if removed:
        did.append(f"the feedback of {removed:,} order{'s' if removed > 1 else ''} removed")
    return " and ".join(did), shown


def _why_nothing(effect: Effect) -> str:
    """Why no day looked at changes, to stand before a colon."""
    scenario, year, reasons = effect.scenario, effect.as_of.year, []
    if scenario.extra_orders_per_day and not scenario.days:
        reasons.append(
            f"{scenario.extra_orders_per_day:,} more orders a day for 0 days are no orders"
        )
    elif scenario.n_extra:
        shows = effect.policy.enters_on(scenario.first_day(effect.as_of))
        reasons.append(
            f"The first extra order counts on {words.day(shows, year)}, after the last day "
            "looked at, so nothing changes before"
        )
    notes = scenario_notes(effect)
    reasons += [note.rstrip(".").replace(": ", ", so ") for note in notes[:NOTES_IN_SENTENCE]]
    if len(notes) > NOTES_IN_SENTENCE:
        rest = len(notes) - NOTES_IN_SENTENCE
        reasons.append(f"{rest:,} more removals change nothing either")
    return ". ".join(reasons) or "Nothing is changed"
