"""The days ahead: the forecast of each rate, and what known defects leave and enter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from odr_analysis import words
from odr_analysis.answer.estimates import few_defects, is_few
from odr_analysis.answer.scenario.assumptions import scenario_assumptions
from odr_analysis.answer.scenario.expected import counts_on
from odr_analysis.answer.scenario.verdict import verdict
from odr_analysis.answer.sections import Card
from odr_analysis.answer.shift_text import changed_line, no_shift_line, shift_line
from odr_analysis.forecasting.ahead import Forecast
from odr_analysis.forecasting.nowcast import MATURE, SHOWN, UNION
from odr_analysis.forecasting.shifts.shift import Shift
from odr_analysis.policy import Policy
from odr_analysis.schema import of_series
from odr_analysis.whatif.apply import Effect

FULL_HISTORY = 150
"""Days of orders below which the page adds that the forecast is less certain."""
DECIDED_ON = 14
"""The day ahead for which the page shows how much is decided."""


@dataclass(frozen=True)
class WeekAhead:
    """Known defective orders that leave and enter in one week, all series together."""

    first: date
    last: date
    leaves: int
    enters: int


@dataclass(frozen=True)
class Maturing:
    """One rate as it is shown, once all reports are in, and the quality behind it.

    Each has an uncertainty of its own kind: the first is a count, the second lacks pending
    reports, the third is an estimate for orders of now.
    """

    title: str
    shown: str
    mature: str
    breach: str
    quality: str


@dataclass(frozen=True, eq=False)
class Ahead:
    """The days to come.

    ``table`` is the forecast day by day, from ``roll_off``; ``maturing`` one row per rate shown;
    ``fans`` the rows of ``table`` of each of them; ``defects`` the known defective orders, from
    ``defective_orders``.
    """

    lines: tuple[str, ...]
    weeks: tuple[WeekAhead, ...]
    assumptions: tuple[str, ...]
    table: pd.DataFrame
    defects: pd.DataFrame
    as_of: date
    horizon_days: int
    policy: Policy
    maturing: tuple[Maturing, ...] = ()
    fans: tuple[pd.DataFrame, ...] = ()


def ahead(
    cards: tuple[Card, ...],
    effect: Effect,
    table: pd.DataFrame,
    defects: pd.DataFrame,
    shifts: Shift,
    if_changed: pd.DataFrame | None = None,
) -> Ahead:
    """What is forecast of the coming days.

    Parameters
    ----------
    cards : tuple of Card
        Cards of the day, in the order their lines are wanted.
    effect : Effect
        ``apply_scenario(account, Scenario(), as_of, horizon_days)``.
    table : pandas.DataFrame
        ``roll_off(account, as_of, horizon_days=horizon_days)``.
    defects : pandas.DataFrame
        ``defective_orders(account, as_of)``.
    shifts : Shift
        ``shift(account, as_of)``.
    if_changed : pandas.DataFrame, optional
        ``AccountDay.if_changed``, where a change is suspected of any rate.
    """
    as_of, horizon_days, coming_days = effect.as_of, effect.horizon_days, effect.look.forecast
    shown = [card for card in cards if card.state != "no data"]
    certain = [card for card in shown if card.whole and card.pair in coming_days.marginals]
    changed = {
        card.pair: of_series(if_changed, *card.pair)
        for card in certain
        if if_changed is not None and shifts.suspects_change(*card.pair)
    }
    lines = [
        line
        for card in shown
        for line in (*_lines(card, effect), *_shift_lines(card, effect, shifts, changed))
    ]
    partly = [card for card in cards if card.missing and card.n_orders]
    if partly:
        reasons = dict.fromkeys(reason for card in partly for reason in card.missing)
        lines.insert(
            0,
            f"No forecast is made of {words.listed([card.title for card in partly])}: "
            f"{words.listed(list(reasons))}.",
        )
    if certain and effect.look.reported_to < as_of:
        lines.insert(
            0,
            f"Not all is known after {words.day(effect.look.reported_to, as_of.year)}: what was "
            "reported since is estimated.",
        )
    lines += _first_steps(defects, as_of)
    if not lines:
        lines = ["Nothing is known of the coming days: no order counts, and none will enter."]
    assumptions = scenario_assumptions(effect)
    return Ahead(
        lines=tuple(lines),
        weeks=weeks(defects, as_of, horizon_days),
        assumptions=(
            *assumptions,
            *filter(None, (_decided(card, coming_days) for card in certain)),
            *filter(None, (no_shift_line(shifts, card) for card in certain)),
        ),
        table=table,
        defects=defects,
        as_of=as_of,
        horizon_days=horizon_days,
        policy=effect.policy,
        maturing=tuple(_maturing(card, coming_days, effect.policy) for card in certain)
        if as_of <= effect.look.reported_to
        else (),
        fans=tuple(_fan(of_series(table, *card.pair), changed.get(card.pair)) for card in certain),
    )


def _fan(rows: pd.DataFrame, changed: pd.DataFrame | None) -> pd.DataFrame:
    """What the fan of one rate is drawn from, with the path that assumes a change."""
    if changed is None:
        return rows
    return rows.assign(**{f"changed_{name}": changed[name].array for name in ("odr", "p_breach")})


def _lines(card: Card, effect: Effect) -> list[str]:
    """What will happen to the rate of one card."""
    name = f"{card.title} ODR"
    if card.lower_bound and not card.n_defective:
        return [f"{card.title}: no defect is known, so neither is any rate to come."]
    path = effect.path(*card.pair)
    if path.base.now == "empty":
        return [f"{name} is not shown today, because no order counts."]
    found, line = effect.look.forecast, words.level(path.target)
    if card.lower_bound:
        return [f"{name} {verdict(path, lower_bound=True)}."]
    if not card.whole:  # orders are missing, which may make it higher or lower
        return [f"{name} is {counts_on(path.known, 0)} by the orders known."]
    if card.pair not in found.marginals:
        known_to = words.day(effect.look.reported_to, path.as_of.year)
        return [
            f"{name} is {counts_on(path.known, 0)}; no forecast is made, because nothing is known "
            f"after {known_to}."
        ]
    lines = [f"{name} {verdict(path)}."]
    outlook = of_series(found.outlook, *card.pair).iloc[0]
    if path.base.now == "under":
        lines.append(
            f"{name} reaches {line} on at least one of the {words.counted(path.last, 'day')} "
            f"with a probability of {words.probability(outlook['p_breach_ahead'])}."
        )
    elif effect.look.reported_to == path.as_of and not pd.isna(outlook["known_from"]):
        lines.append(
            f"If nothing more were reported, {name} would be under {line} from "
            f"{words.day(outlook['known_from'].date(), path.as_of.year)}; the probability that it "
            f"is under {line} on that day is {words.probability(outlook['p_under_then'])}."
        )
    paused = of_series(found.if_nothing_is_sold.outlook, *card.pair).iloc[0]
    return [*lines, *_paused(name, paused, path.as_of)]


def _shift_lines(
    card: Card, effect: Effect, shifts: Shift, changed: dict[tuple[str, str], pd.DataFrame]
) -> list[str]:
    """Whether the rate changed, what follows if it did, and what widens the forecast."""
    if not card.whole:
        return []
    lines = [shift_line(effect.look.account, shifts, card, effect.as_of)]
    rows = changed.get(card.pair)
    if rows is not None:
        lines.append(changed_line(rows, card, effect.policy.target))
    days = effect.look.forecast.marginals.get(card.pair)
    history = len(days.fitted.triangle.n_orders) if days is not None else FULL_HISTORY
    if history < FULL_HISTORY:
        lines.append(
            f"{card.title}: the forecast is less certain, because only "
            f"{words.counted(history, 'day')} of orders are known."
        )
    return [line for line in lines if line]


def _paused(name: str, outlook: pd.Series, as_of: date) -> list[str]:
    """How high the rate climbs if nothing is sold any more."""
    if pd.isna(outlook["peak_odr"]) or not outlook["peak_upper_90"]:
        return []
    when = words.day(outlook["peak_on"].date(), as_of.year)
    span = words.span(outlook["peak_from"].date(), outlook["peak_to"].date(), as_of.year)
    low, high = (words.percent(outlook[f"peak_{end}_90"]) for end in ("lower", "upper"))
    count = words.counted(int(outlook["peak_n_orders"]), "order counts", "orders count")
    return [
        f"If nothing is sold from now on, the highest {name} on the way is "
        f"{words.percent(outlook['peak_odr'])} (9 in 10: {low} to {high}), around {when} (9 in 10: "
        f"{span}), when about {count}."
    ]


def _decided(card: Card, found: Forecast) -> str | None:
    """How much of what will be shown in two weeks is reported already; None with nothing shown."""
    days = found.marginals[card.pair]
    at = min(DECIDED_ON, len(days.known_defective) - 1)
    expected = float(days.mean_defective[at])
    if not expected:
        return None
    share = words.about(float(days.known_defective[at]) / expected)
    line = (
        f"{card.title}: of the defective orders expected to be shown in "
        f"{words.counted(at, 'day')} {share} are reported already"
    )
    # Orders placed since the last day of which all is known count from then on.
    if at + days.skipped <= days.policy.lag_days:
        line += ", and every order that will count then is placed"
    return f"{line}."


def _maturing(card: Card, found: Forecast, policy: Policy) -> Maturing:
    """A rate as it is shown, once all reports are in, and the quality behind it."""
    draws = found.nowcast.draws[(*card.pair, SHOWN, UNION, MATURE)]
    low, middle, high = np.quantile(draws, [0.05, 0.5, 0.95], method="inverted_cdf").tolist()
    n = card.n_orders
    over = float((draws >= policy.breached_from(n)).mean())
    rates = np.exp(found.fits[card.pair].ahead[:, 0])
    least, most = np.quantile(rates, [0.05, 0.95]).tolist()
    mature = (
        f"{words.rate(middle, n, policy)} ({words.number(middle)} of "
        f"{words.counted(n, 'order')}; 9 in 10: {words.number(low)} to {words.number(high)})"
    )
    few = few_defects(draws, card.n_defective, n, policy) if is_few(draws) else None
    return Maturing(
        title=card.title,
        shown=f"{card.rate_text} ({card.counts_text})",
        mature=few.sentence if few is not None else mature,
        breach=words.probability(over),
        quality=f"{words.percent(least)} to {words.percent(most)}",
    )


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
