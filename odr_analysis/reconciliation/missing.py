"""Fewest records that must be missing from the files, for every set of rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from odr_analysis import terms
from odr_analysis.arrays import Integers
from odr_analysis.rates.rolling import day_number
from odr_analysis.reconciliation.blocks import COUNTS, Block
from odr_analysis.reconciliation.grid import LEAST, MOST, Grid, Orders

FEW = 3
"""Records that may be missing from any files, whatever the rules."""

UNDECIDED: tuple[str, ...] = (
    "count_inferred_defects",
    "count_pending_claims",
    "count_open_chargebacks",
)
"""Switches for defects whose outcome the files do not have: one missing file may hold it for all
of them."""

FILES, GAP = tuple(range(1, len(terms.COMPONENTS) + 1)), len(terms.COMPONENTS) + 1
"""Things that may be missing beside single records: a file of one component, days of orders."""
MANY = 1 << 30


class OneMissing(NamedTuple):
    """Sets of rules that would reproduce every count with one more record in the files.

    Attributes
    ----------
    n_own : int
        Records that are missing, at least, if the account's own rules hold; 0 where these
        reproduce every count, or what a report may lag behind by explains the rest.
    n_sets : int
        Sets of rules that do not reproduce every count, but would with one record more.
        Sets that count the same orders are several here.
    changes : dict
        What the first of these differs in from the account's rules.
    n_fewest : int
        Records that are missing, at least, under the rules that need the fewest.
    """

    n_own: int
    n_sets: int
    changes: dict[str, Any]
    n_fewest: int


@dataclass(frozen=True, eq=False)
class Missing:
    """Records that must be missing if a set of rules holds, [variant, assignment].

    Attributes
    ----------
    records : int64 array
        Fewest single records.
    beside : int64 array
        Fewest single records beside one larger thing: all of a file of feedback, of claims or
        of chargebacks, or the orders of days on which the files have none.
    """

    records: Integers
    beside: Integers

    @property
    def possible(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Sets of rules that nothing rules out.

        One file may be missing, or the orders of some days; and up to ``FEW`` records more than
        under the rules that need the fewest. None where all rules need more than ``FEW``: the
        files lack something, and nobody knows what.
        """
        best = int(self.records.min())
        if best > FEW:
            return np.zeros(self.records.shape, dtype=bool)
        return (self.records <= best + FEW) | (self.beside == 0)


def missing(grid: Grid, blocks: tuple[int, ...]) -> Missing:
    """Fewest records that must be missing, for every set of rules.

    A record that is missing (an order, a defect, a decision) moves each count of a window by
    one at most, and does so in consecutive windows: an order enters once and leaves once.
    So what is left to explain from window to window is made of steps, and each record makes
    two of them. What a report may lag behind by is allowed for. Different series have
    different orders.
    """
    chains: dict[tuple[str, str], list[int]] = {}
    for b in blocks:
        chains.setdefault((grid.blocks[b].marketplace, grid.blocks[b].channel), []).append(b)
    fewest = {series: _of_series(grid, chain) for series, chain in chains.items()}
    total: Integers = np.zeros((GAP + 1, len(grid.variants), grid.n_assignments), dtype=np.int64)
    for marketplace in sorted({series[0] for series in fewest}):
        apart = [n for (m, c), n in fewest.items() if m == marketplace and c != ""]
        mine: Integers = np.sum(apart, axis=0) if apart else np.zeros_like(total)
        if (marketplace, "") in fewest:
            # Both channels together have the orders of each.
            mine = np.maximum(mine, fewest[marketplace, ""])
        total += mine
    return Missing(total[0], total[1:].min(axis=0))


def _of_series(grid: Grid, chain: list[int]) -> Integers:
    """The same for one series, [what else is missing, variant, assignment]."""
    shape = (GAP + 1, len(COUNTS), len(grid.variants), grid.n_assignments)
    left, steps, most_steps = (np.zeros(shape, dtype=np.int32) for _ in range(3))
    undecided = sum(1 << i for i, s in enumerate(grid.switches) if s in UNDECIDED)
    decided = np.arange(grid.n_assignments) & ~undecided
    before: Block | None = None
    for b in sorted(chain, key=lambda b: _place(grid.blocks[b])):
        block = grid.blocks[b]
        if before is not None and not _slides(before, block):
            # Windows of another length may hold the same order again: they are looked at alone.
            most_steps = np.maximum(most_steps, steps + np.abs(left))
            left, steps = np.zeros_like(left), np.zeros_like(steps)
        before = block
        least, most = grid.counts(b, LEAST), grid.counts(b, MOST)
        gap = _has_gap(grid.orders, block)
        unknown = MANY if block.stated[0] is None else block.stated[0] - least[0]
        for i, stated in enumerate(block.stated):
            if stated is None:
                continue
            low, high = stated - most[i], stated - least[i]
            for what in range(GAP + 1):
                lower, upper = low, high
                if what in FILES and i in (COUNTS.index("n_defective"), 1 + what):
                    # Amazon may know any number more, and how what is undecided here ended.
                    lower = low - MANY
                    upper = high + least[i] - least[i][:, decided]
                elif what == GAP and gap:
                    # Any number of orders, and no more defects than orders.
                    lower = low - (np.maximum(unknown, 0) if i else MANY)
                now = np.clip(left[what, i], lower, upper)
                steps[what, i] += np.abs(now - left[what, i])
                left[what, i] = now
    most_steps = np.maximum(most_steps, steps + np.abs(left))
    return np.asarray((most_steps.max(axis=1) + 1) // 2, dtype=np.int64)


def _place(block: Block) -> tuple[Any, ...]:
    return block.to_on, block.from_on, block.day


def _slides(before: Block, block: Block) -> bool:
    """Whether an order that left a window does not come back in the next."""
    return before.from_on <= block.from_on and before.day <= block.day


def _has_gap(orders: Orders, block: Block) -> bool:
    """Whether the files have no order of the marketplace on some day in or next to a window."""
    first, last = day_number(block.from_on) - 1, day_number(block.to_on) + 1
    mine = np.array([name[0] == block.marketplace for name in orders.names], dtype=bool)
    mine = mine[orders.series]
    wanted = set(range(first, last + 1))
    return any(not wanted <= set(days[mine].tolist()) for days in orders.days)
