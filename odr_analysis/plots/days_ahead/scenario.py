"""The coming days, as things are and with a scenario."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from odr_analysis import style, words
from odr_analysis.answer.scenario.expected import rate_on
from odr_analysis.answer.scenario.sentence import scenario_headline
from odr_analysis.plots.shared.axis import name_rates
from odr_analysis.plots.shared.common import wrapped
from odr_analysis.plots.shared.figure import SMALLER, SMALLER_COMPACT, Figure, Frame, draws
from odr_analysis.plots.shared.labels import apart
from odr_analysis.whatif.apply import Effect
from odr_analysis.whatif.paths import Course, Path

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TITLE_CHARACTERS, TITLE_CHARACTERS_COMPACT = 76, 40
LABEL_GAP = 0.085
"""Least distance of two labels at the right end, as a share of the height."""
LABEL_CHARACTERS, LABEL_CHARACTERS_COMPACT = 24, 8
"""Room kept for the labels at the right end."""
MOST_HIGH = 2.0
"""The axis ends at so many times the highest median; fans of few orders go beyond."""
ORDERS_SHARE = 0.3
"""Share of the height for the orders and what stands between."""


def scenario_figure(data: Effect) -> Figure:
    """The figure of :func:`plot_scenario` as data."""

    def draw(ax: Axes, colours: dict[str, str], compact: bool) -> None:
        ScenarioPicture(ax, colours, title="", compact=compact).show(data)

    return Figure(
        "scenario",
        scenario_headline(data),
        draw,
        wide=Frame(360, (44, 30, 20, 26), (9, 4.46), (0.06, 0.99, 0.9, 0.03), pad=10, text=SMALLER),
        narrow=Frame(
            360,
            (44, 30, 34, 26),
            (4.8, 4.97),
            (0.11, 0.99, 0.8, 0.03),
            letters=TITLE_CHARACTERS_COMPACT,
            pad=26,
            text=SMALLER_COMPACT,
        ),
    )


@draws(scenario_figure)
def plot_scenario(
    data: Effect,
    *,
    ax: Axes | None = None,
    title: str | None = None,
    theme: str = "light",
    compact: bool = False,
) -> Axes:
    """Draw the shown ODR of the coming days: baseline thin, scenario bold, each with its fan.

    The fans are 90 % intervals; where a kind of defect or some orders are unknown, none is drawn.
    A dot with its date is on the day the scenario crosses the limit. Beneath, thin, the orders
    that count on each day. On the shaded days only orders already placed count, so nothing but
    reports still to come can change the baseline.

    Parameters
    ----------
    data : Effect
        From ``apply_scenario``. Of several series the one the scenario moves is drawn; for
        another one hand over ``effect.only(marketplace, channel)``.
    ax : matplotlib.axes.Axes, optional
        Its area is shared by the picture, its labels and the orders; by default a new figure.
    title : str, optional
        By default the finding; '' draws none.
    theme : {"light", "dark"}
    compact : bool
        For narrow figures: fewer days, shorter labels and a legend.

    Returns
    -------
    matplotlib.axes.Axes
        Lines carry the ``gid`` ``baseline``, ``scenario``, ``crossing`` and ``limit``, the fans
        ``fan_baseline`` and ``fan_scenario``; the orders, ``n_baseline`` and ``n_scenario``, are
        on its child axes. Along the bottom are days since ``as_of``.

    Examples
    --------
    >>> from odr_analysis import MoreOrders, Scenario, apply_scenario, load_sample
    >>> from odr_analysis.plots.days_ahead.scenario import plot_scenario
    >>> effect = apply_scenario(load_sample(), Scenario(MoreOrders(20, days=30)))
    >>> [line.get_gid() for line in plot_scenario(effect).get_lines()]
    ['baseline', 'scenario', 'crossing', 'limit']
    """
    with style.drawing(theme, size=10.5 if compact else 12) as colours:
        if ax is None:
            import matplotlib.pyplot as plt

            # Above the picture as much room as its title takes.
            lines = len((_title(data, compact) if title is None else title).splitlines())
            width, height, head = 4.8 if compact else 9.0, 4.0, 0.2 + 0.26 * lines
            head += 0.25 if compact else 0.0
            figure = plt.figure(figsize=(width, height + head))
            tall = height / (height + head) - 0.03
            ax = figure.add_axes((0.55 / width, 0.03, 1 - 0.6 / width, tall))
        ScenarioPicture(ax, colours, title=title, compact=compact).show(data)
    return ax


def scenario_alt(data: Effect) -> str:
    """What :func:`plot_scenario` shows, for those who do not see it."""
    path = data.focus
    if path is None:
        return "No picture: there are no orders in the exports."
    line = words.level(path.target)
    return (
        f"Line chart of the coming {path.last} days with the {line} line. "
        f"{scenario_headline(data)}."
    )


class ScenarioPicture:
    """The artists of the picture, made once; :meth:`show` moves them.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Its area holds all of the picture.
    colours : dict
        A theme of ``style``.
    title : str, optional
        By default the finding; '' draws none.
    compact : bool
        For narrow figures.
    """

    def __init__(
        self,
        ax: Axes,
        colours: dict[str, str],
        *,
        title: str | None = None,
        compact: bool = False,
    ):
        self.ax, self.title, self.compact, c = ax, title, compact, colours
        (self.base,) = ax.plot([], [], color=c["muted"], lw=1.3, gid="baseline", zorder=3)
        (self.then,) = ax.plot([], [], color=c["link"], lw=2.8, gid="scenario", zorder=4)
        (self.turn,) = ax.plot([], [], "o", color=c["link"], ms=7, gid="crossing", zorder=5)
        self.fans = {
            name: ax.fill_between(
                [], [], [], color=c[role], alpha=alpha, lw=0, zorder=1, gid=f"fan_{name}"
            )
            for name, role, alpha in (("baseline", "muted", 0.16), ("scenario", "link", 0.16))
        }
        self.turn_label = ax.text(
            0, 0, "", color=c["link"], fontsize="small", fontweight="bold", gid="label_crossing"
        )
        self.limit = ax.axhline(0, color=c["limit"], lw=1.2, ls=(0, (5, 3)), gid="limit")
        self.known = ax.axvspan(0, 0, color=c["faint"], lw=0, zorder=0, gid="known")
        self.known_label = ax.text(
            0.6,
            0.97,
            "",
            transform=ax.get_xaxis_transform(),
            va="top",
            fontsize="small",
            color=c["muted"],
            gid="known_label",
        )
        self.labels = {
            name: ax.text(
                1.012,
                0,
                "",
                transform=ax.transAxes,
                va="center",
                color=c[role],
                fontsize="small",
                fontweight=weight,
                gid=f"label_{name}",
            )
            for name, role, weight in (
                ("limit", "limit", "normal"),
                ("baseline", "muted", "normal"),
                ("scenario", "link", "bold"),
            )
        }
        box = ax.get_position()
        low = ORDERS_SHARE * box.height
        label = LABEL_CHARACTERS_COMPACT if compact else LABEL_CHARACTERS
        inches = label * 0.5 * float(self.labels["scenario"].get_fontsize()) / 72
        figure = ax.get_figure(root=True)
        assert figure is not None
        width = box.width - inches / figure.get_figwidth()
        ax.set_position((box.x0, box.y0 + low, width, box.height - low))
        self.orders = ax.inset_axes((0, -0.41, 1, 0.19))
        self.orders.sharex(ax)
        (self.n_base,) = self.orders.plot([], [], color=c["muted"], lw=1.1, gid="n_baseline")
        (self.n_then,) = self.orders.plot([], [], color=c["link"], lw=1.8, gid="n_scenario")
        for axes in (ax, self.orders):
            axes.grid(axis="y", color=c["faint"], lw=0.8)
            axes.set_axisbelow(True)
        self.orders.yaxis.set_major_formatter(lambda value, _: words.number(value))
        self.orders.set_title(
            "Orders counted", fontsize="small", fontweight="normal", color=c["muted"], pad=3
        )
        ax.tick_params(axis="x", labelbottom=True)
        self.orders.tick_params(axis="x", labelbottom=False, length=0)

    def show(self, data: Effect) -> None:
        """Move the lines to `data` and the limits to the lines."""
        title = _title(data, self.compact) if self.title is None else self.title
        path = data.focus
        if path is None:
            self.ax.set_title(title)
            return
        day = np.arange(path.last + 1)
        self.base.set_data(day, path.base.odr)
        self.then.set_data(day, path.then.odr)
        crossing = path.then.first("under" if path.then.now == "over" else "over")
        at = [] if crossing is None else [crossing]
        self.turn.set_data(at, path.then.odr[at])
        known = not data.look.day.known[path.pair].missing
        self._fan("baseline", path.base, show=known and path.changed)
        self._fan("scenario", path.then, show=known)
        self.limit.set_ydata([path.target, path.target])
        known_to = min(data.policy.lag_days, path.last)
        self.known.set_width(known_to)
        roomy = known_to > path.last / 8 and not self.compact
        self.known_label.set_text("known orders only" if roomy else "")
        self.n_base.set_data(day, path.base.n_orders)
        self.n_then.set_data(day, path.then.n_orders)
        self._limits(path, with_fans=known)
        self._label(path)
        self._name_crossing(path, crossing)
        self._days(path)
        # Names from the exports are not formulas, whatever $ they hold.
        self.ax.set_title(title, pad=26 if self.compact else 10, parse_math=False)

    def _fan(self, name: str, course: Course, *, show: bool) -> None:
        """Move the 90 % interval of a course; none where it has none."""
        fan = self.fans[name]
        fan.set_visible(show and course.lower is not None)
        if course.lower is not None and course.upper is not None:
            fan.set_data(np.arange(len(course.lower)), course.lower, course.upper)

    def _name_crossing(self, path: Path, crossing: int | None) -> None:
        """The date beside the dot, on the side where there is room."""
        if crossing is None:
            self.turn_label.set_text("")
            return
        right = crossing > 0.75 * path.last
        top = self.ax.get_ylim()[1]
        day = words.day(path.on(crossing), path.as_of.year)
        self.turn_label.set(
            text=day,
            x=crossing + path.last * (-0.012 if right else 0.012),
            y=float(path.then.odr[crossing]) + 0.045 * top,
            ha="right" if right else "left",
        )

    def _limits(self, path: Path, *, with_fans: bool) -> None:
        shown = np.concatenate([path.base.odr, path.then.odr])
        most_orders = float(path.then.n_orders.max())
        top = float(np.nanmax(shown)) if np.isfinite(shown).any() else 0.0
        self.ax.set_xlim(0, max(path.last, 1))
        fans = [c.upper for c in (path.base, path.then) if with_fans and c.upper is not None]
        # Fans of few orders go beyond the picture.
        reach = max((float(np.nanmax(each, initial=0.0)) for each in fans), default=0.0)
        top = max(1.15 * top, 1.4 * path.target, min(1.05 * reach, MOST_HIGH * top))
        self.ax.set_ylim(0, top)
        name_rates(self.ax.yaxis, top, most=6)
        self.orders.set_ylim(0, max(1.15 * most_orders, 1))
        self.orders.set_yticks([_round_down(most_orders)] if most_orders >= 1 else [])

    def _label(self, path: Path) -> None:
        """Names at the right end, moved apart where they would lie on each other."""
        top = self.ax.get_ylim()[1]
        line = words.level(path.target)
        texts = {"limit": line if self.compact else f"{line} limit"}
        ends = {"limit": path.target}
        same = not path.changed
        for name, course, text in (
            ("baseline", path.base, "as things are"),
            ("scenario", path.then, "as things are" if same else "with this"),
        ):
            there = np.flatnonzero(np.isfinite(course.odr))
            if not len(there) or (same and name == "baseline"):
                continue
            rate = rate_on(course, int(there[-1]))
            texts[name] = rate if self.compact else f"{rate} {text}"
            ends[name] = float(course.odr[there[-1]])
            (self.base if name == "baseline" else self.then).set_label(text)
        at = dict(zip(ends, apart([end / top for end in ends.values()], LABEL_GAP), strict=True))
        for name, label in self.labels.items():
            label.set_text(texts.get(name, ""))
            label.set_y(at.get(name, 0.0))
        if self.compact:
            self.ax.legend(
                handles=[self.then] if same else [self.base, self.then],
                loc="lower left",
                bbox_to_anchor=(0, 1.0),
                ncols=2,
                frameon=False,
                fontsize="small",
                borderaxespad=0,
                handlelength=1.1,
            )

    def _days(self, path: Path) -> None:
        step = max(5 * math.ceil(path.last / (15 if self.compact else 25)), 1)
        step = step if path.last > 5 else 1
        ticks = list(range(0, path.last + 1, step))
        labels = [words.day(path.on(i), path.as_of.year) for i in ticks]
        labels[0] = words.day(path.as_of)
        self.ax.set_xticks(ticks, labels)


def _title(data: Effect, compact: bool) -> str:
    letters = TITLE_CHARACTERS_COMPACT if compact else TITLE_CHARACTERS
    return wrapped(scenario_headline(data), letters)


def _round_down(n: float) -> float:
    """A round number not above `n`, for a tick.

    >>> [_round_down(n) for n in (7, 45, 1593)]
    [7.0, 40.0, 1000.0]
    """
    size = 10 ** math.floor(math.log10(n))
    return float(n // size * size)
