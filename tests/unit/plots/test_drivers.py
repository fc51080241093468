"""Groups of orders with their intervals, as data."""

from __future__ import annotations

import pandas as pd
import pytest
from matplotlib.colors import to_hex

from odr_analysis import Policy, style
from odr_analysis.errors import ParameterError
from odr_analysis.html.notebook import show_each, show_figure
from odr_analysis.plots.drivers import NOTHING, drivers_finding, plot_drivers
from odr_analysis.rates.intervals import jeffreys_interval
from tests.unit.plots.artists import axes, drawn, titled

HOSTILE = "$x_1$ <script>&</script>"


def made(rows: list[tuple[str, str, str, int, int]], out: tuple[int, ...] = ()) -> pd.DataFrame:
    """Factor, level, reason, defective orders, orders; of 40 of 4,000 in all."""
    table = pd.DataFrame(rows, columns=["factor", "level", "reason", "n_defective", "n_orders"])
    lower, upper = jeffreys_interval(table.n_defective, table.n_orders, 0.95)
    rest_n, rest_d = 4000 - table.n_orders, 40 - table.n_defective
    return table.assign(
        marketplace="Amazon.de",
        channel="mfn",
        rate=table.n_defective / table.n_orders,
        lower=lower,
        upper=upper,
        rest_n_orders=rest_n,
        rest_n_defective=rest_d,
        rest_rate=rest_d / rest_n,
        significant=table.index.isin(out),
    )


GROUPS = made(
    [
        ("product", "KT-1", "", 20, 500),
        ("ship service", "Expedited", "not received", 6, 352),
        ("destination", "DE Nordrhein-Westfalen and everywhere", "", 7, 318),
        ("weekday", HOSTILE, "damaged", 0, 40),
        ("price", "all", "", 3, 3),
    ],
    out=(0, 1),
)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("compact", [False, True])
def test_points_and_intervals_are_the_rows_of_the_table(theme, compact) -> None:
    ax = plot_drivers(GROUPS, ax=axes(), theme=theme, compact=compact)
    colours = style.THEMES[theme]
    for name, rows in (
        ("significant", GROUPS[GROUPS.significant]),
        ("others", GROUPS[~GROUPS.significant]),
    ):
        dots = drawn(ax, f"rates-{name}")
        assert dots.get_xdata().tolist() == pytest.approx(rows.rate.tolist(), abs=0)
        assert list(dots.get_ydata()) == rows.index.tolist()
        # Shape and filling tell them apart, not colour alone.
        assert dots.get_marker() == ("D" if name == "significant" else "o")
        filled = colours["critical" if name == "significant" else "card"]
        assert to_hex(dots.get_markerfacecolor()) == filled
    for i, row in enumerate(GROUPS.itertuples()):
        line = drawn(ax, f"interval-{i}")
        assert list(line.get_xdata()) == [row.lower, row.upper]
        assert list(line.get_ydata()) == [i, i]
        assert list(drawn(ax, f"rest-{i}").get_xdata()) == [row.rest_rate] * 2
        assert drawn(ax, f"counts-{i}").get_text() == f"{row.n_defective} of {row.n_orders}"
    assert list(drawn(ax, "limit").get_xdata()) == [0.01, 0.01]
    assert ax.get_ylim()[0] > ax.get_ylim()[1], "the first row is at the top"
    assert ax.get_xlim()[1] >= GROUPS.upper.max()


def test_every_row_has_its_name_and_what_it_is_of() -> None:
    wide, narrow = (plot_drivers(GROUPS, ax=axes(), compact=c) for c in (False, True))
    assert drawn(wide, "name-1").get_text() == "Expedited"
    assert drawn(wide, "name-1").get_fontweight() == "bold"
    assert drawn(wide, "name-2").get_fontweight() == "normal"
    assert drawn(wide, "about-1-0").get_text() == "ship service, not received"
    assert drawn(narrow, "about-1-0").get_text() == "ship service"
    assert drawn(narrow, "about-1-1").get_text() == "not received"
    assert drawn(wide, "name-2").get_text() == "DE Nordrhein-Westfalen and ev…"
    assert drawn(narrow, "name-2").get_text() == "DE Nordrhein-Wes…"
    assert drawn(wide, "name-3").get_text() == HOSTILE
    assert not drawn(wide, "name-3").get_parse_math()
    assert wide.get_xlabel() == "share of its orders, with its interval"
    keys = [t.get_text() for t in wide.get_legend().get_texts()]
    assert keys == ["stands out", "may be chance", "all other orders", "1 % limit"]
    none = plot_drivers(GROUPS[2:], ax=axes(), policy=Policy(target=0.02))
    keys = [t.get_text() for t in none.get_legend().get_texts()]
    assert keys == ["may be chance", "all other orders", "2 % limit"]
    assert list(drawn(none, "limit").get_xdata()) == [0.02, 0.02]


def test_the_first_rows_are_drawn() -> None:
    ax = plot_drivers(GROUPS, ax=axes(), most=2)
    assert [a.get_gid() for a in ax.lines if a.get_gid().startswith("interval")] == [
        "interval-0",
        "interval-1",
    ]
    with pytest.raises(ParameterError, match="most must be at least 1, got 0"):
        plot_drivers(GROUPS, ax=axes(), most=0)


@pytest.mark.parametrize(
    ("data", "want"),
    [
        (
            GROUPS,
            "2 of 5 groups shown stand out: first product KT-1, 20 of 500 orders against 20 of "
            "3,500 others",
        ),
        (
            GROUPS[1:],
            "1 of 4 groups shown stands out: ship service Expedited, not received, 6 of 352 "
            "orders against 34 of 3,648 others",
        ),
        (
            GROUPS[2:],
            "No group of the 3 shown stands out; the first is destination DE "
            "Nordrhein-Westfalen and ev…, 7 of 318 orders against 33 of 3,682 others",
        ),
        (
            GROUPS[:1],
            "It stands out: product KT-1, 20 of 500 orders against 20 of 3,500 others",
        ),
        (GROUPS.head(0), NOTHING),
    ],
)
def test_the_title_counts_what_stands_out(data, want) -> None:
    assert drivers_finding(data) == want
    assert titled(plot_drivers(data, ax=axes())) == want


def test_other_tables_are_refused() -> None:
    with pytest.raises(ParameterError, match="from drivers; it lacks: lower, upper"):
        plot_drivers(GROUPS.drop(columns=["lower", "upper"]), ax=axes())
    with pytest.raises(ParameterError, match="one marketplace and channel"):
        plot_drivers(pd.concat([GROUPS, GROUPS.assign(channel="afn")]), ax=axes())


def test_in_a_page_it_follows_the_theme_and_nothing_becomes_markup() -> None:
    shown = show_figure(plot_drivers, GROUPS, height=500)
    assert shown.text == drivers_finding(GROUPS)
    assert "<script" not in shown.html
    assert {v for v in style.LIGHT.values() if v in shown.html} == set()
    both = pd.concat([GROUPS, GROUPS.assign(channel="afn")])
    assert show_each(plot_drivers, both).html.count("<svg") == 4


def test_a_figure_of_its_own_is_made_where_no_axes_are_given() -> None:
    import matplotlib.pyplot as plt

    for compact in (False, True):
        ax = plot_drivers(GROUPS, theme="dark", compact=compact, title="$a_1$")
        assert ax.get_title(loc="left") == "$a_1$"
        assert to_hex(ax.get_figure().get_facecolor()) == style.DARK["card"]
        plt.close(ax.get_figure())
