"""Check of a table of one series, title and key of its figure."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from odr_analysis import terms, words
from odr_analysis.errors import ParameterError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.legend import Legend


def check_columns(data: pd.DataFrame, columns: Sequence[str], plot: str, maker: str) -> None:
    """Refuse what is not a table with these columns.

    >>> check_columns(pd.DataFrame({"cell": []}), ["cell", "phase"], "plot_roll_off", "roll_off")
    Traceback (most recent call last):
    odr_analysis.errors.ParameterError: plot_roll_off needs a table from roll_off; it lacks: phase.
    """
    have = list(data.columns) if isinstance(data, pd.DataFrame) else []
    lacking = [name for name in columns if name not in have]
    if lacking:
        raise ParameterError(f"{plot} needs a table from {maker}; it lacks: {', '.join(lacking)}.")


def check_one_series(
    data: pd.DataFrame, columns: Sequence[str], plot: str, maker: str, *, rows: bool = False
) -> None:
    """Refuse a table that lacks columns or holds several series.

    Parameters
    ----------
    data : pandas.DataFrame
    columns : sequence of str
        What the figure needs beside ``marketplace`` and ``channel``.
    plot, maker : str
        The function that draws, and the one that makes such a table.
    rows : bool
        Whether the figure needs a row; by default a table without any passes.

    Raises
    ------
    ParameterError

    Examples
    --------
    >>> check_one_series(pd.DataFrame({"week": []}), ["week"], "plot_cohorts", "cohorts")
    Traceback (most recent call last):
    odr_analysis.errors.ParameterError: plot_cohorts needs a table from cohorts; it lacks: \
marketplace, channel.
    """
    check_columns(data, [*terms.SERIES_KEYS, *columns], plot, maker)
    series = data[list(terms.SERIES_KEYS)].drop_duplicates()
    if len(series) > 1 or (rows and series.empty):
        have = "; ".join(f"{m}, {c}" for m, c in series.itertuples(index=False)) or "none"
        raise ParameterError(
            f"{plot} draws one marketplace and channel, because rates are never pooled; this "
            f"table has: {have}. Choose one, e.g. table[table.channel == 'mfn']."
        )


def wrapped(text: str, letters: int) -> str:
    """A title in lines of at most so many letters; a number and its per cent sign stay together.

    >>> wrapped("The rate is 1.07 % today", 16).split("\\n")
    ['The rate is', '1.07\\xa0% today']
    """
    return textwrap.fill(text.replace(" %", "\u00a0%"), letters, break_on_hyphens=False)


def headline(ax: Axes, title: str, letters: int, pad: float) -> None:
    """Write a title above `ax`, with at most so many `letters` a line."""
    # Names from the exports are not formulas, whatever $ they hold.
    ax.set_title(wrapped(title, letters), pad=pad, parse_math=False)


def key(ax: Axes, handles: Sequence[Any], *, columns: int, **settings: Any) -> Legend:
    """The key of a figure, by default above its left end; it carries the ``gid`` ``legend``."""
    usual: dict[str, Any] = {
        "loc": "lower left",
        "bbox_to_anchor": (0, 1.0),
        "borderaxespad": 0.3,
        "borderpad": 0.2,
        "handlelength": 1.6,
        "handleheight": 0.9,
        "handletextpad": 0.5,
        "labelspacing": 0.25,
        "columnspacing": 1.3,
    }
    drawn = ax.legend(
        handles=list(handles),
        ncols=columns,
        frameon=False,
        fontsize="small",
        **{**usual, **settings},
    )
    drawn.set_gid("legend")
    for given, shown in zip(handles, drawn.legend_handles, strict=True):
        # A legend does not take over how strong stripes are.
        if hasattr(given, "get_hatch_linewidth") and shown is not None:
            shown.set(hatch_linewidth=given.get_hatch_linewidth())
    return drawn


def wholly(n: int, of: int, noun: str) -> str:
    """How many of a number of things, as the subject of a sentence.

    >>> wholly(8, 17, "known defect"), wholly(5, 5, "known defect"), wholly(1, 1, "known defect")
    ('8 of 17 known defects', 'all 5 known defects', 'the only known defect')
    """
    if of == 1 and n == 1:
        return f"the only {noun}"
    if n == of:
        return f"all {words.counted(of, noun)}"
    return f"{words.number(n)} of {words.counted(of, noun)}"
