"""An executed notebook as one standalone page: no script, no request, both themes."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

from markupsafe import Markup

from odr_analysis.html.style_sheet import HEAD_MIME, css

TITLE = "ODR report"


def save_page(notebook: Any, out: str | Path, account: str = "") -> Path:
    """Write an executed report notebook as a standalone HTML page.

    Parameters
    ----------
    notebook : str, pathlib.Path or nbformat.NotebookNode
        The notebook after its run.
    out : str or pathlib.Path
        File to write; its folder is made when missing.
    account : str
        What the title calls the account; by default what the head of the findings does.

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
        notebook,
        {
            "odr_title": f"{TITLE}: {account}" if account else title_of(notebook),
            "odr_css": Markup(css() + _page_css()),
        },
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


def _page_css() -> str:
    return files("odr_analysis.html").joinpath("templates/page.css").read_text("utf-8")
