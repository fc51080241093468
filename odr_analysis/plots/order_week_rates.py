"""Order weeks compared at equal maturity: the p' chart of shift or noise."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from odr_analysis import terms, words
from odr_analysis.plots.shared.axis import day_positions, months, name_rates
from odr_analysis.plots.shared.common import check_one_series, key
from odr_analysis.plots.shared.figure import SMALLER, SMALLER_COMPACT, Figure, Frame, draws

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NEEDED = ("week", "n_orders", "mature_orders", "rate", "centre", "lower", "upper", "outside")
YOUNG = 0.5
"""Weeks of which less than this share of reports is expected to be in are drawn hollow."""

WIDE = Frame(
    280, (44, 30, 20, 26), (10.5, 3.5), (0.07, 0.98, 0.75, 0.1), letters=80, pad=26, text=SMALLER
)
NARROW = Frame(
    280,
    (44, 48, 14, 26),
    (4.8, 3.6),
    (0.12, 0.97, 0.64, 0.1),
    letters=36,
    pad=44,
    text=SMALLER_COMPACT,
)


def order_weeks_finding(data: pd.DataFrame) -> str:
    """How many order weeks are beyond their limits, in one line.

    >>> week = pd.to_datetime(["2026-08-03", "2026-08-10"])
    >>> table = pd.DataFrame({"week": week, "channel": "mfn", "outside": ["", "above"]})
    >>> order_weeks_finding(table)
    'Seller-fulfilled: 1 of 2 order weeks is above what noise allows, the latest of 10 Aug'
    """
    name = words.channel(data["channel"].iloc[0])
    above = data[data["outside"] == "above"]
    below = data[data["outside"] == "below"]
    if above.empty and below.empty:
        return f"{name}: no order week is outside what noise allows"
    rows, where = (below, "below") if above.empty else (above, "above")
    latest = words.day(rows["week"].max().date(), data["week"].max().year)
    weeks = words.counted(len(data), "order week")
    return (
        f"{name}: {words.number(len(rows))} of {weeks} {'is' if len(rows) == 1 else 'are'} {where} "
        f"what noise allows, the latest of {latest}"
    )


def order_weeks_figure(data: pd.DataFrame) -> Figure:
    """The figure of :func:`plot_order_weeks` as data."""
    check_one_series(data, NEEDED, "plot_order_weeks", "shift", rows=True)
    table = data.sort_values("week")
    finding = order_weeks_finding(table)
    alt = f"{finding}. Rate of each order week at equal maturity, between its limits."
    name = "order-weeks-" + "-".join(table[list(terms.SERIES_KEYS)].iloc[0]).lower()
    return Figure(name.replace(".", "-"), finding, partial(_draw, table), WIDE, NARROW, alt)


@draws(order_weeks_figure)
def plot_order_weeks(
    data: pd.DataFrame,
    *,
    ax: Axes | None = None,
    title: str | None = None,
    theme: str = "light",
    compact: bool = False,
) -> Axes:
    """Draw order weeks at equal maturity between the limits of noise.

    Parameters
    ----------
    data : pandas.DataFrame
        Rows of ``shift(account).weeks`` of one marketplace and channel.
    ax : matplotlib.axes.Axes, optional
        By default a new figure.
    title : str, optional
        By default how many weeks are beyond their limits; '' draws none.
    theme : {"light", "dark"}
    compact : bool
        For narrow figures.

    Returns
    -------
    matplotlib.axes.Axes
        Artists carry the ``gid`` ``limits`` (the band), ``centre``, ``weeks`` (one dot each),
        ``young`` (hollow, less than half of the reports expected to be in) and ``outside``.

    Raises
    ------
    ParameterError
        `data` lacks columns of ``Shift.weeks``, or holds no row, or rows of more than one
        marketplace and channel.

    Examples
    --------
    >>> from odr_analysis import load_sample, shift
    >>> weeks = shift(load_sample()).weeks
    >>> ax = plot_order_weeks(weeks[weeks.channel == "mfn"])
    >>> ax.get_lines()[0].get_gid()
    'centre'
    """
    figure = order_weeks_figure(data)
    return figure.plot(ax, title=title, theme=theme, compact=compact)


def _draw(table: pd.DataFrame, ax: Axes, colours: dict[str, str], compact: bool) -> None:
    days = day_positions(table["week"]) + 3
    rate = table["rate"].to_numpy(float)
    ax.fill_between(
        days,
        table["lower"].to_numpy(float),
        table["upper"].to_numpy(float),
        step="mid",
        color=colours["window"],
        linewidth=0,
    ).set(gid="limits", zorder=1)
    centre = ax.plot(days, table["centre"], color=colours["muted"], linewidth=1.2)[0]
    centre.set(gid="centre", zorder=2)
    mature = table["mature_orders"].to_numpy(float)
    young = mature < YOUNG * table["n_orders"].to_numpy(float)
    outside = (table["outside"] != "").to_numpy()
    for gid, which, fill in (
        ("weeks", ~young & ~outside, colours["ink"]),
        ("young", young & ~outside, colours["card"]),
        ("outside", outside, colours["limit"]),
    ):
        edge = colours["limit"] if gid == "outside" else colours["ink"]
        size = 42 if gid == "outside" else 22
        dots = ax.scatter(days[which], rate[which], s=size, color=fill, edgecolors=edge, zorder=3)
        dots.set_gid(gid)
    # Limits of the youngest weeks go beyond the figure.
    limits = table["upper"].to_numpy(float)[~young]
    top = float(np.nanmax([*rate, *limits, 0.002])) * 1.08
    ax.set_xlim(days[0] - 5, days[-1] + 5)
    ax.set_ylim(0, top)
    name_rates(ax.yaxis, top)
    months(ax, every=2 if compact else 1)
    _legend(ax, colours, compact, outside=bool(outside.any()), young=bool(young.any()))


def _legend(
    ax: Axes, colours: dict[str, str], compact: bool, *, outside: bool, young: bool
) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    dot: dict[str, Any] = {
        "marker": "o",
        "linestyle": "",
        "markeredgecolor": colours["ink"],
        "markersize": 5,
    }
    keys = [
        Line2D([], [], label="order week", **dot | {"color": colours["ink"]}),
        Patch(color=colours["window"], label="noise"),
    ]
    if young:
        keys.insert(
            1, Line2D([], [], label="most reports to come", **dot | {"color": colours["card"]})
        )
    if outside:
        red: dict[str, Any] = {
            "color": colours["limit"],
            "markeredgecolor": colours["limit"],
            "markersize": 7,
        }
        keys.append(Line2D([], [], label="beyond noise", **dot | red))
    key(ax, keys, columns=2 if compact else 4)
