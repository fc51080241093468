"""What a scenario comes to, in words."""

from __future__ import annotations

from datetime import timedelta

from odr_analysis import words
from odr_analysis.answer.scenario.done import done_to, span_phrase
from odr_analysis.answer.scenario.removal_effects import scenario_notes
from odr_analysis.answer.scenario.verdict import verdict
from odr_analysis.whatif.apply import Effect
from odr_analysis.whatif.changes import MoreOrders
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
            done = words.listed(done_to(effect, path))
            parts.append(
                f"With {done} {_name(path, many)} {_verdict(effect, path)}{_shows(effect, path)}."
            )
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
    known = effect.look.day.known[path.pair]
    partly = bool(known.missing) or path.pair not in effect.baseline.marginals
    return verdict(path, lower_bound=known.lower_bound, partly=partly)


def _name(path: Path, many: bool) -> str:
    label = words.channel(path.pair[1])
    # "Amazon" keeps its capital; the other labels are common words.
    label = label if label.startswith("Amazon") else label[0].lower() + label[1:]
    return f"{label} ODR" + (f" on {path.pair[0]}" if many else "")


def _shows(effect: Effect, path: Path) -> str:
    """When what is done to one series first shows."""
    policy, as_of, year = effect.policy, effect.as_of, effect.as_of.year
    starts = [span.first_day(as_of) for span in effect.spans_of(path.pair)]
    if not starts:
        return ""
    enters = policy.enters_on(min(starts))
    shows, placed = words.day(enters, year), words.day(min(starts), year)
    because = ", because Amazon counts an order from " + (
        f"its {words.ordinal(policy.lag_days)} day" if policy.lag_days else "the day it is placed"
    )
    if enters > path.on(path.last):
        return f"; orders placed from {placed} count only from {shows}{because}"
    if path.pair in effect.removed or path.pair in effect.new_defects:
        return f"; orders placed from {placed} count from {shows}{because}"
    return f"; the first effect shows on {shows}{because}"


def _why_nothing(effect: Effect) -> str:
    """Why no day looked at changes, to stand before a colon."""
    year, reasons = effect.as_of.year, list[str]()
    last = effect.as_of + timedelta(days=effect.horizon_days)
    for span, pairs in effect.spans:
        shows = effect.policy.enters_on(span.first_day(effect.as_of))
        what = span_phrase(span, effect.as_of)
        if isinstance(span, MoreOrders) and not span.per_day:
            continue
        if span.is_nothing:
            what = f"{span.per_day:,} more orders a day" if isinstance(span, MoreOrders) else what
            for_none = " for 0 days" if span.days == 0 else ""
            reasons.append(f"{what[0].upper()}{what[1:]}{for_none} change nothing")
        elif shows > last:
            reasons.append(
                f"The first order it is about counts on {words.day(shows, year)}, after the last "
                "day looked at, so nothing changes before"
            )
        elif pairs:
            reasons.append(f"{what[0].upper()}{what[1:]} change nothing")
    notes = scenario_notes(effect)
    reasons += [note.rstrip(".").replace(": ", ", so ") for note in notes[:NOTES_IN_SENTENCE]]
    if len(notes) > NOTES_IN_SENTENCE:
        rest = len(notes) - NOTES_IN_SENTENCE
        more = words.counted(rest, "more removal changes", "more removals change")
        reasons.append(f"{more} nothing either")
    return ". ".join(reasons) or "Nothing is changed"
