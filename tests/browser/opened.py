"""What a page in Chromium shows, says and asks for, and the what-if panel on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Locator, Page, expect

# Milliseconds. A notebook takes 5 seconds; machines that run all tests at once are slower.
TO_RUN, TO_ACT = 120_000, 20_000

READY = """
() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === "idle"
"""

FINISHED = """
() => {
  const { content, sessionContext } = window.jupyterapp.shell.currentWidget;
  const last = [...content.model.cells].filter(cell => cell.type === "code").at(-1);
  return last.executionCount && sessionContext.session.kernel.status === "idle";
}
"""

STILL = """
asked => {
  const seen = document.querySelector(".widget-image").src
    + document.querySelector(".odr-panel [role=status]").textContent
    + [".odr-panel", ".odr-panel [role=slider]"].map(
      part => JSON.stringify(document.querySelector(part).getBoundingClientRect()));
  const now = performance.now();
  if (window.odrSeen !== seen || window.odrAsked !== asked) {
    window.odrSeen = seen;
    window.odrAsked = asked;
    window.odrSince = now;
  }
  return now - window.odrSince > 400;
}
"""
"""Moves of a lever are answered one after the other, each within some 0.2 s; counted from when it
is asked, for what was still before may be about to move. A page that is laid out anew is not still:
a hand would miss a lever."""

LISTED_TOO_EARLY = re.compile(r"status of 500 .*/api/kernels\?\d+\)$")
"""Jupyter Server 2.21 fails to list its kernels while one starts and was not active yet (TraitError
of ``last_activity``). Pages that open beside one another meet that, and JupyterLab asks again."""

DRAWN = """
async image => {
  const png = await (await fetch(image.src)).arrayBuffer();
  const two = byte => byte.toString(16).padStart(2, "0");
  const hex = bytes => [...new Uint8Array(bytes)].map(two).join("");
  return [hex(png.slice(0, 4)), hex(await crypto.subtle.digest("SHA-256", png))];
}
"""


class Opened:
    """A page, and all it says and asks for."""

    def __init__(self, context: BrowserContext, url: str):
        self.errors: list[str] = []
        self.asked: list[str] = []
        self._settled = 0
        self.page: Page = context.new_page()
        self.page.set_default_timeout(TO_ACT)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.errors.append(f"error: {error}"))
        self.page.on("dialog", lambda dialog: (self.errors.append("dialog"), dialog.dismiss()))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("websocket", lambda socket: self.asked.append(socket.url))
        self.page.goto(url)

    def _console(self, message) -> None:
        text = f"console: {message.text} ({message.location['url']})"
        if message.type == "error" and not LISTED_TOO_EARLY.search(text):
            self.errors.append(text)

    @property
    def hosts(self) -> set[str | None]:
        """Who was asked; what is in the page already (data:) has no host."""
        urls = [urlsplit(url.removeprefix("blob:")) for url in self.asked]
        return {url.hostname for url in urls if url.scheme != "data"}

    @property
    def panel(self) -> Locator:
        return self.page.locator(".odr-panel")

    @property
    def at_rest(self) -> Locator:
        return self.page.locator(".odr-at-rest")

    @property
    def sentence(self) -> Locator:
        return self.panel.get_by_role("status")

    @property
    def picture(self) -> Locator:
        return self.panel.locator(".widget-image")

    def field(self, name: str) -> Locator:
        return self.panel.get_by_label(name).and_(self.page.locator("input"))

    def handle(self, name: str) -> Locator:
        return self.panel.get_by_role("slider", name=name)

    def type_in(self, name: str, value: str) -> None:
        self.field(name).fill(value)
        self.field(name).press("Enter")

    def settle(self) -> None:
        """Until the panel has followed."""
        self._settled += 1
        self.page.wait_for_function(STILL, arg=self._settled)

    def drawn(self) -> str:
        """What the picture's bytes come to; they differ when the picture does."""
        start, digest = self.picture.evaluate(DRAWN)
        assert bytes.fromhex(start) == b"\x89PNG"
        return digest


class Notebook(Opened):
    """A notebook open in JupyterLab."""

    def wait_for_kernel(self) -> None:
        self.page.wait_for_function(READY, timeout=TO_RUN)

    def run_all(self) -> None:
        """Through the menu, as a reader would."""
        self.start_all()
        self.wait_for_cells()

    def start_all(self) -> None:
        """:meth:`run_all`, without waiting for its end."""
        self.wait_for_kernel()
        self.menu("Run", "Run All Cells")

    def wait_for_cells(self) -> None:
        self.page.wait_for_function(FINISHED, timeout=TO_RUN)

    def menu(self, top: str, *names: str) -> None:
        self.page.get_by_role("menuitem", name=top, exact=True).click()
        for name in names:
            self.page.locator(".lm-Menu").get_by_text(name, exact=True).click()

    def to_top(self) -> None:
        self.page.locator(".jp-WindowedPanel-outer").evaluate("panel => panel.scrollTo(0, 0)")

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


def assert_quiet(notebook: Notebook) -> None:
    """No error, no dialog, and nobody else was asked for anything."""
    assert notebook.errors == []
    assert notebook.hosts == {"127.0.0.1"}
