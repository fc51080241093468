"""Findings as HTML: sections in a notebook, and one standalone page.

Names are loaded when first used: the page is made from an executed notebook, where pandas and all
that findings take would be imported for nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from odr_analysis import lazy

if TYPE_CHECKING:
    from odr_analysis.html.notebook import show_each, show_figure, show_lines, show_table
    from odr_analysis.html.page import save_page
    from odr_analysis.html.render import Shown, show

_HOME = {
    "Shown": "render",
    "save_page": "page",
    "show": "render",
    "show_each": "notebook",
    "show_figure": "notebook",
    "show_lines": "notebook",
    "show_table": "notebook",
}

__all__ = ["Shown", "save_page", "show", "show_each", "show_figure", "show_lines", "show_table"]


def __getattr__(name: str) -> Any:
    return lazy.load(__name__, _HOME, name)
