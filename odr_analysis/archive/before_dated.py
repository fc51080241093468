"""Files kept by an earlier version, which did not keep the order and day of each row.

Which days such a file covers follows from what was kept of it, as far as that goes: nothing is
certified that the file read today would not certify. Where too little was kept, it covers no day,
and its reason asks for the folder to be archived again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from odr_analysis import terms
from odr_analysis.receipt import ARCHIVE_AGAIN, EVERY_STORE, Cover

if TYPE_CHECKING:
    import pandas as pd

    from odr_analysis.exports.readers.contract import Read


def with_dated(read: Read, file: str, *, asked: bool = True) -> Read:
    """`read` with ``dated`` rows made of its other tables, and covers that hold for them.

    Parameters
    ----------
    read : Read
        What an object of the archive holds.
    file : str
        Its name.
    asked : bool
        Whether its reader was asked what it covers; first versions had no such thing.
    """
    if read.dated is not None:
        return read
    if not asked:
        return replace(read, covers=tuple(_without_days(Cover(c, None, None)) for c in _of(read)))
    if not read.covers:
        return read
    if read.feedback is not None:
        return replace(read, dated=_rows(read.feedback, "received_on", file))
    if read.returns is not None:
        return replace(read, dated=_rows(read.returns, "requested_on", file))
    if read.defects is not None and all(c.store == EVERY_STORE for c in read.covers):
        return _by_hand(read, read.defects, file)
    if read.defects is None or (read.defects.empty and read.rows_kept):
        return replace(read, covers=tuple(map(_without_days, read.covers)))
    return _of_defects(read, read.defects, file)


def _by_hand(read: Read, defects: pd.DataFrame, file: str) -> Read:
    """Of lists kept by hand every row but the line ``none`` was kept."""
    import pandas as pd

    rows, covers = _rows(defects, "reported_on", file), read.covers
    last = max((c.last for c in covers if c.last is not None), default=None)
    if last is not None and len(rows) < sum(c.n for c in covers):
        newest = rows["on"].max()
        # That line is not older than all others, or its day is not known.
        if pd.isna(newest) or newest.date() < last:
            rows = pd.concat([rows, _made([""], [last], file)], ignore_index=True)
            stated = (
                Cover(c.component, None, last, store=EVERY_STORE, stated=True) for c in covers
            )
            covers = (*covers, *stated)
    return replace(read, dated=rows, covers=covers)


def _of_defects(read: Read, defects: pd.DataFrame, file: str) -> Read:
    """Of other files only rows with a defect were kept: whether they are of this account, these
    show; the days are those of the file."""
    ends = [day for c in read.covers for day in (c.first, c.last) if day is not None]
    last = [max(ends, default=None)] * len(defects)
    ids = [*defects["order_id"], *[""] * len(ends)]
    return replace(read, dated=_made(ids, [*last, *ends], file))


def _of(read: Read) -> Sequence[str]:
    """Kinds of defect a file may show."""
    if read.feedback is not None:
        return ("feedback",)
    if read.defects is None:
        return ()
    return [c for c in terms.COMPONENTS if (read.defects["component"] == c).any()] or (
        terms.COMPONENTS
    )


def _without_days(cover: Cover) -> Cover:
    return replace(cover, first=None, last=None, n=0, why=ARCHIVE_AGAIN)


def _rows(table: pd.DataFrame, day: str, file: str) -> pd.DataFrame:
    return _made(table["order_id"], table[day], file)


def _made(ids: Sequence[str] | pd.Series, days: Sequence[Any] | pd.Series, file: str) -> Any:
    from odr_analysis.exports.covered import dated

    return dated(ids, days, range(1, len(ids) + 1), file=file)
