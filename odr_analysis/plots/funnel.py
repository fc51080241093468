"""Groups of orders by size and rate, with the funnel that chance alone would keep them in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from odr_analysis import style, words
from odr_analysis.arrays import Floats
from odr_analysis.errors import ParameterError
from odr_analysis.plots.shared.axis import name_rates
from odr_analysis.plots.shared.common import check_one_series, key
from odr_analysis.plots.shared.figure import Figure, Frame, draws, nothing
from odr_analysis.plots.shared.funnel_lines import (
    Level,
    draw_funnel,
    draw_levels,
    funnel_keys,
    name_sizes,
)
from odr_analysis.plots.shared.labels import name_dots
from odr_analysis.policy import Policy
from odr_analysis.rates.groups import WITHIN, funnel, large_enough, usual_counts

if TYPE_CHECKING:
    from matplotlib.axes import Axes


NEEDED = ("factor", "level", "n_orders", "n_defective", "rest_rate", "significant", "at_least")
NOTHING = "There is no group of orders to compare"

WIDE_RANGE = 8
"""Orders are on a logarithmic scale where the largest group has so many times the smallest."""

WIDE = Frame(300, (48, 28, 92, 38), (10.5, 4.4), (0.07, 0.88, 0.8, 0.12), letters=76, pad=26)
NARROW = Frame(
    300,
    (44, 56, 50, 38),
    (4.8, 5.2),
    (0.13, 0.84, 0.58, 0.12),
    letters=30,
    pad=58,
    text=style.TEXT_COMPACT,
)

HIGHEST = 1.06
"""No axis reaches farther: a rate of 100 % is the most there is."""

LONGEST_LEVEL, SHORTEST_LEVEL = 32, 16
"""Characters of a group's name that are shown, in wide and in narrow figures."""


def funnel_finding(data: pd.DataFrame) -> str:
    """Which group of one factor stands out most, if any does, in one line.

    >>> table = pd.DataFrame({"marketplace": "Amazon.de", "channel": "mfn", "factor": "product",
    ...     "level": ["KT-1", "KT-2"], "n_orders": [233, 900], "n_defective": [6, 7],
    ...     "rest_rate": [7 / 900, 6 / 233], "at_least": [1.25, None],
    ...     "significant": [True, False]})
    >>> funnel_finding(table)
    'Product KT-1 goes wrong at least 1.2 times as often as the rest: 6 of 233 orders'
    >>> funnel_finding(table.assign(significant=False))
    'No product stands out from chance among 2'
    """
    rows = _rows(data)
    if rows.empty:
        return NOTHING
    factor = rows.factor.iloc[0]
    reason = rows.reason.iloc[0] if "reason" in rows else ""
    because = f" with reason {reason}" if reason else ""
    worst = _worst(rows)
    if worst.empty:
        if len(rows) == 1:
            only = _counts(rows.iloc[0])
            level = words.opening(str(rows.level.iloc[0]), LONGEST_LEVEL)
            return f"There is no other {factor} to compare {level} with: {only}{because}"
        return f"No {factor} stands out from chance among {words.number(len(rows))}{because}"
    top = worst.iloc[0]
    name = f"{factor[:1].upper()}{factor[1:]} {words.opening(str(top.level), LONGEST_LEVEL)}"
    more = len(worst) - 1
    also = f"; {words.spelled(more)} more stand{'s' if more == 1 else ''} out" if more else ""
    often = words.more_often(top.at_least)
    return f"{name} goes wrong {often} the rest{because}: {_counts(top)}{also}"


def funnel_figure(
    data: pd.DataFrame, *, policy: Policy | None = None, usual: float | None = None
) -> Figure:
    """The figure of :func:`plot_funnel` as data."""
    rows = _rows(data)
    if usual is not None and not 0 <= usual <= 1:
        raise ParameterError(f"usual is a fraction from 0 to 1, got {usual}.")
    if rows.empty:
        return nothing("funnel", NOTHING, WIDE, NARROW)
    policy = policy or Policy()
    d, n = usual_counts(rows)
    centre, said = d / n, words.rate(d, n, policy)
    if usual is not None:
        centre, said = float(usual), words.level(usual, 4)
    sizes = _sizes(rows)
    limits = funnel(*sizes, centre)

    def draw(ax: Axes, colours: dict[str, str], compact: bool) -> None:
        _Pen(ax, rows, sizes, limits, centre, said, policy, colours, compact).draw()

    return Figure("funnel", funnel_finding(data), draw, WIDE, NARROW)


@draws(funnel_figure)
def plot_funnel(
    data: pd.DataFrame,
    *,
    ax: Axes | None = None,
    policy: Policy | None = None,
    usual: float | None = None,
    title: str | None = None,
    theme: str = "light",
    compact: bool = False,
) -> Axes:
    """Draw the rate of each group against its size, and which rates chance alone would not give.

    Parameters
    ----------
    data : pandas.DataFrame
        Rows of :func:`~odr_analysis.drivers` of one marketplace, channel and factor. Where it
        has the defects of several reasons, those of any reason are drawn (``reason`` '').
    ax : matplotlib.axes.Axes, optional
        By default a new figure.
    policy : Policy, optional
        Whose target is drawn; Amazon's by default.
    usual : float, optional
        The rate the funnel stands around, a fraction. By default that of all orders: a row's own
        and the rest of it where `data` tells both, else all rows together.
    title : str, optional
        By default the group that stands out most, if any does; '' draws none.
    theme : {"light", "dark"}
    compact : bool
        For narrow figures: fewer labels.

    Returns
    -------
    matplotlib.axes.Axes
        Dots carry the ``gid`` ``level-<i>``, i being the number of the row (from 0) among those
        with orders: hollow circles, or filled diamonds for groups that are ``significant``, which
        have a text ``label-<i>`` wherever it overlaps no other. A triangle at the top edge is a
        group whose rate lies above it. ``usual`` is the usual rate, ``limit`` the target,
        ``within-95`` the area in which chance alone keeps 95 % of the groups and ``lower-99.8``
        and ``upper-99.8`` are the lines between which it keeps 99.8 %.

    Raises
    ------
    ParameterError
        `data` lacks columns of ``drivers``, or has more than one marketplace, channel, factor or
        (beside '') reason; or `usual` is no fraction.

    Notes
    -----
    The limits are exact, see :func:`~odr_analysis.rates.groups.binomial_limits`; a plot of this
    kind is a funnel plot (Spiegelhalter, Stat. Med. 24, 2005). They judge each group by itself;
    ``significant`` also takes into account that the worst of many groups looks bad by chance.

    Examples
    --------
    >>> from matplotlib import figure
    >>> table = pd.DataFrame({"marketplace": "Amazon.de", "channel": "mfn", "factor": "product",
    ...     "level": ["KT-1", "KT-2"], "n_orders": [100, 900], "n_defective": [6, 9],
    ...     "rest_rate": [0.01, 0.06], "at_least": [2.1, None], "significant": [True, False]})
    >>> ax = plot_funnel(table, ax=figure.Figure().add_subplot())
    >>> {line.get_gid(): float(line.get_ydata()[0]) for line in ax.lines}["usual"]
    0.015
    """
    figure = funnel_figure(data, policy=policy, usual=usual)
    return figure.plot(ax, title=title, theme=theme, compact=compact)


def _rows(data: pd.DataFrame) -> pd.DataFrame:
    """The rows drawn: of one series, factor and reason, with orders; or an error that says why."""
    check_one_series(data, NEEDED, "plot_funnel", "drivers")
    rows = data
    if "reason" in rows:
        reasons = list(rows.reason.unique())
        if len(reasons) > 1 and "" in reasons:
            rows = rows[rows.reason == ""]
        elif len(reasons) > 1:
            raise ParameterError(
                f"plot_funnel draws one reason, got: {', '.join(map(str, reasons))}. "
                f"Choose one, e.g. table[table.reason == {reasons[0]!r}]."
            )
    factors = list(rows.factor.unique())
    if len(factors) > 1:
        raise ParameterError(
            f"plot_funnel draws one factor, got: {', '.join(map(str, factors))}. "
            f"Choose one, e.g. table[table.factor == {factors[0]!r}]."
        )
    return rows[rows.n_orders > 0].reset_index(drop=True)


def _is_wide(rows: pd.DataFrame) -> bool:
    """Whether sizes are so far apart that they need a logarithmic scale."""
    return bool(rows.n_orders.max() >= WIDE_RANGE * rows.n_orders.min())


def _sizes(rows: pd.DataFrame) -> tuple[float, float]:
    """Ends of the axis of sizes, in orders."""
    low, high = int(rows.n_orders.min()), int(rows.n_orders.max())
    return (low / 1.25, high * 1.25) if _is_wide(rows) else (low * 0.92, high * 1.06)


def _worst(rows: pd.DataFrame) -> pd.DataFrame:
    """Significant rows; the order of the table (most suspicious first) stays."""
    return rows[rows.significant.astype(bool)]


def _counts(row: Any) -> str:
    return f"{words.number(row.n_defective)} of {words.counted(int(row.n_orders), 'order')}"


@dataclass(frozen=True, eq=False)
class _Pen:
    """Draws one funnel, part by part."""

    ax: Axes
    rows: pd.DataFrame
    sizes: tuple[float, float]
    limits: pd.DataFrame
    usual: float
    usual_text: str
    policy: Policy
    colours: dict[str, str]
    compact: bool

    def draw(self) -> None:
        ax, rows = self.ax, self.rows
        rates = (rows.n_defective / rows.n_orders).to_numpy(float)
        top = self._top(rates)
        ax.set_xscale("log" if _is_wide(rows) else "linear")
        ax.set_xlim(*self.sizes)
        ax.set_ylim(-top * 0.03, top)
        draw_funnel(ax, self.limits, self.colours, outer="99.8")
        self._lines()
        self._levels(rates, top)
        self._labels(rates, top)
        name_rates(ax.yaxis, top)
        name_sizes(ax, "orders of the group", compact=self.compact)
        self._legend(bool((rates > top).any()))

    def _top(self, rates: Floats) -> float:
        """Upper end: one defect among a few orders is a high rate, and is not to flatten all."""
        rows = self.rows
        many = large_enough(rows.n_orders, share=0.5)
        if self.usual:
            many |= rows.n_orders.to_numpy(float) >= 1 / self.usual
        most = rates[rows.significant.to_numpy(bool) | many]
        top = max(float(most.max()), self.policy.target * 1.25, self.usual * 2) * 1.15
        return min(top, HIGHEST)

    def _lines(self) -> None:
        """The usual rate and the target."""
        target = self.policy.target
        limit = f"{words.level(target)}" + ("" if self.compact else " limit")
        usual = f"usual\n{self.usual_text}" if self.compact else f"usual {self.usual_text}"
        levels = [
            Level(target, limit, "limit", "limit"),
            Level(self.usual, usual, "usual", "ink"),
        ]
        draw_levels(self.ax, levels, self.colours, compact=self.compact)

    def _levels(self, rates: Floats, top: float) -> None:
        for i, (n, rate) in enumerate(zip(self.rows.n_orders, rates, strict=True)):
            out = bool(self.rows.significant.iloc[i])
            colour = self.colours["critical" if out else "muted"]
            beyond = rate > top
            dot = self.ax.plot(
                [n],
                [top if beyond else rate],
                marker="^" if beyond else "D" if out else "o",
                markersize=8 if out else 6.5,
                markerfacecolor=colour if out else self.colours["card"],
                markeredgecolor=colour,
                markeredgewidth=1.3,
                linestyle="none",
                clip_on=False,
                zorder=5 if out else 4,
            )[0]
            dot.set_gid(f"level-{i}")

    def _labels(self, rates: Floats, top: float) -> None:
        """Name the groups that stand out, the most suspicious first."""
        longest = SHORTEST_LEVEL if self.compact else LONGEST_LEVEL
        names = {
            i: f"{words.opening(str(level), longest)}: {words.number(d)} of {words.number(n)}"
            for i, level, d, n in _worst(self.rows)[["level", "n_defective", "n_orders"]]
            .reset_index()
            .to_numpy()
            .tolist()
        }
        written = name_dots(
            self.ax,
            list(zip(self.rows.n_orders.astype(float), np.minimum(rates, top), strict=True)),
            names,
            levels=(self.usual, self.policy.target),
            fontsize="small",
            fontweight="bold",
            color=self.colours["critical"],
            zorder=6,
        )
        for i, text in written.items():
            text.set_gid(f"label-{i}")

    def _legend(self, beyond: bool) -> None:
        from matplotlib.lines import Line2D

        colours = self.colours
        dot: dict[str, Any] = {"linestyle": "none", "markersize": 6.5}
        red, grey = colours["critical"], colours["muted"]
        hollow = {**dot, "markerfacecolor": colours["card"], "markeredgecolor": grey}
        keys: list[Any] = []
        if len(_worst(self.rows)):
            keys.append(Line2D([], [], color=red, marker="D", label="stands out", **dot))
        keys.append(Line2D([], [], marker="o", label="may be chance", **hollow))
        if beyond:
            keys.append(Line2D([], [], marker="^", label="higher, few orders", **hollow))
        if not self.limits.empty:
            inner, outer = (words.level(share) for share in WITHIN)
            keys += funnel_keys(colours, f"{inner} by chance", f"{outer} by chance")
        key(self.ax, keys, columns=2 if self.compact else 5, borderaxespad=0.5)
