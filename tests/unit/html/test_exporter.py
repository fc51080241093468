"""Outputs of cells as HTML."""

from __future__ import annotations

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from odr_analysis.html.exporter import PageExporter, output_html

EVIL = "<script>alert(1)</script>"


def rich(**data: str) -> dict:
    return new_output("display_data", data={k.replace("_", "/"): v for k, v in data.items()})


def test_html_comes_before_an_image_and_an_image_before_text() -> None:
    every = {"text_html": "<p>1</p>", "image_png": "iVBO Rw0=", "text_plain": 'a "x"'}
    assert "<p>1</p>" in output_html(rich(**every))
    del every["text_html"]
    image = '<img alt="a &#34;x&#34;" src="data:image/png;base64,iVBORw0=">'
    assert output_html(rich(**every)) == f'<div class="odr-plain">{image}</div>'
    del every["image_png"]
    assert output_html(rich(**every)) == "<pre tabindex='0'>a &#34;x&#34;</pre>"


def test_a_widgets_view_leaves_no_trace() -> None:
    view = {"application/vnd.jupyter.widget-view+json": {}, "text/html": "", "text/plain": ""}
    assert output_html(new_output("display_data", view)) == ""


@pytest.mark.parametrize("own", ["<section class='odr'></section>", " <header></header>"])
def test_sections_stand_alone_and_carry_no_style_of_their_own(own: str) -> None:
    style = '<style class="odr-style">.odr{}</style>'
    assert output_html(rich(text_html=f"{style}{own}")) == own
    # Another style, and a table that may be too wide, are the user's.
    theirs = "<style>.x{}</style><table></table>"
    assert output_html(rich(text_html=theirs)) == f'<div class="odr-plain">{theirs}</div>'


def test_what_was_printed_and_what_failed_is_text() -> None:
    printed = output_html(new_output("stream", name="stdout", text=f"\x1b[31m{EVIL}\x1b[0m"))
    assert printed == "<pre tabindex='0'>&lt;script&gt;alert(1)&lt;/script&gt;</pre>"
    failed = new_output("error", ename="ValueError", evalue="bad", traceback=[])
    assert "ValueError: bad" in output_html(failed)
    failed["traceback"] = ["one", "two"]
    assert "one\ntwo" in output_html(failed)


def test_text_in_lines_is_joined() -> None:
    lines = {"output_type": "stream", "text": ["a\n", "b\n"]}
    assert output_html(lines) == "<pre tabindex='0'>a\nb\n</pre>"


def test_attributes_of_an_svg_keep_their_case() -> None:
    svg = "<section><svg viewBox='0 0 1 1'></svg></section>"
    cell = new_code_cell("x", outputs=[rich(text_html=svg)])
    html, _ = PageExporter().from_notebook_node(
        new_notebook(cells=[cell]), {"odr_title": "t", "odr_css": ""}
    )
    assert "viewBox" in html
    assert "require.js" not in html
    assert "mathjax" not in html.lower()
