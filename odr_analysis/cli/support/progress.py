"""How far a command is, on standard error: a bar on a terminal, one line a stage elsewhere.

Nothing is shown of work that ends within a second, and standard output is never touched: it
holds the answer alone.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import RLock, Timer
from typing import TYPE_CHECKING

from odr_analysis.progress import Progress, StagesOnly, Step, silent
from odr_analysis.visible import visible

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

AFTER = 1.0
"""Seconds a command may take before it shows how far it is."""


class Shown:
    """The steps of one command as they are shown; safe to call from any thread.

    `line` prints a line on standard error, for where there is no terminal.
    """

    def __init__(self, line: Callable[[str], None]) -> None:
        self._line = line
        self._lock = RLock()
        self._step: Step | None = None
        self._told = ""
        self._bar: Bar | None = None
        self._late = self._closed = False
        self._timer = Timer(AFTER, self._begin)
        self._timer.daemon = True
        self._timer.start()

    def __call__(self, step: Step) -> None:
        """Show a step, if the command has taken long enough."""
        with self._lock:
            before, self._step = self._step, step
            if self._late and not self._closed:
                self._show(step, anew=before is None or before.stage != step.stage)

    def clear(self) -> None:
        """Make room for a line of text; the next step is shown again."""
        with self._lock:
            self._step = None
            if self._bar is not None:
                self._bar.stop()
                self._bar = None

    def close(self) -> None:
        """Show nothing more."""
        self._timer.cancel()
        with self._lock:
            self._closed = True
            self.clear()

    def _begin(self) -> None:
        with self._lock:
            self._late = True
            if self._step is not None and not self._closed:
                self._show(self._step, anew=True)

    def _show(self, step: Step, *, anew: bool) -> None:
        if not _on_a_terminal():
            if step.stage != self._told:
                self._told = step.stage
                self._line(f"odr: {step.stage} ...")
            return
        if anew or self._bar is None:
            if self._bar is not None:
                self._bar.stop()
            self._bar = _bar(step)
            self._bar.start()
        (task,) = self._bar.task_ids
        self._bar.update(task, completed=step.done, note=visible(step.note))


def _on_a_terminal() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def _bar(step: Step) -> Bar:
    """A bar for one stage, with the time left where the total is known."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    known = step.total > 0
    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(20),
        TextColumn("{task.fields[note]}", markup=False),
        TimeRemainingColumn() if known else TimeElapsedColumn(),
        TextColumn("left" if known else ""),
        console=Console(file=sys.stderr),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    bar.add_task(visible(step.stage), total=step.total if known else None, note="")
    return bar


_current: Shown | None = None


@contextmanager
def shown(line: Callable[[str], None], *, quiet: bool) -> Iterator[None]:
    """Within, steps are shown, unless `quiet`."""
    global _current
    before, now = _current, None if quiet else Shown(line)
    _current = now
    try:
        yield
    finally:
        if now is not None:
            now.close()
        _current = before


def steps() -> Progress:
    """What shows the steps of the command that runs."""
    if _current is None:
        return silent
    return _current if _on_a_terminal() else StagesOnly(_current)


def clear() -> None:
    """Make room for a line of text."""
    if _current is not None:
        _current.clear()
