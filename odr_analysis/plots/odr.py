"""The rate day by day: its exclusive parts stacked, so that their top edge is the rate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from odr_analysis import style, terms, words
from odr_analysis.answer.sections import Trend
from odr_analysis.plots.days_ahead.fan import draw_fan, draw_known
from odr_analysis.plots.shared.axis import day_positions, months, name_rates, position, steps
from odr_analysis.plots.shared.common import check_one_series, key
from odr_analysis.plots.shared.figure import Figure, Frame, draws, slug
from odr_analysis.plots.shared.strip import strip_below
from odr_analysis.policy import Policy

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NEEDED = ("as_of", "n_orders", "odr", *terms.CELL_COLUMNS, "window_complete")

WIDE = Frame(356, (44, 6, 100, 24), (10.5, 5.2), (0.07, 0.88, 0.76, 0.08), pad=8)
NARROW = Frame(
    276,
    (40, 6, 34, 22),
    (4.8, 5),
    (0.12, 0.88, 0.76, 0.08),
    letters=38,
    pad=8,
    text=style.TEXT_COMPACT,
)
KEY_ROW = 20
"""Height of a row of the key, in points."""

HEADROOM = 1.25
"""The limit line never lies closer to the top than this."""

FAN_ROOM = 1.5
"""The band ahead raises the top of the axis at most so much."""

LABEL_SHARE = 0.09
"""Lines nearer to each other than this share of the axis carry one label."""

AHEAD = ["forecast; darker: 5 in 10", "outcomes, lighter: 9 in 10"]
AT_LEAST = ["line: known defects", "hatched: not known"]
"""What is drawn ahead, in words short enough to stand beside it."""

UNKNOWN_HATCH = "////"


@dataclass(frozen=True, eq=False)
class _Shown:
    """What is drawn, whichever form it came in."""

    title: str
    history: pd.DataFrame
    path: pd.DataFrame | None
    at_least: bool
    daily: pd.DataFrame | None
    as_of: date
    policy: Policy

    @classmethod
    def of(cls, data: Trend | pd.DataFrame, policy: Policy | None) -> _Shown:
        if isinstance(data, Trend):
            return cls(
                data.finding,
                data.history,
                data.path if len(data.path) else None,
                data.at_least,
                data.daily,
                data.as_of,
                data.policy,
            )
        check_one_series(data, NEEDED, "plot_odr", "component_rates", rows=True)
        name = words.series(*data[list(terms.SERIES_KEYS)].iloc[0])
        as_of = data["as_of"].max().date()
        return cls(f"{name}: ODR", data, None, False, None, as_of, policy or Policy())

    def key_columns(self, compact: bool) -> int:
        """Entries of the key in a row."""
        return 2 if compact else 5 if self._kinds <= 5 else 4

    def key_rows(self, compact: bool) -> int:
        """Rows of the key; 0 where no order has a defect."""
        return -(-self._kinds // self.key_columns(compact))

    @property
    def _kinds(self) -> int:
        """Kinds of defective orders there are any of."""
        return sum(bool(self.history[name].any()) for name in terms.CELL_COLUMNS)

    @property
    def full(self) -> np.ndarray:
        """Days whose whole window lies within the exports."""
        return self.history["window_complete"].to_numpy(bool)

    @property
    def top(self) -> float:
        """Upper end of the axis: partial windows, which can reach 100 %, do not stretch it."""
        odr = self.history["odr"]
        rates = odr[self.full] if self.full.any() else odr
        most = [self.policy.target * HEADROOM, rates.max()]
        if self.path is not None:
            # Of the band no more than leaves the history its room.
            fan = self.path[["known_odr", "odr", "upper_90"]].max()
            high = min(fan["upper_90"], max(*most, fan["odr"]) * FAN_ROOM)
            most.append(fan["known_odr"] if self.at_least else high)
        # NaN where there is no rate at all; the target is always a number.
        return float(np.nanmax(most)) * 1.12


def odr_figure(data: Trend | pd.DataFrame, *, policy: Policy | None = None) -> Figure:
    """The figure of :func:`plot_odr` as data."""
    shown = _Shown.of(data, policy)

    def draw(ax: Axes, colours: dict[str, str], compact: bool) -> None:
        _Pen(ax, shown, colours, compact).draw()

    return Figure(
        slug("odr", *shown.history[list(terms.SERIES_KEYS)].iloc[0]),
        shown.title,
        draw,
        WIDE.raised(KEY_ROW * shown.key_rows(compact=False)),
        NARROW.raised(KEY_ROW * shown.key_rows(compact=True)),
        data.alt if isinstance(data, Trend) else "",
    )


@draws(odr_figure)
def plot_odr(
    data: Trend | pd.DataFrame,
    *,
    ax: Axes | None = None,
    policy: Policy | None = None,
    title: str | None = None,
    theme: str = "light",
    compact: bool = False,
) -> Axes:
    """Draw the rate of one series over time, stacked by kind of defect.

    Parameters
    ----------
    data : Trend or pandas.DataFrame
        ``findings(account).answer.trends[i]``, or the ``component_rates`` of one marketplace
        and channel. A Trend also brings the days ahead and the orders placed per day.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure. A Trend takes the lower part of it for its strip
        of orders.
    policy : Policy, optional
        Thresholds and window for a DataFrame; Amazon's current ones by default.
    title : str, optional
        By default the finding of a Trend, or the name of the series; '' draws none.
    theme : {"light", "dark"}
    compact : bool
        For narrow figures: fewer labels.

    Returns
    -------
    matplotlib.axes.Axes
        Of the rates. Artists carry a ``gid``: ``odr`` (the top edge), ``cell-<cell>``,
        ``limit``, ``early``, ``as-of``; ahead ``band-90``, ``band-50``, ``forecast``, ``known``
        (what known defects come to), and ``unknown`` where not every kind of defect is known.

    Raises
    ------
    ParameterError
        `data` lacks columns of ``component_rates``, or holds no row, or rows of more than one
        marketplace or channel.

    Notes
    -----
    The seven cells are exclusive, so their heights add up to ``n_defective / n_orders``, the
    rate, exactly. Days without orders leave a gap: there is no rate, not one of 0 %.

    Examples
    --------
    One of two orders has a claim, so the rate ends at a half:

    >>> from odr_analysis import account_from_frames, component_rates
    >>> orders = pd.DataFrame({"order_id": ["a", "b"], "ordered_on": "2026-07-20",
    ...                        "marketplace": "Amazon.de", "channel": "mfn"})
    >>> defects = pd.DataFrame({"order_id": ["a"], "component": "claim",
    ...                         "reported_on": ["2026-08-06"]})
    >>> account = account_from_frames(orders, defects)
    >>> from matplotlib import figure
    >>> ax = plot_odr(component_rates(account, "2026-08-10"), ax=figure.Figure().add_subplot())
    >>> {line.get_gid(): float(line.get_ydata()[-1]) for line in ax.lines}["odr"]
    0.5
    """
    figure = odr_figure(data, policy=policy)
    return figure.plot(ax, title=title, theme=theme, compact=compact)


@dataclass(frozen=True, eq=False)
class _Pen:
    """Draws one figure, part by part."""

    ax: Axes
    shown: _Shown
    colours: dict[str, str]
    compact: bool

    def draw(self) -> None:
        ax, shown = self.ax, self.shown
        days = day_positions(shown.history["as_of"])
        last = days[-1] + 0.5
        if shown.path is not None:
            last = day_positions(shown.path["day"])[-1] + 0.5
        ax.set_xlim(days[0] - 0.5, last)
        ax.set_ylim(0, shown.top)
        below = ax
        if shown.daily is not None:
            below = strip_below(
                ax, shown.daily, shown.as_of, shown.policy, self.colours, compact=self.compact
            )
        self._cells(days)
        self._partial(days)
        self._path()
        self._limits()
        self._as_of()
        name_rates(ax.yaxis, shown.top)
        ax.grid(axis="y", color=self.colours["line"], linewidth=0.6, alpha=0.7)
        ax.set_axisbelow(True)
        months(below, every=2 if self.compact else 1)
        self._legend()

    def _cells(self, days: np.ndarray) -> None:
        history, ax = self.shown.history, self.ax
        n_orders = history["n_orders"].to_numpy(float)
        safe = np.where(n_orders > 0, n_orders, np.nan)
        below = np.zeros(len(days), dtype=np.int64)
        for cell, (fill, stripes) in style.CELL_PAINT.items():
            count = history[f"n_{cell}"].to_numpy(np.int64)
            if not count.any():
                continue
            # Edges are counts over orders, so that the last edge is the rate to the last bit.
            x, low = steps(days, below / safe)
            _, high = steps(days, (below + count) / safe)
            paint: dict[str, Any] = {"facecolor": self.colours[fill], "linewidth": 0}
            if stripes:
                paint |= {"hatch": style.HATCH, "hatchcolor": self.colours[stripes]}
            label = terms.CELL_LABELS[cell]
            area = ax.fill_between(x, low, high, label=label, zorder=2, **paint)
            area.set_gid(f"cell-{cell}")
            below = below + count
        line = ax.plot(
            *steps(days, history["odr"].to_numpy(float)), color=self.colours["ink"], linewidth=1.3
        )[0]
        line.set(gid="odr", zorder=3, solid_joinstyle="miter")

    def _partial(self, days: np.ndarray) -> None:
        """Veil the days whose window reaches beyond the exports, and say so."""
        full = self.shown.full
        if full.all():
            return
        begins = int(full.argmax()) if full.any() else len(full)
        ends = len(full) - int(full[::-1].argmax()) if full.any() else len(full)
        spans = [(0, begins), (ends, len(full))] if full.any() else [(0, len(full))]
        for start, stop in spans:
            if start == stop:
                continue
            left, right = days[start] - 0.5, days[stop - 1] + 0.5
            veil = self.ax.axvspan(left, right, color=self.colours["card"], alpha=0.72, linewidth=0)
            veil.set(zorder=3.5, gid="partial")
            if right - left > (self.ax.get_xlim()[1] - self.ax.get_xlim()[0]) * 0.12:
                self.ax.text(
                    left + 2,
                    self.shown.top * 0.97,
                    "exports do not\nreach back far\nenough yet" if start == 0 else "exports end",
                    color=self.colours["muted"],
                    fontsize="small",
                    va="top",
                    zorder=4,
                )

    def _path(self) -> None:
        """The forecast; where not every kind of defect is known, only what known ones come to."""
        path = self.shown.path
        if path is None:
            return
        ahead = path.iloc[1:]
        days = day_positions(ahead["day"])
        if not self.shown.at_least:
            draw_fan(self.ax, days, ahead, self.colours)
            return
        draw_known(self.ax, days, ahead, self.colours)
        x, low = steps(days, np.nan_to_num(ahead["known_odr"].to_numpy(float)))
        self.ax.fill_between(
            x,
            low,
            np.full_like(low, self.shown.top),
            facecolor="none",
            edgecolor=self.colours["line"],
            hatch=UNKNOWN_HATCH,
            linewidth=0,
        ).set(gid="unknown", zorder=1.2)

    def _limits(self) -> None:
        ax, shown, policy = self.ax, self.shown, self.shown.policy
        right = ax.get_xlim()[1]
        for name, at, colour, dashes, said in (
            ("limit", policy.target, "limit", (None, None), "limit"),
            ("early", policy.warning_from, "early", (4, 3), "early warning"),
        ):
            if not at:
                continue
            # A rim, so that the line shows on every colour of the stack.
            ax.axhline(at, color=self.colours["card"], linewidth=2.6, alpha=0.6, zorder=3.8)
            line = ax.axhline(at, color=self.colours[colour], linewidth=1.1, dashes=dashes)
            line.set(gid=name, zorder=4)
            if name == "early" and policy.target - at < shown.top * LABEL_SHARE:
                continue
            label = words.level(at) if self.compact else f"{words.level(at)}\n{said}"
            ax.annotate(
                label,
                (right, at),
                xytext=(6, 0),
                textcoords="offset points",
                color=self.colours[colour],
                fontsize="small",
                va="center",
                annotation_clip=False,
            ).set_gid(f"label-{name}")

    def _as_of(self) -> None:
        ax, shown = self.ax, self.shown
        at = position(shown.as_of) + 0.5
        line = ax.axvline(at, color=self.colours["ink"], linewidth=1)
        line.set(gid="as-of", zorder=4)
        room = shown.path is not None and len(shown.path) > 10
        said = [] if not room else AT_LEAST if shown.at_least else AHEAD
        said = ["forecast"] if self.compact and room and not shown.at_least else said
        notes = [(words.day(shown.as_of, None if not room else shown.as_of.year), "ink", "bold")]
        notes += [(text, "muted", "normal") for text in said]
        for i, (text, colour, weight) in enumerate(notes):
            ax.annotate(
                text,
                (at, 1),
                xycoords=("data", "axes fraction"),
                xytext=(5 if room else -5, -3 - 15 * i),
                textcoords="offset points",
                ha="left" if room else "right",
                va="top",
                fontsize="small",
                fontweight=weight,
                color=self.colours[colour],
                zorder=5,
                bbox={"facecolor": self.colours["card"], "alpha": 0.75, "linewidth": 0, "pad": 1},
            )

    def _legend(self) -> None:
        """Draw the key above the plot."""
        handles, _ = self.ax.get_legend_handles_labels()
        if handles:
            key(
                self.ax,
                handles,
                columns=self.shown.key_columns(self.compact),
                borderaxespad=0,
                handlelength=1.1,
                labelspacing=0.5,
                columnspacing=1.2,
            )
