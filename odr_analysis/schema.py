"""Columns of tables as data: their types, meanings and units, and what stands for missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    dtype : str
        The pandas dtype.
    meaning : str
        What a cell says.
    unit : str
        What a number or a time is in; '' where there is nothing to say.
    missing : str
        What stands in a cell without a value, and when.
    """

    dtype: str
    meaning: str = ""
    unit: str = ""
    missing: str = ""


Columns = dict[str, Column]
"""The columns of one kind of table by name, in their order."""


def typed(frame: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    """`frame` with exactly `columns`, in their order and of their types."""
    return frame[list(columns)].astype({name: column.dtype for name, column in columns.items()})


def of_series(table: pd.DataFrame, marketplace: str, channel: str) -> pd.DataFrame:
    """The rows of one marketplace and channel."""
    return table[(table["marketplace"] == marketplace) & (table["channel"] == channel)]


def table_of(rows: Iterable[Any], columns: Columns) -> pd.DataFrame:
    """A table of `rows`: tuples in the order of `columns`, or mappings that have them."""
    import pandas as pd

    return typed(pd.DataFrame(rows, columns=list(columns)), columns)
