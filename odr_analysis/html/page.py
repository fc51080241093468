"""An executed notebook as one standalone page: no script, no request, both themes."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from odr_analysis.html.render import HEAD_MIME, css

TITLE = "ODR report"

_STYLE = re.compile(r'<style class="odr-style">.*?</style>', flags=re.S)
_ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")

IMAGES = ("image/png", "image/jpeg", "image/gif")


def save_page(notebook: Any, out: str | Path) -> Path:
    """Write an executed report notebook as a standalone HTML page.

    Parameters
    ----------
    notebook : str, pathlib.Path or nbformat.NotebookNode
        The notebook after its run.
    out : str or pathlib.Path
        File to write; its folder is made when missing.

    Returns
    -------
    pathlib.Path
        `out`.

    Notes
    -----
    The page asks for nothing from outside, and its Content-Security-Policy forbids it: styles
    are inside, figures are inline SVG, scripts do not run. Markdown cells tagged
    ``not-on-page`` are left out. Code is gathered at the end, folded.
    """
    # nbconvert brings half of Jupyter with it; only this function needs it.
    import nbformat

    from odr_analysis.html.exporter import PageExporter

    if isinstance(notebook, (str, Path)):
        notebook = nbformat.read(notebook, as_version=4)
    html, _ = PageExporter().from_notebook_node(
        notebook, {"odr_title": title_of(notebook), "odr_css": Markup(css() + _page_css())}
    )
    out = Path(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(html, encoding="utf-8")
    return out


def title_of(notebook: Any) -> str:
    """Title of the page: what the head of the findings says, where one was shown."""
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            head = output.get("data", {}).get(HEAD_MIME)
            if head:
                return str(head["title"])
    return TITLE


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


def _page_css() -> str:
    return files("odr_analysis.html").joinpath("templates/page.css").read_text("utf-8")
