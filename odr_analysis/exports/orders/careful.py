"""The careful road of order exports: every cell looked at, every line accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from odr_analysis import faults, terms
from odr_analysis.days import ONE_DAY
from odr_analysis.exports.orders.kinds import DATE_COLUMNS, NEEDED_CELLS, RAW_COLUMNS, OrderExport
from odr_analysis.exports.orders.packing import EPOCH, SECOND_BITS
from odr_analysis.exports.orders.traces import TRACES, traced_stores
from odr_analysis.exports.text.date_forms import SERIAL_ZERO
from odr_analysis.exports.text.dates import read_days
from odr_analysis.exports.text.delimited import Table, plain
from odr_analysis.exports.text.instants import ISO, read_instant, trimmed
from odr_analysis.exports.text.order_ids import ID_DROPS, classify_order_id

PAST = ("purchased", "updated")
"""Columns of ``DATE_COLUMNS`` whose days have been."""

LEFT_OPEN = ("marketplace", "sorting", "assumed")
"""What settles day and month of purchases where a column beside them may know better."""

SERIAL_TIME = r"\d{5}[.,]\d+"
"""A spreadsheet's number of a day and a time of it, as a cell without a date format shows it."""


def careful_rows(
    table: Table,
    export: OrderExport,
    marketplace: str | None,
    columns: Sequence[str] = RAW_COLUMNS,
    today: date | None = None,
) -> tuple[pd.DataFrame, dict[str, list[int]], list[str], str, date | None]:
    """Bring a flawed order export to the raw columns, cell by cell.

    No order is placed or changed after `today`, which settles day and month where it can.

    Returns
    -------
    frame : pandas.DataFrame
        One row per usable row, `columns` as text (those of the ledger among them), dates in ISO.
    dropped : dict
        Reason to line numbers.
    notes : list of str
        What was mended or assumed.
    pattern : str
        How dates are written, ``m/d/y``.
    furthest : datetime.date or None
        Latest day in any order of day and month that was open, None where none was.
    """
    positions = export.positions(table.header)
    cells = pd.DataFrame(
        {
            raw: pd.Series([trimmed(row[positions[raw]]) for _, row in table.rows], dtype="str")
            if raw in positions
            else pd.Series(export.constants.get(raw, ""), index=range(len(table.rows)), dtype="str")
            for raw in columns
        }
    )
    cells["marketplace"] = cells.marketplace.replace(terms.STORE_IDS)
    if "marketplace" not in positions:
        traces = (
            pd.Series([row[at] if at is not None else "" for _, row in table.rows], dtype="str")
            for at in map(positions.get, TRACES)
        )
        cells["marketplace"] = traced_stores(*traces)
    lines = pd.Series([line for line, _ in table.rows], dtype="int64")
    store = terms.MARKETPLACES.get(marketplace or _most_common(cells.marketplace))
    titles = {raw: table.header[place] for raw, place in positions.items() if raw in columns}
    notes = [*table.notes, *table.extra_note(), *_twice(table.header, positions)]
    hint = store.date_order if store else None
    pattern, furthest = _read_dates(cells, titles, hint, table.file, notes, today)
    ids = cells.order_id.map(classify_order_id)
    cells["order_id"] = ids.str[1].astype("str")
    reason = (
        ids.str[0]
        .map({k: fault.description for k, fault in ID_DROPS.items()})
        .fillna("")
        .astype("str")
    )
    reason = reason.where(
        (reason != "") | (cells.purchased != ""), faults.DATE_UNREADABLE.description
    )
    last = max(positions[raw] for raw in NEEDED_CELLS if export.needs(raw))
    reason = reason.where(pd.Series(table.widths) > last, faults.CELLS_MISSING.description)
    dropped = {str(why): lines[reason == why].tolist() for why in sorted(set(reason[reason != ""]))}
    return cells[reason == ""].reset_index(drop=True), dropped, notes, pattern, furthest


def _read_dates(
    cells: pd.DataFrame,
    titles: dict[str, str],
    hint: str | None,
    file: str,
    notes: list[str],
    today: date | None,
) -> tuple[str, date | None]:
    """Bring `DATE_COLUMNS` to UTC in ISO, '' where unreadable.

    Returns the pattern of purchases, and the latest day in any order that was open.
    """
    dates = [name for name in DATE_COLUMNS if name in cells]
    pattern, told = "y-m-d", cells[dates] != ""
    day_only = pd.Series(False, index=cells.index)
    reaches: list[date] = []
    for name in dates:
        if name not in titles:
            continue
        text = cells[name]
        timed = text.str.fullmatch(ISO.strip("^$"))
        serial = text.str.fullmatch(SERIAL_TIME)
        cells[name] = _utc(text.where(timed, ""))
        cells.loc[serial, name] = _utc(_serial_times(text[serial]))
        if n := int(serial.sum()):
            notes.append(
                f"column {titles[name]!r}: {n:,} spreadsheet day number(s) with a time read as UTC."
            )
        odd = ~timed & ~serial & (text != "")
        told_so = text[odd].map(read_instant).astype("str")
        told_so = told_so[told_so != ""]
        cells.loc[told_so.index, name] = _utc(told_so)
        odd &= ~odd.index.isin(told_so.index)
        if not odd.any():
            continue
        # Days of delivery are promised ahead; those of an order are not.
        latest = today + ONE_DAY if today is not None and name in PAST else None
        days = read_days(text[odd], order_hint=hint, file=file, column=titles[name], latest=latest)
        if name == "purchased" and days.settled_by in LEFT_OPEN:
            beside = _order_beside(cells, titles, text[odd], days.order)
            if beside is not None and beside[0] != days.order:
                hint, why = beside
                days = read_days(
                    text[odd], order_hint=hint, file=file, column=titles[name], latest=latest
                )
                notes.append(f"column {titles[name]!r}: read as {days.pattern}, {why}.")
        if name in PAST and days.furthest is not None:
            reaches.append(days.furthest)
        cells.loc[odd, name] = _utc(
            days.days.dt.strftime(f"%Y-%m-%d{DATE_COLUMNS[name]}").fillna("")
        )
        notes += days.notes
        if name == "purchased":
            day_only, pattern = odd, days.pattern or pattern
            hint = hint if days.ambiguous else days.order or hint
    lost = (told & (cells[dates] == "")).loc[cells.purchased != ""].sum()
    if n := int(lost["updated"]):
        notes.append(
            f"{n:,} unreadable date(s) in {titles['updated']}; these rows are taken as "
            "last changed when the order was placed."
        )
    for name in dates[2:]:
        if n := int(lost[name]):
            notes.append(
                f"{n:,} unreadable date(s) in {titles[name]}; these rows are kept without it."
            )
    midnight = cells.purchased.str[:10] + "T00:00:00"
    cells["updated"] = cells.updated.where((cells.updated != "") | ~day_only, midnight)
    return pattern, max(reaches, default=None)


def _order_beside(
    cells: pd.DataFrame, titles: dict[str, str], bought: pd.Series, order: str
) -> tuple[str, str] | None:
    """Order of day and month of purchases by the columns beside them, and why; None where open.

    A file is written in one way, so a column with days that can be only one settles the others.
    An update in full settles it too: no order is changed before it is placed.
    """
    for name in [n for n in DATE_COLUMNS if n in titles and n in cells and n != "purchased"]:
        text = cells[name]
        days = text[(text != "") & (text.map(read_instant) == "")]
        reads = [read_days(days, order_hint=hint) for hint in ("mdy", "dmy")]
        if all(r.settled_by == "column" for r in reads) and reads[0].order == reads[1].order:
            return reads[0].order, f"as column {titles[name]!r} is written"
    if "updated" not in titles:
        return None
    updates = cells.updated[bought.index].map(read_instant).astype("str").str[:10]
    changed = pd.to_datetime(updates, errors="coerce") + pd.Timedelta(days=1)
    late = {
        hint: int((read_days(bought, order_hint=hint).days > changed).sum())
        for hint in ("mdy", "dmy")
    }
    best = min(late, key=lambda hint: (late[hint], hint != order))
    if late[best] or not any(late.values()):
        return None
    return best, f"since otherwise {max(late.values()):,} order(s) would be changed before placed"


def _serial_times(text: pd.Series) -> pd.Series:
    """A spreadsheet's day numbers with a fraction as ISO text, to the second."""
    days = pd.to_numeric(text.str.replace(",", "."))
    seconds = pd.to_timedelta((days * 86_400).round(), unit="s")
    iso = (pd.Timestamp(SERIAL_ZERO) + seconds).dt.strftime("%Y-%m-%dT%H:%M:%S")
    return iso.astype("str")


def _utc(text: pd.Series) -> pd.Series:
    """ISO text with any offset as ISO text in UTC; '' where no such time is, or none in reach."""
    times = pd.to_datetime(
        text.str.replace(r" ?UTC$", "Z", regex=True), utc=True, format="ISO8601", errors="coerce"
    ).dt.tz_localize(None)
    start = pd.Timestamp(EPOCH)
    fits = (times >= start) & (times < start + pd.Timedelta(seconds=2**SECOND_BITS))
    iso = np.datetime_as_string(times.to_numpy("datetime64[s]"), unit="s")
    return pd.Series(iso, index=text.index, dtype="str").where(fits, "")


def _twice(header: list[str], positions: dict[str, int]) -> list[str]:
    """A sentence on each column to be read that the file has more than once."""
    names = Counter(plain(name) for name in header)
    titles = [header[place] for place in sorted({*positions.values()})]
    return [
        f"the header has the column {title!r} {names[plain(title)]} times; the first is read."
        for title in titles
        if names[plain(title)] > 1
    ]


def _most_common(values: pd.Series) -> str:
    found = Counter(values[values != ""].tolist()).most_common(1)
    return found[0][0] if found else ""
