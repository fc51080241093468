"""What came into the numerator and what went out of it between two days."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pandas as pd

from odr_analysis import style, words
from odr_analysis.errors import ParameterError

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_moved(
    data: pd.DataFrame,
    *,
    ax: Axes | None = None,
    title: str | None = None,
    theme: str = "light",
    compact: bool = False,
) -> Axes:
    """Draw the steps from one day's defective orders to another's.

    Parameters
    ----------
    data : pandas.DataFrame
        One row of ``what_moved``: one marketplace and channel.
    ax : matplotlib.axes.Axes, optional
        By default a new figure.
    title : str, optional
        By default how the rate changed; '' draws none.
    theme : {"light", "dark"}
    compact : bool
        For narrow figures: fewer labels.

    Returns
    -------
    matplotlib.axes.Axes
        Bars carry the ``gid`` ``before``, ``entered``, ``reported-late``, ``left``, ``after``;
        each step starts where the one before it ended, so the last bar is where they end.

    Raises
    ------
    ParameterError
        `data` has no row, or more than one.
    """
    if len(data) != 1:
        raise ParameterError(
            f"plot_moved draws one marketplace and channel, got {len(data)} rows. "
            "Choose one, e.g. table[table.channel == 'mfn']."
        )
    row = data.iloc[0]
    with style.drawing(theme, size=10.5 if compact else 12) as colours:
        if ax is None:
            import matplotlib.pyplot as plt

            figure = plt.figure(figsize=(4.8, 3.2) if compact else (10.5, 2.8))
            figure.subplots_adjust(
                left=0.26, right=0.97, top=0.72 if compact else 0.86, bottom=0.04
            )
            ax = figure.add_subplot()
        _draw(ax, row, colours, compact)
        said = moved_finding(row) if title is None else title
        ax.set_title(textwrap.fill(said, 30 if compact else 80))
    return ax


def moved_finding(row: pd.Series) -> str:
    """How the rate changed, in one line."""
    name = words.series(row["marketplace"], row["channel"])
    if not row["from_n_orders"] and not row["to_n_orders"]:
        return f"{name}: no order counts on either day"
    rates = [
        words.rate(int(row[f"{when}_n_defective"]), int(row[f"{when}_n_orders"]))
        for when in ("from", "to")
    ]
    came = int(row["defects_entered"] + row["defects_reported_late"])
    left = int(row["defects_left"])
    return (
        f"{name}: {rates[0]} became {rates[1]}; {words.counted(came, 'defective order')} came, "
        f"{words.number(left) if left else 'none'} left"
    )


def _draw(ax: Axes, row: pd.Series, colours: dict[str, str], compact: bool) -> None:
    before, after = int(row["from_n_defective"]), int(row["to_n_defective"])
    entered, late, left = (int(row[f"defects_{w}"]) for w in ("entered", "reported_late", "left"))
    bars = [
        (
            "before",
            0,
            before,
            "orders",
            f"{words.number(before)} of {words.counted(int(row['from_n_orders']), 'order')}",
        ),
        ("entered", before, entered, "critical", f"+{entered}" if entered else "none"),
        ("reported-late", before + entered, late, "critical", f"+{late}" if late else "none"),
        ("left", before + entered + late - left, left, "healthy", f"−{left}" if left else "none"),
        (
            "after",
            0,
            after,
            "orders",
            f"{words.number(after)} of {words.counted(int(row['to_n_orders']), 'order')}",
        ),
    ]
    names = {
        "before": "defective before",
        "entered": "came in with new orders" if not compact else "new orders",
        "reported-late": "reported on orders in it" if not compact else "reported late",
        "left": "left with old orders" if not compact else "left",
        "after": "defective now",
    }
    most = max(before + entered + late, after, 1)
    for place, (gid, start, width, role, said) in enumerate(bars):
        bar = ax.barh(place, width, left=start, height=0.62, color=colours[role], linewidth=0)[0]
        bar.set_gid(gid)
        ax.annotate(
            said,
            (start + width, place),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontweight="bold" if gid in ("before", "after") else "normal",
        )
        if place < len(bars) - 1:
            end = start if gid == "left" else start + width
            ax.plot([end, end], [place - 0.31, place + 1.31], color=colours["muted"], linewidth=0.8)
    ax.set_yticks(range(len(bars)), [names[gid] for gid, *_ in bars])
    ax.tick_params(axis="y", labelcolor=colours["ink"])
    ax.set_ylim(len(bars) - 0.5, -0.5)
    ax.set_xlim(0, most * (1.5 if compact else 1.25))
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
