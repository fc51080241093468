"""The calendar of the days ahead, as data."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from odr_analysis import Policy, roll_off, style
from odr_analysis.errors import ParameterError
from odr_analysis.html.notebook import show_each, show_figure
from odr_analysis.plots.days_ahead.calendar import PAINT, calendar_finding, plot_calendar
from odr_analysis.plots.shared.common import wholly
from tests.colours import contrast
from tests.nothing_to_come import nothing_to_come
from tests.oracle import make_account
from tests.unit.plots.artists import axes, drawn, titled

TODAY = date(2026, 9, 30)
DE = "Amazon.de"


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """Three known defects among 200 orders: one leaves on 5 Oct, one on 20 Oct, one on 4 Dec."""
    placed = ["2026-07-22", "2026-08-06", "2026-09-20"]
    rows = [(f"bad{i}", day, DE, "mfn") for i, day in enumerate(placed)]
    rows += [(f"good{i}", "2026-08-10", DE, "mfn") for i in range(160)]
    rows += [(f"young{i}", "2026-09-25", DE, "mfn") for i in range(40)]
    defects = [(f"bad{i}", "claim", "2026-09-21") for i in range(3)]
    account = make_account(rows, defects, known_to=TODAY)
    with nothing_to_come():
        known = roll_off(account, orders_per_day=0)
    # For a week it is not clear whether it is under the target.
    unclear = known.day.between("2026-10-12", "2026-10-18")
    return known.assign(p_breach=known.p_breach.mask(unclear, 0.5))


def by_state(ax) -> dict[str, str]:
    """ISO day of every cell to its state, read off the picture."""
    cells = {}
    for patch in ax.patches:
        gid = patch.get_gid()
        if gid != "back-under":
            state, day = gid[:-11], gid[-10:]
            cells[day] = state
    return cells


def week_and_weekday(patch, compact: bool) -> tuple[int, int]:
    x, y = int(patch.get_x()), int(patch.get_y())
    return (y, x) if compact else (x, y)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("compact", [False, True])
def test_every_day_is_a_cell_in_the_state_of_the_table(table, theme, compact) -> None:
    ax = plot_calendar(table, ax=axes(), theme=theme, compact=compact)
    want = {
        str(row.day.date()): "no-orders"
        if row.n_orders == 0
        else {0.0: "under", 0.5: "open", 1.0: "over"}[row.p_breach]
        for row in table.itertuples()
    }
    assert by_state(ax) == want
    assert set(want.values()) == {"under", "open", "over", "no-orders"}
    colours = style.THEMES[theme]
    for day, state in want.items():
        cell = drawn(ax, f"{state}-{day}")
        fill, stripes = PAINT[state]
        assert to_hex(cell.get_facecolor()) == colours[fill]
        assert bool(cell.get_hatch()) == bool(stripes) == (state in ("open", "over"))


@pytest.mark.parametrize("compact", [False, True])
def test_cells_stand_where_a_calendar_has_them(table, compact) -> None:
    ax = plot_calendar(table, ax=axes(), compact=compact)
    monday = date(2026, 9, 28).toordinal()
    for day, state in by_state(ax).items():
        weeks, weekday = divmod(date.fromisoformat(day).toordinal() - monday, 7)
        assert week_and_weekday(drawn(ax, f"{state}-{day}"), compact) == (weeks, weekday)
    labels = [t.get_text() for t in (ax.get_xticklabels() if compact else ax.get_yticklabels())]
    assert labels == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    # Each month at the first week that has its Thursday.
    names = [t.get_text() for t in (ax.get_yticklabels() if compact else ax.get_xticklabels())]
    assert names == ["Oct" if compact else "Oct 2026", "Nov", "Dec"]


@pytest.mark.parametrize("compact", [False, True])
def test_what_leaves_and_enters_is_written_on_its_day(table, compact) -> None:
    ax = plot_calendar(table, ax=axes(), compact=compact)
    written = {
        t.get_gid()[len("moves-") :]: t.get_text()
        for t in ax.texts
        if (t.get_gid() or "").startswith("moves-")
    }
    # Narrow cells have no room for a space.
    both = "−1+1" if compact else "−1 +1"
    assert written == {"2026-10-05": both, "2026-10-20": "−1", "2026-12-04": "−1"}
    moving = table[(table.n_leaving > 0) | (table.n_entering > 0)]
    assert sorted(written) == [str(day.date()) for day in moving.day]


def test_the_outlined_day_is_the_first_that_is_likely_under_for_good(table) -> None:
    fails = table[(table.n_orders > 0) & (table.p_breach > 0.1)].day.max()
    day = table[(table.n_orders > 0) & (table.day > fails)].day.min()
    ax = plot_calendar(table, ax=axes())
    edge, cell = drawn(ax, "back-under"), drawn(ax, f"under-{day.date()}")
    assert week_and_weekday(edge, False) == week_and_weekday(cell, False)
    assert not edge.get_fill()
    assert "from here on" in [t.get_text() for t in ax.get_legend().get_texts()]


@pytest.mark.parametrize("compact", [False, True])
def test_what_stands_below_is_within_the_figure_and_apart(table, compact) -> None:
    ax = plot_calendar(table, compact=compact, title="")
    figure = ax.get_figure()
    figure.canvas.draw()
    keys, note = ax.get_legend().get_window_extent(), drawn(ax, "note").get_window_extent()
    assert keys.x1 <= figure.bbox.x1
    assert note.x1 <= figure.bbox.x1
    assert min(keys.y0, note.y0) >= 0
    assert not keys.overlaps(note)
    import matplotlib.pyplot as plt

    plt.close(figure)


def made(p_breach: list[float], leaving: list[int] | int = 0, n_defective: int = 3, **more):
    """A table of as many days from 30 Sep on."""
    days = pd.date_range(TODAY, periods=len(p_breach)).astype("datetime64[us]")
    columns = {"day": days, "marketplace": DE, "channel": "mfn", "n_leaving": leaving}
    columns |= {"n_entering": 0, "n_orders": 200.0, "n_defective": n_defective, "odr": 0.01}
    return pd.DataFrame(columns | {"p_breach": p_breach} | more)


@pytest.mark.parametrize(
    ("data", "want"),
    [
        (
            made([1, 0.6, 0.3]),
            "Seller-fulfilled ODR will probably be under 1 % from 2 Oct (probability 70 % or more)",
        ),
        (
            made([0.0, 0.0], n_orders=0.0),
            "No order counts on any of these days, so there is no rate",
        ),
        (made([]), "There is no day ahead to show"),
    ],
)
def test_the_title_says_when_it_is_under(data, want) -> None:
    assert calendar_finding(data) == want
    shuffled = data.sample(frac=1, random_state=3)
    assert titled(plot_calendar(shuffled, ax=axes())) == want


def test_the_target_named_is_that_of_the_policy() -> None:
    policy = Policy(target=0.02, warning_from=0.01)
    ax = plot_calendar(made([1, 0]), ax=axes(), policy=policy)
    assert titled(ax).startswith("Seller-fulfilled ODR will be under 2 % from 1 Oct")
    assert [t.get_text() for t in ax.get_legend().get_texts()][:2] == [
        "likely under 2 %",
        "likely 2 % or more",
    ]


def test_no_day_is_outlined_where_there_is_nothing_to_come_back_from() -> None:
    for p_breach in ([0, 0], [1, 1], [0.5, 0.5], [0, 1]):
        ax = plot_calendar(made(p_breach), ax=axes())
        assert len(ax.patches) == 2
        assert "from here on" not in [t.get_text() for t in ax.get_legend().get_texts()]


@pytest.mark.parametrize("compact", [False, True])
def test_one_day_is_one_cell(compact) -> None:
    ax = plot_calendar(made([1]), ax=axes(), compact=compact)
    assert by_state(ax) == {"2026-09-30": "over"}
    assert drawn(ax, "date-2026-09-30").get_text() == ("30" if compact else "30 Sep")


def test_no_day_is_said_in_a_sentence() -> None:
    ax = plot_calendar(made([]), ax=axes())
    assert drawn(ax, "nothing").get_text() == "There is no day ahead to show."
    assert not ax.axison


def test_months_are_told_apart_by_lines_and_january_has_its_year() -> None:
    ax = plot_calendar(made([0] * 100), ax=axes())
    assert [t.get_text() for t in ax.get_xticklabels()] == ["Oct 2026", "Nov", "Dec", "Jan 2027"]
    lines = {tuple(map(tuple, np.asarray(s))) for s in drawn(ax, "months").get_segments()}
    # Wednesday 30 Sep in the first week: a line below it, and one to its right.
    assert {((0.0, 3.0), (1.0, 3.0)), ((1.0, 2.0), (1.0, 3.0))} <= lines
    # 1 Nov is a Sunday, the last of the fifth week.
    assert ((4.0, 6.0), (5.0, 6.0)) in lines


def test_dates_are_left_out_of_cells_too_narrow_for_them() -> None:
    ax = plot_calendar(made([0] * 364, [2] * 364, n_defective=728), ax=axes())
    assert not [t for t in ax.texts if (t.get_gid() or "").startswith("date-")]
    assert drawn(ax, "moves-2026-10-05").get_text() == "−2"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_texts_are_legible_on_every_state(theme) -> None:
    colours = style.THEMES[theme]
    for fill, _ in PAINT.values():
        for text in ("muted", "ink"):
            assert contrast(colours[text], colours[fill]) >= 4.5, (text, fill)


def test_a_title_of_ones_own_is_no_formula() -> None:
    said = "$x_1$ and <script> cost 5 $"
    ax = plot_calendar(made([0]), ax=axes(), title=said)
    assert ax.get_title(loc="left") == said
    assert not ax._left_title.get_parse_math()
    assert plot_calendar(made([0]), ax=axes(), title="").get_title(loc="left") == ""


def test_more_than_one_series_and_other_tables_are_refused(table) -> None:
    with pytest.raises(ParameterError, match=r"Amazon\.de, mfn; Amazon\.de, afn"):
        plot_calendar(pd.concat([table, table.assign(channel="afn")]), ax=axes())
    with pytest.raises(ParameterError, match="from roll_off; it lacks: n_leaving, p_breach"):
        plot_calendar(table.drop(columns=["p_breach", "n_leaving"]), ax=axes())
    with pytest.raises(ParameterError, match="it lacks: marketplace"):
        plot_calendar(None, ax=axes())  # type: ignore[arg-type]


def test_shown_in_a_page_it_follows_the_theme(table) -> None:
    shown = show_figure(plot_calendar, table)
    assert shown.text == calendar_finding(table)
    assert shown.html.count("<svg") == 2
    assert "var(--odr-critical-soft)" in shown.html
    assert "−1 +1" in shown.html
    leftovers = {v for v in style.LIGHT.values() if v in shown.html}
    assert leftovers == set()
    both = show_each(plot_calendar, pd.concat([table, table.assign(channel="afn")]))
    assert both.html.count("<svg") == 4


def test_a_figure_of_its_own_is_made_where_no_axes_are_given(table) -> None:
    import matplotlib.pyplot as plt

    for compact in (False, True):
        ax = plot_calendar(table, theme="dark", compact=compact)
        assert to_hex(ax.get_figure().get_facecolor()) == style.DARK["card"]
        plt.close(ax.get_figure())


@pytest.mark.parametrize(
    ("n", "of", "want"),
    [
        (0, 3, "0 of 3 known defects"),
        (3, 3, "all 3 known defects"),
        (0, 1, "0 of 1 known defect"),
    ],
)
def test_shares_are_said_in_words(n, of, want) -> None:
    assert wholly(n, of, "known defect") == want


def test_the_order_of_rows_does_not_matter(table) -> None:
    mixed = table.sample(frac=1, random_state=5)
    one, two = (plot_calendar(data, ax=axes()) for data in (table, mixed))
    assert by_state(two) == by_state(one)
    for day, state in by_state(one).items():
        cells = [drawn(ax, f"{state}-{day}") for ax in (one, two)]
        assert len({cell.get_xy() for cell in cells}) == 1
    assert drawn(two, "back-under").get_xy() == drawn(one, "back-under").get_xy()
