"""The order ledger of a table in a warehouse: made and asked where the orders are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from odr_analysis.errors import OdrError
from odr_analysis.exports.item_files import items_of
from odr_analysis.exports.order_file import Lent
from odr_analysis.exports.orders.careful import careful_rows
from odr_analysis.exports.orders.engine import engine, lend
from odr_analysis.exports.orders.kinds import LEDGER_COLUMNS, LOADED_COLUMNS, RAW_COLUMNS
from odr_analysis.exports.orders.ledger import (
    LEDGER,
    PACKED_DAYS,
    Ledger,
    Shifts,
    in_store,
    order_ledger,
    packed_days,
    told_totals,
    totals,
)
from odr_analysis.exports.orders.packing import (
    CANONICAL,
    STORES,
    canonical_rows,
    numbered_stores,
    unlisted_stores,
)
from odr_analysis.exports.text.delimited import Table
from odr_analysis.policy import Policy
from odr_analysis.receipt import FileReceipt
from odr_analysis.scratch import Held
from odr_analysis.terms import MARKETPLACES
from odr_analysis.warehouse.connection import Warehouse
from odr_analysis.warehouse.order_columns import OrdersThere
from odr_analysis.warehouse.order_items import ItemsThere
from odr_analysis.warehouse.text_cells import text_columns, text_rows

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd
    import pyarrow as pa
    from ibis.backends.duckdb import Backend

MOST_ODD = 100_000
"""Rows that come back to be read cell by cell, at most."""


class RemoteLedger:
    """One row per order, kept as a temporary table of the warehouse.

    Rows that its engine cannot read as they are (blanks around a word, a date in another form)
    come back, are read cell by cell as those of a file are, and return as numbers.

    Parameters
    ----------
    there : Warehouse
    orders : OrdersThere
    marketplace : str or None
        Sales channel of orders that name none.
    today : datetime.date or None
        No order is placed later; settles day and month where it can.

    Raises
    ------
    OdrError
        More than ``MOST_ODD`` rows cannot be read where they are, or rows changed meanwhile.
    """

    def __init__(
        self, there: Warehouse, orders: OrdersThere, marketplace: str | None, today: date | None
    ) -> None:
        self.there, self.orders = there, orders
        self.marketplace, self.today = marketplace, today
        if there.reads_times:
            there.check_utc()
        new = there.asked(unlisted_stores(orders.raw, STORES)).column("marketplace").to_pylist()
        self.stores = numbered_stores([*STORES, *new])
        odd = self._odd_rows()
        self.mended, self.dropped, self.notes, self.pattern, _ = self._read(odd, LOADED_COLUMNS)
        self.stores = numbered_stores([*self.stores, *self._new_stores()])
        rows = self._canonical()
        if len(self.mended):
            rows = rows.union(there.lent(self._mended_rows(), CANONICAL))
        self.table = there.kept(in_store(order_ledger(rows), marketplace), owner=self)
        found = told_totals(there.asked(totals(self.table)).to_pandas().iloc[0])
        # The rows that cannot be used are those that came here, or some would be lost.
        self._check_same(found["unusable"] == odd.num_rows)
        self.totals = {**found, "rows": found["rows"] - odd.num_rows, "unusable": 0}

    def _check_same(self, same: bool) -> None:
        if not same:
            raise OdrError(
                f"{self.orders.name}: its rows changed since they were read. Load the account "
                "again."
            )

    def _canonical(self, kept: Iterable[str] = ()) -> ir.Table:
        return canonical_rows(
            self.orders.raw,
            self.orders.export.rank,
            self.stores,
            kept=tuple(kept),
            tries=self.there.tries,
        )

    def _odd_rows(self) -> pa.Table:
        """The rows that the engine cannot use as they are."""
        rows = self._canonical(LOADED_COLUMNS)
        odd = rows.filter(rows.order_key.isnull())
        odd = odd.select(**{name: odd[f"raw_{name}"] for name in LOADED_COLUMNS})
        found = self.there.asked(odd.limit(MOST_ODD + 1))
        if found.num_rows > MOST_ODD:
            first = text_columns(found.slice(0, 1)).iloc[0]
            cells = ", ".join(f"{name} {first[name]!r}" for name in LEDGER_COLUMNS)
            raise OdrError(
                f"{self.orders.name}: more than {MOST_ODD:,} rows cannot be read where they are; "
                f"one of them has {cells}. Give times as timestamps and words without blanks "
                "around them, for instance in a view."
            )
        return found

    def _read(
        self, rows: pa.Table, columns: tuple[str, ...]
    ) -> tuple[pd.DataFrame, dict[str, list[int]], list[str], str, date | None]:
        header = [raw for raw in self.orders.export.columns if raw in columns]
        # Rows of a warehouse have no order, and what is read must not depend on one.
        cells = text_rows(rows.select(header))
        numbered = [(i + 2, row) for i, row in enumerate(cells)]
        table = Table(self.orders.name, header, "\t", numbered, [len(header)] * len(cells))
        return careful_rows(table, self.orders.export, self.marketplace, columns, self.today)

    def _new_stores(self) -> list[str]:
        if self.mended.empty:
            return []
        with Held() as scratch, engine(scratch) as con:
            raw = _lent(con, self.mended, LEDGER_COLUMNS)
            return list(con.to_pandas(unlisted_stores(raw, self.stores)).marketplace)

    def _mended_rows(self) -> pd.DataFrame:
        with Held() as scratch, engine(scratch) as con:
            raw = _lent(con, self.mended, LEDGER_COLUMNS)
            rows = canonical_rows(raw, self.orders.export.rank, self.stores)
            found: pd.DataFrame = con.to_pyarrow(rows).to_pandas(integer_object_nulls=True)
        assert found.order_key.notna().all(), "a row that was read cell by cell cannot be used"
        return found

    @property
    def receipt(self) -> FileReceipt:
        """What became of the rows."""
        counts = {why: len(lines) for why, lines in self.dropped.items()}
        kept = self.totals["rows"]
        notes = [*self.notes]
        if len(self.mended):
            notes.append(f"{len(self.mended):,} row(s) read cell by cell.")
        return FileReceipt(
            self.orders.name,
            self.orders.kind,
            locale=self.pattern,
            rows_read=kept + sum(counts.values()),
            rows_kept=kept,
            rows_dropped=counts,
            details={"columns": len(self.orders.header)},
            notes=tuple(notes),
        )

    @cached_property
    def _orders_by_store(self) -> dict[str, int]:
        known = Ledger(self.table).orders
        rows = self.there.asked(known.group_by("store").aggregate(n=known.count())).to_pylist()
        return {self.stores[row["store"]]: row["n"] for row in rows if row["store"] is not None}

    def named_stores(self) -> list[str]:
        """Stores the orders belong to."""
        return sorted(self._orders_by_store)

    @property
    def main_store(self) -> str | None:
        """The store with the most orders, as far as this package knows it."""
        known = {s: n for s, n in self._orders_by_store.items() if s in MARKETPLACES}
        return min(known, key=lambda s: (-known[s], s), default=None)

    def packed_days(self, cells: pd.DataFrame, policy: Policy, shifts: Shifts) -> pd.DataFrame:
        """``ledger.packed_days`` of all orders, counted where they are."""
        defective = self.there.lent(cells, {"order_key": "int64", "cell": "int64"})
        days = packed_days(Ledger(self.table, self.stores), defective, policy, shifts)
        found: pd.DataFrame = self.there.asked(days).to_pandas(integer_object_nulls=True)
        return found.astype(dict.fromkeys(PACKED_DAYS, "Int64"))

    def orders_of(self, keys: Iterable[int]) -> pa.Table:
        """The rows of some orders."""
        import pandas as pd

        wanted = pd.DataFrame({"order_key": pd.Series(sorted(keys), dtype="int64")})
        return self._rows(
            self.table.semi_join(self.there.lent(wanted, {"order_key": "int64"}), "order_key")
        )

    def every_order(self) -> pa.Table:
        """The rows of all orders: five numbers for each."""
        # Not the null key of rows that were no orders: Spark would hand keys over as floats beside
        # it, which do not hold all their digits.
        return self._rows(Ledger(self.table).orders)

    def _rows(self, rows: ir.Table) -> pa.Table:
        import ibis

        return self.there.asked(rows.select(*LEDGER)).cast(ibis.schema(LEDGER).to_pyarrow())

    def items(self, beside: ItemsThere | None = None) -> pd.DataFrame:
        """``Account.items``, from all rows of the table; those are brought here.

        Parameters
        ----------
        beside : ItemsThere, optional
            A table of order items, which says what was ordered in place of the orders.

        Raises
        ------
        OdrError
            The table has more rows or fewer than when it was loaded.
        """
        import pandas as pd
        import pyarrow.compute as pc

        rows = self._canonical(RAW_COLUMNS)
        rows = rows.select(
            odd=rows.order_key.isnull(), **{n: rows[f"raw_{n}"] for n in RAW_COLUMNS}
        )
        found = self.there.asked(rows)
        self._check_same(found.num_rows == self.receipt.rows_read)
        is_odd = found.column("odd")
        mended = self._read(found.filter(is_odd), RAW_COLUMNS)[0]
        plain = text_columns(found.filter(pc.invert(is_odd)).select(list(RAW_COLUMNS)))
        told = pd.concat([plain, mended], ignore_index=True).astype("str")
        repeats = self.orders.repeats
        if beside is not None:
            told, repeats = beside.beside(told, self.there), beside.repeats
        with Held() as scratch, engine(scratch) as con:
            lend(con, "order_items", told)
            rows_of = self.orders.export.kind, RAW_COLUMNS, True, repeats
            return items_of(con, Lent("order_items", *rows_of))


def _lent(con: Backend, cells: pd.DataFrame, columns: tuple[str, ...]) -> ir.Table:
    import ibis

    lend(con, "mended", cells[list(columns)].astype("str"))
    return ibis.table(dict.fromkeys(columns, "string"), name="mended")
