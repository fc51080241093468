"""The defects a panel offers to tick: what each is, what taking it away brings, and its odds."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from odr_analysis import terms
from odr_analysis.actions.steps import STEPS
from odr_analysis.actions.worklist import WORK_COLUMNS
from odr_analysis.causes.reasons import defect_reasons
from odr_analysis.controls.lever_scenario import Odds
from odr_analysis.forecasting.look_ahead import LookAhead
from odr_analysis.rates.defects import DEFECTIVE_ORDER_COLUMNS
from odr_analysis.schema import Column, Columns, typed

_OF_WORK = (
    *("order_id", "marketplace", "channel", "component", "step", "effect", "effect_text"),
    *("chance", "chance_from", "worth", "leaves_on", "days_left", "why_closed"),
)
TICK_COLUMNS: Columns = {
    **{name: WORK_COLUMNS[name] for name in _OF_WORK},
    "shows_on": Column("datetime64[us]", "day from which a success would show", unit="midnight"),
    "rating": DEFECTIVE_ORDER_COLUMNS["rating"],
    "reason": Column("str", "main reason of the order's defects", missing="'' where unknown"),
    "words": Column("str", "what was said, untrusted text", missing="'' if nothing"),
}
"""Columns of :func:`tick_table`: one row per defective order x kind of defect."""

_SEARCHED = ("order_id", "words", "reason", "step")


def tick_table(look: LookAhead) -> pd.DataFrame:
    """Every defect that counts or will, what can be done about it first, by worth.

    Parameters
    ----------
    look : LookAhead

    Returns
    -------
    pandas.DataFrame
        ``TICK_COLUMNS`` of this module: :func:`~odr_analysis.worklist` with the reasons and the
        words, the largest ``worth`` first; equals by effect and days left.
    """
    table, of_order = look.day.worklist, look.day.defects.set_index("order_id")
    feedback = table.component == "feedback"
    why = defect_reasons(look.account, look.as_of).set_index("order_id")["reason"]
    after = table.step.map({name: step.shows_after for name, step in STEPS.items()}).fillna(0)
    table = table.assign(
        shows_on=pd.Timestamp(look.as_of) + pd.to_timedelta(after, unit="D"),
        rating=table.order_id.map(of_order["rating"]).where(feedback),
        reason=table.order_id.map(why).fillna(""),
        words=table.evidence.where(~feedback, table.order_id.map(of_order["comment"])),
        closed=table.step == "",
    ).sort_values(
        ["closed", "worth", "effect", "days_left", "order_id", "component"],
        ascending=[True, False, True, False, True, True],
        ignore_index=True,
    )
    return typed(table, TICK_COLUMNS)


def odds_of(table: pd.DataFrame) -> Odds:
    """Probability of success and the day one would show, by order and kind of defect."""
    days = (day.date() for day in table.shows_on)
    return dict(
        zip(
            zip(table.order_id, table.component, strict=True),
            zip(table.chance.tolist(), days, strict=True),
            strict=True,
        )
    )


def filtered(table: pd.DataFrame, text: str = "", kind: str = "") -> pd.DataFrame:
    """The defects of one kind, of which order id, words, reason or step have all words of a text.

    Examples
    --------
    >>> rows = [("a1", "claim", "late", "Came late"), ("a2", "feedback", "", "Broken, late")]
    >>> table = pd.DataFrame(rows, columns=["order_id", "component", "reason", "words"])
    >>> table = table.assign(step="")
    >>> asked = (("LATE",), ("broken a2",), ("", "claim"))
    >>> [filtered(table, *each).order_id.tolist() for each in asked]
    [['a1', 'a2'], ['a2'], ['a1']]
    """
    found = table if not kind else table[table.component == kind]
    for word in text.casefold().split():
        has = [found[name].str.casefold().str.contains(word, regex=False) for name in _SEARCHED]
        found = found[pd.concat(has, axis=1).any(axis=1)]
    return found


def kinds_of(table: pd.DataFrame) -> Mapping[str, str]:
    """The kinds of defect in a table, by their names for a reader."""
    return {terms.COMPONENT_LABELS[c]: c for c in terms.COMPONENTS if (table.component == c).any()}
