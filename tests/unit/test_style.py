"""Colours can be read and told apart in both themes."""

from __future__ import annotations

from itertools import combinations

import pytest

from odr_analysis import style, terms
from tests.colours import contrast

THEMES = sorted(style.THEMES)

# Viénot, Brettel and Mollon 1999: what is left of linear RGB without one kind of cone.
BLIND = {
    "none": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": ((0.11238, 0.88762, 0), (0.11238, 0.88762, 0), (0.00401, -0.00401, 1)),
    "deutan": ((0.29275, 0.70725, 0), (0.29275, 0.70725, 0), (-0.02234, 0.02234, 1)),
}


def linear(colour: str) -> list[float]:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]


def lab(rgb: list[float]) -> tuple[float, float, float]:
    matrix = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    xyz = [sum(m * c for m, c in zip(row, rgb, strict=True)) for row in matrix]
    x, y, z = (
        t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116
        for t in (v / w for v, w in zip(xyz, (0.9505, 1.0, 1.089), strict=True))
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def seen(colour: str, blindness: str) -> tuple[float, float, float]:
    rgb = linear(colour)
    left = [sum(m * c for m, c in zip(row, rgb, strict=True)) for row in BLIND[blindness]]
    return lab([min(max(c, 0), 1) for c in left])


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    ("text", "grounds"),
    [
        ("ink", ("page", "card", "faint", "window")),
        ("muted", ("page", "card")),
        ("link", ("page", "card")),
        ("limit", ("card",)),
        ("early", ("card",)),
        ("healthy", ("page", "card", "healthy_soft")),
        ("warning", ("page", "card", "warning_soft")),
        ("critical", ("page", "card", "critical_soft")),
        ("unknown", ("page", "card", "unknown_soft")),
        ("no_data", ("page", "card", "no_data_soft")),
    ],
)
def test_text_contrast_is_at_least_4_5(theme, text, grounds):
    colours = style.THEMES[theme]
    for ground in grounds:
        assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("component", terms.COMPONENTS)
def test_a_component_stands_out_from_its_ground(theme, component):
    colours = style.THEMES[theme]
    assert contrast(colours[component], colours["card"]) >= 2.9


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("blindness", BLIND)
def test_components_stay_apart_for_every_eye_and_in_grey(theme, blindness):
    colours = style.THEMES[theme]
    for one, other in combinations(terms.COMPONENTS, 2):
        a, b = seen(colours[one], blindness), seen(colours[other], blindness)
        assert sum((x - y) ** 2 for x, y in zip(a, b, strict=True)) ** 0.5 >= 20
        grey = [lab(linear(colours[c]))[0] for c in (one, other)]
        assert abs(grey[0] - grey[1]) >= 12


@pytest.mark.parametrize("theme", THEMES)
def test_every_role_has_a_colour_of_its_own(theme):
    """A drawing is re-themed by its colours, so two roles must not share one."""
    colours = style.THEMES[theme]
    assert set(colours) == set(style.LIGHT)
    assert len(set(colours.values())) == len(colours)


def test_every_cell_is_painted_in_the_hues_of_its_components():
    assert set(style.CELL_PAINT) == set(terms.DEFECT_CELLS)
    assert len(set(style.CELL_PAINT.values())) == len(terms.DEFECT_CELLS)
    for cell, (fill, stripes) in style.CELL_PAINT.items():
        hues = {fill, stripes} & set(terms.COMPONENTS)
        assert hues <= {c for c in terms.COMPONENTS if cell in terms.cells_with(c)}


def test_drawing_leaves_matplotlib_as_it_was():
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    with style.drawing("dark", 9) as colours:
        assert mpl.rcParams["font.size"] == 9
        assert mpl.rcParams["axes.facecolor"] == colours["card"]
    assert dict(mpl.rcParams) == before


def test_settings_of_a_theme_are_put_back_and_no_others_are_touched() -> None:
    import matplotlib as mpl

    with mpl.rc_context({"font.size": 7.0, "interactive": False}):
        with style.drawing("dark"):
            assert mpl.rcParams["font.size"] == style.TEXT
            mpl.rcParams["interactive"] = True
        assert mpl.rcParams["font.size"] == 7.0
        assert mpl.rcParams["interactive"]
