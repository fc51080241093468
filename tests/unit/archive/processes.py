"""Processes that are forked, and killed at a moment of their own."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any


def forked(work: Callable[[], object]) -> int:
    """Start `work` in a process of its own; its exit code is 0, or 1 with a traceback."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        work()
        code = 0
    finally:
        if code:
            traceback.print_exc()
        sys.stderr.flush()
        os._exit(code)


def ended(pid: int) -> int:
    """Exit code of a process, negative where a signal ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def done(work: Callable[[], object]) -> None:
    """Do `work` in a process of its own."""
    assert ended(forked(work)) == 0, "see the traceback above"


def watched(store: Path, stop_at: int, met: Callable[[], object]) -> list[int]:
    """Count the moments of this process from now on, and be killed at one of them.

    A moment is any call that opens, lists, makes, renames or removes something in the store: all
    that a killed process leaves behind is what lies on the disk, and between two moments only
    the engine and libraries that write a file's content change that. `met` is called at the
    first.
    """
    seen = [0]

    def calls(event: str, args: tuple[Any, ...]) -> None:
        touches = event == "open" or event.startswith(("os.", "shutil."))
        if touches and any(isinstance(a, str | os.PathLike) and str(store) in str(a) for a in args):
            seen[0] += 1
            if seen[0] == 1:
                met()
            if seen[0] == stop_at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(calls)
    return seen
