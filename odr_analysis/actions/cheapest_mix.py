"""The cheapest mix of actions that is enough, found exactly whatever makes a mix enough."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal

import numpy as np

from odr_analysis.arrays import Flags, Integers
from odr_analysis.errors import MachineError, ParameterError

MOST_ASKED = 50_000
"""Mixes a search may try before it is given up: minutes, for a test of a mix that takes long."""

Units = tuple[int, ...]
"""Units of each choice, in the order of the choices."""


@dataclass(frozen=True)
class Choice:
    """One kind of action, taken in whole units; its units are interchangeable, or best first.

    Parameters
    ----------
    name : str
        Name of the choice.
    costs : tuple of float
        Cost of 0, 1, 2, ... units in all, in money; the last entry is the limit. Starts with 0
        and never falls. Costs count in cents, so that a tie is a tie.
    one_more : float, optional
        Cost of one unit more than the limit; None where there is no further unit.

    Raises
    ------
    ParameterError
        Where the costs are not such a list.

    Notes
    -----
    Units of one price belong in one choice, the most effective first: no plan takes the less
    effective ones first, and one choice for each effect makes the search many times longer.

    Examples
    --------
    >>> Choice("appeals", (0, 4, 8), one_more=12).most
    2
    """

    name: str
    costs: tuple[float, ...]
    one_more: float | None = None

    def __post_init__(self) -> None:
        steps = self.every_cost()
        if (
            not self.costs
            or self.costs[0] != 0
            or not all(math.isfinite(cost) for cost in steps)
            or any(after < before for before, after in pairwise(steps))
        ):
            raise ParameterError(
                f"The costs of {self.name!r} must be those of 0, 1, 2, ... units in all: numbers "
                f"that start with 0 and never fall, such as (0, 15, 30); got {steps}."
            )

    @property
    def most(self) -> int:
        """The limit: the largest number of units a mix may have."""
        return len(self.costs) - 1

    def every_cost(self) -> tuple[float, ...]:
        """Costs up to the limit, and that of one unit more where there is one."""
        return self.costs if self.one_more is None else (*self.costs, self.one_more)


@dataclass(frozen=True)
class Mix:
    """Units of each choice, and what they cost together (rounded to cents)."""

    units: Units
    cost: float


@dataclass(frozen=True)
class Found:
    """The answer of a search.

    Parameters
    ----------
    best : Mix or None
        The cheapest mix that is enough; at equal cost the one with fewest units, then the one
        with more units of the choices given first. None where `reason` says why.
    runners_up : tuple of Mix
        The next cheapest, in order of cost, of those that do not contain a plan before them.
        Each needs all of its units.
    reason : str
        ``"not_enough"`` where even everything within the limits is not enough;
        ``"over_budget"`` where every mix that is enough costs more than the budget; else ``""``.
    least_cost : float
        Cost of the cheapest mix that is enough, whatever the budget; inf where none is.
    """

    best: Mix | None
    runners_up: tuple[Mix, ...]
    reason: Literal["", "not_enough", "over_budget"]
    least_cost: float


@dataclass(frozen=True)
class MovedLimit:
    """What a limit of one choice costs: the least cost with the limit moved by one.

    Parameters
    ----------
    name : str
        Name of the choice.
    fewer, more : float or None
        Least cost where the limit is one unit less, and one more, whatever the budget; inf where
        nothing within these limits is enough, None where the limit cannot be moved so.
    """

    name: str
    fewer: float | None
    more: float | None


@dataclass(frozen=True)
class _Box:
    """All mixes with at least the units of `low` and at most those of `high`."""

    low: Units
    high: Units


class MixSearch:
    """A search for the cheapest mix that is enough; what it found out once is not asked again.

    Parameters
    ----------
    choices : sequence of Choice
        The choices, those to prefer at equal cost first.
    enough : callable
        Whether a mix, given as units of each choice, is enough. More units must never make a
        mix that is enough insufficient. It is asked about mixes one unit over a limit only by
        `moved_limits`.

    Raises
    ------
    ParameterError
        Where two choices have one name.
    MachineError
        By the methods, after `MOST_ASKED` calls of `enough`.

    Notes
    -----
    Branch and bound over boxes of mixes. A box holds nothing of interest if its largest mix is
    not enough, after the units that alone would cost as much as the best mix so far were cut
    off; it is settled if its smallest mix is enough, for that is its cheapest. Any other box is
    halved where the price differs most. Both tests use that more units never harm, so the
    result is exact for any test of a mix, one by simulation included.

    A mixed-integer solver needs hundreds of cuts ("one of these choices must go further") for the
    same, and its linear bound is weak: 5 to 15 s for what takes 0.05 s here. The tests give HiGHS
    the mixes a search found insufficient, and it confirms the least cost.

    Cost, number of units and order of choices are one whole number, different for any two
    mixes, so ties are decided exactly and do not depend on the order of the search.

    Examples
    --------
    Three removals at 10 each and two appeals at 4 each; an appeal does as much as a removal, and
    four of them are needed:

    >>> removals = Choice("removals", (0, 10, 20, 30))
    >>> appeals = Choice("appeals", (0, 4, 8), one_more=12)
    >>> search = MixSearch([removals, appeals], lambda units: sum(units) >= 4)
    >>> search.cheapest().best
    Mix(units=(2, 2), cost=28.0)
    >>> search.cheapest().runners_up
    (Mix(units=(3, 1), cost=34.0),)
    >>> search.cheapest(budget=25).reason
    'over_budget'
    >>> search.moved_limits()[1]
    MovedLimit(name='appeals', fewer=34.0, more=22.0)
    """

    def __init__(self, choices: Sequence[Choice], enough: Callable[[Units], bool]):
        names = [choice.name for choice in choices]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ParameterError(f"Each choice needs a name of its own; twice: {', '.join(twice)}.")
        self._choices = tuple(choices)
        self._enough = enough
        self._asked = 0
        none = np.zeros((0, len(choices)), dtype=np.int64)
        self._sufficient, self._insufficient = none, none
        self._cents = [[round(100 * cost) for cost in c.every_cost()] for c in choices]
        self._limits = tuple(choice.most for choice in choices)
        self._whole = _Box((0,) * len(choices), self._limits)
        # Ranks of mixes: cents, then units, then the order of the choices, as digits of one number.
        tops = [len(cents) for cents in self._cents]
        base, self._cent = max(tops, default=1), (sum(tops) + 1) * max(tops, default=1) ** len(tops)
        self._ranks = [
            [
                cents * self._cent + units * (base ** len(tops) - base ** (len(tops) - 1 - place))
                for units, cents in enumerate(each)
            ]
            for place, each in enumerate(self._cents)
        ]

    def cheapest(self, *, budget: float | None = None, runners_up: int = 2) -> Found:
        """The cheapest mix that is enough, and the next ones that differ from it.

        Parameters
        ----------
        budget : float, optional
            Largest cost of a mix, in money; None for no such limit.
        runners_up : int
            How many further plans to look for; there may be fewer.

        Returns
        -------
        Found
            The plans, or which of the two reasons there is none.

        Raises
        ------
        ParameterError
            Where the budget is NaN or negative.
        MachineError
            Where too many mixes had to be tried.
        """
        if budget is not None and not budget >= 0:
            raise ParameterError(f"The budget must be 0 or more, or None for none; got {budget}.")
        best = self._best
        if best is None:
            return Found(None, (), "not_enough", math.inf)
        least = self._mix(best)
        within = math.inf if budget in (None, math.inf) else round(100 * budget)
        if self._total(best) > within:
            return Found(None, (), "over_budget", least.cost)
        others: list[Mix] = []
        boxes = list(_without(self._whole, best))
        while len(others) < runners_up:
            found = self._search(boxes)
            if found is None or self._total(found) > within:
                break
            others.append(self._mix(found))
            boxes = [rest for box in boxes for rest in _without(box, found)]
        return Found(least, tuple(others), "", least.cost)

    def moved_limits(self) -> tuple[MovedLimit, ...]:
        """The least cost with each limit moved by one, in the order of the choices.

        Returns
        -------
        tuple of MovedLimit
            One for each choice. Both costs are those of `cheapest` where the limit does not bind.

        Raises
        ------
        MachineError
            Where too many mixes had to be tried.
        """
        best = self._best
        least = math.inf if best is None else self._mix(best).cost
        moved = []
        for place, choice in enumerate(self._choices):
            fewer = more = None
            if choice.most:
                fewer = least
                # A best mix that leaves a unit over is still allowed with one unit less.
                if best is not None and best[place] == choice.most:
                    found = self._search([_at_most(self._whole, place, choice.most - 1)])
                    fewer = math.inf if found is None else self._mix(found).cost
            if choice.one_more is not None:
                wider = _at_most(self._whole, place, choice.most + 1)
                # Only what costs less matters, and only if it has the unit that is new.
                below = None if best is None else self._total(best) * self._cent
                found = self._search([_at_least(wider, place, choice.most + 1)], below)
                more = least if found is None else self._mix(found).cost
            moved.append(MovedLimit(choice.name, fewer, more))
        return tuple(moved)

    @cached_property
    def _best(self) -> Units | None:
        return self._search([self._whole])

    def _search(self, boxes: Iterable[_Box], below: int | None = None) -> Units | None:
        """The sufficient mix of lowest rank in any of `boxes`; with `below`, only if lower."""
        stack = [box for box in boxes if self._is_enough(box.high)]
        best = None
        for box in stack:
            mix = self._pared(box)
            if below is None or self._rank(mix) < below:
                best, below = mix, self._rank(mix)
        while stack:
            box = stack.pop()
            if below is not None:
                spare = below - 1 - self._rank(box.low)
                if spare < 0:
                    continue
                box = self._affordable(box, spare)
            if not self._is_enough(box.high):
                continue
            if self._is_enough(box.low):
                best, below = box.low, self._rank(box.low)
                continue
            spans = [
                ranks[high] - ranks[low]
                for ranks, low, high in zip(self._ranks, box.low, box.high, strict=True)
            ]
            place = spans.index(max(spans))
            middle = (box.low[place] + box.high[place]) // 2
            stack += [_at_least(box, place, middle + 1), _at_most(box, place, middle)]
        return best

    def _pared(self, box: _Box) -> Units:
        """The largest mix of a box without what is not needed, the dearest choice first."""
        units = list(box.high)
        price = {i: ranks[box.high[i]] - ranks[box.low[i]] for i, ranks in enumerate(self._ranks)}
        for place in sorted(price, key=price.__getitem__, reverse=True):
            fewest, most = box.low[place], units[place]
            while fewest < most:
                units[place] = (fewest + most) // 2
                if self._is_enough(tuple(units)):
                    most = units[place]
                else:
                    fewest = units[place] + 1
            units[place] = most
        return tuple(units)

    def _affordable(self, box: _Box, spare: int) -> _Box:
        """The box without units that add more than `spare` to the rank of its smallest mix."""
        high = tuple(
            min(most, bisect_right(ranks, ranks[fewest] + spare) - 1)
            for ranks, fewest, most in zip(self._ranks, box.low, box.high, strict=True)
        )
        return _Box(box.low, high)

    def _is_enough(self, units: Units) -> bool:
        asked = np.array(units, dtype=np.int64)
        if (asked <= self._insufficient).all(axis=1).any():
            return False
        if (asked >= self._sufficient).all(axis=1).any():
            return True
        if self._asked == MOST_ASKED:
            raise MachineError(
                f"The cheapest plan was not found within {MOST_ASKED:,} mixes. Offer fewer "
                "kinds of actions or lower limits, or make those of one price one kind, the most "
                "effective first."
            )
        self._asked += 1
        if self._enough(units):
            self._sufficient = _with(self._sufficient, asked, self._sufficient >= asked)
            return True
        self._insufficient = _with(self._insufficient, asked, self._insufficient <= asked)
        return False

    def _rank(self, units: Units) -> int:
        return sum(ranks[n] for ranks, n in zip(self._ranks, units, strict=True))

    def _total(self, units: Units) -> int:
        return sum(cents[n] for cents, n in zip(self._cents, units, strict=True))

    def _mix(self, units: Units) -> Mix:
        return Mix(units, self._total(units) / 100)


def _with(mixes: Integers, new: Integers, implied: Flags) -> Integers:
    """`mixes` and a new one, without those it implies."""
    return np.vstack([mixes[~implied.all(axis=1)], new])


def _at_least(box: _Box, place: int, units: int) -> _Box:
    return _Box((*box.low[:place], units, *box.low[place + 1 :]), box.high)


def _at_most(box: _Box, place: int, units: int) -> _Box:
    return _Box(box.low, (*box.high[:place], units, *box.high[place + 1 :]))


def _without(box: _Box, plan: Units) -> Iterator[_Box]:
    """Boxes that share out what is in `box` and does not contain `plan`.

    >>> list(_without(_Box((0, 0), (3, 3)), (1, 2)))
    [_Box(low=(0, 0), high=(0, 3)), _Box(low=(1, 0), high=(3, 1))]
    """
    for place, units in enumerate(plan):
        if box.low[place] < units:
            yield _at_most(box, place, min(units - 1, box.high[place]))
            if box.high[place] < units:
                return
            box = _at_least(box, place, units)
