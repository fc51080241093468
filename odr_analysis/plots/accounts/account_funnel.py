"""Rates of accounts by size, with the funnel that random variation alone would keep them in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from odr_analysis import style, words
from odr_analysis.arrays import Flags, Floats, Integers
from odr_analysis.plots.shared.axis import name_rates
from odr_analysis.plots.shared.common import check_columns, key
from odr_analysis.plots.shared.figure import Figure, Frame, draws, nothing
from odr_analysis.plots.shared.funnel_lines import (
    Level,
    draw_funnel,
    draw_levels,
    funnel_keys,
    name_sizes,
)
from odr_analysis.plots.shared.labels import name_dots
from odr_analysis.rates.between_accounts import (
    FALSE_NAMES,
    HIGHER,
    LOWER,
    all_but_few,
    over_limit,
)
from odr_analysis.rates.groups import WITHIN, funnel, large_enough

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

NEEDED = ("account", "n_orders", "n_defective", "target", "differs", "over_target")
NOTHING = "There are fewer than two accounts to compare"
HIGHEST = 6
"""Times the target to which the axis reaches for the sake of accounts that stand out."""
STEPS = 240
"""Dots that fall on one of so many steps along both axes cover each other, and are drawn once."""
MOST_NAMES, MOST_NAMES_COMPACT = 8, 4
LONGEST, LONGEST_COMPACT = 28, 16
"""Characters of a name that are shown."""

WIDE = Frame(320, (48, 40, 118, 38), (10.5, 4.6), (0.07, 0.82, 0.76, 0.12), letters=76, pad=46)
NARROW = Frame(
    320,
    (44, 92, 56, 38),
    (4.8, 5.2),
    (0.13, 0.82, 0.58, 0.12),
    letters=30,
    pad=80,
    text=style.TEXT_COMPACT,
)


def account_funnel_finding(data: pd.DataFrame) -> str:
    """How many accounts are unlike the others by more than their size explains, in one line.

    >>> rates = pd.DataFrame({"account": ["A", "B"], "n_orders": [1000, 9000],
    ...     "n_defective": [30, 40], "target": 0.01, "differs": ["higher", "lower"],
    ...     "over_target": [True, False]})
    >>> account_funnel_finding(rates)
    'Of 2 rates 1 is clearly over 1 %, 1 clearly higher and 1 clearly lower than the others'
    """
    rows = _rows(data)
    if len(rows) < 2:
        return NOTHING
    if not (rows.over_target.any() or (rows.differs != "").any()):
        return f"None of {words.counted(len(rows), 'rate')} stands out"
    over, higher, lower = (
        words.number(n) if n else "none"
        for n in (rows.over_target.sum(), *((rows.differs == w).sum() for w in (HIGHER, LOWER)))
    )
    return (
        f"Of {words.counted(len(rows), 'rate')} {over} {'is' if over in ('1', 'none') else 'are'} "
        f"clearly over {words.level(_target(rows))}, {higher} clearly higher and {lower} clearly "
        "lower than the others"
    )


def account_funnel_figure(data: pd.DataFrame, *, name: str = "account-funnel") -> Figure:
    """The figure of :func:`plot_account_funnel` as data."""
    rows = _rows(data)
    if len(rows) < 2:
        return nothing(name, NOTHING, WIDE, NARROW)

    def draw(ax: Axes, colours: dict[str, str], compact: bool) -> None:
        _Pen(ax, rows, colours, compact).draw()

    return Figure(name, account_funnel_finding(data), draw, WIDE, NARROW)


@draws(account_funnel_figure)
def plot_account_funnel(
    data: pd.DataFrame,
    *,
    ax: Axes | None = None,
    title: str | None = None,
    theme: str = "light",
    compact: bool = False,
) -> Axes:
    """Draw the rate of each account against its orders, and which rates size alone would not give.

    Parameters
    ----------
    data : pandas.DataFrame
        One row per rate of one channel: ``account``, ``n_orders``, ``n_defective``, ``target``,
        ``differs`` and ``over_target`` (:func:`~odr_analysis.rates.between_accounts`).
    ax : matplotlib.axes.Axes, optional
        By default a new figure.
    title : str, optional
        By default how many stand out; '' draws none.
    theme : {"light", "dark"}
    compact : bool
        For narrow figures: fewer labels.

    Returns
    -------
    matplotlib.axes.Axes
        Lines and areas carry a ``gid``: ``alike``, ``higher``, ``lower`` and ``over`` are the dots
        (those above the axis stand at its top), ``usual`` the rate of all together, ``limit`` the
        target, ``within-95`` the area in which 95 % of accounts lie if all have the usual rate,
        ``lower-every`` and ``upper-every`` the lines between which all of them then lie in 95 % of
        cases, and ``over-limit`` the line at or above which a rate is clearly over the target.

    Raises
    ------
    ParameterError
        `data` lacks columns.

    Notes
    -----
    A funnel plot (Spiegelhalter, Stat. Med. 24, 2005) with exact limits. The outer ones are for all
    accounts together, since the worst of many looks bad by random variation alone.
    """
    figure = account_funnel_figure(data)
    return figure.plot(ax, title=title, theme=theme, compact=compact)


def _rows(data: pd.DataFrame) -> pd.DataFrame:
    check_columns(data, NEEDED, "plot_account_funnel", "between_accounts")
    rows = data[data.n_orders > 0].reset_index(drop=True)
    return rows.assign(rate=rows.n_defective / rows.n_orders)


def _target(rows: pd.DataFrame) -> float:
    """The target of most accounts."""
    return float(rows.target.value_counts().index[0])


@dataclass(frozen=True, eq=False)
class _Pen:
    """Draws one funnel, part by part."""

    ax: Axes
    rows: pd.DataFrame
    colours: dict[str, str]
    compact: bool

    def draw(self) -> None:
        ax, rows = self.ax, self.rows
        usual = float(rows.n_defective.sum() / rows.n_orders.sum())
        target = _target(rows)
        low, high = rows.n_orders.min() / 1.25, rows.n_orders.max() * 1.25
        top = self._top(usual, target)
        ax.set_xscale("log")
        ax.set_xlim(low, high)
        ax.set_ylim(-top * 0.03, top)
        limits = funnel(low, high, usual, (WITHIN[0], 1 - FALSE_NAMES / len(rows)))
        draw_funnel(ax, limits, self.colours, outer="every")
        self._over(low, high, target)
        self._lines(usual, target)
        self._dots(top, (usual, target))
        name_rates(ax.yaxis, top)
        name_sizes(ax, "orders in the window", compact=self.compact)
        self._key(bool((rows.rate > top).any()))

    def _top(self, usual: float, target: float) -> float:
        """Upper end: a defect among a few orders is a high rate, and is not to flatten all."""
        rows = self.rows
        shown = large_enough(rows.n_orders, 0.5) & ~self._named().to_numpy(bool)
        named = float(rows.rate[self._named()].max()) if self._named().any() else 0.0
        most = max(
            all_but_few(rows.rate[shown]), min(named, HIGHEST * target), target * 1.6, usual * 2
        )
        return min(most * 1.1, 1.06)

    def _named(self) -> pd.Series:
        return self.rows.over_target | (self.rows.differs == HIGHER)

    def _over(self, low: float, high: float, target: float) -> None:
        """From where on a rate is clearly over the target, among so many."""
        limit = over_limit(low, high, target, len(self.rows))
        (line,) = self.ax.plot(
            limit.n_orders,
            limit.rate,
            color=self.colours["limit"],
            linewidth=1,
            dashes=(1.5, 2),
            zorder=1.6,
        )
        line.set_gid("over-limit")

    def _lines(self, usual: float, target: float) -> None:
        """The usual rate and the target."""
        rate = words.level(usual, 4)
        limit = words.level(target) + ("" if self.compact else " limit")
        together = f"all\n{rate}" if self.compact else f"all together {rate}"
        levels = [Level(target, limit, "limit", "limit"), Level(usual, together, "usual", "ink")]
        draw_levels(self.ax, levels, self.colours, compact=self.compact)

    def _dots(self, top: float, levels: tuple[float, float]) -> None:
        rows, over = self.rows, self.rows.over_target.to_numpy(bool)
        x, y = rows.n_orders.to_numpy(float), np.minimum(rows.rate.to_numpy(float), top)
        differs = rows.differs.to_numpy(str)
        seen = np.concatenate(
            [
                self._of(x, y, top, which, gid, beyond)
                for beyond in (False, True)
                for gid, which in (
                    ("alike", ~over & (differs == "")),
                    (LOWER, ~over & (differs == LOWER)),
                    (HIGHER, ~over & (differs == HIGHER)),
                    ("over", over),
                )
            ]
        )
        self._name(x, y, seen, levels)

    def _of(
        self, x: Floats, y: Floats, top: float, which: Flags, gid: str, beyond: bool
    ) -> Integers:
        """Draw the dots of one kind, of those within or beyond the axis; the rows drawn."""
        rates = self.rows.rate.to_numpy(float)
        at = np.flatnonzero(which & ((rates > top) == beyond))
        cells = np.stack([np.log(x[at]), y[at]])
        span = np.array([[np.log(x.max() / x.min()) or 1.0], [top]])
        _, first = np.unique((cells / span * STEPS).round(), axis=1, return_index=True)
        at = at[first]
        if len(at):
            stands_out = gid in (HIGHER, "over")
            colour = self.colours[_PAINT[gid]]
            (dots,) = self.ax.plot(
                x[at],
                y[at],
                marker="^" if beyond else _MARKER[gid],
                markersize=7.5 if stands_out else 4.5,
                markerfacecolor=colour if gid == "over" else self.colours["card"],
                markeredgecolor=colour,
                markeredgewidth=1.4 if stands_out else 0.9,
                linestyle="none",
                clip_on=False,
                zorder=5 if stands_out else 4,
            )
            dots.set_gid(f"{gid}-beyond" if beyond else gid)
        return at

    def _name(self, x: Floats, y: Floats, seen: Integers, levels: tuple[float, float]) -> None:
        """Name the accounts that stand out, those farthest over the target first."""
        rows = self.rows[self._named()]
        rows = rows.sort_values(["over_target", "rate"], ascending=False, kind="stable")
        most = MOST_NAMES_COMPACT if self.compact else MOST_NAMES
        longest = LONGEST_COMPACT if self.compact else LONGEST
        first = rows.index[:most].tolist()
        # The dots of accounts to be named come first, and each is there once.
        places = [*first, *(i for i in seen.tolist() if i not in set(first))]
        names = {k: words.opening(str(rows.account[i]), longest) for k, i in enumerate(first)}
        name_dots(
            self.ax,
            [(x[i], y[i]) for i in places],
            names,
            levels=levels,
            fontsize="small",
            fontweight="bold",
            color=self.colours["ink"],
            zorder=6,
        )

    def _key(self, beyond: bool) -> None:
        from matplotlib.lines import Line2D

        colours, rows = self.colours, self.rows
        keys: list[Any] = []
        for gid, label, there in (
            ("over", f"clearly over {words.level(_target(rows))}", rows.over_target.any()),
            (HIGHER, "clearly higher", (rows.differs == HIGHER).any()),
            (LOWER, "clearly lower", (rows.differs == LOWER).any()),
            ("alike", "within random variation", True),
        ):
            colour = colours[_PAINT[gid]]
            face = colour if gid == "over" else colours["card"]
            if there:
                keys.append(_dot(_MARKER[gid], face, colour, label))
        if beyond:
            keys.append(_dot("^", colours["card"], colours["muted"], "higher than drawn"))
        keys += funnel_keys(colours, "95 of 100, if alike", "all, if alike")
        dots: dict[str, Any] = {"color": colours["limit"], "linewidth": 1, "dashes": (1.5, 2)}
        keys.append(Line2D([], [], label="clearly over above", **dots))
        key(self.ax, keys, columns=2 if self.compact else 4, borderaxespad=0.5)


_PAINT = {"alike": "muted", LOWER: "healthy", HIGHER: "early", "over": "critical"}
_MARKER = {"alike": "o", LOWER: "v", HIGHER: "s", "over": "D"}


def _dot(marker: str, face: str, edge: str, label: str) -> Line2D:
    """Key of a kind of dot."""
    from matplotlib.lines import Line2D

    return Line2D(
        [],
        [],
        marker=marker,
        linestyle="none",
        markersize=6,
        markerfacecolor=face,
        markeredgecolor=edge,
        label=label,
    )
