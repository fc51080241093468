"""How right the forecasts of an account's past were, as lines for a terminal and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import pandas as pd

from odr_analysis import terms, words
from odr_analysis.account import Account
from odr_analysis.answer.known import what_is_known
from odr_analysis.forecasting.recalibration import Correction, Recalibration
from odr_analysis.forecasting.track_record.backtest import HISTORY_DAYS, Backtest
from odr_analysis.forecasting.track_record.tally import (
    FEWEST_WINDOWS,
    FINAL,
    MATURE,
    SCORED,
    SHOWN,
)

DASH = "–"

WARNING_LINE = "  {:>5}{:>7}{:>7}{:>9}{:>9}{:>9}{:>8}{:>11}{:>10}".format
WARNING_HEAD = (
    WARNING_LINE("days", "warned", "", "false", "", "rightly", "", "as today", "worth"),
    WARNING_LINE("ahead", "from", "hits", "alarms", "misses", "quiet", "right", "right", "windows"),
)
TABLE_LINE = "  {:<21}{:>8}{:>9}{:>7}{:>7}{:>10}{:>7}{:>7}".format
TABLE_HEAD = (
    TABLE_LINE("", "", "worth", "in the", "band", "error to", "", "Brier"),
    TABLE_LINE("forecast", "origins", "windows", "50 %", "90 %", "reported", "today", "today"),
)
SMALLEST = 0.005
"""Share from which on a correction is stated: half of one per cent."""
COUNTS = ["hits", "false_alarms", "misses", "correct_rejections"]
WHAT = {FINAL: "window, when it left", MATURE: "window, all reports in"}
LEGEND = (
    "hit: warned, and the ODR shown on the day was over the limit; false alarm: warned, and it "
    "was under; miss: over without a warning. As today: the state of the day of the forecast, "
    "kept.",
    "50 % and 90 % bands should hold the truth that often. Error: weighted interval score over "
    "that of the known reports alone, and of the number shown that day kept; below 1 the forecast "
    "was nearer. Brier: the same of the probability of a breach. –: the other was never wrong.",
    "Origins overlap, so they are worth only so many independent windows: with few, the numbers "
    "above show little either way. *: some truths are provisional.",
)


def backtest_lines(found: Backtest, missing: Sequence[str] = ()) -> list[str]:
    """The backtest in words: how often the warning was right first, then every score.

    `missing` is what :func:`missing_of` gives.
    """
    lines = [*words.wrapped(_title(found)), ""]
    for note in missing:
        lines += [*words.wrapped(note), ""]
    scored = False
    for pair, table, warned in _by_series(found):
        name = words.series(*pair, alone=found.table.marketplace.nunique() <= 1)
        if (table.state != SCORED).all():
            lines += [*words.wrapped(f"{name}: {_not_enough(table)}"), ""]
            continue
        scored = True
        lines += [*words.wrapped(f"{name}: {_right(warned)}"), ""]
        lines += [*WARNING_HEAD, *map(_warning_row, _records(warned[warned.n_origins > 0])), ""]
        lines += [*TABLE_HEAD, *map(_table_row, _records(table)), ""]
        lines += [*words.wrapped(_corrected(found.recalibration.of(pair)[0])), ""]
    for note in (*(LEGEND if scored else ()), *found.notes):
        lines += words.wrapped(note)
    return lines


def missing_of(account: Account, found: Backtest) -> list[str]:
    """What the files of an account lack of the last window, or of the first, in a sentence."""
    if found.origins.empty:
        return []
    first = found.origins.origin.min().date()
    if reasons := _missing(account, account.known_to):
        return [
            f"Not everything is known: {reasons}. Forecasts and what came of them lack it alike, "
            "so a rate that counts as under the limit here may have been over it."
        ]
    if reasons := _missing(account, first):
        return [
            f"Not everything is known of the first of these days, {words.day(first)}: {reasons}. "
            "Its forecast and what came of it lack these defects, so the early days show little."
        ]
    return []


def _missing(account: Account, day: date) -> str:
    """What is not known of the rates of a day; '' where all is."""
    known = what_is_known(account, day).values()
    return "; ".join(dict.fromkeys(reason for series in known for reason in series.missing))


def backtest_json(found: Backtest) -> str:
    """The backtest as JSON.

    ``{"notes": [...], "warnings": [row, ...], "table", "origins", "recalibration"}``.
    """
    origins = found.origins.assign(origin=found.origins.origin.dt.strftime("%Y-%m-%d"))
    content = {
        "notes": found.notes,
        "warnings": _plain(found.warnings),
        "table": _plain(found.table),
        "origins": _plain(origins),
        "recalibration": list(_corrections(found.recalibration)),
    }
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)


def _title(found: Backtest) -> str:
    days = found.origins.origin
    if days.empty:
        return "How often the warning was right: not enough history."
    span = words.span(days.min().date(), days.max().date())
    n = words.counted(days.nunique(), "earlier day")
    return f"How often the warning was right, had it been given on {n}, {span}:"


def _by_series(found: Backtest) -> Iterator[tuple[tuple[str, str], pd.DataFrame, pd.DataFrame]]:
    keys = list(terms.SERIES_KEYS)
    warned = dict(iter(found.warnings.groupby(keys, sort=False)))
    for pair, table in found.table.groupby(keys, sort=False):
        yield (str(pair[0]), str(pair[1])), table, warned[pair]


def _not_enough(table: pd.DataFrame) -> str:
    best = table.sort_values("n_windows").iloc[-1]
    if not best.n_origins:
        return (
            f"not enough history. A forecast needs {HISTORY_DAYS} days of orders before it, and "
            "later days to compare it with."
        )
    return (
        f"not enough history. {words.counted(int(best.n_origins), 'earlier day')} can be compared "
        f"with what happened, worth {words.decimal(best.n_windows)} independent windows; scores "
        f"need {FEWEST_WINDOWS}."
    )


def _right(warned: pd.DataFrame) -> str:
    """The sentence on top: hits, misses and false alarms of all horizons, at each level."""
    parts: list[str] = []
    over = n = 0
    for row in _records(warned.groupby("level", as_index=False)[[*COUNTS, "n_origins"]].sum()):
        over, n = row["hits"] + row["misses"], row["n_origins"]
        at = f"{'At' if parts else 'Warned at'} {words.about(row['level'])} or more"
        hits = f"{words.number(row['hits'])} of these, " if over else ""
        false = row["false_alarms"]
        alarms = words.counted(false, "false alarm") if false else "no false alarm"
        parts.append(f"{at}: {hits}{alarms}.")
    came = f"{words.number(over) if over else 'none'} of {words.counted(n, 'forecast')}"
    return " ".join([f"{came} came out over the limit.", *parts])


def _corrected(correction: Correction) -> str:
    """What the errors of these forecasts correct in the next one, in a sentence."""
    wider = correction.spread - 1
    above = float(correction.exceeded(0.5)) - 0.5
    parts = []
    if abs(wider) >= SMALLEST:
        way = "wider" if wider > 0 else "narrower"
        parts.append(f"bands {words.about(abs(wider))} {way}")
    if abs(above) >= SMALLEST:
        side = "above" if above > 0 else "below"
        parts.append(f"{words.about(0.5 + abs(above))} of its draws {side} the median it has now")
    change = f"have {' and '.join(parts)}" if parts else "be the same"
    return f"Recalibrated by these errors, a forecast of the days ahead would {change}."


def _corrections(learned: Recalibration) -> Iterator[dict[str, Any]]:
    """Rows of JSON: marketplace, channel, of what, shift and spread."""
    for of, corrections in (("days ahead", learned.ahead), ("window", learned.window)):
        for (marketplace, channel), correction in corrections.items():
            yield {"marketplace": marketplace, "channel": channel, "of": of} | asdict(correction)


def _warning_row(row: dict[str, Any]) -> str:
    return WARNING_LINE(
        row["horizon"],
        words.about(row["level"]),
        *(row[name] for name in COUNTS),
        _of(row["hits"] + row["correct_rejections"], row),
        _of(row["persistence_right"], row),
        words.decimal(row["n_windows"]),
    )


def _of(n: int, row: dict[str, Any]) -> str:
    return f"{n}/{row['n_origins']}"


def _table_row(row: dict[str, Any]) -> str:
    in_days = words.counted(row["horizon"], "day")
    what = f"in {in_days}" if row["quantity"] == SHOWN else WHAT[row["quantity"]]
    n = f"{row['n_origins']}{'*' if row['n_provisional'] else ''}"
    worth = words.decimal(row["n_windows"])
    if row["state"] != SCORED:
        return f"{TABLE_LINE(what, n, worth, '', '', '', '', '').rstrip()}  {row['state']}"
    ratios = ("wis_to_reported", "wis_to_persistence", "brier_to_persistence")
    inside = (words.about(row[name]) for name in ("inside_50", "inside_90"))
    return TABLE_LINE(what, n, worth, *inside, *(_ratio(row[name]) for name in ratios))


def _ratio(value: float) -> str:
    return DASH if pd.isna(value) else words.decimal(value, 2)


def _records(table: pd.DataFrame) -> list[dict[Any, Any]]:
    return table.to_dict("records")


def _plain(table: pd.DataFrame) -> list[dict[Any, Any]]:
    return _records(table.astype(object).where(table.notna(), None))
