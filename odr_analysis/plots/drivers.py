"""Groups of orders with the intervals of their rates, one row for each group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from odr_analysis import style, words
from odr_analysis.errors import ParameterError
from odr_analysis.plots.shared.axis import name_rates
from odr_analysis.plots.shared.common import check_one_series, key
from odr_analysis.plots.shared.figure import Figure, Frame, draws, nothing
from odr_analysis.policy import Policy

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NEEDED = (
    *("factor", "level", "n_orders", "n_defective", "rate", "lower", "upper"),
    *("rest_n_orders", "rest_n_defective", "rest_rate", "significant"),
)
NOTHING = "There is no group of orders to compare"

MOST = 10
"""Groups drawn, from the top of the table."""

FEWEST_ROWS = 4
"""Rows there is room for at least."""

LINE = 13.0
"""Height of a line of small text, in points."""

WIDE = Frame(500, (250, 28, 100, 38), (10.5, 6), (0.31, 0.87, 0.79, 0.12), letters=54, pad=28)
NARROW = Frame(
    500,
    (122, 44, 62, 38),
    (4.8, 8.4),
    (0.36, 0.82, 0.73, 0.08),
    letters=23,
    pad=50,
    text=style.TEXT_COMPACT,
)

LONGEST_LEVEL, SHORTEST_LEVEL = 30, 17
"""Characters of a group's name that are shown, in wide and in narrow figures."""


def drivers_finding(data: pd.DataFrame, *, most: int = MOST) -> str:
    """How many of the groups drawn stand out, and the first of them, in one line.

    >>> table = pd.DataFrame({"factor": "product", "level": ["KT-1", "KT-2"],
    ...     "n_orders": [233, 900], "n_defective": [6, 7], "rest_n_orders": [900, 233],
    ...     "rest_n_defective": [7, 6], "significant": [True, False]})
    >>> drivers_finding(table)
    '1 of 2 groups shown stands out: product KT-1, 6 of 233 orders against 7 of 900 others'
    >>> drivers_finding(table.assign(significant=False))
    'No group of the 2 shown stands out; the first is product KT-1, 6 of 233 orders against \
7 of 900 others'
    """
    rows = data[data.n_orders > 0].head(most)
    if rows.empty:
        return NOTHING
    out = rows[rows.significant.astype(bool)]
    if len(rows) == 1:
        return f"{'It stands out' if len(out) else 'It does not stand out'}: {_group(rows.iloc[0])}"
    if out.empty:
        return (
            f"No group of the {words.number(len(rows))} shown stands out; the first is "
            f"{_group(rows.iloc[0])}"
        )
    verb, first = ("stands", "") if len(out) == 1 else ("stand", "first ")
    return (
        f"{words.number(len(out))} of {words.number(len(rows))} groups shown {verb} out: "
        f"{first}{_group(out.iloc[0])}"
    )


def drivers_figure(data: pd.DataFrame, *, policy: Policy | None = None, most: int = MOST) -> Figure:
    """The figure of :func:`plot_drivers` as data."""
    check_one_series(data, NEEDED, "plot_drivers", "drivers")
    if most < 1:
        raise ParameterError(f"most must be at least 1, got {most}.")
    rows = data[data.n_orders > 0].head(most).reset_index(drop=True)
    if rows.empty:
        return nothing("drivers", NOTHING, WIDE, NARROW)

    def draw(ax: Axes, colours: dict[str, str], compact: bool) -> None:
        _Pen(ax, rows, policy or Policy(), colours, compact).draw()

    return Figure("drivers", drivers_finding(data, most=most), draw, WIDE, NARROW)


@draws(drivers_figure)
def plot_drivers(
    data: pd.DataFrame,
    *,
    ax: Axes | None = None,
    policy: Policy | None = None,
    most: int = MOST,
    title: str | None = None,
    theme: str = "light",
    compact: bool = False,
) -> Axes:
    """Draw the rate of each group of orders with its interval, beside that of all other orders.

    Parameters
    ----------
    data : pandas.DataFrame
        Rows of :func:`~odr_analysis.drivers` of one marketplace and channel, in the order to be
        drawn; several factors and reasons may be among them.
    ax : matplotlib.axes.Axes, optional
        By default a new figure.
    policy : Policy, optional
        Whose target is drawn; Amazon's by default.
    most : int
        Groups drawn at most, the first of `data`.
    title : str, optional
        By default how many groups stand out, and the first; '' draws none.
    theme : {"light", "dark"}
    compact : bool
        For narrow figures: shorter names.

    Returns
    -------
    matplotlib.axes.Axes
        A point plot of seaborn: y is the number of the row, 0 at the top; x a rate, fraction
        0-1. ``rates-significant`` (filled diamonds) and ``rates-others`` (hollow circles) are
        the rates, ``interval-<row>`` runs from ``lower`` to ``upper``, ``rest-<row>`` is an
        upright stroke at the rate of all other orders, for the same reason. ``counts-<row>`` are
        the counts in words and ``limit`` is the target.

    Raises
    ------
    ParameterError
        `data` lacks columns of ``drivers``, or has more than one marketplace and channel, or
        `most` is less than 1.

    Notes
    -----
    The interval is that of one group by itself (Jeffreys). The worst of many groups is high by
    chance too; ``significant`` allows for that and the interval does not.

    Examples
    --------
    >>> from matplotlib import figure
    >>> table = pd.DataFrame({"marketplace": "Amazon.de", "channel": "mfn", "factor": "product",
    ...     "level": ["KT-1", "KT-2"], "n_orders": [100, 900], "n_defective": [6, 9],
    ...     "rate": [0.06, 0.01], "lower": [0.025, 0.005], "upper": [0.119, 0.018],
    ...     "rest_n_orders": [900, 100], "rest_n_defective": [9, 6], "rest_rate": [0.01, 0.06],
    ...     "significant": [True, False]})
    >>> ax = plot_drivers(table, ax=figure.Figure().add_subplot())
    >>> [line.get_xdata().tolist() for line in ax.lines if line.get_gid() == "interval-0"]
    [[0.025, 0.119]]
    """
    figure = drivers_figure(data, policy=policy, most=most)
    return figure.plot(ax, title=title, theme=theme, compact=compact)


def _group(row: Any) -> str:
    reason = f", {row.reason}" if getattr(row, "reason", "") else ""
    return (
        f"{row.factor} {_short(str(row.level), LONGEST_LEVEL)}{reason}, {_counts(row)} "
        f"orders against {words.number(row.rest_n_defective)} of "
        f"{words.number(row.rest_n_orders)} others"
    )


def _short(text: str, longest: int) -> str:
    """The beginning of a name; cut within a word, since a name is often a single one.

    >>> _short("DE Nordrhein-Westfalen", 17), _short("KT-1", 17)
    ('DE Nordrhein-Wes…', 'KT-1')
    """
    text = " ".join(text.split())
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def _counts(row: Any) -> str:
    return f"{words.number(row.n_defective)} of {words.number(row.n_orders)}"


@dataclass(frozen=True, eq=False)
class _Pen:
    """Draws one figure, part by part."""

    ax: Axes
    rows: pd.DataFrame
    policy: Policy
    colours: dict[str, str]
    compact: bool

    def draw(self) -> None:
        ax, rows = self.ax, self.rows
        for out in (False, True):
            self._points(rows[rows.significant.astype(bool) == out], out)
        top = float(max(rows.upper.max(), rows.rest_rate.max(), self.policy.target * 1.25)) * 1.04
        ax.set(xlim=(-top * 0.01, top), ylim=(max(len(rows), FEWEST_ROWS) - 0.5, -0.5))
        ax.set(xlabel="", ylabel="")
        self._rest()
        limit = ax.axvline(self.policy.target, color=self.colours["limit"], linewidth=1.2)
        limit.set(gid="limit", zorder=1.5)
        self._names()
        name_rates(ax.xaxis, top, most=5 if self.compact else 9)
        ax.set_xlabel("share of its orders, with its interval", fontsize="small", loc="left")
        self._beside("defective", ax.get_ylim()[0], (8, -10), "left", "muted")
        ax.grid(axis="x", color=self.colours["line"], linewidth=0.6, alpha=0.7)
        ax.set_axisbelow(True)
        self._legend()

    def _style(self, out: bool) -> dict[str, Any]:
        colour = self.colours["critical" if out else "muted"]
        return {
            "color": colour,
            "marker": "D" if out else "o",
            "markersize": 7.0 if out else 6.5,
            "markerfacecolor": colour if out else self.colours["card"],
            "markeredgecolor": colour,
            "markeredgewidth": 1.3,
        }

    def _points(self, rows: pd.DataFrame, out: bool) -> None:
        """Rates and their intervals: the middle and the ends of three numbers a row."""
        import seaborn as sns

        if rows.empty:
            return
        ends = rows[["lower", "rate", "upper"]].to_numpy(float)
        before = len(self.ax.lines)
        sns.pointplot(
            x=ends.ravel(),
            y=np.repeat(rows.index.to_numpy(float), 3),
            ax=self.ax,
            orient="y",
            native_scale=True,
            estimator="median",
            errorbar=("pi", 100),
            linestyle="none",
            err_kws={"linewidth": 2.0 if out else 1.5, "solid_capstyle": "round"},
            zorder=3,
            **self._style(out),
        )
        for line in self.ax.lines[before:]:
            if line.get_linestyle() == "None":
                line.set(gid=f"rates-{'significant' if out else 'others'}", zorder=4)
            else:
                line.set_gid(f"interval-{round(float(np.asarray(line.get_ydata())[0]))}")

    def _rest(self) -> None:
        for i, rate in enumerate(self.rows.rest_rate):
            stroke = self.ax.plot(
                [rate, rate], [i - 0.3, i + 0.3], color=self.colours["ink"], linewidth=2, zorder=3.5
            )[0]
            stroke.set_gid(f"rest-{i}")

    def _names(self) -> None:
        """Each group's name at the left, its counts at the right."""
        ax, rows = self.ax, self.rows
        longest = SHORTEST_LEVEL if self.compact else LONGEST_LEVEL
        ax.set_yticks([])
        for i, row in enumerate(rows.itertuples()):
            reason = getattr(row, "reason", "")
            about = [str(row.factor), *([reason] if reason else [])]
            # In narrow figures, one below the other.
            lines = [", ".join(about)] if not self.compact else about
            up = LINE * len(lines) / 2
            name = self._beside(_short(str(row.level), longest), i, (-8, up), "right", "ink")
            name.set(gid=f"name-{i}", fontweight="bold" if row.significant else "normal")
            for k, said in enumerate(lines):
                off = (-8, up - LINE * (k + 1))
                self._beside(said, i, off, "right", "muted").set_gid(f"about-{i}-{k}")
            self._beside(_counts(row), i, (8, 0), "left", "ink").set_gid(f"counts-{i}")

    def _beside(self, said: str, row: float, off: tuple[float, float], side: str, role: str) -> Any:
        return self.ax.annotate(
            said,
            (0 if side == "right" else 1, row),
            xycoords=("axes fraction", "data"),
            xytext=off,
            textcoords="offset points",
            ha=side,
            va="center",
            color=self.colours[role],
            fontsize="small",
            annotation_clip=False,
            # Names from the exports are not formulas, whatever $ they hold.
            parse_math=False,
        )

    def _legend(self) -> None:
        from matplotlib.lines import Line2D

        significant = self.rows.significant.astype(bool)
        keys: list[Any] = []
        for out, said in ((True, "stands out"), (False, "may be chance")):
            if (significant == out).any():
                keys.append(Line2D([], [], linewidth=1.5, label=said, **self._style(out)))
        ink, red = self.colours["ink"], self.colours["limit"]
        upright: dict[str, Any] = {"linestyle": "none", "marker": "|", "markersize": 11}
        keys.append(
            Line2D([], [], color=ink, markeredgewidth=2, label="all other orders", **upright)
        )
        limit = f"{words.level(self.policy.target)} limit"
        keys.append(Line2D([], [], color=red, markeredgewidth=1.2, label=limit, **upright))
        columns, left = (2, -0.75) if self.compact else (len(keys), 0.0)
        key(self.ax, keys, columns=columns, handlelength=2, bbox_to_anchor=(left, 1.0))
