"""The panels of shift or noise, as data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from odr_analysis import style
from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.shifts.gap_chart import GAP_COLUMNS
from odr_analysis.forecasting.shifts.shift import (
    BETTER,
    BLIND,
    NO_SHIFT,
    NOT_ENOUGH,
    PATH_COLUMNS,
    SHIFT_COLUMNS,
    SHORT,
    WORSE,
    Shift,
    shift,
)
from odr_analysis.forecasting.shifts.week_chart import WEEK_COLUMNS
from odr_analysis.html.notebook import show_figure
from odr_analysis.plots.shared.axis import day_positions
from odr_analysis.plots.shift_path import NOTHING, plot_shift, shift_figure, shift_finding
from odr_analysis.schema import table_of
from tests.unit.forecasting.simulated import simulated
from tests.unit.plots.artists import drawn, has, titled

DAYS = pd.date_range("2026-07-02", "2026-09-30")


def made(*findings: str, reason: str = BLIND, **more: object) -> Shift:
    """One marketplace for each finding: more reports climb from 3 Aug, fewer never."""
    rows, paths = [], []
    for n, finding in enumerate(findings):
        shifted = finding in (WORSE, BETTER)
        row = {
            "marketplace": f"Amazon.{('de', 'fr', 'it', 'es', 'nl')[n]}",
            "channel": "mfn",
            "finding": finding,
            "reason": reason if finding == NOT_ENOUGH else "",
            "watched_from": DAYS[0],
            "n_reports": 5,
            "expected": 7.25,
            "n_reference": 12,
            "n_undated": 0,
            "since": pd.Timestamp("2026-08-03") if shifted else pd.NaT,
            "alarm_on": pd.Timestamp("2026-08-22") if shifted else pd.NaT,
            "false_alarm_days": 365,
        }
        rows.append(row | more)
        # Over its limit of 2 from 22 Aug on, the 20th day of the climb.
        climb = np.clip(np.arange(len(DAYS)) - 31, 0, None) * 2.01 / 20
        high, low = (climb, 0.5) if finding == WORSE else (0.5, climb)
        quiet = {"worse": high, "better": low} if shifted else {"worse": 0.5, "better": 0.25}
        path = pd.DataFrame({"day": DAYS, "n_reports": 0, "expected": 0.1, **quiet})
        paths.append(path.assign(marketplace=row["marketplace"], channel="mfn"))
    path = pd.concat(paths or [pd.DataFrame(columns=list(PATH_COLUMNS))], ignore_index=True)
    return Shift(
        table_of(rows, SHIFT_COLUMNS),
        path.assign(worse_limit=2.0, better_limit=2.0),
        table_of([], WEEK_COLUMNS),
        table_of([], GAP_COLUMNS),
    )


@pytest.fixture
def plot():
    """Draws, and lets go of the figure at the end."""
    import matplotlib.pyplot as plt

    grids = []

    def draw(*given, **settings):
        grids.append(plot_shift(*given, **settings))
        return grids[-1]

    yield draw
    for grid in grids:
        plt.close(grid.figure)


def note(grid) -> str:
    return " ".join(" ".join(t.get_text().split()) for t in grid.figure.texts if t.get_gid())


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("compact", [False, True])
@pytest.mark.parametrize("finding", [WORSE, BETTER])
def test_a_shift_is_drawn_with_its_limit_its_begin_and_its_alarm(
    plot, finding, theme, compact
) -> None:
    data = made(NO_SHIFT, finding)
    grid = plot(data, theme=theme, compact=compact)
    ax = grid.axes[1]
    path = data.path[data.path.marketplace == "Amazon.fr"]
    for direction in ("worse", "better"):
        line = drawn(ax, f"{direction}-1")
        assert line.get_xdata().tolist() == day_positions(path.day).tolist()
        assert line.get_ydata().tolist() == (path[direction] / 2).tolist()
    assert drawn(ax, "limit-1").get_ydata() == [1, 1]
    ticks = {text.get_text(): text for text in ax.get_yticklabels()}
    assert ticks["limit"].get_position()[1] == 1
    assert to_hex(ticks["limit"].get_color()) == style.THEMES[theme]["limit"]
    since, alarm = day_positions(data.table.loc[1, ["since", "alarm_on"]])
    assert set(drawn(ax, "since-1").get_xdata()) == {since}
    dot = drawn(ax, "alarm-1")
    assert (dot.get_xdata()[0], dot.get_ydata()[0]) == (alarm, pytest.approx(2.01 / 2))
    assert drawn(ax, "name-since-1").get_text() == "since about 3 Aug"
    assert drawn(ax, "name-alarm-line-1").get_text() == "alarm 22 Aug"
    many = "more" if finding == WORSE else "less"
    assert titled(ax) == (
        f"Seller-fulfilled on Amazon.fr: {many} is reported than before, since about 3 Aug"
    )
    assert [t.get_text() for t in grid.figure.legends[0].get_texts()] == [
        "more reports",
        "fewer reports",
    ]


def test_names_stand_above_the_lines_within_their_panel(plot) -> None:
    for data, compact in ((made(NO_SHIFT, WORSE), False), (made(WORSE), True)):
        grid = plot(data, compact=compact)
        grid.figure.canvas.draw()
        ax, i = grid.axes[-1], len(grid.axes) - 1
        room = ax.get_window_extent()
        names = [drawn(ax, f"name-{x}-{i}").get_window_extent() for x in ("since", "alarm-line")]
        highest = max(drawn(ax, f"worse-{i}").get_ydata())
        top = ax.transData.transform((0, highest))[1]
        for box in names:
            assert room.x0 <= box.x0 < box.x1 <= room.x1
            assert top <= box.y0 < box.y1 <= room.y1 + 1
        assert not names[0].overlaps(names[1])


def test_no_shift_has_lines_and_a_limit_but_no_day(plot) -> None:
    ax = plot(made(NO_SHIFT, WORSE)).axes[0]
    assert drawn(ax, "worse-0").get_ydata().tolist() == [0.25] * 91
    # The limit is in sight, however far below it the lines are.
    assert ax.get_ylim()[1] > 1.1
    assert has(ax, "limit-0")
    assert not any(has(ax, f"{part}-0") for part in ("since", "alarm", "reports"))
    assert titled(ax) == "Seller-fulfilled on Amazon.de: no shift found"


def test_a_limit_passed_and_left_again_is_stated(plot) -> None:
    data = made(NO_SHIFT)
    data.path.loc[data.path.day.between("2026-07-20", "2026-08-08"), "worse"] = 2.5
    assert shift_finding(data) == (
        "Seller-fulfilled: no shift found, back under the limit since 9 Aug"
    )


@pytest.mark.parametrize("compact", [False, True])
@pytest.mark.parametrize(
    ("reason", "expected", "want"),
    [
        (BLIND, 7.25, "5 reports in 91 days; 7.2 expected"),
        (SHORT, float("nan"), "5 reports in 91 days"),
    ],
)
def test_not_enough_data_does_not_look_like_no_shift(plot, compact, reason, expected, want) -> None:
    data = made(NO_SHIFT, NOT_ENOUGH, reason=reason, expected=expected)
    quiet, unknown = plot(data, compact=compact).axes
    assert not unknown.lines, "neither a CUSUM nor a limit"
    assert [t.get_text() for t in unknown.get_yticklabels()] == []
    assert drawn(unknown, "reports-1").get_text() == want
    assert titled(unknown) == f"Seller-fulfilled on Amazon.fr: not enough data ({reason})"
    assert to_hex(unknown.get_facecolor()) == style.LIGHT["no_data_soft"]
    assert to_hex(quiet.get_facecolor()) == style.LIGHT["card"]


def test_the_rate_of_false_alarms_is_stated_where_a_limit_is(plot) -> None:
    want = "If nothing changes, each has one false alarm in 365 days."
    assert note(plot(made(NO_SHIFT, NOT_ENOUGH))).endswith(want)
    assert note(plot(made(WORSE, false_alarm_days=200))).endswith("one false alarm in 200 days.")
    grid = plot(made(NOT_ENOUGH, NOT_ENOUGH))
    assert note(grid) == ""
    assert grid.figure.legends == []


@pytest.mark.parametrize(
    ("findings", "want"),
    [
        ((WORSE,), "Seller-fulfilled: more is reported than before, since about 3 Aug"),
        ((NOT_ENOUGH,), f"Seller-fulfilled: not enough data ({BLIND})"),
        ((NO_SHIFT, NO_SHIFT), "No shift found in 2 of 2 rates"),
        (
            (NOT_ENOUGH, BETTER, WORSE, NO_SHIFT, WORSE),
            "More is reported than before in 2 of 5 rates; less is reported than before in 1; "
            "no shift found in 1; not enough data in 1",
        ),
        ((), NOTHING),
    ],
)
def test_the_title_counts_the_findings(plot, findings, want) -> None:
    data = made(*findings)
    assert shift_finding(data) == want
    grid = plot(data)
    assert " ".join(grid.figure.get_suptitle().split()) == want
    # A panel by itself does not repeat it.
    assert bool(grid.axes[0].get_title(loc="left")) == (len(findings) > 1)
    assert plot(data, title="").figure.get_suptitle() == ""


def test_a_day_of_another_year_has_its_year() -> None:
    data = made(WORSE, since=pd.Timestamp("2025-12-20"), watched_from=pd.Timestamp("2025-12-01"))
    assert shift_finding(data).endswith("since about 20 Dec 2025")


def test_a_simulated_doubling_is_drawn_as_it_was_found(plot) -> None:
    found = shift(simulated(80, change=(2.0, 60)))
    ax = plot(found).axes[0]
    share = drawn(ax, "worse-0").get_ydata()
    assert share[-1] == pytest.approx(found.table.share_worse[0])
    assert share[-1] > 1
    days = drawn(ax, "worse-0").get_xdata()
    since, alarm = day_positions(found.table.loc[0, ["since", "alarm_on"]])
    assert share[days == since - 1] == 0, "the climb begins where it was 0"
    first = days[(days >= since) & (share > 1)][0]
    assert drawn(ax, "alarm-0").get_xdata().tolist() == [alarm] == [first]


def test_what_is_not_a_shift_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"plot_shift\(shift\(account\)\); got DataFrame"):
        plot_shift(made(WORSE).table)


def test_shown_in_a_page_it_follows_the_theme_and_has_every_sentence_as_text() -> None:
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    data = made(WORSE, NOT_ENOUGH)
    shown = show_figure(plot_shift, data)
    assert plt.get_fignums() == before
    assert shown.text == "More is reported than before in 1 of 2 rates; not enough data in 1"
    assert shown.html.count("<svg") == 2
    assert {v for v in style.LIGHT.values() if v in shown.html} == set()
    assert shift_figure(data).alt == (
        "Seller-fulfilled on Amazon.de: more is reported than before, since about 3 Aug. "
        f"Seller-fulfilled on Amazon.fr: not enough data ({BLIND}). CUSUM of reports against "
        "those expected, as a share of its limit. If nothing changes, each has one false alarm "
        "in 365 days."
    )
    assert shown.html.count(f'aria-label="{shift_figure(data).alt}"') == 2
