"""Room of a figure of several panels."""

from __future__ import annotations

import pytest
from matplotlib.figure import Figure

from odr_analysis.plots.shared.panels import DOT, NARROW, WIDE, Room

ROOM = Room(400, 100, 30, 10, 20, 24, 26, 40, 50, letters=10)


def boxes(room: Room, panels: int, columns: int, title: str) -> tuple[Figure, list]:
    figure = Figure(dpi=DOT)
    axes = figure.subplots(-(-panels // columns), columns, squeeze=False).ravel()
    room.give(figure, panels, columns, 2, title)
    return figure, [ax.get_window_extent() for ax in axes]


def test_every_panel_has_its_height_and_its_share_of_the_width() -> None:
    figure, (one, two, three, _) = boxes(ROOM, 4, 2, "")
    # 8 + two rows of the key + the title of a panel; two panels and the gap; the foot.
    assert figure.get_size_inches()[1] * DOT == pytest.approx(8 + 40 + 24 + 2 * 100 + 50 + 26)
    assert (one.width, one.height) == pytest.approx(((400 - 30 - 10 - 40) / 2, 100))
    assert two.x0 - one.x1 == pytest.approx(40)
    assert one.y0 - three.y1 == pytest.approx(50)
    assert (one.x0, three.y0) == pytest.approx((30, 26))


def test_the_title_has_room_of_its_own() -> None:
    plain, _ = boxes(ROOM, 1, 1, "")
    figure, (panel,) = boxes(ROOM, 1, 1, "Two lines $x$")
    assert plain.get_suptitle() == ""
    assert figure.get_suptitle() == "Two lines\n$x$"
    more = (figure.get_size_inches()[1] - plain.get_size_inches()[1]) * DOT
    assert more == pytest.approx(2 * 26)
    assert panel.height == pytest.approx(100)


@pytest.mark.parametrize("room", [WIDE, NARROW])
def test_both_widths_have_room_for_names_at_the_left(room: Room) -> None:
    figure, (panel,) = boxes(room, 1, 1, "")
    assert figure.get_size_inches()[0] * DOT == pytest.approx(room.width)
    assert panel.x0 == pytest.approx(room.left)
