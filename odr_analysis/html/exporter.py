"""nbconvert's HTML exporter with this package's own template."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape
from nbconvert.exporters import HTMLExporter, TemplateExporter

_STYLE = re.compile(r'<style class="odr-style">.*?</style>', flags=re.S)
_ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")

IMAGES = ("image/png", "image/jpeg", "image/gif")


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


def output_html(output: Any) -> Markup:
    """One output of a cell as HTML.

    Rich output is taken as HTML, then image, then text. What a cell printed and where it
    failed is shown as text.
    """
    kind = output["output_type"]
    if kind == "stream":
        return _text(output["text"])
    if kind == "error":
        return _text("\n".join(output["traceback"]) or f"{output['ename']}: {output['evalue']}")
    data = output["data"]
    if "text/html" in data:
        # Sections carry their style for notebooks; the page has it once, in its head.
        html = _STYLE.sub("", _joined(data["text/html"]))
        if not html:
            # A widget's view, which no page can show; what stands for it is another output.
            return Markup("")
        # Sections stand alone; a table from a user's own cell may be wider than a phone.
        own = html.lstrip().startswith(("<section", "<header"))
        return Markup(html if own else f'<div class="odr-plain">{html}</div>')
    for mime in IMAGES:
        if mime in data:
            alt = escape(_joined(data.get("text/plain", "")))
            coded = re.sub(r"\s", "", _joined(data[mime]))
            picture = f'<img alt="{alt}" src="data:{mime};base64,{coded}">'
            return Markup(f'<div class="odr-plain">{picture}</div>')
    return _text(data.get("text/plain", ""))


def _joined(text: Any) -> str:
    return text if isinstance(text, str) else "".join(text)


def _text(text: Any) -> Markup:
    return Markup(f"<pre tabindex='0'>{escape(_ESCAPES.sub('', _joined(text)))}</pre>")
