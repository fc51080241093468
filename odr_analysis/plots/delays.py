"""How many days after the order each kind of defect is reported, as curves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from odr_analysis import style, terms, words
from odr_analysis.forecasting.delay import half_reported
from odr_analysis.plots.shared.common import check_one_series, key
from odr_analysis.plots.shared.figure import Figure, Frame, draws, nothing
from odr_analysis.policy import Policy

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NEEDED = ("component", "delay_days", "followed")
NOTHING = "No order with a dated defect has been followed for its whole time in the window"

FEWEST = 5
"""Defects of a kind from which on its median is stated."""

WIDE = Frame(300, (48, 28, 16, 38), (10.5, 4), (0.07, 0.96, 0.8, 0.14), letters=76, pad=26)
NARROW = Frame(
    300,
    (44, 62, 12, 38),
    (4.8, 4.6),
    (0.14, 0.96, 0.58, 0.14),
    letters=30,
    pad=62,
    text=style.TEXT_COMPACT,
)

DASHES: dict[str, Any] = {"feedback": (), "claim": (5, 1.6), "chargeback": (1.4, 1.6)}
"""Dashes of each kind of defect: grey print tells the curves apart."""


def delays_finding(data: pd.DataFrame) -> str:
    """Median delay of each kind of defect that has enough of them, in one line.

    >>> table = pd.DataFrame({"component": ["claim"] * 5 + ["feedback"],
    ...     "delay_days": [10, 20, 26, 30, 40, 5], "followed": True})
    >>> delays_finding(table)
    'Half is reported within 26 days of the order for A-to-z claims (5)'
    """
    rows = data[data.followed.astype(bool)]
    if rows.empty:
        return NOTHING
    parts: list[str] = []
    for component, n, half_by in half_reported(rows).to_numpy().tolist():
        if n < FEWEST:
            continue
        of_order = "" if parts else " of the order"
        parts.append(f"within {words.counted(half_by, 'day')}{of_order} for {_kind(component, n)}")
    if not parts:
        n = words.counted(len(rows), "dated defect")
        return f"Too few to state how soon defects are reported: {n} of orders followed long enough"
    return f"Half is reported {words.listed(parts)}"


def delays_figure(data: pd.DataFrame, *, policy: Policy | None = None) -> Figure:
    """The figure of :func:`plot_delays` as data."""
    check_one_series(data, NEEDED, "plot_delays", "report_delays")
    rows = data[data.followed.astype(bool)]
    if rows.empty:
        return nothing("delays", NOTHING, WIDE, NARROW)

    def draw(ax: Axes, colours: dict[str, str], compact: bool) -> None:
        _draw(ax, rows, policy or Policy(), colours, compact)

    return Figure("delays", delays_finding(data), draw, WIDE, NARROW)


@draws(delays_figure)
def plot_delays(
    data: pd.DataFrame,
    *,
    ax: Axes | None = None,
    policy: Policy | None = None,
    title: str | None = None,
    theme: str = "light",
    compact: bool = False,
) -> Axes:
    """Draw which share of the defects of each kind was reported by how many days after the order.

    Parameters
    ----------
    data : pandas.DataFrame
        Rows of :func:`~odr_analysis.report_delays` of one marketplace and channel. Only
        ``followed`` rows are drawn.
    ax : matplotlib.axes.Axes, optional
        By default a new figure.
    policy : Policy, optional
        Whose window is drawn; Amazon's by default.
    title : str, optional
        By default the median delay of each kind; '' draws none.
    theme : {"light", "dark"}
    compact : bool
        For narrow figures: fewer labels.

    Returns
    -------
    matplotlib.axes.Axes
        Empirical distributions drawn by seaborn, one line for each kind of defect with rows,
        ``gid`` ``delay-<component>``: x in days since the order, y a fraction 0-1 of the defects
        of that kind that were reported while their order could count. ``counts-from`` marks the
        day on which an order first counts; the axis ends on the day it has left.

    Raises
    ------
    ParameterError
        `data` lacks columns of ``report_delays``, or has more than one marketplace and channel.

    Examples
    --------
    >>> from matplotlib import figure
    >>> table = pd.DataFrame({"marketplace": "Amazon.de", "channel": "mfn",
    ...     "component": "claim", "delay_days": [10, 20, 26, 30, 40], "followed": True})
    >>> ax = plot_delays(table, ax=figure.Figure().add_subplot())
    >>> ax.get_title(loc="left")
    'Half is reported within 26 days of the order for A-to-z claims (5)'
    """
    figure = delays_figure(data, policy=policy)
    return figure.plot(ax, title=title, theme=theme, compact=compact)


def _kind(component: str, n: int) -> str:
    label = terms.COMPONENT_LABELS[component] + ("" if component == "feedback" else "s")
    return f"{label} ({words.number(n)})"


def _draw(
    ax: Axes, rows: pd.DataFrame, policy: Policy, colours: dict[str, str], compact: bool
) -> None:
    import seaborn as sns
    from matplotlib.lines import Line2D
    from matplotlib.ticker import MultipleLocator, PercentFormatter

    end = policy.lag_days + policy.window_days
    ax.set_xlim(0, end)
    counts = rows.component.value_counts().to_dict()
    kinds = [c for c in terms.COMPONENTS if c in counts]
    for component in kinds:
        sns.ecdfplot(
            x=rows.delay_days[rows.component == component].to_numpy(np.int64),
            ax=ax,
            color=colours[component],
            dashes=DASHES[component],
            linewidth=2.2,
            zorder=3,
        )
        ax.lines[-1].set_gid(f"delay-{component}")
    ax.set(xlim=(0, end), ylim=(0, 1.03), xlabel="", ylabel="")
    ax.yaxis.set_major_locator(MultipleLocator(0.25))
    ax.yaxis.set_major_formatter(PercentFormatter(xmax=1, decimals=0, symbol=" %"))
    ax.grid(axis="y", color=colours["line"], linewidth=0.6, alpha=0.7)
    ax.set_axisbelow(True)
    ax.xaxis.set_major_locator(MultipleLocator(15 if compact else 5))
    ax.set_xlabel("days since the order", fontsize="small", loc="left")
    first = ax.axvline(policy.lag_days, color=colours["muted"], linewidth=1, zorder=2)
    first.set(gid="counts-from", dashes=(4, 3))
    ax.annotate(
        "order counts from here",
        (policy.lag_days, 0),
        xycoords=("data", "axes fraction"),
        xytext=(5, 6),
        textcoords="offset points",
        color=colours["muted"],
        fontsize="small",
        bbox={"facecolor": colours["card"], "alpha": 0.8, "linewidth": 0, "pad": 1},
        zorder=2.5,
    )
    keys = [
        Line2D(
            [],
            [],
            color=colours[component],
            dashes=DASHES[component] or (None, None),
            linewidth=2.2,
            label=_kind(component, counts[component]),
        )
        for component in kinds
    ]
    key(ax, keys, columns=1 if compact else 3, handlelength=2.4)
