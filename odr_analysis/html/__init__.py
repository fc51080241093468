"""Findings as HTML: sections in a notebook, and one standalone page."""

from odr_analysis.html.page import save_page
from odr_analysis.html.render import Shown, show

__all__ = ["Shown", "save_page", "show"]
