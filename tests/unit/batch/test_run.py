"""A batch as a whole, its reports made by a quick stand-in: counts, lock, history, faults."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from odr_analysis.batch import run
from odr_analysis.batch.accounts import Batch, BatchAccount
from odr_analysis.batch.index.history_page import HISTORY, read_history
from odr_analysis.batch.outcome import Outcome
from odr_analysis.batch.run import LOCK, Done, How, run_batch
from odr_analysis.errors import CannotStartError
from odr_analysis.progress import Step
from odr_analysis.scratch import alone
from tests.unit.batch.works import DAY, threads, work

TODAY = date(2026, 11, 29)


@pytest.fixture(autouse=True)
def in_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ODR_TEST_THREADS", "1")
    monkeypatch.setattr(run, "processes", threads)


def batch_of(**accounts: dict[str, Any]) -> Batch:
    return Batch(tuple(BatchAccount(name, "x", parameters=p) for name, p in accounts.items()))


def ran(batch: Batch, out: Path, how: How | None = None, **more: Any) -> Done:
    return run_batch(batch, out, DAY, how or How(jobs=2), today=TODAY, work=work, **more)


def test_every_account_has_an_outcome_a_history_and_a_place_on_the_index(tmp_path: Path) -> None:
    steps: list[Step] = []
    said: list[Outcome] = []
    batch = batch_of(Shoes={}, Bad={"fail": "No orders."}, Books={})
    done = ran(batch, tmp_path / "out", progress=steps.append, ended=said.append)
    assert done.counts == {"made": 2, "unchanged": 0, "failed": 1, "left out": 0}
    assert [one.account for one in done.outcomes] == ["Shoes", "Bad", "Books"]
    assert {one.account for one in said} == {"Shoes", "Bad", "Books"}
    assert (steps[-2].done, steps[-2].total, steps[-2].note) == (3, 3, "3 of 3, 1 failed")
    index = json.loads((tmp_path / "out/index.json").read_text("utf-8"))
    assert {one["account"] for one in index["accounts"]} == {"Shoes", "Bad", "Books"}
    (line,) = read_history(tmp_path / "out/accounts/Bad" / HISTORY)
    assert (line["status"], line["reason"], line["day"]) == ("failed", "No orders.", str(DAY))
    assert (tmp_path / "out/accounts/Bad/history.html").is_file()
    assert not (tmp_path / "out" / LOCK).exists()


def test_accounts_left_out_are_on_the_index_as_they_were(tmp_path: Path) -> None:
    batch = batch_of(Shoes={}, Bad={"fail": "No orders."}, New={})
    how = How(names=("Shoes", "Bad"))
    counts = ran(batch, tmp_path, how).counts
    assert counts == {"made": 1, "unchanged": 0, "failed": 1, "left out": 1}
    found = {one.account: one for one in ran(batch, tmp_path, How(names=("Shoes",))).outcomes}
    assert found["Shoes"].status == "made"
    assert (found["Bad"].status, found["Bad"].reason) == ("left out", "No orders.")
    assert (found["New"].status, found["New"].reason) == ("left out", "")
    found = {one.account: one for one in ran(batch, tmp_path, How(names=("New",))).outcomes}
    assert (found["Shoes"].status, found["Shoes"].attempts) == ("left out", 0)
    assert len(read_history(tmp_path / "accounts/Shoes" / HISTORY)) == 2


def test_one_batch_at_a_time(tmp_path: Path) -> None:
    notes: list[str] = []
    with alone(tmp_path / LOCK):
        assert ran(batch_of(A={}), tmp_path, How(skip_if_running=True)).skipped
        assert not (tmp_path / "index.json").exists()
        waits = Thread(target=ran, args=(batch_of(A={}), tmp_path), kwargs={"note": notes.append})
        waits.start()
        waits.join(0.3)
        assert waits.is_alive()
    waits.join(20)
    assert (tmp_path / "index.json").exists()
    assert "another batch is at work" in notes[0]


@pytest.mark.parametrize(
    ("how", "day", "says"),
    [
        (How(names=("Shoe",)), DAY, "no account is called 'Shoe'; did you mean 'Shoes'"),
        (How(notebook="06-none"), DAY, "no notebook '06-none'"),
        (How(dask="tcp://127.0.0.1:9"), DAY, "no cluster answers there"),
        (How(), date(2026, 12, 24), "is after today"),
    ],
)
def test_what_keeps_a_batch_from_starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: How, day: date, says: str
) -> None:
    monkeypatch.setattr("odr_analysis.batch.pools.CONNECT", 1)
    with pytest.raises(CannotStartError, match=says):
        run_batch(batch_of(Shoes={}), tmp_path, day, how, today=TODAY, work=work)
    assert not (tmp_path / "accounts").exists()


def test_a_place_that_cannot_be_written_keeps_it_from_starting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for out in (tmp_path / "file", Path("/proc/out")):
        with pytest.raises(CannotStartError, match=f"{out}: cannot be written .*--out"):
            ran(batch_of(Shoes={}), out)


def test_a_notebook_without_a_day_is_none_for_a_batch(tmp_path: Path) -> None:
    cell = {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "outputs": []}
    cell |= {"source": 'folder: str = "x"', "execution_count": None, "id": "a"}
    spec = {"name": "python3", "display_name": "3", "language": "python"}
    told = {"cells": [cell], "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "own.ipynb").write_text(json.dumps(told))
    with pytest.raises(CannotStartError, match="have no 'as_of'"):
        ran(batch_of(Shoes={}), tmp_path / "out", How(notebook=str(tmp_path / "own.ipynb")))


def test_a_history_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "accounts/Shoes").mkdir(parents=True)
    (tmp_path / "accounts/Shoes" / HISTORY).mkdir()
    notes: list[str] = []
    assert ran(batch_of(Shoes={}, Books={}), tmp_path, note=notes.append).counts["made"] == 2
    assert notes[0].startswith("Shoes: its history could not be written")
    assert os.path.exists(tmp_path / "index.html")


@pytest.mark.parametrize(
    ("how", "says"),
    [({"timeout": float("nan")}, "--timeout must be more than 0"), ({}, "reads")],
)
def test_limits_and_places_that_cannot_be_keep_a_batch_from_starting(
    tmp_path: Path, how: dict[str, float], says: str
) -> None:
    within = tmp_path / "exports" / "out" if not how else tmp_path / "out"
    batch = Batch((BatchAccount("A", str(tmp_path / "exports")),))
    with pytest.raises(CannotStartError, match=says):
        ran(batch, within, How(**how))
    assert not within.exists()


def test_what_may_be_a_slip_in_the_file_is_noted(tmp_path: Path) -> None:
    notes: list[str] = []
    batch = Batch((BatchAccount("A", str(tmp_path / "a")),), notes=("A and B read one folder.",))
    ran(batch, tmp_path / "out", note=notes.append)
    assert notes == ["A and B read one folder."]
