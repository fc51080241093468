"""Things in the making are held by their process, and go once it has ended."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from odr_analysis import scratch
from odr_analysis.scratch import HEX, Held, alone, remove_free_locks, remove_left
from tests.downloads import without_rights

WAITS = """
import sys
from pathlib import Path
from odr_analysis.scratch import Held, alone
{}
    print("in", flush=True)
    sys.stdin.readline()
"""
IN_LOCK = "with alone(Path(sys.argv[1])):"
HOLDS = "with Held(Path(sys.argv[1]), 'x-') as held:\n    (held / 'file').touch()"


@contextmanager
def process(within: str, place: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that is within a lock or holds a folder until a line is sent to it."""
    with subprocess.Popen(
        [sys.executable, "-c", WAITS.format(within), str(place)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as started:
        try:
            yield started
        finally:
            started.kill()


def line(started: subprocess.Popen[str]) -> str:
    assert started.stdout is not None
    return started.stdout.readline().strip()


def kill(started: subprocess.Popen[str]) -> None:
    started.send_signal(signal.SIGKILL)
    started.wait()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def old(path: Path) -> None:
    os.utime(path, (0, 0), follow_symlinks=False)


def test_a_lock_keeps_other_processes_out_until_it_is_let_go(tmp_path: Path) -> None:
    lock = tmp_path / "a.lock"
    with process(IN_LOCK, lock) as one:
        assert line(one) == "in"
        with alone(lock, wait=False) as free:
            assert not free
        with process(IN_LOCK, lock) as two:
            assert one.stdin is not None
            one.stdin.write("\n")
            one.stdin.flush()
            assert line(two) == "in"
            with alone(lock, wait=False) as free:
                assert not free
    with alone(lock, wait=False) as free:
        assert free
    assert names(tmp_path) == []


def test_a_killed_process_holds_no_lock(tmp_path: Path) -> None:
    lock = tmp_path / "a.lock"
    with process(IN_LOCK, lock) as one:
        assert line(one) == "in"
        with process(IN_LOCK, lock) as two:
            kill(one)
            assert line(two) == "in", "who waited is within"
            kill(two)
    assert names(tmp_path) == ["a.lock"], "its file stays, and is free"
    remove_free_locks(tmp_path)
    assert names(tmp_path) == []


def test_a_lock_in_use_is_not_removed(tmp_path: Path) -> None:
    (tmp_path / "free.lock").touch()
    (tmp_path / "no-lock").touch()
    with process(IN_LOCK, tmp_path / "held.lock") as one:
        assert line(one) == "in"
        remove_free_locks(tmp_path)
        assert names(tmp_path) == ["held.lock", "no-lock"]


@pytest.mark.parametrize("place", ["missing/a.lock", "file/a.lock"])
def test_a_lock_makes_no_folder(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises((FileNotFoundError, NotADirectoryError)), alone(tmp_path / place):
        raise AssertionError("nothing may be done")
    assert names(tmp_path) == ["file"]


def test_a_lock_in_a_folder_that_may_only_be_read_is_refused() -> None:
    with without_rights() as base:
        (base / "in").mkdir(mode=0o555)
        with pytest.raises(PermissionError), alone(base / "in" / "a.lock"):
            raise AssertionError("nothing may be done")
        with pytest.raises(PermissionError):
            Held(base / "in")
        assert remove_left(base / "in", ".*") == 0


def test_where_a_file_system_has_no_locks_nobody_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fcntl = pytest.importorskip("fcntl")

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with alone(tmp_path / "a.lock") as one, alone(tmp_path / "a.lock", wait=False) as two:
        assert (one, two) == (True, False)
    with Held(tmp_path, "x-") as held:
        assert held.is_dir()
        assert remove_left(tmp_path, "x-.*") == 0, "nothing says that nobody holds it"
    assert names(tmp_path) == [], "no lock file stays behind either"


@pytest.mark.parametrize("file", [False, True])
def test_what_is_held_goes_with_its_lock(tmp_path: Path, file: bool) -> None:
    with Held(tmp_path, "x-", file=file) as held:
        assert held.is_file() is file
        assert names(tmp_path) == [held.name, f"{held.name}.lock"]
        assert remove_left(tmp_path, "x-.*") == 0
    assert names(tmp_path) == []


def test_what_was_renamed_stays(tmp_path: Path) -> None:
    with Held(tmp_path, "x-") as held:
        held.rename(tmp_path / "kept")
    assert names(tmp_path) == ["kept"]


def test_another_thread_may_let_it_go(tmp_path: Path) -> None:
    held = Held(tmp_path, "x-")
    other = threading.Thread(target=held.close)
    other.start()
    other.join()
    assert names(tmp_path) == []
    held.close()


def test_what_a_killed_process_held_is_removed_by_the_next(tmp_path: Path) -> None:
    with process(HOLDS, tmp_path) as one:
        assert line(one) == "in"
        assert remove_left(tmp_path, f"x-{HEX}") == 0
        kill(one)
    assert len(names(tmp_path)) == 2
    assert remove_left(tmp_path, "y-.*") == 0, "another name"
    assert remove_left(tmp_path, f"x-{HEX}") == 1
    assert names(tmp_path) == []


def test_without_a_lock_file_only_what_is_a_day_old_is_removed(tmp_path: Path) -> None:
    for name in ("x-old", "x-young", "x-used", "y-old"):
        (tmp_path / name).mkdir()
    (tmp_path / "x-used" / "file").touch()
    (tmp_path / "x-link").symlink_to(tmp_path)
    for path in tmp_path.iterdir():
        if path.name != "x-young":
            old(path)
    assert remove_left(tmp_path, "x-.*") == 1
    assert names(tmp_path) == ["x-link", "x-used", "x-young", "y-old"]


def test_a_lock_file_left_alone_is_removed(tmp_path: Path) -> None:
    """Of a process that was killed before it made the thing, or after it removed it."""
    (tmp_path / "x-1.lock").touch()
    assert remove_left(tmp_path, "x-.*") == 0
    assert names(tmp_path) == []


def test_what_another_user_left_is_not_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x-1").mkdir()
    (tmp_path / "x-1.lock").touch()
    monkeypatch.setattr(scratch.os, "getuid", lambda: os.geteuid() + 1)
    assert remove_left(tmp_path, "x-.*") == 0
    assert names(tmp_path) == ["x-1", "x-1.lock"]


def test_nothing_is_left_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert remove_left(tmp_path / "missing", ".*") == 0
