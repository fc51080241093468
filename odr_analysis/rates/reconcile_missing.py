"""What a few records that are not in the files explain as well as another set of rules."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from odr_analysis.rates.reconcile_grid import Grid
from odr_analysis.rates.windows import Integers

FEW = 3
"""As many records missing from the files are the usual thing under the usual rules; under other
rules it takes one to make a set of rules an alternative."""


class OneMissing(NamedTuple):
    """Sets of rules that would reproduce every count with one more record in the files.

    Attributes
    ----------
    n_own : int
        Orders that Amazon counts differently, at least, if the account's own rules hold; 0
        where these reproduce every count.
    n_sets : int
        Sets of rules that do not reproduce every count, but would with one order counted
        differently. Sets that count the same orders are several here.
    changes : dict
        What the first of these differs in from the account's rules.
    """

    n_own: int
    n_sets: int
    changes: dict[str, Any]


def orders_off(grid: Grid, blocks: tuple[int, ...]) -> Integers:
    """Fewest orders that Amazon must count differently, [variant, assignment].

    An order that is missing, has a defect or a decision that is missing, or one too many, moves
    each count of a block by one at most, so the largest difference is a lower bound. Windows
    of one series overlap and may lack the same order; different series do not.
    """
    whole = {grid.blocks[b].marketplace for b in blocks if grid.blocks[b].channel == ""}
    by_series: dict[tuple[str, str], Integers] = {}
    for b in blocks:
        block = grid.blocks[b]
        series = (block.marketplace, "" if block.marketplace in whole else block.channel)
        counts = grid.counts(b)
        off = np.zeros((len(grid.variants), grid.n_assignments), dtype=np.int64)
        for i, stated in enumerate(block.stated):
            if stated is not None:
                np.maximum(off, np.abs(counts[i] - stated), out=off)
        by_series[series] = np.maximum(by_series[series], off) if series in by_series else off
    return np.sum(list(by_series.values()), axis=0)
