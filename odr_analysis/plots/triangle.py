"""Order weeks by age as a heat map: where the defects are, and how soon they became known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from odr_analysis import style, words
from odr_analysis.forecasting.cohorts import known_by_age, last_age
from odr_analysis.plots.cohorts import NEEDED, NOTHING
from odr_analysis.plots.shared.axis import rate_ticks
from odr_analysis.plots.shared.common import check_one_series, key
from odr_analysis.plots.shared.figure import Figure, Frame, draws, nothing
from odr_analysis.plots.shared.labels import points_per_unit
from odr_analysis.rates.groups import large_enough

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FAINTEST, STRONGEST = 0.1, 0.5
"""Opacity of the lowest rate above 0 and of the highest; text stays legible on both."""

SHADES = 256
"""Opacities between the two."""

LEAST = 1e-9
"""Any rate above 0 is above this, so that only 0 itself has no colour."""

FEWEST_ROWS = 10
"""Rows there is room for at least, so that few weeks do not become towers."""

WIDE = Frame(560, (84, 44, 50, 4), (10.5, 8), (0.12, 0.92, 0.86, 0.03), letters=76, pad=44)
NARROW = Frame(
    560,
    (54, 62, 42, 4),
    (4.8, 8),
    (0.17, 0.86, 0.72, 0.03),
    letters=30,
    pad=60,
    text=style.TEXT_COMPACT,
)


def triangle_finding(data: pd.DataFrame) -> str:
    """How soon after the order half of the defects, and nine of ten, are known, in one line.

    >>> table = pd.DataFrame({"week": 0, "age_weeks": range(11), "n_orders": 900, "mature": True,
    ...     "n_defective": [0, 4, 6, 6, 8, 9, 10, 10, 10, 10, 10]})
    >>> triangle_finding(table)
    'Half of the defects are known by the 3rd week after the order, 9 of 10 by the 6th (10 \
defects of orders at least 11 weeks old)'
    """
    if not (data.n_orders > 0).any():
        return NOTHING
    known = known_by_age(data)
    last = data.sort_values("age_weeks").groupby("week").tail(1)
    every = words.counted(int(last.n_defective.sum()), "defective order")
    if not last.n_defective.any():
        return f"No defect is known of {words.counted(int(last.n_orders.sum()), 'order')}"
    if known.empty:
        return f"{every[0].upper()}{every[1:]}: too few yet to tell how soon defects become known"
    share = known.to_numpy() / known.iloc[-1]
    half, most = (int((share >= of).argmax()) + 1 for of in (0.5, 0.9))
    # Nine of ten of fewer than ten would be all of them.
    also = f", 9 of 10 by the {words.ordinal(most)}" if known.iloc[-1] >= 10 and most > half else ""
    return (
        f"Half of the defects are known by the {words.ordinal(half)} week after the order{also} "
        f"({known.iloc[-1]} defects of orders at least {len(known)} weeks old)"
    )


def triangle_figure(data: pd.DataFrame) -> Figure:
    """The figure of :func:`plot_triangle` as data."""
    check_one_series(data, NEEDED, "plot_triangle", "cohorts")
    rows = data[data.n_orders > 0]
    if rows.empty:
        return nothing("triangle", NOTHING, WIDE, NARROW)
    shown = data[data.age_weeks <= last_age(rows)]

    def draw(ax: Axes, colours: dict[str, str], compact: bool) -> None:
        _Pen(ax, shown, colours, compact).draw()

    return Figure("triangle", triangle_finding(data), draw, WIDE, NARROW)


@draws(triangle_figure)
def plot_triangle(
    data: pd.DataFrame,
    *,
    ax: Axes | None = None,
    title: str | None = None,
    theme: str = "light",
    compact: bool = False,
) -> Axes:
    """Draw for every order week and week of age how many defective orders were known by then.

    Parameters
    ----------
    data : pandas.DataFrame
        Rows of :func:`~odr_analysis.cohorts` of one marketplace and channel.
    ax : matplotlib.axes.Axes, optional
        By default a new figure. About 18 points of height a week keep the numbers legible; where
        there is less than 9 they are left out.
    title : str, optional
        By default how soon defects become known; '' draws none.
    theme : {"light", "dark"}
    compact : bool
        For narrow figures: fewer labels.

    Returns
    -------
    matplotlib.axes.Axes
        A heat map of seaborn: column 0 to 1 is the first week after the order, row 0 to 1 the
        oldest order week. Its mesh carries the ``gid`` ``cells``; the opacity of a cell is the
        rate, and the array of the mesh holds the rates, masked where there is none.
        ``young-<Monday>-<weeks>`` are the stripes over those that may still rise, since not all
        orders of the week are that old. Texts are ``n-<Monday>-<weeks>``, the number of
        defective orders where there are any, and ``orders-<Monday>``, the orders of the week.
        Ages after which nothing became known any more are left out.

    Raises
    ------
    ParameterError
        `data` lacks columns of ``cohorts``, or has more than one marketplace and channel.

    Examples
    --------
    >>> from matplotlib import figure
    >>> table = pd.DataFrame({"marketplace": "Amazon.de", "channel": "mfn",
    ...     "week": pd.Timestamp("2026-08-03"), "age_weeks": [0, 1], "n_orders": 200,
    ...     "n_defective": [1, 3], "mature": [True, True]})
    >>> ax = plot_triangle(table, ax=figure.Figure().add_subplot())
    >>> {text.get_gid(): text.get_text() for text in ax.texts if text.get_gid()}
    {'n-2026-08-03-1': '1', 'n-2026-08-03-2': '3', 'orders-2026-08-03': '200'}
    """
    figure = triangle_figure(data)
    return figure.plot(ax, title=title, theme=theme, compact=compact)


@dataclass(frozen=True, eq=False)
class _Pen:
    """Draws one heat map, part by part."""

    ax: Axes
    rows: pd.DataFrame
    colours: dict[str, str]
    compact: bool

    def draw(self) -> None:
        ax, rows = self.ax, self.rows
        weeks = sorted(rows.week.unique())
        ages = int(rows.age_weeks.max()) + 1
        ax.set_xlim(0, ages)
        ax.set_ylim(max(len(weeks), FEWEST_ROWS), 0)
        per_age, per_week = points_per_unit(ax)
        usual = style.TEXT_COMPACT if self.compact else style.TEXT
        size = min(usual * 0.833, per_week * 0.72)
        top = self._top()
        numbers = min(size, per_age * 0.5) if per_week >= 9 else 0
        self._cells(weeks, ages, top, numbers)
        # The heat map takes the room of its rows alone.
        ax.set_ylim(max(len(weeks), FEWEST_ROWS), 0)
        self._young(weeks)
        totals = rows.groupby("week").n_orders.max()
        for place, week in enumerate(weeks):
            self._total(pd.Timestamp(week), place, int(totals[week]), size)
        self._axes(weeks, ages, size, per_week, per_age)
        self._legend(top)

    def _top(self) -> float:
        """The rate with the strongest colour: a handful of orders can reach any rate."""
        rows = self.rows[self.rows.n_orders > 0]
        many = rows[large_enough(rows.n_orders)]
        return float((many.n_defective / many.n_orders).max())

    def _colours_of(self, top: float) -> tuple[Any, Any]:
        """Colour map and norm: one hue, the stronger the higher the rate, and none for 0."""
        from matplotlib.colors import ListedColormap, Normalize, to_rgba

        hue = self.colours["critical"]
        shades = [to_rgba(hue, alpha) for alpha in np.linspace(FAINTEST, STRONGEST, SHADES)]
        colours = ListedColormap(shades).with_extremes(under=self.colours["faint"])
        return colours, Normalize(LEAST, top or 1.0)

    def _cells(self, weeks: list[Any], ages: int, top: float, size: float) -> None:
        import seaborn as sns

        rows = self.rows[self.rows.n_orders > 0]
        n_defective, n_orders = (
            rows.pivot(index="week", columns="age_weeks", values=name).reindex(
                index=weeks, columns=range(ages)
            )
            for name in ("n_defective", "n_orders")
        )
        rates = n_defective / n_orders
        colours, norm = self._colours_of(top)
        said = n_defective.map(lambda n: words.number(int(n)) if n > 0 else "")
        sns.heatmap(
            rates,
            ax=self.ax,
            cmap=colours,
            norm=norm,
            mask=rates.isna(),
            annot=said if size else False,
            fmt="",
            # No ground of its own under the number: it would hide the colour it stands on.
            annot_kws={
                "fontsize": size,
                "color": self.colours["ink"],
                "va": "center_baseline",
                "zorder": 3,
            },
            linewidths=1.5,
            linecolor=self.colours["card"],
            cbar=False,
            xticklabels=False,
            yticklabels=False,
            zorder=2,
        )
        self.ax.set(xlabel="", ylabel="")
        self.ax.collections[-1].set_gid("cells")
        for text in list(self.ax.texts):
            age, place = (int(at) for at in text.get_position())
            text.set_gid(f"n-{pd.Timestamp(weeks[place]).date()}-{age + 1}")
            if not text.get_text():
                text.remove()

    def _young(self, weeks: list[Any]) -> None:
        """Stripes over the cells that may still rise; a mesh cannot have any."""
        from matplotlib.patches import Rectangle

        rows = self.rows[(self.rows.n_orders > 0) & ~self.rows.mature]
        for week, age in zip(rows.week, rows.age_weeks, strict=True):
            corner = age + 0.03, weeks.index(week) + 0.04
            young = Rectangle(corner, 0.94, 0.92, fill=False, **self._stripes())
            young.set(gid=f"young-{week.date()}-{age + 1}", zorder=2.5)
            self.ax.add_patch(young)

    def _stripes(self) -> dict[str, Any]:
        colour = self.colours["orders"]
        return {"hatch": "////", "hatchcolor": colour, "hatch_linewidth": 0.6, "linewidth": 0}

    def _total(self, week: pd.Timestamp, place: int, n_orders: int, size: float) -> None:
        text = self.ax.annotate(
            words.number(n_orders),
            (1, place + 0.5),
            xycoords=("axes fraction", "data"),
            xytext=(38 if self.compact else 40, 0),
            textcoords="offset points",
            ha="right",
            va="center_baseline",
            color=self.colours["muted"],
            fontsize=size * (0.92 if self.compact else 1),
            annotation_clip=False,
        )
        text.set_gid(f"orders-{week.date()}")

    def _axes(
        self, weeks: list[Any], ages: int, size: float, per_week: float, per_age: float
    ) -> None:
        ax = self.ax
        days = [pd.Timestamp(week).date() for week in weeks]
        every = max(1, int(np.ceil(9 / per_week)))
        names = [
            words.day(day, None if day.year != days[max(i - 1, 0)].year else day.year)
            for i, day in enumerate(days)
        ]
        places = np.arange(0, len(weeks), every) + 0.5
        ax.set_yticks(places, names[::every], fontsize=size, rotation="horizontal")
        step = 1 if per_age >= 16 else 2
        shown = range(1, ages + 1, step)
        ax.set_xticks([age - 0.5 for age in shown], [str(age) for age in shown])
        ax.tick_params(length=0, labelbottom=False, labeltop=True)
        for spine in ax.spines.values():
            spine.set_visible(False)
        heads = [("orders of the\nweek of", 0, -8, "right"), ("orders", 1, 40, "right")]
        if self.compact:
            heads = [("week of", 0, -6, "right"), ("orders", 1, 38, "right")]
        for said, x, off, side in [*heads, ("weeks since the order", 0, 4, "left")]:
            ax.annotate(
                said,
                (x, 1),
                xycoords="axes fraction",
                xytext=(off, 18 if side == "left" else 5),
                textcoords="offset points",
                ha=side,
                va="bottom",
                color=self.colours["muted"],
                fontsize="small",
                annotation_clip=False,
            )

    def _legend(self, top: float) -> None:
        from matplotlib.patches import Patch

        keys: list[Any] = []
        if top > 0:
            shown = [rate for rate in rate_ticks(top) if rate] or [top]
            if self.compact and len(shown) > 2:
                shown = [shown[0], shown[-1]]
            colours, norm = self._colours_of(top)
            keys = [
                Patch(label=words.level(rate), facecolor=colours(norm(rate)), linewidth=0)
                for rate in (0.0, *shown)
            ]
            keys[-1].set_label(keys[-1].get_label() + ("+" if self.compact else " or more"))
        keys.append(Patch(fill=False, label="may still rise", **self._stripes()))
        key(
            self.ax,
            keys,
            columns=len(keys),
            loc="lower right",
            bbox_to_anchor=(1.0, 1.0),
            # Above the numbers of the weeks and, in narrow figures, above their heading too.
            borderaxespad=2.7 if self.compact else 1.5,
            handlelength=1.1 if self.compact else 1.6,
            columnspacing=0.9 if self.compact else 1.3,
        )
