"""Actions an account can take to be under target on a day: what each brings, costs and needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import pandas as pd

from odr_analysis import terms
from odr_analysis.actions.costs import Costs
from odr_analysis.actions.steps import STEPS
from odr_analysis.actions.worklist import worklist
from odr_analysis.forecasting.look_ahead import LookAhead
from odr_analysis.whatif.changes import NewDefect, Pair
from odr_analysis.whatif.scenario import Scenario
from odr_analysis.whatif.touched import Idle, touched

Kind = Literal["removals", "appeals", "removals and appeals", "refunds"]


@dataclass(frozen=True)
class Candidate:
    """What is done about one order.

    Attributes
    ----------
    kind : str
    order_id : str
    steps : tuple of (component, step, deadline or None, probability, where that is from)
        All of them must work for the order to be clear.
    cost : float
    shows_on : datetime.date
        Day from which a success shows.
    do_by : datetime.date
        Last day for it, so that it shows in time.
    """

    kind: Kind
    order_id: str
    steps: tuple[tuple[str, str, date | None, float, str], ...]
    cost: float
    shows_on: date
    do_by: date

    @property
    def probability(self) -> float:
        """That the order is clear by the day, or of a refund that it would not be without."""
        p = 1.0
        for _, _, _, each, _ in self.steps:
            p *= each
        return p


def candidates(
    look: LookAhead, pair: Pair, by: date, costs: Costs
) -> tuple[list[Candidate], list[str]]:
    """What can be done about orders of one series that count on a day, most probable first.

    Returns
    -------
    list of Candidate, list of str
        And a sentence for each that is left out.

    Raises
    ------
    ParameterError
        A refund names an order the account does not have.
    """
    found, left_out = list[Candidate](), list[str]()
    window = look.policy.window(by)
    rows = look.day.worklist
    if costs.chances:
        rows = worklist(look.account, look.as_of, chances=costs.chances, look=look)
    rows = rows[(rows.marketplace == pair[0]) & (rows.channel == pair[1])]
    placed = rows.ordered_on.dt.date
    rows = rows[(placed >= window.start) & (placed <= window.end)]
    for order_id, its in rows.groupby("order_id", sort=False):
        one = _of_order(str(order_id), its.to_dict("records"), look.as_of, by, costs)
        if isinstance(one, str):
            left_out.append(one)
        elif one is not None:
            found.append(one)
    refunds, idle = _refunds(look, pair, window.start, window.end, by, costs)
    found.sort(key=lambda each: (-each.probability, each.order_id))
    return found + refunds, left_out + idle


def _of_order(
    order_id: str, rows: list[dict[Any, Any]], as_of: date, by: date, costs: Costs
) -> Candidate | str | None:
    """What clears an order of all its defects; a sentence where a limit forbids it."""
    steps, cost, shows, do_by = [], 0.0, as_of, by
    for row in rows:
        price = costs.removal if row["component"] == "feedback" else costs.appeal
        if not row["step"] or price is None or not row["chance"]:
            return None
        step = STEPS[row["step"]]
        deadline = None if pd.isna(row["deadline"]) else row["deadline"].date()
        last = by - timedelta(days=step.shows_after)
        if last < as_of:
            return None
        # An overdue step is done at once.
        do_by = min(do_by, last, max(deadline, as_of) if deadline else last)
        shows = max(shows, as_of + timedelta(days=step.shows_after))
        cost += price
        late = deadline is not None and deadline < as_of
        halved = late or str(row["clock"]).startswith("may be over")
        whence = row["chance_from"] + ("; overdue, so half of that" if halved else "")
        steps.append((row["component"], step.name, deadline, row["chance"], whence))
    is_feedback = {component == "feedback" for component, *_ in steps}
    kind: Kind = "removals and appeals"
    if len(is_feedback) == 1:
        kind = "removals" if is_feedback == {True} else "appeals"
    many = len(steps) > 1
    if many and (costs.removals_most is not None or costs.appeals_most is not None):
        return (
            f"Order {order_id} has {len(steps)} kinds of defect, which takes as many steps; with a "
            "limit of steps it is left out."
        )
    order = {component: i for i, component in enumerate(terms.COMPONENTS)}
    steps.sort(key=lambda each: order[each[0]])
    return Candidate(kind, order_id, tuple(steps), cost, shows, do_by)


def _refunds(
    look: LookAhead, pair: Pair, start: date, end: date, by: date, costs: Costs
) -> tuple[list[Candidate], list[str]]:
    scenario = Scenario(*(NewDefect(each.order, probability=1.0) for each in costs.refunds))
    orders, idle = touched(look, scenario)
    why: dict[str, Idle] = {one.order_id: one for one in idle}
    by_id = {one.order_id: one for one in orders}
    found, left_out = [], []
    for refund in costs.refunds:
        order = by_id[refund.order]
        placed = date(1970, 1, 1) + timedelta(days=order.ordered)
        if refund.order in why:
            left_out.append(
                f"Order {refund.order}: a refund changes nothing ({why[refund.order].why})."
            )
        elif order.pair != pair or not start <= placed <= end:
            left_out.append(f"Order {refund.order} does not count in this rate on that day.")
        else:
            tomorrow = look.as_of + timedelta(days=1)
            step = ("claim", "refund", None, refund.probability, "given")
            found.append(
                Candidate("refunds", refund.order, (step,), refund.cost, tomorrow, look.as_of)
            )
    found.sort(key=lambda each: (each.cost, -each.probability, each.order_id))
    return found, left_out


def by_price(candidates: list[Candidate]) -> Iterator[tuple[Kind, list[Candidate]]]:
    """Candidates of one kind and price together, most probable first."""
    groups: dict[tuple[Kind, float], list[Candidate]] = {}
    for each in candidates:
        groups.setdefault((each.kind, each.cost), []).append(each)
    for (kind, _), group in groups.items():
        yield kind, sorted(group, key=lambda each: (-each.probability, each.order_id))
