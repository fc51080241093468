"""A figure as SVG inside a page: text stays text, colours follow the page's theme."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING

from odr_analysis import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ROLES = {value: role.replace("_", "-") for role, value in style.LIGHT.items()}


def to_svg(
    draw: Callable[[Axes], object],
    *,
    width: int,
    height: int,
    alt: str,
    name: str,
    margins: tuple[float, float, float, float],
) -> str:
    """Draw on an Axes of `width` x `height` pixels and give the result as inline SVG.

    Parameters
    ----------
    draw : callable
        Takes the Axes; draws in the light theme, whose colours become CSS variables, so that
        one SVG serves both themes.
    width, height : int
        Size in CSS pixels at which text has its nominal size; the SVG scales.
    alt : str
        What the figure says, for those who cannot see it.
    name : str
        Told apart from other figures of the page: ids in the SVG begin with it.
    margins : (float, float, float, float)
        Left, top, right and bottom of the Axes, in pixels.

    Returns
    -------
    str
        An ``<svg>`` element without size, scripts or links to anything outside; the same
        drawing always gives the same text.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    left, top, right, bottom = margins
    with mpl.rc_context(style.rc_params(style.LIGHT)):
        # At 72 dots per inch a point is a pixel, so text sizes are pixels on the page.
        figure = Figure(figsize=(width / 72, height / 72), dpi=72)
        FigureCanvasSVG(figure)
        box = (
            left / width,
            bottom / height,
            1 - (left + right) / width,
            1 - (top + bottom) / height,
        )
        ax = figure.add_axes(box)
        ax.patch.set_alpha(0)
        draw(ax)
    return figure_to_svg(figure, alt=alt, name=name)


def figure_to_svg(figure: Figure, *, alt: str, name: str) -> str:
    """A figure drawn in the light theme as inline SVG, at 72 pixels per inch of it.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    alt, name : str
        As in :func:`to_svg`.
    """
    import matplotlib as mpl

    with mpl.rc_context(style.rc_params(style.LIGHT)):
        figure.patch.set_alpha(0)
        for axes in figure.axes:
            axes.patch.set_alpha(0)
        out = io.StringIO()
        with warnings.catch_warnings():
            # The page writes the text with fonts of its own; that this one lacks a letter of
            # a name only makes the room kept for it a guess.
            warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)
            figure.savefig(
                out, format="svg", transparent=True, metadata={"Date": None, "Creator": None}
            )
    width, height = (round(inches * 72) for inches in figure.get_size_inches())
    return _inline(out.getvalue(), width, height, alt, name)


def _inline(svg: str, width: int, height: int, alt: str, name: str) -> str:
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.S)
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.S)
    body = svg[svg.index(">") + 1 :]
    body = re.sub(r'\bid="', f'id="{name}-', body)
    body = re.sub(r"url\(#", f"url(#{name}-", body)
    body = re.sub(r'xlink:href="#', f'href="#{name}-', body)
    # Fonts by the page's own stack; the size stays.
    body = re.sub(r"(font:[^;\"]*?\d+(?:\.\d+)?px) [^;\"]*", r"\1 var(--odr-font)", body)
    body = re.sub(r"font-family:[^;\"]*", "font-family: var(--odr-font)", body)
    body = re.sub(r"#[0-9a-f]{6}\b", _variable, body)
    body = re.sub(r"(\d\.\d\d)\d+", r"\1", body)
    body = re.sub(r"\n\s*", "\n", body)
    return (
        f'<svg class="odr-svg" role="img" aria-label="{escape(alt, quote=True)}" '
        f'viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">{body.strip()}'
    )


def _variable(found: re.Match[str]) -> str:
    role = _ROLES.get(found[0])
    return f"var(--odr-{role})" if role else found[0]
