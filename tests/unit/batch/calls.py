"""Calls for another process, which finds them by name."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from odr_analysis.errors import FrameError


def talks(text: str) -> tuple[int, str]:
    """Print more than a pipe holds, to both streams."""
    sys.stdout.write("noise " * 50_000)
    sys.stderr.write("noise")
    return os.getpid(), text


def finds_problems() -> None:
    raise FrameError(["one", "two"])


def fails(n: int) -> float:
    raise ZeroDivisionError("x" * n)


def takes_memory() -> None:
    held = bytearray(800_000_000)
    held[::4096] = b"a" * len(held[::4096])
    time.sleep(600)


def kills_itself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def sleeps(place: str) -> None:
    Path(place).write_text(f"{os.getpid()}", "utf-8")
    time.sleep(600)
