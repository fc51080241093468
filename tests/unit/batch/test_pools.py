"""Workers are processes that end with the batch; a cluster that is not there is named."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from odr_analysis.batch import pools
from odr_analysis.batch.pools import cluster, processes
from odr_analysis.errors import CannotStartError

ROOT = Path(__file__).parents[3]


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def until_gone(pid: int) -> bool:
    deadline = time.monotonic() + 10
    while lives(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not lives(pid)


def test_work_is_done_in_other_processes_that_are_gone_afterwards() -> None:
    with processes(2) as executor:
        pid = executor.submit(os.getpid).result(30)
    assert pid != os.getpid()
    assert until_gone(pid)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_batch_that_is_stopped_does_not_wait_for_what_is_at_work() -> None:
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt), processes(1) as executor:  # noqa: PT012 - it is stopped
        pid = executor.submit(os.getpid).result(30)
        executor.submit(time.sleep, 300)
        raise KeyboardInterrupt
    assert until_gone(pid)
    assert time.monotonic() - began < 60


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_workers_of_a_batch_that_is_killed_end() -> None:
    code = (
        "import os, time; from odr_analysis.batch.pools import processes\n"
        "if __name__ == '__main__':\n"
        "    with processes(1) as pool:\n"
        "        print(pool.submit(os.getpid).result(), flush=True)\n"
        "        pool.submit(time.sleep, 300).result()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as batch:
        assert batch.stdout
        worker = int(batch.stdout.readline())
        assert lives(worker)
        batch.kill()
    assert until_gone(worker)


def test_a_cluster_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "CONNECT", 1)
    for address in ("tcp://127.0.0.1:9", "nonsense://x"):
        with pytest.raises(CannotStartError, match=f"--dask {address}: no cluster"):  # noqa: SIM117
            with cluster(address):
                pass


def test_an_address_that_is_none_leaves_no_client_behind() -> None:
    code = (
        "from odr_analysis.batch.pools import cluster\n"
        "from odr_analysis.errors import CannotStartError\n"
        "for address in ('nonsense', 'http://localhost:80', 'tls://127.0.0.1:9', 'tcp://[::1'):\n"
        "    try:\n"
        "        with cluster(address): pass\n"
        "    except CannotStartError as error: print(error)"
    )
    done = subprocess.run(  # it took half a minute to end, with a traceback of each client
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=20
    )
    assert done.stderr == ""
    assert done.stdout.count("no cluster answers there") == 4


def test_without_dask_the_message_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(CannotStartError, match=r"pip install .odr-analysis\[dask\]"):  # noqa: SIM117
        with cluster("tcp://127.0.0.1:9"):
            pass
