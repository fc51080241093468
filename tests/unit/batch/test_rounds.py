"""Which accounts are tried again, how often, and that a worker which dies loses none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path

import pytest

from odr_analysis.batch import rounds
from odr_analysis.batch.outcome import FAILED_NOTEBOOK, FAILED_PAGE, LOG, Outcome
from odr_analysis.batch.pools import processes
from odr_analysis.batch.rounds import LOST, outcomes
from odr_analysis.batch.worker import Task
from odr_analysis.errors import MachineError
from tests.unit.batch.works import task, threads, tries_of, work


@pytest.fixture(autouse=True)
def in_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ODR_TEST_THREADS", "1")


def ended(tasks: list[Task], jobs: int = 2, retries: int = 2) -> tuple[dict[str, Outcome], list]:
    """Outcome of each account, and the pauses that were made."""
    pauses: list[float] = []
    found = list(outcomes(tasks, work, threads, jobs, retries, pauses.append))
    assert Counter(one.account for one in found) == Counter(one.account.name for one in tasks)
    return {one.account: one for one in found}, pauses


def test_what_stays_wrong_is_tried_once_and_what_passes_again(tmp_path: Path) -> None:
    tasks = [task(tmp_path, "good"), task(tmp_path, "bad", fail="No orders.")]
    tasks.append(task(tmp_path, "full", **{"pass": "Disk full."}))
    tasks.append(task(tmp_path, "always", **{"pass": "Disk full.", "times": 9}))
    found, pauses = ended(tasks)
    told = {name: (one.status, one.attempts, one.reason) for name, one in found.items()}
    assert told == {
        "good": ("made", 1, ""),
        "bad": ("failed", 1, "No orders."),
        "full": ("made", 2, ""),
        "always": ("failed", 3, "Disk full."),
    }
    assert found["always"].seconds == 3.0
    assert pauses == [2.0, 4.0]
    assert {*list(found)[:2]} == {"good", "bad"}, "they do not wait for those tried again"


def test_without_retries_nothing_is_tried_again(tmp_path: Path) -> None:
    found, pauses = ended([task(tmp_path, "full", **{"pass": "Disk full."})], retries=0)
    assert (found["full"].status, pauses) == ("failed", [])


@pytest.mark.parametrize("retries", [0, 2])
def test_an_account_that_ends_its_worker_costs_no_other(tmp_path: Path, retries: int) -> None:
    tasks = [task(tmp_path, f"good {n}", sleep=0.02) for n in range(6)]
    tasks.insert(2, task(tmp_path, "deadly", die=True))
    found, _ = ended(tasks, jobs=3, retries=retries)
    assert (found["deadly"].status, found["deadly"].reason) == ("failed", LOST)
    assert {one.status for one in found.values() if one.account != "deadly"} == {"made"}
    # Once with others, and then alone as often as it may.
    assert len(tries_of(tmp_path, "deadly")) == 2 + retries
    assert max(len(tries_of(tmp_path, f"good {n}")) for n in range(6)) <= 2


def test_what_an_earlier_failure_left_does_not_pass_for_that_of_a_lost_worker(
    tmp_path: Path,
) -> None:
    deadly = task(tmp_path, "deadly", die=True)
    deadly.place.mkdir(parents=True)
    for name in (FAILED_NOTEBOOK, FAILED_PAGE, LOG, "report.html"):
        (deadly.place / name).touch()
    found, _ = ended([deadly], retries=0)
    assert found["deadly"].reason == LOST
    assert [path.name for path in deadly.place.iterdir()] == ["report.html"]


def test_alone_it_is_to_blame_at_once(tmp_path: Path) -> None:
    found, pauses = ended([task(tmp_path, "a", die=True), task(tmp_path, "b")], jobs=1, retries=1)
    assert [found[name].status for name in ("a", "b")] == ["failed", "made"]
    assert (len(tries_of(tmp_path, "a")), pauses) == (2, [2.0])


def test_a_worker_killed_once_loses_no_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With processes of their own."""
    monkeypatch.delenv("ODR_TEST_THREADS")
    monkeypatch.setattr(rounds, "FIRST_PAUSE", 0.0)
    tasks = [task(tmp_path, f"good {n}") for n in range(3)]
    tasks.insert(1, task(tmp_path, "once", die=True, once=True))
    found = list(outcomes(tasks, work, processes, 2, 0))
    assert {one.account: one.status for one in found} == {t.account.name: "made" for t in tasks}


def test_a_fault_of_this_program_is_not_hidden(tmp_path: Path) -> None:
    def broken(_: Task) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(outcomes([task(tmp_path, "a")], broken, threads, 2, 2))


def test_without_a_cluster_what_is_left_fails_for_that(tmp_path: Path) -> None:
    opened: list[int] = []

    @contextmanager
    def once(n: int) -> Iterator[Executor]:
        opened.append(n)
        if len(opened) > 1:
            raise MachineError("The cluster does not answer any more.")
        with threads(n) as executor:
            yield executor

    tasks = [task(tmp_path, f"good {n}") for n in range(4)]
    tasks.insert(1, task(tmp_path, "deadly", die=True, sleep=0.05))
    found = {one.account: one for one in outcomes(tasks, work, once, 2, 2, lambda _: None)}
    assert set(found) == {one.account.name for one in tasks}
    failed = {one.reason for one in found.values() if one.status == "failed"}
    assert failed == {"The cluster does not answer any more."}
    assert found["deadly"].status == "failed"
