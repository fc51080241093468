"""The notebooks in a real JupyterLab, as an analyst meets them; 04 is in the panel's tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, ViewportSize

from tests.browser.conftest import Lab
from tests.browser.notebook_checks import (
    assert_contrast,
    assert_first_screen,
    assert_hostile_is_text,
)
from tests.browser.opened import Notebook

ANSWERS = {
    "01-load-and-check": "Nothing is missing for the rate of 30 Sep 2026.",
    "02-odr-over-time": "17 of 1,593 orders",
    "03-why-it-moved": "Seller-fulfilled ODR rose 0.38 points, from 0.68 %",
    "05-report": "Seller-fulfilled is over the limit: the rate must stay below 1 %.",
}
"""What each says about the sample where its answer is."""
SIZE: ViewportSize = {"width": 1440, "height": 1000}


@pytest.fixture(scope="module")
def ran(chromium: Browser, lab: Lab) -> Iterator[Callable[[str], Notebook]]:
    """A notebook, open and run to its end; each is run once and stays open."""
    # Windows that share a storage settle their names between them; where two open at once,
    # JupyterLab may report a name that is taken as an error.
    contexts = {name: chromium.new_context(viewport=SIZE) for name in ANSWERS}
    # While one runs, the next opens.
    opened = {name: Notebook(context, lab.url(name)) for name, context in contexts.items()}
    for notebook in opened.values():
        notebook.page.bring_to_front()
        notebook.start_all()

    def of(name: str) -> Notebook:
        opened[name].page.bring_to_front()
        opened[name].wait_for_cells()
        return opened[name]

    yield of
    for context in contexts.values():
        context.close()


@pytest.mark.parametrize("name", ANSWERS)
def test_it_runs_and_its_first_screen_has_the_answer(ran, name, tmp_path):
    assert_first_screen(ran(name), ANSWERS[name], tmp_path / "top.png")


@pytest.mark.parametrize("name", ["03-why-it-moved", "05-report"])
def test_a_hostile_comment_is_text(ran, name):
    assert_hostile_is_text(ran(name), "table")


def test_every_text_has_contrast_in_the_dark_theme(ran, tmp_path):
    tags = {"h1", "h2", "h3", "p", "td", "th", "li", "code", "text"}
    assert_contrast(ran("05-report"), ".odr", ".odr-cards", tags, tmp_path / "dark.png")
