"""Expressions put into the engine's words once, and asked of every folder.

Putting an expression into words takes Ibis far longer than the engine then takes to run it on a
small folder. The words depend on columns, stores and policy, but not on the folder, as long as
every table goes by a fixed name: so a process needs to find them only once.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from odr_analysis.exports.orders.engine import quoted, steps_apart

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd
    import pyarrow as pa
    from ibis.backends.duckdb import Backend

KEPT_WORDS = 256
"""Expressions whose words are kept: a process seldom asks more than a few dozen."""

Make = Callable[..., "ir.Table"]
"""Makes an expression over tables known by name and columns alone (``ibis.table``)."""


@lru_cache(KEPT_WORDS)
def in_words(make: Make, *given: Hashable) -> tuple[str, pa.Schema]:
    """``make(*given)`` as the engine's SQL, and the columns it gives."""
    import ibis

    with steps_apart():
        table = make(*given)
        return str(ibis.duckdb.compile(table)), table.schema().to_pyarrow()


def asked(con: Backend, make: Make, *given: Hashable) -> pd.DataFrame:
    """The rows of ``make(*given)``."""
    words, schema = in_words(make, *given)
    rows: pd.DataFrame = con.con.sql(words).to_arrow_table().cast(schema).to_pandas()
    return rows


def keep(con: Backend, name: str, make: Make, *given: Hashable) -> None:
    """Have the engine keep the rows of ``make(*given)`` as the table `name`."""
    words, _ = in_words(make, *given)
    con.con.execute(f"CREATE TABLE {name} AS {words}")


def write_parquet(con: Backend, target: Path, options: str, make: Make, *given: Hashable) -> None:
    """Write the rows of ``make(*given)`` to a Parquet file, with `options` of the engine."""
    words, _ = in_words(make, *given)
    con.con.execute(f"COPY ({words}) TO {quoted(target)} (FORMAT parquet, {options})")
