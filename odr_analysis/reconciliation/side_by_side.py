"""Ours and Amazon's counts side by side, and what lies between them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from odr_analysis.account import Account
from odr_analysis.rates.rolling import day_number
from odr_analysis.reconciliation.blocks import COUNTS, Block
from odr_analysis.reconciliation.fits import Search
from odr_analysis.reconciliation.grid import Grid, in_series, known_later, rule_truth
from odr_analysis.reconciliation.switches import ORDER_SWITCHES
from odr_analysis.schema import Column, Columns, table_of

COUNT_COLUMNS: Columns = {
    "day": Column("datetime64[us]", "day the report speaks of", unit="midnight"),
    "marketplace": Column("str"),
    "channel": Column("str", missing="'' where the report does not split by it"),
    "from_on": Column(
        "datetime64[us]", "first order day of the window, as stated", unit="midnight"
    ),
    "to_on": Column("datetime64[us]", "last order day", unit="midnight"),
    **{
        f"{count}_{whose}": Column("Int64", f"{what}")
        for count in COUNTS
        for whose, what in (
            ("ours", "from these files, under the account's policy, known by that day"),
            ("amazon", "as stated, <NA> where it is not"),
            ("difference", "ours - Amazon's, <NA> where that is"),
        )
    },
    "n_known_later": Column(
        "int64",
        "orders of the window that these files know as defective, but only by a "
        "source of a later day",
    ),
    "missing_from": Column(
        "datetime64[us]",
        "first day of the window that is before or after all the files know",
        missing="NaT where they cover it",
    ),
    "missing_to": Column("datetime64[us]", "last such day"),
    "why_not_searched": Column(
        "str", "why the search cannot use it", missing="'' where the search used it"
    ),
    "file": Column("str", "the report"),
    "line": Column("int64", "line it is stated on"),
}
"""Columns of ``Reconciliation.counts``."""

PART_COLUMNS: Columns = {
    "day": Column("datetime64[us]", "day of the report", unit="midnight"),
    "marketplace": Column("str"),
    "channel": Column("str"),
    "part": Column("str", "a key of PARTS"),
    "n_orders": Column("int64", "orders, with a sign"),
    "n_defective": Column("int64", "of them orders with defects, with a sign"),
}
"""Columns of ``Reconciliation.parts``."""

PARTS: dict[str, str] = {
    "last days": "orders of as many days as the window has, up to the day of the report",
    "too new": "less those placed after the window's last day",
    "older": "and those of the window placed earlier",
    "rules": "what the rules of the first fit make of it that are not the account's own",
    "unexplained": "what no combination explains",
}
"""From what a seller sees to what Amazon counts; the parts of a block add up to Amazon's counts.

``last days``, ``too new`` and ``older`` add up to ours. Days are those of the account's day
boundary.
"""


UNCOVERED = "the files do not cover the window"


def side_by_side(account: Account, grid: Grid) -> pd.DataFrame:
    """``COUNT_COLUMNS``, one row per block."""
    own = grid.assignment(grid.policy)
    first, last = _reach(account)
    rows = []
    for i, block in enumerate(grid.blocks):
        ours = grid.at(i, 0, own)
        row: dict[str, Any] = {
            "day": block.day,
            "marketplace": block.marketplace,
            "channel": block.channel,
            "from_on": block.from_on,
            "to_on": block.to_on,
            "file": block.file,
            "line": block.line,
            "n_known_later": known_later(grid, i, own),
        }
        for count, mine, stated in zip(COUNTS, ours, block.stated, strict=True):
            row[f"{count}_ours"], row[f"{count}_amazon"] = mine, stated
            row[f"{count}_difference"] = None if stated is None else mine - stated
        early = min(first - timedelta(days=1), block.to_on) if first > block.from_on else None
        late = max(last + timedelta(days=1), block.from_on) if last < block.to_on else None
        row["missing_from"], row["missing_to"] = (
            (block.from_on if early else late),
            (block.to_on if late else early),
        )
        row["why_not_searched"] = _why_not(account, grid, i, bool(early or late))
        rows.append(row)
    return table_of(rows, COUNT_COLUMNS)


def _reach(account: Account) -> tuple[date, date]:
    """First and last day the files know of."""
    days = account.daily.ordered_on
    first = days.min().date() if len(days) else account.known_to
    return first, account.known_to


def _why_not(account: Account, grid: Grid, i: int, gap: bool) -> str:
    """Why the counts of a block cannot be searched, '' where they can."""
    block = grid.blocks[i]
    n_orders, n_defective = block.stated[:2]
    if (n_orders or n_defective) and not len(grid.groups[i].n):
        stores = set(account.daily.marketplace)
        if block.marketplace not in stores:
            unnamed = "; some orders name no marketplace" if "unknown" in stores else ""
            return f"no order of {block.marketplace} is in the files{unnamed}"
        if gap:
            return UNCOVERED
        return "no order of this channel is in the files for the window"
    if gap and n_orders is not None and int(grid.counts(i)[0].max(initial=0)) < n_orders:
        return UNCOVERED
    return ""


def parts(grid: Grid, counts: pd.DataFrame, days: tuple[Search, ...]) -> pd.DataFrame:
    """``PART_COLUMNS``; blocks in the order of `counts`."""
    fitted: dict[Block, tuple[int, ...]] = {}
    for found in days:
        fitted |= dict(zip(found.blocks, found.fits[0].counts, strict=True))
    rows: list[tuple[Any, ...]] = []
    for i, block in enumerate(grid.blocks):
        ours = grid.at(i, 0, grid.assignment(grid.policy))[:2]
        amazon = tuple(o if n is None else n for o, n in zip(ours, block.stated, strict=False))
        recent, new = _recent(grid, block), _too_new(grid, block)
        fit = fitted.get(block, ours)[:2]
        told = {
            "last days": recent,
            "too new": (-new[0], -new[1]),
            "older": (ours[0] - recent[0] + new[0], ours[1] - recent[1] + new[1]),
            "rules": (fit[0] - ours[0], fit[1] - ours[1]),
            "unexplained": (amazon[0] - fit[0], amazon[1] - fit[1]),
        }
        rows += [(block.day, block.marketplace, block.channel, p, *n) for p, n in told.items()]
    return table_of(rows, PART_COLUMNS)


def _recent(grid: Grid, block: Block) -> tuple[int, int]:
    """Orders of the last days up to the report, and of them those with defects known by then."""
    day = day_number(block.day)
    return _between(grid, block, day - block.window_days + 1, day)


def _too_new(grid: Grid, block: Block) -> tuple[int, int]:
    day, to_on = day_number(block.day), day_number(block.to_on)
    return _between(grid, block, max(to_on + 1, day - block.window_days + 1), day)


def _between(grid: Grid, block: Block, first: int, last: int) -> tuple[int, int]:
    """Orders of a block's series placed on some days, under the account's policy."""
    orders, own = grid.orders, grid.assignment(grid.policy)
    inside = in_series(orders, block) & (orders.days[0] >= first) & (orders.days[0] <= last)
    # Not grid.placed: a switch on which no order of any window hangs is not in the grid.
    for i, status in enumerate(orders.statuses):
        if status and not getattr(grid.policy, ORDER_SWITCHES[status]):
            inside &= orders.status != i
    d = orders.defects
    known = rule_truth(grid, own)[d.rule] & (d.known <= day_number(block.day))
    defective = np.zeros(len(inside), dtype=bool)
    defective[d.order[known]] = True
    return int(inside.sum()), int((inside & defective).sum())
