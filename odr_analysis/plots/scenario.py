"""The coming days, as things are and with a scenario."""

from __future__ import annotations

import math
import textwrap
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from odr_analysis import style, words
from odr_analysis.whatif.paths import Path, focus_rows, scenario_headline

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TITLE_CHARACTERS = 66
LABEL_GAP = 0.085
"""Least distance of two labels at the right end, as a share of the height."""


def plot_scenario(data: pd.DataFrame, *, ax: Axes | None = None, theme: str = "light") -> Axes:
    """Draw the shown ODR of the coming days: baseline thin, scenario bold.

    A dot is on the day the scenario crosses the limit. Beneath, thin, the orders that count on
    each day. On the shaded days only orders already placed count, so nothing but reports still
    to come can change the baseline.

    Parameters
    ----------
    data : pandas.DataFrame
        Out of ``apply_scenario``. Of several series the one the scenario moves is drawn; for
        another one hand over its rows.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    theme : {"light", "dark"}

    Returns
    -------
    matplotlib.axes.Axes
        With the finding as its title. Its child axes hold the orders.

    Examples
    --------
    >>> from odr_analysis import Scenario, apply_scenario, load_sample
    >>> from odr_analysis.plots.scenario import plot_scenario
    >>> frame = apply_scenario(load_sample(), Scenario(extra_orders_per_day=20, days=30))
    >>> [line.get_gid() for line in plot_scenario(frame).get_lines()]
    ['baseline', 'scenario', 'crossing', 'target']
    """
    with style.drawing(theme) as colours:
        if ax is None:
            import matplotlib.pyplot as plt

            _, ax = plt.subplots(figsize=(8, 4.4), layout="constrained")
        ScenarioPicture(ax, colours).show(data)
    return ax


def scenario_alt(data: pd.DataFrame) -> str:
    """What :func:`plot_scenario` shows, for those who do not see it."""
    rows = focus_rows(data)
    if rows.empty:
        return "No picture: there are no orders in the exports."
    path = Path.of(rows)
    line = words.level(path.target)
    return (
        f"Line chart of the coming {path.last} days with the {line} line. "
        f"{scenario_headline(rows)}."
    )


class ScenarioPicture:
    """The artists of the picture, made once; :meth:`show` moves them.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    colours : dict
        A theme of ``style``.
    title : bool
        Whether the finding stands over the picture.
    """

    def __init__(self, ax: Axes, colours: dict[str, str], *, title: bool = True):
        self.ax, self.titled, c = ax, title, colours
        (self.base,) = ax.plot([], [], color=c["muted"], lw=1.3, gid="baseline", zorder=3)
        (self.then,) = ax.plot([], [], color=c["link"], lw=2.8, gid="scenario", zorder=4)
        (self.turns,) = ax.plot([], [], "o", color=c["link"], ms=7, gid="crossing", zorder=5)
        self.target = ax.axhline(0, color=c["limit"], lw=1.2, ls=(0, (5, 3)), gid="target")
        self.known = ax.axvspan(0, 0, color=c["faint"], lw=0, zorder=0, gid="known")
        self.known_label = ax.text(
            0,
            0.97,
            "",
            transform=ax.get_xaxis_transform(),
            va="top",
            ha="left",
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
                ha="left",
                color=c[role],
                fontsize="small",
                fontweight=weight,
                gid=f"label_{name}",
            )
            for name, role, weight in (
                ("target", "limit", "normal"),
                ("baseline", "muted", "normal"),
                ("scenario", "link", "bold"),
            )
        }
        self.orders = ax.inset_axes((0, -0.34, 1, 0.19))
        self.orders.sharex(ax)
        (self.n_base,) = self.orders.plot([], [], color=c["muted"], lw=1.1, gid="n_baseline")
        (self.n_then,) = self.orders.plot([], [], color=c["link"], lw=1.8, gid="n_scenario")
        for axes in (ax, self.orders):
            axes.grid(axis="y", color=c["faint"], lw=0.8)
            axes.set_axisbelow(True)
        ax.yaxis.set_major_formatter(lambda value, _: f"{100 * value:g} %")
        self.orders.yaxis.set_major_formatter(lambda value, _: words.number(value))
        self.orders.set_title(
            "Orders counted", fontsize="small", fontweight="normal", color=c["muted"], pad=3
        )
        ax.tick_params(axis="x", labelbottom=True)
        self.orders.tick_params(axis="x", labelbottom=False, length=0)

    def show(self, data: pd.DataFrame) -> None:
        """Move the lines to `data` and the limits to the lines."""
        rows = focus_rows(data)
        if rows.empty:
            self.ax.set_title("No orders in the exports" if self.titled else "")
            return
        path = Path.of(rows)
        day = np.arange(path.last + 1)
        rates = {w: rows[f"{w}_odr"].to_numpy() for w in ("baseline", "scenario")}
        self.base.set_data(day, rates["baseline"])
        self.then.set_data(day, rates["scenario"])
        crossing = path.then.first("under" if path.then.now == "over" else "over")
        at = [] if crossing is None else [crossing]
        self.turns.set_data(at, rates["scenario"][at])
        self.target.set_ydata([path.target, path.target])
        known_to = min(int(rows.attrs["lag_days"]), path.last)
        self.known.set_x(0)
        self.known.set_width(known_to)
        self.known_label.set_x(0.6)
        self.known_label.set_text("known orders only" if known_to > path.last / 8 else "")
        self.n_base.set_data(day, rows["baseline_n_orders"])
        self.n_then.set_data(day, rows["scenario_n_orders"])
        self._limits(path, rates, float(rows["scenario_n_orders"].max()))
        self._label(path, rates)
        self._days(path)
        if self.titled:
            self.ax.set_title(_title(rows), pad=10)

    def _limits(self, path: Path, rates: dict[str, np.ndarray], most_orders: float) -> None:
        shown = np.concatenate(list(rates.values()))
        top = float(np.nanmax(shown)) if np.isfinite(shown).any() else 0.0
        self.ax.set_xlim(0, max(path.last, 1))
        self.ax.set_ylim(0, max(1.15 * top, 1.4 * path.target))
        self.orders.set_ylim(0, max(1.15 * most_orders, 1))
        self.orders.set_yticks([_round_down(most_orders)] if most_orders >= 1 else [])

    def _label(self, path: Path, rates: dict[str, np.ndarray]) -> None:
        """Names at the right end, moved apart where they would lie on each other."""
        top = self.ax.get_ylim()[1]
        texts = {"target": f"{words.level(path.target)} limit"}
        ends = {"target": path.target}
        same = not path.changed
        for name, course, text in (
            ("baseline", path.base, "as things are"),
            ("scenario", path.then, "as things are" if same else "with this"),
        ):
            there = np.flatnonzero(np.isfinite(rates[name]))
            if not len(there) or (same and name == "baseline"):
                continue
            texts[name] = f"{course.rate(int(there[-1]))} {text}"
            ends[name] = float(rates[name][there[-1]])
        at = _apart({name: value / top for name, value in ends.items()}, LABEL_GAP)
        for name, label in self.labels.items():
            label.set_text(texts.get(name, ""))
            label.set_y(at.get(name, 0.0))

    def _days(self, path: Path) -> None:
        step = max(5 * math.ceil(path.last / 25), 1) if path.last > 5 else 1
        ticks = list(range(0, path.last + 1, step))
        labels = [words.day(path.as_of + timedelta(days=i), path.as_of.year) for i in ticks]
        labels[0] = words.day(path.as_of)
        self.ax.set_xticks(ticks, labels)


def _title(rows: pd.DataFrame) -> str:
    # A line must not end between a number and its per cent sign.
    return textwrap.fill(scenario_headline(rows).replace(" %", "\u00a0%"), TITLE_CHARACTERS)


def _apart(at: dict[str, float], gap: float) -> dict[str, float]:
    """Places at least `gap` apart and within 0 to 1, in the order they are in.

    >>> _apart({"a": 0.5, "b": 0.52, "c": 0.1}, 0.1)
    {'c': 0.1, 'a': 0.46, 'b': 0.56}
    """
    names = sorted(at, key=lambda name: at[name])
    places = [at[name] for name in names]
    for i in range(1, len(places)):
        lap = gap - (places[i] - places[i - 1])
        if lap > 0:
            places[i - 1] -= lap / 2
            places[i] += lap / 2
    for i in range(1, len(places)):
        places[i] = max(places[i], places[i - 1] + gap)
    return {name: round(place, 4) for name, place in zip(names, places, strict=True)}


def _round_down(n: float) -> float:
    """A round number not above `n`, for a tick.

    >>> [_round_down(n) for n in (7, 45, 1593)]
    [7.0, 40.0, 1000.0]
    """
    size = 10 ** math.floor(math.log10(n))
    return float(n // size * size)
