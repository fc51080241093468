"""A table that a document or a workbook holds, before it is written as a flat file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from odr_analysis.words import counted

_BREAKS = re.compile(r"[\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
_SURROGATES = re.compile("[\ud800-\udfff]")


class UnusableError(Exception):
    """A file that cannot be opened as what it is; the message completes "this is ..."."""


@dataclass(frozen=True)
class TableOf:
    """One table that a file holds.

    Attributes
    ----------
    header : sequence of str
        Names of the columns, empty where the rows bring their own header.
    rows : iterable of sequence of str
        The cells.
    label : str
        Added to the name of the file, where it holds several tables.
    notes : callable
        Gives what the receipt should mention, once all rows are written; takes their number.
    """

    header: Sequence[str]
    rows: Iterable[Sequence[str]]
    label: str = ""
    notes: Callable[[int], Sequence[str]] = lambda n: ()


def numbered(what: str) -> Callable[[int], list[str]]:
    """The note on how lines are counted in a file that has no rows of its own.

    >>> numbered("orders of the Orders API")(2)
    ['read as a table of 2 rows (orders of the Orders API); row n is line n + 1.']
    """

    def note(n: int) -> list[str]:
        return [f"read as a table of {counted(n, 'row')} ({what}); row n is line n + 1."]

    return note


def one_line(text: str) -> str:
    """A cell as a TAB file can hold it: line ends and TABs become a space.

    >>> one_line(" a\\tb\\r\\nc ")
    'a b c'
    """
    return _SURROGATES.sub("\ufffd", _BREAKS.sub(" ", text)).strip()
