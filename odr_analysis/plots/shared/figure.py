"""A figure as data: what it states, how it is drawn, and the room it needs."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from odr_analysis import style
from odr_analysis.errors import ParameterError
from odr_analysis.plots.shared.common import headline

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from seaborn import FacetGrid

Margins = tuple[float, float, float, float]
Plot = TypeVar("Plot", bound=Callable[..., Any])

SMALLER, SMALLER_COMPACT = 12.0, 10.5
"""Text of figures with few words, wide and narrow, in points."""


@dataclass(frozen=True)
class Frame:
    """Room of one drawing of a figure, on a page and by itself.

    Attributes
    ----------
    height : int
        On a page, in pixels.
    margins : (float, float, float, float)
        Left, top, right and bottom of the axes on a page, in pixels; the page writes the title.
    inches : (float, float)
        Width and height of a figure by itself.
    sides : (float, float, float, float)
        Left, right, top and bottom edge of its axes, as shares of width and height.
    letters : int
        Of the title, in a line.
    pad : float
        Between title and axes, in points.
    text : float
        Size of text, in points.
    """

    height: int
    margins: Margins
    inches: tuple[float, float]
    sides: Margins
    letters: int = 76
    pad: float = 6
    text: float = style.TEXT

    def raised(self, points: int) -> Frame:
        """The same with so many points more between axes and title.

        >>> Frame(300, (44, 6, 20, 26), (10.5, 3.4), (0.07, 0.98, 0.8, 0.1)).raised(40).margins
        (44, 46, 20, 26)
        """
        left, top, right, bottom = self.margins
        return replace(
            self,
            height=self.height + points,
            margins=(left, top + points, right, bottom),
            pad=self.pad + points,
        )

    def axes(self) -> Axes:
        """Axes of a figure by itself; pyplot keeps it, so that a notebook shows it."""
        import matplotlib.pyplot as plt

        figure = plt.figure(figsize=self.inches)
        left, right, top, bottom = self.sides
        figure.subplots_adjust(left=left, right=right, top=top, bottom=bottom)
        return figure.add_subplot()


@dataclass(frozen=True, eq=False)
class Figure:
    """A figure on axes: nothing is drawn before :meth:`plot` is called.

    Attributes
    ----------
    name : str
        Sets it apart from other figures of a page.
    finding : str
        The title: what the figure shows, in one line.
    draw : callable
        Takes axes, the colours of a theme by role, and whether the figure is narrow; draws
        everything but the title.
    wide, narrow : Frame
    alt : str
        The figure for those who cannot see it; '' where the finding is enough.

    Examples
    --------
    >>> from matplotlib import figure
    >>> frame = Frame(300, (44, 30, 20, 26), (10.5, 3.4), (0.07, 0.98, 0.8, 0.1))
    >>> rising = Figure(
    ...     "rising", "It rises", lambda ax, colours, compact: ax.plot([1, 2]), frame, frame
    ... )
    >>> rising.plot(figure.Figure().add_subplot()).get_title(loc="left")
    'It rises'
    """

    name: str
    finding: str
    draw: Callable[[Axes, dict[str, str], bool], object]
    wide: Frame
    narrow: Frame
    alt: str = ""

    def plot(
        self,
        ax: Axes | None = None,
        *,
        title: str | None = None,
        theme: str = "light",
        compact: bool = False,
    ) -> Axes:
        """Draw it, on `ax` or as a figure by itself; the title is the finding by default."""
        frame = self.narrow if compact else self.wide
        with style.drawing(theme, size=frame.text) as colours:
            ax = frame.axes() if ax is None else ax
            self.draw(ax, colours, compact)
            headline(ax, self.finding if title is None else title, frame.letters, frame.pad)
        return ax


def nothing(name: str, sentence: str, wide: Frame, narrow: Frame) -> Figure:
    """A figure without anything to draw: one sentence says so.

    >>> frame = Frame(300, (44, 30, 20, 26), (10.5, 3.4), (0.07, 0.98, 0.8, 0.1))
    >>> nothing("empty", "There is no order", frame, frame).finding
    'There is no order'
    """

    def draw(ax: Axes, colours: dict[str, str], compact: bool) -> None:
        ax.set_axis_off()
        text = ax.text(
            0, 1, f"{sentence}.", color=colours["muted"], va="top", transform=ax.transAxes
        )
        text.set_gid("nothing")

    return Figure(name, sentence, draw, wide, narrow)


@dataclass(frozen=True, eq=False)
class Panels:
    """A figure of several panels, which takes the room it needs.

    Attributes
    ----------
    name, finding, alt : str
        As of :class:`Figure`.
    draw : callable
        Takes the title ('' for none), the colours of a theme by role, and whether the figure is
        narrow; returns the grid.
    """

    name: str
    finding: str
    draw: Callable[[str, dict[str, str], bool], FacetGrid]
    alt: str = ""

    def plot(
        self, *, title: str | None = None, theme: str = "light", compact: bool = False
    ) -> FacetGrid:
        """Draw it; the title is the finding by default."""
        size = style.TEXT_COMPACT if compact else style.TEXT
        with style.drawing(theme, size=size) as colours:
            return self.draw(self.finding if title is None else title, colours, compact)


def slug(*parts: str) -> str:
    """Parts of a name as one id.

    >>> slug("odr", "Amazon.de", "mfn")
    'odr-amazon-de-mfn'
    """
    return re.sub(r"[^a-z0-9]+", "-", "-".join(parts).lower()).strip("-")


def draws(make: Callable[..., Figure | Panels]) -> Callable[[Plot], Plot]:
    """Mark a ``plot_`` function as drawing the figures that `make` gives.

    >>> def make(data): ...
    >>> @draws(make)
    ... def plot_it(data): ...
    >>> plot_it.figure is make
    True
    """

    def mark(plot: Plot) -> Plot:
        plot.figure = make  # type: ignore[attr-defined]
        return plot

    return mark


def figure_of(plot: Callable[..., Any], data: Any, **settings: Any) -> Figure | Panels:
    """The figure that a ``plot_`` function would draw of `data`, as data.

    Raises
    ------
    ParameterError
        `plot` is not one of this package's.
    """
    make = getattr(plot, "figure", None)
    if make is None:
        name = getattr(plot, "__name__", repr(plot))
        raise ParameterError(
            f"show_figure takes a plot_ function of odr_analysis, e.g. plot_odr; got {name}."
        )
    figure: Figure | Panels = make(data, **settings)
    return figure
