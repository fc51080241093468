"""How long a step of the what-if panel takes, in the kernel and as a reader sees it.

    OMP_NUM_THREADS=1 python -m benchmarks panel

In the kernel: from a lever to the tables, and to the picture whose lines are moved; beside it the
same picture drawn from nothing, which is the usual way. In Chromium, with the notebook open in
JupyterLab: from letting go of the slider until the last picture is there.
"""

from __future__ import annotations

import io
import json
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from odr_analysis import load_account, plot_scenario, what_if_panel
from odr_analysis.account import Account
from odr_analysis.controls.state import WhatIfState

STEPS = 30
ORDERS = 610_000
"""Of the generated account, in a year: 100,000 in 60 days."""
LIMITS = {"state to tables": 50, "release to picture": 200}
"""Milliseconds at 100,000 orders in 60 days."""
EXTRA = "Extra orders a day"

LISTEN = """
() => {
  const image = document.querySelector(".odr-panel .widget-image");
  window.odrDrawn = [];
  window.odrReleased = null;
  image.addEventListener("load", () => window.odrDrawn.push(performance.now()));
  document.addEventListener(
    "pointerup", () => { window.odrReleased = performance.now(); }, { capture: true });
}
"""
TAKEN = """
() => {
  const last = window.odrDrawn.at(-1);
  return last === undefined || performance.now() - last < 1500 ? null : last - window.odrReleased;
}
"""
"""Milliseconds from letting go to the last picture; null until no more have come for a while."""


def kernel_steps(account: Account) -> dict[str, float]:
    """Median milliseconds of processor time of a slider step, by what is timed."""
    state = WhatIfState(account, days=30, extra_orders_per_day=20)
    panel = what_if_panel(account, days=30, extra_orders_per_day=20)
    places = iter(range(21, 10_000))

    def tables() -> None:
        state.extra_orders_per_day = next(places)

    def picture() -> None:
        panel.state.extra_orders_per_day = next(places)

    def redraw() -> None:
        state.extra_orders_per_day = next(places)
        figure = plot_scenario(state.effect, title="").figure
        figure.savefig(io.BytesIO(), format="png", dpi=130)
        _close(figure)

    return {
        "state to tables": _median(tables),
        "state to picture, lines moved": _median(picture),
        "state to picture, drawn from nothing": _median(redraw),
    }


def _close(figure: Any) -> None:
    import matplotlib.pyplot as plt

    plt.close(figure)


def _median(step: Callable[[], None]) -> float:
    step()
    times = []
    for _ in range(STEPS):
        began = time.process_time()
        step()
        times.append(time.process_time() - began)
    return 1e3 * statistics.median(times)


def released(folder: Path) -> list[float]:
    """Milliseconds from letting go of the slider to the picture, for each step, in JupyterLab.

    Raises
    ------
    SystemExit
        There is no Chromium on this machine.
    """
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import ARGUMENTS, NAMES
    from tests.browser.opened import TO_RUN, Notebook

    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        raise SystemExit(f"no Chromium on this machine (looked for {', '.join(NAMES)})")
    with _lab(folder) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        page = Notebook(browser.new_context(viewport={"width": 1440, "height": 1000}), url)
        page.run_all()
        page.picture.wait_for(timeout=TO_RUN)
        handle = page.handle(EXTRA)
        handle.scroll_into_view_if_needed()
        page.settle()
        page.page.evaluate(LISTEN)
        times = []
        for step in range(STEPS + 1):
            page.page.evaluate("window.odrDrawn = []")
            handle.hover()
            box = handle.bounding_box()
            assert box is not None
            x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
            way = 20 if step % 2 == 0 else -20
            page.page.mouse.down()
            page.page.mouse.move(x + way, y)
            page.page.mouse.up()
            taken = page.page.wait_for_function(TAKEN).json_value()
            times.append(float(taken))
        browser.close()
    # The first step prepares what the others find.
    return times[1:]


@contextmanager
def _lab(folder: Path) -> Iterator[str]:
    """JupyterLab on notebook 04 of a folder; its address."""
    from tests.browser.conftest import serving_lab, until_stopped

    with TemporaryDirectory() as place:
        home = Path(place)
        with serving_lab(home) as made:
            notebook = home / "work" / "notebooks" / "04-what-if.ipynb"
            content = json.loads(notebook.read_text("utf-8"))
            (cell,) = [c for c in content["cells"] if "parameters" in str(c["metadata"])]
            cell["source"] = [
                f"folder: str = {str(folder.resolve())!r}\n" if "folder:" in line else line
                for line in cell["source"]
            ]
            notebook.write_text(json.dumps(content), "utf-8")
            yield made.url("04-what-if")
        until_stopped()


def measured(folders: dict[str, Path], *, browser: bool = True) -> dict[str, dict[str, float]]:
    """Median milliseconds by account and by what is timed."""
    found = {}
    for name, folder in folders.items():
        times = kernel_steps(load_account(folder))
        if browser:
            each = released(folder)
            times["release to picture"] = statistics.median(each)
            times["the same, 90th percentile"] = statistics.quantiles(each, n=10)[-1]
        found[name] = times
    return found


def printed(found: dict[str, dict[str, float]]) -> str:
    """The figures as text; ``!`` where a limit is missed."""
    names = list(found)
    lines = [f"  {'milliseconds, medians of 30':<40}" + "".join(f"{n:>26}" for n in names)]
    for what in found[names[0]]:
        limit = LIMITS.get(what)
        cells = "".join(
            f"{found[n][what]:>25.0f}{'!' if limit and found[n][what] > limit else ' '}"
            for n in names
        )
        lines.append(f"  {what:<40}{cells}{'' if limit is None else f'  limit {limit}'}")
    return "\n".join(lines)


if __name__ == "__main__":
    if not sys.argv[1:]:
        sys.exit("Name a folder of exports or more, or run: python -m benchmarks panel")
    print(printed(measured({path: Path(path) for path in sys.argv[1:]})))
