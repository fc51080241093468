"""The what-if panel where its kernel is gone: saved, opened again, exported."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from playwright.sync_api import Browser, BrowserContext, expect

from odr_analysis.html.page import save_page
from tests.browser.conftest import Lab
from tests.browser.opened import TO_RUN, Notebook, Opened

NAME = "04-what-if"
SAVE = "window.jupyterapp.commands.execute('docmanager:save')"
TRUST = "void window.jupyterapp.commands.execute('notebook:trust')"
RESTART = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"


@pytest.fixture(scope="module")
def context(chromium: Browser) -> Iterator[BrowserContext]:
    made = chromium.new_context(viewport={"width": 1440, "height": 1000})
    yield made
    made.close()


@pytest.fixture(scope="module")
def by_papermill(lab: Lab) -> Iterator[Future[Path]]:
    """Notebook 04 as papermill leaves it, made while others are looked at."""
    folder = lab.home / "work" / "notebooks"
    path = folder / "ran.ipynb"

    # In a process of its own, as papermill changes the folder of the one it runs in.
    command = [sys.executable, "-m", "papermill", f"{NAME}.ipynb", path.name]
    command += ["-p", "extra_orders_per_day", "33", "--cwd", str(folder), "--no-progress-bar"]

    def run() -> Path:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return path

    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(run)


@pytest.fixture(scope="module")
def moved(context: BrowserContext, lab: Lab, by_papermill: Future[Path]) -> Iterator[Notebook]:
    """Notebook 04, run, its levers moved, saved."""
    notebook = Notebook(context, lab.url(NAME))
    notebook.run_all()
    notebook.picture.wait_for(timeout=TO_RUN)
    notebook.type_in("Extra orders a day", "33")
    notebook.panel.get_by_role("checkbox").first.check()
    # It follows when the levers rest, out of sight.
    expect(notebook.at_rest).to_contain_text("990 extra orders")
    expect(notebook.at_rest.locator(":checked")).to_have_count(1)
    notebook.page.evaluate(SAVE)
    yield notebook
    notebook.page.close()


@pytest.fixture(scope="module")
def saved(moved: Notebook, lab: Lab) -> nbformat.NotebookNode:
    """What JupyterLab wrote."""
    return nbformat.read(lab.home / "work" / "notebooks" / f"{NAME}.ipynb", 4)


@pytest.fixture(scope="module")
def reopened(
    saved: nbformat.NotebookNode, context: BrowserContext, lab: Lab
) -> dict[str, Notebook]:
    """The saved notebook opened again, as it is and as one that somebody else wrote."""
    other = nbformat.from_dict(saved)
    other.cells[0].source = "Somebody else's"
    folder = lab.home / "work" / "notebooks"
    # While one is looked at, the other opens.
    for name, content in (("again", saved), ("other", other)):
        nbformat.write(content, folder / f"{name}.ipynb")
    return {name: Notebook(context, lab.url(name)) for name in ("again", "other")}


def assert_at_rest(opened: Opened, shot: Path, n_ticked: int = 1) -> None:
    """The last state can be seen and not be moved, and nothing else stands there."""
    rest = opened.at_rest
    rest.scroll_into_view_if_needed()
    expect(rest).to_be_visible()
    opened.page.screenshot(path=shot)
    expect(rest.get_by_role("slider", name="Extra orders a day: 33")).to_be_disabled()
    inputs = rest.locator("input")
    assert inputs.count() > 6
    assert inputs.evaluate_all("all => all.every(e => e.disabled)")
    assert rest.locator(":checked").count() == n_ticked
    picture = rest.locator("img")
    assert picture.evaluate("image => image.naturalWidth") > 600
    assert picture.bounding_box()["width"] > 300
    expect(rest.get_by_role("table")).to_contain_text("last day looked at")
    for failed in ("model not found", "Error displaying widget", "Loading widget"):
        for shown in opened.page.get_by_text(failed).all():
            expect(shown).to_be_hidden()


def test_the_saved_cell_has_the_last_state_as_page_and_text(saved):
    (cell,) = [c for c in saved.cells if c.source.startswith("what_if_panel(")]
    rest, live = cell.outputs
    assert "<b>33</b>" in rest.data["text/html"]
    assert rest.data["text/plain"].startswith("With 33 more orders a day")
    assert "application/vnd.jupyter.widget-view+json" in live.data
    assert live.data["text/html"] == live.data["text/plain"] == ""
    # One picture, not one for each step.
    assert len(json.dumps(cell)) < 150_000


def test_opened_again_it_shows_the_last_state(reopened, tmp_path):
    again = reopened["again"]
    again.page.bring_to_front()
    again.wait_for_kernel()
    assert_at_rest(again, tmp_path / "again.png")
    with again.dark():
        again.at_rest.scroll_into_view_if_needed()
        again.page.screenshot(path=tmp_path / "dark.png")
    assert again.hosts == {"127.0.0.1"}
    again.page.close()


def test_a_notebook_that_is_not_trusted_shows_it_too(reopened, tmp_path):
    page = reopened["other"]
    page.page.bring_to_front()
    page.wait_for_kernel()
    # JupyterLab takes away the style, and with it the class names.
    picture = page.page.locator(".jp-OutputArea-output img[src^='data:image/png']")
    picture.scroll_into_view_if_needed()
    page.page.screenshot(path=tmp_path / "other.png")
    assert picture.evaluate("image => image.naturalWidth") > 600
    expect(page.page.get_by_text("Extra orders a day: 33")).to_be_visible()
    expect(page.page.get_by_text("model not found")).to_have_count(0)
    page.page.close()


def test_run_by_papermill_it_rests_though_the_widgets_state_is_kept(
    by_papermill, context, lab, tmp_path
):
    """JupyterLab builds a view from that state, which looks alive and follows nothing."""
    assert "widgets" in nbformat.read(by_papermill.result(), 4).metadata
    ran = Notebook(context, lab.url("ran"))
    ran.wait_for_kernel()
    ran.page.evaluate(TRUST)
    ran.page.locator(".jp-Dialog .jp-mod-accept").click()
    ran.page.locator(".jp-OutputArea").last.scroll_into_view_if_needed()
    expect(ran.panel).to_have_count(1)
    expect(ran.panel).to_be_hidden()
    assert_at_rest(ran, tmp_path / "ran.png", n_ticked=0)
    ran.page.close()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (768, "dark"), (380, "light")])
@pytest.mark.parametrize("kind", ["stock", "own"])
def test_an_exported_page_needs_nobody(saved, chromium, tmp_path, kind, width, scheme):
    page = tmp_path / "page.html"
    if kind == "own":
        save_page(saved, page)
    else:
        # nbconvert's own template asks for scripts of its own; the panel needs none of them.
        page.write_text(HTMLExporter().from_notebook_node(saved)[0], "utf-8")
    size = {"width": width, "height": 900}
    context = chromium.new_context(viewport=size, color_scheme=scheme, offline=True)
    opened = Opened(context, page.as_uri())
    assert_at_rest(opened, tmp_path / "page.png")
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    if kind == "own":
        # Only its own file.
        assert [url for url in opened.asked if not url.startswith(("file:", "data:"))] == []
        assert opened.errors == []
    context.close()


def test_a_kernel_that_starts_again_leaves_the_last_state(moved, saved, tmp_path):
    moved.page.evaluate(RESTART)
    expect(moved.panel).to_be_hidden()
    assert_at_rest(moved, tmp_path / "restarted.png")
