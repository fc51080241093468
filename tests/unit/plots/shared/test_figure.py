"""A figure as data."""

from __future__ import annotations

import dataclasses

import pytest
from matplotlib.colors import to_hex

import odr_analysis
from odr_analysis import plots, style
from odr_analysis.errors import ParameterError
from odr_analysis.plots.shared.figure import (
    Figure,
    Frame,
    Panels,
    draws,
    figure_of,
    nothing,
    slug,
)
from tests.unit.plots.artists import axes, drawn

WIDE = Frame(200, (40, 10, 20, 30), (10, 4), (0.1, 0.9, 0.8, 0.2), letters=40, pad=9)
NARROW = Frame(150, (20, 5, 10, 15), (4, 5), (0.2, 0.7, 0.6, 0.1), letters=9, text=8.0)


def draw(ax, colours, compact) -> None:
    import matplotlib as mpl

    line = ax.plot([1, 2], color=colours["link"], linewidth=mpl.rcParams["font.size"])[0]
    line.set_gid("narrow" if compact else "wide")


RISING = Figure("rising", "It rises and rises", draw, WIDE, NARROW)


def test_it_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        RISING.finding = "It falls"  # type: ignore[misc]


@pytest.mark.parametrize("theme", style.THEMES)
def test_it_draws_in_the_colours_and_size_of_its_frame(theme: str) -> None:
    ax = RISING.plot(axes(), theme=theme)
    line = drawn(ax, "wide")
    assert to_hex(line.get_color()) == style.THEMES[theme]["link"]
    assert line.get_linewidth() == style.TEXT
    assert drawn(RISING.plot(axes(), compact=True), "narrow").get_linewidth() == 8


def test_the_title_is_the_finding_another_or_none() -> None:
    assert RISING.plot(axes()).get_title(loc="left") == "It rises and rises"
    assert RISING.plot(axes(), compact=True).get_title(loc="left") == "It rises\nand rises"
    assert RISING.plot(axes(), title="Mine").get_title(loc="left") == "Mine"
    assert RISING.plot(axes(), title="").get_title(loc="left") == ""


def test_without_axes_it_is_a_figure_by_itself() -> None:
    import matplotlib.pyplot as plt

    for compact, frame in ((False, WIDE), (True, NARROW)):
        ax = RISING.plot(theme="dark", compact=compact)
        figure = ax.get_figure()
        assert figure.get_size_inches().tolist() == list(frame.inches)
        left, right, top, bottom = frame.sides
        assert ax.get_position().extents.tolist() == pytest.approx([left, bottom, right, top])
        assert to_hex(figure.get_facecolor()) == style.DARK["card"]
        plt.close(figure)


def test_rows_above_the_axes_make_it_higher_by_as_much() -> None:
    raised = WIDE.raised(40)
    assert (raised.height, raised.margins, raised.pad) == (240, (40, 50, 20, 30), 49)
    assert WIDE.raised(0) == WIDE


def test_nothing_to_draw_is_said_in_one_sentence() -> None:
    figure = nothing("empty", "There is no order", WIDE, NARROW)
    ax = figure.plot(axes())
    assert drawn(ax, "nothing").get_text() == "There is no order."
    assert figure.finding == "There is no order"
    assert not ax.axison


def test_panels_are_given_title_colours_and_width() -> None:
    seen = []
    panels = Panels("many", "All rise", lambda *given: seen.append(given))
    panels.plot(theme="dark", compact=True)
    panels.plot(title="")
    assert seen == [("All rise", style.DARK, True), ("", style.LIGHT, False)]


def test_a_plot_function_knows_the_figure_it_draws() -> None:
    def make(data, *, policy=None):
        return dataclasses.replace(RISING, finding=f"{data} {policy}")

    @draws(make)
    def plot_it(data):
        """Kept."""

    assert plot_it.__doc__ == "Kept."
    assert figure_of(plot_it, 1, policy=2).finding == "1 2"


def test_other_functions_are_refused_by_name() -> None:
    with pytest.raises(ParameterError, match=r"takes a plot_ function .* got test_other"):
        figure_of(test_other_functions_are_refused_by_name, 1)


def test_every_public_plot_has_its_figure() -> None:
    names = [name for name in odr_analysis.__all__ if name.startswith("plot_")]
    assert names == plots.__all__
    for name in names:
        assert callable(getattr(odr_analysis, name).figure), name


@pytest.mark.parametrize(
    ("parts", "want"), [(("odr", "Amazon.de", "mfn"), "odr-amazon-de-mfn"), ((" 漢 ", "%"), "")]
)
def test_an_id_is_made_of_plain_letters(parts, want) -> None:
    assert slug(*parts) == want
