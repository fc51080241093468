"""Shift or noise in words, and what becomes of the forecast if the shift is real."""

from __future__ import annotations

from datetime import date

import pandas as pd

from odr_analysis import terms, words
from odr_analysis.account import Account
from odr_analysis.answer.last_reports import REMARKABLE_SILENCE
from odr_analysis.answer.scenario.verdict import coming
from odr_analysis.answer.sections import Card
from odr_analysis.forecasting.shifts.shift import BETTER, NOT_ENOUGH, WORSE, Shift
from odr_analysis.schema import of_series
from odr_analysis.whatif.paths import Path

FEWEST_REPORTS = 3
USUAL_DELAY = 30
"""Days after its first orders in which a file has few reports of them."""


def shift_line(account: Account, found: Shift, card: Card, as_of: date) -> str | None:
    """The alarm of one series in a sentence; None without one."""
    row = _row(found, card)
    if row is None or row["finding"] not in (WORSE, BETTER):
        return None
    bound, worse = float(row["ratio_bound"]), row["finding"] == WORSE
    often = f"{'more' if worse else 'less'} often than before"
    if bound != 1:
        often = f"{'at least' if worse else 'at most'} {words.significant(bound, 2)} times as often"
        often += " as before"
    alarms = words.counted(int(row["false_alarm_days"]), "day")
    line = (
        f"{card.title}: defects are reported {often}, since about "
        f"{words.day(row['since'].date(), as_of.year)} (by chance alone there is one such alarm in "
        f"{alarms})."
    )
    begins = [
        f"no {label} is dated before {words.day(first, as_of.year)}"
        for label, first in _begins_late(account, card, as_of)
    ]
    if begins and worse:
        line += f" But {words.listed(begins)}: if the files begin there, this is not a shift."
    return line


def _begins_late(account: Account, card: Card, as_of: date) -> list[tuple[str, date]]:
    """Kinds of defect of which none is reported for so long that the files may begin later."""
    end = pd.Timestamp(as_of)
    begin = of_series(account.daily, card.marketplace, card.channel)["ordered_on"].min()
    rows = of_series(account.defective, card.marketplace, card.channel)
    found = []
    for component, label in terms.COMPONENT_LABELS.items():
        dated = rows[f"{component}_on"]
        dated = dated[dated <= end]
        if len(dated) < FEWEST_REPORTS:
            continue
        first = dated.min()
        silent, reported = (first - begin).days - USUAL_DELAY, max((end - first).days, 1)
        if silent * len(dated) / reported >= REMARKABLE_SILENCE:
            found.append((label, first.date()))
    return found


def no_shift_line(found: Shift, card: Card) -> str | None:
    """What not finding a shift means for one series; None after an alarm."""
    row = _row(found, card)
    if row is None or row["finding"] in (WORSE, BETTER):
        return None
    if row["finding"] == NOT_ENOUGH:
        return f"{card.title}: not enough data to find a shift ({row['reason']})."
    p = words.probability(row["p_doubling_30"])
    return (
        f"{card.title}: no shift was found; a doubling of the rate is found within 30 days with a "
        f"probability of {p}."
    )


def changed_line(rows: pd.DataFrame, card: Card, target: float) -> str | None:
    """What the forecast is if the rate did change; None where no rate is shown."""
    path = Path.of_days(rows, target)
    if path.base.now == "empty":
        return None
    return f"If that change is real, {card.title} ODR {coming(path)}."


def _row(found: Shift, card: Card) -> pd.Series | None:
    mine = of_series(found.table, card.marketplace, card.channel)
    return mine.iloc[0] if len(mine) else None
