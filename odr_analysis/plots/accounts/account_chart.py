"""Rates of accounts over the days, each in standard deviations from the rate of all that day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from odr_analysis import style, words
from odr_analysis.plots.shared.axis import day_positions, months
from odr_analysis.plots.shared.common import check_columns, key
from odr_analysis.plots.shared.figure import Figure, Frame, draws, nothing
from odr_analysis.plots.shared.funnel_lines import AREA, OUTER, funnel_keys
from odr_analysis.plots.shared.labels import apart, points_per_unit
from odr_analysis.rates.between_accounts import Limits, limits

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NEEDED = ("day", "account", "z", "n_rates")
NOTHING = "The chart over the days begins with the second day"
MOST_LINES = 6
LONGEST, LONGEST_COMPACT = 22, 12
LINES = ("critical", "feedback", "claim", "chargeback", "unknown", "healthy")
"""Colours of the lines, in the order of the accounts; each also has a dash of its own."""
DASHES: tuple[Any, ...] = ("-", (0, (6, 2)), (0, (2, 1.5)), (0, (6, 2, 1, 2)), (0, (1, 1)), "--")

WIDE = Frame(280, (48, 40, 168, 28), (10.5, 4.0), (0.07, 0.84, 0.8, 0.12), letters=76, pad=26)
NARROW = Frame(
    280,
    (40, 56, 96, 28),
    (4.8, 4.6),
    (0.12, 0.76, 0.64, 0.1),
    letters=30,
    pad=50,
    text=style.TEXT_COMPACT,
)


def account_chart_figure(data: pd.DataFrame, *, name: str = "account-chart") -> Figure:
    """The figure of :func:`plot_account_chart` as data."""
    check_columns(data, NEEDED, "plot_account_chart", "between_accounts")
    if data.day.nunique() < 2:
        return nothing(name, NOTHING, WIDE, NARROW)

    def draw(ax: Axes, colours: dict[str, str], compact: bool) -> None:
        _draw(ax, data, colours, compact)

    return Figure(name, account_chart_finding(data), draw, WIDE, NARROW)


def account_chart_finding(data: pd.DataFrame) -> str:
    """On how many of the days the first account was beyond the limits, in one line.

    >>> days = pd.DataFrame({"day": pd.to_datetime(["2026-09-01", "2026-09-02"] * 2),
    ...     "account": ["A", "A", "B", "B"], "z": [4.0, 5.0, 0.1, 0.2], "n_rates": 100})
    >>> account_chart_finding(days)
    'A has been beyond what random variation explains on 2 of 2 days'
    """
    first = data[data.account == data.account.iloc[0]]
    beyond = sum(abs(z) > limits(int(n)).every for z, n in zip(first.z, first.n_rates, strict=True))
    return (
        f"{words.opening(str(first.account.iloc[0]), LONGEST)} has been beyond what random "
        f"variation explains on {words.number(beyond)} of {words.counted(len(first), 'day')}"
    )


@draws(account_chart_figure)
def plot_account_chart(
    data: pd.DataFrame,
    *,
    ax: Axes | None = None,
    title: str | None = None,
    theme: str = "light",
    compact: bool = False,
) -> Axes:
    """Draw how far a few accounts have been from the rate of all, day by day.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per day x account, at most six accounts, the one asked about first: ``day``,
        ``account`` (a name; its rate may be one of several), ``z`` of that day
        (:func:`~odr_analysis.rates.between_accounts`) and ``n_rates``, how many rates were
        compared on it.
    ax : matplotlib.axes.Axes, optional
        By default a new figure.
    title : str, optional
        By default the finding; '' draws none.
    theme : {"light", "dark"}
    compact : bool

    Returns
    -------
    matplotlib.axes.Axes
        Lines carry the ``gid`` ``account-<i>``; ``within-95`` is the area in which 95 % of rates
        lie if all are alike, ``upper-every`` and ``lower-every`` the lines between which all of
        them then lie on 95 % of days.

    Raises
    ------
    ParameterError
        `data` lacks columns.

    Notes
    -----
    Standardised by the day, accounts of any size share one pair of limits (a control chart).
    Windows of neighbouring days share almost all their orders: a line that stays out for two
    months is one finding, not sixty.
    """
    return account_chart_figure(data).plot(ax, title=title, theme=theme, compact=compact)


def _draw(ax: Axes, data: pd.DataFrame, colours: dict[str, str], compact: bool) -> None:
    by_day = data.groupby("day").n_rates.max().sort_index()
    of_day: list[Limits] = [limits(int(n)) for n in by_day]
    x = day_positions(by_day.index.to_series())
    every, each = max(day.every for day in of_day), of_day[-1].each
    top = max(float(data.z.abs().max()), every) * 1.12
    ax.set_xlim(x[0], x[-1])
    ax.set_ylim(-min(top, max(every, -float(data.z.min())) * 1.12), top)
    ax.axhspan(-each, each, color=colours["window"], zorder=1, **AREA).set_gid("within-95")
    for sign, gid in ((1, "upper-every"), (-1, "lower-every")):
        (line,) = ax.plot(
            x,
            [sign * day.every for day in of_day],
            color=colours["muted"],
            zorder=2,
            **OUTER,
        )
        line.set_gid(gid)
    ax.axhline(0, color=colours["ink"], linewidth=1, zorder=2).set_gid("usual")
    ends = []
    names = list(dict.fromkeys(data.account))[:MOST_LINES]
    for i, name in enumerate(names):
        mine = data[data.account == name].sort_values("day")
        (line,) = ax.plot(
            day_positions(mine.day),
            mine.z,
            color=colours[LINES[i]],
            linestyle=DASHES[i],
            linewidth=1.8,
            marker="o" if len(mine) < 20 else "",
            markersize=3,
            zorder=4,
        )
        line.set_gid(f"account-{i}")
        ends.append(float(mine.z.iloc[-1]))
    _, per_unit = points_per_unit(ax)
    for i, (name, at, y) in enumerate(zip(names, ends, apart(ends, 15 / per_unit), strict=True)):
        ax.annotate(
            words.opening(str(name), LONGEST_COMPACT if compact else LONGEST),
            (1, at),
            xycoords=("axes fraction", "data"),
            xytext=(7, (y - at) * per_unit),
            textcoords="offset points",
            va="center",
            color=colours[LINES[i]],
            fontsize="small",
            fontweight="bold",
            annotation_clip=False,
            parse_math=False,
        ).set_gid(f"label-{i}")
    months(ax)
    step = 2 if top < 10 else 5 if top < 20 else 10
    ticks = np.arange(np.ceil(ax.get_ylim()[0] / step) * step, ax.get_ylim()[1], step)
    names = [words.decimal(tick, 0, signed=True).replace("-", "−") for tick in ticks]
    ax.set_yticks(ticks, [name.replace("+0", "0") for name in names])
    _key(ax, colours, compact)


def _key(ax: Axes, colours: dict[str, str], compact: bool) -> None:
    from matplotlib.lines import Line2D

    usual = Line2D([], [], label="rate of all", color=colours["ink"], linewidth=1)
    keys = [*funnel_keys(colours, "95 of 100, if alike", "all, if alike"), usual]
    key(ax, keys, columns=1 if compact else 3)
