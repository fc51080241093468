"""Shift or noise by day: how near the CUSUM of each marketplace and channel came to its limit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from odr_analysis import words
from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.shifts.reference import WATCHED_DAYS
from odr_analysis.forecasting.shifts.shift import BETTER, NO_SHIFT, NOT_ENOUGH, WORSE, Shift
from odr_analysis.plots.shared.axis import day_positions, months, rate_ticks
from odr_analysis.plots.shared.common import wrapped
from odr_analysis.plots.shared.figure import Panels, draws
from odr_analysis.plots.shared.labels import points_per_unit
from odr_analysis.plots.shared.panels import DOT, NARROW, WIDE, Room
from odr_analysis.schema import of_series

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from seaborn import FacetGrid

NOTHING = "There is no order to compare reports of"
FINDINGS = {
    WORSE: "more is reported than before",
    BETTER: "less is reported than before",
    NO_SHIFT: "no shift found",
    NOT_ENOUGH: "not enough data",
}
DIRECTIONS = {"worse": "more reports", "better": "fewer reports"}

COLUMNS = 2
"""Panels side by side in the wide figure: a sentence stands above each."""
ROOMS = {
    False: replace(WIDE, left=58, across=74, panel=160),
    True: replace(NARROW, left=58, panel=146),
}
"""Room of the wide and of the narrow figure, without titles of panels and the note."""
LABEL, TITLE, NOTE = 15.0, 17.0, 15.0
"""Height of a line of labels in a panel, of its title, and of the note, in pixels."""
LETTER = 6.6
"""Width of a letter of a panel's title or the note, at most, in pixels."""
NEAR = 0.12
"""Share of the height below which two names of an axis would touch."""


def shift_finding(data: Shift) -> str:
    """Of how many rates more or less is reported than before, in one line.

    >>> rows = pd.DataFrame({"marketplace": "Amazon.de", "channel": ["mfn", "afn"],
    ...     "finding": ["worse", "not enough data"], "reason": ["", "no reports"],
    ...     "watched_from": pd.Timestamp("2026-07-02"),
    ...     "since": pd.to_datetime(["2026-08-03", None])})
    >>> none = pd.DataFrame()
    >>> shift_finding(Shift(rows, none, none, none))
    'More is reported than before in 1 of 2 rates; not enough data in 1'
    >>> shift_finding(Shift(rows.head(1), none, none, none))
    'Seller-fulfilled: more is reported than before, since about 3 Aug'
    """
    table = data.table
    if table.empty:
        return NOTHING
    if len(table) == 1:
        return _sentences(data)[0]
    counts = table.finding.value_counts()
    parts = [f"{text} in {counts[name]}" for name, text in FINDINGS.items() if name in counts]
    parts[0] += f" of {words.counted(len(table), 'rate')}"
    text = "; ".join(parts)
    return text[0].upper() + text[1:]


def shift_figure(data: Shift) -> Panels:
    """The figure of :func:`plot_shift` as data."""
    if not isinstance(data, Shift):
        raise ParameterError(
            f"plot_shift needs what shift gives, e.g. plot_shift(shift(account)); got "
            f"{type(data).__name__}."
        )

    def draw(title: str, colours: dict[str, str], compact: bool) -> FacetGrid:
        return _Pen(data, colours, compact, title).draw()

    alt = f"{'. '.join(_sentences(data)) or NOTHING}. {_note(data)}".strip()
    return Panels("shift", shift_finding(data), draw, alt)


@draws(shift_figure)
def plot_shift(
    data: Shift,
    *,
    title: str | None = None,
    theme: str = "light",
    compact: bool = False,
) -> FacetGrid:
    """Draw by day how near reports came to a shift, a panel for each marketplace and channel.

    Parameters
    ----------
    data : Shift
        What :func:`~odr_analysis.shift` gives.
    title : str, optional
        By default in how many rates there is a shift; '' draws none.
    theme : {"light", "dark"}
    compact : bool
        For narrow figures: one panel below the other.

    Returns
    -------
    seaborn.FacetGrid
        A figure of its own, so there is no ``ax``: ``.axes`` are its panels in the order of
        ``data.table``. In panel i the lines ``worse-<i>`` and ``better-<i>`` (``gid``) are the
        CUSUMs for more and for fewer reports as shares of their limits; x is the day (days since
        1970). ``limit-<i>`` is the limit of both, at 1. Where there is a shift, ``since-<i>`` is
        the day that CUSUM began to climb and ``alarm-<i>`` a dot on the day it passed the limit.
        Panels without enough data have none of these: ``reports-<i>`` states the reports there
        are, and the title of the panel why they are too few.

    Raises
    ------
    ParameterError
        `data` is not a ``Shift``.

    Examples
    --------
    >>> from odr_analysis import load_sample, shift
    >>> grid = plot_shift(shift(load_sample()))
    >>> [" ".join(ax.get_title(loc="left").split()) for ax in grid.axes][1]
    'Seller-fulfilled: more is reported than before, since about 3 Aug'
    >>> import matplotlib.pyplot as plt
    >>> plt.close(grid.figure)
    """
    return shift_figure(data).plot(title=title, theme=theme, compact=compact)


def _sentences(data: Shift) -> list[str]:
    """The finding of each marketplace and channel, in a sentence."""
    alone = data.table.marketplace.nunique() <= 1
    return [
        f"{words.series(row['marketplace'], row['channel'], alone=alone)}: "
        f"{FINDINGS[row['finding']]}{_more(row, data.path)}"
        for row in data.table.to_dict("records")
    ]


def _more(row: dict[Any, Any], path: pd.DataFrame) -> str:
    """What a sentence adds to the finding: since when, or why it is not known."""
    year = _last_day(row).year
    if row["finding"] in (WORSE, BETTER):
        return f", since about {words.day(row['since'], year)}"
    if row["finding"] == NOT_ENOUGH:
        return f" ({row['reason']})"
    mine = of_series(path, row["marketplace"], row["channel"])
    over = mine.day[(mine.worse > mine.worse_limit) | (mine.better > mine.better_limit)]
    if over.empty:
        return ""
    return f", back under the limit since {words.day(over.max() + pd.Timedelta(days=1), year)}"


def _last_day(row: dict[Any, Any]) -> pd.Timestamp:
    day: pd.Timestamp = row["watched_from"] + pd.Timedelta(days=WATCHED_DAYS - 1)
    return day


def _note(data: Shift) -> str:
    """What is drawn, and how often it is wrong; '' where no limit is drawn."""
    table = data.table[data.table.finding != NOT_ENOUGH]
    if table.empty:
        return ""
    often = words.counted(int(table.false_alarm_days.iloc[0]), "day")
    return (
        "CUSUM of reports against those expected, as a share of its limit. If nothing changes, "
        f"each has one false alarm in {often}."
    )


@dataclass(frozen=True, eq=False)
class _Pen:
    """Draws one grid, part by part."""

    data: Shift
    colours: dict[str, str]
    compact: bool
    title: str

    @property
    def columns(self) -> int:
        return 1 if self.compact else min(len(self.data.table), COLUMNS) or 1

    @cached_property
    def titles(self) -> list[str]:
        """Titles of the panels; a panel by itself has its sentence as the title of the figure."""
        room, gaps = ROOMS[self.compact], self.columns - 1
        width = (room.width - room.left - room.right - gaps * room.across) / self.columns
        sentences = _sentences(self.data)
        return [wrapped(s, int(width / LETTER)) for s in sentences] if len(sentences) > 1 else []

    @cached_property
    def note(self) -> str:
        return wrapped(_note(self.data), int((ROOMS[self.compact].width - 16) / LETTER))

    @cached_property
    def room(self) -> Room:
        room = ROOMS[self.compact]
        lines = max((title.count("\n") + 1 for title in self.titles), default=0)
        note = 8 + NOTE * (self.note.count("\n") + 1) if self.note else 0
        line = 8 + TITLE * lines
        return replace(room, line=line, down=room.foot + 8 + line, foot=room.foot + note)

    def draw(self) -> FacetGrid:
        import seaborn as sns

        rows = self.data.table.to_dict("records")
        grid = sns.FacetGrid(
            pd.DataFrame({"panel": range(max(len(rows), 1))}),
            col="panel",
            col_wrap=self.columns,
            height=2,
            sharex=False,
            sharey=False,
        ).set_titles("")
        self.room.give(grid.figure, len(grid.axes), self.columns, int(bool(self.note)), self.title)
        if not rows:
            grid.axes[0].set_axis_off()
        for i, (ax, row) in enumerate(zip(grid.axes, rows, strict=False)):
            if row["finding"] == NOT_ENOUGH:
                self._unknown(ax, row, i)
            else:
                self._known(ax, row, i)
        for ax, title in zip(grid.axes, self.titles, strict=False):
            ax.set_title(title, fontsize="medium", fontweight="normal", pad=6, parse_math=False)
        if self.note:
            self._legend(grid.figure)
            place = (8 / self.room.width, 6 / (grid.figure.get_size_inches()[1] * DOT))
            settings = {"fontsize": "small", "color": self.colours["muted"], "va": "bottom"}
            grid.figure.text(*place, self.note, **settings).set_gid("note")
        return grid

    def _unknown(self, ax: Axes, row: dict[Any, Any], i: int) -> None:
        """Nothing that could be taken for a quiet line below a limit."""
        ax.set_facecolor(self.colours["no_data_soft"])
        ax.set(xticks=[], yticks=[], xlabel="", ylabel="")
        for spine in ax.spines.values():
            spine.set_visible(False)
        text = f"{words.counted(row['n_reports'], 'report')} in {WATCHED_DAYS} days"
        if pd.notna(row["expected"]):
            text += f"; {words.decimal(row['expected'])} expected"
        ax.text(
            0.5,
            0.5,
            text,
            transform=ax.transAxes,
            ha="center",
            va="center",
            fontsize="small",
            color=self.colours["muted"],
        ).set_gid(f"reports-{i}")

    def _known(self, ax: Axes, row: dict[Any, Any], i: int) -> None:
        path = of_series(self.data.path, row["marketplace"], row["channel"])
        days = day_positions(path.day)
        shares = {d: (path[d] / path[f"{d}_limit"]).to_numpy(float) for d in DIRECTIONS}
        for direction, share in shares.items():
            line = ax.plot(days, share, **self._look(direction))[0]
            line.set(gid=f"{direction}-{i}", zorder=3)
        limit = ax.axhline(1, color=self.colours["limit"], linewidth=1.1)
        limit.set(gid=f"limit-{i}", zorder=1.8)
        shifted = row["finding"] in (WORSE, BETTER)
        highest = max(1.2, *(float(share.max()) for share in shares.values())) * 1.08
        # Above the lines, room to name two days.
        top = highest / (1 - 2 * LABEL / self.room.panel) if shifted else highest
        ax.set(xlim=(days[0] - 0.5, days[-1] + 0.5), ylim=(0, top), xlabel="", ylabel="")
        ticks = {at: words.level(at) for at in rate_ticks(highest) if abs(at - 1) > NEAR * top}
        ticks[1.0] = "limit"
        ax.set_yticks(list(ticks), list(ticks.values()))
        ax.get_yticklabels()[-1].set_color(self.colours["limit"])
        months(ax)
        if shifted:
            self._days(ax, row, i, dict(zip(days, shares[row["finding"]], strict=True)))

    def _days(self, ax: Axes, row: dict[Any, Any], i: int, share: dict[float, float]) -> None:
        """The day the CUSUM began to climb and that of the alarm, named above the lines."""
        since, alarm = day_positions(pd.Series([row["since"], row["alarm_on"]]))
        dot = ax.plot([alarm], [share[alarm]], "o", color=self.colours["limit"], markersize=6)[0]
        dot.set(gid=f"alarm-{i}", zorder=4)
        top, year = ax.get_ylim()[1], _last_day(row).year
        # Away from each other where there is room: one before its line, the other behind.
        name = f"since about {words.day(row['since'], year)}"
        fits = since - min(share) > _days_wide(name, ax)
        self._post(ax, f"since-{i}", name, since, (0, top), "muted", before=fits)
        name = f"alarm {words.day(row['alarm_on'], year)}"
        fits = max(share) - alarm > _days_wide(name, ax)
        ends = (share[alarm], top * (1 - LABEL / self.room.panel))
        self._post(ax, f"alarm-line-{i}", name, alarm, ends, "limit", before=not fits)

    def _post(
        self,
        ax: Axes,
        gid: str,
        name: str,
        day: float,
        ends: tuple[float, float],
        role: str,
        *,
        before: bool,
    ) -> None:
        """A day as a thin line, with its name at the top."""
        colour = self.colours[role]
        line = ax.plot([day, day], ends, color=colour, linewidth=0.9, dashes=(2, 2))[0]
        line.set(gid=gid, zorder=2)
        text = ax.annotate(
            name,
            (day, ends[1]),
            xytext=(-4 if before else 4, 0),
            textcoords="offset points",
            ha="right" if before else "left",
            va="top",
            fontsize="small",
            color=colour,
            bbox={"facecolor": self.colours["card"], "linewidth": 0, "pad": 0.5},
            zorder=5,
        )
        text.set_gid(f"name-{gid}")

    def _look(self, direction: str) -> dict[str, Any]:
        """How a line is drawn: grey print tells them apart by width and dashes."""
        if direction == WORSE:
            return {"color": self.colours["ink"], "linewidth": 2.0}
        return {"color": self.colours["link"], "linewidth": 1.5, "dashes": (4, 2)}

    def _legend(self, figure: Figure) -> None:
        from matplotlib.lines import Line2D

        height = figure.get_size_inches()[1] * DOT
        drawn = figure.legend(
            handles=[
                Line2D([], [], label=label, **self._look(direction))
                for direction, label in DIRECTIONS.items()
            ],
            loc="lower left",
            bbox_to_anchor=(8 / self.room.width, figure.subplotpars.top + self.room.line / height),
            ncols=len(DIRECTIONS),
            frameon=False,
            fontsize="small",
            borderaxespad=0.3,
            borderpad=0.2,
            handlelength=2,
            columnspacing=1.3,
        )
        drawn.set_gid("legend")


def _days_wide(name: str, ax: Axes) -> float:
    """How many days along the axis a name takes at most."""
    return LETTER * len(name) / points_per_unit(ax)[0]
