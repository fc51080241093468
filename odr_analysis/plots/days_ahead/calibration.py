"""How often the truth lay inside the bands of earlier forecasts, beside how often it should."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from odr_analysis import words
from odr_analysis.answer.backtest_text import WHAT
from odr_analysis.forecasting.bands import LEVELS
from odr_analysis.forecasting.track_record.tally import INSIDE, SCORED, SHOWN, calibrated_range
from odr_analysis.plots.shared.common import check_one_series, key
from odr_analysis.plots.shared.figure import SMALLER_COMPACT, Figure, Frame, draws, nothing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NEEDED = ("quantity", "horizon", "state", "n_origins", "n_windows", *INSIDE.values())
NOTHING = "Not enough history to compare bands with what happened"
LOOKS: dict[float, dict[str, Any]] = {
    0.5: {"marker": "s", "markersize": 6, "role": "link", "offset": 0.17},
    0.9: {"marker": "o", "markersize": 7, "role": "ink", "offset": -0.17},
}
"""Of each level: shape, colour, and place within its row."""
THICK = 0.28
"""Height of the range of a calibrated forecast, in rows."""

WIDE = Frame(330, (150, 28, 16, 42), (10.5, 4.4), (0.2, 0.96, 0.8, 0.14), letters=70, pad=26)
NARROW = Frame(
    330,
    (118, 62, 22, 42),
    (4.8, 5.2),
    (0.34, 0.94, 0.67, 0.12),
    letters=30,
    pad=58,
    text=SMALLER_COMPACT,
)


def calibration_finding(data: pd.DataFrame) -> str:
    """How often the widest band held the ODR shown, and whether that is as it should be.

    >>> row = {"quantity": "shown", "horizon": 7, "state": "scored", "n_origins": 40,
    ...        "n_windows": 12.0, "inside_50": 0.4, "inside_90": 0.5}
    >>> calibration_finding(pd.DataFrame([row]))
    'The 90 % band held the ODR in 20 of 40 forecasts: too narrow 7 days ahead'
    """
    level = LEVELS[-1]
    rows = _scored(data)
    rows = rows[rows.quantity == SHOWN]
    if rows.empty:
        return NOTHING
    share = rows[INSIDE[level]]
    held = float((share * rows.n_origins).sum())
    ranges = [calibrated_range(level, n) for n in rows.n_windows]
    narrow = [h for h, s, (low, _) in zip(rows.horizon, share, ranges, strict=True) if s < low]
    wide = [h for h, s, (_, high) in zip(rows.horizon, share, ranges, strict=True) if s > high]
    parts = [
        f"{what} {words.listed([str(h) for h in days])} days ahead"
        for what, days in (("too narrow", narrow), ("too wide", wide))
        if days
    ]
    of = words.counted(int(rows.n_origins.sum()), "forecast")
    return (
        f"The {words.level(level)} band held the ODR in {words.number(held)} of {of}: "
        f"{words.listed(parts) or 'no sign that it is too narrow or too wide'}"
    )


def calibration_figure(data: pd.DataFrame) -> Figure:
    """The figure of :func:`plot_calibration` as data."""
    check_one_series(data, NEEDED, "plot_calibration", "backtest(...).table")
    rows = _scored(data)
    if rows.empty:
        return nothing("calibration", NOTHING, WIDE, NARROW)

    def draw(ax: Axes, colours: dict[str, str], compact: bool) -> None:
        _draw(ax, rows, colours, compact)

    alt = "; ".join(_in_words(row) for row in rows.to_dict("records"))
    return Figure("calibration", calibration_finding(data), draw, WIDE, NARROW, alt=f"{alt}.")


@draws(calibration_figure)
def plot_calibration(
    data: pd.DataFrame,
    *,
    ax: Axes | None = None,
    title: str | None = None,
    theme: str = "light",
    compact: bool = False,
) -> Axes:
    """Draw how often the truth lay inside the 50 % and the 90 % band of earlier forecasts.

    Parameters
    ----------
    data : pandas.DataFrame
        ``backtest(...).table`` of one marketplace and channel. Rows without enough history are
        not drawn.
    ax : matplotlib.axes.Axes, optional
        By default a new figure.
    title : str, optional
        By default how often the 90 % band held the ODR; '' draws none.
    theme : {"light", "dark"}
    compact : bool
        For narrow figures: fewer words.

    Returns
    -------
    matplotlib.axes.Axes
        x is a share of forecasts, 0-1; one line of y for each horizon, and for the window when
        its orders left and when all reports are in. Marks ``share-50`` and ``share-90`` lie on
        bars ``range-50`` and ``range-90``: where a calibrated forecast is in nine of ten cases,
        of as many independent windows as the origins are worth. Lines ``level-50`` and
        ``level-90`` are the shares that were promised.

    Raises
    ------
    ParameterError
        `data` lacks columns of ``Backtest.table``, or has more than one marketplace and channel.

    Examples
    --------
    >>> from matplotlib import figure
    >>> table = pd.DataFrame({"marketplace": "Amazon.de", "channel": "mfn", "quantity": "shown",
    ...     "horizon": [7, 30], "state": "scored", "n_origins": 20, "n_windows": 5.0,
    ...     "inside_50": [0.5, 0.4], "inside_90": [0.9, 0.85]})
    >>> ax = plot_calibration(table, ax=figure.Figure().add_subplot())
    >>> ax.get_title(loc="left").split(" in ")[1][:18]
    '35 of 40 forecasts'
    """
    return calibration_figure(data).plot(ax, title=title, theme=theme, compact=compact)


def _scored(data: pd.DataFrame) -> pd.DataFrame:
    return data[data.state == SCORED]


def _what(row: dict[Any, Any]) -> str:
    if row["quantity"] == SHOWN:
        return f"{words.counted(row['horizon'], 'day')} ahead"
    return WHAT[row["quantity"]]


def _in_words(row: dict[Any, Any]) -> str:
    n = words.counted(row["n_origins"], "forecast")
    shares = words.listed(
        [f"{words.about(row[INSIDE[x]])} inside the {words.level(x)} band" for x in LEVELS]
    )
    worth = words.decimal(row["n_windows"])
    return f"{_what(row)}: {shares}, of {n} worth {worth} independent windows"


def _draw(ax: Axes, rows: pd.DataFrame, colours: dict[str, str], compact: bool) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch
    from matplotlib.ticker import MultipleLocator, PercentFormatter

    records = rows.to_dict("records")
    places = range(len(records))[::-1]
    for level, look in LOOKS.items():
        name, colour = INSIDE[level].removeprefix("inside_"), colours[look["role"]]
        y = [place + look["offset"] for place in places]
        ends = [calibrated_range(level, row["n_windows"]) for row in records]
        for at, (low, high) in zip(y, ends, strict=True):
            ax.barh(at, high - low, THICK, left=low, color=colours["window"])[0].set_gid(
                f"range-{name}"
            )
        promised = ax.axvline(level, color=colour, linewidth=1, dashes=(4, 3), zorder=1.5)
        promised.set_gid(f"level-{name}")
        marks = ax.plot(
            rows[INSIDE[level]],
            y,
            look["marker"],
            markersize=look["markersize"],
            color=colour,
            zorder=3,
            clip_on=False,
        )[0]
        marks.set_gid(f"share-{name}")
    worth = [words.decimal(row["n_windows"]) for row in records]
    n = [row["n_origins"] for row in records]
    labels = [
        f"{_what(row)}\n{of} (worth {w})" if compact else f"{_what(row)}\n{of}, worth {w} windows"
        for row, of, w in zip(records, n, worth, strict=True)
    ]
    ax.set_yticks(list(places), labels)
    ax.tick_params(axis="y", length=0)
    ax.set(xlim=(0, 1), ylim=(-0.6, len(records) - 0.4))
    ax.xaxis.set_major_locator(MultipleLocator(0.25 if compact else 0.1))
    ax.xaxis.set_major_formatter(PercentFormatter(xmax=1, decimals=0, symbol=" %"))
    ax.set_xlabel("forecasts whose band held the truth", fontsize="small", loc="left")
    for side in ("left", "right", "top"):
        ax.spines[side].set_visible(False)
    handles: list[Any] = [
        Line2D(
            [],
            [],
            linestyle="",
            marker=look["marker"],
            markersize=look["markersize"],
            color=colours[look["role"]],
            label=f"{words.level(level)} band",
        )
        for level, look in LOOKS.items()
    ]
    handles.append(Patch(color=colours["window"], label="a calibrated forecast, 9 times in 10"))
    key(ax, handles, columns=1 if compact else 3)
