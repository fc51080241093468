"""The what-if panel in JupyterLab and as a dashboard of Voila, moved as a reader moves it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import numpy as np
import pytest
from matplotlib.image import imread
from playwright.sync_api import Browser, expect

from tests.browser.notebook_checks import (
    assert_contrast,
    assert_first_screen,
    assert_hostile_is_text,
)
from tests.browser.opened import TO_RUN, Notebook, Opened, assert_quiet

EXTRA = "Extra orders a day"
LEVERS = (EXTRA, "From", "For (days)", "Of the usual (%)")
CHOICES = ("Placed where", "Quality", "A tick counts", "Kind")
CARETS = "\uf0d7\uf0da "
"""Of the buttons that fold, as a font has them."""

FOCUSED = """
() => {
  const e = document.activeElement, look = getComputedStyle(e);
  const name = e.getAttribute("aria-label") ?? e.labels?.[0]?.textContent ?? e.textContent;
  const seen = look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 1;
  return [e.getAttribute("role") ?? e.type ?? e.localName, name.trim(), seen];
}
"""

RECORD = """
() => {
  window.odrOrders = [];
  const note = [...document.querySelectorAll(".odr-panel .widget-html")]
    .find(e => /extra orders/.test(e.textContent));
  new MutationObserver(() => {
    const said = note.textContent.match(/([\\d,]+) extra order/);
    const n = said ? Number(said[1].replace(",", "")) : 0;
    if (window.odrOrders.at(-1) !== n) window.odrOrders.push(n);
  }).observe(note, { childList: true, subtree: true, characterData: true });
}
"""
"""Every number of extra orders the panel has stated, in the order it was stated."""


@pytest.fixture(scope="module", params=["lab", "dashboard"])
def opened(request, chromium: Browser) -> Iterator[Opened]:
    """Notebook 04, run, where the panel lives; it stays open."""
    server = request.getfixturevalue(request.param)
    context = chromium.new_context(viewport={"width": 1440, "height": 1000})
    if request.param == "lab":
        page: Opened = Notebook(context, server.url("04-what-if"))
        page.run_all()
    else:
        page = Opened(context, server.address)
    page.picture.wait_for(timeout=TO_RUN)
    # Its name comes from a script that runs where the panel is live.
    page.handle(EXTRA).scroll_into_view_if_needed()
    page.settle()
    page.at_first = page.sentence.text_content()
    yield page
    context.close()


@pytest.fixture(autouse=True)
def _at_first(opened) -> None:
    """Each test begins with the levers as the notebook sets them, and leaves no error."""
    if (
        opened.field(EXTRA).input_value() != "20"
        or opened.panel.locator("input:checked").count()
        or opened.sentence.text_content() != opened.at_first
    ):
        opened.panel.get_by_role("button", name="Reset").click()
        opened.settle()
    expect(opened.field(EXTRA)).to_have_value("20")
    expect(opened.sentence).to_have_text(opened.at_first)


in_lab = pytest.mark.parametrize("opened", ["lab"], indirect=True)


@in_lab
def test_the_notebook_runs_and_its_first_screen_has_the_answer(opened, tmp_path):
    answer = "With 20 more orders a day from 1 Oct to 30 Oct"
    assert_first_screen(opened, answer, tmp_path / "top.png")


@in_lab
def test_a_hostile_comment_is_text(opened):
    assert_hostile_is_text(opened, ".widget-html", "table")


@in_lab
def test_every_text_has_contrast_in_the_dark_theme(opened, tmp_path):
    tags = {"p", "td", "th", "span", "small", "input", "summary", "button"}
    assert_contrast(opened, ".odr, .widget-box", ".widget-image", tags, tmp_path / "dark.png")


@in_lab
def test_the_picture_is_dark_in_the_dark_theme(opened):
    """Python does not know the theme, so the browser turns the picture round."""

    def median_light() -> float:
        """Of the picture's pixels, 0 to 1."""
        return float(np.median(imread(io.BytesIO(opened.picture.screenshot()))[..., :3]))

    assert median_light() > 0.9
    with opened.dark():
        assert median_light() < 0.1


NARROW = """
panel => {
  const right = panel.getBoundingClientRect().right;
  return [...panel.querySelectorAll("input, select, button, .noUi-target, .widget-image")]
    .filter(e => e.checkVisibility() && !e.closest(".odr-picture"))
    .map(e => [Math.round(e.getBoundingClientRect().right - right), e.className, e.type])
    .filter(([beyond]) => beyond > 0);
}
"""
"""What goes beyond the right edge of the panel, and how far."""

WIDTH_IN = """
([least, most]) => {
  const { width } = document.querySelector(".odr-panel").getBoundingClientRect();
  return least < width && width <= most;
}
"""
"""JupyterLab lays the page out anew a moment after its size has changed."""


def test_the_live_view_stands_alone_and_asks_nobody_else(opened, tmp_path):
    opened.page.screenshot(path=tmp_path / "panel.png")
    expect(opened.panel).to_be_visible()
    expect(opened.at_rest).to_be_hidden()
    assert_quiet(opened)


def test_dragging_the_slider_moves_picture_and_sentence(opened, tmp_path):
    page, handle = opened.page, opened.handle(EXTRA)
    said, drawn = opened.sentence.text_content(), opened.drawn()
    handle.hover()
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.down()
    for step in range(1, 7):
        page.mouse.move(x + 8 * step, y)
    # It follows the hand: all this is before the button is let go.
    expect(opened.sentence).not_to_have_text(said)
    page.mouse.up()
    opened.settle()
    now = int(opened.field(EXTRA).input_value())
    assert now > 20
    expect(opened.panel.get_by_text(f"{30 * now:,} extra orders")).to_be_visible()
    page.screenshot(path=tmp_path / "after.png")
    assert opened.drawn() != drawn
    assert opened.picture.evaluate("image => image.naturalWidth") > 600
    # One drag is one change.
    opened.panel.get_by_role("button", name="Undo").click()
    expect(opened.field(EXTRA)).to_have_value("20")
    assert_quiet(opened)


def test_a_fast_drag_shows_no_step_out_of_order_and_ends_on_the_last(opened):
    page, handle = opened.page, opened.handle(EXTRA)
    page.evaluate(RECORD)
    handle.hover()
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.down()
    for step in range(1, 81):
        page.mouse.move(x + step, y)
    page.mouse.up()
    at_release = len(page.evaluate("window.odrOrders"))
    opened.settle()
    orders = page.evaluate("window.odrOrders")
    assert orders == sorted(orders)
    assert orders[-1] == 30 * int(opened.field(EXTRA).input_value()) > 600
    # When the hand lets go, one picture is being made, one may wait for it, and the browser may
    # hold the last place back until that is asked for.
    assert len(orders) - at_release <= 3
    assert_quiet(opened)


def test_a_field_holds_what_no_step_of_the_slider_is(opened):
    opened.panel.get_by_label("Quality").select_option("A given share")
    for name, value in ((EXTRA, "33"), (EXTRA, "4321"), ("Defective (%)", "0.25")):
        opened.type_in(name, value)
        opened.settle()
        assert opened.field(name).input_value() == value
    expect(opened.panel.get_by_text("129,630 extra orders")).to_be_visible()
    opened.type_in(EXTRA, "")
    opened.settle()
    assert opened.field(EXTRA).input_value() == "4321"
    assert_quiet(opened)


def test_ticking_a_feedback_changes_the_answer_or_says_why_not(opened, tmp_path):
    items = opened.panel.locator(".widget-vbox:has(> .widget-checkbox)")
    opened.panel.get_by_label("Kind").select_option("Negative feedback")
    expect(opened.panel.get_by_role("checkbox", name="claim")).to_have_count(0)

    def tick(effect: str) -> str:
        """Tick the first feedback with that effect; its order."""
        item = items.filter(has_text=re.compile(rf"order [\d-]+\s*{effect}")).first
        item.get_by_role("checkbox").check()
        return re.search(r"order ([\d-]+)", item.text_content())[1]

    said, drawn = opened.sentence.text_content(), opened.drawn()
    first = tick(r"Lowers ODR by [\d.]+ points; leaves on [^(]+\(Seller")
    expect(opened.sentence).not_to_have_text(said)
    opened.settle()
    assert opened.drawn() != drawn

    said, drawn = opened.sentence.text_content(), opened.drawn()
    order = tick("Changes nothing, the order also has an A-to-z claim")
    note = opened.panel.get_by_text(re.compile(f"{order} also has .* changes nothing"))
    expect(note).to_be_visible()
    opened.settle()
    assert opened.drawn() == drawn
    opened.page.screenshot(path=tmp_path / "ticked.png")

    undo = opened.panel.get_by_role("button", name="Undo")
    undo.click()
    expect(opened.panel.get_by_role("checkbox", name=order)).not_to_be_checked()
    expect(opened.panel.get_by_role("checkbox", name=first)).to_be_checked()
    undo.click()
    expect(opened.panel.get_by_role("checkbox", name=first)).not_to_be_checked()
    assert_quiet(opened)


def test_every_control_has_a_name_for_those_who_hear_the_page(opened):
    controls = re.findall(
        r"- (spinbutton|slider|textbox|checkbox|combobox|button|img)\b(?: \"(.+?)\")?",
        opened.panel.aria_snapshot(),
    )
    assert [c for c in controls if not c[1]] == []
    for role in ("spinbutton", "slider"):
        assert (role, EXTRA) in controls
    names = {name.lstrip(CARETS) for _, name in controls}
    folds = {"A day to be under by", "Keep, compare, save"}
    assert names > {*LEVERS, *CHOICES, *folds, "Search", "Undo", "Reset"}
    assert sum(role == "img" for role, _ in controls) == 1


def test_every_lever_is_reached_and_moved_by_keyboard_alone(opened):
    page, keys = opened.page, opened.page.keyboard
    stops: list[list] = []

    def tab_to(role: str, name: str) -> None:
        for _ in range(30):
            keys.press("Tab")
            stops.append(page.evaluate(FOCUSED))
            if stops[-1][0] == role and name in stops[-1][1]:
                return
        pytest.fail(f"no {role} {name!r} among {stops}")

    opened.field(EXTRA).focus()
    keys.press("ArrowUp")
    opened.settle()
    tab_to("slider", EXTRA)
    keys.press("ArrowRight")
    expect(opened.field(EXTRA)).to_have_value("25")
    tab_to("slider", "From")
    keys.press("ArrowRight")
    expect(opened.field("From")).to_have_value("2026-10-02")
    tab_to("number", "For (days)")
    keys.press("ArrowUp")
    # Its slider follows by way of the kernel.
    opened.settle()
    tab_to("slider", "For (days)")
    keys.press("ArrowRight")
    expect(opened.field("For (days)")).to_have_value("32")
    tab_to("select-one", "Quality")
    keys.press("ArrowDown")
    opened.settle()
    keys.press("ArrowDown")
    expect(opened.panel.get_by_label("Quality")).to_have_value("A given share")
    expect(opened.field("Defective (%)")).to_be_visible()
    share = opened.field("Defective (%)").input_value()
    tab_to("slider", "Defective (%)")
    keys.press("ArrowRight")
    expect(opened.field("Defective (%)")).not_to_have_value(share)
    opened.settle()
    expect(opened.panel.get_by_text("800 extra orders")).to_be_visible()
    tab_to("slider", "Of the usual (%)")
    keys.press("ArrowLeft")
    expect(opened.field("Of the usual (%)")).to_have_value("95")
    tab_to("submit", "Reset")
    tab_to("summary", "What this assumes")
    tab_to("submit", "A day to be under by")
    keys.press("Enter")
    expect(opened.panel.get_by_role("button", name="What would it take?")).to_be_visible()
    tab_to("submit", "What would it take?")
    keys.press("Enter")
    expect(opened.panel.get_by_text("Cheapest plan, each step")).to_be_visible()
    tab_to("submit", "Keep, compare, save")
    tab_to("select-one", "A tick counts")
    tab_to("text", "Search")
    tab_to("select-one", "Kind")
    tab_to("checkbox", "order")
    keys.press("Space")
    expect(opened.panel.locator("input:checked")).to_have_count(1)
    opened.settle()
    keys.press("Shift+Tab")
    while page.evaluate(FOCUSED)[1] != "Undo":
        keys.press("Shift+Tab")
    keys.press("Enter")
    expect(opened.panel.locator("input:checked")).to_have_count(0)
    expect(opened.field("Of the usual (%)")).to_have_value("95")
    assert [stop for stop in stops if not stop[2]] == []
    assert_quiet(opened)


def test_scenarios_are_kept_compared_saved_and_loaded(opened, tmp_path):
    panel, page = opened.panel, opened.page
    fold = panel.get_by_role("button", name="Keep, compare, save")
    fold.click()
    name = panel.get_by_label("Name")
    for orders in ("33", "66"):
        opened.type_in(EXTRA, orders)
        opened.settle()
        name.fill(f"sale of {orders}")
        name.press("Enter")
        panel.get_by_role("button", name="Keep to compare").click()
        expect(panel.get_by_role("rowheader", name=f"sale of {orders}")).to_be_visible()
    panel.get_by_role("button", name="Remove sale of 33").click()
    expect(panel.get_by_role("rowheader", name="sale of 33")).to_have_count(0)
    expect(panel.get_by_label("As a command")).to_contain_text("--extra-orders 66/day --from")
    expect(panel.get_by_label("As notebook code")).to_contain_text("MoreOrders(per_day=66")

    saved = {}
    for link in ("Scenario (TOML)", "Table (CSV)", "Picture (PNG)"):
        with page.expect_download() as download:
            panel.get_by_role("link", name=link).click()
        saved[link] = tmp_path / download.value.suggested_filename
        download.value.save_as(saved[link])
    assert saved["Picture (PNG)"].read_bytes().startswith(b"\x89PNG")
    assert saved["Table (CSV)"].read_text("utf-8-sig").startswith("day,marketplace,channel,")
    assert {path.stem for path in saved.values()} == {"sale-of-66"}

    panel.get_by_role("button", name="Reset").click()
    expect(opened.field(EXTRA)).to_have_value("20")
    with page.expect_file_chooser() as chooser:
        panel.get_by_role("button", name="Load a scenario").click()
    chooser.value.set_files(saved["Scenario (TOML)"])
    expect(opened.field(EXTRA)).to_have_value("66")
    opened.settle()
    panel.screenshot(path=tmp_path / "kept.png")
    panel.get_by_role("button", name="Remove sale of 66").click()
    fold.click()
    assert_quiet(opened)


def test_the_list_is_searched_while_a_ticked_defect_stays_ticked(opened):
    boxes = opened.panel.get_by_role("checkbox")
    n, first = boxes.count(), boxes.first.get_attribute("aria-label")
    boxes.first.check()
    opened.settle()
    search = opened.panel.get_by_label("Search")
    search.fill("not received")
    expect(boxes).not_to_have_count(n)
    for text in opened.panel.locator(".widget-vbox:has(> .widget-checkbox)").all_text_contents():
        assert "rder" in text, first
    search.fill("no such words")
    expect(opened.panel.get_by_text("None fits the search.")).to_be_visible()
    expect(opened.panel.get_by_text("1 ticked, not listed here.")).to_be_visible()
    search.fill("")
    expect(boxes).to_have_count(n)
    expect(boxes.first).to_be_checked()
    assert_quiet(opened)


def test_on_a_narrow_screen_nothing_is_cut_off(opened, tmp_path):
    page, size = opened.page, opened.page.viewport_size
    # JupyterLab's own side bar takes its share.
    wide = 768 if isinstance(opened, Notebook) else 380
    page.set_viewport_size({"width": wide, "height": 900})
    try:
        page.wait_for_function(WIDTH_IN, arg=[0, 360])
        opened.picture.scroll_into_view_if_needed()
        page.screenshot(path=tmp_path / "narrow.png")
        assert opened.panel.evaluate(NARROW) == []
        # Its letters can be read, which on a phone takes moving it sideways.
        assert opened.picture.bounding_box()["width"] >= 480
        assert page.evaluate("document.documentElement.scrollWidth") <= wide
    finally:
        page.set_viewport_size(size)
        page.wait_for_function(WIDTH_IN, arg=[900, size["width"]])
        opened.settle()
    assert_quiet(opened)
