"""An effect of a scenario as lines for a terminal and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from odr_analysis import words
from odr_analysis.answer.scenario.assumptions import scenario_assumptions
from odr_analysis.answer.scenario.day_asked import DayAsked
from odr_analysis.answer.scenario.expected import rate_of
from odr_analysis.answer.scenario.key_days import key_days
from odr_analysis.answer.scenario.removal_effects import scenario_notes
from odr_analysis.answer.scenario.sentence import NOTES_IN_SENTENCE, scenario_sentence
from odr_analysis.save_tables import json_rows
from odr_analysis.whatif.apply import Effect
from odr_analysis.whatif.scenario_file import scenario_dict
from odr_analysis.whatif.under_from import date_under_target

DASH = "–"
ROW = "  {:<8}{:>7}{:>15}{:>9}{:>15}  ".format
AT_LEAST = "≥: a kind of defect is not known, so the rate may be higher."


def effect_lines(effect: Effect, asked: DayAsked | None = None) -> list[str]:
    """What a scenario comes to: the sentence, notes, days that matter, and what is assumed.

    Parameters
    ----------
    effect : Effect
        From ``apply_scenario``.
    asked : DayAsked, optional
        A day that is asked about.
    """
    lines = words.wrapped(scenario_sentence(effect))
    notes = scenario_notes(effect)
    if not any(path.changed for path in effect.paths):
        # The sentence has them already, since they are why nothing changes.
        notes = notes[NOTES_IN_SENTENCE:]
    for note in notes:
        lines += words.wrapped(note, "- ")
    lines += ["", *_table(effect), ""]
    if asked is not None:
        lines += [*asked.lines(), ""]
    lines.append("What this rests on:")
    for assumed in scenario_assumptions(effect):
        lines += words.wrapped(assumed, "- ")
    return lines


def _table(effect: Effect) -> Iterator[str]:
    """The days that matter of the series the scenario moves."""
    path, days = effect.focus, key_days(effect)
    if path is None:
        return
    known = effect.look.day.known[path.pair]
    yield f"{words.series(*path.pair)}, on the days that matter:"
    yield ROW("", "", "without it", "", "with it").rstrip()
    yield ROW("", "ODR", "probability", "ODR", "probability").rstrip()
    for row in days.to_dict("records"):
        cells = [
            cell
            for side in ("baseline", "scenario")
            for cell in _cells(row, side, path.target, known.lower_bound)
        ]
        day = words.day(row["day"], effect.as_of.year)
        yield from words.wrapped(row["what"], ROW(day, *cells))
    yield from words.wrapped(
        f"Probability: that the rate shown is under {words.level(path.target)}. ODR of days to "
        "come: the median of the forecast."
    )
    if known.lower_bound:
        yield AT_LEAST
    if known.missing:
        why = "; ".join(known.missing)
        yield from words.wrapped(f"{DASH}: no probability can be given: {why}.")


def _cells(row: dict[Any, Any], side: str, target: float, lower_bound: bool) -> tuple[str, str]:
    bad, orders, p = (row[f"{side}_{part}"] for part in ("n_defective", "n_orders", "p_breach"))
    rate = rate_of(bad, orders, target) if orders else DASH
    if lower_bound and orders:
        rate = f"≥{rate}" if bad else DASH
    return rate, DASH if pd.isna(p) else words.probability(1 - p)


def effect_json(effect: Effect, asked: DayAsked | None = None) -> str:
    """An effect as JSON.

    ``{"as_of", "horizon_days", "sentence", "notes", "assumptions", "scenario", "days",
    "key_days", "under_target_from", "by"}``: dates are ISO texts, unknown numbers null; ``days``
    is ``Effect.table``.
    """
    days = effect.table
    unknown = [pair for pair, known in effect.look.day.known.items() if known.missing]
    pairs = zip(days["marketplace"], days["channel"], strict=True)
    # Of a rate with a kind of defect unknown nothing can be promised, as in `key_days`.
    no_odds = np.array([pair in unknown for pair in pairs], dtype=bool)
    days.loc[no_odds, ["baseline_p_breach", "scenario_p_breach"]] = np.nan
    content = {
        "as_of": effect.as_of.isoformat(),
        "horizon_days": effect.horizon_days,
        "sentence": scenario_sentence(effect),
        "notes": scenario_notes(effect),
        "assumptions": scenario_assumptions(effect),
        "scenario": scenario_dict(effect.scenario),
        "key_days": json_rows(key_days(effect)),
        "days": json_rows(days),
        "under_target_from": json_rows(date_under_target(effect)),
        "by": None if asked is None else asked.as_json(),
    }
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
