"""The standalone page made from a notebook."""

from __future__ import annotations

from datetime import date

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from odr_analysis.answer import findings
from odr_analysis.html import save_page, show
from tests.unit.html.test_render import EVIL, Outline, account

PNG = "iVBORw0KGgo="


def notebook(*cells):
    return new_notebook(cells=list(cells))


def cell_of(shown, source="show(found.head)"):
    output = new_output("execute_result", data=shown._repr_mimebundle_(), execution_count=1)
    return new_code_cell(source, outputs=[output])


@pytest.fixture(scope="module")
def report():
    found = findings(account())
    cells = [new_markdown_cell("# The question", metadata={"tags": ["not-on-page"]})]
    cells += [cell_of(show(part), f"show({i})") for i, part in enumerate(found.sections)]
    return notebook(*cells)


@pytest.fixture(scope="module")
def html(report, tmp_path_factory):
    return save_page(report, tmp_path_factory.mktemp("page") / "new" / "r.html").read_text("utf-8")


def test_page_stands_alone(html):
    page = Outline(html.removeprefix("<!DOCTYPE html>"))
    assert page.all("html") == [{"lang": "en"}]
    assert page.all("script") == page.all("link") == page.all("iframe") == []
    (policy,) = [m for m in page.all("meta") if "http-equiv" in m]
    assert policy["content"] == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    assert "<title>ODR report: test</title>" in html
    assert html.count("<style") == 1 + html.count("<defs>\n<style")
    assert len(html.encode()) < 1_500_000
    assert "&lt;script&gt;" in html


def test_code_is_folded_at_the_end_and_the_question_stays_in_the_notebook(html):
    code = html[html.index('<details class="odr-code">') :]
    assert all(f"<code>show({i})</code>" in code for i in range(6))
    assert "The question" not in html


def test_a_file_will_do(report, tmp_path):
    nbformat.write(report, tmp_path / "r.ipynb")
    out = save_page(tmp_path / "r.ipynb", tmp_path / "r.html")
    assert "ODR report: test" in out.read_text("utf-8")


def test_other_outputs_of_a_users_own_cells(tmp_path):
    cells = [
        new_markdown_cell("## My *note*"),
        new_code_cell("print(1)", outputs=[new_output("stream", name="stdout", text=EVIL)]),
        new_code_cell(
            "1/0",
            outputs=[
                new_output(
                    "error", ename="E", evalue="v", traceback=["\x1b[31mZeroDivision\x1b[0m", EVIL]
                )
            ],
        ),
        new_code_cell(
            "plot",
            outputs=[
                new_output("display_data", data={"image/png": PNG, "text/plain": '<Axes "x">'})
            ],
        ),
        new_code_cell(
            "df", outputs=[new_output("display_data", data={"text/html": "<table></table>"})]
        ),
        new_code_cell("x", outputs=[new_output("display_data", data={"text/plain": EVIL})]),
    ]
    html = save_page(notebook(*cells), tmp_path / "r.html").read_text("utf-8")
    assert "<title>ODR report</title>" in html
    assert "<em>note</em>" in html
    assert Outline(html.removeprefix("<!DOCTYPE html>")).all("script") == []
    assert "\x1b" not in html
    assert "ZeroDivision" in html
    assert f'alt="&lt;Axes &#34;x&#34;&gt;" src="data:image/png;base64,{PNG}"' in html
    assert '<div class="odr-plain"><table></table></div>' in html


def test_the_page_of_an_account_without_a_rate(tmp_path):
    nothing = findings(account(), date(2028, 1, 1))
    html = save_page(notebook(cell_of(show(nothing))), tmp_path / "r.html").read_text("utf-8")
    assert "No order counts on this day" in html
