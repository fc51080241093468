"""How the days of a small file are to be read: by the stores and days of its own orders.

``05/09/26`` is 5 September in a British download and 9 May in an American one, and a folder may
hold both. The orders a file names decide: their stores say in which order day and month are
written, and no defect is reported before its order was placed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from odr_analysis import terms
from odr_analysis.days import ONE_DAY
from odr_analysis.exports.covered import united
from odr_analysis.exports.orders.engine import lend
from odr_analysis.exports.orders.queries import asked
from odr_analysis.exports.readers.contract import SMALL_TABLES, Read
from odr_analysis.exports.text.date_forms import looks_like_day
from odr_analysis.exports.text.delimited import Table
from odr_analysis.receipt import LINES_SHOWN

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd
    from ibis.backends.duckdb import Backend

EXAMPLES: dict[str, str] = {"mdy": "Amazon.com", "dmy": "Amazon.co.uk", "ymd": "Amazon.co.jp"}
"""Order of day and month to a store that writes so; other stores write as one of these."""

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
    today : datetime.date or None
        The day of reading, in UTC: no file knows of a later day. None where it is not asked for.
    """

    stores: dict[str, str] = field(default_factory=dict)
    days: dict[str, date] = field(default_factory=dict)
    newest: date | None = None
    given: bool = False
    today: date | None = None

    @cached_property
    def placed(self) -> pd.Series:
        """``days`` as a column, by order id."""
        import pandas as pd

        return pd.Series(self.days.values(), self.days.keys(), dtype="datetime64[us]")

    @property
    def limit(self) -> date | None:
        """The latest day a file can know of, None where that is not known."""
        return None if self.today is None else self.today + ONE_DAY

    @classmethod
    def of(
        cls,
        con: Backend,
        stores: Sequence[str],
        named: dict[int, str],
        newest: date | None,
        given: bool,
        today: date | None = None,
    ) -> Places:
        """What the engine's ``ledger`` has of the orders `named`: ids by their keys."""
        import numpy as np
        import pandas as pd

        from odr_analysis.exports.orders.ledger import DAY
        from odr_analysis.exports.orders.packing import EPOCH

        if not named:
            return cls(newest=newest, given=given, today=today)
        lend(con, "wanted_keys", pd.DataFrame({"order_key": pd.Series([*named], dtype="int64")}))
        rows = asked(con, _wanted_orders)
        ids = [named[key] for key in rows.order_key.tolist()]
        days = np.datetime64(EPOCH) + (rows.purchased.to_numpy() // DAY).astype("timedelta64[D]")
        codes = rows.store.fillna(-1).astype("int64").tolist()
        return cls(
            {i: stores[code] for i, code in zip(ids, codes, strict=True) if code >= 0},
            dict(zip(ids, days.tolist(), strict=True)),
            newest,
            given,
            today,
        )


def _wanted_orders() -> ir.Table:
    import ibis

    from odr_analysis.exports.orders.ledger import Ledger

    wanted = ibis.table({"order_key": "int64"}, name="wanted_keys")
    found = Ledger.kept().table.inner_join(wanted, "order_key")
    return found.select("order_key", "store", "purchased")


@dataclass(frozen=True)
class Look:
    """A first look at rows that are read together.

    Attributes
    ----------
    reader : TableReader
    table : Table
    store : str or None
        The store whose order of day and month they were read in.
    by : str
        What names it: ``orders`` (those of the rows), ``user``, or '' where it is the folder's.
    read : Read
    """

    reader: TableReader
    table: Table
    store: str | None
    by: str
    read: Read


def look_at(
    reader: TableReader,
    table: Table,
    hint: str | None,
    places: Places,
    *,
    whole: bool,
    ahead: Read | None = None,
) -> list[Look]:
    """`reader` on `table`, day and month in the order of the stores its rows are of.

    Rows of stores that write days differently are read apart, unless the file must be read as a
    `whole`, as payments must. `hint` is the store for rows whose orders are not known;
    `ahead` is the whole table as it reads for that store, where it is at hand.
    """
    looks = []
    for part, store, by in _parts(table, hint, places, whole=whole):
        read = ahead if part is table and store == hint else None
        read = reader.read(part, marketplace=store) if read is None else read
        looks.append(Look(reader, part, store, by, read))
    return looks


def _parts(
    table: Table, hint: str | None, places: Places, *, whole: bool
) -> list[tuple[Table, str | None, str]]:
    """Rows to be read together, the store to read them by, and what names it."""
    rows = table.order_ids[:LOOKED_AT] if whole else table.order_ids
    stores = [places.stores.get(ids[0], "") if ids else "" for ids in rows]
    counted = Counter(store for store in stores if store in terms.MARKETPLACES)
    if not counted:
        return [(table, hint, "user" if places.given else "")]
    order_of = {store: terms.MARKETPLACES[store].date_order for store in counted}
    main = counted.most_common(1)[0][0]
    if whole or len(set(order_of.values())) == 1:
        return [(table, main, "orders")]
    groups: dict[str, list[int]] = {}
    for i, order in enumerate(_orders_of(table.rows, stores, order_of, order_of[main])):
        groups.setdefault(order, []).append(i)
    parts: list[tuple[Table, str | None, str]] = []
    for n, (order, at) in enumerate(groups.items()):
        mine = replace(
            table,
            rows=[table.rows[i] for i in at],
            widths=[table.widths[i] for i in at],
            extra=table.extra if n == 0 else [],
            notes=table.notes if n == 0 else [],
        )
        named = Counter(s for i in at if (s := stores[i]) and order_of.get(s) == order)
        parts.append((mine, named.most_common(1)[0][0] if named else EXAMPLES[order], "orders"))
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


def together(reads: list[Read]) -> Read:
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
        covers=united(c for r in reads for c in r.covers),
    )
