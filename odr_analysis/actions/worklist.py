"""Worklist: every defect on which something can still be done, the most pressing first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from odr_analysis import terms, words
from odr_analysis.account import Account
from odr_analysis.actions import steps
from odr_analysis.actions.steps import OWN_RECORD_WEIGHT, STEPS, Step
from odr_analysis.causes.reasons import case_candidates
from odr_analysis.errors import ParameterError
from odr_analysis.exports.source_rank import MONEY, standing
from odr_analysis.exports.verdicts import why_outcome_does_not_count
from odr_analysis.forecasting.look_ahead import LookAhead
from odr_analysis.rates.defect_days import series_positions
from odr_analysis.rates.defects import defective_orders
from odr_analysis.schema import Column, Columns, table_of, typed
from odr_analysis.texts.tokens import clean

WORK_COLUMNS: Columns = {
    "rank": Column("Int64", "place in the list", missing="<NA> where nothing can be done"),
    "order_id": Column("str"),
    "marketplace": Column("str"),
    "channel": Column("str"),
    "component": Column("str", "feedback, claim or chargeback: the defect the step is about"),
    "step": Column("str", "a key of STEPS", missing="'' where nothing can be done"),
    "deadline": Column(
        "datetime64[us]", "last day for it", unit="midnight", missing="NaT where none is published"
    ),
    "days_to_deadline": Column(
        "Int64", "from as_of to the deadline, 0 on its day", missing="<NA> without one"
    ),
    "effect": Column("float64", "change of ODR if it works and nothing else is done, at most 0"),
    "effect_text": Column("str", "the same in words"),
    "chance": Column("float64", "0-1, orders the list and promises nothing"),
    "chance_from": Column("str", "'guess', or how often it worked in this account"),
    "worth": Column(
        "float64", "ODR points x days won, times the chance; orders what is equally pressing"
    ),
    "ordered_on": Column("datetime64[us]", "day the order was placed", unit="midnight"),
    "leaves_on": Column("datetime64[us]", "last day the order counts", unit="midnight"),
    "days_left": Column("int64", "days it still counts, as_of included"),
    "evidence": Column("str", "what the step rests on; untrusted text"),
    "allowed": Column("str", "what to do"),
    "forbidden": Column("str", "what breaches Amazon's policy"),
    "clock": Column("str", "who states the deadline, or why there is none"),
    "why_closed": Column("str", "why nothing can be done", missing="'' where something can"),
}
"""Columns of :func:`worklist`: one row per defective order x kind of defect."""

REFUNDED = ("refunded", "cancelled")
ENDED_WELL: dict[str, tuple[str, ...]] = {
    "claim": ("denied", "withdrawn", "amazon funded", "protected"),
    "chargeback": ("won",),
}
"""Outcomes a seller hopes for; the rules of the rate may have them count all the same."""
ENDED_BADLY: dict[str, tuple[str, ...]] = {
    "claim": ("granted", "appeal won"),
    "chargeback": ("lost",),
}
"""Outcomes of a case that was answered in vain, whatever an appeal then brought."""
OVERDUE = 0.5
"""A step whose deadline is over, or may be, and that may still be heard, is taken to work half as
often."""


def worklist(
    account: Account,
    as_of: date | str | None = None,
    *,
    chances: Mapping[str, float] | None = None,
    orders: pd.DataFrame | None = None,
    look: LookAhead | None = None,
) -> pd.DataFrame:
    """Every defect that counts or will, with the best step that is left, most pressing first.

    Parameters
    ----------
    account : Account
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        By default ``account.known_to``. Defects known later are left out; how a case was
        decided is as known now.
    chances : mapping of step to float, optional
        How often each step of ``STEPS`` works, where you know better than the guesses.
    orders : pandas.DataFrame, optional
        ``defective_orders`` of that day, where it is at hand.
    look : LookAhead, optional
        The coming days from that day on, at least ``policy.lag_days`` of them, where it is at
        hand.

    Returns
    -------
    pandas.DataFrame
        One row per order of :func:`~odr_analysis.defective_orders` x kind of defect it has;
        ``WORK_COLUMNS`` of this module. Those with a step come first: series over the limit before
        those past the early warning and the rest; within a series' state overdue steps on top,
        then by ``worth``. The others say in ``why_closed`` why nothing is left to do.

    Raises
    ------
    ParameterError
        `as_of` is no date, or `chances` names no step or no chance from 0 to 1.

    Notes
    -----
    ``worth = -effect x days won x chance``, in ODR points times days. Days won are those on which
    the order would still count once a success shows. An order with two kinds of defect stays
    defective until both are gone: the ``effect`` of each alone is 0 and says so; where both have
    a step, each is worth half of what both together are, at the product of their chances.
    A chance is drawn from the guess towards the account's own record where its files tell how
    such cases ended.

    Examples
    --------
    >>> from odr_analysis import load_sample
    >>> table = worklist(load_sample())
    >>> bool((table.effect <= 0).all()), table.channel.iloc[0]
    (True, 'mfn')
    """
    odds = _chances(chances)
    orders = defective_orders(account, as_of) if orders is None else orders
    look = LookAhead.of(account, as_of, account.policy.lag_days) if look is None else look
    if orders.empty:
        return table_of([], WORK_COLUMNS)
    now = pd.Timestamp(look.as_of)
    starts = orders.enters_on.where(orders.enters_on > now, now)
    ahead = (starts - now).dt.days.to_numpy()
    n_orders = look.n_orders[ahead, series_positions(account, orders)]
    cases = _cases(account, orders, now)
    record = _record(account)
    rows: list[dict[str, Any]] = []
    for order, start, n in zip(
        orders.to_dict("records"), starts.dt.date.tolist(), n_orders.tolist(), strict=True
    ):
        kinds = [c for c in terms.COMPONENTS if order[c]]
        mine = [
            _row(order, kind, cases[order["order_id"], kind], start, look.as_of, odds, record)
            for kind in kinds
        ]
        _weigh(mine, float(n))
        rows += mine
    table = pd.DataFrame(rows)
    table["days_to_deadline"] = (table.deadline - now).dt.days.astype("Int64")
    table = table.assign(
        closed=table.step == "",
        pressing=_pressing(account, look, table),
        # A step that changes nothing is not urgent, whatever its deadline was.
        overdue=(table.days_to_deadline < 0).fillna(False) & (table.worth > 0),
    ).sort_values(
        [
            "closed",
            "pressing",
            "overdue",
            "worth",
            "deadline",
            "days_left",
            "order_id",
            "component",
        ],
        ascending=[True, True, False, False, True, False, True, True],
        ignore_index=True,
    )
    n_open = int((~table.closed).sum())
    table["rank"] = pd.array([*range(1, n_open + 1), *[None] * (len(table) - n_open)], "Int64")
    return typed(table, WORK_COLUMNS)


def _pressing(account: Account, look: LookAhead, table: pd.DataFrame) -> list[int]:
    """Place in ``terms.AT_RISK`` of the series of each row as its rate stands on the day."""
    place = [
        account.policy.pressing(int(d), int(n))
        for d, n in zip(look.n_defective[0], look.n_orders[0], strict=True)
    ]
    return [place[i] for i in series_positions(account, table)]


@dataclass(frozen=True)
class Case:
    """What files say of one defect: how it stands, its days, and what it rests on."""

    outcome: str
    reported: date | None
    decided: date | None
    evidence: str
    rule: str = ""
    confidence: float = float("nan")


def _cases(
    account: Account, orders: pd.DataFrame, now: pd.Timestamp
) -> dict[tuple[str, str], Case]:
    """One case per order and kind of defect."""
    seen = account.defects[account.defects.order_id.isin(orders.order_id)]
    seen = seen[~(seen.reported_on > now)]
    # As for whether it counts: the best source that states anything, a settled word before another.
    seen = seen.assign(unsaid=seen.outcome.isin(["", *MONEY]), standing=standing(seen)).sort_values(
        ["unsaid", "standing", "decided_on", "reported_on", "outcome", "file", "line"],
        ascending=[True, True, False, False, True, True, True],
        na_position="last",
    )
    candidates = case_candidates(account)
    candidates = candidates[~(candidates.told_on > now)]
    best = candidates.drop_duplicates("order_id").set_index("order_id").to_dict("index")
    found: dict[tuple[str, str], Case] = {}
    for (order, kind), told in seen.groupby(["order_id", "component"], sort=False):
        first = told.iloc[0]
        rule = best.get(order, {}) if kind == "feedback" else {}
        said = [t for t in map(clean, (*told.comment, *told.reason)) if t]
        # The defect counts: a word that it does not is overruled by a more reliable source.
        overruled = why_outcome_does_not_count(str(kind), str(first.outcome), account.policy)
        found[str(order), str(kind)] = Case(
            outcome="" if first.outcome in MONEY or overruled else str(first.outcome),
            reported=_date(told.reported_on.min()),
            decided=_date(told.decided_on.max()),
            evidence=f"{rule['rule']}: {rule['evidence']}"
            if rule
            else words.opening(said[0])
            if said
            else "",
            rule=rule.get("rule", ""),
            confidence=rule.get("confidence", float("nan")),
        )
    # A defect known from a table alone has no record; nothing more is known of it.
    for row in orders.to_dict("records"):
        for kind in terms.COMPONENTS:
            if row[kind]:
                found.setdefault((row["order_id"], kind), Case("", None, None, ""))
    return found


def _date(stamp: Any) -> date | None:
    return None if pd.isna(stamp) else stamp.date()


def _step(kind: str, case: Case, today: date) -> tuple[Step | None, date | None, str]:
    """The best step that is left, its deadline, and why there is none."""
    if kind == "feedback":
        name = steps.SOLVE
        if case.rule:
            name = steps.STRIKE if case.rule == "Amazon's delivery" else steps.REMOVE
        step = STEPS[name]
        limit = _until(case.reported, step)
        if limit is not None and limit < today:  # a buyer may still be asked
            return STEPS[steps.SOLVE], None, ""
        return step, limit, ""
    if kind == "claim":
        if case.outcome in REFUNDED:
            return None, None, f"{case.outcome} after the claim was filed: that stays in ODR"
        if case.outcome in (*ENDED_WELL["claim"], "appeal won"):
            return None, None, f"{case.outcome}, and counts by the rules chosen"
        if case.outcome == "pending":
            # Late is worth a try as long as it is not decided.
            return STEPS[steps.ANSWER_CLAIM], _until(case.reported, STEPS[steps.ANSWER_CLAIM]), ""
        if case.decided is not None:
            limit = _until(case.decided, STEPS[steps.APPEAL])
            if limit is not None and limit < today:
                return None, None, f"decided on {words.day(case.decided)}: 30 days are over"
            return STEPS[steps.APPEAL], limit, ""
        step = STEPS[steps.LOOK_UP]
        limit = _until(case.reported, step)
        if limit is not None and limit < today:
            return step, None, ""
        return step, limit, ""
    step = STEPS[steps.ANSWER_CHARGEBACK]
    limit = _until(case.reported, step)
    decided = case.outcome in (*ENDED_WELL["chargeback"], *ENDED_BADLY["chargeback"])
    if not decided and (limit is None or limit >= today):
        return step, limit, ""
    return STEPS[steps.DISPUTE], None, ""


def _until(day: date | None, step: Step) -> date | None:
    if day is None or step.days is None:
        return None
    return day + timedelta(days=step.days)


def _row(
    order: dict[Any, Any],
    kind: str,
    case: Case,
    start: date,
    today: date,
    odds: dict[str, float],
    record: dict[str, tuple[int, int]],
) -> dict[str, Any]:
    step, limit, closed = _step(kind, case, today)
    leaves = order["leaves_on"].date()
    chance, chance_from, won, clock = 0.0, "", 0, ""
    if step is not None:
        shows = max(start, today + timedelta(days=step.shows_after))
        won = (leaves - shows).days + 1
        if won <= 0:
            step, limit = None, None
            closed = f"leaves the window on {words.day(leaves)}, before a success would show"
    if step is not None:
        chance, chance_from = _chance(step, case, odds, record)
        # Counted from the earliest day it can start, so it may be over, and is not overdue.
        maybe_over = step.days is not None and limit is None and case.reported is not None
        if maybe_over or (limit is not None and limit < today):
            chance *= OVERDUE
        clock = step.source
        if step.days is not None and limit is None:
            clock = ("may be over; " if maybe_over else "the day is not in the files; ") + clock
    return {
        **{c: order[c] for c in ("order_id", "marketplace", "channel", "ordered_on")},
        **{c: order[c] for c in ("leaves_on", "days_left", "enters_on")},
        "component": kind,
        "step": "" if step is None else step.name,
        "deadline": pd.NaT if limit is None else pd.Timestamp(limit),
        "chance": chance,
        "chance_from": chance_from,
        "won": won,
        "evidence": case.evidence,
        "allowed": "" if step is None else step.allowed,
        "forbidden": "" if step is None else step.forbidden,
        "clock": clock,
        "why_closed": closed,
        "start": start,
        "today": today,
    }


def _weigh(mine: list[dict[str, Any]], n_orders: float) -> None:
    """Effect and worth of the steps of one order, all of its defects together."""
    together = all(row["step"] for row in mine)
    joint = float(np.prod([row["chance"] for row in mine]))
    won = min(row["won"] for row in mine)
    for row in mine:
        others = [r["component"] for r in mine if r is not row]
        row["effect"] = 0.0 if others else -1.0 / n_orders
        row["worth"] = (joint * won / n_orders / len(mine) if together else 0.0) * 100
        row["effect_text"] = _effect_text(row, others, together)


def _effect_text(row: dict[str, Any], others: list[str], together: bool) -> str:
    if others:
        articles = {"feedback": "", "claim": "an ", "chargeback": "a "}
        also = words.listed([f"{articles[c]}{terms.COMPONENT_LABELS[c]}" for c in others])
        said = f"changes nothing, the order also has {also}"
        each = "both" if len(others) == 1 else "all"
        return f"{said}; {each} have a step" if together else said
    size = words.points(-row["effect"]).removeprefix("+")
    when = (
        "" if row["start"] == row["today"] else f" from {words.day(row['start'])}, when it counts"
    )
    return f"{'lowers' if row['step'] else 'would lower'} ODR by {size}{when}"


def _chances(given: Mapping[str, float] | None) -> dict[str, float]:
    odds = {name: step.chance for name, step in STEPS.items()}
    for name, chance in (given or {}).items():
        if name not in STEPS:
            raise ParameterError(f"chances: unknown step {name!r}. Steps: {', '.join(STEPS)}.")
        if not isinstance(chance, Real) or not 0 <= chance <= 1:
            raise ParameterError(f"chances: {name} must be 0 to 1, got {chance!r}.")
        odds[name] = float(chance)
    return odds


def _record(account: Account) -> dict[str, tuple[int, int]]:
    """Step to cases of this account that ended, and those of them that ended well."""
    told = account.defects

    def n(kind: str, outcomes: tuple[str, ...]) -> int:
        mine = told[(told.component == kind) & told.outcome.isin(outcomes)]
        return int(mine.order_id.nunique())

    return {
        step: (n(kind, ENDED_WELL[kind] + ENDED_BADLY[kind]), n(kind, ENDED_WELL[kind]))
        for step, kind in ((steps.ANSWER_CLAIM, "claim"), (steps.ANSWER_CHARGEBACK, "chargeback"))
    }


def _chance(
    step: Step, case: Case, odds: dict[str, float], record: dict[str, tuple[int, int]]
) -> tuple[float, str]:
    guess = odds[step.name]
    if case.rule and step.name in (steps.REMOVE, steps.STRIKE) and not np.isnan(case.confidence):
        guess *= case.confidence
    ended, good = record.get(step.name, (0, 0))
    if not ended:
        return guess, "guess"
    drawn = (guess * OWN_RECORD_WEIGHT + good) / (OWN_RECORD_WEIGHT + ended)
    return drawn, f"worked in {good} of {ended} of your cases"
