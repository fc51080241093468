"""The engine behind the expressions: an embedded DuckDB, reached through Ibis."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from odr_analysis.exports.orders.kinds import RAW_COLUMNS, OrderExport
from odr_analysis.exports.orders.traces import TRACES, traced_store
from odr_analysis.progress import Progress, StagesOnly, Step
from odr_analysis.words import about

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd
    import pyarrow as pa
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
def engine(
    scratch: Path, memory_limit: str | None = None, *, followed: bool = False
) -> Iterator[Backend]:
    """An in-memory engine that runs in UTC, spills to `scratch`, fetches and prints nothing.

    Within, the steps of an expression are :func:`steps_apart`. `followed` says whether anybody
    will ask how far a query is, which costs the engine some percent of its time.
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
        con.raw_sql(f"SET enable_progress_bar = {followed}")
        try:
            with steps_apart():
                yield con
        finally:
            con.disconnect()


@contextmanager
def steps_apart() -> Iterator[None]:
    """Within, the steps of an expression stay steps: written into one another, what a step
    computes would be computed again for each use of it."""
    import ibis

    fused = ibis.options.sql.fuse_selects
    ibis.options.sql.fuse_selects = False
    try:
        yield
    finally:
        ibis.options.sql.fuse_selects = fused


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
    """The result of what the engine does, and meanwhile how far its query is.

    The engine is one that is ``followed``, unless `progress` takes stages only.
    """
    if isinstance(progress, StagesOnly):
        progress(Step("Putting orders together"))
        return work.result()
    while True:
        done = max(con.con.query_progress(), 0.0)
        progress(Step("Putting orders together", done, 100, about(done / 100)))
        if wait([work], LOOKED_AFTER).done:
            return work.result()


def lend_cells(con: Backend, name: str, paths: Sequence[Path], width: int) -> None:
    """Have the engine know the cells of flawless TAB files as the table `name`.

    One row per line after their header; columns ``c0`` to ``c{width - 1}``, and ``filename``.
    Quoting is off: product names hold bare inch marks, and a reader that takes them for quotes
    swallows the rows between two of them.
    """
    files = ", ".join(quoted(path) for path in paths)
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(width))
    con.con.execute(
        f"CREATE OR REPLACE TEMP VIEW {name} AS FROM read_csv([{files}], delim = '\t', quote = '',"
        " escape = '', header = false, skip = 1, auto_detect = false, strict_mode = true,"
        f" null_padding = false, buffer_size = {CSV_BUFFER}, filename = true,"
        f" columns = {{{columns}}})"
    )


def lend_parquet(con: Backend, name: str, path: Path) -> None:
    """Have the engine know a Parquet file as the table `name`."""
    con.con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS FROM read_parquet({quoted(path)})")


def lend(con: Backend, name: str, rows: pd.DataFrame | pa.Table) -> None:
    """Have the engine know `rows` as the table `name`."""
    import pyarrow as pa

    table = rows if isinstance(rows, pa.Table) else pa.Table.from_pandas(rows, preserve_index=False)
    con.con.register(name, table)


def quoted(path: Path) -> str:
    """A path as the engine's SQL has it."""
    return "'" + str(path).replace("'", "''") + "'"


def raw_orders(name: str, header: Sequence[str], export: OrderExport) -> ir.Table:
    """:func:`lend_cells` of files with this `header` as a table of ``RAW_COLUMNS``.

    It has a column ``file`` beside them: the path of the file a row is in.
    """
    import ibis

    columns = [*(f"c{i}" for i in range(len(header))), "filename"]
    cells = ibis.table(dict.fromkeys(columns, "string"), name=name)
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
