"""The careful road of order exports: every cell looked at, every line accounted for."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from odr_analysis import terms
from odr_analysis.exports.dates import read_days
from odr_analysis.exports.ids import ID_DROPS, classify_order_id
from odr_analysis.exports.orders import (
    EPOCH,
    ISO,
    NEEDED_CELLS,
    RAW_COLUMNS,
    SECOND_BITS,
    OrderExport,
)
from odr_analysis.exports.rows import Table


def careful_rows(
    table: Table, export: OrderExport, marketplace: str | None
) -> tuple[pd.DataFrame, dict[str, list[int]], list[str], str]:
    """Bring a flawed order export to the raw columns, cell by cell.

    Returns
    -------
    frame : pandas.DataFrame
        One row per usable row, ``RAW_COLUMNS`` as text, dates in ISO.
    dropped : dict
        Reason to line numbers.
    notes : list of str
        What was mended or assumed.
    pattern : str
        How dates are written, ``m/d/y``.
    """
    positions = export.positions(table.header)
    cells = pd.DataFrame(
        {
            raw: pd.Series([row[positions[raw]].strip() for _, row in table.rows], dtype="str")
            if raw in positions
            else pd.Series(export.constants.get(raw, ""), index=range(len(table.rows)), dtype="str")
            for raw in RAW_COLUMNS
        }
    )
    lines = pd.Series([line for line, _ in table.rows], dtype="int64")
    store = terms.MARKETPLACES.get(marketplace or _most_common(cells.marketplace))
    titles = {raw: table.header[place] for raw, place in positions.items()}
    notes = [*table.notes, *table.extra_note()]
    pattern = _read_dates(cells, titles, store.date_order if store else None, table.file, notes)
    ids = cells.order_id.map(classify_order_id)
    cells["order_id"] = ids.str[1].astype("str")
    reason = ids.str[0].map(ID_DROPS).fillna("").astype("str")
    reason = reason.where((reason != "") | (cells.purchased != ""), "unreadable date")
    last = max(positions[raw] for raw in NEEDED_CELLS if export.needs(raw))
    reason = reason.where(pd.Series(table.widths) > last, "too few cells")
    dropped = {str(why): lines[reason == why].tolist() for why in sorted(set(reason[reason != ""]))}
    return cells[reason == ""].reset_index(drop=True), dropped, notes, pattern


def _read_dates(
    cells: pd.DataFrame, titles: dict[str, str], hint: str | None, file: str, notes: list[str]
) -> str:
    """Bring `purchased` and `updated` to UTC in ISO, '' where unreadable; returns their pattern."""
    pattern, told = "y-m-d", cells.updated != ""
    day_only = pd.Series(False, index=cells.index)
    # Noon keeps a day the same day in the time zone of every store.
    for name, hour in (("purchased", "T12:00:00"), ("updated", "T00:00:00")):
        text = cells[name]
        timed = text.str.fullmatch(ISO.strip("^$"))
        cells[name] = _utc(text.where(timed, ""))
        odd = ~timed & (text != "")
        if not odd.any():
            continue
        days = read_days(text[odd], order_hint=hint, file=file, column=titles[name])
        cells.loc[odd, name] = _utc(days.days.dt.strftime(f"%Y-%m-%d{hour}").fillna(""))
        notes += days.notes
        if name == "purchased":
            day_only, pattern = odd, days.pattern or pattern
            hint = hint if days.ambiguous else days.order or hint
    if lost := int((told & (cells.updated == "") & (cells.purchased != "")).sum()):
        notes.append(
            f"{lost:,} unreadable date(s) in {titles['updated']}; these rows are taken as "
            "last changed when the order was placed."
        )
    midnight = cells.purchased.str[:10] + "T00:00:00"
    cells["updated"] = cells.updated.where((cells.updated != "") | ~day_only, midnight)
    return pattern


def _utc(text: pd.Series) -> pd.Series:
    """ISO text with any offset as ISO text in UTC; '' where no such time is, or none in reach."""
    times = pd.to_datetime(
        text.str.replace(r" ?UTC$", "Z", regex=True), utc=True, format="ISO8601", errors="coerce"
    ).dt.tz_localize(None)
    start = pd.Timestamp(EPOCH)
    fits = (times >= start) & (times < start + pd.Timedelta(seconds=2**SECOND_BITS))
    iso = np.datetime_as_string(times.to_numpy("datetime64[s]"), unit="s")
    return pd.Series(iso, index=text.index, dtype="str").where(fits, "")


def _most_common(values: pd.Series) -> str:
    found = Counter(values[values != ""].tolist()).most_common(1)
    return found[0][0] if found else ""
