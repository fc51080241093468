"""Templates of sections and pages, and their style in both themes."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import jinja2
from markupsafe import Markup

from odr_analysis import style

HEAD_MIME = "application/vnd.odr-analysis.head+json"
"""Beside the HTML of a head: its title, for the page made from the notebook."""


_BREAKS = re.compile(r"(?<=\d) (?=%|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b)")


def _unbroken(value: Any) -> Any:
    """Keep ``0.86 %`` and ``15 Sep`` on one line."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return _BREAKS.sub("\u00a0", value)
    return value


def templates() -> jinja2.Environment:
    """Where templates are found, and how they are read; every value is escaped, and numbers keep
    their units on their line."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader("odr_analysis.html", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_unbroken,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def style_sheet() -> str:
    """The ``<style>`` element every output carries; the page keeps one of them."""
    return f'<style class="odr-style">{css()}</style>'


@cache
def css() -> str:
    """Style of the sections, in both themes."""
    return (
        templates()
        .get_template("style.css.j2")
        .render(
            light=style.css_variables(style.LIGHT),
            dark=style.css_variables(style.DARK),
            font=style.FONT_STACK,
        )
    )
