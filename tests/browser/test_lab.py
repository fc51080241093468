"""The notebooks and the what-if panel in a real JupyterLab, as an analyst meets them."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import numpy as np
import pytest
from matplotlib.image import imread
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.conftest import HOSTILE, Lab

# Milliseconds. A notebook takes 5 seconds; machines that run all tests at once are slower.
TO_RUN, TO_ACT = 120_000, 20_000

ANSWERS = {
    "01-load-and-check": "Nothing is missing for the rate of 30 Sep 2026.",
    "02-odr-over-time": "17 of 1,593 orders",
    "03-why-it-moved": "Seller-fulfilled ODR rose 0.38 points, from 0.68 %",
    "04-what-if": "With 20 more orders a day from 1 Oct to 30 Oct",
    "05-report": "Seller-fulfilled is over the limit: the rate must stay below 1 %.",
}
"""What each says about the sample where its answer is."""

FINISHED = """
() => {
  const { content, sessionContext } = window.jupyterapp.shell.currentWidget;
  const last = [...content.model.cells].filter(cell => cell.type === "code").at(-1);
  return last.executionCount && sessionContext.session.kernel.status === "idle";
}
"""

CELLS = """
() => [...window.jupyterapp.shell.currentWidget.content.model.cells]
  .filter(cell => cell.type === "code")
  .map(cell => ({
    count: cell.executionCount,
    bad: cell.outputs.toJSON().filter(o => o.output_type === "error" || o.name === "stderr"),
  }))
"""

STILL = """
() => {
  const { sessionContext } = window.jupyterapp.shell.currentWidget;
  const picture = document.querySelector(".widget-image").src;
  const now = performance.now();
  if (window.odrPicture !== picture || sessionContext.session.kernel.status !== "idle") {
    window.odrPicture = picture;
    window.odrSince = now;
  }
  return now - window.odrSince > 800;
}
"""

PNG = """
async image => Array.from(new Uint8Array(await (await fetch(image.src)).arrayBuffer()))
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


class Notebook:
    """A notebook open in JupyterLab, and all its page says and asks for."""

    def __init__(self, context: BrowserContext, url: str):
        self.errors: list[str] = []
        self.asked: list[str] = []
        self.page: Page = context.new_page()
        self.page.set_default_timeout(TO_ACT)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.errors.append(f"error: {error}"))
        self.page.on("dialog", lambda dialog: (self.errors.append("dialog"), dialog.dismiss()))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("websocket", lambda socket: self.asked.append(socket.url))
        self.page.goto(url)

    def _console(self, message) -> None:
        if message.type == "error":
            self.errors.append(f"console: {message.text} ({message.location['url']})")

    def run_all(self) -> None:
        """Through the menu, as a reader would."""
        self.page.wait_for_function(
            "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel"
            "?.status === 'idle'",
            timeout=TO_RUN,
        )
        self.menu("Run", "Run All Cells")
        self.page.wait_for_function(FINISHED, timeout=TO_RUN)

    def menu(self, top: str, *names: str) -> None:
        self.page.get_by_role("menuitem", name=top, exact=True).click()
        for name in names:
            self.page.locator(".lm-Menu").get_by_text(name, exact=True).click()

    def settle(self) -> None:
        """Until the panel has followed: moves of a lever are answered one after the other."""
        self.page.wait_for_function(STILL)

    def to_top(self) -> None:
        self.page.locator(".jp-WindowedPanel-outer").evaluate("panel => panel.scrollTo(0, 0)")

    @property
    def hosts(self) -> set[str | None]:
        """Who was asked; what is in the page already (data:) has no host."""
        urls = [urlsplit(url.removeprefix("blob:")) for url in self.asked]
        return {url.hostname for url in urls if url.scheme != "data"}

    @property
    def sentence(self) -> Locator:
        return self.page.get_by_role("status").filter(visible=True)

    @property
    def picture(self) -> Locator:
        return self.page.locator(".widget-image")

    def drawn(self) -> str:
        """What the picture's bytes come to; they differ when the picture does."""
        png = bytes(self.picture.evaluate(PNG))
        assert png.startswith(b"\x89PNG")
        return hashlib.sha256(png).hexdigest()

    def theme(self, name: str) -> None:
        self.menu("Settings", "Theme", f"JupyterLab {name}")
        body, splash = self.page.locator("body"), self.page.locator("#jupyterlab-splash")
        expect(body).to_have_attribute("data-jp-theme-name", f"JupyterLab {name}")
        expect(splash).to_have_count(0)

    @contextmanager
    def dark(self) -> Iterator[None]:
        """JupyterLab's dark theme, for a while."""
        self.theme("Dark")
        try:
            yield
        finally:
            self.theme("Light")


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


def assert_quiet(notebook: Notebook) -> None:
    """No error, no dialog, and nobody else was asked for anything."""
    assert notebook.errors == []
    assert notebook.hosts == {"127.0.0.1"}


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


def test_dragging_the_slider_moves_picture_and_sentence(ran, tmp_path):
    notebook = ran("04-what-if")
    page = notebook.page
    notebook.picture.scroll_into_view_if_needed()
    notebook.settle()
    said, drawn = notebook.sentence.text_content(), notebook.drawn()
    page.screenshot(path=tmp_path / "before.png")
    field = page.get_by_label("Extra orders a day")
    at_first = int(field.input_value())
    assert said.startswith(f"With {at_first} more orders a day")

    handle = page.locator(".widget-slider .noUi-handle").first
    handle.hover()
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.down()
    for step in range(1, 7):
        page.mouse.move(x + 8 * step, y)
    # It follows the hand: all this is before the button is let go.
    expect(notebook.sentence).not_to_have_text(said)
    page.mouse.up()
    notebook.settle()

    now = int(field.input_value())
    assert now > at_first
    expect(notebook.sentence).to_contain_text(f"With {now} more orders a day")
    page.screenshot(path=tmp_path / "after.png")
    assert notebook.drawn() != drawn
    assert notebook.picture.evaluate("image => image.naturalWidth") > 600
    assert_quiet(notebook)


def test_ticking_a_feedback_changes_the_answer_or_says_why_not(ran, tmp_path):
    notebook = ran("04-what-if")
    page = notebook.page
    panel = page.locator(".jp-OutputArea-output").filter(has=notebook.picture)
    items = panel.locator(".widget-vbox:has(> .widget-checkbox)")

    def tick(effect: str) -> str:
        """Tick the first feedback with that effect; its order."""
        item = items.filter(has_text=re.compile(rf"order [\d-]+\s*{effect}")).first
        item.get_by_role("checkbox").check()
        return re.search(r"order ([\d-]+)", item.text_content())[1]

    said, drawn = notebook.sentence.text_content(), notebook.drawn()
    tick("Lowers ODR by")
    expect(notebook.sentence).not_to_have_text(said)
    notebook.settle()
    assert notebook.drawn() != drawn

    said, drawn = notebook.sentence.text_content(), notebook.drawn()
    order = tick("Changes nothing: the order also has an A-to-z claim")
    expect(panel.get_by_text(re.compile(f"{order} also has .* changes nothing"))).to_be_visible()
    notebook.settle()
    assert notebook.drawn() == drawn
    page.screenshot(path=tmp_path / "ticked.png")
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
            {"p", "td", "th", "b", "small", "input", "summary"},
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
