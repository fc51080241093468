"""What the search finds: combinations of switches, and what they come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from odr_analysis.arrays import Integers
from odr_analysis.policy import Policy
from odr_analysis.reconciliation.blocks import COUNTS, Block
from odr_analysis.reconciliation.grid import Grid
from odr_analysis.reconciliation.missing import OneMissing

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
MOST_SAME = 10


@dataclass(frozen=True)
class Combination:
    """Values of the switches that were searched.

    Attributes
    ----------
    switches : tuple of (str, bool)
        Switches that make a difference in this data, and their values; of what is settled
        (``Reconciliation.settled``) those that are.
    day_boundary : str or None
        None where it is not settled.
    window_moved : int or None
        Days the counted window lies after the stated one; -1, 0 or 1. None where it is not
        settled.
    lag_days, window_days : int or None
        Of the windows as stated; None where the reports do not all have the same.
    """

    switches: tuple[tuple[str, bool], ...]
    day_boundary: str | None
    window_moved: int | None
    lag_days: int | None
    window_days: int | None

    @property
    def rules(self) -> dict[str, Any]:
        """Switches, ``day_boundary`` and ``window_moved`` to their values, as far as known."""
        placed = {"day_boundary": self.day_boundary, "window_moved": self.window_moved}
        return {**dict(self.switches), **{k: v for k, v in placed.items() if v is not None}}

    def policy_fields(self) -> dict[str, Any]:
        """The fields of :class:`~odr_analysis.policy.Policy` it sets."""
        values = self.rules
        moved = values.pop("window_moved", None)
        if self.lag_days is not None and moved is not None:
            values["lag_days"] = max(self.lag_days - moved, 0)
        if self.window_days is not None:
            values["window_days"] = self.window_days
        return values

    def changes(self, policy: Policy) -> dict[str, Any]:
        """What differs from a policy: switches, ``day_boundary`` and ``window_moved``."""
        values = self.rules
        moved = values.pop("window_moved", 0)
        changed = {name: value for name, value in values.items() if getattr(policy, name) != value}
        return changed | ({"window_moved": moved} if moved else {})

    def to_dict(self) -> dict[str, Any]:
        return self.rules


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
    same : tuple of dict
        Other changes, as few, that count the very same orders in these windows: the window
        a day earlier may be the days of the store. At most ``MOST_SAME``.
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
    same: tuple[dict[str, Any], ...]
    counts: tuple[tuple[int, ...], ...]
    distance: int
    steps: tuple[Step, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "combination": self.combination.to_dict(),
            "changes": dict(self.changes),
            "same": [dict(changes) for changes in self.same],
            "counts": [dict(zip(COUNTS, counts, strict=True)) for counts in self.counts],
            "distance": self.distance,
            "steps": [step._asdict() for step in self.steps],
        }


@dataclass(frozen=True, eq=False)
class Alike:
    """Fits with equal counts, of those that are stated; no such report can tell them apart.

    Attributes
    ----------
    fits : tuple of Fit
    orders : pandas.DataFrame
        **One row per order** in or near a window that some of the fits count, or count as
        defective, and others do not; columns ``undecided.APART_COLUMNS``. Looking
        such an order up in Account Health tells the fits apart. Orders with defects come
        first; at most ``undecided.MOST_ORDERS`` rows. Empty with one fit.
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
    (``switches.SHOWN_AFTER``). The distance that remains when all of that is
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
        The rules that are settled: switch, ``day_boundary`` or ``window_moved`` to the value
        without which more is missing from the files than ``missing.FEW`` records
        beyond the fewest, one file of one kind of defect, or the orders of days on which the
        files have none. Empty where every set of rules needs more than ``FEW``.
    one_missing : OneMissing
        What would reproduce every count with one more record in the files.
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
    one_missing: OneMissing
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
        return {
            "day": max(b.day for b in self.blocks).isoformat(),
            "series": [[b.marketplace, b.channel] for b in self.blocks],
            "exact": self.exact,
            "unexplained": self.unexplained,
            "n_fits": self.n_fits,
            "n_exact": self.n_exact,
            "n_tried": self.n_tried,
            "agreed": dict(self.agreed),
            "one_missing": self.one_missing._asdict(),
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


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table as JSON can carry them."""
    plain = table.astype(object).where(table.notna(), None)
    return [{str(k): _json(v) for k, v in row.items()} for row in plain.to_dict("records")]


def _json(value: Any) -> Any:
    if isinstance(value, pd.Timestamp):
        midnight = value == value.normalize()
        return value.date().isoformat() if midnight else value.isoformat()
    return value.item() if isinstance(value, np.generic) else value
