"""The recipes planted on orders: which order, which days, which money."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from odr_analysis.policy import Policy
from odr_analysis.sample.model.catalogue import REASONS
from odr_analysis.sample.model.draws import Draws
from odr_analysis.sample.model.orders import DAY, Orders
from odr_analysis.sample.model.recipes import EARLIER_REPORT, NEVER, RECIPES, TOGETHER, Recipe

CLOSED = 6
"""The last settlement closed this many days before the last day."""
_USUAL_ORDERS = 12_000


@dataclass
class Case:
    """One defect of one order as it was planted; days are since 1970, money in the least unit.

    ``told`` has a day for each row of the recipe's ``told``, ``received`` one for each of its
    ``stars``; ``moves`` has moment and sign of each movement of money: the share of the debit
    that left (below 0) or came back, in halves.
    """

    name: str
    recipe: Recipe
    order: int
    reason: str
    on: int
    told: tuple[int, ...] = ()
    received: tuple[int, ...] = ()
    return_on: int | None = None
    moves: list[tuple[int, int]] = field(default_factory=list)

    def known_on(self) -> int | None:
        """First day any file gives for it, None when none gives one."""
        days = [*self.told, *(moment // DAY for moment, _ in self.moves)]
        days += [d for d, s in zip(self.received, self.recipe.stars, strict=True) if s]
        days += [] if self.return_on is None else [self.return_on]
        return min(days, default=None)

    def counts(self, policy: Policy) -> bool:
        """Whether it counts in an order that does."""
        needed = self.recipe.counts_if
        return needed != NEVER and all(getattr(policy, name) for name in needed)


def layouts_change(last_day: int, days: int) -> int:
    """First day of the newer layout of settlements: the middle of the history."""
    return last_day - days // 2 + 1


def plant(orders: Orders, last_day: int, days: int, draws: Draws) -> list[Case]:
    """Plant every recipe for which an order of the right age can be found."""
    age = last_day - orders.day
    free = orders.shipped_by((last_day + 1) * DAY - 1) & ~np.isin(
        np.arange(orders.n), list(orders.not_counted)
    )
    gone = orders.cancelled & ~np.isin(np.arange(orders.n), list(orders.not_counted))
    shuffled = np.argsort(draws.uniform(orders.n), kind="stable")
    change = layouts_change(last_day, days)

    def take(recipes: list[Recipe], ages: tuple[int, int]) -> int | None:
        fits = gone if any(r.cancelled for r in recipes) else free
        fits = fits & (age >= ages[0]) & (age <= ages[1])
        if any(r.mfn for r in recipes):
            fits = fits & orders.is_mfn
        found = shuffled[fits[shuffled]]
        if not len(found):
            return None
        order = int(found[0])
        free[order] = gone[order] = False
        return order

    cases: list[Case] = []
    wanted: list[tuple[tuple[str, ...], tuple[int, int]]] = []
    for name, recipe in RECIPES.items():
        n = max(1, round(recipe.usual * orders.n / _USUAL_ORDERS))
        for ages in recipe.ages:
            wanted += [((name,), ages)] * n
    for names in TOGETHER:
        wanted += [(names, ages) for ages in ((15, 74), (75, days))]
    for names, ages in wanted:
        recipes = [RECIPES[name] for name in names]
        if "layouts" in recipes[0].money:
            # The debit is in the last days of the older layout, whatever the recipe says of ages.
            ages = (last_day - change + 8, last_day - change + 30)
        order = take(recipes, ages)
        if order is not None:
            reason = draws.weighted(REASONS["mfn" if orders.is_mfn[order] else "afn"])
            cases += [_case(name, order, reason, orders, last_day, change, draws) for name in names]
    return sorted(cases, key=lambda case: (case.order, case.name))


def _case(
    name: str, order: int, reason: str, orders: Orders, last_day: int, change: int, draws: Draws
) -> Case:
    """Days of one case, none after the last day and money in time for its settlement."""
    recipe, placed = RECIPES[name], int(orders.day[order])
    age = last_day - placed
    on = placed + 3 + int(draws.one() * min(25, max(1, age - 14)))
    if recipe.stars and recipe.stars[0] != recipe.stars[1]:
        on = placed + 3 + int(draws.one() * max(1, age - EARLIER_REPORT - 8))
    case = Case(name, recipe, order, reason, on)
    if recipe.told:
        days = [on + k * (1 + int(draws.one() * 3)) for k in range(len(recipe.told))]
        case.told = tuple(days)
    if recipe.stars:
        revised = recipe.stars[0] != recipe.stars[1]
        case.received = (on, on + (1 + int(draws.one() * 5)) * revised)
    if recipe.returned:
        if reason == "not received":
            case.reason = "damaged"
        case.return_on = max(placed + 2, on - int(draws.one() * 6))
    gone = on + 1 + int(draws.one() * 3)
    if "layouts" in recipe.money:
        gone = change - 1 - int(draws.one() * 3)
    back = gone + 1 + int(draws.one() * min(20, max(1, last_day - gone - CLOSED - 1)))
    if "layouts" in recipe.money:
        back = change + int(draws.one() * 10)
    if "late back" in recipe.money:
        back = last_day - int(draws.one() * (CLOSED - 1))

    def moment(day: int) -> int:
        return day * DAY + int(draws.one() * DAY)

    for move in recipe.money:
        if move in ("debit", "layouts"):
            case.moves.append((moment(gone), -2))
        if move in ("back", "late back", "layouts"):
            case.moves.append((moment(back), 2))
        if move == "part":
            case.moves.append((moment(back), 1))
    return case
