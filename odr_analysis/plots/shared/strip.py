"""Strip below a figure of days: the orders placed per day, those that count highlighted."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from odr_analysis import style, words
from odr_analysis.plots.shared.axis import day_positions, position, steps
from odr_analysis.policy import Policy

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHARE = 0.2
"""Height of the strip, as a share of the whole."""

TEXT_SMALL = style.TEXT * 0.833
"""Size of small text, in points."""


def strip_below(
    ax: Axes,
    daily: pd.DataFrame,
    as_of: date,
    policy: Policy,
    colours: dict[str, str],
    *,
    compact: bool,
) -> Axes:
    """Take the lower part of `ax` for the orders placed per day.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Of days; its limits are those of the strip.
    daily : pandas.DataFrame
        One row per day: ``ordered_on`` and ``n_orders``.
    as_of : datetime.date
        Day whose window is highlighted, in both.
    policy : Policy
    colours : dict of str to str
    compact : bool

    Returns
    -------
    matplotlib.axes.Axes
        The strip, ``gid`` ``strip``; its areas are ``orders`` and ``counted``, and ``window`` is
        the highlight.
    """
    box = ax.get_position()
    height = box.height * SHARE
    figure = ax.get_figure()
    assert figure is not None
    strip = figure.add_axes((box.x0, box.y0, box.width, height), sharex=ax)
    # Between the two stands one line of text, whatever the height of the figure.
    gap = 2.2 * TEXT_SMALL / 72 / figure.get_figure(root=True).get_figheight()
    lower = box.y0 + height + gap
    ax.set_position((box.x0, lower, box.width, box.y1 - lower))
    ax.tick_params(labelbottom=False, bottom=False)
    window = policy.window(as_of)
    first, last = position(window.start) - 0.5, position(window.end) + 0.5
    days = day_positions(daily["ordered_on"])
    n = daily["n_orders"].to_numpy(np.int64)
    inside = (days >= first) & (days <= last)
    for which, colour, name in ((~inside, "orders_out", "orders"), (inside, "orders", "counted")):
        x, high = steps(days, np.where(which, n, 0))
        strip.fill_between(x, high, color=colours[colour], linewidth=0).set(gid=name, zorder=2)
    for axes in (ax, strip):
        band = axes.axvspan(first, last, color=colours["window"], linewidth=0, alpha=0.55)
        band.set(gid="window", zorder=0.5)
    most = max(int(n.max(initial=0)), 1)
    strip.set_ylim(0, most * 1.08)
    strip.set_yticks([0, most], ["0", words.number(most)])
    strip.tick_params(labelsize="small")
    label = "orders a day; highlighted: counted today"
    if not compact:
        dates = words.span(window.start, window.end, as_of.year)
        label = f"orders placed per day; highlighted: those counted today ({dates})"
    strip.annotate(
        label,
        (0, 1),
        xycoords="axes fraction",
        xytext=(0, 4),
        textcoords="offset points",
        color=colours["muted"],
        fontsize="small",
    )
    strip.set_gid("strip")
    return strip
