"""Figures for page and notebook."""

from __future__ import annotations

import re

import pytest

from odr_analysis.html.figures import NARROW, WIDE, drawn, titled
from odr_analysis.plots.shared.figure import Figure, Frame, Panels

WIDER = Frame(200, (40, 10, 20, 30), (10, 4), (0.1, 0.9, 0.8, 0.1))
NARROWER = Frame(150, (20, 5, 10, 15), (4, 4), (0.1, 0.9, 0.8, 0.1))


@pytest.fixture
def seen() -> list[tuple[bool, list[float]]]:
    return []


@pytest.fixture
def figure(seen) -> Figure:
    def draw(ax, colours, compact) -> None:
        seen.append((compact, ax.get_window_extent().extents.round().tolist()))
        ax.plot([1, 2], color=colours["link"])

    return Figure("rising", "It rises", draw, WIDER, NARROWER, alt="A line that rises.")


def test_nothing_is_drawn_before_it_is_asked_for(figure, seen) -> None:
    assert titled(figure, "Seller-fulfilled").finding == "Seller-fulfilled: It rises"
    assert seen == []


@pytest.mark.parametrize(("compact", "width", "frame"), [(0, WIDE, WIDER), (1, NARROW, NARROWER)])
def test_each_drawing_has_its_width_height_and_margins(figure, seen, compact, width, frame) -> None:
    svg = drawn(figure, compact=bool(compact))
    left, top, right, bottom = frame.margins
    assert seen == [(bool(compact), [left, bottom, width - right, frame.height - top])]
    assert f'viewBox="0 0 {width} {frame.height}"' in svg
    assert 'aria-label="A line that rises."' in svg
    assert f'id="rising-{"n" if compact else "w"}-' in svg
    assert "It rises" not in svg, "the page writes the title"
    assert f'viewBox="0 0 {width} 99"' in drawn(figure, compact=bool(compact), height=99)


def test_a_finding_names_whose_it_is_once(figure) -> None:
    assert titled(figure, "It").finding == "It rises"
    assert titled(figure).finding == "It rises"
    mine, other = titled(figure, "Mine"), titled(figure, "Other")
    assert mine.name == "rising-mine-it-rises"
    assert mine.name != other.name
    svg = drawn(mine, compact=False)
    assert 'aria-label="Mine: It rises"' in svg
    # With nothing to add, the longer text stays.
    assert titled(figure).alt == titled(figure, "It").alt == "A line that rises."


def test_panels_take_their_own_room_and_pyplot_forgets_them() -> None:
    import matplotlib.pyplot as plt

    def draw(title, colours, compact):
        assert title == ""
        figure, _ = plt.subplots(figsize=(2 if compact else 5, 1))
        return type("Grid", (), {"figure": figure})()

    before = plt.get_fignums()
    panels = Panels("many", "All are <well>", draw)
    sizes = [re.findall(r'viewBox="0 0 (\d+ \d+)"', drawn(panels, compact=c)) for c in (0, 1)]
    assert sizes == [["360 72"], ["144 72"]]
    assert 'aria-label="All are &lt;well&gt;"' in drawn(panels, compact=False)
    assert plt.get_fignums() == before
