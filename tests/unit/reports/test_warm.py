"""Forked processes: their streams, how they end, and that each starts fresh."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from odr_analysis.reports import run_report, runner, warm
from odr_analysis.reports.warm import SHARED, Server, can_fork

pytestmark = pytest.mark.skipif(not can_fork(), reason="processes are not forked on this system")


@pytest.fixture(scope="module", autouse=True)
def own_functions() -> Iterator[None]:
    """Servers find the functions of these tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parents[3]), prepend=os.pathsep)
        yield


@pytest.fixture(scope="module")
def server(own_functions: None) -> Iterator[Server]:
    with Server() as one:
        yield one


def ran(server: Server, name: str, asked: str = "") -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a function of `forked`."""
    pipes = [os.pipe() for _ in range(3)]
    process = server.fork(f"{__package__}.forked:{name}", (pipes[0][0], pipes[1][1], pipes[2][1]))
    for end in (pipes[0][0], pipes[1][1], pipes[2][1]):
        os.close(end)
    with open(pipes[0][1], "w") as given:
        given.write(asked)
    with open(pipes[1][0]) as out, open(pipes[2][0]) as err:
        return process.wait(30), out.read(), err.read()


def test_it_has_streams_of_its_own(server: Server) -> None:
    assert ran(server, "echo", "hello\n") == (0, "HELLO\n", "beside\n")


def test_it_is_a_session_of_its_own_forked_by_the_server(server: Server) -> None:
    code, out, _ = ran(server, "print_number")
    pid, parent, session = map(int, out.split())
    assert code == 0
    assert session == pid
    assert parent == server._process.pid


@pytest.mark.parametrize(
    ("name", "code"), [("end_with_seven", 7), ("be_killed", -signal.SIGKILL), ("fail", 1)]
)
def test_how_it_ended_is_known(server: Server, name: str, code: int) -> None:
    ended, _, err = ran(server, name)
    assert ended == code
    assert ("ZeroDivisionError: no such thing" in err) == (name == "fail")
    # Nothing of it reaches the server or the next.
    assert ran(server, "echo", "again\n")[:2] == (0, "AGAIN\n")


def test_what_is_shared_is_imported_once(server: Server) -> None:
    _, out, _ = ran(server, "print_modules")
    assert set(SHARED) < set(out.split())


def test_files_of_the_folder_it_starts_in_are_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "numpy.py").write_text("raise SystemExit('a file of the user')")
    monkeypatch.chdir(tmp_path)
    with Server() as server:
        assert ran(server, "echo", "hello\n")[:2] == (0, "HELLO\n")


def test_the_server_has_no_threads_that_a_fork_would_lose(server: Server) -> None:
    """pyarrow starts one on import, which has nothing to do yet."""
    assert int(ran(server, "print_threads_of_parent")[1]) <= 2


def test_each_draws_numbers_of_its_own(server: Server) -> None:
    first, second = (ran(server, "print_draws")[1].split() for _ in range(2))
    assert not set(first) & set(second)


def test_one_that_sleeps_can_be_ended_and_waited_for(server: Server) -> None:
    ours, theirs = os.pipe()
    process = server.fork(f"{__package__}.forked:sleep", (0, theirs, 2))
    os.close(theirs)
    with open(ours) as out:
        assert out.readline() == "asleep\n"
        assert process.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.05)
        process.terminate()
        assert process.wait(10) == -signal.SIGTERM
    process.kill()  # as often as one likes


ONE_ID = """
import json, os, socket
channel = socket.socket(fileno={fileno})
for number in range(2):
    given = json.loads(socket.recv_fds(channel, 1 << 16, 16)[0])["number"]
    answers = [dict(number=given, pid={pid})] + [dict(number=given, code=-9)] * (number == 0)
    channel.sendall(b"".join(json.dumps(one).encode() + b"\\n" for one in answers))
channel.recv(1)
"""
"""A server that gives the process of its first request, which ends, and the next the same id."""


def test_a_process_with_the_id_of_one_that_ended_is_alive_and_is_killed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ids come again after some 30,000 processes, as many as a batch of 1,000 accounts starts."""
    with subprocess.Popen(["sleep", "20"]) as alive:

        def program(text: str) -> list[str]:
            (fileno,) = re.findall(r"serve\((\d+)", text)
            return [sys.executable, "-c", ONE_ID.format(fileno=fileno, pid=alive.pid)]

        monkeypatch.setattr(warm, "python", program)
        with Server() as own:
            ended = own.fork("", (0, 1, 2))
            assert ended.wait(30) == -signal.SIGKILL
            again = own.fork("", (0, 1, 2))
            assert again.pid == alive.pid
            assert again.poll() is None
            ended.kill()
            assert alive.poll() is None, "it is another's by now"
            again.kill()
            assert alive.wait(30) == -signal.SIGKILL


def test_a_server_whose_user_is_gone_ends_quietly(capfd: pytest.CaptureFixture[str]) -> None:
    """Also where it has a request left, and nobody to report it to."""
    with Server() as server:
        assert ran(server, "echo")[0] == 0
        server._process.send_signal(signal.SIGSTOP)
        server.fork(f"{__package__}.forked:end_with_seven", (0, 1, 2))
        server._socket.shutdown(socket.SHUT_RDWR)
        server._process.send_signal(signal.SIGCONT)
        assert server._process.wait(10) == 0
    assert "Traceback" not in capfd.readouterr().err


def test_without_its_server_a_process_counts_as_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the server never came to fork it."""
    with Server() as server:
        process = server.fork(f"{__package__}.forked:sleep", (0, 1, 2))
        assert process.pid
        server._process.kill()
        assert process.wait(10) == warm.GONE
        os.kill(process.pid, signal.SIGKILL)
    monkeypatch.setattr(warm, "SHARED", ("no_such_module",))
    with Server() as server:
        server._process.kill()
        late = server.fork(f"{__package__}.forked:echo", (0, 1, 2))
        assert late.wait(10) == warm.GONE
        late.terminate()
        # By now the connection is broken too.
        assert server.fork(f"{__package__}.forked:echo", (0, 1, 2)).wait(10) == warm.GONE


def test_where_processes_are_not_forked_a_report_is_the_same(
    seller: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forked = run_report(seller, tmp_path / "a", cache=None).summary
    monkeypatch.setattr(runner, "can_fork", lambda: False)
    monkeypatch.setattr(runner, "Server", None)
    alone = run_report(seller, tmp_path / "b", cache=None).summary
    assert forked["rates"] == alone["rates"]
    assert forked.keys() == alone.keys()


def test_a_report_that_is_killed_leaves_no_process(seller: Path, tmp_path: Path) -> None:
    """Kernel and reading process notice that nobody asks any more."""
    command = [sys.executable, "-m", "odr_analysis.cli", "report", str(seller)]
    mark = f"odr-test-{os.getpid()}"
    with subprocess.Popen(
        [*command, "--out", str(tmp_path / "out"), "--no-cache"],
        stderr=subprocess.PIPE,
        env={**os.environ, "ODR_TEST_MARK": mark},
        text=True,
    ) as report:
        assert report.stderr is not None
        report.stderr.readline()
        assert len(_with(mark)) > 1
        report.kill()
        report.stderr.close()
    until = time.monotonic() + 20
    while _with(mark) and time.monotonic() < until:
        time.sleep(0.1)
    assert _with(mark) == []


def _with(mark: str) -> list[int]:
    """Numbers of the processes that carry a mark in their environment."""
    found = []
    for place in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark.encode() in place.read_bytes():
                found.append(int(place.parent.name))
        except OSError:  # it has ended meanwhile
            continue
    return found
