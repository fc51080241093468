"""Tables as files for others: CSV that is safe to open in a spreadsheet, Markdown, and JSON."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from odr_analysis import words
from odr_analysis.visible import first_seen, visible

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A text cell that begins so is run by a spreadsheet instead of shown."""
_SEEN_STARTS = frozenset("=+-@＝＋－＠")
"""The same, whatever characters that show nothing stand before; full width counts in Japan."""


def to_csv(frame: pd.DataFrame, path: str | Path) -> Path:
    """Write a table so that a spreadsheet shows it as it is; returns the path.

    Text cells and column names that a spreadsheet would take for a formula (they begin with
    ``= + - @``, TAB or carriage return) get an apostrophe in front, also where characters that
    show nothing come before; control characters are spelled out. Numbers and days are written
    as they are, unrounded. UTF-8 with a byte order mark, which Excel needs to read it right.

    Parameters
    ----------
    frame : pandas.DataFrame
        Any table of this package; its index is left out.
    path : str or pathlib.Path

    Examples
    --------
    >>> import tempfile
    >>> frame = pd.DataFrame({"comment": ["=1+1", "fine"], "change": [-0.5, 0.25]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     print(to_csv(frame, Path(folder) / "t.csv").read_text("utf-8-sig"))
    comment,change
    '=1+1,-0.5
    fine,0.25
    <BLANKLINE>
    """
    path = Path(path)
    path.write_bytes(csv_bytes(frame))
    return path


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """What :func:`to_csv` writes.

    Examples
    --------
    >>> csv_bytes(pd.DataFrame({"n": [1]}))
    b'\\xef\\xbb\\xbfn\\r\\n1\\r\\n'
    """
    safe = frame.copy()
    safe.columns = pd.Index([_harmless(name) for name in frame.columns])
    for place, dtype in enumerate(frame.dtypes):
        if pd.api.types.is_object_dtype(dtype) or isinstance(
            dtype, pd.CategoricalDtype | pd.StringDtype
        ):
            column = frame.iloc[:, place].astype(object).map(_harmless)
            safe.isetitem(place, column.array)
    # With this line end a carriage return inside a cell is quoted too, and cannot split a row.
    text: str = safe.to_csv(index=False, lineterminator="\r\n")
    return text.encode("utf-8-sig")


_LINKS = re.compile(r"(@(?=\w)|(?<=\w):(?=/)|\bwww(?=\.))", re.IGNORECASE)
"""Where an address would become a link by itself, escaped or not; a word joiner prevents it."""
_MARKS = re.compile(r"([\\`*_{}\[\]|#~$])")


def markdown_text(text: str) -> str:
    """A text on one line that Markdown shows as it is: no HTML, no link, no control character.

    >>> print(markdown_text("a|b <script> *x*"))
    a\\|b &lt;script&gt; \\*x\\*
    """
    text = visible(_LINKS.sub("\\1\u2060", " ".join(text.split())))
    return html.escape(_MARKS.sub(r"\\\1", text), quote=False)


def to_markdown(frame: pd.DataFrame, heads: Mapping[str, str] | None = None) -> str:
    """A table in Markdown; days as days, counts grouped, every text escaped.

    Parameters
    ----------
    frame : pandas.DataFrame
        Its index is left out.
    heads : mapping, optional
        Column to its heading.

    Examples
    --------
    >>> print(to_markdown(pd.DataFrame({"sku": ["A|B"], "n": [1200]}), {"n": "orders"}))
    | sku | orders |
    | --- | ---: |
    | A\\|B | 1,200 |
    """
    named = [markdown_text((heads or {}).get(str(name), str(name))) for name in frame.columns]
    numbers = [pd.api.types.is_numeric_dtype(dtype) for dtype in frame.dtypes]
    rows = [named, ["---:" if number else "---" for number in numbers]]
    rows += [[_markdown_cell(value) for value in row] for row in frame.itertuples(index=False)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def json_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table as JSON has them: ISO dates, None for what is missing.

    Parameters
    ----------
    frame : pandas.DataFrame
        Its days are days without a time; its index is left out.

    Examples
    --------
    >>> json_rows(pd.DataFrame({"day": [pd.Timestamp("2026-09-30"), pd.NaT], "odr": [0.01, None]}))
    [{'day': '2026-09-30', 'odr': 0.01}, {'day': None, 'odr': None}]
    """
    plain = frame.copy()
    for name in plain.select_dtypes("datetime"):
        plain[name] = plain[name].dt.strftime("%Y-%m-%d")
    rows = plain.astype(object).where(plain.notna(), None).to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]


def json_number(value: float) -> float | None:
    """A number as JSON has it: None where there is none, or no end of it.

    >>> json_number(0.5), json_number(float("nan")), json_number(float("inf"))
    (0.5, None, None)
    """
    return float(value) if math.isfinite(value) else None


def _markdown_cell(value: Any) -> str:
    if pd.isna(value):
        return "–"
    if isinstance(value, date):
        return words.day(value)
    if pd.api.types.is_integer(value) and not isinstance(value, bool):
        return words.number(int(value))
    if pd.api.types.is_float(value):
        return words.significant(float(value))
    return markdown_text(str(value))


def _harmless(cell: Any) -> Any:
    if not isinstance(cell, str):
        return cell
    # Characters that show nothing do not stop every spreadsheet.
    runs = cell.startswith(FORMULA_STARTS) or first_seen(cell) in _SEEN_STARTS
    # A carriage return is quoted below, and so is as safe as a line feed.
    shown = "\r".join(map(visible, cell.split("\r")))
    return f"'{shown}" if runs else shown
