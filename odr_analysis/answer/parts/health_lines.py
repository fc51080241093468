"""One rate of account health as a reader sees it: state, rate, counts, target, in a sentence."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pandas as pd

from odr_analysis import terms, words
from odr_analysis.answer.sections import HealthLine
from odr_analysis.health.rules import EARLY, UNITS
from odr_analysis.policy import Policy

SHAPES: dict[str, str] = {
    "healthy": "tick",
    "warning": "triangle",
    "critical": "octagon",
    "unknown": "diamond with a question mark",
    "no data": "dashed circle",
}
"""State to the shape of its symbol, for those who cannot see it; the page draws the same shape
for the same state of ODR. The word of the state always stands beside it."""

MISSED = {
    "warning": "Short of what Amazon recommends",
    "critical": "Target missed",
}
"""State words of rates that must reach a target, where they do not."""

UNKNOWN = "Cannot be known"


def health_lines(rates: pd.DataFrame) -> tuple[HealthLine, ...]:
    """A line for every row of ``other_rates``, the most pressing first.

    Those of past windows come after those of today, and unknown ones last.
    """
    alone = rates["marketplace"].nunique() <= 1
    found = [_line(row, alone) for row in rates.to_dict("records")]
    return tuple(
        sorted(
            found,
            key=lambda line: (
                line.source == "unknown",
                line.past,
                words.PRESSING.index(line.state),
            ),
        )
    )


def _line(row: dict[Any, Any], alone: bool) -> HealthLine:
    metric, state, kind = str(row["metric"]), str(row["state"]), str(row["target_kind"])
    label = terms.METRICS[metric]
    if pd.notna(row["window_days"]):
        label += f", {words.counted(int(row['window_days']), 'day')}"
    marketplace = str(row["marketplace"])
    known, counts = rate_in_words(row), _counts(row)
    days = ""
    if pd.notna(row["from_on"]) and pd.notna(row["to_on"]):
        days = words.span(row["from_on"].date(), row["to_on"].date())
    target = f"{kind} {words.level(float(row['target']))}"
    if not row["binding"]:
        target = f"recommended: {target}"
    word = words.STATE_WORDS[state]
    if row["source"] == "unknown":
        word = UNKNOWN
    elif state in MISSED and kind != "below" and not row["met"]:
        word = MISSED[state]
    past = is_past(row)
    if past and known:
        word = f"{word} then"
    name = label if alone else f"{marketplace}: {label[0].lower()}{label[1:]}"
    when = f" ({days})" if days else ""
    if row["source"] == "unknown":
        sentence = f"{name}{when}: cannot be known from these files; add {row['missing']}."
    elif not known:
        sentence = f"{name}{when}: no rate{f' ({counts})' if counts else ''}."
    else:
        lead = f"{known} ({counts})" if counts else known
        if _few(row):
            lead = f"{counts} ({known})"
        sentence = f"{name}{when}: {lead}, {target}. {word}."
    return HealthLine(
        metric=metric,
        label=label,
        marketplace=marketplace,
        state=state,
        shape=SHAPES[state],
        state_word=word,
        days_text=days,
        rate_text=known,
        counts_text=counts,
        target_text=target,
        sentence=sentence,
        source=str(row["source"]),
        past=past,
        missing=str(row["missing"]),
        note=str(row["note"]),
    )


def is_past(row: dict[Any, Any]) -> bool:
    """Whether a row of ``other_rates`` is of days that today's window shares none of."""
    return pd.notna(row["days_old"]) and bool(row["days_old"] >= row["window_days"])


def rate_in_words(row: dict[Any, Any]) -> str:
    """The rate in per cent, never rounded across its target or early warning; '' if unknown."""
    if pd.isna(row["rate"]):
        return ""
    target, below = Fraction(str(row["target"])), row["target_kind"] == "below"
    early = EARLY * target if below else 1 - EARLY * (1 - target)
    limits = sorted((float(target), float(early)))
    if pd.isna(row["n_total"]) or pd.isna(row["n_bad"]):
        return words.percent(float(row["rate"]), limits)
    policy = Policy(warning_from=limits[0], target=limits[1])
    n, bad = int(row["n_total"]), int(row["n_bad"])
    return words.rate(bad if below else n - bad, n, policy)


def _counts(row: dict[Any, Any]) -> str:
    """``3 of 214 seller-fulfilled orders``; of the good ones where the rate is of those."""
    if pd.isna(row["n_total"]):
        return ""
    n, (one, many) = int(row["n_total"]), UNITS[str(row["metric"])]
    if n == 0:
        return f"no {one}"
    if pd.isna(row["n_bad"]):
        return words.counted(n, one, many)
    part = int(row["n_bad"]) if row["target_kind"] == "below" else n - int(row["n_bad"])
    return f"{words.number(part)} of {words.counted(n, one, many)}"


def _few(row: dict[Any, Any]) -> bool:
    """Whether a single bad one would miss the target, so that the counts say more."""
    if pd.isna(row["n_total"]) or pd.isna(row["n_bad"]):
        return False
    target = Fraction(str(row["target"]))
    room = target if row["target_kind"] == "below" else 1 - target
    return room * int(row["n_total"]) <= 1
