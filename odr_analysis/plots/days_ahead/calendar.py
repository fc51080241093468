"""The days ahead as a calendar: under the target or not, and which defects leave or enter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from odr_analysis import style, words
from odr_analysis.forecasting.coming_days.outlook import LIKELY, from_on
from odr_analysis.plots.days_ahead.fan import fan_finding
from odr_analysis.plots.shared.common import check_one_series, key
from odr_analysis.plots.shared.figure import Figure, Frame, draws, nothing
from odr_analysis.plots.shared.labels import points_per_unit
from odr_analysis.policy import Policy

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NEEDED = ("day", "n_leaving", "n_entering", "n_orders", "n_defective", "odr", "p_breach")
NOTHING = "There is no day ahead to show"
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
THURSDAY = 3

WIDE = Frame(300, (44, 22, 14, 26), (12.5, 4.8), (0.05, 0.98, 0.78, 0.1), letters=88, pad=24)
NARROW = Frame(
    300,
    (38, 22, 8, 58),
    (4.8, 6.2),
    (0.1, 0.98, 0.74, 0.16),
    letters=30,
    pad=24,
    text=style.TEXT_COMPACT,
)

ROOM_FOR_DATES = 24.0
"""Points a cell must be wide for its date to be written into it."""

PAINT: dict[str, tuple[str, str | None]] = {
    "under": ("healthy_soft", None),
    "open": ("faint", "orders_out"),
    "over": ("critical_soft", "critical"),
    "unknown": ("unknown_soft", None),
    "no-orders": ("no_data_soft", None),
}
"""State of a day to (fill, stripes): stripes tell days over the target in grey print."""
STRIPES = {"open": "..", "over": "//"}


def state_of(n_orders: float, p_breach: float) -> str:
    """The state of a day: likely under the target, likely not, or open between.

    >>> [state_of(200, p) for p in (0.1, 0.11, 0.9)], state_of(0, float("nan"))
    (['under', 'open', 'over'], 'no-orders')
    >>> state_of(200, float("nan"))  # not every kind of defect is known
    'unknown'
    """
    if not n_orders > 0:
        return "no-orders"
    if p_breach != p_breach:
        return "unknown"
    if 1 - p_breach >= LIKELY:
        return "under"
    return "over" if p_breach >= LIKELY else "open"


def calendar_finding(data: pd.DataFrame, policy: Policy | None = None) -> str:
    """What will happen to the rate of one marketplace and channel, in one line.

    >>> table = pd.DataFrame({"day": pd.to_datetime(["2026-09-30", "2026-10-01"]),
    ...     "marketplace": "Amazon.de", "channel": "mfn", "n_leaving": [0, 1],
    ...     "n_entering": 0, "n_orders": [90.0, 150.0], "n_defective": [2, 1],
    ...     "odr": [0.022, 0.007], "p_breach": [1.0, 0.3]})
    >>> calendar_finding(table)
    'Seller-fulfilled ODR will probably be under 1 % from 1 Oct (probability 70 % or \
more)'
    """
    if data.empty:
        return NOTHING
    if not (data["n_orders"] > 0).any():
        return "No order counts on any of these days, so there is no rate"
    return fan_finding(data, policy)


def calendar_figure(data: pd.DataFrame, *, policy: Policy | None = None) -> Figure:
    """The figure of :func:`plot_calendar` as data."""
    check_one_series(data, NEEDED, "plot_calendar", "roll_off")
    if data.empty:
        return nothing("calendar", NOTHING, WIDE, NARROW)
    policy = policy or Policy()
    table = data.sort_values("day")
    # No day is outlined where the rate is likely under the target all along.
    rated = (table.n_orders > 0).to_numpy()
    likely = from_on((1 - table.p_breach >= LIKELY).to_numpy(), rated)
    back_on = table.day.iloc[likely] if likely and rated[:likely].any() else None

    def draw(ax: Axes, colours: dict[str, str], compact: bool) -> None:
        _draw(ax, table, back_on, policy, colours, compact)

    return Figure("calendar", calendar_finding(table, policy), draw, WIDE, NARROW)


@draws(calendar_figure)
def plot_calendar(
    data: pd.DataFrame,
    *,
    ax: Axes | None = None,
    policy: Policy | None = None,
    title: str | None = None,
    theme: str = "light",
    compact: bool = False,
) -> Axes:
    """Draw the days ahead as a calendar of what leaves, what enters and whether it is enough.

    Parameters
    ----------
    data : pandas.DataFrame
        Rows of :func:`~odr_analysis.roll_off` of one marketplace and channel.
    ax : matplotlib.axes.Axes, optional
        By default a new figure.
    policy : Policy, optional
        Whose target is named; Amazon's by default.
    title : str, optional
        By default when the rate is under the target; '' draws none.
    theme : {"light", "dark"}
    compact : bool
        For narrow figures: weeks go down instead of across.

    Returns
    -------
    matplotlib.axes.Axes
        Each day is a cell with the ``gid`` ``under-<day>`` (under the target with 90 % or
        more), ``over-<day>`` (not under it with 90 % or more, striped), ``open-<day>``
        (dotted) or ``unknown-<day>`` or ``no-orders-<day>``, the day in ISO form. Texts
        carry ``date-<day>`` and, where known defective orders leave ("−2") or enter ("+1"),
        ``moves-<day>``. The outlined cell ``back-under`` is the day from which on all days
        are likely under the target; there is none where that is the first day or never.
        ``months`` are the lines between months, ``note`` says what the signs mean.

    Raises
    ------
    ParameterError
        `data` lacks columns of ``roll_off``, or has more than one marketplace and channel.

    Examples
    --------
    >>> from matplotlib import figure
    >>> table = pd.DataFrame({"day": pd.to_datetime(["2026-09-30", "2026-10-01"]),
    ...     "marketplace": "Amazon.de", "channel": "mfn", "n_leaving": [0, 1],
    ...     "n_entering": 0, "n_orders": [90.0, 150.0], "n_defective": [2, 1],
    ...     "odr": [0.022, 0.002], "p_breach": [1.0, 0.05]})
    >>> [cell.get_gid() for cell in plot_calendar(table, ax=figure.Figure().add_subplot()).patches]
    ['over-2026-09-30', 'under-2026-10-01', 'back-under']
    """
    figure = calendar_figure(data, policy=policy)
    return figure.plot(ax, title=title, theme=theme, compact=compact)


def moves(n_leaving: int, n_entering: int) -> str:
    """What goes and comes on a day, as written into its cell.

    >>> moves(2, 0), moves(2, 1), moves(0, 0)
    ('−2', '−2 +1', '')
    """
    parts = [f"−{words.number(n_leaving)}" if n_leaving else ""]
    parts += [f"+{words.number(n_entering)}" if n_entering else ""]
    return " ".join(filter(None, parts))


def _draw(
    ax: Axes,
    table: pd.DataFrame,
    back_on: pd.Timestamp | None,
    policy: Policy,
    colours: dict[str, str],
    compact: bool,
) -> None:
    days = [stamp.date() for stamp in table.day]
    monday = days[0].toordinal() - days[0].weekday()
    place = {day: _place(day, monday, compact) for day in days}
    weeks = (days[-1].toordinal() - monday) // 7 + 1
    ax.set_xlim(0, 7 if compact else weeks)
    ax.set_ylim(weeks if compact else 7, 0)
    width, height = points_per_unit(ax)
    size = min(style.TEXT_COMPACT if compact else style.TEXT, height * 0.62, width * 0.4)
    pen = _Pen(ax, colours, compact, size)
    states = []
    for day, row in zip(days, table.to_dict("records"), strict=True):
        states.append(state_of(row["n_orders"], row["p_breach"]))
        pen.cell(day, place[day], states[-1])
        if width >= ROOM_FOR_DATES:
            pen.dated(day, place[day], states[-1], named=day == days[0])
        pen.moves(day, place[day], states[-1], int(row["n_leaving"]), int(row["n_entering"]))
        if row["day"] == back_on:
            pen.outline(place[day])
    pen.months(place)
    pen.sides(monday, weeks)
    keys = [state for state in PAINT if state in states]
    pen.legend(keys, words.level(policy.target), outlined=back_on in set(table.day))


@dataclass(frozen=True, eq=False)
class _Pen:
    """Draws one calendar, cell by cell."""

    ax: Axes
    colours: dict[str, str]
    compact: bool
    size: float

    def cell(self, day: date, at: tuple[int, int], state: str) -> None:
        from matplotlib.patches import Rectangle

        cell = Rectangle((at[0] + 0.03, at[1] + 0.05), 0.94, 0.9, **self.paint(state))
        cell.set(gid=f"{state}-{day}", zorder=2)
        self.ax.add_patch(cell)

    def paint(self, state: str) -> dict[str, Any]:
        fill, stripes = PAINT[state]
        paint: dict[str, Any] = {"facecolor": self.colours[fill], "linewidth": 0}
        if stripes:
            paint |= {
                "hatch": STRIPES[state],
                "hatchcolor": self.colours[stripes],
                "hatch_linewidth": 0.7,
            }
        return paint

    def dated(self, day: date, at: tuple[int, int], state: str, *, named: bool) -> None:
        """Day of the month; with its month on the 1st and where `named`, if there is room."""
        said = str(day.day)
        if not self.compact and (named or day.day == 1):
            said = words.day(day, day.year)
        self._text(
            (said, f"date-{day}", state),
            (at[0] + 0.03, at[1] + 0.05),
            (3, -2),
            ha="left",
            va="top",
            color=self.colours["muted"],
            fontsize=self.size * (0.68 if self.compact else 0.76),
        )

    def moves(
        self, day: date, at: tuple[int, int], state: str, n_leaving: int, n_entering: int
    ) -> None:
        said = moves(n_leaving, n_entering)
        if not said:
            return
        # A narrow cell has its date on the left and what moves on the right.
        tight = self.compact and bool(n_leaving and n_entering)
        self._text(
            (said.replace(" ", "") if tight else said, f"moves-{day}", state),
            (at[0] + 0.97, at[1] + 0.95) if self.compact else (at[0] + 0.5, at[1] + 0.5),
            (-3, 2) if self.compact else (4, -3),
            ha="right" if self.compact else "center",
            va="bottom" if self.compact else "center",
            color=self.colours["ink"],
            fontweight="bold",
            fontsize=self.size * (0.72 if tight else 0.9),
        )

    def _text(
        self,
        told: tuple[str, str, str],
        at: tuple[float, float],
        off: tuple[float, float],
        **settings: Any,
    ) -> None:
        said, gid, state = told
        # On stripes a text needs ground of its own.
        ground = {"linewidth": 0, "pad": 1.5, "facecolor": self.colours[PAINT[state][0]]}
        text = self.ax.annotate(
            said, at, xytext=off, textcoords="offset points", bbox=ground, zorder=3, **settings
        )
        text.set_gid(gid)

    def outline(self, at: tuple[int, int]) -> None:
        from matplotlib.patches import Rectangle

        edge = Rectangle((at[0] + 0.02, at[1] + 0.03), 0.96, 0.94, fill=False)
        edge.set(gid="back-under", edgecolor=self.colours["ink"], linewidth=2.2, zorder=5)
        self.ax.add_patch(edge)

    def months(self, place: dict[date, tuple[int, int]]) -> None:
        """Lines where one month ends and the next begins."""
        from matplotlib.collections import LineCollection

        month = {at: day.month for day, at in place.items()}
        lines = []
        for (x, y), mine in month.items():
            if month.get((x + 1, y), mine) != mine:
                lines.append([(x + 1, y), (x + 1, y + 1)])
            if month.get((x, y + 1), mine) != mine:
                lines.append([(x, y + 1), (x + 1, y + 1)])
        drawn = LineCollection(lines, colors=self.colours["muted"], linewidths=1.4)
        drawn.set(gid="months", zorder=4, capstyle="round")
        self.ax.add_collection(drawn, autolim=False)

    def sides(self, monday: int, weeks: int) -> None:
        """Weekdays along one side, months along the other, each at the first week mostly in it."""
        ax = self.ax
        thursdays = [date.fromordinal(monday + 7 * week + THURSDAY) for week in range(weeks)]
        names: dict[int, str] = {}
        for week, day in enumerate(thursdays):
            if week == 0 or day.month != thursdays[week - 1].month:
                dated = day.month == 1 or (week == 0 and not self.compact)
                names[week] = words.MONTHS[day.month - 1] + (f" {day.year}" if dated else "")
        middle = [place + 0.5 for place in range(7)]
        ax.tick_params(length=0, labelbottom=False, labeltop=True)
        for spine in ax.spines.values():
            spine.set_visible(False)
        if self.compact:
            ax.set_xticks(middle, WEEKDAYS)
            ax.set_yticks([w + 0.5 for w in names], [n.replace(" ", "\n") for n in names.values()])
        else:
            ax.set_yticks(middle, WEEKDAYS)
            ax.set_xticks([w + 0.05 for w in names], list(names.values()), ha="left")

    def legend(self, states: list[str], target: str, *, outlined: bool) -> None:
        from matplotlib.patches import Patch

        said = {
            "under": f"likely under {target}",
            "open": "unclear",
            "over": f"likely {target} or more",
            "unknown": "cannot be known",
            "no-orders": "no orders",
        }
        keys = [Patch(label=said[state], **self.paint(state)) for state in states]
        if outlined:
            edge: dict[str, Any] = {"edgecolor": self.colours["ink"], "linewidth": 1.8}
            keys.append(Patch(fill=False, label="from here on", **edge))
        columns = 2 if self.compact else len(keys)
        key(self.ax, keys, columns=columns, loc="upper left", bbox_to_anchor=(0, 0))
        rows = -(-len(keys) // 2)
        note = self.ax.annotate(
            "likely: 90 % or more; −2: two defects leave",
            (0 if self.compact else 1, 0),
            xycoords="axes fraction",
            xytext=(0, -6 - 17 * rows if self.compact else -6),
            textcoords="offset points",
            ha="left" if self.compact else "right",
            va="top",
            color=self.colours["muted"],
            fontsize="small",
        )
        note.set_gid("note")


def _place(day: date, monday: int, compact: bool) -> tuple[int, int]:
    week, weekday = divmod(day.toordinal() - monday, 7)
    return (weekday, week) if compact else (week, weekday)
