"""Comparison with Amazon's own reports, and the rules that give its counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from odr_analysis.account import Account
from odr_analysis.errors import ParameterError
from odr_analysis.policy import Policy
from odr_analysis.presets import PRESETS
from odr_analysis.reconciliation.blocks import COUNTS, Block, blocks_of
from odr_analysis.reconciliation.fits import SEARCHED, Combination, Fit, Search, records
from odr_analysis.reconciliation.grid import Grid
from odr_analysis.reconciliation.order_list import LIST_COLUMNS, one_sided
from odr_analysis.reconciliation.search import distance_at, search
from odr_analysis.reconciliation.side_by_side import (
    COUNT_COLUMNS,
    PART_COLUMNS,
    PARTS,
    parts,
    side_by_side,
)

__all__ = [
    "COUNTS",
    "COUNT_COLUMNS",
    "LIST_COLUMNS",
    "PARTS",
    "PART_COLUMNS",
    "SEARCHED",
    "Block",
    "Combination",
    "Fit",
    "Reconciliation",
    "Search",
    "reconcile",
    "to_policy",
]

NO_REPORT = (
    "No performance report is among the files, so there is no number of Amazon's to compare "
    "with: add the seller performance report (GET_V2_SELLER_PERFORMANCE_REPORT, a JSON file)."
)


@dataclass(frozen=True, eq=False)
class Reconciliation:
    """These files against Amazon's own counts.

    Attributes
    ----------
    name : str
        The account's name.
    policy : Policy
        The account's rules, those of ``counts``.
    counts : pandas.DataFrame
        **One row per order-defects block of a report** (day x marketplace x channel x
        window); columns ``COUNT_COLUMNS``.
    parts : pandas.DataFrame
        **One row per block and reason** why Amazon counts what it counts and not the last 60
        days of these files; columns ``PART_COLUMNS``. The parts of a block add up to
        Amazon's counts.
    days : tuple of Search
        What the search found, one per day of a report, oldest first; all blocks of a day are
        explained by one combination together.
    together : Search or None
        The same for all days at once; that of the only day where there is one. None where
        nothing could be searched.
    one_sided : pandas.DataFrame
        **One row per order and kind of defect** that the order-defects list and these files
        do not share, for the newest report of each series; ``LIST_COLUMNS``. Empty where
        there is no list.
    presets : pandas.DataFrame
        **One row per named policy**: ``name``, ``exact`` and ``distance`` over all blocks,
        the reports' own windows and the account's stars provided.
    notes : tuple of str
        What else a reader should know, one sentence each.
    """

    name: str
    policy: Policy
    counts: pd.DataFrame
    parts: pd.DataFrame
    days: tuple[Search, ...]
    together: Search | None
    one_sided: pd.DataFrame
    presets: pd.DataFrame
    notes: tuple[str, ...]

    @property
    def settled(self) -> Combination | None:
        """The rules that all reports together settle, and no others; None where none is.

        A rule is settled where no other value explains the counts, even if a few records, one
        file or the orders of some days are missing from these files: see
        :attr:`Search.agreed`. The other rules are open: somebody has to choose.
        """
        found = self.together
        if found is None or not found.agreed:
            return None
        whole = found.fits[0].combination
        rules = dict(found.agreed)
        return replace(
            whole,
            day_boundary=rules.pop("day_boundary", None),
            window_moved=rules.pop("window_moved", None),
            switches=tuple(rules.items()),
        )

    def to_dict(self) -> dict[str, Any]:
        """As ``odr reconcile --json`` prints it: days as ISO text, missing counts as null."""
        return {
            "account": self.name,
            "policy": self.policy.to_dict(),
            "counts": records(self.counts),
            "parts": records(self.parts),
            "days": [found.to_dict() for found in self.days],
            "together": self.together.to_dict() if self.together else None,
            "settled": self.settled.to_dict() if self.settled else None,
            "one_sided": records(self.one_sided),
            "presets": records(self.presets),
            "notes": list(self.notes),
        }


def reconcile(
    account: Account,
    snapshots: pd.DataFrame | None = None,
    *,
    policies: Iterable[Policy] | None = None,
) -> Reconciliation:
    """Hold an account against Amazon's performance reports, and find the rules that fit.

    For each marketplace and channel of each report, over the report's own window: what these
    files come to under the account's policy, what Amazon counts, and the difference. Then
    every combination of these is tried:

    - each ``count_...`` switch on which an order in or near a window hangs,
    - ``day_boundary``: UTC days or the store's own,
    - the window where it is stated, a day earlier, a day later.

    A defect is known to a report from its day on; one without a day was known. Of a report
    only counts are used, never its rate.

    Parameters
    ----------
    account : Account
    snapshots : pandas.DataFrame, optional
        ``terms.SNAPSHOT_COLUMNS``; by default ``account.snapshots``.
    policies : iterable of Policy, optional
        Named rules to be told apart from the search; by default the presets.

    Returns
    -------
    Reconciliation
        Where combinations reproduce every count, all of them; else the closest, see
        :class:`Search` for the distance. Combinations that count the very same orders are one
        fit, told by the values nearest to the account's own. Nothing is chosen among fits.

    Raises
    ------
    ParameterError
        One of `policies` counts other stars as negative than the account.

    Examples
    --------
    Amazon counts nine orders and one with a claim; one of ten orders was cancelled. That
    cancelled orders do not count would explain it, and so would one order that Amazon does not
    count for another reason. All were placed in the middle of the window, so nothing shows
    where its days begin and end: six combinations count the same orders, and none is settled:

    >>> from odr_analysis import account_from_frames
    >>> from odr_analysis.exports.readers.contract import snapshots
    >>> orders = pd.DataFrame({"order_id": [f"o{i}" for i in range(10)],
    ...                        "purchased_at": "2026-08-01T12:00:00Z", "channel": "mfn",
    ...                        "marketplace": "Amazon.de", "status": "shipped"})
    >>> orders.loc[0, "status"] = "cancelled"
    >>> defects = pd.DataFrame({"order_id": ["o7"], "component": ["claim"]})
    >>> block = {"marketplace": "Amazon.de", "metric": "order_defects", "channel": "mfn",
    ...          "from_on": "2026-07-18", "to_on": "2026-09-15", "n_total": 9, "n_bad": 1,
    ...          "n_feedback": 0, "n_claim": 1, "n_chargeback": 0, "file": "f.json", "line": 1,
    ...          **dict.fromkeys(("condition", "status", "account_status", "source"), "")}
    >>> found = reconcile(account_from_frames(orders, defects), snapshots([block]))
    >>> found.together.fits[0].changes, found.together.one_missing.n_own, found.settled
    ({'count_cancelled_orders': False}, 1, None)
    """
    blocks, notes = blocks_of(account.snapshots if snapshots is None else snapshots)
    policy = account.policy
    named = [p.policy for p in PRESETS.values()] if policies is None else list(policies)
    for one in named:
        if one.negative_stars != policy.negative_stars and policies is not None:
            raise ParameterError(
                f"policy {one.name!r}: negative_stars is {one.negative_stars}, the account was "
                f"loaded with {policy.negative_stars}. Load it with that policy to compare."
            )
    grid = Grid.of(account, blocks)
    counts = side_by_side(account, grid)
    usable = [i for i, why in enumerate(counts.why_not_searched) if why == ""]
    by_day: dict[date, list[int]] = {}
    for i in usable:
        by_day.setdefault(blocks[i].day, []).append(i)
    days = tuple(search(grid, tuple(by_day[day])) for day in sorted(by_day))
    together = days[0] if len(days) == 1 else search(grid, tuple(usable)) if days else None
    if not blocks:
        notes.insert(0, NO_REPORT)
    elif len(grid.boundaries) == 1 and usable:
        notes.append("The orders have days and no times, so no other day boundary was tried.")
    return Reconciliation(
        name=account.name,
        policy=policy,
        counts=counts,
        parts=parts(grid, counts, days),
        days=days,
        together=together,
        one_sided=one_sided(account, grid),
        presets=_presets(grid, usable, named),
        notes=tuple(dict.fromkeys(notes)),
    )


def to_policy(combination: Combination, base: Policy) -> Policy:
    """`base` with the switches of a combination, and the lag and window it was found with.

    What the search says nothing of is as in `base`. Amazon counting one day later than the
    report states means a lag that is one day shorter. Where two reports lie differently to
    their windows, the lag is left as it is.

    Examples
    --------
    >>> found = Combination((("count_pending_claims", False),), "utc", 1, 15, 60)
    >>> policy = to_policy(found, Policy())
    >>> policy.name, policy.lag_days, policy.count_pending_claims
    ('amazon-current, reconciled', 14, False)
    """
    changed = base.with_changes(name=base.name, **combination.policy_fields())
    return changed if changed == base else changed.with_changes(name=f"{base.name}, reconciled")


def _presets(grid: Grid, usable: list[int], policies: list[Policy]) -> pd.DataFrame:
    """How far each named policy is from all usable blocks together."""
    rows = []
    for policy in policies if usable else []:
        boundary = policy.day_boundary
        variant = grid.variants.index(
            (boundary if boundary in grid.boundaries else grid.boundaries[0], 0)
        )
        off = distance_at(grid, tuple(usable), variant, grid.assignment(policy))
        rows.append((policy.name, off == 0, off))
    types = {"name": "str", "exact": "bool", "distance": "int64"}
    return pd.DataFrame(rows, columns=list(types)).astype(types)
