"""What funnel plots share: the funnel, the rates named at its right end, and sizes as orders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from odr_analysis import words
from odr_analysis.plots.shared.labels import apart, points_per_unit

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

AREA: dict[str, Any] = {"alpha": 0.7, "linewidth": 0}
OUTER: dict[str, Any] = {"linewidth": 1, "dashes": (4, 3)}
MOST_SIZES, MOST_SIZES_COMPACT = 9, 5


class Level(NamedTuple):
    """A rate with a line across: its text at the right end, its ``gid``, the name of its colour."""

    rate: float
    text: str
    gid: str
    colour: str


def draw_funnel(ax: Axes, limits: pd.DataFrame, colours: dict[str, str], outer: str) -> None:
    """Draw the limits of :func:`~odr_analysis.rates.groups.funnel`.

    The area carries the ``gid`` ``within-95``, the lines ``lower-`` and ``upper-`` with `outer`.
    """
    if limits.empty:
        return
    x, low, high = limits.n_orders, limits.lower, limits.upper
    area = ax.fill_between(x, low, high, color=colours["window"], zorder=1, **AREA)
    area.set_gid("within-95")
    for name in ("lower", "upper"):
        end = limits[f"{name}_outer"]
        (line,) = ax.plot(x, end, color=colours["muted"], zorder=1.5, **OUTER)
        line.set_gid(f"{name}-{outer}")


def funnel_keys(colours: dict[str, str], inner: str, outer: str) -> list[Artist]:
    """Keys of the area and of the outer lines, with these labels."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    return [
        Patch(label=inner, facecolor=colours["window"], **AREA),
        Line2D([], [], label=outer, color=colours["muted"], **OUTER),
    ]


def draw_levels(
    ax: Axes, levels: Sequence[Level], colours: dict[str, str], *, compact: bool
) -> None:
    """Draw a line across at each rate, named at the right end; no name hides another."""
    _, per_rate = points_per_unit(ax)
    gap = (22 if compact else 15) / per_rate
    for level, y in zip(levels, apart([level.rate for level in levels], gap), strict=True):
        colour = colours[level.colour]
        ax.axhline(level.rate, color=colour, linewidth=1.2, zorder=2).set_gid(level.gid)
        ax.annotate(
            level.text,
            (1, level.rate),
            xycoords=("axes fraction", "data"),
            xytext=(6, (y - level.rate) * per_rate),
            textcoords="offset points",
            va="center",
            color=colour,
            fontsize="small",
            annotation_clip=False,
        ).set_gid(f"label-{level.gid}")


def name_sizes(ax: Axes, label: str, *, compact: bool) -> None:
    """Name orders along the bottom, on a logarithmic scale by 1, 2 and 5 where there is room."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

    axis = ax.xaxis
    if ax.get_xscale() == "log":
        low, high = ax.get_xlim()
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        most = MOST_SIZES_COMPACT if compact else MOST_SIZES
        if sum(low <= size <= high for size in axis.get_majorticklocs()) > most:
            axis.set_major_locator(LogLocator(subs=(1,)))
        axis.set_minor_locator(NullLocator())
        axis.set_minor_formatter(NullFormatter())
    else:
        ax.locator_params(axis="x", nbins=4 if compact else 8, integer=True)
    axis.set_major_formatter(FuncFormatter(lambda n, _: words.number(n)))
    ax.set_xlabel(label, fontsize="small", loc="left")
