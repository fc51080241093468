"""A figure as SVG inside a page."""

from __future__ import annotations

import re

import pytest
from matplotlib.figure import Figure

from odr_analysis import style
from odr_analysis.html.svg import figure_to_svg, to_svg


def some(ax) -> None:
    """A little of all that needs care: text, colours of the theme and others, stripes, clipping."""
    with style.drawing() as colours:
        ax.fill_between([0, 1], [0, 0], [1, 2], color=colours["claim"], hatch="//", label="claims")
        ax.plot([0, 1], [0, 3], color="#123456", marker="o")
        ax.set_title("orders placed <per> day")
        ax.legend()


def draw(name: str = "some") -> str:
    return to_svg(
        some, width=450, height=200, alt='He said "<1 %>"', name=name, margins=(44, 40, 100, 24)
    )


def test_the_same_drawing_gives_the_same_text() -> None:
    assert draw() == draw()


def test_text_stays_text_and_colours_follow_the_theme() -> None:
    svg = draw()
    assert 'role="img" aria-label="He said &quot;&lt;1 %&gt;&quot;"' in svg
    assert "orders placed &lt;per&gt; day" in svg
    assert "var(--odr-claim)" in svg
    assert "#123456" in svg, "a colour of no role stays"
    assert set(re.findall(r"#[0-9a-f]{6}\b", svg)) & set(style.LIGHT.values()) == set()
    assert "var(--odr-font)" in svg


def test_nothing_in_it_is_elsewhere() -> None:
    svg = draw()
    assert not re.search(r"https?://(?!www\.w3\.org/)", svg)
    assert not re.search(r"<script|<image|DejaVu|<metadata|<!--", svg)


def test_the_axes_are_where_the_margins_say() -> None:
    boxes = []

    def keep(ax) -> None:
        boxes.append(ax.get_window_extent().extents)

    svg = to_svg(keep, width=450, height=200, alt="", name="x", margins=(44, 40, 100, 24))
    assert boxes[0].tolist() == pytest.approx([44, 24, 350, 160])
    assert 'viewBox="0 0 450 200"' in svg
    assert not re.match(r"<svg[^>]* (?:width|height)=", svg), "it scales"


def test_two_on_a_page_share_no_id_and_each_finds_its_own() -> None:
    one, other = (set(re.findall(r'\bid="([^"]+)"', draw(name))) for name in ("a", "b"))
    assert one
    assert one.isdisjoint(other)
    used = set(re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', draw("a")))
    assert used
    assert {a or b for a, b in used} <= one


def test_a_letter_the_font_lacks_is_written_all_the_same() -> None:
    figure = Figure(figsize=(2, 1))
    figure.add_subplot().set_title("漢字 💥")
    svg = figure_to_svg(figure, alt="", name="x")
    assert "漢字 💥" in svg
    assert 'viewBox="0 0 144 72"' in svg
