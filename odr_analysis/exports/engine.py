"""The engine behind the expressions: an embedded DuckDB, reached through Ibis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from odr_analysis.exports.orders import RAW_COLUMNS, OrderExport

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend


CSV_BUFFER = 16 << 20
"""Bytes of a file in hand at a time, per thread; the engine's own default is twice that."""


@contextmanager
def engine(scratch: Path, memory_limit: str | None = None) -> Iterator[Backend]:
    """An in-memory engine that runs in UTC, spills to `scratch` and fetches nothing.

    Within, the steps of an expression stay steps: written into one another, what a step
    computes would be computed again for each use of it.
    """
    import ibis

    settings = {
        "TimeZone": "UTC",
        "preserve_insertion_order": False,
        "autoinstall_known_extensions": False,
        "temp_directory": str(scratch / "spill"),
    }
    if memory_limit:
        settings["memory_limit"] = memory_limit
    con = ibis.duckdb.connect(**settings)
    fused = ibis.options.sql.fuse_selects
    ibis.options.sql.fuse_selects = False
    try:
        yield con
    finally:
        ibis.options.sql.fuse_selects = fused
        con.disconnect()


def raw_orders(
    con: Backend, paths: Sequence[Path], header: Sequence[str], export: OrderExport
) -> ir.Table:
    """Flawless TAB files as a table of ``RAW_COLUMNS``, one row per line after their `header`.

    Quoting is off: product names hold bare inch marks, and a reader that takes them
    for quotes swallows the rows between two of them.
    """
    import ibis

    cells = con.read_csv(
        [str(path) for path in paths],
        delim="\t",
        quote="",
        escape="",
        header=False,
        skip=1,
        auto_detect=False,
        strict_mode=True,
        null_padding=False,
        buffer_size=CSV_BUFFER,
        columns={f"c{i}": "VARCHAR" for i in range(len(header))},
    )
    positions = export.positions(list(header))
    return cells.select(
        **{
            raw: (
                cells[f"c{positions[raw]}"].fill_null("")
                if raw in positions
                else ibis.literal(export.constants.get(raw, ""))
            )
            for raw in RAW_COLUMNS
        }
    )
