"""The worklist in words: what to do first, until when, and what must not be done."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from odr_analysis import terms, words
from odr_analysis.actions.steps import STEPS
from odr_analysis.answer.sections import ToDo
from odr_analysis.save_tables import json_rows
from odr_analysis.texts.removal_rules import NEVER_FOR_FEEDBACK

MOST_WHYS = 3
"""Reasons why nothing is left to do that are named, the most frequent first."""


def todo(table: pd.DataFrame, as_of: date, *, many_series: bool = False) -> ToDo:
    """The worklist with the sentences above it.

    Parameters
    ----------
    table : pandas.DataFrame
        :func:`~odr_analysis.worklist`.
    as_of : datetime.date
    many_series : bool
        Whether the account has several marketplaces or channels.
    """
    return ToDo(tuple(worklist_lines(table, as_of)), table, as_of, many_series)


def worklist_lines(table: pd.DataFrame, as_of: date) -> list[str]:
    """How many defects can still be worked on, what is due next, and what cannot be done."""
    if table.empty:
        return ["No defect is known, so there is none to work on."]
    to_do, closed = table[table.step != ""], table[table.step == ""]
    if to_do.empty:
        lines = [f"Nothing can be done about {_any(len(closed))}."]
    else:
        lines = [
            f"{words.number(len(to_do))} of {words.counted(len(table), 'defect')} can still be "
            f"acted on, {_order(to_do)}."
        ]
    vain = int((to_do.worth == 0).sum())
    if vain:
        lines.append(
            f"{words.counted(vain, 'of these steps changes', 'of these steps change')} nothing: "
            "the order has another defect that stays."
        )
    dated = to_do[to_do.deadline.notna()]
    overdue = int((dated.days_to_deadline < 0).sum())
    coming = dated[dated.days_to_deadline >= 0].sort_values("deadline", kind="stable")
    if len(coming):
        first = coming.iloc[0]
        due = words.day(first.deadline, as_of.year)
        left = words.counted(int(first.days_to_deadline), "day left", "days left")
        lines.append(f"Due next: {first.step}, order {first.order_id}, by {due} ({left}).")
    if overdue:
        were = "is" if overdue == 1 else "are"
        lines.append(
            f"{words.counted(overdue, 'step')} {were} past the deadline and may still be heard: "
            "do these at once."
        )
    why_closed = closed.why_closed.value_counts()
    for why, n in why_closed.head(MOST_WHYS).items():
        lines.append(f"Nothing left for {words.counted(int(n), 'defect')}: {why}.")
    if len(why_closed) > MOST_WHYS:
        more = int(why_closed.iloc[MOST_WHYS:].sum())
        lines.append(f"Nothing left for {words.counted(more, 'more defect')}; each says why.")
    if (to_do.component == "feedback").any():
        lines.append(NEVER_FOR_FEEDBACK)
    return lines


def _order(to_do: pd.DataFrame) -> str:
    """What the rows are sorted by, as far as it shows in them."""
    many = len(to_do[list(terms.SERIES_KEYS)].drop_duplicates()) > 1
    parts = ["the most pressing channel"] if many else []
    parts += ["overdue steps"] if (to_do.days_to_deadline < 0).any() else []
    if not parts:
        return "most valuable first"
    return f"{words.listed(parts)} first, then the most valuable"


def _any(n: int) -> str:
    return "the one defect" if n == 1 else f"any of the {words.number(n)} defects"


def deadline_text(deadline: Any, days: Any, year: int) -> str:
    """``by 4 Oct, 3 days left``, ``was 14 Sep`` or a dash."""
    if pd.isna(deadline):
        return "–"
    when = words.day(deadline, year)
    if days < 0:
        return f"was {when}"
    if days == 0:
        return f"{when}, today"
    return f"{when}, {words.counted(int(days), 'day')} left"


def is_overdue(row: Mapping[Any, Any]) -> bool:
    """Whether a row of the worklist is past its deadline and its step still changes something."""
    days = row["days_to_deadline"]
    return not pd.isna(days) and days < 0 and row["worth"] > 0


def _at_sight(to_do: pd.DataFrame, most: int | None) -> pd.DataFrame:
    """The first `most` rows, and every overdue one below them."""
    if most is None:
        return to_do
    late = [is_overdue(row) for row in to_do.to_dict("records")]
    return to_do[(np.arange(len(to_do)) < most) | np.array(late, dtype=bool)]


def worklist_text(table: pd.DataFrame, as_of: date, *, most: int | None = None) -> list[str]:
    """The worklist as lines for a terminal."""
    lines = [f"What to do first, as of {words.day(as_of)}:", *worklist_lines(table, as_of)]
    to_do = table[table.step != ""]
    alone = table.marketplace.nunique() <= 1
    listed = _at_sight(to_do, most)
    for row in listed.to_dict("records"):
        name = words.series(row["marketplace"], row["channel"], alone=alone)
        due = deadline_text(row["deadline"], row["days_to_deadline"], as_of.year)
        chance = f"chance {words.about(row['chance'])} ({row['chance_from']})"
        left = f"{words.counted(int(row['days_left']), 'day')} left in the window"
        lines += [
            "",
            f"{row['rank']:>3}. {row['order_id']}  {name}, "
            f"{terms.COMPONENT_LABELS[row['component']]}: {row['step']}",
            f"     {row['effect_text']}; {left}; deadline {due}; {chance}",
        ]
        if row["evidence"]:
            lines.append(f"     “{' '.join(row['evidence'].split())}”")
    if len(to_do) > len(listed):
        lines += [
            "",
            f"{words.number(len(to_do) - len(listed))} more; --all lists them, --csv writes all.",
        ]
    for name in dict.fromkeys(listed.step):
        step = STEPS[name]
        lines += [
            "",
            f"{name[0].upper()}{name[1:]}. {step.allowed}",
            f"  {step.forbidden}",
            f"  Deadline: {step.source}.",
        ]
    return lines


def worklist_json(table: pd.DataFrame, as_of: date) -> str:
    """The worklist as JSON: ``{"as_of": ..., "worklist": [row, ...]}``."""
    content = {"as_of": as_of.isoformat(), "worklist": json_rows(table)}
    return json.dumps(content, indent=1, ensure_ascii=False)
