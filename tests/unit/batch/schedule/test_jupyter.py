"""Jupyter Scheduler runs the notebook as a real job, in a real Jupyter server on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from odr_analysis.batch.schedule.batch_notebook import FILE
from odr_analysis.batch.schedule.jupyter import jupyter_recipe
from tests.unit.batch.alerts.receivers import free_port
from tests.unit.batch.schedule.made_run import a_run, called

SECONDS = 120


class Scheduler:
    """A Jupyter server with the scheduler, asked over its own interface."""

    def __init__(self, port: int) -> None:
        self._address = f"http://127.0.0.1:{port}/"

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(
            self._address + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": "token t", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[Scheduler]:
    port = free_port()
    places = {f"JUPYTER_{n}_DIR": str(tmp_path / n.lower()) for n in ("RUNTIME", "DATA", "CONFIG")}
    log = (tmp_path / "server.log").open("wb")
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "jupyter", "server", "--ip=127.0.0.1", f"--port={port}"),
            *("--no-browser", "--allow-root", f"--ServerApp.root_dir={tmp_path}"),
            "--IdentityProvider.token=t",
            "--ServerApp.jpserver_extensions={'jupyter_scheduler': True}",
        ],
        stdout=log,
        stderr=subprocess.STDOUT,
        env=os.environ | places,
    )
    made = Scheduler(port)
    try:
        _wait(lambda: made.ask("api/status"), server, tmp_path / "server.log")
        yield made
    finally:
        # Its kernel has ended with its job; asked politely, the server takes seconds to go.
        server.kill()
        server.wait()
        log.close()


def _wait(ask: Any, server: subprocess.Popen[bytes], log: Path) -> Any:
    until = time.monotonic() + SECONDS
    while True:
        try:
            if found := ask():
                return found
        except OSError:
            pass
        assert server.poll() is None, log.read_text("utf-8", "replace")[-2000:]
        assert time.monotonic() < until, log.read_text("utf-8", "replace")[-2000:]
        time.sleep(0.2)


def test_a_job_of_the_scheduler_runs_the_batch(scheduler: Scheduler, tmp_path: Path) -> None:
    run = a_run(tmp_path)
    (tmp_path / FILE).write_text(jupyter_recipe(run).files[FILE], "utf-8")
    body = {
        "name": "nightly",
        "input_uri": FILE,
        "runtime_environment_name": scheduler.ask("scheduler/runtime_environments")[0]["name"],
        "output_formats": ["ipynb"],
    }
    job = scheduler.ask("scheduler/jobs", body)
    until = time.monotonic() + SECONDS
    while True:
        state = scheduler.ask(f"scheduler/jobs/{job['job_id']}")
        # A new job reads STOPPED until its process has begun.
        if state["status"] in ("COMPLETED", "FAILED"):
            break
        assert time.monotonic() < until, state
        time.sleep(0.3)
    assert state["status"] == "COMPLETED", state
    assert called(tmp_path) == run.arguments()

    timed = {**body, "schedule": run.cron, "timezone": run.timezone}
    made = scheduler.ask("scheduler/job_definitions", timed)
    definition = scheduler.ask(f"scheduler/job_definitions/{made['job_definition_id']}")
    assert (definition["schedule"], definition["timezone"]) == ("30 5 * * *", "Europe/Berlin")
    assert definition["active"]
