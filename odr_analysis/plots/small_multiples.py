"""The rate of every marketplace and channel, one small figure each, on the same axes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from odr_analysis import terms, words
from odr_analysis.plots.shared.axis import day_positions, months, rate_ticks
from odr_analysis.plots.shared.common import check_columns
from odr_analysis.plots.shared.figure import Panels, draws
from odr_analysis.plots.shared.panels import DOT, NARROW, WIDE, Room
from odr_analysis.policy import Policy

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from seaborn import FacetGrid

NEEDED = (
    *("as_of", *terms.SERIES_KEYS, "n_orders", "n_defective"),
    *(*terms.COMPONENT_COLUMNS, "window_complete"),
)
NOTHING = "There is no order that counts on any day"

MOST = 12
"""Panels drawn; of more series, those with the most orders on the last day."""

FEWEST_ORDERS = 100
"""The common scale reaches the rates of at least so many orders: one defect of five orders is
20 %, and would flatten all other panels."""

DASHES: dict[str, Any] = {
    "odr": "",
    "feedback": (1, 0),
    "claim": (5, 1.6),
    "chargeback": (1.4, 1.6),
}
"""Dashes of each line: grey print tells them apart."""


def small_multiples_finding(data: pd.DataFrame, policy: Policy | None = None) -> str:
    """How many rates have reached the target on the last day, and the highest, in one line.

    >>> table = pd.DataFrame({"as_of": pd.Timestamp("2026-09-30"), "marketplace": "Amazon.de",
    ...     "channel": ["mfn", "afn"], "n_orders": [1593, 902], "n_defective": [17, 3]})
    >>> small_multiples_finding(table)
    '1 of 2 rates is at 1 % or more on 30 Sep 2026: Seller-fulfilled, 1.07 %'
    >>> small_multiples_finding(table.assign(n_defective=3))
    'By known defects, all 2 rates are under 1 % on 30 Sep 2026; the highest is Amazon-fulfilled, \
0.33 %'
    """
    policy = policy or Policy()
    if data.empty or not (data.n_orders > 0).any():
        return NOTHING
    last = data[data.as_of == data.as_of.max()]
    when, target = words.day(last.as_of.iloc[0]), words.level(policy.target)
    rated = last[last.n_orders > 0]
    if rated.empty:
        return f"No order counts on {when}"
    alone = data.marketplace.nunique() <= 1
    odr = rated.n_defective / rated.n_orders
    worst = rated.iloc[int(odr.argmax())]
    name = words.series(worst.marketplace, worst.channel, alone=alone)
    rate = words.rate(int(worst.n_defective), int(worst.n_orders), policy)
    over = int((odr >= policy.target).sum())
    if len(rated) == 1:
        counts = (
            f"{words.number(worst.n_defective)} of {words.counted(int(worst.n_orders), 'order')}"
        )
        return f"{name}: {rate} on {when}, {counts}"
    if not over:
        return (
            f"By known defects, all {words.number(len(rated))} rates are under {target} on "
            f"{when}; the highest is {name}, {rate}"
        )
    be, most = ("is", "") if over == 1 else ("are", "the highest is ")
    return (
        f"{words.number(over)} of {words.number(len(rated))} rates {be} at {target} or more on "
        f"{when}: {most}{name}, {rate}"
    )


def small_multiples_figure(data: pd.DataFrame, *, policy: Policy | None = None) -> Panels:
    """The figure of :func:`plot_small_multiples` as data."""
    check_columns(data, NEEDED, "plot_small_multiples", "component_rates")
    policy = policy or Policy()
    rows = _chosen(data)

    def draw(title: str, colours: dict[str, str], compact: bool) -> FacetGrid:
        return _Pen(rows, policy, colours, NARROW if compact else WIDE, title).draw()

    return Panels("small-multiples", small_multiples_finding(data, policy), draw)


@draws(small_multiples_figure)
def plot_small_multiples(
    data: pd.DataFrame,
    *,
    policy: Policy | None = None,
    title: str | None = None,
    theme: str = "light",
    compact: bool = False,
) -> FacetGrid:
    """Draw the rate of each marketplace and channel and its three kinds of defect, side by side.

    Parameters
    ----------
    data : pandas.DataFrame
        :func:`~odr_analysis.component_rates` of any number of marketplaces and channels.
    policy : Policy, optional
        Whose target is drawn; Amazon's by default.
    title : str, optional
        By default how many rates have reached the target; '' draws none.
    theme : {"light", "dark"}
    compact : bool
        For narrow figures: one panel below the other.

    Returns
    -------
    seaborn.FacetGrid
        A figure of its own, so there is no ``ax``: ``.figure`` is the whole, ``.axes`` its
        panels in the order of `data`. In panel i the lines carry the ``gid`` ``odr-<i>-<run>``
        and ``feedback-``, ``claim-`` and ``chargeback-`` likewise, a run being days in a row
        with orders; x is the day (days since 1970), y a fraction 0-1. The kinds overlap, so they
        add up to more than the rate. ``limit-<i>`` is the target, ``incomplete-<i>`` lies over
        the days whose window the exports do not cover, and ``beyond-<i>`` states the highest
        rate where it is above the common scale.

    Raises
    ------
    ParameterError
        `data` lacks columns of ``component_rates``.

    Examples
    --------
    >>> from odr_analysis import account_from_frames, component_rates
    >>> orders = pd.DataFrame({"order_id": ["a", "b"], "ordered_on": "2026-07-20",
    ...                        "marketplace": "Amazon.de", "channel": "mfn"})
    >>> defects = pd.DataFrame({"order_id": ["a"], "component": "claim",
    ...                         "reported_on": ["2026-08-06"]})
    >>> account = account_from_frames(orders, defects)
    >>> grid = plot_small_multiples(component_rates(account, "2026-08-10"))
    >>> [ax.get_title(loc="left") for ax in grid.axes]
    ['Seller-fulfilled: 50.00 %']
    >>> import matplotlib.pyplot as plt
    >>> plt.close(grid.figure)
    """
    figure = small_multiples_figure(data, policy=policy)
    return figure.plot(title=title, theme=theme, compact=compact)


def _chosen(data: pd.DataFrame) -> pd.DataFrame:
    """Rows of the series drawn, each with the number of its panel."""
    keys = list(terms.SERIES_KEYS)
    last = data.sort_values("as_of", kind="stable").groupby(keys, sort=False).n_orders.last()
    series = data[keys].drop_duplicates()
    orders = last.reindex(pd.MultiIndex.from_frame(series)).to_numpy()
    kept = np.sort(np.argsort(-orders, kind="stable")[:MOST])
    numbered = series.iloc[kept].assign(panel=range(len(kept)))
    return data.merge(numbered, on=keys).sort_values(["panel", "as_of"], ignore_index=True)


@dataclass(frozen=True, eq=False)
class _Pen:
    """Draws one grid, part by part."""

    rows: pd.DataFrame
    policy: Policy
    colours: dict[str, str]
    room: Room
    title: str

    @property
    def compact(self) -> bool:
        return self.room is NARROW

    @property
    def parts(self) -> list[str]:
        """Kinds of defect there are, and the rate on top of them."""
        kinds = [c for c in terms.COMPONENTS if self.rows[f"n_{c}"].any()]
        return [*kinds, "odr"]

    @property
    def _key_columns(self) -> int:
        return 2 if self.compact else len(self.parts) + 1

    @property
    def _key_rows(self) -> int:
        return -(-(len(self.parts) + 1) // self._key_columns)

    def draw(self) -> FacetGrid:
        import seaborn as sns

        lines = self._lines()
        if lines.empty:
            grid = sns.FacetGrid(lines, height=2)
            grid.ax.set_axis_off()
            self.room.give(grid.figure, 1, 1, self._key_rows, self.title)
            return grid
        panels = int(self.rows.panel.max()) + 1
        columns = 1 if self.compact else panels if panels <= 3 else 2 if panels == 4 else 3
        paint = {part: self.colours["ink" if part == "odr" else part] for part in self.parts}
        grid = sns.relplot(
            data=lines,
            kind="line",
            x="day",
            y="rate",
            col="panel",
            col_order=range(panels),
            col_wrap=columns,
            hue="part",
            hue_order=self.parts,
            palette=paint,
            size="part",
            sizes={part: 2.2 if part == "odr" else 1.4 for part in self.parts},
            style="part",
            dashes={part: DASHES[part] for part in self.parts},
            units="run",
            estimator=None,
            drawstyle="steps-mid",
            legend=False,
            height=2,
            facet_kws={"sharex": False, "sharey": False},
        )
        self.room.give(grid.figure, panels, columns, self._key_rows, self.title)
        self._dress(grid, columns)
        self._legend(grid)
        return grid

    def _lines(self) -> pd.DataFrame:
        """One row per panel, line and day with orders."""
        rows = self.rows
        rated = rows.n_orders > 0
        begins = (rated != rated.shift()) | (rows.panel != rows.panel.shift())
        wide = pd.DataFrame(
            {"panel": rows.panel, "day": day_positions(rows.as_of), "run": begins.cumsum()}
        )
        for part in self.parts:
            n = rows[f"n_{'defective' if part == 'odr' else part}"]
            wide[part] = n / rows.n_orders.where(rated)
        keys = ["panel", "day", "run"]
        return wide[rated].melt(id_vars=keys, var_name="part", value_name="rate")

    def _top(self) -> float:
        """Upper end of the common scale."""
        rates = self.rows.n_defective / self.rows.n_orders.where(self.rows.n_orders > 0)
        many = rates[self.rows.n_orders >= FEWEST_ORDERS]
        highest = (many if len(many) else rates).max()
        return float(max(highest, self.policy.target * 1.25)) * 1.12

    def _dress(self, grid: FacetGrid, columns: int) -> None:
        from matplotlib.colors import to_hex

        top = self._top()
        ticks = rate_ticks(top)
        part_of = {self.colours["ink" if p == "odr" else p]: p for p in self.parts}
        alone = self.rows.marketplace.nunique() <= 1
        days = day_positions(self.rows.as_of)
        for i, ax in enumerate(grid.axes):
            mine = self.rows[self.rows.panel == i]
            seen: dict[str, int] = {}
            for line in ax.lines:
                part = part_of[to_hex(line.get_color())]
                line.set_gid(f"{part}-{i}-{seen.get(part, 0)}")
                line.set_zorder(3 if part == "odr" else 2)
                seen[part] = seen.get(part, 0) + 1
            ax.set(xlim=(days.min() - 0.5, days.max() + 0.5), ylim=(0, top), xlabel="", ylabel="")
            limit = ax.axhline(self.policy.target, color=self.colours["limit"], linewidth=1.1)
            limit.set(gid=f"limit-{i}", zorder=1.8)
            ax.set_yticks(ticks, [words.level(t) for t in ticks] if i % columns == 0 else [])
            ax.grid(axis="y", color=self.colours["line"], linewidth=0.6, alpha=0.7)
            ax.set_axisbelow(True)
            months(ax, every=1 if columns == 1 and not self.compact else 2 if columns < 3 else 3)
            self._incomplete(ax, mine, i)
            self._beyond(ax, mine, i, top)
            row = mine.iloc[-1]
            name = words.series(row.marketplace, row.channel, alone=alone)
            rate = words.rate(int(row.n_defective), int(row.n_orders), self.policy)
            now = f"{rate}" if row.n_orders else "no orders"
            ax.set_title(
                f"{name}: {now}", fontsize="medium", fontweight="normal", pad=6, parse_math=False
            )

    def _incomplete(self, ax: Axes, mine: pd.DataFrame, i: int) -> None:
        """Pale days whose window the exports do not cover; they come first."""
        short = day_positions(mine.as_of[~mine.window_complete.astype(bool)])
        if len(short):
            veil = ax.axvspan(
                short.min() - 0.5, short.max() + 0.5, color=self.colours["card"], alpha=0.72
            )
            veil.set(gid=f"incomplete-{i}", linewidth=0, zorder=4)

    def _beyond(self, ax: Axes, mine: pd.DataFrame, i: int, top: float) -> None:
        rates = mine.n_defective / mine.n_orders.where(mine.n_orders > 0)
        if not rates.max() > top:
            return
        row = mine.iloc[int(np.nanargmax(rates))]
        counts = f"{words.number(row.n_defective)} of {words.number(row.n_orders)}"
        text = ax.annotate(
            f"up to {words.level(rates.max(), 3)} ({counts})",
            (1, 1),
            xycoords="axes fraction",
            xytext=(-3, -3),
            textcoords="offset points",
            ha="right",
            va="top",
            fontsize="small",
            color=self.colours["muted"],
            bbox={"facecolor": self.colours["card"], "alpha": 0.8, "linewidth": 0, "pad": 1},
            zorder=5,
        )
        text.set_gid(f"beyond-{i}")

    def _legend(self, grid: FacetGrid) -> None:
        from matplotlib.lines import Line2D

        labels = {**terms.COMPONENT_LABELS, "odr": "ODR"}
        keys = [
            Line2D(
                [],
                [],
                color=self.colours["ink" if part == "odr" else part],
                linewidth=2.2 if part == "odr" else 1.4,
                dashes=DASHES[part] or (None, None),
                label=labels[part],
            )
            for part in ("odr", *self.parts[:-1])
        ]
        limit = f"{words.level(self.policy.target)} limit"
        keys.append(Line2D([], [], color=self.colours["limit"], linewidth=1.1, label=limit))
        figure, room = grid.figure, self.room
        height = figure.get_size_inches()[1] * DOT
        top = figure.subplotpars.top + room.line / height
        drawn = figure.legend(
            handles=keys,
            loc="lower left",
            bbox_to_anchor=(8 / room.width, top),
            ncols=self._key_columns,
            frameon=False,
            fontsize="small",
            borderaxespad=0.3,
            borderpad=0.2,
            handlelength=2,
            columnspacing=1.3,
            labelspacing=0.25,
        )
        drawn.set_gid("legend")
