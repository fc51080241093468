"""One order export on its way from a recognised file to rows the engine can take."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from odr_analysis import terms
from odr_analysis.exports.kinds.registry import Recognised
from odr_analysis.exports.orders.engine import lend, lend_cells, raw_orders
from odr_analysis.exports.orders.kinds import (
    DATE_COLUMNS,
    ONCE_COLUMNS,
    ORDER_EXPORTS,
    RAW_COLUMNS,
    OrderExport,
)
from odr_analysis.exports.text.delimited import plain, split_rows
from odr_analysis.exports.text.instants import ISO
from odr_analysis.receipt import LINES_SHOWN

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd
    from ibis.backends.duckdb import Backend


class Lent(NamedTuple):
    """Order rows that the engine knows as a table, and how they become raw columns.

    ``columns`` are the header of the file, or raw columns where the cells are ``raw`` already;
    ``repeats`` is :meth:`OrderExport.repeats` of it.
    """

    table: str
    kind: str
    columns: tuple[str, ...]
    raw: bool = False
    repeats: bool = False

    @property
    def export(self) -> OrderExport:
        return next(export for export in ORDER_EXPORTS if export.kind == self.kind)

    def rows(self) -> ir.Table:
        """One row per row, as raw columns and ``file``, which keeps the rows of files apart."""
        import ibis

        if self.raw:
            cells = ibis.table(dict.fromkeys(self.columns, "string"), name=self.table)
            cells = cells.mutate(file=ibis.literal(self.table))
        else:
            cells = raw_orders(self.table, self.columns, self.export)
        if self.repeats and "line_id" in cells.columns:
            # Rows that say the same of a line are taken for one.
            same = ibis.literal("like ").concat(cells.quantity, ibis.literal(" "), cells.price)
            cells = cells.mutate(line_id=same)
        return cells


@dataclass
class OrderFile:
    """One order export on its way to canonical rows; on the careful road where it has ``cells``.

    ``columns`` are those of ``RAW_COLUMNS`` that are looked at on that road. ``furthest`` is the
    latest day in any order of day and month that was open, None where none was. ``place`` is that
    of the file among the order exports of its folder: the engine's tables are named by it.
    """

    found: Recognised
    path: Path
    columns: Sequence[str] = RAW_COLUMNS
    cells: pd.DataFrame | None = None
    dropped: dict[str, list[int]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    locale: str = "y-m-d"
    furthest: date | None = None
    place: int = 0

    @property
    def rows_usable(self) -> int:
        """Rows the engine must see: every line but the header, or what a closer look left."""
        return self.found.scan.lines - 1 if self.cells is None else len(self.cells)

    @property
    def rank(self) -> int:
        assert self.found.export is not None
        return self.found.export.rank

    def lent(self, con: Backend, alike: Sequence[OrderFile] = ()) -> Lent:
        """Have the engine know the file's rows, or those of all files `alike` on the fast road."""
        export, name = self.found.export, f"orders_{self.place}"
        assert export is not None
        repeats = export.repeats(list(self.found.header))
        if self.cells is not None:
            lend(con, f"{name}_cells", self.cells[list(self.columns)].astype("str"))
            return Lent(f"{name}_cells", export.kind, tuple(self.columns), True, repeats)
        paths = [f.path for f in alike] or [self.path]
        name += "_alike" * bool(alike)
        lend_cells(con, name, paths, len(self.found.header))
        return Lent(name, export.kind, self.found.header, False, repeats)

    def raw(self, con: Backend, alike: Sequence[OrderFile] = ()) -> ir.Table:
        """The file's rows as raw columns, or those of all files `alike` on the fast road."""
        return self.lent(con, alike).rows()

    def read_carefully(self, marketplace: str | None, today: date | None) -> None:
        """Take the careful road: account for each line of the file."""
        from odr_analysis.exports.orders.careful import careful_rows

        assert self.found.export is not None
        table = split_rows(
            self.path.read_text("utf-8-sig", errors="replace"),
            file=self.found.scan.file,
            delimiter=self.found.delimiter,
            quoted=self.found.quoted,
            header_line=self.found.first_line,
            needed=[n for raw in ONCE_COLUMNS for n in self.found.export.columns.get(raw, ())],
        )
        self.cells, self.dropped, self.notes, self.locale, self.furthest = careful_rows(
            table, self.found.export, marketplace, self.columns, today
        )

    def accounts(self) -> dict[str, Any]:
        """What the receipt says of the rows."""
        counts = {why: len(lines) for why, lines in self.dropped.items()}
        return {
            "locale": self.locale,
            "rows_read": self.rows_usable + sum(counts.values()),
            "rows_kept": self.rows_usable,
            "rows_dropped": counts,
            "dropped_lines": {why: lines[:LINES_SHOWN] for why, lines in self.dropped.items()},
            "details": {"columns": len(self.found.header)},
            "notes": tuple(self.notes),
        }


def is_flawless(found: Recognised) -> bool:
    """Whether nothing seen so far bars the fast road."""
    assert found.export is not None
    scan = found.scan
    if found.quoted or scan.has_nul or scan.lone_cr or found.first_line != 1:
        return False
    if any(name.startswith('"') for name in found.header):
        return False
    names = [plain(name) for name in found.header]
    if len(set(names)) < len(names):
        return False
    positions = found.export.positions(list(found.header))
    if "marketplace" in positions and names[positions["marketplace"]] == plain("MarketplaceId"):
        return False
    dates = [p for name, p in positions.items() if name in DATE_COLUMNS]
    cells = (row[p] for row in found.sample for p in dates if p < len(row) and row[p])
    return all(re.match(ISO, cell) for cell in cells)


def main_marketplace(files: list[Recognised]) -> str | None:
    """The store most of the first rows of order exports name: how their seller writes dates."""
    named: Counter[str] = Counter()
    for found in files:
        assert found.export is not None
        at = found.export.positions(list(found.header)).get("marketplace")
        if at is not None:
            named.update(r[at] for r in found.sample if at < len(r) and r[at] in terms.MARKETPLACES)
    return min(named, key=lambda name: (-named[name], name), default=None)
