"""The small tables of a folder, put together from what its files say."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from odr_analysis.exports.readers.contract import Read

if TYPE_CHECKING:
    import pandas as pd


def write_small(reads: list[Read], folder: Path) -> None:
    """Write each of ``SMALL_TABLES`` as Parquet, also if empty."""
    for name, table in small_tables(reads).items():
        table.to_parquet(folder / f"{name}.parquet")


def small_tables(reads: list[Read]) -> dict[str, pd.DataFrame]:
    """Each of ``SMALL_TABLES`` out of what files say, also if empty."""
    import pandas as pd

    found = {}
    for name, start in _empty().items():
        told = (read.tables() for read in reads)
        frames = [start, *(tables[name] for tables in told if name in tables)]
        table = pd.concat(frames, ignore_index=True)
        found[name] = newest_returns(table) if name == "returns" else table
    return found


def no_rows() -> dict[str, pd.DataFrame]:
    """Each of ``SMALL_TABLES`` without a row, the caller's own."""
    return {name: frame.copy() for name, frame in _empty().items()}


@cache
def _empty() -> dict[str, pd.DataFrame]:
    """Each of ``SMALL_TABLES`` without a row, for its columns and their types."""
    from odr_analysis.exports.covered import dated
    from odr_analysis.exports.readers.contract import (
        SMALL_TABLES,
        feedback_frame,
        lapses,
        returns,
        sightings,
        snapshots,
    )

    empty = {
        "feedback": feedback_frame([]),
        "sightings": sightings([]),
        "snapshots": snapshots([]),
        "lapses": lapses(),
        "returns": returns(),
        "dated": dated(),
    }
    if empty.keys() != SMALL_TABLES.keys():
        raise AssertionError("a table that readers make has no empty form")
    return empty


def newest_returns(frame: pd.DataFrame) -> pd.DataFrame:
    """The returns of several files, each as in the newest file that has it.

    Rows of one order, day, product and reason are one return when they are in different
    files; a product is a SKU, or an ASIN where no SKU is given. The newest file is the one
    with the latest return, the last in reading order where several are as new. Rows of one
    file are never taken for one another: the same buyer may send back two of a kind.
    """
    product = frame["sku"].where(frame["sku"] != "", frame["asin"])
    keys = [frame["order_id"], frame["requested_on"], product, frame["reason"]]
    # In reading order, so that a stable sort leaves the last of equals last.
    last = frame.groupby("file", sort=False)["requested_on"].max()
    oldest_first = last.sort_values(kind="stable", na_position="first").index
    age = frame["file"].map({name: i for i, name in enumerate(oldest_first)})
    newest = age.groupby(keys, dropna=False).transform("max")
    return frame[age == newest].reset_index(drop=True)
