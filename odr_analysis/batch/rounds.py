"""Every account tried until its report is made, or trying again cannot help.

An executor runs the work; this only decides what is tried again and when. Accounts are handed over
a few at a time, so that it is known which were at work when a worker died.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    wait,
)
from dataclasses import replace
from datetime import UTC, datetime

from odr_analysis.batch.outcome import LOG, Outcome
from odr_analysis.batch.pools import Pool
from odr_analysis.batch.worker import Attempt, Task, forget_failure
from odr_analysis.errors import MachineError

FIRST_PAUSE, LONGEST_PAUSE = 2.0, 60.0
"""Seconds before the first retry, and at most before a later one; each is twice the one before."""
LOST = (
    "The worker process ended before the report was made, most often because memory ran out. Use "
    "fewer --jobs, or set --memory."
)

Work = Callable[[Task], Attempt]


def outcomes(
    tasks: Sequence[Task],
    work: Work,
    pool: Pool,
    jobs: int,
    retries: int,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[Outcome]:
    """The outcome of each task as it becomes final, in the order in which they do.

    What may pass by itself is tried again, up to `retries` times, after all others and a pause. A
    worker that dies takes others with it: those at work then are tried again one by one, which
    costs none of their tries, so that only the account that ends its worker can fail for it.

    Parameters
    ----------
    tasks : sequence of Task
    work : callable
        :func:`~odr_analysis.batch.worker.run_account`.
    pool : callable
        Opens an executor of so many workers.
    jobs : int
        Tasks at work at a time.
    retries : int
    pause : callable
        Waits for so many seconds.
    """
    spent: dict[str, float] = {}
    waiting, rest = list(tasks), FIRST_PAUSE
    while waiting:
        again: list[Task] = []
        suspects: list[Task] = []
        for task, attempt in _tried(waiting, work, pool, jobs):
            if attempt is None and jobs > 1:
                suspects.append(task)
                continue
            ended = attempt or _failed(task, LOST, passing=True)
            name = task.account.name
            spent[name] = spent.get(name, 0.0) + ended.outcome.seconds
            if ended.outcome.status == "failed" and ended.passing and task.attempt <= retries:
                again.append(replace(task, attempt=task.attempt + 1))
            else:
                yield replace(ended.outcome, seconds=spent[name])
        yield from outcomes(suspects, work, pool, 1, retries, pause)
        waiting = again
        if waiting:
            pause(rest)
            rest = min(2 * rest, LONGEST_PAUSE)


def _tried(
    tasks: Sequence[Task], work: Work, pool: Pool, jobs: int
) -> Iterator[tuple[Task, Attempt | None]]:
    """Each task once, with how it ended; None for one whose worker died."""
    left = deque(tasks)
    while left:
        try:
            with pool(jobs) as executor:
                yield from _until_broken(left, work, executor, jobs)
        except MachineError as gone:
            # There is nothing any more to make the others with.
            yield from ((task, _failed(task, str(gone), passing=False)) for task in left)
            return


def _until_broken(
    left: deque[Task], work: Work, executor: Executor, jobs: int
) -> Iterator[tuple[Task, Attempt | None]]:
    """Tasks taken from `left` until none is, or the executor has lost its workers."""
    flying: dict[Future[Attempt], Task] = {}
    broken = False
    while flying or (left and not broken):
        try:
            while left and not broken and len(flying) < jobs:
                flying[executor.submit(work, left[0])] = left[0]
                left.popleft()
        except BrokenExecutor:
            broken = True
        for future in wait(flying, return_when=FIRST_COMPLETED).done:
            task = flying.pop(future)
            try:
                attempt = future.result()
            except (BrokenExecutor, CancelledError):
                broken = True
                yield task, None
            except Exception as error:
                # Dask has a type of its own for a task that ended too many workers.
                if type(error).__name__ != "KilledWorker":
                    raise
                yield task, None
            else:
                yield task, attempt


def _failed(task: Task, reason: str, *, passing: bool) -> Attempt:
    """How an attempt ended of which no worker can report, nor has left anything to look at."""
    forget_failure(task.place, *([LOG] if task.attempt == 1 else []))
    account, finished = task.account, datetime.now(UTC).isoformat(timespec="seconds")
    outcome = Outcome(account.name, account.place, task.day, "failed", reason, task.attempt)
    return Attempt(replace(outcome, finished=finished, summary=task.summary), passing)
