"""Cells that come back from a warehouse as the text that files have in their place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def text_columns(table: pa.Table) -> pd.DataFrame:
    """A table as text: times in ISO and UTC to the second, days in ISO, yes and no as Y and N.

    >>> import pyarrow as pa
    >>> import datetime as dt
    >>> at = dt.datetime(2026, 5, 1, 23, 30, tzinfo=dt.timezone(dt.timedelta(hours=-2)))
    >>> text_columns(pa.table({"at": [at, None], "n": [1, 2], "y": [True, None]})).values.tolist()
    [['2026-05-02T01:30:00+00:00', '1', 'Y'], ['', '2', '']]
    """
    import pandas as pd

    return pd.DataFrame(
        {name: pd.Series(_text(table.column(name)), dtype="str") for name in table.column_names},
        columns=table.column_names,
    )


def text_rows(table: pa.Table) -> list[list[str]]:
    """The rows of :func:`text_columns`, sorted: rows of a warehouse come in no order."""
    rows: list[list[str]] = text_columns(table).to_numpy().tolist()
    return sorted(rows)


def _text(column: pa.ChunkedArray) -> list[str]:
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_timestamp(kind):
        # Without a zone from here on: what is left is the time in UTC.
        column = pc.floor_temporal(column.cast(pa.timestamp(kind.unit)), unit="second")
        column = pc.strftime(column.cast(pa.timestamp("s")), "%Y-%m-%dT%H:%M:%S+00:00")
    elif pa.types.is_boolean(kind):
        column = pc.if_else(column, "Y", "N")
    elif pa.types.is_nested(kind):
        return [
            "" if value is None else json.dumps(value, default=str) for value in column.to_pylist()
        ]
    texts: list[str] = pc.fill_null(column.cast(pa.string()), "").to_pylist()
    return texts
