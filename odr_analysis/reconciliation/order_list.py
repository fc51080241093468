"""Account Health's list of orders with defects against these files, order by order."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from odr_analysis import terms, words
from odr_analysis.account import Account
from odr_analysis.exports.readers.order_defects import KIND as LIST
from odr_analysis.reconciliation.blocks import Block
from odr_analysis.reconciliation.grid import Grid
from odr_analysis.reconciliation.switches import ORDER_SWITCHES
from odr_analysis.schema import Column, Columns, table_of

LIST_COLUMNS: Columns = {
    "day": Column(
        "datetime64[us]",
        "day of the report",
        unit="midnight",
        missing="NaT where the order is in no export",
    ),
    "marketplace": Column("str", missing="'' where the order is in no export"),
    "channel": Column("str"),
    "order_id": Column("str"),
    "component": Column("str", "feedback, claim or chargeback"),
    "side": Column("str", "'list' (Amazon's list only) or 'files' (these files only)"),
    "why": Column("str", "the reason in words"),
    "file": Column("str", "where it is seen"),
    "line": Column("int64"),
}
"""Columns of ``Reconciliation.one_sided``."""

JUST_BEFORE = 2
"""Days before a report on which a defect that became known may have come too late for it."""

_SEEN = ["order_id", "component", "reported_on", "outcome", "source", "file", "line"]
_SAID = ["counts", "why_not"]


class _Seen(NamedTuple):
    """A record, and what its defect came to."""

    order_id: str
    component: str
    reported_on: date | None
    outcome: str
    source: str
    file: str
    line: int
    counts: bool
    why_not: str

    @property
    def key(self) -> tuple[str, str]:
        return self.order_id, self.component


class _Order(NamedTuple):
    placed: date
    status: str


def one_sided(account: Account, grid: Grid) -> pd.DataFrame:
    """``LIST_COLUMNS``: defects of the newest report of each series that one side has alone.

    The list gives no day of its own, so it is held against the newest report. Of a
    marketplace and channel from which the list names no order, nothing is said: it may be
    the list of another.
    """
    seen = account.defects
    newest: dict[tuple[str, str], Block] = {}
    for block in grid.blocks:
        newest[block.marketplace, block.channel] = block
    rows: list[dict[str, Any]] = []
    on_list = (seen.source == LIST).to_numpy()
    if on_list.any() and newest:
        orders = account.orders
        about = orders[orders.order_id.isin(seen.order_id.unique())]
        rows += _unknown(seen[on_list], about.order_id)
        for block in newest.values():
            rows += _of_block(block, seen, on_list, about)
    table = table_of(rows, LIST_COLUMNS)
    by = ["day", "marketplace", "channel", "side", "order_id", "component"]
    return table.sort_values(by, ignore_index=True)


def _unknown(listed: pd.DataFrame, known: pd.Series) -> list[dict[str, Any]]:
    lost = listed[~listed.order_id.isin(known)].drop_duplicates(["order_id", "component"])
    said = "in no order export: add the one of its month"
    nowhere = {"day": pd.NaT, "marketplace": "", "channel": "", "side": "list", "why": said}
    named = lost[["order_id", "component", "file", "line"]]
    return [nowhere | {str(k): v for k, v in row.items()} for row in named.to_dict("records")]


def _of_block(
    block: Block, seen: pd.DataFrame, on_list: np.ndarray, about: pd.DataFrame
) -> list[dict[str, Any]]:
    mine = about[about.marketplace == block.marketplace]
    if block.channel:
        mine = mine[mine.channel == block.channel]
    if not seen.order_id[on_list].isin(mine.order_id).any():
        return []
    orders = {
        order_id: _Order(placed, status)
        for order_id, placed, status in zip(
            mine.order_id, mine.ordered_on.dt.date, mine.status, strict=True
        )
    }
    within = {o for o, (placed, _) in orders.items() if block.from_on <= placed <= block.to_on}
    wanted = {*within, *seen.order_id[on_list]} & set(orders)
    by_defect: dict[tuple[str, str], list[_Seen]] = {}
    near = seen.loc[seen.order_id.isin(wanted), [*_SEEN, *_SAID]]
    reported = near.reported_on.dt.date.where(near.reported_on.notna(), None)
    for row in near.assign(reported_on=reported).itertuples(index=False, name=None):
        told = _Seen(*row)
        by_defect.setdefault(told.key, []).append(told)
    where = {"day": block.day, "marketplace": block.marketplace, "channel": block.channel}
    rows = []
    for key in sorted(by_defect):
        records = sorted(by_defect[key], key=lambda s: (s.source, s.file, s.line))
        found = _compared(orders[key[0]], records, block, inside=key[0] in within)
        if found:
            side, why, told = found
            named = {"order_id": key[0], "component": key[1], "file": told.file, "line": told.line}
            rows.append(where | named | {"side": side, "why": why})
    return rows


def _compared(
    order: _Order, records: list[_Seen], block: Block, *, inside: bool
) -> tuple[str, str, _Seen] | None:
    """Side, reason and source of a defect one side has alone; None where both or neither has."""
    listed = [s for s in records if s.source == LIST and s.outcome != "does not count"]
    days = [s.reported_on for s in records if s.reported_on is not None]
    known = not days or min(days) <= block.day
    ours = records[0].counts and inside and known
    if bool(listed) == ours:
        return None
    if listed:
        return "list", _not_ours(order, records[0], block, days, inside=inside), listed[0]
    return "files", _not_listed(order, records, block, days), records[0]


def _not_ours(order: _Order, told: _Seen, block: Block, days: list[date], *, inside: bool) -> str:
    """Why an order with a defect on the list is not counted from these files."""
    if not inside:
        window = words.span(block.from_on, block.to_on)
        return f"placed {words.day(order.placed)}, outside the report's window ({window})"
    if not told.counts:
        rules = f"{told.why_not} order, not counted by your rules"
        return rules if told.why_not in ORDER_SWITCHES else told.why_not
    return f"known only since {words.day(min(days))}, after the report"


def _not_listed(order: _Order, records: list[_Seen], block: Block, days: list[date]) -> str:
    """Why an order may be missing from the list: all that speaks for it."""
    component = records[0].component
    said = []
    if any(s.source == LIST for s in records):
        said.append("the list marks it as not counting")
    if order.status in ORDER_SWITCHES:
        said.append(f"{order.status} order")
    outcomes = list(dict.fromkeys(s.outcome for s in records if s.outcome))
    if outcomes:
        said.append(f"{component} {words.listed(outcomes)}")
    if days and block.day - min(days) <= timedelta(days=JUST_BEFORE):
        said.append(f"reported {words.day(min(days))}, just before the report")
    if order.placed in (block.from_on, block.to_on):
        said.append("placed on the window's first or last day")
    sources = words.listed(list(dict.fromkeys(s.source for s in records)))
    return "; ".join(said) or f"{terms.COMPONENT_LABELS[component]} known from {sources} alone"
