"""The search for the cheapest mix of actions that is enough on a day, with a certainty."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from odr_analysis import words
from odr_analysis.actions.candidates import Candidate, by_price, candidates
from odr_analysis.actions.cheapest_mix import Choice, Mix, MixSearch, MovedLimit
from odr_analysis.actions.costs import STEPS_ALONE, Costs
from odr_analysis.actions.plan import LIMIT_COLUMNS, STEP_COLUMNS, Option, Plan
from odr_analysis.actions.plan_odds import PlanOdds
from odr_analysis.actions.steps import NEVER_FOR_CLAIM, STEPS
from odr_analysis.forecasting.look_ahead import LookAhead
from odr_analysis.schema import table_of
from odr_analysis.whatif.by_a_day import CERTAINTY, asked
from odr_analysis.whatif.changes import Change, MoreOrders, NewDefect, Pair, Removed, quality_of
from odr_analysis.whatif.scenario import Scenario
from odr_analysis.whatif.spans import series_of, spans_of

if TYPE_CHECKING:
    from odr_analysis.account import Account

REFUND = "put it right or refund it before a claim is filed"
NEVER_BOUGHT = "Never buy orders or reviews, or have friends place them: Amazon forbids both."
ROUNDING = 1e-12
"""A probability that misses the certainty by no more than sums of floats do is not short of it."""

Parts = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], int]


def cheapest_plan(
    account: Account,
    by: date | str,
    certainty: float = CERTAINTY,
    costs: Costs | None = None,
    *,
    runners_up: int = 2,
    marketplace: str | None = None,
    channel: str | None = None,
    as_of: date | str | None = None,
) -> Plan:
    """The least costly mix of actions for a rate under target on a day, with a certainty.

    Removals to request, claims and chargebacks to answer or appeal, refunds before a claim, fixes
    and extra orders; only steps of the :func:`~odr_analysis.worklist`, which Amazon's policy
    allows, and each only as long as its deadline and its effect on that day are still to come.

    Parameters
    ----------
    account, by, certainty, marketplace, channel, as_of
        As of :func:`~odr_analysis.orders_needed_by`.
    costs : Costs, optional
        Prices and limits; by default each removal and each appeal costs 1, so that the plan is
        that of the fewest requests.
    runners_up : int
        How many other plans.

    Returns
    -------
    Plan

    Raises
    ------
    ParameterError
        As :func:`~odr_analysis.orders_needed_by`, or the costs do not fit the account.
    MachineError
        There are too many kinds of action to search them all.

    Notes
    -----
    The probability is exact within the draws of the forecast: each step works or not by itself,
    with its chance. No mix that costs less is enough: all are searched or excluded
    (:mod:`odr_analysis.actions.cheapest_mix`). Costs are counted in hundredths.

    Examples
    --------
    >>> from odr_analysis import cheapest_plan, load_sample
    >>> plan = cheapest_plan(load_sample(), "2026-10-12", certainty=0.6)
    >>> plan.reason, plan.best.probability >= 0.6 > plan.p_without
    ('', True)
    """
    costs = STEPS_ALONE if costs is None else costs
    place = MoreOrders(
        1, defect_rate=quality_of(costs.quality), marketplace=marketplace, channel=channel
    )
    look, day, pair = asked(account, as_of, by, certainty, place)
    known = look.day.known[pair].missing
    if not known and pair not in look.forecast.marginals:
        known = ("too few orders are known for a forecast",)
    if known:
        return Plan(pair, look.as_of, day, certainty, "unknown", None, missing=tuple(known))
    found = _Planner(look, pair, day, certainty, costs, place).plan(runners_up)
    if found.reason != "not enough":
        return found
    later = (day + timedelta(days=i) for i in range(1, look.calendar.horizon_days + 1))
    ahead = (each for each in later if (each - look.as_of).days <= look.calendar.horizon_days)
    enough = (
        each for each in ahead if _Planner(look, pair, each, certainty, costs, place).is_possible
    )
    return replace(found, reachable_on=next(enough, None))


class _Planner:
    """The actions of one series, and the search among them."""

    def __init__(
        self,
        look: LookAhead,
        pair: Pair,
        by: date,
        certainty: float,
        costs: Costs,
        more: MoreOrders,
    ) -> None:
        self.look, self.pair, self.by, self.certainty = look, pair, by, certainty
        self.costs, self.more = costs, more
        found, self.left_out = candidates(look, pair, by, costs)
        groups = list(by_price(found))
        self.cleared = [group for kind, group in groups if kind != "refunds"]
        self.refunded = [group for kind, group in groups if kind == "refunds"]
        self.fixes = [fix for fix in costs.fixes if pair in series_of(fix.change, look.size)]
        for fix in self.fixes:
            list(spans_of(look, Scenario(fix.change)))
        window = look.policy.window(by)
        first = max(more.first_day(look.as_of), window.start)
        self.order_days = max((window.end - first).days + 1, 0)
        self.first, self.last = first, window.end
        priced = costs.order is not None and self.order_days
        self.most = (costs.orders_per_day_most or 0) if priced else 0
        self.odds = PlanOdds(
            look,
            pair,
            (by - look.as_of).days,
            [[each.probability for each in group] for group in self.cleared],
            [[each.probability for each in group] for group in self.refunded],
            [fix.change for fix in self.fixes],
            more,
            self.most + bool(self.most),
        )
        self.choices = list(self._choices())

    def _choices(self) -> Iterator[Choice]:
        groups = [*self.cleared, *self.refunded]
        kinds = [group[0].kind for group in groups]
        for group in groups:
            kind, price = group[0].kind, group[0].cost
            name = f"{kind} at {words.decimal(price, 2)}" if kinds.count(kind) > 1 else kind
            limit = {"removals": self.costs.removals_most, "appeals": self.costs.appeals_most}.get(
                kind
            )
            n = len(group) if limit is None else min(limit, len(group))
            each = tuple(price * i for i in range(n + 1))
            yield Choice(name, each, price * (n + 1) if n < len(group) else None)
        for fix in self.fixes:
            yield Choice(f"fix: {fix.name}", (0.0, fix.cost))
        if self.most:
            price = (self.costs.order or 0.0) * self.order_days
            each = tuple(price * i for i in range(self.most + 1))
            yield Choice("extra orders a day", each, price * (self.most + 1))

    def parts(self, units: Sequence[int]) -> Parts:
        """Units of orders cleared, refunded, fixes made, and extra orders a day."""
        n, m, k = len(self.cleared), len(self.refunded), len(self.fixes)
        orders = units[-1] if self.most else 0
        return tuple(units[:n]), tuple(units[n : n + m]), tuple(units[n + m : n + m + k]), orders

    def p_under(self, units: Sequence[int]) -> float:
        return self.odds.p_under(*self.parts(units))

    @property
    def is_possible(self) -> bool:
        """Whether everything within the limits is enough."""
        return self.p_under([each.most for each in self.choices]) >= self.certainty - ROUNDING

    def plan(self, runners_up: int) -> Plan:
        none = [0] * len(self.choices)
        every = [choice.most for choice in self.choices]
        without, best = self.p_under(none), self.p_under(every)
        head: dict[str, Any] = {
            "pair": self.pair,
            "as_of": self.look.as_of,
            "by": self.by,
            "certainty": self.certainty,
            "target": self.look.policy.target,
            "without": self._scenario(none),
            "p_without": without,
            "p_at_best": best,
            "left_out": tuple(self.left_out),
            "orders_priced": self.costs.order is not None or not self.order_days,
        }
        search = MixSearch(
            self.choices, lambda units: self.p_under(units) >= self.certainty - ROUNDING
        )
        found = search.cheapest(budget=self.costs.budget, runners_up=runners_up)
        if found.best is None:
            return Plan(
                **head,
                reason="not enough" if found.reason == "not_enough" else "over budget",
                best=None,
                scenario=head["without"],
                least_cost=found.least_cost,
            )
        units = found.best.units
        return Plan(
            **head,
            reason="" if any(units) else "met",
            best=self._option(found.best),
            runners_up=tuple(map(self._option, found.runners_up)),
            steps=table_of(
                sorted(self._steps(units), key=lambda row: (row[4], row[1])), STEP_COLUMNS
            ),
            limits=table_of(list(self._limits(found.best, search.moved_limits())), LIMIT_COLUMNS),
            scenario=self._scenario(units),
            least_cost=found.least_cost,
        )

    def _option(self, mix: Mix) -> Option:
        cleared, refunded, fixes, orders = self.parts(mix.units)
        n = dict.fromkeys(("removals", "appeals", "removals and appeals", "refunds"), 0)
        taken = zip((*self.cleared, *self.refunded), (*cleared, *refunded), strict=True)
        for group, units in taken:
            n[group[0].kind] += units
        both = n["removals and appeals"]
        return Option(
            mix.cost,
            self.p_under(mix.units),
            n["removals"] + both,
            n["appeals"] + both,
            n["refunds"],
            tuple(fix.name for fix, made in zip(self.fixes, fixes, strict=True) if made),
            self.odds.best_number(cleared, refunded, fixes, orders),
        )

    def _taken(self, units: Sequence[int]) -> Iterator[Candidate]:
        cleared, refunded, _, _ = self.parts(units)
        for group, n in zip((*self.cleared, *self.refunded), (*cleared, *refunded), strict=True):
            yield from group[:n]

    def _steps(self, units: Sequence[int]) -> Iterator[tuple[Any, ...]]:
        for each in self._taken(units):
            for component, name, _, chance, chance_from in each.steps:
                step = STEPS.get(name)
                action = (
                    "refund" if step is None else "removal" if component == "feedback" else "appeal"
                )
                yield (
                    action, each.order_id, component, name if step else REFUND,
                    pd.Timestamp(each.do_by), pd.Timestamp(each.shows_on), chance, chance_from,
                    each.cost / len(each.steps), step.allowed if step else "",
                    step.forbidden if step else NEVER_FOR_CLAIM,
                )  # fmt: skip
        _, _, fixes, orders = self.parts(units)
        for fix, made in zip(self.fixes, fixes, strict=True):
            if made:
                start = fix.change.first_day(self.look.as_of)
                yield (
                    "fix", "", "", fix.name, pd.Timestamp(start),
                    pd.Timestamp(self.look.policy.enters_on(start)), np.nan, "", fix.cost, "", "",
                )  # fmt: skip
        if orders:
            span = words.span(self.first, self.last, self.look.as_of.year)
            shows = self.look.policy.enters_on(self.first)
            yield (
                "extra orders", "", "", f"{words.counted(orders, 'more order')} a day from {span}",
                pd.Timestamp(self.first), pd.Timestamp(shows), np.nan, "",
                (self.costs.order or 0.0) * self.order_days * orders, "", NEVER_BOUGHT,
            )  # fmt: skip

    def _limits(self, best: Mix, moved: Sequence[MovedLimit]) -> Iterator[tuple[Any, ...]]:
        kinds: list[str] = [group[0].kind for group in (*self.cleared, *self.refunded)]
        kinds += ["fix"] * len(self.fixes) + ["extra orders a day"] * bool(self.most)
        each = zip(kinds, self.choices, best.units, moved, strict=True)
        for kind, choice, used, limit in each:
            fewer, more = (
                np.nan if cost is None or not np.isfinite(cost) else cost
                for cost in (limit.fewer, limit.more)
            )
            yield kind, choice.name, choice.most, used, best.cost, fewer, more, best.cost - more

    def _scenario(self, units: Sequence[int]) -> Scenario:
        """The mix as a scenario."""
        changes: list[Change] = []
        taken = {each.order_id for each in self._taken(units)}
        for each in self._taken(units):
            if each.kind != "refunds":
                changes += [
                    Removed(
                        frozenset({each.order_id}),
                        component,
                        p,
                        max(each.shows_on, self.look.as_of),
                    )
                    for component, _, _, p, _ in each.steps
                ]
        for group in self.refunded:
            changes += [
                NewDefect(each.order_id, probability=each.probability)
                for each in group
                if each.order_id not in taken
            ]
        _, _, fixes, orders = self.parts(units)
        changes += [fix.change for fix, made in zip(self.fixes, fixes, strict=True) if made]
        if orders:
            days = (self.last - self.first).days + 1
            changes.append(
                MoreOrders(
                    orders,
                    self.more.defect_rate,
                    start=self.first,
                    days=days,
                    marketplace=self.pair[0],
                    channel=self.pair[1],
                )
            )
        return Scenario(*changes)
