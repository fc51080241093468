"""The engine behind the expressions: an embedded DuckDB, reached through Ibis."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from odr_analysis.exports.orders import RAW_COLUMNS, OrderExport
from odr_analysis.exports.traces import TRACES, traced_store
from odr_analysis.progress import Progress, Step

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend


T = TypeVar("T")
LOOKED_AFTER = 0.25
"""Seconds between two looks at how far the engine is."""
CSV_BUFFER = 16 << 20
"""Bytes of a file in hand at a time, per thread; the engine's own default is twice that."""
OUTDATED = (".*future.infer_string.*", "fetch_arrow_table.*")
"""What Ibis 12 uses although pandas 3 and DuckDB 2 have newer names for it: not a fault of ours,
not for users, and no reason to end a program that treats warnings as errors."""


@contextmanager
def engine(scratch: Path, memory_limit: str | None = None) -> Iterator[Backend]:
    """An in-memory engine that runs in UTC, spills to `scratch`, fetches and prints nothing.

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
    with warnings.catch_warnings():
        for outdated in OUTDATED:
            warnings.filterwarnings("ignore", outdated, DeprecationWarning)
        con = ibis.duckdb.connect(**settings)
        # In a process without a script (a notebook, ``python -c``) a query of over two seconds
        # would draw a bar into standard output. How far it is can be asked for instead, which
        # needs the bar to be on. Neither can be set when connecting.
        con.raw_sql("SET enable_progress_bar_print = false")
        con.raw_sql("SET enable_progress_bar = true")
        fused = ibis.options.sql.fuse_selects
        ibis.options.sql.fuse_selects = False
        try:
            yield con
        finally:
            ibis.options.sql.fuse_selects = fused
            con.disconnect()


@contextmanager
def beside_the_engine(con: Backend) -> Iterator[ThreadPoolExecutor]:
    """A thread for what the engine does; left by an error or Ctrl-C, its query is stopped."""
    with ThreadPoolExecutor(1) as beside:
        try:
            yield beside
        except BaseException:
            con.con.interrupt()
            raise


def watched(work: Future[T], con: Backend, progress: Progress) -> T:
    """The result of what the engine does, and meanwhile how far its query is."""
    while True:
        done = max(con.con.query_progress(), 0.0)
        progress(Step("Putting orders together", done, 100, f"{done:.0f} %"))
        if wait([work], LOOKED_AFTER).done:
            return work.result()


def raw_orders(
    con: Backend, paths: Sequence[Path], header: Sequence[str], export: OrderExport
) -> ir.Table:
    """Flawless TAB files as a table of ``RAW_COLUMNS``, one row per line after their `header`.

    It has a column ``file`` beside them: the path of the file a row is in.

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
        filename=True,
    )
    positions = export.positions(list(header))
    raws = {
        raw: (
            cells[f"c{positions[raw]}"].fill_null("")
            if raw in positions
            else ibis.literal(export.constants.get(raw, ""))
        )
        for raw in RAW_COLUMNS
    }
    if "marketplace" not in positions:
        raws["marketplace"] = traced_store(*(raws[name] for name in TRACES))
    return cells.select(**raws, file=cells.filename)
