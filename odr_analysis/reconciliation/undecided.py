"""Orders that would distinguish sets of rules which no report does, and what marks each."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from odr_analysis import terms, words
from odr_analysis.arrays import Flags
from odr_analysis.rates.defect_days import KINDS
from odr_analysis.reconciliation.blocks import Block
from odr_analysis.reconciliation.grid import Grid, Orders
from odr_analysis.schema import Column, Columns, table_of

MOST_ORDERS = 100
"""Orders listed; all are counted."""

APART_COLUMNS: Columns = {
    "order_id": Column("str"),
    "purchased_at": Column("datetime64[us]", unit="UTC"),
    "marketplace": Column("str"),
    "channel": Column("str"),
    "report_on": Column(
        "datetime64[us]", "day of the report whose window it is in or near", unit="midnight"
    ),
    "peculiar": Column("str", "what is peculiar about it, e.g. 'cancelled order'"),
    "counted_by": Column("str", "numbers of the fits that count it as an order, e.g. '1, 3'"),
    "defective_by": Column(
        "str",
        "numbers of the fits that count it as an order with defects, each with the "
        "kinds where they count different ones",
    ),
}
"""Columns of ``Alike.orders``: one row per order and report."""


def orders_apart(
    grid: Grid, blocks: tuple[int, ...], flags: npt.NDArray[np.uint8], numbers: list[int]
) -> tuple[pd.DataFrame, int]:
    """Orders of which some fits make something else than others.

    Parameters
    ----------
    flags : uint8 array
        ``Grid.flags`` of the fits, [fit, group], the groups of `blocks` one after the other.
    numbers : list of int
        What the fits are called.

    Returns
    -------
    (pandas.DataFrame, int)
        ``APART_COLUMNS``, at most ``MOST_ORDERS`` rows, and how many rows there are in all.
    """
    split = (flags != flags[:1]).any(axis=0)
    rows: list[tuple[int, int, int, int]] = []
    n, start = 0, 0
    for b in blocks:
        g = grid.groups[b]
        mine = np.flatnonzero(split[start : start + len(g.n)])
        n += int(g.n[mine].sum())
        for at in mine.tolist():
            places = g.rows[g.group == at]
            # By time, so that which are listed does not hang on the order of rows.
            order = np.lexsort((grid.orders.ids[places].to_numpy(), grid.orders.purchased[places]))
            rows += [(b, int(i), start + at, n) for n, i in enumerate(places[order][:MOST_ORDERS])]
        start += len(g.n)

    def rank(row: tuple[int, int, int, int]) -> tuple[object, ...]:
        """Those with defects first, and then one of each kind before the next of any."""
        b, order, at, nth = row
        clean = not (flags[:, at] > 1).any()
        return (clean, nth, grid.blocks[b].day, grid.orders.purchased[order], order_id(order), b)

    def order_id(order: int) -> str:
        return str(grid.orders.ids[order])

    rows = sorted(rows, key=rank)[:MOST_ORDERS]
    table = [
        (
            grid.orders.ids[order],
            grid.orders.purchased[order],
            *grid.orders.names[grid.orders.series[order]],
            grid.blocks[b].day,
            peculiar(grid.orders, order, grid.blocks[b]),
            _called(flags[:, at] > 0, numbers),
            _defective_by(flags[:, at], numbers),
        )
        for b, order, at, _ in rows
    ]
    return table_of(table, APART_COLUMNS), n


def _defective_by(flags: npt.NDArray[np.uint8], numbers: list[int]) -> str:
    """The fits that count a defect; with its kinds, where the fits count different ones."""
    kinds = flags >> 1
    several = np.unique(kinds[kinds > 0]).tolist()
    if len(several) < 2:
        return _called(kinds > 0, numbers)
    return "; ".join(f"{_called(kinds == k, numbers)} ({KINDS[k]})" for k in several)


def _called(which: Flags, numbers: list[int]) -> str:
    return ", ".join(str(n) for n, yes in zip(numbers, which, strict=True) if yes)


def peculiar(orders: Orders, order: int, block: Block) -> str:
    """What is peculiar about an order: its status, its day, why a defect might not count."""
    status = Orders.statuses[orders.status[order]]
    said = [f"{status} order" if status else ""]
    said.append(_placed(orders, order, block))
    mine = np.flatnonzero(orders.defects.order == order)
    for i in mine.tolist():
        why = orders.defects.why_not[i]
        said.append(why or terms.COMPONENT_LABELS[terms.COMPONENTS[orders.defects.component[i]]])
    return ", ".join(filter(None, said)) or "no peculiarity"


def _placed(orders: Orders, order: int, block: Block) -> str:
    """When it was placed, where that is within a day of an end of the window."""
    at = orders.purchased[order].astype("datetime64[us]").astype(datetime)
    store = terms.MARKETPLACES.get(orders.names[orders.series[order]][0])
    there = (
        at.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(store.time_zone)) if store else at
    )
    ends = (block.from_on, block.to_on)
    days = {at.date(), there.date()}
    if not any(abs(d - end) <= timedelta(days=1) for d in days for end in ends):
        return ""
    timed = len(orders.days) > 1
    told = f"placed {words.day(at.date())}" + (f" at {at:%H:%M} UTC" if timed else "")
    if timed and there.date() != at.date():
        told += f" ({words.day(there.date(), at.year)}, {there:%H:%M} in the store)"
    where = [_where(d, block) for d in sorted(days)] if timed else [_where(at.date(), block)]
    return f"{told}, {' or '.join(dict.fromkeys(where))}"


def _where(day: date, block: Block) -> str:
    """A day as seen from the window as it is stated."""
    if day < block.from_on:
        return "before the window's first day"
    if day > block.to_on:
        return "after the window's last day"
    if day == block.from_on:
        return "on the window's first day"
    return "on the window's last day" if day == block.to_on else "in the window"
