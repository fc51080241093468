"""How large the index of thousands of accounts is, and how long it takes to write and to open.

    OMP_NUM_THREADS=1 python -m benchmarks index

Accounts are made up, of all sizes, with two rates each; the page is opened in Chromium from disk,
and is open once its first frame is drawn.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from odr_analysis.batch.index.index_files import PAGE
from odr_analysis.batch.index.write_index import write_index
from tests.browser.conftest import ARGUMENTS, chromium_path
from tests.unit.batch.made import many

ACCOUNTS = 5000
ROUNDS = 5
LIMITS = {"MB": 5.0, "seconds to open": 2.0}
WIDTHS = (1280, 380)
DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def measured(accounts: int = ACCOUNTS, rounds: int = ROUNDS) -> Iterator[tuple[str, float]]:
    """What is measured, and the median of it: seconds, but for the megabytes of the page."""
    outcomes = many(accounts)
    with TemporaryDirectory() as folder:
        out, began = Path(folder), time.perf_counter()
        write_index(out, outcomes, {})
        yield "seconds to write", time.perf_counter() - began
        yield "MB", (out / PAGE).stat().st_size / 1e6
        for width in WIDTHS:
            yield f"seconds to open, {width} px", statistics.median(_opened(out, width, rounds))


def _opened(out: Path, width: int, rounds: int) -> Iterator[float]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        for _ in range(rounds):
            page = browser.new_page(viewport={"width": width, "height": 900})
            began = time.perf_counter()
            page.goto((out / PAGE).as_uri())
            page.evaluate(DRAWN)
            yield time.perf_counter() - began
            page.close()
        browser.close()


def printed(found: Iterator[tuple[str, float]]) -> str:
    """Figures as lines; ! where a limit is missed.

    >>> print(printed(iter([("MB", 6.0), ("seconds to open, 380 px", 1.0)])))
    MB                              6.00  limit 5.0 !
    seconds to open, 380 px         1.00  limit 2.0
    """
    lines = []
    for name, value in found:
        limit = next((most for what, most in LIMITS.items() if name.startswith(what)), None)
        told = "" if limit is None else f"  limit {limit}{' !' if value >= limit else ''}"
        lines.append(f"{name:<27} {value:>8.2f}{told}")
    return "\n".join(lines)
