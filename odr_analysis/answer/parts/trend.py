"""What a figure of one series shows, and the finding that is its title."""

from __future__ import annotations

import math
from datetime import date, timedelta

import pandas as pd

from odr_analysis import terms, words
from odr_analysis.account import Account
from odr_analysis.answer.sections import Card, Trend
from odr_analysis.policy import Policy
from odr_analysis.schema import of_series

SHOWN_DAYS = 183
"""About six months."""

LOOK_BACK_DAYS = 90
ROSE, FELL = 1.25, 0.8
"""A rate that changed by less than this in `LOOK_BACK_DAYS` is called steady."""

NEARLY = 0.15
"""A day with no more than this share of a move behind it is before the move."""

FEWEST_DEFECTS = 4
"""With fewer defective orders at both ends a change is not called a trend."""

MORE_OF = {"feedback": "negative feedback", "claim": "A-to-z claims", "chargeback": "chargebacks"}
FEWER_OF = {**MORE_OF, "feedback": "negative ratings"}


def trend(
    account: Account, card: Card, history: pd.DataFrame, ahead: pd.DataFrame, as_of: date
) -> Trend:
    """The figure of one series as data.

    Parameters
    ----------
    account : Account
    card : Card
        The series' card on `as_of`; orders count.
    history : pandas.DataFrame
        ``component_rates`` of the series, daily, up to `as_of`.
    ahead : pandas.DataFrame
        Rows of the series of ``roll_off``.
    as_of : datetime.date

    Returns
    -------
    Trend
        ``history`` cut to the last `SHOWN_DAYS` days.
    """
    policy = account.policy
    history = history[history["as_of"] > pd.Timestamp(as_of - timedelta(days=SHOWN_DAYS))]
    history = history.reset_index(drop=True)
    finding = finding_of(card, history, policy)
    return Trend(
        marketplace=card.marketplace,
        channel=card.channel,
        finding=finding,
        alt=alt_text(card, finding, history, policy),
        history=history,
        path=ahead.reset_index(drop=True),
        at_least=not card.whole,
        daily=_daily(account, card, history, as_of),
        as_of=as_of,
        window=policy.window(as_of),
        policy=policy,
    )


def finding_of(card: Card, history: pd.DataFrame, policy: Policy) -> str:
    """What happened to the rate, to stand above its figure.

    A rise (fall) is told from the last day on which the rate was still about the lowest (highest)
    of the 90 days before; days whose window reaches beyond the exports are no reference.
    """
    name = f"{card.title} ODR"
    if card.counts_lead:
        return f"{name}: {card.counts_text}, too few for a trend"
    now = history.iloc[-1]
    past = history.iloc[-LOOK_BACK_DAYS:]
    past = past[past["window_complete"] & (past["n_orders"] > 0)]
    if len(past) < 2 and card.state == "unknown":
        return f"{name} cannot be known: {words.listed(card.missing)}"
    if len(past) < 2:
        return f"{name} is {card.rate_text}; the exports are too short to say how it moved"
    low, high, at = past["odr"].min(), past["odr"].max(), now["odr"]
    # The last day that still was about there, so that a long flat stretch is not part of the move.
    low = past[past["odr"] <= low + NEARLY * max(at - low, 0)].iloc[-1]
    high = past[past["odr"] >= high - NEARLY * max(high - at, 0)].iloc[-1]
    # Of two turning points the later one is what is going on now.
    for turn in sorted((low, high), key=lambda row: row["as_of"], reverse=True):
        told = _moved(name, turn, now, policy)
        if told and card.missing and float(now["odr"]) <= float(turn["odr"]):
            break  # fewer defects are known, which may only be for want of a file
        if told:
            return told + _crossing(history, now, policy)
    crossing = _crossing(history, now, policy)
    if card.missing and card.state == "unknown":
        return f"{name} cannot be known: {words.listed(card.missing)}"
    if card.missing:
        # Neither "fallen" nor "steady" is known, only that the limit is reached.
        return f"{name} is {card.rate_text} ({words.listed(card.missing)}){crossing}"
    start = words.day(past["as_of"].iloc[0].date(), now["as_of"].year)
    if int(now["n_defective"]) == 0 and past["n_defective"].max() == 0:
        which = "known defect" if card.lower_bound else "defect"
        return f"{name} is 0 %: no {which} since {start}"
    if max(int(now["n_defective"]), int(past["n_defective"].max())) < FEWEST_DEFECTS:
        return (
            f"{name} is {card.rate_text}: {card.counts_text}, too few defects for a trend{crossing}"
        )
    return f"{name} has been steady since {start}, at {card.rate_text} now{crossing}"


def _moved(name: str, turn: pd.Series, now: pd.Series, policy: Policy) -> str:
    """How the rate came from a turning point to now; '' when it hardly moved."""
    d0, n0, d1, n1 = (int(row[c]) for row in (turn, now) for c in ("n_defective", "n_orders"))
    if max(d0, d1) < FEWEST_DEFECTS or turn["as_of"] == now["as_of"]:
        return ""
    ratio = math.inf if d0 == 0 else float(now["odr"] / turn["odr"])
    if FELL < ratio < ROSE:
        return ""
    since = words.day(turn["as_of"].date(), now["as_of"].year)
    before, after = words.rate(d0, n0, policy), words.rate(d1, n1, policy)
    how = "risen" if ratio > 1 else "fallen"
    if 1.9 <= ratio <= 2.2:
        how = "doubled"
    elif 0.45 <= ratio <= 0.53:
        how = "halved"
    moved = f"{name} has {how} since {since}, from {before} to {after}"
    return moved + _because(turn, now, ratio > 1)


def _because(turn: pd.Series, now: pd.Series, rose: bool) -> str:
    """The larger of two causes: the number of orders, or one kind of defect."""
    d0, n0, d1, n1 = (int(row[c]) for row in (turn, now) for c in ("n_defective", "n_orders"))
    by_defects = math.log((d1 + 0.5) / (d0 + 0.5))
    by_orders = -math.log(n1 / n0)
    if abs(by_orders) > abs(by_defects) and (by_orders > 0) == rose:
        return f", as {'fewer' if rose else 'more'} orders count"
    sign = 1 if rose else -1
    change = {c: sign * int(now[f"n_{c}"] - turn[f"n_{c}"]) for c in terms.COMPONENTS}
    most = max(change, key=lambda c: change[c])
    if change[most] * 2 <= sum(max(n, 0) for n in change.values()):
        return ""
    return f", mostly {'' if rose else 'fewer '}{(MORE_OF if rose else FEWER_OF)[most]}"


def _crossing(history: pd.DataFrame, now: pd.Series, policy: Policy) -> str:
    """Since when the rate is at the target or over it; '' when it is under."""
    if policy.under_target(int(now["n_defective"]), int(now["n_orders"])):
        return ""
    under = [
        policy.under_target(d, n) or n == 0
        for d, n in zip(history["n_defective"], history["n_orders"], strict=True)
    ]
    limit = words.level(policy.target)
    if not any(under):
        return f"; not under {limit} on any day shown"
    first = len(under) - under[::-1].index(True)
    since = words.day(history["as_of"].iloc[first].date(), now["as_of"].year)
    return f"; {limit} or more since {since}"


def alt_text(card: Card, finding: str, history: pd.DataFrame, policy: Policy) -> str:
    """The figure in words: finding, span, today's counts, the highest day."""
    first, last = history["as_of"].iloc[0].date(), history["as_of"].iloc[-1].date()
    said = (
        f"{finding}. Order Defect Rate by day from {words.span(first, last)}, stacked by kind of "
        f"defect, against the limit of {words.level(policy.target)}; "
        f"on the last day {card.rate_text} ({card.counts_text})"
    )
    full = history[history["window_complete"] & (history["n_orders"] > 0)]
    if full.empty:
        return said + "."
    top = full.iloc[int(full["odr"].to_numpy().argmax())]
    most = words.rate(int(top["n_defective"]), int(top["n_orders"]), policy)
    return f"{said}, highest {most} on {words.day(top['as_of'].date())}."


def _daily(account: Account, card: Card, history: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Orders placed on every calendar day from the start of the history to `as_of`."""
    rows = of_series(account.daily, card.marketplace, card.channel)
    placed = rows.groupby("ordered_on")["n_orders"].sum()
    days = pd.date_range(history["as_of"].min(), pd.Timestamp(as_of), freq="D", unit="us")
    filled = placed.reindex(days, fill_value=0).astype("int64")
    return filled.rename_axis("ordered_on").rename("n_orders").reset_index()
