"""The lines of order weeks, as data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from odr_analysis import Policy, cohorts, style
from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.cohorts import last_age
from odr_analysis.html.notebook import show_each, show_figure
from odr_analysis.plots.cohorts import cohorts_finding, plot_cohorts
from tests.oracle import make_account
from tests.order_weeks import DE, STORY, WEEKS, made
from tests.unit.plots.artists import axes, drawn, titled


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """From orders: ten weeks of 60, one week empty, a bad one at 3 Aug."""
    mondays = [d for d in pd.date_range("2026-07-06", periods=10, freq="7D") if d.day != 17]
    rows = [
        (f"{day:%m%d}-{i}", day + pd.Timedelta(days=i % 7), DE, "mfn")
        for day in mondays
        for i in range(60)
    ]
    defects = [(f"0803-{i}", "claim", pd.Timestamp("2026-08-15")) for i in range(8)]
    defects += [("0706-1", "feedback", "2026-07-20"), ("0831-1", "claim", "2026-09-05")]
    return cohorts(make_account(rows, defects, known_to=pd.Timestamp("2026-09-16").date()))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("compact", [False, True])
def test_every_line_is_its_week_of_the_table(table, theme, compact) -> None:
    ax = plot_cohorts(table, ax=axes(), theme=theme, compact=compact)
    rows = table[(table.n_orders > 0) & (table.age_weeks <= last_age(table))]
    lines = {line.get_gid() for line in ax.lines} - {"all-weeks", "limit"}
    want = set()
    for week, mine in rows.groupby("week"):
        mature = mine[mine.mature]
        if len(mature):
            want.add(f"week-{week.date()}")
            line = drawn(ax, f"week-{week.date()}")
            np.testing.assert_array_equal(line.get_xdata(), mature.age_weeks + 1)
            np.testing.assert_array_equal(line.get_ydata(), mature.rate)
            assert line.get_linestyle() == "-"
        if not mine.mature.all():
            want.add(f"young-{week.date()}")
            young = drawn(ax, f"young-{week.date()}")
            start = max(len(mature) - 1, 0)
            np.testing.assert_array_equal(young.get_xdata(), mine.age_weeks[start:] + 1)
            np.testing.assert_array_equal(young.get_ydata(), mine.rate[start:])
            assert young.get_linestyle() == ":"
            # A ring: hollow, and only at the end.
            assert to_hex(young.get_markerfacecolor()) == style.THEMES[theme]["card"]
            assert young.get_markevery() == [-1]
    assert lines == want
    assert {"week-2026-08-03", "young-2026-09-07"} <= want
    assert not any("2026-08-17" in name for name in want), "a week without orders is left out"


def test_the_bold_line_adds_up_what_each_week_of_age_brings(table) -> None:
    ax = plot_cohorts(table, ax=axes())
    line = drawn(ax, "all-weeks")
    known = table.set_index(["week", "age_weeks"]).n_defective
    total = 0.0
    for age, rate in zip(line.get_xdata() - 1, line.get_ydata(), strict=True):
        cells = table[(table.age_weeks == age) & table.mature]
        new = sum(known[week, age] - known.get((week, age - 1), 0) for week in cells.week)
        total += new / cells.n_orders.sum()
        assert rate == pytest.approx(total)
    assert (np.diff(line.get_ydata()) >= 0).all()
    assert len(line.get_xdata()) > 3
    others = [other.get_linewidth() for other in ax.lines if other is not line]
    assert line.get_linewidth() > max(others)
    assert drawn(ax, "limit").get_ydata()[0] == 0.01
    assert drawn(ax, "label-limit").get_text() == "1 % limit"
    assert drawn(ax, "label-all-weeks").get_text() == "all weeks"


def test_newer_weeks_are_stronger() -> None:
    ax = plot_cohorts(STORY, ax=axes())
    strength = [drawn(ax, f"week-{week}").get_alpha() for week in WEEKS]
    assert strength == sorted(set(strength))
    assert 0.3 <= strength[0] < strength[-1] <= 1


def test_the_week_that_stands_out_is_named_at_the_end_of_its_line() -> None:
    ax = plot_cohorts(STORY, ax=axes())
    label = drawn(ax, "label-2026-08-03")
    assert label.get_text() == "3 Aug: 9 of 200 so far"
    assert label.xy == (6, 9 / 200)
    # By dots and weight too, not by colour alone.
    line, usual = drawn(ax, "week-2026-08-03"), drawn(ax, "week-2026-07-27")
    assert (line.get_marker(), usual.get_marker()) == ("o", "None")
    assert line.get_linewidth() > usual.get_linewidth()
    assert titled(ax) == (
        "Orders of the week of 3 Aug go wrong most: 8 of 200 by their 4th week, against 0.50 % "
        "in the other weeks"
    )
    assert [t.get_gid() for t in ax.texts if "label-2026" in (t.get_gid() or "")] == [
        "label-2026-08-03"
    ]


def test_where_no_week_stands_out_the_title_says_so() -> None:
    weeks = {f"2026-07-{day:02}": [0, 0] for day in (6, 13, 20)}
    many = dict.fromkeys(weeks, 100000)
    data = made(weeks | {"2026-07-27": [2, 2]}, many | {"2026-07-27": 10})
    assert cohorts_finding(data).startswith("No order week stands out from the rest: 2 of")


def test_two_bad_weeks_are_named_and_stand_apart() -> None:
    flat = {week: [1] * 8 for week in WEEKS}
    data = made(flat | {"2026-08-03": [20] * 6, "2026-08-10": [20, 20, 20, 20, 20]})
    ax = plot_cohorts(data, ax=axes(), compact=True)
    assert titled(ax).endswith("; the week of 10 Aug stands out too")
    figure = ax.get_figure()
    figure.canvas.draw()
    one, two = (drawn(ax, f"label-2026-08-{day}").get_window_extent() for day in ("03", "10"))
    assert not one.overlaps(two)
    more = made(flat | {f"2026-08-{day}": [20] * 5 for day in ("03", "10", "17")})
    ax = plot_cohorts(more, ax=axes())
    assert titled(ax).endswith("; two more weeks stand out")
    assert sum("label-2026" in (t.get_gid() or "") for t in ax.texts) == 2


def test_the_axis_ends_where_nothing_more_became_known() -> None:
    data = made({"2026-01-05": [0, 0, 1, 1, 1, 1] + [2] * 20, "2026-01-12": [0] * 25})
    assert last_age(data) == 7
    ax = plot_cohorts(data, ax=axes())
    assert drawn(ax, "week-2026-01-05").get_xdata().tolist() == list(range(1, 9))


def test_a_few_orders_do_not_stretch_the_axis() -> None:
    few = dict.fromkeys(WEEKS, 200) | {"2026-08-03": 3}
    ax = plot_cohorts(made({w: [1] * 5 for w in WEEKS} | {"2026-08-03": [1, 1, 1]}, few), ax=axes())
    assert drawn(ax, "week-2026-08-03").get_ydata()[0] == 1 / 3
    assert ax.get_ylim()[1] < 0.02


def test_order_of_rows_and_further_columns_do_not_matter() -> None:
    mixed = STORY.sample(frac=1, random_state=1).assign(extra="x")
    assert cohorts_finding(mixed) == cohorts_finding(STORY)
    one, two = (plot_cohorts(data, ax=axes()) for data in (STORY, mixed))
    for line in one.lines:
        same = drawn(two, line.get_gid())
        np.testing.assert_array_equal(same.get_xydata(), line.get_xydata())


@pytest.mark.parametrize("compact", [False, True])
def test_one_row_and_nothing_mature_are_drawn_as_they_are(compact) -> None:
    ax = plot_cohorts(made({"2026-08-03": [1]}, 40, young=1), ax=axes(), compact=compact)
    assert drawn(ax, "young-2026-08-03").get_xydata().tolist() == [[1, 1 / 40]]
    assert not [t for t in ax.texts if t.get_gid() == "label-all-weeks"]
    assert titled(ax) == (
        "Only the week of 3 Aug has orders: 1 of 40 orders is known to be defective"
    )


def test_no_order_is_said_in_a_sentence() -> None:
    for data in (STORY.head(0), made({"2026-08-03": [0, 0]}, 0)):
        ax = plot_cohorts(data, ax=axes())
        assert titled(ax) == "There is no order to follow"
        assert drawn(ax, "nothing").get_text() == "There is no order to follow."


def test_the_policy_gives_the_target() -> None:
    policy = Policy(target=0.02, warning_from=0.01)
    ax = plot_cohorts(STORY, ax=axes(), policy=policy, compact=True)
    assert drawn(ax, "limit").get_ydata()[0] == 0.02
    assert drawn(ax, "label-limit").get_text() == "2 %"


def test_other_tables_are_refused(table) -> None:
    with pytest.raises(ParameterError, match="never pooled; this table has: "):
        plot_cohorts(pd.concat([table, table.assign(channel="afn")]), ax=axes())
    with pytest.raises(ParameterError, match="from cohorts; it lacks: mature"):
        plot_cohorts(table.drop(columns="mature"), ax=axes())


def test_in_a_page_it_follows_the_theme(table) -> None:
    shown = show_figure(plot_cohorts, table)
    assert shown.text == cohorts_finding(table)
    assert "3 Aug: 8 of 60" in shown.html
    assert {v for v in style.LIGHT.values() if v in shown.html} == set()
    both = pd.concat([table, table.assign(channel="afn")])
    assert show_each(plot_cohorts, both).html.count("<svg") == 4
    assert plot_cohorts(table, ax=axes(), title="").get_title(loc="left") == ""
    assert plot_cohorts(table, ax=axes(), title="a $b$").get_title(loc="left") == "a $b$"


def test_a_figure_of_its_own_is_made_where_no_axes_are_given(table) -> None:
    import matplotlib.pyplot as plt

    for compact in (False, True):
        ax = plot_cohorts(table, theme="dark", compact=compact)
        assert to_hex(ax.get_figure().get_facecolor()) == style.DARK["card"]
        plt.close(ax.get_figure())
