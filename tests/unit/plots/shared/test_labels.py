"""Where labels stand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from odr_analysis.plots.shared.labels import apart, name_dots, points_per_unit
from tests.unit.plots.artists import axes, has


@pytest.mark.parametrize("places", [[1.0, 1.0, 1.0], [0.0, 0.3, 5.0, 5.1], [2.0, 1.9, 2.1], []])
def test_labels_are_moved_apart_and_keep_their_order(places) -> None:
    found = apart(places, 1.0)
    order = np.argsort(places, kind="stable")
    gaps = np.diff(np.array(found)[order]) if places else np.array([])
    assert (gaps >= 1 - 1e-9).all()
    assert np.mean(found or [0]) == pytest.approx(np.mean(places or [0]))


def test_points_per_unit_are_those_of_the_figure() -> None:
    ax = axes(10, 5)
    ax.set_position((0.1, 0.2, 0.5, 0.4))
    ax.set(xlim=(0, 10), ylim=(0.02, 0))
    # 5 inches for 10, and 2 inches for 0.02, whichever way they run.
    assert points_per_unit(ax) == pytest.approx((5 * 72 / 10, 2 * 72 / 0.02))


def boxes(written) -> dict:
    return {i: text.get_window_extent() for i, text in written.items()}


def test_a_name_alone_stands_to_the_right_of_its_dot() -> None:
    ax = axes()
    ax.set(xlim=(0, 10), ylim=(0, 10))
    (box,) = boxes(name_dots(ax, [(5, 5)], {0: "KT-1"})).values()
    x, y = ax.transData.transform((5, 5))
    assert box.x0 > x
    assert box.y0 < y < box.y1
    assert not has(ax, "lead-0")


def test_at_the_right_edge_it_stands_to_the_left() -> None:
    ax = axes()
    ax.set(xlim=(0, 10), ylim=(0, 10))
    (box,) = boxes(name_dots(ax, [(9.9, 5)], {0: "a longer name"})).values()
    assert box.x1 < ax.transData.transform((9.9, 5))[0]


def test_names_lie_over_no_other_no_dot_and_no_line() -> None:
    ax = axes()
    ax.set(xlim=(0, 10), ylim=(0, 10))
    dots = [(5 + 0.3 * i, 5 + 0.2 * (i % 3)) for i in range(8)]
    names = {i: f"product {i}" for i in range(8)}
    written = name_dots(ax, dots, names, levels=[4.5])
    assert min(written) == 0, "the first has the best place"
    assert len(written) >= 4
    found = boxes(written)
    for one, other in itertools.combinations(found.values(), 2):
        assert not one.overlaps(other)
    level = ax.transData.transform((0, 4.5))[1]
    for box in found.values():
        assert not box.y0 < level < box.y1
        assert not any(box.contains(*ax.transData.transform(dot)) for dot in dots)


def test_a_name_without_room_is_left_out_and_one_far_away_is_tied() -> None:
    ax = axes()
    ax.set(xlim=(0, 10), ylim=(0, 10))
    dots = [(5, 5)] * 9
    written = name_dots(ax, dots, {i: f"product {i}" for i in range(9)})
    far = [i for i in written if has(ax, f"lead-{i}")]
    assert far
    assert 0 not in far
    wide = axes(1, 1)
    wide.set(xlim=(0, 10), ylim=(0, 10))
    assert name_dots(wide, [(5, 5)], {0: "a name longer than its figure is wide"}) == {}
    assert not wide.texts


def test_a_name_is_text_and_no_formula() -> None:
    ax = axes()
    written = name_dots(ax, [(0.5, 0.5)], {0: "$x_1$"})
    assert not written[0].get_parse_math()
