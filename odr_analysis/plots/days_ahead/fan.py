"""The forecast as a fan: the rate on each day ahead, and the probability of a breach beneath."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from odr_analysis import style, terms, words
from odr_analysis.answer.scenario.verdict import coming
from odr_analysis.plots.shared.axis import day_positions, months, name_rates, position, steps
from odr_analysis.plots.shared.common import check_one_series, key
from odr_analysis.plots.shared.figure import Figure, Frame, draws, slug
from odr_analysis.policy import Policy
from odr_analysis.whatif.paths import Path

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BANDS = ("lower_50", "upper_50", "lower_90", "upper_90")
NEEDED = ("day", "n_orders", "n_defective", "known_odr", "odr", *BANDS, "p_breach")
CHANGED = "changed_odr"
"""Column of the median where the rate is taken to have changed; drawn where it is there."""
NOT_SHOWN = "no order counts today, so no rate is shown"

WIDE = Frame(320, (44, 30, 92, 26), (10.5, 4.2), (0.07, 0.88, 0.78, 0.09), letters=74, pad=26)
NARROW = Frame(
    300,
    (44, 48, 34, 24),
    (4.8, 4.9),
    (0.12, 0.88, 0.7, 0.09),
    letters=38,
    pad=46,
    text=style.TEXT_COMPACT,
)
LOWER = 0.24
"""Share of the height for the probability of a breach."""
MOST_HIGH = 3.0
"""The axis ends at so many times the median at its highest; bands of few orders go beyond."""


def fan_paint(colours: dict[str, str], level: int) -> dict[str, Any]:
    """How the interval of so many per cent is filled."""
    return {"color": colours["orders_out"], "alpha": 0.75 if level == 50 else 0.35, "linewidth": 0}


def draw_fan(ax: Axes, days: np.ndarray, rows: pd.DataFrame, colours: dict[str, str]) -> None:
    """Intervals, median and known part of a forecast over `days`.

    Artists carry the ``gid`` ``band-90``, ``band-50``, ``forecast`` and ``known``.
    """
    for level in (90, 50):
        x, low = steps(days, rows[f"lower_{level}"].to_numpy())
        _, high = steps(days, rows[f"upper_{level}"].to_numpy())
        ax.fill_between(x, low, high, **fan_paint(colours, level)).set(
            gid=f"band-{level}", zorder=1.5
        )
    draw_known(ax, days, rows, colours)
    line = ax.plot(*steps(days, rows["odr"].to_numpy()), color=colours["ink"], linewidth=1.6)[0]
    line.set(gid="forecast", zorder=2.6)


def draw_known(ax: Axes, days: np.ndarray, rows: pd.DataFrame, colours: dict[str, str]) -> None:
    """What known defects alone come to over `days`, with the ``gid`` ``known``."""
    known = ax.plot(
        *steps(days, rows["known_odr"].to_numpy()),
        color=colours["muted"],
        linewidth=1.2,
        dashes=(2, 2),
    )[0]
    known.set(gid="known", zorder=2.4)


def fan_finding(data: pd.DataFrame, policy: Policy | None = None) -> str:
    """What will happen to the rate, in one line.

    >>> day = pd.date_range("2026-09-30", periods=2)
    >>> table = pd.DataFrame({"day": day, "marketplace": "Amazon.de", "channel": "mfn",
    ...     "n_orders": 200.0, "n_defective": [2, 1], "odr": [0.01, 0.005],
    ...     "p_breach": [1.0, 0.2]})
    >>> fan_finding(table)
    'Seller-fulfilled ODR will probably be under 1 % from 1 Oct (probability 80 % or \
more)'
    """
    name = f"{words.channel(data['channel'].iloc[0])} ODR"
    if (data["n_orders"] > 0).any() and data["p_breach"].isna().all():
        return f"{name} cannot be forecast: not every order and kind of defect is known"
    path = Path.of_days(data.sort_values("day"), (policy or Policy()).target)
    if path.base.now == "empty":
        return f"{name}: {NOT_SHOWN}"
    return f"{name} {coming(path)}"


def fan_figure(data: pd.DataFrame, *, policy: Policy | None = None) -> Figure:
    """The figure of :func:`plot_forecast` as data."""
    check_one_series(data, NEEDED, "plot_forecast", "roll_off", rows=True)
    policy = policy or Policy()
    table = data.sort_values("day")
    finding = fan_finding(table, policy)
    alt = (
        f"{finding}. Order Defect Rate by day ahead: median, 50 % and 90 % interval, the rate by "
        f"known defects alone, and below it the probability of {words.level(policy.target)} or "
        "more on each day."
    )
    name = slug("forecast", *table[list(terms.SERIES_KEYS)].iloc[0])
    return Figure(name, finding, partial(_draw, table, policy), WIDE, NARROW, alt)


@draws(fan_figure)
def plot_forecast(
    data: pd.DataFrame,
    *,
    ax: Axes | None = None,
    policy: Policy | None = None,
    title: str | None = None,
    theme: str = "light",
    compact: bool = False,
) -> Axes:
    """Draw the forecast of one rate: median and intervals, and the probability of a breach.

    Parameters
    ----------
    data : pandas.DataFrame
        Rows of :func:`~odr_analysis.roll_off` of one marketplace and channel; with a column
        ``changed_odr`` that path is drawn beside the forecast.
    ax : matplotlib.axes.Axes, optional
        By default a new figure; its lower part is taken for the probabilities.
    policy : Policy, optional
        Whose target is drawn; Amazon's by default.
    title : str, optional
        By default when the rate is under the target; '' draws none.
    theme : {"light", "dark"}
    compact : bool
        For narrow figures.

    Returns
    -------
    matplotlib.axes.Axes
        Of the rates. Artists carry the ``gid`` ``band-90``, ``band-50``, ``forecast`` (median),
        ``known`` (by known defects alone), ``changed`` and ``limit``; on the axes beneath, ``gid``
        ``probability``, the area ``p-breach``.

    Raises
    ------
    ParameterError
        `data` lacks columns of ``roll_off``, or holds no row, or rows of more than one
        marketplace and channel.

    Examples
    --------
    >>> from odr_analysis import load_sample, roll_off
    >>> table = roll_off(load_sample(), horizon_days=20)
    >>> ax = plot_forecast(table[table.channel == "mfn"])
    >>> [line.get_gid() for line in ax.get_lines()]
    ['known', 'forecast', 'limit', 'entering']
    """
    figure = fan_figure(data, policy=policy)
    return figure.plot(ax, title=title, theme=theme, compact=compact)


def _draw(
    table: pd.DataFrame, policy: Policy, ax: Axes, colours: dict[str, str], compact: bool
) -> None:
    days = day_positions(table["day"])
    ax.set_xlim(days[0] - 0.5, days[-1] + 0.5)
    most = np.nanmax([policy.target * 1.25, MOST_HIGH * np.nanmax([0, *table["odr"]])])
    top = 1.08 * min(float(np.nanmax([0, *table["upper_90"]])), float(most))
    top = max(top, policy.target * 1.25)
    ax.set_ylim(0, top)
    below = _below(ax)
    draw_fan(ax, days, table, colours)
    limit = ax.axhline(policy.target, color=colours["limit"], linewidth=1.1)
    limit.set(gid="limit", zorder=3)
    ax.annotate(
        words.level(policy.target) + ("" if compact else " limit"),
        (1, policy.target),
        xycoords=("axes fraction", "data"),
        xytext=(6, 0),
        textcoords="offset points",
        color=colours["limit"],
        fontsize="small",
        va="center",
        annotation_clip=False,
    )
    # Until then only orders already placed count.
    entering = position(table["day"].iloc[0].date()) + policy.lag_days + 0.5
    if entering < days[-1]:
        ax.axvline(entering, color=colours["muted"], linewidth=0.8, dashes=(3, 3), zorder=1).set(
            gid="entering"
        )
        if not compact:
            ax.annotate(
                "orders to come count from here",
                (entering, 1),
                xycoords=("data", "axes fraction"),
                xytext=(5, -2),
                textcoords="offset points",
                color=colours["muted"],
                fontsize="small",
                va="top",
            )
    name_rates(ax.yaxis, top)
    ax.grid(axis="y", color=colours["line"], linewidth=0.6, alpha=0.7)
    ax.set_axisbelow(True)
    if CHANGED in table:
        ax.plot(
            *steps(days, table[CHANGED].to_numpy()),
            color=colours["early"],
            linewidth=1.6,
            dashes=(5, 2),
        )[0].set(gid="changed", zorder=2.5)
    _probabilities(below, days, table, policy, colours, compact)
    months(below)
    _legend(ax, colours, compact, changed=CHANGED in table)


def _below(ax: Axes) -> Axes:
    """Axes in the lower part of `ax`, which shares its days."""
    box = ax.get_position()
    figure = ax.get_figure()
    assert figure is not None
    height = box.height * LOWER
    below = figure.add_axes((box.x0, box.y0, box.width, height), sharex=ax)
    gap = 2.2 * style.TEXT * 0.833 / 72 / figure.get_figure(root=True).get_figheight()
    ax.set_position((box.x0, box.y0 + height + gap, box.width, box.height - height - gap))
    ax.tick_params(labelbottom=False, bottom=False)
    below.set_gid("probability")
    return below


def _probabilities(
    below: Axes,
    days: np.ndarray,
    table: pd.DataFrame,
    policy: Policy,
    colours: dict[str, str],
    compact: bool,
) -> None:
    x, high = steps(days, table["p_breach"].to_numpy())
    area = below.fill_between(x, high, color=colours["limit"], alpha=0.45, linewidth=0)
    area.set(gid="p-breach", zorder=2)
    below.set_ylim(0, 1)
    below.set_yticks([0, 0.5, 1], ["0 %", "50 %", "100 %"])
    below.tick_params(labelsize="small")
    below.grid(axis="y", color=colours["line"], linewidth=0.6, alpha=0.7)
    below.set_axisbelow(True)
    limit = words.level(policy.target)
    text = f"probability of {limit} or more" + ("" if compact else " shown on the day")
    below.annotate(
        text,
        (0, 1),
        xycoords="axes fraction",
        xytext=(0, 4),
        textcoords="offset points",
        color=colours["muted"],
        fontsize="small",
    )


def _legend(ax: Axes, colours: dict[str, str], compact: bool, *, changed: bool) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    others = []
    if changed:
        line: dict[str, Any] = {"color": colours["early"], "linewidth": 1.6, "dashes": (5, 2)}
        others = [Line2D([], [], label="if the change is real", **line)]
    key(
        ax,
        [
            Line2D([], [], color=colours["ink"], linewidth=1.6, label="forecast (median)"),
            Patch(label="5 in 10 outcomes", **fan_paint(colours, 50)),
            Patch(label="9 in 10 outcomes", **fan_paint(colours, 90)),
            Line2D(
                [],
                [],
                color=colours["muted"],
                linewidth=1.2,
                dashes=(2, 2),
                label="known defects alone",
            ),
            *others,
        ],
        columns=2 if compact else 5,
    )
