"""Files that appear whole: killed at any moment, on a full disk, in a place that is refused."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from odr_analysis import writing
from odr_analysis.errors import MachineError, PlaceError
from odr_analysis.writing import placed, together

NAMES = ("a.csv", "b.html", "c.json")


def write(out: Path, run: str) -> None:
    with together(out) as made:
        for name in NAMES:
            (made / name).write_text(f"{run} {name}")


def runs_in(out: Path) -> list[str]:
    """Which run each file is of."""
    return [(out / name).read_text().split()[0] for name in NAMES if (out / name).exists()]


def killed_at(work: Callable[[], object], place: Path, moment: int) -> tuple[bool, int]:
    """Do `work` in a process that is killed at its `moment`-th touch of `place`; whether it
    was, and how many it had when not."""
    heard, says = os.pipe()
    pid = os.fork()
    if not pid:
        seen = 0

        def calls(event: str, args: tuple[Any, ...]) -> None:
            nonlocal seen
            touches = event == "open" or event.startswith(("os.", "shutil."))
            if touches and any(str(place) in str(a) for a in args):
                seen += 1
                if seen == moment:
                    os.kill(os.getpid(), signal.SIGKILL)

        code = 1
        try:
            sys.addaudithook(calls)
            work()
            os.write(says, str(seen).encode())
            code = 0
        finally:
            os._exit(code)
    os.close(says)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with os.fdopen(heard) as file:
        told = file.read()
    assert code in (0, -signal.SIGKILL)
    return code != 0, int(told or 0)


@pytest.mark.parametrize("before", [True, False])
def test_killed_at_every_moment_a_folder_is_old_or_new_or_mended(
    tmp_path: Path, before: bool
) -> None:
    moment, kills, mixed = 0, 0, 0
    while True:
        moment += 1
        out = tmp_path / str(moment) / "out"
        if before:
            write(out, "old")
        killed, _ = killed_at(lambda out=out: write(out, "new"), out, moment)  # type: ignore[misc]
        if not killed:
            assert runs_in(out) == ["new"] * 3
            break
        kills += 1
        found = runs_in(out)
        if len(set(found)) > 1 or len(found) not in (0, 3):
            mixed += 1
            assert list(out.glob(f"{writing.READY}*")), "a mixture that nobody can mend"
        # The next run mends it, even one that itself comes to nothing.
        out.mkdir(parents=True, exist_ok=True)
        with pytest.raises(ZeroDivisionError), together(out):
            raise ZeroDivisionError
        mended = runs_in(out)
        assert mended in (["old"] * 3 if before else [], ["new"] * 3), (moment, mended)
        assert sorted(p.name for p in out.iterdir() if p.is_file()) == sorted(NAMES)[: len(mended)]
        assert not [p for p in out.iterdir() if p.name.startswith(".odr-")]
    assert kills > 15
    assert mixed >= 2, "no kill fell between two files"


def test_a_single_file_killed_at_every_moment_is_old_or_new(tmp_path: Path) -> None:
    moment = 0
    while True:
        moment += 1
        path = tmp_path / str(moment) / "a.txt"
        path.parent.mkdir()
        path.write_text("old")

        def work(path: Path = path) -> None:
            with placed(path) as aside:
                aside.write_text("new, and longer")

        killed, _ = killed_at(work, path.parent, moment)
        assert path.read_text() in (("old", "new, and longer") if killed else ("new, and longer",))
        work()
        assert [p.name for p in path.parent.iterdir()] == ["a.txt"]
        if not killed:
            break
    assert moment > 5


def test_an_error_within_leaves_all_as_it_was(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), together(tmp_path / "new" / "deep"):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []
    write(tmp_path / "out", "old")
    with pytest.raises(TypeError), together(tmp_path / "out") as made:
        (made / "a.csv").write_text(42)  # type: ignore[arg-type]
    assert runs_in(tmp_path / "out") == ["old"] * 3
    assert len(list((tmp_path / "out").iterdir())) == 3


def test_places_that_cannot_be_written_are_named_with_the_option(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    for out in (file, file / "below", Path("/proc/nowhere")):
        with pytest.raises(PlaceError, match=r"cannot be written .*--out"), together(out):
            raise AssertionError("nothing may be done")
    for path in (file / "a.txt", tmp_path / "missing" / "a.txt", tmp_path):
        with pytest.raises(PlaceError, match=r"cannot be written .*--csv"), placed(path, "--csv"):
            raise AssertionError("nothing may be done")
    (tmp_path / "out" / "a.csv").mkdir(parents=True)
    with pytest.raises(PlaceError, match=r"a\.csv is a folder"):
        write(tmp_path / "out", "new")
    assert runs_in_folders(tmp_path / "out") == []


def runs_in_folders(out: Path) -> list[str]:
    return [p.name for p in out.iterdir() if p.is_file() or p.name.startswith(".odr-")]


def test_a_full_disk_is_told_before_the_work_and_keeps_the_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "out", "old")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "posix_fallocate", full, raising=False)
    with (
        pytest.raises(MachineError, match=r"No space left on device.*Free space"),
        together(tmp_path / "out", room=1000),
    ):
        raise AssertionError("nothing may be done")
    assert runs_in(tmp_path / "out") == ["old"] * 3
    assert len(list((tmp_path / "out").iterdir())) == 3
    monkeypatch.setattr(writing, "to_disk", full)
    with pytest.raises(MachineError, match="No space left on device"):
        write(tmp_path / "out", "new")
    with pytest.raises(MachineError), placed(tmp_path / "out" / "a.csv") as aside:
        aside.write_text("new")
    assert runs_in(tmp_path / "out") == ["old"] * 3
    assert len(list((tmp_path / "out").iterdir())) == 3
