"""Findings for machines: the summary as plain data with its schema, CSV safe to open, Markdown."""

from __future__ import annotations

import html
import json
import math
import re
from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from odr_analysis import words
from odr_analysis.account import Account
from odr_analysis.answer.day import account_day
from odr_analysis.answer.known import ComponentKnown, SeriesKnown, freshness
from odr_analysis.versions import versions
from odr_analysis.visible import first_seen, visible

SCHEMA_VERSION = "2.0"

RATE_FIELDS = ("n_orders", "n_defective", "odr", "n_feedback", "n_claim", "n_chargeback")

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A text cell that begins so is run by a spreadsheet instead of shown."""
_SEEN_STARTS = frozenset("=+-@＝＋－＠")
"""The same, whatever characters that show nothing stand before; full width counts in Japan."""


def to_summary(account: Account, as_of: date | str | None = None) -> dict[str, Any]:
    """The answer of one day as plain data, ready for JSON.

    Parameters
    ----------
    account : Account
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        By default (None or '') the latest day the exports know of.

    Returns
    -------
    dict
        ``schema_version, account, as_of, policy, window{from, to, days, lag_days}, rates,
        freshness, receipt, versions``. ``rates`` has one entry per marketplace and channel:
        ``marketplace, channel, n_orders, n_defective, odr, n_feedback, n_claim, n_chargeback,
        state, lower_bound, official, missing, coverage, window_complete, defect_budget``.
        ``state`` is ``unknown`` where the counts look healthy and something in ``missing`` is not
        known; where ``lower_bound`` is true, more orders may be defective than the files hold;
        where it is false, they hold all that was reported up to the days in ``coverage``;
        ``official`` has the counts of Amazon's own report of the same window (None without);
        ``coverage`` has one entry per kind of defect, with the days and files it rests on. Days
        are ISO text;
        ``odr`` is an unrounded fraction 0-1 and None without orders; ``defect_budget`` is how many
        more defective orders fit under the target, negative when over it; where ``lower_bound``
        is true, at most so many. ``summary.schema.json`` in this package says the same
        in JSON Schema.

    Raises
    ------
    ParameterError
        `as_of` is no date.

    Examples
    --------
    >>> from odr_analysis import load_sample
    >>> summary = to_summary(load_sample())
    >>> summary["window"]["days"], sorted({rate["channel"] for rate in summary["rates"]})
    (60, ['afn', 'mfn'])
    """
    on = account_day(account, as_of)
    day, known, policy = on.as_of, on.known, account.policy
    window = policy.window(day)
    summary = {
        "schema_version": SCHEMA_VERSION,
        "account": account.name,
        "as_of": day.isoformat(),
        "policy": policy.to_dict(),
        "window": {
            "from": window.start.isoformat(),
            "to": window.end.isoformat(),
            "days": window.days,
            "lag_days": policy.lag_days,
        },
        "rates": [
            _rate(account, row, known[row["marketplace"], row["channel"]])
            for row in on.today.to_dict(orient="records")
        ],
        "freshness": list(freshness(known.values(), day)),
        "receipt": account.receipt.to_dict(),
        "versions": versions(),
    }
    plain: dict[str, Any] = _plain(summary)
    return plain


def _rate(account: Account, row: dict[Any, Any], known: SeriesKnown) -> dict[str, Any]:
    d, n = int(row["n_defective"]), int(row["n_orders"])
    leading = known.leading(d, n)
    return {
        "marketplace": row["marketplace"],
        "channel": row["channel"],
        **{name: row[name] for name in RATE_FIELDS},
        "state": known.state(account.policy, d, n),
        "lower_bound": known.lower_bound or leading is not None,
        "official": known.official
        and {
            "n_defective": known.official[0],
            "n_orders": known.official[1],
            "file": known.official_file,
        },
        "missing": list(known.missing),
        "coverage": [_covered(part) for part in known.components],
        "window_complete": row["window_complete"],
        "defect_budget": account.policy.defect_budget(*(leading or (d, n))) if n else None,
    }


def _covered(part: ComponentKnown) -> dict[str, Any]:
    """What one kind of defect rests on."""
    return {
        "component": part.component,
        "state": part.state,
        "from": part.first,
        "to": part.last,
        "why": part.why,
        "sources": [
            {
                "file": s.file,
                "kind": s.kind,
                "grade": s.cover.grade,
                "by": s.cover.by,
                "from": s.cover.first,
                "to": s.cover.last,
                "why": s.cover.why,
            }
            for s in part.sources
        ],
    }


def _plain(value: Any) -> Any:
    """What JSON can carry: own types for numpy's, None for NaN, ISO text for days."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.isoformat() if isinstance(value, date) else value


def save_summary(summary: dict[str, Any], path: str | Path) -> Path:
    """Write a summary as JSON; returns the path.

    Raises
    ------
    ValueError
        The summary holds a number JSON cannot carry.
    """
    path = Path(path)
    text = json.dumps(summary, indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def summary_schema() -> dict[str, Any]:
    """The JSON Schema of :func:`to_summary`.

    >>> summary_schema()["title"]
    'ODR summary'
    """
    text = files("odr_analysis").joinpath("summary.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


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
    safe = frame.copy()
    safe.columns = pd.Index([_harmless(name) for name in frame.columns])
    for place, dtype in enumerate(frame.dtypes):
        if pd.api.types.is_object_dtype(dtype) or isinstance(
            dtype, pd.CategoricalDtype | pd.StringDtype
        ):
            column = frame.iloc[:, place].astype(object).map(_harmless)
            safe.isetitem(place, column.array)
    # With this line end a carriage return inside a cell is quoted too, and cannot split a row.
    safe.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")
    return path


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


def _markdown_cell(value: Any) -> str:
    if pd.isna(value):
        return "–"
    if isinstance(value, date):
        return words.day(value)
    if pd.api.types.is_integer(value) and not isinstance(value, bool):
        return words.number(int(value))
    if pd.api.types.is_float(value):
        return f"{value:.3g}"
    return markdown_text(str(value))


def _harmless(cell: Any) -> Any:
    if not isinstance(cell, str):
        return cell
    # Characters that show nothing do not stop every spreadsheet.
    runs = cell.startswith(FORMULA_STARTS) or first_seen(cell) in _SEEN_STARTS
    # A carriage return is quoted below, and so is as safe as a line feed.
    shown = "\r".join(map(visible, cell.split("\r")))
    return f"'{shown}" if runs else shown
