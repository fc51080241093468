"""The few days of an effect that matter, as a table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from odr_analysis import words
from odr_analysis.schema import Column, Columns, table_of, typed
from odr_analysis.whatif.apply import EFFECT_COLUMNS, Effect
from odr_analysis.whatif.paths import KeyDay

PARTS = ("n_orders", "n_defective", "odr", "p_breach")
KEY_DAY_COLUMNS: Columns = {
    "day": EFFECT_COLUMNS["day"],
    "what": Column("str", "why the day is in the list"),
    **{
        name: EFFECT_COLUMNS[name]
        for name in (
            *(f"baseline_{part}" for part in PARTS),
            *(f"scenario_{part}" for part in PARTS),
            "delta",
        )
    },
}
"""Columns of :func:`key_days`: one row per day that matters."""


def key_days(effect: Effect) -> pd.DataFrame:
    """The few days of one series that matter: today, first effect, crossings, largest change.

    One row per such day, in order of time; none where no order of the account counts.

    Parameters
    ----------
    effect : Effect
        From ``apply_scenario``; of several series the one the scenario moves, see
        ``Effect.focus``.

    Returns
    -------
    pandas.DataFrame
        ``KEY_DAY_COLUMNS`` of this module; numbers are those of ``effect.table``, unrounded.
        Probabilities are NaN where a kind of defect or some orders are unknown.

    Examples
    --------
    >>> from odr_analysis import Scenario, apply_scenario, key_days, load_sample
    >>> key_days(apply_scenario(load_sample(), Scenario())).what.tolist()[0]
    'today'
    """
    path = effect.focus
    if path is None:
        return table_of([], KEY_DAY_COLUMNS)
    line = words.level(path.target)
    known = effect.look.day.known[path.pair]
    what: dict[int, list[str]] = {}
    for key in path.key_days():
        # What is known alone can be under target, or over it where orders are missing.
        if known.missing and (
            key.what == "under" or (key.what == "over" and not known.lower_bound)
        ):
            continue
        what.setdefault(key.day, []).append(_words(key, line))
    chosen = sorted(what)
    columns: dict[str, Any] = {
        "day": [path.on(day) for day in chosen],
        "what": [", ".join(what[day]) for day in chosen],
        "delta": (path.then.odr - path.base.odr)[chosen],
    }
    for name, course in (("baseline", path.base), ("scenario", path.then)):
        parts = (course.n_orders, course.n_defective, course.odr, course.probabilities)
        for part, values in zip(PARTS, parts, strict=True):
            columns[f"{name}_{part}"] = values[chosen]
    if known.missing:
        columns |= {f"{name}_p_breach": np.nan for name in ("baseline", "scenario")}
    return typed(pd.DataFrame(columns), KEY_DAY_COLUMNS)


def _words(key: KeyDay, line: str) -> str:
    """Why a day is in the list."""
    plain = {
        "today": "today",
        "first extra": "first extra order counts",
        "over": f"first at {line} or more",
        "under": f"first under {line}",
        "largest": "largest difference",
        "last": "last day looked at",
    }[key.what]
    return f"{plain} {key.of} it" if key.of else plain
