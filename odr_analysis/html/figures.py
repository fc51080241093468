"""Figures for page and notebook: inline SVG, drawn once wide and once narrow."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from markupsafe import Markup

from odr_analysis.html.svg import figure_to_svg, to_svg
from odr_analysis.plots.shared.figure import Figure, Panels, slug

WIDE, NARROW = 900, 330
"""Widths in pixels the two drawings of a figure are made for."""


def drawn(figure: Figure | Panels, *, compact: bool, height: int | None = None) -> Markup:
    """A figure as one inline SVG.

    Parameters
    ----------
    figure : Figure or Panels
    compact : bool
        The narrow drawing, for phones.
    height : int, optional
        In pixels; by default the figure's own. Panels always take the height they need.

    Returns
    -------
    markupsafe.Markup
        The SVG is our own drawing; its words are escaped where they enter it.
    """
    name, alt = f"{figure.name}-{'n' if compact else 'w'}", figure.alt or figure.finding
    if isinstance(figure, Panels):
        return Markup(_panels(figure, compact, alt, name))
    frame = figure.narrow if compact else figure.wide
    svg = to_svg(
        partial(figure.plot, title="", compact=compact),
        width=NARROW if compact else WIDE,
        height=height or frame.height,
        alt=alt,
        name=name,
        margins=frame.margins,
    )
    return Markup(svg)


def _panels(figure: Panels, compact: bool, alt: str, name: str) -> str:
    import matplotlib.pyplot as plt

    made = figure.plot(title="", compact=compact).figure
    # pyplot lets go of it: a notebook would show it again.
    plt.close(made)
    return figure_to_svg(made, alt=alt, name=name)


def titled(figure: Figure | Panels, of: str = "") -> Figure | Panels:
    """A figure whose finding begins with whose it is, and whose name no other finding shares."""
    finding, alt = figure.finding, figure.alt
    if of and not finding.startswith(of):
        # The longer text does not have whose it is.
        finding, alt = f"{of}: {finding}", ""
    return replace(figure, finding=finding, alt=alt, name=slug(figure.name, finding))
