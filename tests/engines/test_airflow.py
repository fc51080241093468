"""The recipe for Airflow followed to the letter, and run by Airflow in its own environment."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.commands import SAMPLE
from tests.commands import run as odr
from tests.engines.conftest import cannot_run

CHECK = Path(__file__).with_name("airflow_dag.py")
RUN_AFTER = "2026-09-29T23:30:00+00:00"
"""In Berlin it is the next day."""
TOO_LONG = 240
"""Seconds. Airflow outlives a signal to end, so it is killed."""


@pytest.fixture(scope="module")
def airflow() -> Path:
    """Python of the environment that has Airflow."""
    python = Path(os.environ.get("AIRFLOW_PYTHON", "nowhere"))
    if not python.exists():
        cannot_run("AIRFLOW_PYTHON is not that of an environment with Airflow.")
    return python


def test_the_recipe_runs_the_batch_and_a_retry_keeps_the_day(airflow, tmp_path):
    accounts, out, dags = tmp_path / "accounts.toml", tmp_path / "out", tmp_path / "dags"
    accounts.write_text('[[account]]\nname = "Shoes"\nfolder = "exports"\n', "utf-8")
    when = ("--at", "05:30", "--timezone", "Europe/Berlin")
    written = odr("schedule", "airflow", accounts, "--out", out, *when, "--into", dags)
    # The steps it names, for a user with a home of its own.
    home = {"HOME": str(tmp_path), "AIRFLOW_HOME": str(tmp_path / "airflow")}
    (dags / "odr-batch.ipynb").rename(tmp_path / "odr-batch.ipynb")
    (kernel,) = (line.split(": ")[1] for line in written.splitlines() if "ipykernel" in line)
    _call(shlex.split(kernel), **home)

    settings = {"AIRFLOW__CORE__DAGS_FOLDER": str(dags), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
    _call([airflow, "-m", "airflow", "db", "migrate"], **home, **settings)
    # The exports are late: the task fails, and its log says why.
    first, log = _run(airflow, dags, **home, **settings)
    assert first == {
        "dag": "odr_batch",
        "catchup": False,
        "operator": "PapermillOperator",
        "retries": 2,
        "warnings": [],
        "state": "failed",
    }
    assert "odr batch ended with code 4" in log
    assert f"{tmp_path / 'exports'}: no such folder" in log
    assert _index(out) == ("2026-09-29", 0, 1)

    shutil.copytree(SAMPLE, tmp_path / "exports")
    retry, log = _run(airflow, dags, **home, **settings)
    assert retry["state"] == "success", log
    assert _index(out) == ("2026-09-29", 1, 0)
    assert (out / "accounts" / "Shoes" / "report.html").exists()
    done = nbformat.read(tmp_path / "odr-batch-last-run.ipynb", 4)
    assert done.metadata.kernelspec.name == "odr"
    assert any("1 account: 1 made" in str(cell.get("outputs")) for cell in done.cells)


def _call(command: list[str | Path], **variables: str) -> str:
    """What a command prints, which must end well."""
    own = {k: v for k, v in os.environ.items() if not k.startswith(("AIRFLOW_", "JUPYTER_"))}
    done = subprocess.run(
        command,
        env=own | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=TOO_LONG,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def _run(airflow: Path, dags: Path, **variables: str) -> tuple[dict[str, Any], str]:
    """What Airflow made of the DAG, and its log."""
    log = _call([airflow, CHECK, dags, RUN_AFTER], **variables)
    return json.loads(log.splitlines()[-1]), log


def _index(out: Path) -> tuple[str, int, int]:
    index = json.loads((out / "index.json").read_text("utf-8"))
    return index["day"], index["counts"]["made"], index["counts"]["failed"]
