"""When known defects leave the window, and when those on young orders enter it."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from odr_analysis import style, terms, words
from odr_analysis.answer.parts.ahead import Ahead
from odr_analysis.errors import ParameterError
from odr_analysis.plots.shared.axis import day_positions, months, position
from odr_analysis.plots.shared.common import check_columns
from odr_analysis.plots.shared.figure import Figure, Frame, draws

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NEEDED = ("cell", "enters_on", "leaves_on", "phase")

WIDE = Frame(190, (26, 26, 8, 24), (10.5, 3.2), (0.06, 0.98, 0.76, 0.12), letters=76, pad=28)
NARROW = Frame(
    200,
    (24, 46, 8, 22),
    (4.8, 3.8),
    (0.06, 0.98, 0.66, 0.1),
    letters=38,
    pad=48,
    text=style.TEXT_COMPACT,
)


def roll_off_finding(table: pd.DataFrame, as_of: date) -> str:
    """What the figure shows, in one line.

    >>> empty = pd.DataFrame({"phase": [], "leaves_on": pd.to_datetime([])})
    >>> roll_off_finding(empty, date(2026, 9, 30))
    'No known defect is in the window'
    """
    inside = table[table["phase"] == "counts"]
    if inside.empty:
        return "No known defect is in the window"
    month = pd.Timestamp(as_of) + pd.Timedelta(days=30)
    soon = int((inside["leaves_on"] < month).sum())
    first = inside["leaves_on"].min().date() + timedelta(days=1)
    said, leave = words.counted(len(inside), "known defect"), "leaves" if soon == 1 else "leave"
    return (
        f"{words.number(soon)} of {said} {leave} within 30 days, the first on "
        f"{words.day(first, as_of.year)}"
    )


def roll_off_counts(table: pd.DataFrame, as_of: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Defective orders per day and cell that leave, and that enter.

    Returns
    -------
    (pandas.DataFrame, pandas.DataFrame)
        One row per day on which orders leave (enter), index ``day``, one int64 column per cell
        of ``terms.DEFECT_CELLS``. An order leaves on the day after its last.
    """
    gone = table.assign(day=table["leaves_on"] + pd.Timedelta(days=1))
    # A table made for an earlier day may hold orders that are gone by now.
    gone = gone[gone["day"] > pd.Timestamp(as_of)]
    coming = table[table["phase"] != "counts"]
    return _per_day(gone), _per_day(coming.assign(day=coming["enters_on"]))


def _per_day(rows: pd.DataFrame) -> pd.DataFrame:
    counts = rows.groupby(["day", "cell"]).size().unstack(fill_value=0)
    return counts.reindex(columns=list(terms.DEFECT_CELLS), fill_value=0).astype("int64")


def roll_off_figure(data: Ahead | pd.DataFrame, *, as_of: date | None = None) -> Figure:
    """The figure of :func:`plot_roll_off` as data."""
    table, today = _table(data, as_of)
    finding = roll_off_finding(table, today)
    draw = partial(_draw, *roll_off_counts(table, today), today)
    alt = (
        f"{finding}. Known defective orders by the day they enter (up) and leave (down) the window."
    )
    return Figure("roll-off", finding, draw, WIDE, NARROW, alt)


@draws(roll_off_figure)
def plot_roll_off(
    data: Ahead | pd.DataFrame,
    *,
    ax: Axes | None = None,
    as_of: date | None = None,
    title: str | None = None,
    theme: str = "light",
    compact: bool = False,
) -> Axes:
    """Draw the days on which known defective orders enter (up) and leave (down) the window.

    Parameters
    ----------
    data : Ahead or pandas.DataFrame
        ``findings(account).ahead``, or a ``defective_orders`` table (of one series or several).
    ax : matplotlib.axes.Axes, optional
        By default a new figure.
    as_of : datetime.date, optional
        The day the table was made for; needed with a DataFrame.
    title : str, optional
        By default how many leave and when the first does; '' draws none.
    theme : {"light", "dark"}
    compact : bool
        For narrow figures: fewer labels.

    Returns
    -------
    matplotlib.axes.Axes
        Bars carry the ``gid`` ``leaves-<cell>`` or ``enters-<cell>``. A bar that leaves stands
        on the first day on which its orders no longer count.

    Raises
    ------
    ParameterError
        A DataFrame came without `as_of`, or lacks columns of ``defective_orders``.

    Examples
    --------
    An order of 18 Jul counts for the last time on 30 Sep:

    >>> from matplotlib import figure
    >>> table = pd.DataFrame({"cell": ["claim_only"], "phase": ["counts"],
    ...     "enters_on": pd.to_datetime(["2026-08-02"]),
    ...     "leaves_on": pd.to_datetime(["2026-09-30"])})
    >>> ax = plot_roll_off(table, as_of=date(2026, 9, 20), ax=figure.Figure().add_subplot())
    >>> ax.get_title(loc="left")
    '1 of 1 known defect leaves within 30 days, the first on 1 Oct'
    """
    figure = roll_off_figure(data, as_of=as_of)
    return figure.plot(ax, title=title, theme=theme, compact=compact)


def _table(data: Ahead | pd.DataFrame, as_of: date | None) -> tuple[pd.DataFrame, date]:
    if isinstance(data, Ahead):
        return data.defects, data.as_of
    check_columns(data, NEEDED, "plot_roll_off", "defective_orders")
    if as_of is None:
        raise ParameterError("plot_roll_off needs as_of, the day the table was made for.")
    return data, as_of


def _draw(
    leaves: pd.DataFrame,
    enters: pd.DataFrame,
    today: date,
    ax: Axes,
    colours: dict[str, str],
    compact: bool,
) -> None:
    names: set[str] = set()
    for way, counts, sign in (("leaves", leaves, -1), ("enters", enters, 1)):
        days = day_positions(counts.index.to_series())
        base = np.zeros(len(days), dtype=np.int64)
        for cell, (fill, stripes) in style.CELL_PAINT.items():
            n = counts[cell].to_numpy()
            if not n.any():
                continue
            bars = ax.bar(
                days,
                sign * n,
                bottom=sign * base,
                width=0.86,
                color=colours[fill],
                label="_" if cell in names else terms.CELL_LABELS[cell],
                linewidth=0,
                zorder=2,
                hatch=style.HATCH if stripes else None,
                hatchcolor=colours[stripes or fill],
            )
            names.add(cell)
            for bar in bars:
                bar.set_gid(f"{way}-{cell}")
            base = base + n
    start = position(today)
    last = max(
        [
            start + 30,
            *day_positions(leaves.index.to_series()),
            *day_positions(enters.index.to_series()),
        ]
    )
    ax.set_xlim(start - 0.5, last + 1.5)
    down, up = (int(t.sum(axis=1).max()) if len(t) else 0 for t in (leaves, enters))
    ax.set_ylim(-max(down, 1) - 0.6, max(up, 1) + 0.6)
    ax.axhline(0, color=colours["muted"], linewidth=1, zorder=3)
    ax.axvline(start, color=colours["ink"], linewidth=1, zorder=3).set_gid("as-of")
    ticks = sorted({-down, 0, up})
    ax.set_yticks(ticks, [words.number(abs(t)) for t in ticks])
    ax.spines["bottom"].set_visible(False)
    for text, y, align, there in (("enter", 1, "top", up), ("leave", 0, "bottom", down)):
        if not there:
            continue
        ax.annotate(
            text,
            (1, y),
            xycoords="axes fraction",
            ha="right",
            va=align,
            color=colours["muted"],
            fontsize="small",
        )
    months(ax)
    if names:
        ax.legend(
            loc="lower left",
            bbox_to_anchor=(0, 1.0),
            ncols=2 if compact else 7,
            frameon=False,
            fontsize="small",
            borderaxespad=0,
            handlelength=1.1,
            handleheight=0.9,
        )
