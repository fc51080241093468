"""The funnel of groups of orders, as data."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from odr_analysis import Policy, style
from odr_analysis.errors import ParameterError
from odr_analysis.html.notebook import show_each, show_figure
from odr_analysis.plots.funnel import funnel_finding, plot_funnel
from odr_analysis.rates.groups import binomial_limits
from tests.unit.plots.artists import axes, drawn, has, titled

HOSTILE = "$x_1$ <script>&</script>"


def made(
    levels: dict[str, tuple[int, int]], out: tuple[str, ...] = (), at_least: float = 2.46, **more
) -> pd.DataFrame:
    """Level to (defective orders, orders)."""
    table = pd.DataFrame(
        [(level, n, d) for level, (d, n) in levels.items()],
        columns=["level", "n_orders", "n_defective"],
    )
    rest_n = table.n_orders.sum() - table.n_orders
    rest_d = table.n_defective.sum() - table.n_defective
    return table.assign(
        marketplace="Amazon.de",
        channel="mfn",
        factor="product",
        rate=table.n_defective / table.n_orders,
        rest_rate=rest_d / rest_n.where(rest_n > 0),
        significant=table.level.isin(out),
        at_least=np.where(table.level.isin(out), at_least, np.nan),
        **more,
    )


PRODUCTS = made(
    {
        "KT-6": (40, 1000),
        "KT-1": (10, 1000),
        "KT-2": (0, 90),
        "KT-3": (3, 400),
        "KT-4": (5, 2000),
        "KT-5": (1, 3),
    },
    out=("KT-6",),
)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("compact", [False, True])
def test_dots_are_the_rows_of_the_table(theme, compact) -> None:
    ax = plot_funnel(PRODUCTS, ax=axes(), theme=theme, compact=compact)
    colours = style.THEMES[theme]
    for i, row in enumerate(PRODUCTS.itertuples()):
        dot = drawn(ax, f"level-{i}")
        assert dot.get_xdata().tolist() == [row.n_orders]
        if row.level == "KT-5":
            continue
        assert dot.get_ydata().tolist() == [row.n_defective / row.n_orders]
        # Shape and filling tell them apart, not colour alone.
        assert dot.get_marker() == ("D" if row.significant else "o")
        filled = colours["critical"] if row.significant else colours["card"]
        assert to_hex(dot.get_markerfacecolor()) == filled
    assert [t.get_gid() for t in ax.texts if (t.get_gid() or "").startswith("label-")] == [
        "label-limit",
        "label-usual",
        "label-0",
    ]
    assert drawn(ax, "label-0").get_text() == "KT-6: 40 of 1,000"


def test_one_defect_among_three_orders_stands_at_the_edge_and_stretches_nothing() -> None:
    ax = plot_funnel(PRODUCTS, ax=axes())
    top = ax.get_ylim()[1]
    assert 0.04 < top < 0.05
    dot = drawn(ax, "level-5")
    assert (dot.get_marker(), dot.get_ydata().tolist()) == ("^", [top])
    said = [t.get_text() for t in ax.get_legend().get_texts()]
    assert "higher, few orders" in said
    without = plot_funnel(PRODUCTS.head(5), ax=axes())
    assert "higher, few orders" not in [t.get_text() for t in without.get_legend().get_texts()]
    # Where all are small, each is shown in full.
    tiny = plot_funnel(made({"A": (1, 5), "B": (0, 4)}), ax=axes())
    assert drawn(tiny, "level-0").get_ydata().tolist() == [0.2]
    assert drawn(tiny, "level-0").get_marker() == "o"


def test_lines_are_the_usual_rate_and_the_target() -> None:
    ax = plot_funnel(PRODUCTS, ax=axes())
    assert drawn(ax, "usual").get_ydata()[0] == 59 / 4493
    assert drawn(ax, "label-usual").get_text() == "usual 1.31 %"
    assert drawn(ax, "limit").get_ydata()[0] == 0.01
    assert drawn(ax, "label-limit").get_text() == "1 % limit"
    ax.get_figure().canvas.draw()
    one, two = (drawn(ax, f"label-{name}").get_window_extent() for name in ("limit", "usual"))
    assert not one.overlaps(two)
    policy = Policy(target=0.02, warning_from=0.01)
    ax = plot_funnel(PRODUCTS, ax=axes(), usual=0.0125, policy=policy, compact=True)
    assert drawn(ax, "usual").get_ydata()[0] == 0.0125
    assert drawn(ax, "label-usual").get_text() == "usual\n1.25 %"
    assert drawn(ax, "label-limit").get_text() == "2 %"


def test_the_funnel_drawn_is_those_limits_and_narrows() -> None:
    ax = plot_funnel(PRODUCTS, ax=axes())
    usual = 59 / 4493
    low, high = drawn(ax, "lower-99.8"), drawn(ax, "upper-99.8")
    n = high.get_xdata()
    assert (np.diff(n) > 0).all()
    assert n[0] <= 3
    assert n[-1] >= 2000
    for line, want in zip((low, high), binomial_limits(n, usual, 0.998), strict=True):
        np.testing.assert_array_equal(line.get_ydata(), want)
    assert (np.diff(high.get_ydata()[n >= 10]) < 0).all()
    area = drawn(ax, "within-95").get_paths()[0].vertices
    inner = binomial_limits(n, usual, 0.95)
    for at in (100, len(n) - 1):
        edge = area[area[:, 0] == n[at], 1]
        assert (edge.min(), edge.max()) == (inner[0][at], inner[1][at])
    assert [t.get_text() for t in ax.get_legend().get_texts()] == [
        "stands out",
        "may be chance",
        "higher, few orders",
        "95 % by chance",
        "99.8 % by chance",
    ]


def test_groups_of_like_size_are_not_on_a_logarithmic_scale() -> None:
    assert plot_funnel(PRODUCTS, ax=axes()).get_xscale() == "log"
    like = made({"A": (1, 100), "B": (2, 300)})
    ax = plot_funnel(like, ax=axes())
    assert ax.get_xscale() == "linear"
    ticks = [t.get_text() for t in plot_funnel(PRODUCTS, ax=axes()).get_xticklabels()]
    assert {"10", "100", "1,000"} <= set(ticks)


def crowd(n: int) -> pd.DataFrame:
    levels = {f"KT-CROWDED-{i}": (30 + i, 800 + 9 * i) for i in range(n)}
    levels |= {f"KT-{i}": (i % 3, 300 + 40 * i) for i in range(20)}
    return made(levels, out=tuple(levels)[:n])


@pytest.mark.parametrize("compact", [False, True])
@pytest.mark.parametrize("n", [2, 5, 12])
def test_no_name_is_written_over_another_or_over_a_dot(n, compact) -> None:
    ax = plot_funnel(crowd(n), ax=axes(), compact=compact)
    ax.get_figure().canvas.draw()
    labels = [drawn(ax, f"label-{i}") for i in range(n) if has(ax, f"label-{i}")]
    assert has(ax, "label-0"), "the most suspicious is named before all others"
    assert len(labels) >= min(n, 3)
    boxes = [label.get_window_extent() for label in labels]
    for one, two in itertools.combinations(boxes, 2):
        assert not one.overlaps(two)
    room = ax.get_window_extent()
    for box in boxes:
        assert room.x0 <= box.x0
        assert box.x1 <= room.x1
        assert room.y0 <= box.y0
        assert box.y1 <= room.y1
    for i in range(n + 20):
        at = ax.transData.transform(drawn(ax, f"level-{i}").get_xydata()[0])
        assert not any(box.contains(*at) for box in boxes)


def test_names_from_the_exports_are_text_and_no_formula() -> None:
    data = made({HOSTILE: (40, 1000), "漢字 💥": (60, 1500), "B": (5, 2000)}, (HOSTILE, "漢字 💥"))
    ax = plot_funnel(data, ax=axes())
    label = drawn(ax, "label-0")
    assert label.get_text() == f"{HOSTILE}: 40 of 1,000"
    assert not label.get_parse_math()
    assert drawn(ax, "label-1").get_text() == "漢字 💥: 60 of 1,500"
    assert not ax._left_title.get_parse_math()
    assert titled(ax).startswith(f"Product {HOSTILE} goes wrong")
    # Names are cut off where there is little room, counts never.
    narrow = plot_funnel(data, ax=axes(), compact=True)
    assert drawn(narrow, "label-0").get_text() == "$x_1$…: 40 of 1,000"
    shown = show_figure(plot_funnel, data.drop(index=1))
    assert "<script" not in shown.html
    assert shown.html.count("$x_1$ &lt;script&gt;") >= 3
    assert {v for v in style.LIGHT.values() if v in shown.html} == set()


@pytest.mark.parametrize(
    ("data", "want"),
    [
        (
            made({"KT-6": (6, 233), "KT-1": (11, 1360)}, ("KT-6",)),
            "Product KT-6 goes wrong at least 2.4 times as often as the rest: 6 of 233 orders",
        ),
        (
            made({"KT-6": (9, 300), "KT-1": (10, 1000)}, ("KT-6",), at_least=2.0),
            "Product KT-6 goes wrong at least 2 times as often as the rest: 9 of 300 orders",
        ),
        (
            made({"KT-6": (60, 300), "KT-1": (10, 1000), "KT-2": (70, 500)}, ("KT-6", "KT-2")),
            "Product KT-6 goes wrong at least 2.4 times as often as the rest: 60 of 300 orders; "
            "one more stands out",
        ),
        (
            made({"KT-6": (60, 300), "KT-1": (10, 10000)}, ("KT-6",), 123.4, reason="damaged"),
            "Product KT-6 goes wrong at least 123 times as often as the rest with reason damaged: "
            "60 of 300 orders",
        ),
        (
            made({"KT-6": (6, 300), "KT-1": (0, 1000)}, ("KT-6",), 0.4),
            "Product KT-6 goes wrong more often than the rest: 6 of 300 orders",
        ),
        (
            made({"Express": (6, 300), "Standard": (2, 1000)}, ("Express",)).assign(
                factor="ship service"
            ),
            "Ship service Express goes wrong at least 2.4 times as often as the rest: "
            "6 of 300 orders",
        ),
        (made({"A": (1, 100), "B": (2, 200)}), "No product stands out from chance among 2"),
        (
            made({"A": (1, 100), "B": (2, 200)}, reason="late"),
            "No product stands out from chance among 2 with reason late",
        ),
        (
            made({"A": (1, 100)}),
            "There is no other product to compare A with: 1 of 100 orders",
        ),
        (made({"A": (0, 0)}), "There is no group of orders to compare"),
        (PRODUCTS.head(0), "There is no group of orders to compare"),
    ],
)
def test_the_title_says_what_stands_out(data, want) -> None:
    assert funnel_finding(data) == want
    assert titled(plot_funnel(data, ax=axes())) == want


def test_of_several_reasons_those_of_any_reason_are_drawn() -> None:
    damaged = PRODUCTS.assign(reason="damaged", n_defective=1)
    both = pd.concat([damaged, PRODUCTS.assign(reason="")])
    ax = plot_funnel(both, ax=axes())
    assert drawn(ax, "level-0").get_ydata().tolist() == [0.04]
    assert not has(ax, f"level-{len(PRODUCTS)}")
    assert "with reason" not in titled(ax)
    assert titled(plot_funnel(damaged, ax=axes())).endswith(
        "with reason damaged: 1 of 1,000 orders"
    )
    with pytest.raises(ParameterError, match="draws one reason, got: damaged, late"):
        plot_funnel(pd.concat([damaged, damaged.assign(reason="late")]), ax=axes())


@pytest.mark.parametrize("compact", [False, True])
def test_one_row_no_defect_and_nothing_at_all(compact) -> None:
    one = plot_funnel(made({"A": (1, 100)}), ax=axes(), compact=compact)
    assert drawn(one, "level-0").get_xydata().tolist() == [[100, 0.01]]
    good = plot_funnel(made({"A": (0, 100), "B": (0, 5000)}), ax=axes(), compact=compact)
    assert drawn(good, "usual").get_ydata()[0] == 0
    assert not has(good, "within-95"), "chance alone makes nothing of a rate of 0"
    assert "usual" in drawn(good, "label-usual").get_text()
    none = plot_funnel(PRODUCTS.head(0), ax=axes(), compact=compact)
    assert drawn(none, "nothing").get_text() == "There is no group of orders to compare."


def test_other_tables_are_refused() -> None:
    with pytest.raises(ParameterError, match="never pooled"):
        plot_funnel(pd.concat([PRODUCTS, PRODUCTS.assign(channel="afn")]), ax=axes())
    with pytest.raises(ParameterError, match="draws one factor, got: product, weekday"):
        plot_funnel(pd.concat([PRODUCTS, PRODUCTS.assign(factor="weekday")]), ax=axes())
    with pytest.raises(ParameterError, match="from drivers; it lacks: rest_rate, significant"):
        plot_funnel(PRODUCTS.drop(columns=["rest_rate", "significant"]), ax=axes())
    for usual in (-0.1, 1.1, float("nan")):
        with pytest.raises(ParameterError, match="usual is a fraction from 0 to 1"):
            plot_funnel(PRODUCTS, ax=axes(), usual=usual)


def test_each_channel_has_a_figure_of_its_own() -> None:
    both = pd.concat([PRODUCTS, PRODUCTS.assign(channel="afn")])
    shown = show_each(plot_funnel, both, policy=Policy())
    assert shown.html.count("<svg") == 4
    assert shown.text.count(funnel_finding(PRODUCTS)) == 2


def test_a_figure_of_its_own_is_made_where_no_axes_are_given() -> None:
    import matplotlib.pyplot as plt

    for compact in (False, True):
        ax = plot_funnel(PRODUCTS, theme="dark", compact=compact, title="$a_1$")
        assert ax.get_title(loc="left") == "$a_1$"
        assert to_hex(ax.get_figure().get_facecolor()) == style.DARK["card"]
        plt.close(ax.get_figure())
