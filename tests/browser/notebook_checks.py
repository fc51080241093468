"""What holds of every notebook that was run in JupyterLab."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import HOSTILE
from tests.browser.opened import Notebook, assert_quiet

CELLS = """
() => [...window.jupyterapp.shell.currentWidget.content.model.cells]
  .filter(cell => cell.type === "code")
  .map(cell => ({
    count: cell.executionCount,
    bad: cell.outputs.toJSON().filter(o => o.output_type === "error" || o.name === "stderr"),
  }))
"""

CONTRASTS = """
within => {
  const rgba = text => [...text.match(/[\\d.]+/g).map(Number), 1].slice(0, 4);
  const over = (top, under) => under.map((v, i) => top[i] * top[3] + v * (1 - top[3]));
  const up = function* (element) { for (let e = element; e; e = e.parentElement) yield e; };
  const ground = element => [...up(element)].map(e => rgba(getComputedStyle(e).backgroundColor))
    .reduceRight((under, top) => over(top, under), [255, 255, 255]);
  const light = colour => {
    const [r, g, b] = colour.map(v => v / 255)
      .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found = [];
  for (const element of document.querySelectorAll(`:is(${within}) *`)) {
    const own = [...element.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    const typed = element.matches("input:not([type=checkbox])");
    if (!(own || typed) || !element.checkVisibility()) continue;
    const look = getComputedStyle(element);
    const ink = rgba(element.ownerSVGElement ? look.fill : look.color);
    for (const e of up(element)) ink[3] *= getComputedStyle(e).opacity;
    const under = ground(element);
    const [a, b] = [light(over(ink, under)), light(under)].sort((x, y) => y - x);
    const said = typed ? element.value : element.textContent.slice(0, 40);
    found.push([(a + 0.05) / (b + 0.05), element.tagName.toLowerCase(), said]);
  }
  return found;
}
"""
"""As in the tests of the page, for inks and grounds one can see through, which widgets have."""


def assert_first_screen(notebook: Notebook, answer: str, shot: Path) -> None:
    """Every cell ran in order and without an error, and the answer is seen first."""
    cells = notebook.page.evaluate(CELLS)
    assert [cell["count"] for cell in cells] == list(range(1, len(cells) + 1))
    assert [cell["bad"] for cell in cells if cell["bad"]] == []
    notebook.to_top()
    notebook.page.screenshot(path=shot)
    outputs = notebook.page.locator(".jp-OutputArea-output")
    expect(outputs.get_by_text(answer).first).to_be_in_viewport()
    assert_quiet(notebook)


def assert_hostile_is_text(notebook: Notebook, *places: str) -> None:
    """What a buyer wrote as markup is read as it was written."""
    page = notebook.page
    for place in places:
        shown = page.locator(f".jp-OutputArea-output {place}").get_by_text(HOSTILE).first
        shown.scroll_into_view_if_needed()
        expect(shown).to_be_visible()
    assert page.locator("img[src=x]").count() == 0
    assert page.evaluate("[...document.scripts].every(s => !s.text.includes('alert('))")
    assert_quiet(notebook)


def assert_contrast(notebook: Notebook, places: str, eye: str, tags: set[str], shot: Path) -> None:
    """In the dark theme every text, some in each of `tags`, stands out from its ground."""
    with notebook.dark():
        notebook.page.locator(eye).scroll_into_view_if_needed()
        notebook.page.screenshot(path=shot)
        found = notebook.page.evaluate(CONTRASTS, places)
    assert tags <= {tag for _, tag, _ in found}
    assert [entry for entry in found if entry[0] < 4.5] == []
    assert_quiet(notebook)
