"""What stands for the making of a report in tests of the run: quick, and as bad as asked.

An account's parameters say what becomes of it: ``fail`` and ``pass`` are reasons, of failures that
stay and of those that pass after the first try; ``die`` ends the worker, ``once`` only once.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from odr_analysis.batch.accounts import BatchAccount
from odr_analysis.batch.outcome import Outcome
from odr_analysis.batch.worker import Attempt, Task

DAY = date(2026, 9, 30)


def task(out: Path, name: str, **parameters: Any) -> Task:
    account = BatchAccount(name, str(out), parameters=parameters)
    return Task(account, out, DAY, DAY, "05-report")


def work(task: Task) -> Attempt:
    """Keep a note of the try, and do what the account asks for."""
    asked, name = task.account.parameters, task.account.name
    notes = task.out / f"{name}.tries"
    with notes.open("a") as file:
        file.write(f"{os.getpid()} {task.attempt}\n")
    tries = len(notes.read_text().splitlines())
    time.sleep(asked.get("sleep", 0))
    if asked.get("die") and (tries == 1 or not asked.get("once")):
        _die()
    reason = asked.get("fail") or (asked.get("pass") if tries <= asked.get("times", 1) else None)
    reason = reason or ""
    task.place.mkdir(parents=True, exist_ok=True)
    if not reason:
        # As many parts of a summary as the index asks of one without rates.
        told = {"account": name, "as_of": f"{task.day}", "policy": {}, "rates": [], "claims": []}
        told["reported_to"] = f"{task.day}"
        (task.place / "summary.json").write_text(json.dumps(told))
    outcome = Outcome(name, task.account.place, task.day, "failed" if reason else "made", reason)
    done = {"attempts": task.attempt, "seconds": 1.0, "finished": "2026-10-01T04:00:00+00:00"}
    return Attempt(replace(outcome, **done, summary=task.summary), passing="fail" not in asked)


def tries_of(out: Path, name: str) -> list[list[str]]:
    """Process and number of each try of an account."""
    return [line.split() for line in (out / f"{name}.tries").read_text().splitlines()]


def _die() -> None:
    if os.environ.get("ODR_TEST_THREADS"):
        raise _DiedError
    os.kill(os.getpid(), signal.SIGKILL)


class _DiedError(BrokenExecutor):
    """What a thread does in place of ending its process."""


class Breaking(Executor):
    """Threads that break as a pool of processes does: all that is at work is lost."""

    def __init__(self, n: int) -> None:
        self._threads, self._broken = ThreadPoolExecutor(n), False

    def submit(self, function: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        if self._broken:
            raise BrokenExecutor

        def run() -> Any:
            try:
                done = function(*args, **kwargs)
            except _DiedError:
                self._broken = True
                raise
            if self._broken:
                raise BrokenExecutor
            return done

        return self._threads.submit(run)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._threads.shutdown(wait, cancel_futures=cancel_futures)


@contextmanager
def threads(n: int) -> Iterator[Executor]:
    with Breaking(n) as executor:
        yield executor
