"""Which days a file covers: those of its rows whose orders the order exports know.

A file may be of another account or store. So the days on which it certifies that there is no
other defect are those of orders that are known, and of rows that name no order by design (the
line ``none`` of a list kept by hand). Readers keep the order and day of every row (`dated`),
since they know no ledger; :func:`proven_covers` comes when it is there, for a folder as for an
archive.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from odr_analysis.days import ONE_DAY
from odr_analysis.exports.text.order_ids import is_order_id
from odr_analysis.receipt import EVERY_STORE, FULL, NONE_KNOWN, Cover
from odr_analysis.schema import Column, Columns

if TYPE_CHECKING:
    import pandas as pd

DATED_COLUMNS: Columns = {
    "order_id": Column("str", missing="'' where the row names no order by design"),
    "on": Column("datetime64[us]", "day of the row, of the kind its file covers"),
    "channel": Column("str", "fulfilment channel where the file names one in each row"),
    "file": Column("str"),
    "line": Column("int64", "in its order rows that were read apart are put together again"),
}
"""One row per row with a day; of files of money, a few per day."""

A_DAY = 3
"""How many rows of a day are kept of files that have many."""

MAY_BE_OLDER = timedelta(days=30)
"""So long after the first order of the order exports, what is reported may well be of orders
before it: most feedback is left within some three weeks of the order, when Amazon reminds the buyer
(help page 761)."""

MOSTLY_KNOWN, FEWEST_KNOWN = 2 / 3, 3
"""Share and number of later rows whose orders are known, from which on a file is of this account,
so that an unknown order of those days is an older one."""


def covers_of(
    components: Iterable[str],
    days: pd.Series | Iterable[date | None],
    *,
    by: str = "report",
    grade: str = FULL,
    why: str = "",
    store: str = "",
    channel: str = "",
) -> tuple[Cover, ...]:
    """What a file covers whose rows have these days, one :class:`Cover` per component."""
    import pandas as pd

    told = days if isinstance(days, pd.Series) else pd.Series(list(days), dtype="object")
    known = pd.to_datetime(told).dropna()
    first, last = (known.min().date(), known.max().date()) if len(known) else (None, None)
    return tuple(
        Cover(component, first, last, by, len(known), grade, why, store, channel)
        for component in components
    )


def united(covers: Iterable[Cover]) -> tuple[Cover, ...]:
    """Covers of the parts of one file as those of the whole; what is stated stays as it is."""
    found: dict[Cover, Cover] = {}
    for cover in covers:
        like = cover if cover.stated else replace(cover, first=None, last=None, n=0)
        before = found.setdefault(like, cover)
        if before is not cover and not cover.stated:
            days = [d for c in (before, cover) for d in (c.first, c.last) if d is not None]
            found[like] = replace(
                cover,
                first=min(days, default=None),
                last=max(days, default=None),
                n=before.n + cover.n,
            )
    return tuple(found.values())


def dated(
    order_ids: Sequence[str] | pd.Series = (),
    days: Sequence[Any] | pd.Series = (),
    lines: Sequence[int] | pd.Series = (),
    *,
    file: str = "",
    channels: Sequence[str] | None = None,
    few: bool = False,
) -> pd.DataFrame:
    """``DATED_COLUMNS`` of rows; those without a day are left out.

    `few` keeps ``A_DAY`` rows of each day.
    """
    import pandas as pd

    from odr_analysis.schema import typed

    frame = pd.DataFrame(
        {
            "order_id": list(order_ids),
            "on": _as_days(days),
            "channel": [""] * len(order_ids) if channels is None else list(channels),
            "file": file,
            "line": list(lines),
        }
    ).dropna(subset="on")
    if few:
        frame = frame.drop_duplicates(["order_id", "on"])
        frame = frame[frame["order_id"].map(is_order_id).astype("bool")]
        frame = frame.groupby("on", sort=False).head(A_DAY)
    return typed(frame, DATED_COLUMNS).reset_index(drop=True)


def _as_days(days: Sequence[Any] | pd.Series) -> pd.Series:
    import pandas as pd

    if isinstance(days, pd.Series) and days.dtype.kind == "M":
        return days.reset_index(drop=True)
    return pd.to_datetime(pd.Series(list(days), dtype="object"))


def with_stores(rows: pd.DataFrame, orders: pd.DataFrame, first_order: date | None) -> pd.DataFrame:
    """Dated rows with the ``store`` of their order, missing where the order is not known.

    Parameters
    ----------
    rows : pandas.DataFrame
        ``DATED_COLUMNS``.
    orders : pandas.DataFrame
        ``marketplace`` and ``ordered_on`` by order id.
    first_order : datetime.date or None
        The first day of the order exports.

    Returns
    -------
    pandas.DataFrame
        The columns of `rows` and ``store``, ``early`` and ``soon``: whether the row is of a day
        before the first order, so that its order cannot be known, or of a day no later than so
        soon after it that its order may well be older. Without rows dated before their order.
    """
    import pandas as pd

    found = orders[["marketplace", "ordered_on"]].reindex(rows["order_id"]).set_index(rows.index)
    store, on = found["marketplace"], rows["on"]
    start = pd.Timestamp(first_order or date.min)
    early = store.isna() & (rows["order_id"] != "") & (on < start)
    told = rows.assign(store=store, early=early, soon=on < start + MAY_BE_OLDER)
    return told[~(on < found["ordered_on"] - pd.Timedelta(ONE_DAY))]


def proven_covers(covers: Sequence[Cover], rows: pd.DataFrame | None) -> tuple[Cover, ...]:
    """`covers` of one file with the days that its known orders prove, store by store.

    A row of an unknown order lends its day only where the order is older than the order exports:
    before their first day, and for some weeks after it in a file of which later rows are known.

    Parameters
    ----------
    covers : sequence of Cover
        As the reader made them, of all rows.
    rows : pandas.DataFrame or None
        Rows of the file out of :func:`with_stores`; None where it has no row with a day.
    """
    if rows is None or not covers:
        return tuple(covers)
    named = rows["order_id"] != ""
    if rows.empty or (named.any() and rows["store"].isna().all()):
        # Rows older than every order show how far such a file reaches, and cover no known order.
        early = rows[rows["early"]]
        whole = (replace(c, store=c.store or EVERY_STORE, stated=False) for c in covers)
        return tuple(_of_days(c, early, why=NONE_KNOWN) for c in whole)
    later = rows.loc[named & ~rows["soon"], "store"].notna()
    of_account = later.sum() >= FEWEST_KNOWN and later.mean() >= MOSTLY_KNOWN
    found: list[Cover] = []
    for cover in covers:
        mine = rows[rows["channel"] == cover.channel] if rows["channel"].any() else rows
        older = mine["early"]
        if of_account and cover.by == "report":
            older = older | (mine["soon"] & mine["store"].isna() & (mine["order_id"] != ""))
        stores = [cover.store] if cover.store else sorted(mine["store"].dropna().unique())
        for store in stores:
            lend = mine["store"] == store if not cover.store else mine["store"].notna()
            # Whose an older order is, is known only where all are of one store.
            lend |= (mine["order_id"] == "") | (older & (bool(cover.store) or len(stores) == 1))
            found.append(_of_days(replace(cover, store=str(store)), mine[lend]))
    return tuple(found)


def _of_days(cover: Cover, rows: pd.DataFrame, why: str = "") -> Cover:
    if cover.stated:
        return cover
    days = rows["on"].dt.date
    if cover.first is not None and cover.last is not None:
        # Days that are not possible were taken from the file's cover already.
        days = days[(days >= cover.first) & (days <= cover.last)]
    if cover.last is None or days.empty:
        return replace(cover, first=None, last=None, n=0, why=why or cover.why or NONE_KNOWN)
    return replace(cover, first=days.min(), last=days.max(), n=len(days))
