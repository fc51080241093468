"""Findings as HTML: sections in a notebook, and one standalone page."""

from odr_analysis.html.notebook import show_each, show_figure, show_lines, show_table
from odr_analysis.html.page import save_page
from odr_analysis.html.render import Shown, show

__all__ = ["Shown", "save_page", "show", "show_each", "show_figure", "show_lines", "show_table"]
