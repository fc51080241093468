"""The rate as it was shown on each day, beside what is known of the same orders now."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from odr_analysis import terms, words
from odr_analysis.plots.shared.axis import day_positions, months, name_rates, steps
from odr_analysis.plots.shared.common import check_one_series
from odr_analysis.plots.shared.figure import SMALLER, SMALLER_COMPACT, Figure, Frame, draws
from odr_analysis.policy import Policy

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NEEDED = ("as_of", "n_orders", "n_shown", "n_known_now", "n_since", "shown_odr", "known_now_odr")

WIDE = Frame(
    300, (44, 30, 20, 26), (10.5, 3.6), (0.07, 0.98, 0.75, 0.1), letters=80, pad=26, text=SMALLER
)
NARROW = Frame(
    300,
    (44, 30, 34, 26),
    (4.8, 3.4),
    (0.1, 0.98, 0.7, 0.1),
    letters=36,
    pad=26,
    text=SMALLER_COMPACT,
)


def hindsight_finding(data: pd.DataFrame, policy: Policy | None = None) -> str:
    """The day on which most of its rate was still to be reported, in one line."""
    marketplace, channel = data[list(terms.SERIES_KEYS)].iloc[0]
    name = words.series(marketplace, channel)
    if not data["n_since"].any():
        return f"{name}: every defect was known when its order first counted"
    row = data.iloc[int(data["n_since"].argmax())]
    day: date = row["as_of"].date()
    n = int(row["n_orders"])
    shown, now = (words.rate(int(row[c]), n, policy) for c in ("n_shown", "n_known_now"))
    return f"{name}: {words.day(day)} showed {shown}; by what is known now it was {now}"


def hindsight_figure(data: pd.DataFrame, *, policy: Policy | None = None) -> Figure:
    """The figure of :func:`plot_hindsight` as data."""
    check_one_series(data, NEEDED, "plot_hindsight", "hindsight", rows=True)
    policy = policy or Policy()
    draw = partial(_draw, data, policy)
    return Figure("hindsight", hindsight_finding(data, policy), draw, WIDE, NARROW)


@draws(hindsight_figure)
def plot_hindsight(
    data: pd.DataFrame,
    *,
    ax: Axes | None = None,
    policy: Policy | None = None,
    title: str | None = None,
    theme: str = "light",
    compact: bool = False,
) -> Axes:
    """Draw how much of each day's rate was still to be reported.

    Parameters
    ----------
    data : pandas.DataFrame
        ``hindsight`` of one marketplace and channel.
    ax : matplotlib.axes.Axes, optional
        By default a new figure.
    policy : Policy, optional
        For the limit; Amazon's current one by default.
    title : str, optional
        By default the day on which most was still to be reported; '' draws none.
    theme : {"light", "dark"}
    compact : bool
        For narrow figures: fewer labels.

    Returns
    -------
    matplotlib.axes.Axes
        Lines carry the ``gid`` ``shown``, ``known-now`` and ``limit``.

    Raises
    ------
    ParameterError
        `data` lacks columns of ``hindsight``, or holds no row, or rows of more than one
        marketplace or channel.

    Examples
    --------
    >>> from matplotlib import figure
    >>> table = pd.DataFrame({"as_of": pd.to_datetime(["2026-08-04", "2026-08-05"]),
    ...     "marketplace": "Amazon.de", "channel": "mfn", "n_orders": 200, "n_shown": [1, 2],
    ...     "n_known_now": [3, 3], "n_since": [2, 1], "shown_odr": [0.005, 0.01],
    ...     "known_now_odr": 0.015})
    >>> ax = plot_hindsight(table, ax=figure.Figure().add_subplot())
    >>> [line.get_ydata()[::2].tolist() for line in ax.lines if line.get_gid() == "shown"]
    [[0.005, 0.01]]
    """
    figure = hindsight_figure(data, policy=policy)
    return figure.plot(ax, title=title, theme=theme, compact=compact)


def _draw(
    data: pd.DataFrame, policy: Policy, ax: Axes, colours: dict[str, str], compact: bool
) -> None:
    days = day_positions(data["as_of"])
    x, shown = steps(days, data["shown_odr"].to_numpy(float))
    _, now = steps(days, data["known_now_odr"].to_numpy(float))
    since = colours["window"]
    ax.fill_between(x, shown, now, color=since, linewidth=0, label="reported since", zorder=1)
    for y, name, role, width, label in (
        (now, "known-now", "link", 1.6, "known now"),
        (shown, "shown", "ink", 1.3, "shown on the day"),
    ):
        line = ax.plot(x, y, label=label, color=colours[role], linewidth=width, zorder=2)[0]
        line.set_gid(name)
    limit = ax.axhline(policy.target, color=colours["limit"], linewidth=1.1, zorder=3)
    limit.set_gid("limit")
    ax.annotate(
        f"{words.level(policy.target)} limit",
        (0, policy.target),
        xycoords=("axes fraction", "data"),
        xytext=(3, 3),
        textcoords="offset points",
        ha="left",
        color=colours["limit"],
        fontsize="small",
    )
    top = float(np.nanmax([policy.target * 1.25, data["known_now_odr"].max()])) * 1.08
    ax.set_xlim(days[0] - 0.5, days[-1] + 0.5)
    ax.set_ylim(0, top)
    name_rates(ax.yaxis, top)
    ax.grid(axis="y", color=colours["line"], linewidth=0.6, alpha=0.7)
    ax.set_axisbelow(True)
    months(ax, every=2 if compact else 1)
    ax.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=3,
        frameon=False,
        fontsize="small",
        borderaxespad=0,
        handlelength=1.1,
    )
