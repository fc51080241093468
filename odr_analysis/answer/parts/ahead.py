"""The days ahead: which known defects leave and enter, and what they alone would come to."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from odr_analysis import words
from odr_analysis.answer.scenario.assumptions import scenario_assumptions
from odr_analysis.answer.scenario.verdict import verdict
from odr_analysis.answer.sections import Ahead, Card, WeekAhead
from odr_analysis.whatif.apply import Effect

LEFT_OUT = (
    "Defects not reported yet are left out, so rates to come are usually higher than this and "
    "days under the limit later. No day here is a forecast."
)


def ahead(cards: tuple[Card, ...], coming: Effect, defects: pd.DataFrame) -> Ahead:
    """What is known of the coming days.

    Parameters
    ----------
    cards : tuple of Card
        Cards of the day, in the order their lines are wanted.
    coming : Effect
        ``apply_scenario(account, Scenario(), as_of, horizon_days)``.
    defects : pandas.DataFrame
        ``defective_orders(account, as_of)``.
    """
    as_of, horizon_days = coming.as_of, coming.horizon_days
    lines = [_line(card, coming) for card in cards if card.state != "no data"]
    if any(card.missing for card in cards if card.n_orders):
        lines.insert(0, "Of known defects only: not every kind of defect has a source.")
    if lines:
        lines.append(LEFT_OUT)
    lines += _first_steps(defects, as_of)
    if not lines:
        lines = ["Nothing is known of the coming days: no order counts, and none will enter."]
    return Ahead(
        lines=tuple(lines),
        weeks=weeks(defects, as_of, horizon_days),
        assumptions=scenario_assumptions(coming),
        table=coming.table,
        defects=defects,
        as_of=as_of,
        horizon_days=horizon_days,
    )


def _line(card: Card, coming: Effect) -> str:
    """What would happen to the rate of one card."""
    if card.lower_bound and not card.n_defective:
        return f"{card.title}: no defect is known, so neither is any rate to come."
    alone = ", by known defects alone," if card.lower_bound else ""
    return f"{card.title} ODR{alone} {verdict(coming.path(card.marketplace, card.channel))}."


def _first_steps(defects: pd.DataFrame, as_of: date) -> list[str]:
    """When the next known defects leave, and when the next enter."""
    said = []
    inside = defects[defects["phase"] == "counts"]
    if len(inside):
        soonest = inside["leaves_on"].min()
        n = int((inside["leaves_on"] == soonest).sum())
        # An order counts on the day it leaves for the last time; the rate falls the day after.
        gone = soonest.date() + timedelta(days=1)
        said.append(
            f"{words.counted(len(inside), 'known defect')} will leave the window by "
            f"{words.day(inside['leaves_on'].max().date() + timedelta(days=1), as_of.year)}, "
            f"the first {words.spelled(n) + ' ' if n > 1 else ''}on {words.day(gone, as_of.year)}."
        )
    else:
        said.append("No known defect is in the window, so none will leave it.")
    coming = defects[defects["phase"] != "counts"]
    if len(coming):
        soonest = coming["enters_on"].min()
        first = "the first " if len(coming) > 1 else ""
        said.append(
            f"{words.counted(len(coming), 'known defect')} on orders too young to count will "
            f"enter, {first}on {words.day(soonest.date(), as_of.year)}."
        )
    return said


def weeks(defects: pd.DataFrame, as_of: date, horizon_days: int) -> tuple[WeekAhead, ...]:
    """Defective orders that leave and enter, week by week from the day after `as_of`.

    Leaving is counted on the first day an order no longer counts. Weeks in which nothing
    happens are there too, up to the last in which something does.
    """
    today = pd.Timestamp(as_of)
    leaves = (defects["leaves_on"] - today).dt.days + 1
    enters = (defects.loc[defects["phase"] != "counts", "enters_on"] - today).dt.days
    found = []
    for start in range(1, horizon_days + 1, 7):
        end = min(start + 6, horizon_days)
        found.append(
            WeekAhead(
                first=as_of + timedelta(days=start),
                last=as_of + timedelta(days=end),
                leaves=int(leaves.between(start, end).sum()),
                enters=int(enters.between(start, end).sum()),
            )
        )
    while found and not (found[-1].leaves or found[-1].enters):
        found.pop()
    return tuple(found)
