"""Defective orders as integers: when each kind of defect became known, and in which series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from odr_analysis import terms
from odr_analysis.account import Account
from odr_analysis.arrays import Integers
from odr_analysis.errors import FrameError
from odr_analysis.rates.rolling import day_numbers

N_CELLS = len(terms.CELLS)
BITS = 1 << np.arange(len(terms.COMPONENTS))

HAS_COMPONENT = (np.arange(N_CELLS)[:, None] & BITS) > 0
"""Row ``mask``, column ``i``: whether the cell has ``terms.COMPONENTS[i]`` in it."""

KINDS = tuple(
    ", ".join(terms.COMPONENT_LABELS[c] for c in np.array(terms.COMPONENTS)[has])
    for has in HAS_COMPONENT
)
"""Kinds of defect of each cell in words, e.g. ``negative feedback, A-to-z claim``."""


@dataclass(frozen=True)
class DefectDays:
    """``Account.defective`` as arrays of one length, in its row order.

    Attributes
    ----------
    ordered : int64 array
        Day number of the order.
    known : int64 array, one column per component
        Day number from which the defect is known; ``NEVER`` where there is none.
    series : int64 array
        Position in ``Account.series``.
    """

    ordered: Integers
    known: Integers
    series: Integers

    @classmethod
    def of(cls, account: Account) -> DefectDays:
        table = account.defective
        known = [day_numbers(table[f"{c}_on"]) for c in terms.COMPONENTS]
        return cls(
            ordered=day_numbers(table["ordered_on"]),
            known=np.stack(known, axis=1),
            series=series_positions(account, table),
        )

    def cells_on(self, day: int) -> Integers:
        """Cell of each order from what was known on `day`, whether or not the order counts."""
        return (self.known <= day) @ BITS


def series_positions(account: Account, table: pd.DataFrame) -> Integers:
    """Position of each row's marketplace and channel in ``account.series``.

    Raises
    ------
    FrameError
        A row belongs to a series without orders; its rate would have no denominator.
    """
    index = pd.MultiIndex.from_tuples(account.series, names=terms.SERIES_KEYS)
    keys = pd.MultiIndex.from_frame(table[list(terms.SERIES_KEYS)])
    positions = index.get_indexer(keys).astype(np.int64)
    lost = keys[positions < 0].unique().tolist()
    if lost:
        raise FrameError([f"defective orders of {m}, {c}, which has no orders" for m, c in lost])
    return positions
