"""nbconvert's HTML exporter with this package's own template."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbconvert.exporters import HTMLExporter, TemplateExporter

from odr_analysis.html.page import output_html


class PageExporter(HTMLExporter):
    """A notebook as a page that asks for nothing from outside.

    nbconvert's stock templates load require.js and MathJax from elsewhere; the template of
    this package has neither.
    """

    def __init__(self, **settings: Any):
        super().__init__(
            template_name="odr",
            extra_template_basedirs=[str(Path(__file__).parent / "nbconvert")],
            **settings,
        )
        self.register_filter("odr_output", output_html)

    def from_notebook_node(
        self, nb: Any, resources: dict[str, Any] | None = None, **settings: Any
    ) -> tuple[Any, dict[str, Any]]:
        """The page and its resources."""
        # HTMLExporter would parse the page again to mend what the stock template leaves out,
        # and lower-case the attributes of the SVG on the way.
        return TemplateExporter.from_notebook_node(self, nb, resources, **settings)
