"""Removals of negative feedback in words: the effect of each, and why some have none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import pandas as pd

from odr_analysis import terms, words
from odr_analysis.account import Account
from odr_analysis.forecasting.look_ahead import LookAhead
from odr_analysis.schema import Column, Columns, typed
from odr_analysis.whatif.apply import Effect
from odr_analysis.whatif.removals import REMOVAL_COLUMNS, removal_deltas
from odr_analysis.whatif.touched import Idle

ALSO = ("claim", "chargeback")
"""What an order with negative feedback can have too."""

EFFECT_OF_REMOVAL_COLUMNS: Columns = {
    **{name: column for name, column in REMOVAL_COLUMNS.items() if name not in ALSO},
    "effect": Column("str", "the effect in words"),
}
"""Columns of :func:`removal_effects`: one row per order with negative feedback."""


def removal_effects(account: Account, as_of: date | str | None = None) -> pd.DataFrame:
    """What taking away each negative feedback would do to the rate.

    One row per order with negative feedback known by `as_of` that counts now or will. An order
    still to enter the window is measured on the day it enters, when today's known orders are
    still all that count; nothing here is assumed.

    Parameters
    ----------
    account : Account
        From ``load_account``, ``load_sample`` or ``account_from_frames``.
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        Default ``account.known_to``.

    Returns
    -------
    pandas.DataFrame
        ``EFFECT_OF_REMOVAL_COLUMNS`` of this module; the largest effect first, equals by how
        long it lasts, those without effect last. Empty when there is no such feedback.

    Raises
    ------
    ParameterError
        `as_of` is not a date.

    Notes
    -----
    An order with an A-to-z claim or a chargeback stays defective without its feedback, so
    ``delta`` is 0. Effects of several removals in one series add up exactly where they are
    measured on the same day, because the orders in the denominator stay.

    Examples
    --------
    >>> from odr_analysis import load_sample, removal_effects
    >>> table = removal_effects(load_sample())
    >>> bool((table.delta <= 0).all()), table.order_id.is_unique
    (True, True)
    """
    look = LookAhead.of(account, as_of, account.policy.lag_days)
    table = removal_deltas(look)
    rows: Iterable[Any] = table.itertuples()
    effects = [
        _effect(
            row.delta,
            row.measured_on.date(),
            look.as_of,
            other_defects([component for component in ALSO if getattr(row, component)]),
        )
        for row in rows
    ]
    return typed(table.assign(effect=effects), EFFECT_OF_REMOVAL_COLUMNS)


def _effect(delta: float, measured: date, as_of: date, others: str) -> str:
    if others:
        return f"changes nothing: the order also has {others}"
    size = words.points(-delta).removeprefix("+")
    when = "" if measured == as_of else f" from {words.day(measured, as_of.year)}, when it counts"
    return f"lowers ODR by {size}{when}"


def other_defects(components: Sequence[str]) -> str:
    """What else keeps an order defective, in words; '' when nothing does.

    >>> other_defects(["claim", "chargeback"]), other_defects([])
    ('an A-to-z claim and a chargeback', '')
    """
    articles = {"feedback": "", "claim": "an ", "chargeback": "a "}
    return words.listed([f"{articles[c]}{terms.COMPONENT_LABELS[c]}" for c in components])


def scenario_notes(effect: Effect) -> tuple[str, ...]:
    """One sentence for each removal or new defect that changes nothing, by order id.

    Parameters
    ----------
    effect : Effect
        From ``apply_scenario``.

    Examples
    --------
    >>> from odr_analysis import Removed, Scenario, apply_scenario, load_sample, scenario_notes
    >>> account = load_sample()
    >>> good = account.orders.order_id[~account.orders.order_id.isin(account.defects.order_id)]
    >>> removal = Scenario(Removed([good.iloc[0]]))
    >>> scenario_notes(apply_scenario(account, removal))[0].split(" has ")[1]
    'no negative feedback that counts on 30 Sep 2026: removing it changes nothing.'
    """
    return tuple(_note(idle, effect) for idle in effect.idle)


def _note(idle: Idle, effect: Effect) -> str:
    kind = terms.COMPONENT_LABELS[idle.component]
    if idle.why == "none":
        return (
            f"Order {idle.order_id} has no {kind} that counts on {words.day(effect.as_of)}: "
            "removing it changes nothing."
        )
    why = {
        "left": "has left the window already",
        "too late": "has left the window by then",
        "other defects": f"also has {other_defects(idle.others)}",
        "defective": f"has {other_defects(idle.others)} and counts once",
    }[idle.why]
    done = f"a new {kind}" if idle.new else "removing its feedback"
    if not idle.new and idle.component != "feedback":
        done = f"winning its {kind}"
    return f"Order {idle.order_id} {why}: {done} changes nothing."
