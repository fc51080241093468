"""How the days of a small file are to be read: by the stores and days of its own orders.

``05/09/26`` is 5 September in a British download and 9 May in an American one, and a folder may
hold both. The orders a file names decide: their stores say in which order day and month are
written, and no defect is reported before its order was placed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from odr_analysis import terms
from odr_analysis.exports.day_forms import looks_like_day
from odr_analysis.exports.keys import key_of
from odr_analysis.exports.rows import SMALL_TABLES, Read, Table, lines_in_words
from odr_analysis.receipt import LINES_SHOWN

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd
    from ibis.backends.duckdb import Backend

ORDER_ID = re.compile(r"(?<!\d)\d{3}-\d{7}-\d{7}(?!\d)")

EXAMPLES: dict[str, str] = {"mdy": "Amazon.com", "dmy": "Amazon.co.uk", "ymd": "Amazon.co.jp"}
"""Order of day and month to a store that writes so; other stores write as one of these."""

DAYS: dict[str, str] = {"feedback": "received_on", "defects": "reported_on"}
"""Table of a :class:`Read` to its column of the day something was reported."""

LOOKED_AT = 2_000
"""Rows of a file of payments that are looked at for the store of its orders."""


class TableReader(Protocol):
    """What reads one kind of table."""

    def read(self, table: Table, *, marketplace: str | None) -> Read: ...


@dataclass(frozen=True)
class Places:
    """Store and day of the orders that order exports know.

    Attributes
    ----------
    stores : dict
        Order id to sales channel, where one is known.
    days : dict
        Order id to the UTC day it was placed.
    newest : datetime.date or None
        Latest day order exports know of.
    given : bool
        Whether the user named the store of orders that are not known.
    """

    stores: dict[str, str] = field(default_factory=dict)
    days: dict[str, date] = field(default_factory=dict)
    newest: date | None = None
    given: bool = False

    @classmethod
    def of(
        cls,
        con: Backend,
        ledger: ir.Table,
        stores: Sequence[str],
        ids: Iterable[str],
        newest: date | None,
        given: bool,
    ) -> Places:
        """What `ledger` knows of orders."""
        import ibis
        import pandas as pd

        from odr_analysis.exports.ledger import ORIGIN

        keyed = {key: order_id for order_id in ids if (key := key_of(order_id)) is not None}
        if not keyed:
            return cls(newest=newest, given=given)
        wanted = ibis.memtable(pd.DataFrame({"order_key": pd.Series(list(keyed), dtype="int64")}))
        found = ledger.inner_join(wanted, "order_key").select("order_key", "store", "purchased")
        rows = con.to_pandas(found)
        start = ORIGIN.date()
        named = rows.dropna(subset="store")
        return cls(
            {keyed[k]: stores[int(s)] for k, s in zip(named.order_key, named.store, strict=True)},
            {
                keyed[k]: start + timedelta(days=int(s) // 86_400)
                for k, s in zip(rows.order_key, rows.purchased, strict=True)
            },
            newest,
            given,
        )


def ids_in(table: Table) -> set[str]:
    """Every order id a table names."""
    return set(ORDER_ID.findall("\n".join("\t".join(cells) for _, cells in table.rows)))


def stores_in(table: Table, places: Places) -> list[str]:
    """The stores of the orders a table names, as far as they are known."""
    return sorted({store for i in ids_in(table) if (store := places.stores.get(i))})


def read_by_place(
    reader: TableReader, table: Table, hint: str | None, places: Places, *, whole: bool
) -> Read:
    """`reader` on `table`, day and month in the order of the stores its rows are of.

    Rows of stores that write days differently are read apart, unless the file must be read as a
    `whole`, as payments must. `hint` is the store for rows whose orders are not known.
    """
    parts = _parts(table, hint, places, whole=whole)
    reads = [_checked(reader, part, store, strong, places) for part, store, strong in parts]
    return reads[0] if len(reads) == 1 else _together(reads)


def _parts(
    table: Table, hint: str | None, places: Places, *, whole: bool
) -> list[tuple[Table, str | None, bool]]:
    """Rows to be read together, the store to read them by, and whether it is known to be theirs."""
    rows = table.rows[:LOOKED_AT] if whole else table.rows
    stores = [_store_of(cells, places) for _, cells in rows]
    counted = Counter(store for store in stores if store in terms.MARKETPLACES)
    if not counted:
        return [(table, hint, places.given)]
    order_of = {store: terms.MARKETPLACES[store].date_order for store in counted}
    main = counted.most_common(1)[0][0]
    if whole or len(set(order_of.values())) == 1:
        return [(table, main, True)]
    groups: dict[str, list[int]] = {}
    for i, order in enumerate(_orders_of(table.rows, stores, order_of, order_of[main])):
        groups.setdefault(order, []).append(i)
    parts: list[tuple[Table, str | None, bool]] = []
    for n, (order, at) in enumerate(groups.items()):
        mine = replace(
            table,
            rows=[table.rows[i] for i in at],
            widths=[table.widths[i] for i in at],
            dropped=table.dropped if n == 0 else {},
            extra=table.extra if n == 0 else [],
            notes=table.notes if n == 0 else [],
        )
        named = Counter(s for i in at if (s := stores[i]) and order_of.get(s) == order)
        parts.append((mine, named.most_common(1)[0][0] if named else EXAMPLES[order], True))
    return parts


def _orders_of(
    rows: list[tuple[int, list[str]]], stores: list[str], order_of: dict[str, str], main: str
) -> list[str]:
    """Order of day and month of each row.

    A row that names no order is a piece of one that does: of the next where it begins with a day,
    as a comment with line breaks does, and else of the one above.
    """
    orders: list[str] = []
    waiting, order = 0, main
    for (_, cells), store in zip(rows, stores, strict=True):
        begins = bool(cells) and looks_like_day(cells[0])
        if store in order_of:
            if begins:  # what waits was a record without an order
                orders += [order] * waiting
                waiting = 0
            order = order_of[store]
            orders += [order] * (waiting + 1)
            waiting = 0
        elif begins or waiting:
            waiting += 1
        else:
            orders.append(order)
    return [*orders, *[order] * waiting]


def _store_of(cells: list[str], places: Places) -> str:
    for cell in cells:
        if (found := ORDER_ID.search(cell)) is not None:
            return places.stores.get(found[0], "")
    return ""


def _checked(
    reader: TableReader, table: Table, store: str | None, strong: bool, places: Places
) -> Read:
    """What the reader makes of it, in the order of day and month that breaks no rule.

    A report is never earlier than its order. Where the orders do not name a store, it is also
    taken as unlikely to be later than the newest day order exports know.
    """
    read = reader.read(table, marketplace=store)
    wrong = _wrong(read, places, soft=not strong)
    if not wrong:
        return read
    own = terms.MARKETPLACES[store].date_order if store in terms.MARKETPLACES else ""
    best, fewest = read, len(wrong)
    for order, example in EXAMPLES.items():
        if order == own:
            continue
        other = reader.read(table, marketplace=example)
        n = len(_wrong(other, places, soft=not strong))
        if n < fewest:
            best, fewest = other, n
    if best is not read:
        note = (
            f"{table.file}: days are read as {best.locale.split(',')[0]}, because as "
            f"{read.locale.split(',')[0]} {len(wrong):,} of them would lie before the order or "
            f"after every other file ({lines_in_words(sorted(wrong))})."
        )
        best = replace(best, notes=[*best.notes, note])
    return _undated(best, table.file, places)


def _wrong(read: Read, places: Places, *, soft: bool) -> set[int]:
    """Lines whose day cannot be right: before the order, or (`soft`) after the newest file."""
    lines: set[int] = set()
    for name, column in DAYS.items():
        frame: pd.DataFrame | None = getattr(read, name)
        if frame is not None:
            bad = _before_order(frame, column, places)
            if soft and places.newest is not None:
                bad |= frame[column] > _stamp(places.newest)
            lines |= set(frame.loc[bad, "line"])
    return lines


def _before_order(frame: pd.DataFrame, column: str, places: Places) -> pd.Series:
    import pandas as pd

    placed = pd.to_datetime(frame["order_id"].map(places.days))
    # A store's day may begin up to a day before or after that of UTC.
    return frame[column] < placed - pd.Timedelta(days=1)


def _stamp(day: date) -> pd.Timestamp:
    import pandas as pd

    return pd.Timestamp(day)


def _undated(read: Read, file: str, places: Places) -> Read:
    """`read` without the days that lie before their order: such a defect counts without a day."""
    import pandas as pd

    changed: dict[str, Any] = {}
    lines: set[int] = set()
    for name, column in DAYS.items():
        frame: pd.DataFrame | None = getattr(read, name)
        if frame is None or not len(frame):
            continue
        bad = _before_order(frame, column, places)
        if bad.any():
            lines |= set(frame.loc[bad, "line"])
            changed[name] = frame.assign(**{column: frame[column].mask(bad, pd.NaT)})
    if not changed:
        return read
    note = (
        f"{file}: {len(lines):,} row(s) are dated before their order was placed "
        f"({lines_in_words(sorted(lines))}); they are kept without a day."
    )
    kept = replace(read, **changed, notes=[*read.notes, note])
    days = [
        frame[column].max()
        for name, column in DAYS.items()
        if (frame := getattr(kept, name)) is not None and len(frame)
    ]
    known = [d.date() for d in days if pd.notna(d)]
    return replace(kept, latest=max(known, default=None))


def _together(reads: list[Read]) -> Read:
    """Parts of one file as one."""
    import pandas as pd

    tables: dict[str, Any] = {}
    for name in SMALL_TABLES.values():
        frames = [f for r in reads if (f := getattr(r, name)) is not None]
        if frames:
            tables[name] = pd.concat(frames, ignore_index=True).sort_values(
                "line", kind="stable", ignore_index=True
            )
    dropped: Counter[str] = Counter()
    lines: dict[str, list[int]] = {}
    details: dict[str, Any] = {}
    for read in reads:
        dropped.update(read.rows_dropped)
        for why, at in read.dropped_lines.items():
            lines[why] = sorted([*lines.get(why, []), *at])[:LINES_SHOWN]
        for key, value in read.details.items():
            before = details.get(key)
            if isinstance(value, dict):
                details[key] = dict(Counter(before or {}) + Counter(value)) or value
            elif isinstance(value, int) and isinstance(before, int):
                details[key] = before + value
            elif before is not None and before != value:
                details[key] = f"{before}, {value}"
            else:
                details[key] = value
    notes = list(dict.fromkeys(n for read in reads for n in read.notes))
    known = [r.latest for r in reads if r.latest is not None]
    return Read(
        rows_read=sum(r.rows_read for r in reads),
        rows_kept=sum(r.rows_kept for r in reads),
        rows_dropped=dict(dropped),
        dropped_lines=lines,
        **tables,
        locale="; ".join(dict.fromkeys(r.locale for r in reads)),
        details=details,
        notes=[*notes, "rows of stores that write days differently are read each in its own way."],
        latest=max(known, default=None),
        covers=tuple(c for r in reads for c in r.covers),
    )
