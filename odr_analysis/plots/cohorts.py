"""Order weeks as lines: how many of the orders of each had gone wrong by which age."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from odr_analysis import style, words
from odr_analysis.forecasting.cohorts import last_age, rate_of_all, weeks_standing_out
from odr_analysis.plots.shared.axis import name_rates
from odr_analysis.plots.shared.common import check_one_series, key
from odr_analysis.plots.shared.figure import Figure, Frame, draws, nothing
from odr_analysis.plots.shared.labels import apart, points_per_unit
from odr_analysis.policy import Policy
from odr_analysis.rates.groups import large_enough

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NEEDED = ("week", "age_weeks", "n_orders", "n_defective", "mature")
NOTHING = "There is no order to follow"

MOST_NAMED = 2
"""Weeks named in the figure."""

WIDE = Frame(320, (44, 26, 84, 38), (10.5, 4.4), (0.07, 0.86, 0.8, 0.12), letters=76, pad=26)
NARROW = Frame(
    320,
    (44, 56, 70, 36),
    (4.8, 5.4),
    (0.12, 0.8, 0.56, 0.12),
    letters=30,
    pad=58,
    text=style.TEXT_COMPACT,
)

LINE, LETTER = 15.0, 6.2
"""Height of a line of small text and width of a letter of it, in points."""

MARGIN = 60.0
"""Room to the right of the axes for names, in points."""

PALEST = 0.3
"""Opacity of the oldest line; the newest has 1."""


def cohorts_finding(data: pd.DataFrame, policy: Policy | None = None) -> str:
    """Which order week goes wrong most, if any stands out, in one line.

    >>> table = pd.DataFrame({"week": pd.to_datetime(["2026-08-03", "2026-08-10"]),
    ...     "age_weeks": 0, "n_orders": [180, 1000], "n_defective": [7, 5], "mature": True})
    >>> cohorts_finding(table)
    'Orders of the week of 3 Aug go wrong most: 7 of 180 by their 1st week, against 0.50 % in the \
other weeks'
    """
    rows = data[data.n_orders > 0]
    if rows.empty:
        return NOTHING
    year = rows.week.max().year
    found = weeks_standing_out(rows)
    if found.empty:
        latest = rows.sort_values("age_weeks").groupby("week").tail(1)
        n, d = int(latest.n_orders.sum()), int(latest.n_defective.sum())
        known = f"{words.number(d)} of {words.counted(n, 'order')}"
        be = "is" if d == 1 else "are"
        if len(latest) == 1:
            week = words.day(latest.week.iloc[0], year)
            return f"Only the week of {week} has orders: {known} {be} known to be defective"
        return f"No order week stands out from the rest: {known} {be} known to be defective"
    top = found.iloc[0]
    rest = words.rate(int(top.rest_n_defective), int(top.rest_n_orders), policy)
    also = ""
    if len(found) == 2:
        also = f"; the week of {words.day(found.week.iloc[1], year)} stands out too"
    elif len(found) > 2:
        also = f"; {words.spelled(len(found) - 1)} more weeks stand out"
    return (
        f"Orders of the week of {words.day(top.week, year)} go wrong most: "
        f"{words.number(top.n_defective)} of {words.number(top.n_orders)} by their "
        f"{words.ordinal(int(top.age_weeks) + 1)} week, against {rest} in the other weeks{also}"
    )


def cohorts_figure(data: pd.DataFrame, *, policy: Policy | None = None) -> Figure:
    """The figure of :func:`plot_cohorts` as data."""
    check_one_series(data, NEEDED, "plot_cohorts", "cohorts")
    rows = data[data.n_orders > 0]
    if rows.empty:
        return nothing("cohorts", NOTHING, WIDE, NARROW)
    policy = policy or Policy()
    shown = rows[rows.age_weeks <= last_age(rows)]
    out, every = weeks_standing_out(rows), rate_of_all(shown)

    def draw(ax: Axes, colours: dict[str, str], compact: bool) -> None:
        _Pen(ax, shown, out, every, policy, colours, compact).draw()

    return Figure("cohorts", cohorts_finding(data, policy), draw, WIDE, NARROW)


@draws(cohorts_figure)
def plot_cohorts(
    data: pd.DataFrame,
    *,
    ax: Axes | None = None,
    policy: Policy | None = None,
    title: str | None = None,
    theme: str = "light",
    compact: bool = False,
) -> Axes:
    """Draw for every order week which share of its orders was known to be defective by which age.

    Parameters
    ----------
    data : pandas.DataFrame
        Rows of :func:`~odr_analysis.cohorts` of one marketplace and channel.
    ax : matplotlib.axes.Axes, optional
        By default a new figure.
    policy : Policy, optional
        Whose target is drawn; Amazon's by default.
    title : str, optional
        By default the week that goes wrong most, if one stands out; '' draws none.
    theme : {"light", "dark"}
    compact : bool
        For narrow figures: fewer labels.

    Returns
    -------
    matplotlib.axes.Axes
        x is the number of weeks since the order, 1 at the end of the first. Lines carry the
        ``gid`` ``week-<Monday>`` (ages that every order of the week has reached) and
        ``young-<Monday>`` (dotted, with a ring at its end: ages that only some have, so it may
        still rise), the Monday in ISO form; ``all-weeks`` is the rate of all weeks together and
        ``limit`` the target. Newer weeks are stronger. At most ``MOST_NAMED`` weeks that stand out
        are drawn with dots and carry a text ``label-<Monday>``. Weeks without orders are left
        out, and so are the ages after which nothing became known any more.

    Raises
    ------
    ParameterError
        `data` lacks columns of ``cohorts``, or has more than one marketplace and channel.

    See Also
    --------
    weeks_standing_out : when a week stands out.

    Examples
    --------
    >>> from matplotlib import figure
    >>> table = pd.DataFrame({"marketplace": "Amazon.de", "channel": "mfn",
    ...     "week": pd.Timestamp("2026-08-03"), "age_weeks": [0, 1], "n_orders": 200,
    ...     "n_defective": [1, 3], "mature": [True, True]})
    >>> ax = plot_cohorts(table, ax=figure.Figure().add_subplot())
    >>> [line.get_ydata().tolist() for line in ax.lines if line.get_gid() == "week-2026-08-03"]
    [[0.005, 0.015]]
    """
    figure = cohorts_figure(data, policy=policy)
    return figure.plot(ax, title=title, theme=theme, compact=compact)


@dataclass(frozen=True, eq=False)
class _Pen:
    """Draws one figure, part by part."""

    ax: Axes
    rows: pd.DataFrame
    out: pd.DataFrame
    every: pd.DataFrame
    policy: Policy
    colours: dict[str, str]
    compact: bool

    def draw(self) -> None:
        ax, rows = self.ax, self.rows
        # A handful of orders can reach any rate, and are not to flatten all other lines.
        most = rows[large_enough(rows.n_orders)]
        rates = most.n_defective / most.n_orders
        top = max(float(rates.max()), self.policy.target * 1.25) * 1.12
        right = int(rows.age_weeks.max()) + 1
        ax.set_xlim(0.6, right + 0.15)
        ax.set_ylim(-top * 0.015, top)
        self._weeks()
        self._all_weeks()
        limit = ax.axhline(self.policy.target, color=self.colours["limit"], linewidth=1.1)
        limit.set(gid="limit", zorder=1.6)
        self._ends()
        self._names()
        name_rates(ax.yaxis, top)
        ax.grid(axis="y", color=self.colours["line"], linewidth=0.6, alpha=0.7)
        ax.set_axisbelow(True)
        step = 1 if right <= (9 if self.compact else 18) else 2
        ages = list(range(1, right + 1, step))
        ax.set_xticks(ages, [str(age) for age in ages])
        ax.set_xlabel("weeks since the order", fontsize="small", loc="left")
        self._legend()

    def _weeks(self) -> None:
        named, every = list(self.out.week.head(MOST_NAMED)), set(self.out.week)
        weeks = sorted(self.rows.week.unique())
        for i, week in enumerate(weeks):
            mine = self.rows[self.rows.week == week].sort_values("age_weeks")
            x = mine.age_weeks.to_numpy(np.int64) + 1
            y = mine.n_defective.to_numpy(float) / mine.n_orders.to_numpy(float)
            n = int(mine.mature.sum())
            out = week in every
            paint: dict[str, Any] = {
                "color": self.colours["critical" if out else "orders"],
                "alpha": 1.0 if out else PALEST + (1 - PALEST) * (i + 1) / len(weeks),
                "linewidth": 2.2 if week in named else 1.4 if out else 1.1,
                "zorder": 3 if out else 2,
            }
            day = pd.Timestamp(week).date()
            if n:
                dots: dict[str, Any] = {"marker": "o", "markersize": 4.5} if out else {}
                line = self.ax.plot(x[:n], y[:n], **paint, **dots)[0]
                line.set_gid(f"week-{day}")
            if n < len(x):
                start = max(n - 1, 0)
                young = self.ax.plot(
                    x[start:], y[start:], **paint, linestyle=":", marker="o", markersize=3.5
                )[0]
                young.set(gid=f"young-{day}", markevery=[-1])
                young.set_markerfacecolor(self.colours["card"])

    def _all_weeks(self) -> None:
        every = self.every
        line = self.ax.plot(
            every.age_weeks + 1, every.rate, color=self.colours["ink"], linewidth=2.8, zorder=4
        )[0]
        line.set(gid="all-weeks", solid_capstyle="round")

    def _ends(self) -> None:
        """Name the two lines that reach the right end."""
        target = self.policy.target
        said = words.level(target) + ("" if self.compact else " limit")
        ends = [(target, said, "label-limit", "limit", "normal")]
        if len(self.every):
            ends.append(
                (float(self.every.rate.iloc[-1]), "all weeks", "label-all-weeks", "ink", "bold")
            )
        _, per_rate = points_per_unit(self.ax)
        places = apart([end[0] for end in ends], LINE / per_rate)
        for (at, said, gid, colour, weight), y in zip(ends, places, strict=True):
            off = (6, (y - at) * per_rate)
            self._label(said, (self.ax.get_xlim()[1], at), off, colour, weight).set_gid(gid)

    def _names(self) -> None:
        """Name the worst weeks where their lines end."""
        year = self.rows.week.max().year
        latest = self.rows.sort_values("age_weeks").groupby("week").tail(1).set_index("week")
        ends = latest.loc[self.out.week.head(MOST_NAMED)]
        per_week, per_rate = points_per_unit(self.ax)
        rates = (ends.n_defective / ends.n_orders).tolist()
        places = apart(rates, LINE / per_rate)
        # Names that stand together begin together.
        begin = int(ends.age_weeks.max()) if places != [round(r, 12) for r in rates] else None
        for week, rate, y in zip(ends.index, rates, places, strict=True):
            row = ends.loc[week]
            so_far = "" if row.mature else " so far"
            counts = f"{words.number(row.n_defective)} of {words.number(row.n_orders)}{so_far}"
            x = int(row.age_weeks if begin is None else begin) + 1
            said = f"{words.day(week, year)}: {counts}"
            # Beside its end or, where that is too near the edge, above it.
            room = (self.ax.get_xlim()[1] - x) * per_week + MARGIN
            beside = room > len(said) * LETTER
            off = (8 if beside else 4, (y - rate) * per_rate + (0 if beside else LINE))
            text = self._label(said, (x, rate), off, "critical", "bold")
            text.set(gid=f"label-{week.date()}", zorder=6, ha="left" if beside else "right")

    def _label(
        self,
        said: str,
        at: tuple[float, float],
        off: tuple[float, float],
        colour: str,
        weight: str,
    ) -> Any:
        return self.ax.annotate(
            said,
            at,
            xytext=off,
            textcoords="offset points",
            va="center",
            color=self.colours[colour],
            fontsize="small",
            fontweight=weight,
            annotation_clip=False,
            bbox={"facecolor": self.colours["card"], "alpha": 0.8, "linewidth": 0, "pad": 1},
        )

    def _legend(self) -> None:
        from matplotlib.lines import Line2D

        colours = self.colours
        ring: dict[str, Any] = {"linestyle": ":", "marker": "o", "markerfacecolor": colours["card"]}
        keys = [
            Line2D([], [], color=colours["ink"], linewidth=2.8, label="all weeks together"),
            Line2D([], [], color=colours["orders"], label="orders of one week, newest strongest"),
            Line2D([], [], color=colours["orders"], label="may still rise", **ring, markersize=3.5),
        ]
        key(self.ax, keys, columns=1 if self.compact else 3)
