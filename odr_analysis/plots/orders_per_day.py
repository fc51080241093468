"""Orders placed per day, so that a missing export shows as a hole."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from odr_analysis import terms, words
from odr_analysis.answer.parts.coverage import Coverage
from odr_analysis.plots.shared.axis import count_ticks, day_positions, months, position
from odr_analysis.plots.shared.figure import SMALLER, SMALLER_COMPACT, Figure, Frame, draws

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PAINT: dict[str, str] = {"mfn": "orders", "afn": "orders_out", "unknown": "line"}

WIDE = Frame(
    240, (44, 30, 20, 26), (10.5, 3), (0.07, 0.98, 0.8, 0.12), letters=92, pad=26, text=SMALLER
)
NARROW = Frame(
    240,
    (44, 30, 34, 26),
    (4.8, 3),
    (0.07, 0.98, 0.68, 0.12),
    letters=44,
    pad=26,
    text=SMALLER_COMPACT,
)


def placed_finding(data: Coverage) -> str:
    """What the figure shows, in one line."""
    placed = data.placed
    if placed.empty:
        return "No order in the exports counts"
    missing = data.spells[data.spells["missing"]]
    if len(missing):
        first, last = missing["first_on"].iloc[0].date(), missing["last_on"].iloc[0].date()
        more = f", and {words.counted(len(missing) - 1, 'more gap')}" if len(missing) > 1 else ""
        return f"A hole in the exports: no order from {words.span(first, last)}{more}"
    days = placed["ordered_on"].drop_duplicates()
    n = int(placed["n_orders"].sum())
    reach = words.span(days.min().date(), days.max().date())
    return (
        f"{words.counted(n, 'order')} from {reach}, about {words.number(n / len(days))} "
        "a day, with no hole"
    )


def placed_figure(data: Coverage) -> Figure:
    """The figure of :func:`plot_placed` as data."""
    return Figure("placed", placed_finding(data), partial(_draw, data), WIDE, NARROW)


@draws(placed_figure)
def plot_placed(
    data: Coverage,
    *,
    ax: Axes | None = None,
    title: str | None = None,
    theme: str = "light",
    compact: bool = False,
) -> Axes:
    """Draw the orders of every day, channels stacked, with the days that are missing marked.

    Parameters
    ----------
    data : Coverage
        From :func:`odr_analysis.answer.parts.coverage.coverage`.
    ax : matplotlib.axes.Axes, optional
        By default a new figure.
    title : str, optional
        By default what was found; '' draws none.
    theme : {"light", "dark"}
    compact : bool
        For narrow figures: fewer labels.

    Returns
    -------
    matplotlib.axes.Axes
        Artists carry a ``gid``: ``orders-<channel>``, ``missing``, ``window``.

    Examples
    --------
    >>> import pandas as pd
    >>> from odr_analysis import account_from_frames, coverage
    >>> orders = pd.DataFrame({"order_id": ["a", "b"], "ordered_on": ["2026-07-20", "2026-07-21"],
    ...                        "marketplace": "Amazon.de", "channel": "mfn"})
    >>> defects = pd.DataFrame({"order_id": ["a"], "component": "claim",
    ...                         "reported_on": ["2026-07-21"]})
    >>> account = account_from_frames(orders, defects)
    >>> from matplotlib import figure
    >>> ax = plot_placed(coverage(account), ax=figure.Figure().add_subplot())
    >>> ax.get_title(loc="left")
    '2 orders from 20 Jul to 21 Jul 2026, about 1 a day, with no hole'
    """
    return placed_figure(data).plot(ax, title=title, theme=theme, compact=compact)


def _draw(data: Coverage, ax: Axes, colours: dict[str, str], compact: bool) -> None:
    placed = data.placed
    if placed.empty:
        ax.set_axis_off()
        return
    days = day_positions(placed["ordered_on"].drop_duplicates())
    top = placed.groupby("ordered_on")["n_orders"].sum().max()
    ax.set_xlim(days[0] - 0.5, days[-1] + 0.5)
    ax.set_ylim(0, float(top) * 1.12)
    left, right = position(data.window.start) - 0.5, position(data.window.end) + 0.5
    ax.axvspan(left, right, color=colours["window"], linewidth=0, zorder=0).set_gid("window")
    ax.annotate(
        "counts" if compact else f"counts on {words.day(data.as_of)}",
        ((max(left, days[0]) + min(right, days[-1])) / 2, 1),
        xycoords=("data", "axes fraction"),
        xytext=(0, -2),
        textcoords="offset points",
        ha="center",
        va="top",
        fontsize="small",
        color=colours["muted"],
    )
    base = np.zeros(len(days))
    for channel in placed["channel"].unique():
        n = placed.loc[placed["channel"] == channel, "n_orders"].to_numpy()
        area = ax.fill_between(
            days,
            base,
            base + n,
            step="mid",
            color=colours[PAINT.get(channel, "line")],
            linewidth=0,
            label=terms.CHANNEL_LABELS.get(channel, channel),
            zorder=2,
        )
        area.set_gid(f"orders-{channel}")
        base = base + n
    for row in data.spells[data.spells["missing"]].to_dict(orient="records"):
        first, last = row["first_on"].date(), row["last_on"].date()
        start, stop = position(first) - 0.5, position(last) + 0.5
        hole = ax.axvspan(start, stop, facecolor=colours["critical_soft"], zorder=1)
        hole.set(gid="missing", edgecolor=colours["limit"], linewidth=0.8, hatch="//", fill=True)
        ax.annotate(
            "missing" if compact else f"{words.counted(row['n_days'], 'day')}\nmissing",
            ((start + stop) / 2, 0.5),
            xycoords=("data", "axes fraction"),
            ha="center",
            va="center",
            fontsize="small",
            fontweight="bold",
            color=colours["limit"],
            bbox={"facecolor": colours["card"], "linewidth": 0, "pad": 2},
            zorder=5,
        )
    ticks = count_ticks(float(top))
    ax.set_yticks(ticks, [words.number(tick) for tick in ticks])
    months(ax, every=2 if compact else 1)
    ax.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=3,
        frameon=False,
        fontsize="small",
        borderaxespad=0,
        handlelength=1.1,
        handleheight=0.9,
    )
