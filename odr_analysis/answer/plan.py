"""The cheapest plan in words: what to do, what it costs and brings, as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd

from odr_analysis import terms, words
from odr_analysis.actions.plan import Option, Plan
from odr_analysis.save_tables import json_number, json_rows
from odr_analysis.whatif.scenario_file import scenario_dict

OWN_ESTIMATE = "this toolkit's estimate"
REST_ON_ESTIMATES = (
    "How often a step works is this toolkit's own estimate where it is marked so: Amazon publishes "
    "no figures. The plan is as good as these estimates; give your own under [chances] in a cost "
    "file."
)
NO_PROMISE = (
    "The probability is that of the forecast: it rests on sales and reports going on as lately, "
    "and on each step working or not by itself."
)
UNITS = {
    "removals": "removal",
    "appeals": "appeal",
    "removals and appeals": "order with a removal and an appeal",
    "refunds": "refund",
    "extra orders a day": "order a day",
}
"""What one of each kind of action is called; a kind that is not here is a fix, by its name."""
EXTRA_ORDERS = "extra orders"
NOT_LESS = 0.005
"""Costs are counted in hundredths: what differs by less is equal."""


def plan_sentence(plan: Plan) -> str:
    """The answer of a plan in one sentence: what to do, its cost, and what it brings by when.

    Parameters
    ----------
    plan : Plan
        From :func:`~odr_analysis.cheapest_plan`.

    Examples
    --------
    >>> from odr_analysis import cheapest_plan, load_sample
    >>> plan_sentence(cheapest_plan(load_sample(), "2026-10-01", certainty=0.9)).split(":")[0]
    'Seller-fulfilled on Amazon.de'
    """
    return f"{words.series(*plan.pair)}: {_answer(plan)}"


def _answer(plan: Plan) -> str:
    on, asked = words.day(plan.by), words.level(plan.certainty)
    line = words.level(plan.target)
    if plan.reason == "unknown":
        return (
            f"whether it is under {line} on {on} cannot be known, so nothing can be planned: "
            f"{'; '.join(plan.missing)}."
        )
    without = words.probability(plan.p_without)
    if plan.reason == "met":
        return (
            f"no step is needed for {on}: it is then under {line} with a probability of "
            f"{without}, and {asked} is asked for."
        )
    if plan.reason == "over budget":
        return (
            f"no plan within the budget is enough for {asked} on {on}; the cheapest that is "
            f"enough costs {words.money(plan.least_cost)}. If nothing is done, it is under {line} "
            f"with a probability of {_short_of(plan.p_without, plan.certainty)}."
        )
    if plan.best is None:
        return (
            f"a probability of {asked} cannot be reached on {on}{_without_orders(plan)}; "
            f"{_best_possible(plan)}; {_later(plan)}."
        )
    first, best = words.day(plan.steps["do_by"].min()), words.probability(plan.best.probability)
    return (
        f"the cheapest plan is {option_phrase(plan.best)}, for {words.money(plan.best.cost)} in "
        f"all, with the first step by {first}; the rate is then under {line} on {on} with a "
        f"probability of {best}, against {without} if nothing is done."
    )


def _without_orders(plan: Plan) -> str:
    return "" if plan.orders_priced else " without extra orders, which have no price"


def _best_possible(plan: Plan) -> str:
    line = words.level(plan.target)
    best = _short_of(plan.p_at_best, plan.certainty)
    if plan.p_at_best <= plan.p_without:
        return (
            "nothing within the prices and limits given changes that day, on which it is under "
            f"{line} with a probability of {best}"
        )
    return (
        f"with everything done that can be, it is under {line} with a probability of "
        f"{best} at best, against {words.probability(plan.p_without)} if nothing is done"
    )


def _later(plan: Plan) -> str:
    if plan.reachable_on is None:
        return "nor can it on any later day looked at"
    return f"the first later day on which it can is {words.day(plan.reachable_on)}"


def _short_of(p: float, certainty: float) -> str:
    """A probability below the one asked for; what rounds to the same does not read as enough.

    >>> _short_of(0.75, 0.9), _short_of(0.8983, 0.9)
    ('75 %', 'just under 90 %')
    """
    text = words.probability(p)
    return f"just under {words.level(certainty)}" if text == words.about(certainty) else text


def option_phrase(option: Option) -> str:
    """One mix of actions, a noun for each kind.

    >>> option_phrase(Option(9.0, 0.9, 2, 1, 0, ("better packaging",), 12))
    '2 removals of feedback, 1 appeal, 12 more orders a day and the fix “better packaging”'
    >>> option_phrase(Option(0.0, 0.9, 0, 0, 0, (), 0))
    'nothing'
    """
    parts = [
        words.counted(option.removals, "removal of feedback", "removals of feedback"),
        words.counted(option.appeals, "appeal"),
        words.counted(option.refunds, "refund before a claim", "refunds before a claim"),
        words.counted(option.orders_per_day, "more order a day", "more orders a day"),
    ]
    numbers = (option.removals, option.appeals, option.refunds, option.orders_per_day)
    done = [part for part, n in zip(parts, numbers, strict=True) if n]
    return words.listed([*done, *(f"the fix “{name}”" for name in option.fixes)]) or "nothing"


def plan_notes(plan: Plan) -> tuple[str, ...]:
    """What stands beside a plan: the next cheapest, what limits cost, what it rests on.

    Parameters
    ----------
    plan : Plan
        From :func:`~odr_analysis.cheapest_plan`.

    Examples
    --------
    >>> from odr_analysis import cheapest_plan, load_sample
    >>> notes = plan_notes(cheapest_plan(load_sample(), "2026-10-12", certainty=0.6))
    >>> notes[0].split(",")[0]
    'Next best: 2 removals of feedback and 1 appeal'
    """
    if plan.reason == "unknown":
        return ()
    notes = [
        f"Next best: {option_phrase(each)}, {words.money(each.cost)}, probability "
        f"{words.probability(each.probability)}."
        for each in plan.runners_up
    ]
    notes += [note for row in plan.limits.to_dict("records") for note in _limit(row)]
    notes += plan.left_out
    if plan.rests_on_guesses:
        notes.append(REST_ON_ESTIMATES)
    # Actions of one kind with several prices have a row each.
    return (*dict.fromkeys(notes), NO_PROMISE)


def _limit(row: dict[Any, Any]) -> Iterator[str]:
    """What one more of a kind of action, and one fewer, would change of the cost."""
    unit, name = UNITS.get(row["kind"]), row["limit"].removeprefix("fix: ")
    if unit and row["limit"] != row["kind"]:  # of several prices
        unit += row["limit"].removeprefix(row["kind"])
    if row["saves"] > NOT_LESS and unit:
        yield f"One more {unit} would save {words.money(row['saves'])}."
    if not row["used"]:
        return
    fewer = f"With one {unit} fewer" if unit else f"Without the fix “{name}”"
    more = row["cost_with_fewer"] - row["cost"]
    if pd.isna(more):
        yield f"{fewer} nothing would be enough."
    elif more > NOT_LESS:
        yield f"{fewer} it would cost {words.money(more)} more."


def plan_lines(plan: Plan, notes: Sequence[str] = ()) -> list[str]:
    """A plan as lines for a terminal: the answer, the dated steps, notes, and Amazon's rules.

    `notes` stand before those of :func:`plan_notes`.
    """
    lines = words.wrapped(plan_sentence(plan))
    if len(plan.steps):
        lines.append("")
    for number, row in enumerate(plan.steps.to_dict("records"), 1):
        lines += _step(number, row, plan.as_of.year)
    lines.append("")
    for note in (*notes, *plan_notes(plan)):
        lines += words.wrapped(note, "- ")
    for row in plan.steps.drop_duplicates("step").to_dict("records"):
        rules = " ".join(filter(None, (row["allowed"], row["forbidden"])))
        if rules:
            title = row["action"] if row["action"] == EXTRA_ORDERS else row["step"]
            lines += ["", *words.wrapped(f"{title[0].upper()}{title[1:]}. {rules}")]
    return lines


def _step(number: int, row: dict[Any, Any], year: int) -> Iterator[str]:
    component = row["component"]
    what = f"{row['order_id']}, {terms.COMPONENT_LABELS[component]}: " if component else ""
    yield from words.wrapped(f"{what}{row['step']}", f"{number:>3}. ")
    # A fix and extra orders last from their first day on; anything else is done once.
    once = bool(component)
    parts = [
        f"{'do by' if once else 'begin on'} {words.day(row['do_by'], year)}",
        f"shows on {words.day(row['shows_on'], year)}{' at the earliest' if once else ''}",
    ]
    if not pd.isna(row["chance"]):
        parts.append(f"probability {words.probability(row['chance'])} ({_from(row)})")
    parts.append(f"cost {words.money(row['cost'])}")
    yield from words.wrapped("; ".join(parts), " " * 5)


def _from(row: dict[Any, Any]) -> str:
    whence = str(row["chance_from"])
    return OWN_ESTIMATE + whence.removeprefix("guess") if whence.startswith("guess") else whence


def plan_json(plan: Plan, notes: Sequence[str] = ()) -> str:
    """A plan as JSON: the fields of :class:`~odr_analysis.Plan`, with sentence and notes.

    `notes` stand before those of :func:`plan_notes`.

    Dates are ISO texts; what is not known, or is infinite, is null.
    """
    content = {
        "marketplace": plan.pair[0],
        "channel": plan.pair[1],
        "as_of": plan.as_of.isoformat(),
        "by": plan.by.isoformat(),
        "certainty": plan.certainty,
        "sentence": plan_sentence(plan),
        "notes": [*notes, *plan_notes(plan)],
        "reason": plan.reason,
        "best": None if plan.best is None else asdict(plan.best),
        "runners_up": [asdict(each) for each in plan.runners_up],
        "steps": json_rows(plan.steps),
        "limits": json_rows(plan.limits),
        "scenario": scenario_dict(plan.scenario),
        "without": scenario_dict(plan.without),
        "p_without": json_number(plan.p_without),
        "p_at_best": json_number(plan.p_at_best),
        "least_cost": json_number(plan.least_cost),
        "reachable_on": plan.reachable_on and plan.reachable_on.isoformat(),
        "left_out": plan.left_out,
        "missing": plan.missing,
        "orders_priced": plan.orders_priced,
        "rests_on_guesses": plan.rests_on_guesses,
    }
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
