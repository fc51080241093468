"""The search: every combination of the switches against one day's counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from odr_analysis.policy import Policy
from odr_analysis.rates.reconcile_apart import orders_apart
from odr_analysis.rates.reconcile_blocks import COUNTS, Block
from odr_analysis.rates.reconcile_grid import LEAST, MOST, Grid
from odr_analysis.rates.windows import Integers

WEIGHTS: tuple[int, ...] = (1, 2, 2, 2, 2)
"""What one too many or too few costs, for each of ``COUNTS``.

A defect weighs twice an order in each count it is in, and is in at least two (of its kind,
and of orders with any), so one order that is missing costs 1 and one defect costs 4: reports
count orders exactly, but a rate hangs on its defects.
"""

SEARCHED: tuple[str, ...] = (
    "count_cancelled_orders",
    "count_pending_orders",
    "count_pending_claims",
    "count_struck_feedback",
)
"""Switches Amazon's documents leave open most of all: where none of these windows' orders hangs
on one of them, that is said."""

MOST_FITS = 200
"""Fits that are told one by one; all are counted."""


@dataclass(frozen=True)
class Combination:
    """Values of the switches that were searched.

    Attributes
    ----------
    switches : tuple of (str, bool)
        Switches that make a difference in this data, and their values.
    day_boundary : str
    window_moved : int
        Days the counted window lies after the stated one; -1, 0 or 1.
    lag_days, window_days : int or None
        Of the windows as stated; None where the reports do not all have the same.
    """

    switches: tuple[tuple[str, bool], ...]
    day_boundary: str
    window_moved: int
    lag_days: int | None
    window_days: int | None

    def policy_fields(self) -> dict[str, Any]:
        """The fields of :class:`~odr_analysis.policy.Policy` it sets."""
        told = {**dict(self.switches), "day_boundary": self.day_boundary}
        if self.lag_days is not None:
            told["lag_days"] = max(self.lag_days - self.window_moved, 0)
        if self.window_days is not None:
            told["window_days"] = self.window_days
        return told

    def changes(self, policy: Policy) -> dict[str, Any]:
        """What differs from a policy: switches, ``day_boundary`` and ``window_moved``."""
        told = {**dict(self.switches), "day_boundary": self.day_boundary}
        changed = {name: value for name, value in told.items() if getattr(policy, name) != value}
        return changed | ({"window_moved": self.window_moved} if self.window_moved else {})

    def to_dict(self) -> dict[str, Any]:
        return {
            **dict(self.switches),
            "day_boundary": self.day_boundary,
            "window_moved": self.window_moved,
        }


class Step(NamedTuple):
    """What one changed rule does to the counts of all blocks of a search together."""

    name: str
    value: bool | str | int
    n_orders: int
    n_defective: int


@dataclass(frozen=True, eq=False)
class Fit:
    """A combination and what it comes to.

    Attributes
    ----------
    number : int
        1 for the first; fits that change less of the account's policy come first.
    combination : Combination
    changes : dict
        What differs from the account's policy.
    counts : tuple of tuples of int
        The counts of each block of the search; ``COUNTS`` in their order.
    distance : int
        How far they are from Amazon's, see :class:`Search`.
    steps : tuple of Step
        The changes one after the other, and what each does.
    """

    number: int
    combination: Combination
    changes: dict[str, Any]
    counts: tuple[tuple[int, ...], ...]
    distance: int
    steps: tuple[Step, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "combination": self.combination.to_dict(),
            "changes": dict(self.changes),
            "counts": [dict(zip(COUNTS, counts, strict=True)) for counts in self.counts],
            "distance": self.distance,
            "steps": [step._asdict() for step in self.steps],
        }


@dataclass(frozen=True, eq=False)
class Alike:
    """Fits with equal counts, which no report can tell apart.

    Attributes
    ----------
    fits : tuple of Fit
    orders : pandas.DataFrame
        **One row per order** in or near a window that some of the fits count, or count as
        defective, and others do not; columns ``reconcile_apart.APART_COLUMNS``. Looking
        such an order up in Account Health tells the fits apart. Orders with defects come
        first; at most ``reconcile_apart.MOST_ORDERS`` rows. Empty with one fit.
    n_apart : int
        How many such orders there are.
    """

    fits: tuple[Fit, ...]
    orders: pd.DataFrame
    n_apart: int


@dataclass(frozen=True, eq=False)
class Search:
    """Every combination that reproduces Amazon's counts, or the closest ones.

    The *distance* is the sum over blocks and counts of how far a count is from Amazon's,
    times ``WEIGHTS``. A report may also lag behind: defects reported on its very day, or on the
    next, may be in it or not (nobody knows at which hour it was made), and so may defects
    that were taken out again so recently that it may still have had them
    (``reconcile_evidence.SHOWN_AFTER``). The distance that remains when all of that is
    allowed for is ``unexplained``. All combinations with the least of it are *fits*, those
    with the least distance first: where some reproduce every count, these, and then those
    that would if the report lagged behind.

    Attributes
    ----------
    blocks : tuple of Block
    unexplained : int
        0 where fits are exact, or what a report may lag behind by explains the rest.
    groups : tuple of Alike
        Fits, those with equal counts together; at most ``MOST_FITS`` in all. Where fits
        are exact they are the first group.
    n_fits, n_exact : int
        How many fits there are, and how many of them reproduce every stated count;
        combinations that count the same orders are one.
    n_tried : int
        Combinations that were tried.
    agreed : dict
        What the exact fits have in common, or where there are none all fits: switch to
        value, ``day_boundary``, ``window_moved``.
    no_difference : tuple of str
        Of ``SEARCHED``, switches on which no order in or near these windows hangs.
    """

    blocks: tuple[Block, ...]
    unexplained: int
    groups: tuple[Alike, ...]
    n_fits: int
    n_exact: int
    n_tried: int
    agreed: dict[str, Any]
    no_difference: tuple[str, ...]
    _grid: Grid = field(repr=False)
    _found: Integers = field(repr=False)
    _exactly: Integers = field(repr=False)

    @property
    def exact(self) -> bool:
        """Whether some combination reproduces every stated count."""
        return self.n_exact > 0

    @property
    def fits(self) -> tuple[Fit, ...]:
        return tuple(fit for group in self.groups for fit in group.fits)

    def allows(self, values: Mapping[str, Any], *, exactly: bool = False) -> bool:
        """Whether a combination is among the fits (the exact ones), or counts as one of them.

        `values` has switches, ``day_boundary`` and ``window_moved``; what it leaves out is
        as in the account's policy, what makes no difference does not matter.
        """
        policy = self._grid.policy
        on = {s: values.get(s, getattr(policy, s)) for s in self._grid.switches}
        boundary = values.get("day_boundary", policy.day_boundary)
        if boundary not in self._grid.boundaries:
            boundary = self._grid.boundaries[0]
        variant = self._grid.variants.index((boundary, values.get("window_moved", 0)))
        code = sum(bool(on[s]) << i for i, s in enumerate(self._grid.switches))
        found = self._exactly if exactly else self._found
        return bool((found == variant * self._grid.n_assignments + code).any())

    def to_dict(self) -> dict[str, Any]:
        from odr_analysis.rates.reconcile import records

        return {
            "day": max(b.day for b in self.blocks).isoformat(),
            "series": [[b.marketplace, b.channel] for b in self.blocks],
            "exact": self.exact,
            "unexplained": self.unexplained,
            "n_fits": self.n_fits,
            "n_exact": self.n_exact,
            "n_tried": self.n_tried,
            "agreed": dict(self.agreed),
            "no_difference": list(self.no_difference),
            "groups": [
                {
                    "fits": [fit.to_dict() for fit in group.fits],
                    "n_apart": group.n_apart,
                    "orders": records(group.orders),
                }
                for group in self.groups
            ],
        }


def search(grid: Grid, blocks: tuple[int, ...]) -> Search:
    """Try every combination against some blocks of a grid."""
    off, rest = _distances(grid, blocks), _unexplained(grid, blocks)
    unexplained = int(rest.min())
    variant, assignment = np.nonzero(rest == unexplained)
    far = off[variant, assignment]
    changes = _n_changes(grid, variant, assignment)
    found = variant * grid.n_assignments + assignment
    # Nearest to the account's rules first, then by number, so that nothing hangs on chance.
    order = np.lexsort((found, changes, far))
    variant, assignment, far = variant[order], assignment[order], far[order]
    flags = np.concatenate([grid.flags(b, variant, assignment) for b in blocks], axis=1)
    seen: dict[bytes, int] = {}
    for i, row in enumerate(flags):
        seen.setdefault(row.tobytes(), i)
    firsts = np.fromiter(seen.values(), dtype=np.int64)
    n_exact = int((far[firsts] == 0).sum())
    told = firsts[: n_exact or None]
    shown = firsts[:MOST_FITS]
    fits = [
        _fit(grid, blocks, i + 1, int(variant[at]), int(assignment[at]))
        for i, at in enumerate(shown.tolist())
    ]
    by_counts: dict[tuple[tuple[int, ...], ...], list[int]] = {}
    for i, fit in enumerate(fits):
        by_counts.setdefault(fit.counts, []).append(i)
    groups = []
    for members in by_counts.values():
        rows = flags[shown[members]]
        table, n = orders_apart(grid, blocks, rows, [fits[i].number for i in members])
        groups.append(Alike(tuple(fits[i] for i in members), table, n))
    return Search(
        blocks=tuple(grid.blocks[b] for b in blocks),
        unexplained=unexplained,
        groups=tuple(groups),
        n_fits=len(firsts),
        n_exact=n_exact,
        n_tried=off.size,
        agreed=_agreed(grid, variant[told], assignment[told]),
        no_difference=tuple(s for s in SEARCHED if s not in grid.switches),
        _grid=grid,
        _found=found[order],
        _exactly=found[order][far == 0],
    )


def _stated(grid: Grid, block: int) -> list[tuple[int, int, int]]:
    """Place in ``COUNTS``, weight and value of the counts a block states."""
    stated = enumerate(grid.blocks[block].stated)
    return [(i, WEIGHTS[i], n) for i, n in stated if n is not None]


def _distances(grid: Grid, blocks: tuple[int, ...]) -> Integers:
    """Distance of every combination, [variant, assignment]."""
    off = np.zeros((len(grid.variants), grid.n_assignments), dtype=np.int64)
    for b in blocks:
        counts = grid.counts(b)
        for i, weight, stated in _stated(grid, b):
            off += weight * np.abs(counts[i] - stated)
    return off


def _unexplained(grid: Grid, blocks: tuple[int, ...]) -> Integers:
    """The same, but for what a report may lag behind by."""
    off = np.zeros((len(grid.variants), grid.n_assignments), dtype=np.int64)
    for b in blocks:
        least, most = grid.counts(b, LEAST), grid.counts(b, MOST)
        for i, weight, stated in _stated(grid, b):
            off += weight * np.maximum(np.maximum(least[i] - stated, stated - most[i]), 0)
    return off


def distance_at(grid: Grid, blocks: tuple[int, ...], variant: int, assignment: int) -> int:
    """Distance of one combination."""
    off = 0
    for b in blocks:
        counts = grid.at(b, variant, assignment)
        off += sum(weight * abs(counts[i] - n) for i, weight, n in _stated(grid, b))
    return off


def _n_changes(grid: Grid, variant: Integers, assignment: Integers) -> Integers:
    """How many of the account's own rules each combination changes."""
    differs = assignment ^ grid.assignment(grid.policy)
    switched = np.zeros_like(differs)
    for i in range(len(grid.switches)):
        switched += (differs >> i) & 1
    placed = [(b != grid.boundaries[0]) + (move != 0) for b, move in grid.variants]
    return switched + np.array(placed)[variant]


def _combination(grid: Grid, blocks: tuple[int, ...], variant: int, code: int) -> Combination:
    lags = {grid.blocks[b].lag_days for b in blocks}
    lengths = {grid.blocks[b].window_days for b in blocks}
    boundary, move = grid.variants[variant]
    return Combination(
        switches=tuple((s, bool(code >> i & 1)) for i, s in enumerate(grid.switches)),
        day_boundary=boundary,
        window_moved=move,
        lag_days=lags.pop() if len(lags) == 1 else None,
        window_days=lengths.pop() if len(lengths) == 1 else None,
    )


def _fit(grid: Grid, blocks: tuple[int, ...], number: int, variant: int, code: int) -> Fit:
    combination = _combination(grid, blocks, variant, code)
    return Fit(
        number=number,
        combination=combination,
        changes=combination.changes(grid.policy),
        counts=tuple(grid.at(b, variant, code) for b in blocks),
        distance=distance_at(grid, blocks, variant, code),
        steps=_steps(grid, blocks, variant, code),
    )


def _steps(grid: Grid, blocks: tuple[int, ...], variant: int, code: int) -> tuple[Step, ...]:
    """From the account's own rules to a combination: the window first, then switch by switch."""
    now = [0, grid.assignment(grid.policy)]

    def totals() -> tuple[int, int]:
        counts = [grid.at(b, *now) for b in blocks]
        return sum(c[0] for c in counts), sum(c[1] for c in counts)

    before = totals()
    steps = []

    def step(name: str, value: bool | str | int) -> None:
        nonlocal before
        after = totals()
        steps.append(Step(name, value, after[0] - before[0], after[1] - before[1]))
        before = after

    boundary, move = grid.variants[variant]
    if boundary != grid.boundaries[0]:
        now[0] = grid.variants.index((boundary, 0))
        step("day_boundary", boundary)
    if move:
        now[0] = variant
        step("window_moved", move)
    for i, switch in enumerate(grid.switches):
        if (now[1] ^ code) >> i & 1:
            now[1] ^= 1 << i
            step(switch, bool(code >> i & 1))
    return tuple(steps)


def _agreed(grid: Grid, variant: Integers, assignment: Integers) -> dict[str, Any]:
    """What the fits have in common."""
    agreed: dict[str, Any] = {}
    for i, switch in enumerate(grid.switches):
        values = np.unique((assignment >> i) & 1)
        if len(values) == 1:
            agreed[switch] = bool(values[0])
    for place, name in enumerate(("day_boundary", "window_moved")):
        told = {grid.variants[v][place] for v in np.unique(variant)}
        if len(told) == 1:
            agreed[name] = told.pop()
    return agreed
