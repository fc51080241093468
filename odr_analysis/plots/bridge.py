"""Bridge between two days: how the parts of a change lead from one ODR to the other."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pandas as pd

from odr_analysis import terms, words
from odr_analysis.answer.parts.bridge import PART_LABELS, bridge_sentences
from odr_analysis.errors import ParameterError
from odr_analysis.plots.shared.common import check_one_series
from odr_analysis.plots.shared.figure import SMALLER, SMALLER_COMPACT, Figure, Frame, draws, slug
from odr_analysis.policy import Policy
from odr_analysis.why.bridge import BRIDGE_COLUMNS, DEFECT_PARTS, ORDER_PARTS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NEEDED = tuple(name for name in BRIDGE_COLUMNS if name not in terms.SERIES_KEYS)


def bridge_finding(
    rows: pd.DataFrame, policy: Policy | None = None, *, with_store: bool = True
) -> str:
    """How the rate of one marketplace and channel changed and mostly through what, in one line."""
    sentence = bridge_sentences(rows, policy, with_rates=False, with_store=with_store)[0]
    return sentence.removesuffix(".")


def bridge_steps(rows: pd.DataFrame) -> pd.DataFrame:
    """The steps as drawn: one row per part with orders, the parts of orders gathered.

    Columns ``part``, ``label``, ``n`` (orders behind it, signed) and ``effect``.
    """
    mine = rows[rows.measure == "odr"].set_index("part")
    n_of, effect_of = mine.n.astype(int).to_dict(), mine.effect.to_dict()
    steps = [
        {"part": part, "label": PART_LABELS[part], "n": n_of[part], "effect": effect_of[part]}
        for part in DEFECT_PARTS
        if n_of[part]
    ]
    moved = mine.loc[list(ORDER_PARTS)]
    if moved.n.any():
        n = int(moved.n.sum())
        label = "more orders" if n > 0 else "fewer orders" if n < 0 else "as many orders"
        steps.append({"part": "orders", "label": label, "n": n, "effect": moved.effect.sum()})
    return pd.DataFrame(steps, columns=["part", "label", "n", "effect"])


def bridge_figure(
    data: pd.DataFrame, *, policy: Policy | None = None, with_store: bool = True
) -> Figure:
    """The figure of :func:`plot_bridge` as data; without the name of its marketplace at will."""
    check_one_series(data, NEEDED, "plot_bridge", "bridge", rows=True)
    rows = data[data.measure == "odr"]
    if rows.empty:
        raise ParameterError("plot_bridge needs the rows of a bridge with measure 'odr'.")
    policy = policy or Policy()
    steps = bridge_steps(rows)
    bars = len(steps) + 2

    def draw(ax: Axes, colours: dict[str, str], compact: bool) -> None:
        _draw(ax, rows.iloc[0], steps, policy, colours, compact)

    return Figure(
        name=slug("bridge", *rows[list(terms.SERIES_KEYS)].iloc[0]),
        finding=bridge_finding(rows, policy, with_store=with_store),
        draw=draw,
        wide=Frame(
            height=34 * bars + 16,
            margins=(190, 2, 20, 2),
            inches=(10.5, 3.6),
            sides=(0.24, 0.97, 0.82, 0.04),
            letters=72,
            text=SMALLER,
        ),
        narrow=Frame(
            height=40 * bars + 16,
            margins=(104, 2, 34, 2),
            inches=(4.8, 4.2),
            sides=(0.36, 0.97, 0.72, 0.04),
            letters=30,
            text=SMALLER_COMPACT,
        ),
    )


@draws(bridge_figure)
def plot_bridge(
    data: pd.DataFrame,
    *,
    policy: Policy | None = None,
    ax: Axes | None = None,
    title: str | None = None,
    theme: str = "light",
    compact: bool = False,
) -> Axes:
    """Draw how the parts of a change lead from one rate to the other.

    Parameters
    ----------
    data : pandas.DataFrame
        Rows of :func:`~odr_analysis.bridge` of one marketplace and channel.
    policy : Policy, optional
        Whose target is drawn; Amazon's by default.
    ax : matplotlib.axes.Axes, optional
        By default a new figure.
    title : str, optional
        By default the sentence of the change; '' draws none.
    theme : {"light", "dark"}
    compact : bool
        For narrow figures: fewer labels.

    Returns
    -------
    matplotlib.axes.Axes
        Bars carry the ``gid`` ``from``, the name of a part (``orders`` gathers the parts that
        change the number of orders) and ``to``. Parts without orders are left out. Each
        step starts where the one before it ended, so the last bar is where they end.

    Raises
    ------
    ParameterError
        `data` lacks columns of ``bridge``, has no row for ODR, or more than one marketplace and
        channel.

    Examples
    --------
    A claim is reported on one of two orders that count on both days:

    >>> from odr_analysis import account_from_frames, bridge
    >>> orders = pd.DataFrame({"order_id": ["a", "b"], "ordered_on": "2026-07-20",
    ...                        "marketplace": "Amazon.de", "channel": "mfn"})
    >>> defects = pd.DataFrame({"order_id": ["a"], "component": "claim",
    ...                         "reported_on": ["2026-08-06"]})
    >>> account = account_from_frames(orders, defects)
    >>> from matplotlib import figure
    >>> ax = plot_bridge(
    ...     bridge(account, "2026-08-05", "2026-08-10"), ax=figure.Figure().add_subplot()
    ... )
    >>> {bar.get_gid(): float(bar.get_width()) for bar in ax.patches}
    {'from': 0.0, 'reported_late': 0.5, 'to': 0.5}
    """
    figure = bridge_figure(data, policy=policy)
    return figure.plot(ax, title=title, theme=theme, compact=compact)


def _draw(
    ax: Axes,
    row: pd.Series,
    steps: pd.DataFrame,
    policy: Policy,
    colours: dict[str, str],
    compact: bool,
) -> None:
    d0, n0 = int(row["from_n_defective"]), int(row["from_n_orders"])
    d1, n1 = int(row["to_n_defective"]), int(row["to_n_orders"])
    start = d0 / n0 if n0 else 0.0
    end = d1 / n1 if n1 else 0.0
    told = [
        words.rate(d, n, policy) + ("" if compact else f" ({words.number(d)} of {words.number(n)})")
        for d, n in ((d0, n0), (d1, n1))
    ]
    bars = [("from", words.day(row["from_on"]), 0.0, start, told[0])]
    at = start
    for step in steps.to_dict("records"):
        sign = "+" if step["n"] > 0 else "−"
        said = f"{words.points(step['effect'])} ({sign}{words.number(abs(step['n']))})"
        bars.append((step["part"], step["label"], at, step["effect"], said))
        at += step["effect"]
    bars.append(("to", words.day(row["to_on"]), 0.0, end, told[1]))
    top = max(start, end, *(max(low, low + width) for _, _, low, width, _ in bars), policy.target)
    low = min(0.0, *(min(low, low + width) for _, _, low, width, _ in bars))
    ax.axvline(policy.target, color=colours["critical"], linewidth=1, linestyle=(0, (4, 3)))
    for place, (gid, _, left, width, said) in enumerate(bars):
        ends = gid in ("from", "to")
        role = "orders" if ends else "critical" if width > 0 else "healthy"
        bar = ax.barh(place, width, left=left, height=0.62, color=colours[role], linewidth=0)[0]
        bar.set_gid(gid)
        ax.annotate(
            said,
            (max(left, left + width), place),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontweight="bold" if ends else "normal",
            # On a phone the words reach over the line of the target.
            bbox={"facecolor": colours["card"], "edgecolor": "none", "pad": 1.0},
            zorder=4,
        )
        if place < len(bars) - 1:
            x = left + width
            ax.plot([x, x], [place - 0.31, place + 1.31], color=colours["muted"], linewidth=0.8)
    ax.annotate(
        words.level(policy.target),
        (policy.target, -0.5),
        xytext=(3, -2),
        textcoords="offset points",
        va="top",
        color=colours["critical"],
        fontsize="small",
    )
    labels = [textwrap.fill(label, 16) if compact else label for _, label, *_ in bars]
    ax.set_yticks(range(len(bars)), labels)
    ax.tick_params(axis="y", labelcolor=colours["ink"])
    ax.set_ylim(len(bars) - 0.5, -0.6)
    ax.set_xlim(low * 1.05, top * (2.0 if compact else 1.3))
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
