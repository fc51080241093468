"""Waiting within what Amazon allows, and until somebody asks to stop."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from odr_analysis.fetching.patience import STOP, Allowance, Patience, StoppedError


def test_calls_are_spread_after_the_first_burst() -> None:
    """Against the plain rule: in any stretch of time, `burst` and what the rate adds."""
    allowance, now = Allowance(rate=0.5, burst=3), 100.0
    times = []
    for _ in range(10):
        now += allowance.wait(now)
        times.append(now)
    assert times == [100.0, 100.0, 100.0, *(102.0 + 2 * i for i in range(7))]
    allowance.wait(now + 1000)
    for i, begin in enumerate(times):
        for j, end in enumerate(times[i:], i):
            assert j - i + 1 <= 3 + 0.5 * (end - begin)


def test_waiting_takes_as_long_as_it_says(tmp_path: Path) -> None:
    begun = time.perf_counter()
    Patience(tmp_path, second=0.001).wait(50)
    assert 0.05 <= time.perf_counter() - begun < 1


def test_a_file_stops_it_before_and_meanwhile(tmp_path: Path) -> None:
    patience = Patience(tmp_path)
    patience.check()
    timer = threading.Timer(0.1, (tmp_path / STOP).touch)
    timer.start()
    begun = time.perf_counter()
    with pytest.raises(StoppedError, match="remove that file"):
        patience.wait(60)
    assert time.perf_counter() - begun < 5
    with pytest.raises(StoppedError):
        patience.check()
    timer.join()
