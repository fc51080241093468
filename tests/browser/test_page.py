"""The page as a reader's browser shows it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from playwright.sync_api import Browser, Page

from odr_analysis import style
from odr_analysis.answer import findings
from odr_analysis.html import save_page, show
from tests.unit.html.test_render import EVIL, account

SIZES = {"desk": 1100, "phone": 380}

CONTRASTS = """
() => {
  const rgb = text => text.match(/[\\d.]+/g).map(Number);
  const ground = element => {
    for (let e = element; e; e = e.parentElement) {
      const c = rgb(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] === 1) return c;
    }
    return [255, 255, 255];
  };
  const light = c => {
    const [r, g, b] = c.slice(0, 3).map(v => v / 255)
      .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!own || !element.checkVisibility()) continue;
    const drawn = element.closest(".odr-svg");
    const look = getComputedStyle(element);
    const ink = rgb(drawn ? look.fill : look.color);
    const [a, b] = [light(ink), light(ground(element))].sort((x, y) => y - x);
    found.push([(a + 0.05) / (b + 0.05), element.tagName, element.textContent.slice(0, 40)]);
  }
  return found;
}
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Path:
    """A page with everything on it: defects, overlaps, a hostile comment, a long table."""
    cells = []
    for part in findings(account(60)).sections:
        data = show(part)._repr_mimebundle_()
        output = new_output("execute_result", data=data, execution_count=1)
        cells.append(new_code_cell("show(part)  # " + "long " * 60, outputs=[output]))
    return save_page(new_notebook(cells=cells), tmp_path_factory.mktemp("page") / "report.html")


@contextmanager
def opened(browser: Browser, path: Path, **settings) -> Iterator[Page]:
    """The page, with everything it says or asks for gathered in ``page.heard``."""
    context = browser.new_context(**settings)
    try:
        page = context.new_page()
        page.heard = []
        page.on("console", lambda message: page.heard.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: page.heard.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (page.heard.append("dialog"), dialog.dismiss()))
        page.on("request", lambda request: page.heard.append(request.url))
        page.goto(path.as_uri())
        yield page
    finally:
        context.close()


def phone_or_desk(size: str) -> dict:
    return {"viewport": {"width": SIZES[size], "height": 900}}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_asked_for_said_or_broken(chromium, report, theme, size):
    with opened(chromium, report, color_scheme=theme, **phone_or_desk(size)) as page:
        page.locator("details").evaluate_all("all => all.forEach(d => d.open = true)")
        page.wait_for_load_state("networkidle")
        assert page.heard == [report.as_uri()]
        assert page.title() == "ODR report: test"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_every_visible_text_has_contrast(chromium, report, theme, size):
    with opened(chromium, report, color_scheme=theme, **phone_or_desk(size)) as page:
        page.locator("details").evaluate_all("all => all.forEach(d => d.open = true)")
        found = page.evaluate(CONTRASTS)
        assert {"H1", "TD", "TH", "P", "LI", "CODE", "text"} <= {tag for _, tag, _ in found}
        assert [entry for entry in found if entry[0] < 4.5] == []
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        channels = [int(style.THEMES[theme]["page"][i : i + 2], 16) for i in (1, 3, 5)]
        assert ground == f"rgb({channels[0]}, {channels[1]}, {channels[2]})"


@pytest.mark.parametrize(("width", "table_scrolls"), [(320, True), (380, True), (1100, False)])
def test_the_page_never_scrolls_sideways_but_a_table_may(chromium, report, width, table_scrolls):
    with opened(chromium, report, viewport={"width": width, "height": 800}) as page:
        page.locator("details").evaluate_all("all => all.forEach(d => d.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        table = page.locator(".odr-scroll").first
        assert table.evaluate("e => e.scrollWidth > e.clientWidth") == table_scrolls


@pytest.mark.parametrize(
    ("size", "shown", "hidden"), [("desk", "wide", "narrow"), ("phone", "narrow", "wide")]
)
def test_the_figure_for_this_width_is_shown_with_its_sentence(
    chromium, report, size, shown, hidden
):
    with opened(chromium, report, **phone_or_desk(size)) as page:
        figure = page.locator("figure").first
        assert not figure.locator(f".odr-{hidden}").is_visible()
        picture = figure.locator(f".odr-{shown} svg[role=img]")
        box = picture.bounding_box()
        assert box["width"] > 0.75 * SIZES[size]
        assert box["height"] > 200
        assert "Seller-fulfilled ODR" in picture.get_attribute("aria-label")
        smallest = picture.locator("text").evaluate_all(
            "all => Math.min(...all.map(t => t.getBoundingClientRect().height))"
        )
        assert smallest >= 9


@pytest.mark.parametrize(
    ("lab", "theme", "other"), [("false", "dark", "light"), ("true", "light", "dark")]
)
def test_in_jupyterlab_its_theme_wins_over_the_systems(chromium, report, lab, theme, other):
    with opened(chromium, report, color_scheme=other) as page:
        page.evaluate(f"document.documentElement.dataset.jpThemeLight = '{lab}'")
        ink = page.evaluate("getComputedStyle(document.querySelector('h1')).color")
        channels = [int(style.THEMES[theme]["ink"][i : i + 2], 16) for i in (1, 3, 5)]
        assert ink == f"rgb({channels[0]}, {channels[1]}, {channels[2]})"


def test_a_hostile_comment_is_text(chromium, report):
    with opened(chromium, report) as page:
        assert any(EVIL[:20] in text for text in page.locator("table q").all_inner_texts())
        assert page.evaluate("document.scripts.length") == 0
        assert page.evaluate("document.images.length") == 0
        assert "dialog" not in page.heard


def test_even_a_script_that_got_in_would_not_run(chromium, tmp_path):
    """The page's own policy is the second wall, for outputs of a user's own cells."""
    html = "<script>document.title = 'ran'</script><img src='http://127.0.0.1:9/x.png'>"
    output = new_output("display_data", data={"text/html": html})
    cells = [new_code_cell("x", outputs=[output])]
    path = save_page(new_notebook(cells=cells), tmp_path / "r.html")
    with opened(chromium, path) as page:
        page.wait_for_load_state("networkidle")
        assert page.title() == "ODR report"
        assert page.evaluate("document.images[0].naturalWidth") == 0
        assert any("Content Security Policy" in heard for heard in page.heard)


def test_the_code_is_one_click_away(chromium, report):
    with opened(chromium, report) as page:
        code = page.locator(".odr-code pre").first
        assert not code.is_visible()
        page.get_by_text("Show the code").click()
        assert code.is_visible()


def test_it_prints_light_whole_and_within_the_paper(chromium, report):
    with opened(
        chromium, report, color_scheme="dark", viewport={"width": 720, "height": 900}
    ) as page:
        page.emulate_media(media="print")
        assert page.evaluate("document.documentElement.scrollWidth") <= 720
        ink = page.evaluate("getComputedStyle(document.querySelector('h1')).color")
        channels = [int(style.LIGHT["ink"][i : i + 2], 16) for i in (1, 3, 5)]
        assert ink == f"rgb({channels[0]}, {channels[1]}, {channels[2]})"
        paper = page.pdf(format="A4")
        assert paper.startswith(b"%PDF")
        assert paper.count(b"/Type /Page\n") >= 3
