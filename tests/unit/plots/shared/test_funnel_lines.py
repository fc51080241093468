"""Parts of a funnel plot: limits, named rates, and orders along the bottom."""

from __future__ import annotations

import pytest
from matplotlib.figure import Figure

from odr_analysis import style
from odr_analysis.plots.shared.funnel_lines import (
    Level,
    draw_funnel,
    draw_levels,
    funnel_keys,
    name_sizes,
)
from odr_analysis.rates.groups import funnel

COLOURS = style.LIGHT


@pytest.fixture
def ax():
    made = Figure(figsize=(8, 4)).add_subplot()
    made.set_xscale("log")
    made.set_xlim(100, 10_000)
    made.set_ylim(0, 0.05)
    return made


def test_the_funnel_is_its_limits(ax):
    limits = funnel(100, 10_000, 0.01)
    draw_funnel(ax, limits, COLOURS, "99.8")
    lines = {line.get_gid(): line.get_ydata() for line in ax.lines}
    assert lines.keys() == {"lower-99.8", "upper-99.8"}
    assert list(lines["upper-99.8"]) == limits.upper_outer.tolist()
    assert [area.get_gid() for area in ax.collections] == ["within-95"]


def test_no_limits_draw_nothing(ax):
    draw_funnel(ax, funnel(100, 10_000, 0.01).iloc[:0], COLOURS, "99.8")
    assert not ax.lines
    assert not ax.collections


def test_names_of_rates_close_together_lie_apart(ax):
    levels = [Level(0.01, "1 % limit", "limit", "limit"), Level(0.0101, "usual", "usual", "ink")]
    draw_levels(ax, levels, COLOURS, compact=False)
    assert [line.get_ydata()[0] for line in ax.lines] == [0.01, 0.0101]
    ax.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts]
    assert not boxes[0].overlaps(boxes[1])
    assert [text.get_gid() for text in ax.texts] == ["label-limit", "label-usual"]


@pytest.mark.parametrize(
    ("high", "want"),
    [(900, ["100", "200", "500"]), (9e6, ["100", "1,000", "10,000", "100,000", "1,000,000"])],
)
def test_sizes_are_named_by_fewer_steps_where_they_are_far_apart(ax, high, want):
    ax.set_xlim(100, high)
    name_sizes(ax, "orders", compact=False)
    ax.figure.canvas.draw()
    sizes = [size for size in ax.get_xticks() if 100 <= size <= high]
    assert [ax.xaxis.get_major_formatter()(size, None) for size in sizes] == want
    assert ax.get_xlabel() == "orders"


def test_keys_have_their_labels():
    assert [k.get_label() for k in funnel_keys(COLOURS, "95 of 100", "all")] == ["95 of 100", "all"]
