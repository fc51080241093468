"""The ledger of one order export, and many of them put together: Ibis expressions.

A folder is read as one: the newest row of all files wins. The archive keeps what each file
says by itself, with as much of the newest row's standing as it takes to settle later which
file has the newest: then merging the files' ledgers gives exactly what reading them
together would have given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from odr_analysis.exports.orders.ledger import LEDGER
from odr_analysis.exports.orders.packing import (
    CHANNEL_BITS,
    RANK_BITS,
    SECOND_BITS,
    STATUS_BITS,
    STORE_BITS,
    numbered_stores,
)

if TYPE_CHECKING:
    import ibis.expr.types as ir

STATE_BITS = STATUS_BITS + CHANNEL_BITS

FILE_COLUMNS: dict[str, str] = {**LEDGER, "store_told": "int32"}
"""Columns of the ledger of one file: one row per order.

``store_told`` is the update (seconds, like ``updated``) of the newest row that names a
store, null where none does: it may be older than the order's newest row.
"""


@dataclass(frozen=True)
class FileLedger:
    """Ledgers of files of one rank that number their stores alike.

    Attributes
    ----------
    table : ibis Table
        ``FILE_COLUMNS``; one row per order and file.
    rank : int
        ``OrderExport.rank`` of the files' kind.
    stores : tuple of str
        What the codes of ``store`` stand for.
    weight : int
        How many times the folder holds each of these files.
    """

    table: ir.Table
    rank: int
    stores: tuple[str, ...]
    weight: int = 1

    def rows(self, stores: tuple[str, ...], *also: str) -> ir.Table:
        """As ``canonical_rows`` would have them, with ``n_rows``: one row per order and file.

        `also` are further columns of the table to keep.
        """
        import ibis

        t = self.table
        updated = t.updated.cast("int64")
        code = t.store.cast("int64")
        if self.stores != stores[: len(self.stores)]:
            places = [stores.index(name) for name in self.stores]
            code = ibis.literal(places, type="array<int64>")[code]
        return t.select(
            "order_key",
            version=(((updated << RANK_BITS) + self.rank) << STATE_BITS) + t.state.cast("int64"),
            placed=(updated << SECOND_BITS) + t.purchased.cast("int64"),
            store=(t.store_told.cast("int64") << STORE_BITS) + code,
            n_rows=t.n_rows.cast("int64") * self.weight,
            **{name: t[name] for name in also},
        )


def file_ledger(rows: ir.Table) -> ir.Table:
    """``canonical_rows`` of one file to its ledger; ``FILE_COLUMNS``."""
    import ibis

    return _settled(rows.mutate(n_rows=ibis.literal(1, type="int64")))


def merged_ledger(
    files: Sequence[FileLedger], stores: tuple[str, ...], only: ir.Table | None = None
) -> ir.Table:
    """What reading the files together would have given; ``exports.ledger.LEDGER``.

    Parameters
    ----------
    files : sequence of FileLedger
        One at least.
    stores : tuple of str
        :func:`united_stores` of all of them.
    only : ibis Table, optional
        ``order_key`` of the orders wanted; all by default.
    """
    rows = united_rows(files, stores)
    if only is not None:
        rows = rows.semi_join(only, "order_key")
    return _settled(rows).select(*LEDGER)


def united_rows(files: Sequence[FileLedger], stores: tuple[str, ...], *also: str) -> ir.Table:
    """:meth:`FileLedger.rows` of all files."""
    import ibis

    rows = [f.rows(stores, *also) for f in files]
    return ibis.union(*rows) if len(rows) > 1 else rows[0]


def united_stores(named: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Stores of many files as reading the files together numbers them."""
    return numbered_stores(name for stores in named for name in stores)


def _settled(rows: ir.Table) -> ir.Table:
    newest = rows.group_by("order_key").aggregate(
        version=rows.version.max(),
        placed=rows.placed.max(),
        store=rows.store.max(),
        n_rows=rows.n_rows.sum(),
    )
    columns = {
        "purchased": _low(newest.placed, SECOND_BITS),
        "updated": newest.placed >> SECOND_BITS,
        "state": _low(newest.version, STATE_BITS),
        "store": _low(newest.store, STORE_BITS),
        "n_rows": newest.n_rows,
        "store_told": newest.store >> STORE_BITS,
    }
    return newest.select(
        "order_key", **{name: column.cast(FILE_COLUMNS[name]) for name, column in columns.items()}
    )


def _low(number: ir.IntegerColumn, width: int) -> ir.IntegerColumn:
    return number & (2**width - 1)
