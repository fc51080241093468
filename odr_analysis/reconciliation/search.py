"""The search: every combination of the switches against one day's counts."""

from __future__ import annotations

from typing import Any

import numpy as np

from odr_analysis.arrays import Integers
from odr_analysis.reconciliation.fits import (
    MOST_FITS,
    MOST_SAME,
    SEARCHED,
    WEIGHTS,
    Alike,
    Combination,
    Fit,
    Search,
    Step,
)
from odr_analysis.reconciliation.grid import LEAST, MOST, Grid
from odr_analysis.reconciliation.missing import OneMissing, missing
from odr_analysis.reconciliation.undecided import orders_apart


def search(grid: Grid, blocks: tuple[int, ...]) -> Search:
    """Try every combination against some blocks of a grid."""
    off, rest = _distances(grid, blocks), _unexplained(grid, blocks)
    unexplained = int(rest.min())
    variant, assignment = np.nonzero(rest == unexplained)
    far = off[variant, assignment]
    changes = _n_changes(grid, variant, assignment)
    found = variant * grid.n_assignments + assignment
    # Nearest to the account's rules first, then the usual ones, then by number, so that the
    # order never depends on that of the rows.
    order = np.lexsort((found, _n_unusual(grid, assignment), changes, far))
    variant, assignment, far = variant[order], assignment[order], far[order]
    changes = changes[order]
    flags = np.concatenate([grid.flags(b, variant, assignment) for b in blocks], axis=1)
    members: dict[bytes, list[int]] = {}
    for i, row in enumerate(flags):
        members.setdefault(row.tobytes(), []).append(i)
    alike = list(members.values())
    firsts = np.array([same[0] for same in alike])
    n_exact = int((far[firsts] == 0).sum())
    lacking = missing(grid, blocks)
    shown = firsts[:MOST_FITS]
    fits = []
    for number, same in enumerate(alike[:MOST_FITS], 1):
        near = [at for at in same if changes[at] == changes[same[0]]][:MOST_SAME]
        codes = [(int(variant[at]), int(assignment[at])) for at in near]
        fits.append(_fit(grid, blocks, number, codes))
    by_counts: dict[tuple[int, ...], list[int]] = {}
    for i, fit in enumerate(fits):
        by_counts.setdefault(_as_stated(grid, blocks, fit), []).append(i)
    groups = []
    for together in by_counts.values():
        rows = flags[shown[together]]
        table, n = orders_apart(grid, blocks, rows, [fits[i].number for i in together])
        groups.append(Alike(tuple(fits[i] for i in together), table, n))
    return Search(
        blocks=tuple(grid.blocks[b] for b in blocks),
        unexplained=unexplained,
        groups=tuple(groups),
        n_fits=len(firsts),
        n_exact=n_exact,
        n_tried=off.size,
        agreed=_agreed(grid, *np.nonzero(lacking.possible)),
        one_missing=_one_missing(grid, blocks, lacking.records),
        no_difference=tuple(s for s in SEARCHED if s not in grid.switches),
        _grid=grid,
        _found=found[order],
        _exactly=found[order][far == 0],
    )


def _stated(grid: Grid, block: int) -> list[tuple[int, int, int]]:
    """Place in ``COUNTS``, weight and value of the counts a block states."""
    stated = enumerate(grid.blocks[block].stated)
    return [(i, WEIGHTS[i], n) for i, n in stated if n is not None]


def _as_stated(grid: Grid, blocks: tuple[int, ...], fit: Fit) -> tuple[int, ...]:
    """The counts of a fit that reports state."""
    return tuple(
        counts[i]
        for b, counts in zip(blocks, fit.counts, strict=True)
        for i, _, _ in _stated(grid, b)
    )


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


def _n_unusual(grid: Grid, assignment: Integers) -> Integers:
    """How many of the rules changed are not among those that documents leave open."""
    differs = assignment ^ grid.assignment(grid.policy)
    unusual = np.zeros_like(differs)
    for i, switch in enumerate(grid.switches):
        if switch not in SEARCHED:
            unusual += (differs >> i) & 1
    return unusual


def _one_missing(grid: Grid, blocks: tuple[int, ...], records: Integers) -> OneMissing:
    """What would reproduce every count with one more record, the nearest of it first."""
    variant, assignment = np.nonzero(records == 1)
    own, fewest = int(records[0, grid.assignment(grid.policy)]), int(records.min())
    if not len(variant):
        return OneMissing(own, 0, {}, fewest)
    changes = _n_changes(grid, variant, assignment)
    first = np.lexsort((assignment, variant, _n_unusual(grid, assignment), changes))[0]
    nearest = _combination(grid, blocks, int(variant[first]), int(assignment[first]))
    return OneMissing(own, len(variant), nearest.changes(grid.policy), fewest)


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


def _fit(grid: Grid, blocks: tuple[int, ...], number: int, codes: list[tuple[int, int]]) -> Fit:
    """The fit of combinations that count the same orders, the first of them its own."""
    told = [_combination(grid, blocks, *code) for code in codes]
    variant, code = codes[0]
    return Fit(
        number=number,
        combination=told[0],
        changes=told[0].changes(grid.policy),
        same=tuple(one.changes(grid.policy) for one in told[1:]),
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
    """The rules that some combinations have in common, of those that were tried both ways."""
    agreed: dict[str, Any] = {}
    for i, switch in enumerate(grid.switches):
        values = np.unique((assignment >> i) & 1)
        if len(values) == 1:
            agreed[switch] = bool(values[0])
    for place, name in enumerate(("day_boundary", "window_moved")):
        values_found = {grid.variants[v][place] for v in np.unique(variant)}
        if len(values_found) == 1 and len({v[place] for v in grid.variants}) > 1:
            agreed[name] = values_found.pop()
    return agreed
