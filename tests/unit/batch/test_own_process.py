"""A call in another process: what it returns or raises comes back, and it ends when it must."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest

from odr_analysis.batch.own_process import in_own_process
from odr_analysis.errors import FrameError, MachineError
from odr_analysis.reports.limits import Limits, memory_used
from odr_analysis.reports.warm import Server, can_fork
from tests.unit.batch import calls


@pytest.fixture(scope="module", params=["forked", "started"] if can_fork() else ["started"])
def server(request: pytest.FixtureRequest) -> Iterator[Server | None]:
    if request.param == "started":
        yield None
    else:
        with Server() as one:
            yield one


def called(server: Server | None, call: Any, **limits: Any) -> Any:
    return in_own_process(call, server, Limits(**limits))


def test_what_it_returns_comes_back(server: Server | None) -> None:
    number, told = called(server, partial(calls.talks, "text"))
    assert told == "text"
    assert number != os.getpid()


def test_what_it_raises_comes_back_with_its_fields(server: Server | None) -> None:
    with pytest.raises(FrameError) as caught:
        called(server, calls.finds_problems)
    assert caught.value.problems == ["one", "two"]
    with pytest.raises(MachineError, match="ZeroDivisionError: ") as other:
        called(server, partial(calls.fails, 100_000))
    assert "fails" in other.value.details
    assert not other.value.passing


def test_limits_end_it(server: Server | None) -> None:
    began = time.monotonic()
    with pytest.raises(MachineError, match="longer than the 1 s"):
        called(server, partial(time.sleep, 600), seconds=1.0)
    with pytest.raises(MachineError, match="of memory"):
        called(server, calls.takes_memory, memory=memory_used() + 200_000_000)
    assert time.monotonic() - began < 60


def test_a_process_that_is_ended_may_be_tried_again(server: Server | None) -> None:
    for call, how in (
        (calls.kills_itself, f"signal {int(signal.SIGKILL)}"),
        (partial(os._exit, 3), "code 3"),
    ):
        with pytest.raises(MachineError, match=f"ended (by|with) {how}") as caught:
            called(server, call)
        assert caught.value.passing


def test_what_cannot_be_sent_starts_nothing() -> None:
    with pytest.raises((pickle.PicklingError, AttributeError)):
        called(None, lambda: 1)


def test_it_ends_with_whoever_asked(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    code = (
        "from functools import partial; from tests.unit.batch import calls;"
        "from odr_analysis.batch.own_process import in_own_process;"
        "from odr_analysis.reports.limits import Limits;"
        f"in_own_process(partial(calls.sleeps, {str(told)!r}), None, Limits())"
    )
    with subprocess.Popen([sys.executable, "-c", code]) as asker:
        until(lambda: told.is_file() and told.read_text("utf-8"))
        number = int(told.read_text("utf-8"))
        assert psutil.pid_exists(number)
        asker.kill()
    until(lambda: not psutil.pid_exists(number) or psutil.Process(number).status() == "zombie")


def until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)
