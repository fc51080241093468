"""The heat map of order weeks by age, as data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex, to_rgb

from odr_analysis import style
from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.cohorts import last_age
from odr_analysis.html.notebook import show_each, show_figure
from odr_analysis.plots.triangle import FAINTEST, STRONGEST, plot_triangle, triangle_finding
from tests.colours import contrast
from tests.order_weeks import GROWN, STORY, WEEKS, made
from tests.unit.plots.artists import axes, drawn, named, titled

HOLED = pd.concat([STORY, made({"2026-08-17": [0, 0]}, 0)], ignore_index=True)


def cells(ax) -> dict[tuple[int, int], tuple[float, tuple[float, ...]]]:
    """Rate and colour of each cell that is drawn, by row and weeks since the order."""
    mesh = drawn(ax, "cells")
    mesh.update_scalarmappable()
    rates = mesh.get_array()
    colours = mesh.get_facecolor().reshape(*rates.shape, 4)
    return {
        (place, age + 1): (float(rates[place, age]), tuple(colours[place, age]))
        for place, age in np.ndindex(rates.shape)
        if not np.ma.getmaskarray(rates)[place, age]
    }


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("compact", [False, True])
def test_every_cell_is_where_its_week_and_age_are(theme, compact) -> None:
    ax = plot_triangle(HOLED, ax=axes(), theme=theme, compact=compact)
    rows = HOLED[(HOLED.n_orders > 0) & (HOLED.age_weeks <= last_age(HOLED))]
    weeks = sorted(HOLED.week.unique())
    want = {
        (weeks.index(r.week), r.age_weeks + 1): r.n_defective / r.n_orders
        for r in rows.itertuples()
    }
    assert {at: rate for at, (rate, _) in cells(ax).items()} == want
    # A cell is one unit wide and high, from the upper left corner.
    corners = drawn(ax, "cells").get_coordinates()
    assert corners[0, 0].tolist() == [0, 0]
    assert corners[-1, -1].tolist() == [last_age(HOLED) + 1, len(weeks)]
    middle = {
        name: (p.get_x() + p.get_width() / 2, p.get_y() + p.get_height() / 2)
        for name, p in named(ax.patches, "young").items()
    }
    young = rows[~rows.mature]
    assert set(middle) == {f"{r.week.date()}-{r.age_weeks + 1}" for r in young.itertuples()}
    for row in young.itertuples():
        at = middle[f"{row.week.date()}-{row.age_weeks + 1}"]
        assert at == pytest.approx((row.age_weeks + 0.5, weeks.index(row.week) + 0.5))
    assert all(p.get_hatch() and not p.get_fill() for p in ax.patches)
    assert ax.get_ylim()[0] > ax.get_ylim()[1], "the newest week is at the bottom"
    # Labels stand at the middle of their cells.
    assert ax.get_yticks().tolist() == [i + 0.5 for i in range(len(weeks))]
    ages = {t.get_text(): x for t, x in zip(ax.get_xticklabels(), ax.get_xticks(), strict=True)}
    assert ages["3"] == 2.5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_higher_rate_has_a_stronger_colour_and_none_has_none(theme) -> None:
    ax = plot_triangle(STORY, ax=axes(), theme=theme)
    colours = style.THEMES[theme]
    seen = {}
    for rate, colour in cells(ax).values():
        assert to_hex(colour) == colours["critical" if rate else "faint"]
        if rate:
            seen[rate] = colour[3]
    assert len(seen) >= 5
    strength = [seen[rate] for rate in sorted(seen)]
    assert strength == sorted(strength)
    assert len(set(strength)) == len(strength)
    assert strength[-1] == STRONGEST


def test_one_defect_among_very_many_orders_has_a_colour() -> None:
    data = made(
        {"2026-08-03": [1] * 4, "2026-08-10": [40] * 4}, {"2026-08-03": 10**6, "2026-08-10": 10**6}
    )
    rate, colour = cells(plot_triangle(data, ax=axes()))[0, 1]
    assert rate == 1e-6
    assert to_hex(colour) == style.LIGHT["critical"]
    assert colour[3] >= FAINTEST


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_numbers_are_legible_on_every_strength_and_grey_print_keeps_their_order(theme) -> None:
    colours = style.THEMES[theme]
    ground, hue = np.array(to_rgb(colours["card"])), np.array(to_rgb(colours["critical"]))
    mixed = [to_hex(ground * (1 - a) + hue * a) for a in np.linspace(0, STRONGEST, 11)]
    assert min(contrast(colours["ink"], colour) for colour in mixed) >= 4.5
    grey = np.diff([contrast(colour, "#000000") for colour in mixed])
    assert (grey < 0).all() or (grey > 0).all()


@pytest.mark.parametrize("compact", [False, True])
def test_numbers_are_the_defective_orders_and_at_the_end_the_orders(compact) -> None:
    ax = plot_triangle(HOLED, ax=axes(), compact=compact)
    rows = HOLED[(HOLED.n_defective > 0) & (HOLED.age_weeks <= last_age(HOLED))]
    written = {name: t.get_text() for name, t in named(ax.texts, "n").items()}
    assert written == {
        f"{r.week.date()}-{r.age_weeks + 1}": str(r.n_defective) for r in rows.itertuples()
    }
    assert written["2026-08-03-6"] == "9"
    totals = {name: t.get_text() for name, t in named(ax.texts, "orders").items()}
    want = dict.fromkeys([*WEEKS, "2026-08-03", "2026-08-10"], "200") | {"2026-08-17": "0"}
    assert totals == want
    labels = [t.get_text() for t in ax.get_yticklabels()]
    assert labels == ["29 Jun", "6 Jul", "13 Jul", "20 Jul", "27 Jul", "3 Aug", "10 Aug", "17 Aug"]


def test_the_key_explains_colours_and_stripes() -> None:
    ax = plot_triangle(STORY, ax=axes())
    said = [t.get_text() for t in ax.get_legend().get_texts()]
    assert said == ["0 %", "2 %", "4 % or more", "may still rise"]
    # The colour of a key is that of a cell with just that rate.
    two = ax.get_legend().get_patches()[1].get_facecolor()[3]
    week = sorted(STORY.week.unique()).index(pd.Timestamp("2026-08-03"))
    assert cells(ax)[week, 2][1][3] < two < cells(ax)[week, 3][1][3]
    stripes = ax.get_legend().get_patches()[-1]
    cell = next(iter(named(ax.patches, "young").values()))
    assert stripes.get_hatch() == cell.get_hatch()
    assert stripes.get_hatch_linewidth() == cell.get_hatch_linewidth()
    for compact, want in ((False, ["1 %", "2 %", "3 % or more"]), (True, ["1 %", "3 %+"])):
        ax = plot_triangle(made({"2026-08-03": [1, 4, 7]}), ax=axes(), compact=compact)
        said = [t.get_text() for t in ax.get_legend().get_texts()]
        assert said == ["0 %", *want, "may still rise"]
    none = plot_triangle(made({"2026-08-03": [0, 0, 0]}, young=1), ax=axes())
    assert [t.get_text() for t in none.get_legend().get_texts()] == ["may still rise"]


def test_numbers_too_small_to_read_are_left_out_and_weeks_thinned() -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    weeks = [str(day.date()) for day in pd.date_range("2026-01-05", periods=26, freq="7D")]
    data = made({week: [1, 2, 3, 4] for week in weeks})
    small, large = Figure(figsize=(9, 2)), Figure(figsize=(9, 7))
    FigureCanvasAgg(small), FigureCanvasAgg(large)
    low = plot_triangle(data, ax=small.add_subplot())
    high = plot_triangle(data, ax=large.add_subplot())
    assert not named(low.texts, "n")
    assert len(named(high.texts, "n")) == 26 * 4
    assert len(low.get_yticks()) <= 13
    assert len(high.get_yticks()) == 26
    assert len(cells(low)) == 26 * 4


@pytest.mark.parametrize(
    ("data", "want"),
    [
        (
            made({"2026-01-05": GROWN + [12] * 4}),
            "Half of the defects are known by the 4th week after the order, 9 of 10 by the 9th "
            "(12 defects of orders at least 11 weeks old)",
        ),
        # The young week says nothing of how soon: its later defects are still to come.
        (
            made({"2026-01-05": GROWN, "2026-03-02": [50, 50]}),
            "Half of the defects are known by the 4th week after the order, 9 of 10 by the 9th "
            "(12 defects of orders at least 11 weeks old)",
        ),
        (
            made({"2026-01-05": [0, 1, 2, 3, 3, 3, 5]}),
            "Half of the defects are known by the 4th week after the order (5 defects of orders "
            "at least 7 weeks old)",
        ),
        (
            made({"2026-01-05": [10] * 8}),
            "Half of the defects are known by the 1st week after the order (10 defects of orders "
            "at least 8 weeks old)",
        ),
        (
            made({"2026-01-05": [0, 4, 4, 4, 4, 4, 4, 4]}),
            "4 defective orders: too few yet to tell how soon defects become known",
        ),
        (
            made({"2026-01-05": [9] * 5}),
            "9 defective orders: too few yet to tell how soon defects become known",
        ),
        (
            made({"2026-01-05": [0, 0], "2026-01-12": [0]}, 70),
            "No defect is known of 140 orders",
        ),
        (made({"2026-01-05": [0, 0]}, 0), "There is no order to follow"),
        (STORY.head(0), "There is no order to follow"),
    ],
)
def test_the_title_says_how_soon_defects_become_known(data, want) -> None:
    assert triangle_finding(data) == want
    mixed = data.sample(frac=1, random_state=2)
    assert titled(plot_triangle(mixed, ax=axes())) == want


def test_one_cell_and_none() -> None:
    ax = plot_triangle(made({"2026-08-03": [1]}, 40, young=1), ax=axes(), compact=True)
    assert set(cells(ax)) == {(0, 1)}
    assert set(named(ax.patches, "young")) == {"2026-08-03-1"}
    # One week does not become a tower.
    assert abs(np.subtract(*ax.get_ylim())) == 10
    empty = plot_triangle(STORY.head(0), ax=axes())
    assert drawn(empty, "nothing").get_text() == "There is no order to follow."


def test_a_new_year_is_named() -> None:
    data = made({"2026-12-21": [0], "2026-12-28": [0], "2027-01-04": [1], "2027-01-11": [0]})
    ax = plot_triangle(data, ax=axes())
    labels = [t.get_text() for t in ax.get_yticklabels()]
    assert labels == ["21 Dec", "28 Dec", "4 Jan 2027", "11 Jan"]


def test_other_tables_are_refused() -> None:
    with pytest.raises(ParameterError, match="plot_triangle draws one marketplace and channel"):
        plot_triangle(pd.concat([STORY, STORY.assign(marketplace="Amazon.fr")]), ax=axes())
    with pytest.raises(ParameterError, match="from cohorts; it lacks: week, age_weeks"):
        plot_triangle(STORY.drop(columns=["week", "age_weeks"]), ax=axes())


def test_in_a_page_it_follows_the_theme() -> None:
    shown = show_figure(plot_triangle, HOLED, height=400)
    assert shown.text == triangle_finding(HOLED)
    assert "fill-opacity" in shown.html
    assert "var(--odr-critical)" in shown.html
    assert {v for v in style.LIGHT.values() if v in shown.html} == set()
    both = pd.concat([HOLED, HOLED.assign(channel="afn")])
    assert show_each(plot_triangle, both).html.count("<svg") == 4


def test_a_figure_of_its_own_is_made_where_no_axes_are_given() -> None:
    import matplotlib.pyplot as plt

    for compact in (False, True):
        ax = plot_triangle(STORY, theme="dark", compact=compact, title="$a_1$")
        assert ax.get_title(loc="left") == "$a_1$"
        assert to_hex(ax.get_figure().get_facecolor()) == style.DARK["card"]
        plt.close(ax.get_figure())
