"""Limits of time and memory are noticed, and name their option."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from odr_analysis.errors import MachineError, ParameterError, passes
from odr_analysis.reports.limits import Limits, memory_used


def test_without_limits_nothing_is_looked_at() -> None:
    assert not Limits().any
    Limits().check()
    Limits(seconds=60, memory=1 << 50).check()


def test_time_that_is_up() -> None:
    limits = Limits(seconds=0.01)
    time.sleep(0.02)
    with pytest.raises(MachineError, match="--timeout") as caught:
        limits.check()
    assert not passes(caught.value), "it would take as long again"


@pytest.mark.parametrize(("seconds", "shown"), [(0.005, "0.005"), (1e-9, "1e-09")])
def test_a_part_of_a_second_is_no_0(seconds: float, shown: str) -> None:
    limits = Limits(seconds=seconds)
    time.sleep(0.02)
    with pytest.raises(MachineError, match=f"longer than the {shown} s"):
        limits.check()


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_a_time_that_is_none_is_no_limit(seconds: float) -> None:
    with pytest.raises(ParameterError, match="--timeout must be more than 0 seconds"):
        Limits(seconds=seconds)


def test_memory_of_processes_it_started_counts() -> None:
    before = memory_used()
    code = "x = bytearray(80_000_000); x[::4096] = b'a' * len(x[::4096]); print(); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout
        child.stdout.readline()
        used = memory_used()
        with pytest.raises(MachineError, match=r"needed [\d,]+ MB of memory.*--memory"):
            Limits(memory=before + 60_000_000).check()
        child.communicate("")
    assert used - before > 70_000_000
    Limits(memory=memory_used() + 60_000_000).check()
