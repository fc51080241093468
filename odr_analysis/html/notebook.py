"""Tables, figures and sentences of a notebook, in the look of the report."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from odr_analysis import terms, words
from odr_analysis.html.figures import titled
from odr_analysis.html.render import Shown, captioned
from odr_analysis.plots.shared.figure import figure_of
from odr_analysis.policy import Policy

MOST_ROWS = 25
LONGEST = 80
"""Characters of a text in a table; the whole of it is in the cell's tooltip."""

NO_VALUE = "–"

HEADS: dict[str, str] = {
    "odr": "ODR",
    "as_of": "day",
    "order_id": "order",
    "ordered_on": "placed",
    "n_shown": "shown",
    "n_known_now": "known now",
    "n_since": "reported since",
    "shown_odr": "ODR shown",
    "known_now_odr": "ODR known now",
    "from_n_orders": "orders before",
    "from_n_defective": "defective before",
    "from_odr": "ODR before",
    "to_n_orders": "orders now",
    "to_n_defective": "defective now",
    "to_odr": "ODR now",
    "rest_rate": "rate of the rest",
    "shrunk": "likely rate",
    "mix_effect": "other mix",
    "rate_effect": "worse or better groups",
    **{
        f"credit_{c}": f"from {label}s" if c != "feedback" else "from negative feedback"
        for c, label in terms.COMPONENT_LABELS.items()
    },
    **{
        f"without_{c}": f"without {label}s" if c != "feedback" else "without negative feedback"
        for c, label in terms.COMPONENT_LABELS.items()
    },
    "n_expected": "expected",
    "why_not": "why not",
    "sha256": "SHA-256",
    "sku": "SKU",
    "leaves_on": "last counts on",
    **{f"n_{c}": f"{label}s" for c, label in terms.COMPONENT_LABELS.items() if c != "feedback"},
    "n_feedback": "negative feedback",
    **{
        f"n_{cell}": f"only {label}"
        for cell, label in terms.CELL_LABELS.items()
        if cell.endswith("_only")
    },
    **{
        f"n_{cell}": label
        for cell, label in terms.CELL_LABELS.items()
        if not cell.endswith("_only")
    },
}
"""Column to its heading where the name with spaces would not do."""

RATES: dict[str, tuple[str, str]] = {
    "odr": ("n_defective", "n_orders"),
    "from_odr": ("from_n_defective", "from_n_orders"),
    "to_odr": ("to_n_defective", "to_n_orders"),
    "shown_odr": ("n_shown", "n_orders"),
    "known_now_odr": ("n_known_now", "n_orders"),
    "rate": ("n_defective", "n_orders"),
}
"""Rate to the counts it is made of, which say how many digits it deserves."""

FRACTIONS = (
    *("lower", "upper", "level", "rest_rate", "shrunk", "p_value", "p_adjusted", "q_value"),
    *(f"{what}_{c}" for what in ("credit", "without") for c in terms.COMPONENTS),
)
CHANGES = ("change", "effect", "mix_effect", "rate_effect")
"""Differences of rates, told in points."""


def show_table(
    table: pd.DataFrame | pd.Series,
    caption: str = "",
    *,
    most: int = MOST_ROWS,
    heads: Mapping[str, str] | None = None,
    empty: str = "Nothing to list.",
) -> Shown:
    """A table to look at: counts grouped, rates and probabilities as per cent, days in words.

    Parameters
    ----------
    table : pandas.DataFrame or pandas.Series
        What to show, in its order; a named index becomes columns. A marketplace that is the
        same in every row is left out, and so is a column of texts that are all empty.
    caption : str
        Stands above the table.
    most : int
        Rows shown; how many more there are is said below.
    heads : mapping, optional
        Column to its heading, where the usual one does not fit.
    empty : str
        What to say instead of a table without rows.

    Returns
    -------
    Shown
        Every word from the exports is escaped. ``str`` of it is the whole table, unrounded.

    Examples
    --------
    >>> rates = pd.DataFrame({"channel": ["mfn"], "n_orders": [4312], "n_defective": [37],
    ...                       "odr": [37 / 4312]})
    >>> "<td class='odr-num'>0.86 %</td>" in show_table(rates).html
    True
    """
    if isinstance(table, pd.Series):
        table = table.to_frame(table.name if table.name is not None else "n")
    if any(name is not None for name in table.index.names):
        table = table.reset_index()
    text = f"{caption}\n{table.to_string(index=False)}" if caption else table.to_string(index=False)
    title = f"<h3>{escape(caption)}</h3>" if caption else ""
    if table.empty:
        return Shown(_part(f"{title}<p>{escape(empty)}</p>"), f"{caption}\n{empty}".strip())
    table = table.set_axis([str(name) for name in table.columns], axis=1)
    if "marketplace" in table and table["marketplace"].nunique() == 1 and table.shape[1] > 2:
        table = table.drop(columns="marketplace")
    said = [n for n in table if pd.api.types.is_string_dtype(table[n]) and not table[n].any()]
    table = table.drop(columns=said)
    names = list(table.columns)
    shown = table.head(most)
    cells = {name: _cells(shown, name) for name in names}
    numeric = {name for name in names if _is_number(shown[name])}
    named = {**HEADS, **(heads or {})}
    head = "".join(
        f"<th scope='col'{_num(name in numeric)}>{escape(_head(name, named))}</th>"
        for name in names
    )
    rows = "".join(
        "<tr>"
        + "".join(f"<td{_num(name in numeric)}>{cells[name][i]}</td>" for name in names)
        + "</tr>"
        for i in range(len(shown))
    )
    more = len(table) - len(shown)
    left_out = f"<p class='odr-small'>{words.counted(more, 'more row')}.</p>" if more else ""
    label = escape(caption or "Table")
    body = (
        f"{title}<div class='odr-scroll' tabindex='0' role='region' aria-label='{label}'>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>{left_out}"
    )
    return Shown(_part(body), text)


def show_figure(
    plot: Callable[..., Any],
    data: Any,
    *,
    height: int | None = None,
    of: str = "",
    **settings: Any,
) -> Shown:
    """A figure to look at, in the theme of JupyterLab, with its finding above it.

    Parameters
    ----------
    plot : callable
        One of ``plot_odr``, ``plot_placed``, ``plot_bridge``, ...
    data : table or section the plot takes
    height : int, optional
        Of the figure, in pixels; by default what such a figure needs. Small multiples always
        have the height of their panels.
    of : str
        Whose figure it is, said before a finding that does not begin with it.
    **settings
        Other arguments of `plot` that concern `data`, e.g. ``policy``.

    Returns
    -------
    Shown
        Inline SVG whose text for those who cannot see it is the finding.

    Raises
    ------
    ParameterError
        `plot` is not one of these, or `data` not what it draws.

    Examples
    --------
    >>> from odr_analysis import plot_triangle
    >>> weeks = pd.DataFrame({"marketplace": "Amazon.de", "channel": ["mfn", "afn"],
    ...     "week": pd.Timestamp("2026-08-03"), "age_weeks": 0, "n_orders": 200,
    ...     "n_defective": 0, "mature": True})
    >>> show_figure(plot_triangle, weeks[weeks.channel == "mfn"], height=200)
    No defect is known of 200 orders
    """
    figure = titled(figure_of(plot, data, **settings), of)
    return Shown(_part(captioned(figure, height)), figure.finding)


def show_each(
    plot: Callable[..., Any],
    table: pd.DataFrame,
    *,
    height: int | None = None,
    most: int = 4,
    **settings: Any,
) -> Shown:
    """A figure for every marketplace and channel of a table; rates are never pooled.

    Parameters
    ----------
    plot : callable
        Takes the rows of one marketplace and channel.
    table : pandas.DataFrame
        With columns ``marketplace`` and ``channel``; figures come in its order.
    height : int, optional
    most : int
        Figures drawn; how many more there would be is said below.
    **settings
        As of :func:`show_figure`.

    Examples
    --------
    >>> from odr_analysis import plot_triangle
    >>> weeks = pd.DataFrame({"marketplace": "Amazon.de", "channel": ["mfn", "afn"],
    ...     "week": pd.Timestamp("2026-08-03"), "age_weeks": 0, "n_orders": [200, 100],
    ...     "n_defective": 0, "mature": True})
    >>> show_each(plot_triangle, weeks)
    Seller-fulfilled: No defect is known of 200 orders
    Amazon-fulfilled: No defect is known of 100 orders
    """
    keys = list(terms.SERIES_KEYS)
    series = table[keys].drop_duplicates().to_numpy().tolist()
    one_store = table["marketplace"].nunique() <= 1
    drawn = [
        show_figure(
            plot,
            table[(table[keys] == one).all(axis=1)],
            height=height,
            of=words.series(*one, alone=one_store) if len(series) > 1 else "",
            **settings,
        )
        for one in series[:most]
    ]
    if len(series) > most:
        drawn.append(
            show_lines([f"{words.counted(len(series) - most, 'more channel')} not drawn."])
        )
    if not drawn:
        drawn = [show_lines(["There is nothing to draw: no order counts."])]
    return Shown("\n".join(d.html for d in drawn), "\n".join(d.text for d in drawn))


def show_lines(lines: Iterable[str], headline: str = "") -> Shown:
    """Sentences to look at, one below the other.

    >>> print(show_lines(["One < two."], "Two things"))
    Two things
    One < two.
    """
    lines = list(lines)
    title = f"<h2>{escape(headline)}</h2>" if headline else ""
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    body = f"{title}<ul class='odr-lines'>{items}</ul>"
    return Shown(_part(body), "\n".join(filter(None, [headline, *lines])))


def _part(body: str) -> str:
    return f"<section class='odr odr-part'>{body}</section>"


def _head(name: str, named: Mapping[str, str]) -> str:
    words_of = named.get(name) or re.sub(r"_on$", "", name.removeprefix("n_")).replace("_", " ")
    return words_of[0].upper() + words_of[1:] if words_of else ""


def _is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _num(right: bool) -> str:
    return " class='odr-num'" if right else ""


def _cells(table: pd.DataFrame, name: Any) -> list[Markup]:
    column = table[name]
    if name in RATES and set(RATES[name]) <= set(table.columns):
        counts = zip(*(table[c] for c in RATES[name]), strict=True)
        return [escape(words.rate(int(d), int(n))) for d, n in counts]
    return [_cell(value, str(name)) for value in column]


def _cell(value: Any, name: str) -> Markup:
    if pd.isna(value):
        return escape(NO_VALUE)
    if isinstance(value, (pd.Timestamp, date)):
        return Markup("<span class='odr-whole'>{}</span>").format(words.day(value))
    if pd.api.types.is_bool(value):
        return escape("yes" if value else "no")
    if pd.api.types.is_integer(value):
        return escape(words.number(int(value)))
    if pd.api.types.is_float(value):
        if name in RATES or name in FRACTIONS:
            return escape(words.percent(float(value), (Policy().target, Policy().warning_from)))
        if name.startswith("p_") or name.endswith("_p_breach"):
            return escape(words.probability(float(value)))
        if name in CHANGES:
            return escape(words.points(float(value)))
        # Orders still to come are a mean, but nobody has three tenths of an order.
        return escape(words.decimal(float(value), 0 if name.endswith("n_orders") else 1))
    return _text(str(value), name)


def _text(value: str, name: str) -> Markup:
    if name == "channel":
        return Markup("<span class='odr-whole'>{}</span>").format(words.channel(value))
    if name == "component":
        return escape(terms.COMPONENT_LABELS.get(value, value))
    if name == "sha256":
        return Markup("<code title='{}'>{}</code>").format(value, value[:12])
    if name == "order_id":
        return Markup("<span class='odr-id'>{}</span>").format(value)
    short = words.opening(value, LONGEST)
    return (
        escape(short)
        if short == value
        else Markup("<span title='{}'>{}</span>").format(value, short)
    )
