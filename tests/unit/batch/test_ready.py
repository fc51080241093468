"""What a worker has ready for its reports: nothing large is imported again, nothing is lost."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from odr_analysis.batch.ready import MODULES
from odr_analysis.batch.worker import READY
from odr_analysis.reports.warm import Server, can_fork

pytestmark = pytest.mark.skipif(not can_fork(), reason="processes are not forked on this system")
SMALL = ("encodings.", "pandas.core.arrays.arrow.", "pandas.core.methods.", "ibis.expr.types.")
"""Modules that a file calls for, or of a moment."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parents[3]), prepend=os.pathsep)
        with Server(READY) as one:
            yield one


def printed(server: Server, name: str, given: str = "") -> str:
    process = server.fork_with_pipes(f"{__package__}.forked_new:{name}")
    assert process.stdin
    assert process.stdout
    with process.stdin, process.stdout:
        process.stdin.write(f"{given}\n")
        process.stdin.flush()
        return process.stdout.read()


def test_a_report_imports_nothing_that_takes_time(server: Server, seller: Path) -> None:
    new = json.loads(printed(server, "modules_of_report", str(seller)))
    assert [name for name in new if not name.startswith(SMALL)] == []
    assert not set(new) & set(MODULES)


def test_the_server_has_no_thread_that_a_fork_would_lose(server: Server) -> None:
    """pyarrow starts one on import, which has nothing to do yet."""
    threads, models = printed(server, "threads_of_server").split()
    assert int(threads) <= 2
    assert models == "1"
