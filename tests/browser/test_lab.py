"""The notebooks in a real JupyterLab, as an analyst meets them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from matplotlib.image import imread
from playwright.sync_api import Browser, expect

from tests.browser.conftest import HOSTILE, Lab
from tests.browser.opened import Notebook, assert_quiet

ANSWERS = {
    "01-load-and-check": "Nothing is missing for the rate of 30 Sep 2026.",
    "02-odr-over-time": "17 of 1,593 orders",
    "03-why-it-moved": "Seller-fulfilled ODR rose 0.38 points, from 0.68 %",
    "04-what-if": "With 20 more orders a day from 1 Oct to 30 Oct",
    "05-report": "Seller-fulfilled is over the limit: the rate must stay below 1 %.",
}
"""What each says about the sample where its answer is."""

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


@pytest.fixture(scope="module")
def ran(chromium: Browser, lab: Lab) -> Iterator[Callable[[str], Notebook]]:
    """A notebook, open and run to its end; each is run once and stays open."""
    context = chromium.new_context(viewport={"width": 1440, "height": 1000})
    opened: dict[str, Notebook] = {}

    def of(name: str) -> Notebook:
        if name not in opened:
            notebook = Notebook(context, lab.url(name))
            notebook.run_all()
            opened[name] = notebook
        opened[name].page.bring_to_front()
        return opened[name]

    yield of
    context.close()


def median_light(png: bytes) -> float:
    """Of a picture's pixels, 0 to 1."""
    return float(np.median(imread(io.BytesIO(png))[..., :3]))


@pytest.mark.parametrize("name", ANSWERS)
def test_it_runs_and_its_first_screen_has_the_answer(ran, name, tmp_path):
    notebook = ran(name)
    cells = notebook.page.evaluate(CELLS)
    assert [cell["count"] for cell in cells] == list(range(1, len(cells) + 1))
    assert [cell["bad"] for cell in cells if cell["bad"]] == []
    notebook.to_top()
    notebook.page.screenshot(path=tmp_path / "top.png")
    outputs = notebook.page.locator(".jp-OutputArea-output")
    expect(outputs.get_by_text(ANSWERS[name]).first).to_be_in_viewport()
    assert_quiet(notebook)


@pytest.mark.parametrize("name", ["03-why-it-moved", "04-what-if", "05-report"])
def test_a_hostile_comment_is_text(ran, name):
    notebook = ran(name)
    page = notebook.page
    for place in {"04-what-if": [".widget-html", "table"]}.get(name, ["table"]):
        shown = page.locator(f".jp-OutputArea-output {place}").get_by_text(HOSTILE).first
        shown.scroll_into_view_if_needed()
        expect(shown).to_be_visible()
    assert page.locator("img[src=x]").count() == 0
    assert page.evaluate("[...document.scripts].every(s => !s.text.includes('alert('))")
    assert_quiet(notebook)


@pytest.mark.parametrize(
    ("name", "places", "eye", "tags"),
    [
        (
            "05-report",
            ".odr",
            ".odr-cards",
            {"h1", "h2", "h3", "p", "td", "th", "li", "code", "text"},
        ),
        (
            "04-what-if",
            ".odr, .widget-box",
            ".widget-image",
            {"p", "td", "th", "span", "small", "input", "summary", "button"},
        ),
    ],
    ids=["report", "panel"],
)
def test_every_text_has_contrast_in_the_dark_theme(ran, name, places, eye, tags, tmp_path):
    notebook = ran(name)
    with notebook.dark():
        notebook.page.locator(eye).scroll_into_view_if_needed()
        notebook.page.screenshot(path=tmp_path / "dark.png")
        found = notebook.page.evaluate(CONTRASTS, places)
    assert tags <= {tag for _, tag, _ in found}
    assert [entry for entry in found if entry[0] < 4.5] == []
    assert_quiet(notebook)


def test_the_panels_picture_is_dark_in_the_dark_theme(ran):
    """Python does not know the theme, so the browser turns the picture round."""
    notebook = ran("04-what-if")
    in_the_light = notebook.picture.screenshot()
    with notebook.dark():
        in_the_dark = notebook.picture.screenshot()
    assert median_light(in_the_light) > 0.9
    assert median_light(in_the_dark) < 0.1
