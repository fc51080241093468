"""``odr batch`` as a scheduler meets it, with real reports: broken accounts, kills, a cluster."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from threading import Timer
from typing import Any

import jsonschema
import nbformat
import pytest

from odr_analysis import write_sample
from odr_analysis.batch.accounts import load_batch
from odr_analysis.batch.index.index_files import index_schema
from odr_analysis.batch.run import How, run_batch
from odr_analysis.cli.batch import NOT_STARTED, SOME_FAILED, Size
from tests.commands import odr
from tests.unit.batch.alerts.receivers import webhook

ROOT = Path(__file__).parents[3]
GOOD = ("North", "South", "East")
TWO = GOOD[:2]
DAY = "2026-09-30"


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of three good accounts and two broken ones."""
    home = tmp_path_factory.mktemp("accounts")
    text = ""
    for n, name in enumerate(GOOD):
        write_sample(home / name, orders=120, seed=n, scenario="tiny")
        text += f'[[account]]\nname = "{name}"\nfolder = "{name}"\n'
    (home / "Torn").mkdir()
    (home / "Torn/orders.txt").write_text("not an export")
    for name in ("Torn", "Missing"):
        text += f'[[account]]\nname = "{name}"\nfolder = "{name}"\n'
    (home / "accounts.toml").write_text(text, "utf-8")
    return home / "accounts.toml"


def some(*names: str) -> list[str]:
    """Options for these accounts alone."""
    return [part for name in names for part in ("--only", name)]


def command(accounts: Path, out: Path, *more: str) -> subprocess.Popen[str]:
    """A batch in a process of its own."""
    arguments = ["batch", accounts, "--out", out, "--as-of", DAY, "--jobs", "2", *more]
    return subprocess.Popen(
        [sys.executable, "-m", "odr_analysis.cli", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@pytest.fixture(scope="module")
def undisturbed(accounts: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int, str]:
    """Output folder, exit code and output of a batch that nobody disturbs."""
    out = tmp_path_factory.mktemp("undisturbed")
    with command(accounts, out) as run:
        told, _ = run.communicate(timeout=300)
    return out, run.returncode, told


def reports(out: Path, names: tuple[str, ...] = GOOD) -> dict[str, Any]:
    """What the reports of some accounts are, without the times of their runs."""
    found: dict[str, Any] = {}
    for name in names:
        place = out / "accounts" / name
        for file in ("summary.json", "report.html", "defective-orders.csv"):
            found[f"{name}/{file}"] = (place / file).read_bytes()
        told = nbformat.read(place / "report.ipynb", as_version=4)
        found[f"{name}/cells"] = [(c.source, c.get("outputs")) for c in told.cells]
    return found


def test_broken_accounts_are_named_and_cost_the_others_nothing(
    undisturbed: tuple[Path, int, str],
) -> None:
    out, code, told = undisturbed
    assert code == SOME_FAILED, told
    assert told.splitlines()[-1] == "5 accounts: 3 made, 0 unchanged, 2 failed."
    assert "Traceback" not in told
    assert sum(line.startswith("made ") for line in told.splitlines()) == 3
    index = json.loads((out / "index.json").read_text("utf-8"))
    jsonschema.validate(index, index_schema())
    reasons = {one["account"]: one["reason"] for one in index["accounts"]}
    assert "no such folder" in reasons["Missing"]
    assert "order" in reasons["Torn"]
    assert {reasons[name] for name in GOOD} == {""}
    assert (out / "accounts/Torn/failed.html").is_file()
    assert (out / "index.html").is_file()
    for name in GOOD:
        summary = json.loads((out / "accounts" / name / "summary.json").read_text("utf-8"))
        assert (summary["account"], summary["as_of"]) == (name, DAY)


def test_a_second_run_makes_nothing_anew(
    accounts: Path, undisturbed: tuple[Path, int, str]
) -> None:
    out, _, _ = undisturbed
    before = reports(out)
    with command(accounts, out, "--quiet", *some(*GOOD)) as run:
        told, _ = run.communicate(timeout=300)
    assert told.splitlines()[-1] == "5 accounts: 0 made, 3 unchanged, 0 failed, 2 left out."
    assert reports(out) == before
    index = json.loads((out / "index.json").read_text("utf-8"))
    jsonschema.validate(index, index_schema())


def test_killed_at_any_moment_a_second_run_completes_it(
    accounts: Path, undisturbed: tuple[Path, int, str], tmp_path: Path
) -> None:
    chosen, two = random.Random(7), some(*TWO)
    for _ in range(2):
        with command(accounts, tmp_path, *two) as run:
            time.sleep(chosen.uniform(1, 6))
            run.send_signal(signal.SIGKILL)
        # What is there is whole.
        for summary in tmp_path.glob("accounts/*/summary.json"):
            assert json.loads(summary.read_text("utf-8"))["as_of"] == DAY
    with command(accounts, tmp_path, *two) as run:
        told, _ = run.communicate(timeout=300)
    assert "2 made" in told or "unchanged" in told, told
    assert reports(tmp_path, TWO) == reports(undisturbed[0], TWO)
    assert not [*tmp_path.glob("accounts/*/.odr-*")], "nothing is left in the making"


def test_a_cluster_gives_the_same_and_loses_no_account_with_a_worker(
    accounts: Path, undisturbed: tuple[Path, int, str], tmp_path: Path
) -> None:
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address=None,
        silence_logs=50,
        local_directory=str(tmp_path / "dask"),
    ) as cluster:
        pids = [worker.pid for worker in cluster.workers.values()]
        # By then each of the two is at work on its account.
        killer = Timer(4, os.kill, (pids[0], signal.SIGKILL))
        killer.start()
        done = run_batch(
            load_batch(accounts),
            tmp_path / "out",
            date.fromisoformat(DAY),
            How(dask=cluster.scheduler_address, names=TWO, retries=0),
        )
        killer.join()
        assert not set(pids) <= {worker.pid for worker in cluster.workers.values()}
    statuses = {one.account: one.status for one in done.outcomes if one.account in TWO}
    assert statuses == dict.fromkeys(TWO, "made")
    assert reports(tmp_path / "out", TWO) == reports(undisturbed[0], TWO)


@pytest.mark.parametrize(
    ("text", "arguments", "says"),
    [
        ('[[account]]\nname = "a/b"\nfolder = "x"', [], "'/'"),
        ('[[account]]\nname = "A"\nfolder = "x"', ["--only", "B"], "--only"),
        ('[[account]]\nname = "A"\nfolder = "x"', ["--notebook", "none"], "no notebook 'none'"),
        ('[[account]]\nname = "A"\nfolder = "x"', ["--dask", "tcp://127.0.0.1:9"], "--dask"),
    ],
)
def test_what_cannot_start_says_so_and_ends_with_its_own_code(
    tmp_path: Path, text: str, arguments: list[str], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("odr_analysis.batch.pools.CONNECT", 1)
    (tmp_path / "accounts.toml").write_text(text)
    where = [tmp_path / "accounts.toml", "--out", tmp_path / "out", "--as-of", DAY]
    done = odr("batch", *where, *arguments)
    assert done.exit_code == NOT_STARTED, done.output
    assert done.stderr.startswith("odr: the batch could not start. ")
    assert says in done.stderr
    assert "Traceback" not in done.output


def test_a_file_of_accounts_that_cannot_be_used_is_a_message_too(tmp_path: Path) -> None:
    """An edited file is why a batch does not start, more often than all else."""
    where = [tmp_path / "accounts.toml", "--out", tmp_path / "out", "--as-of", DAY]
    with webhook() as (got, hook):
        account = '[[account]]\nname = "Secret Shop"\nfolder = "x"\ncolour = "red"\n'
        ops = f'[recipients.ops]\nurl = "{hook}"\n[recipients.bad]\nurl = "$ODR_NOWHERE"\n'
        (tmp_path / "accounts.toml").write_text(account + ops)
        done = odr("batch", *where)
        assert done.exit_code == NOT_STARTED, done.output
        assert "unknown key 'colour'" in done.stderr
        assert "ops (" in done.stderr
        assert "bad: not sent. " in done.stderr
        (tmp_path / "accounts.toml").write_text("[[account]\n" + ops)
        done = odr("batch", *where)
    assert done.exit_code == NOT_STARTED, done.output
    assert "No message was sent: no recipient can be read in" in done.stderr
    ((title, text),) = [(body["title"], body["message"]) for body in got]
    assert title == "ODR 30 Sep 2026: the batch did not start"
    assert "accounts.toml cannot be used" in text
    assert "Secret Shop" not in text, "not every recipient may know of every account"


def test_a_recipient_that_cannot_be_used_ends_with_the_code_of_a_batch_not_started(
    tmp_path: Path,
) -> None:
    text = '[[account]]\nname = "A"\nfolder = "x"\n[recipients.ops]\nurl = "$ODR_NOWHERE"\n'
    (tmp_path / "accounts.toml").write_text(text)
    done = odr("batch", tmp_path / "accounts.toml", "--out", tmp_path / "out", "--as-of", DAY)
    assert done.exit_code == NOT_STARTED, done.output
    assert done.stderr.count("the batch could not start") == 1


def test_sizes_are_read_as_they_are_written() -> None:
    assert [Size().convert(text, None, None) for text in ("2GB", "1.5 mb")] == [
        2 * 10**9,
        1_500_000,
    ]
    done = odr("batch", "x.toml", "--out", "out", "--memory", "plenty")
    assert done.exit_code == 2
    assert "write it like 2GB" in done.output
