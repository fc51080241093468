"""How far a command is: on standard error alone, a bar on a terminal, lines elsewhere."""

from __future__ import annotations

import io
import json
import os
import re
import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from odr_analysis import archive_folder, load_account
from odr_analysis.cli.support import progress
from odr_analysis.cli.support.options import say
from odr_analysis.progress import Step
from tests.commands import odr

ROOT = Path(__file__).parents[4]


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if every command took long from its start."""

    class Now(progress.Shown):
        def __init__(self, line: Callable[[str], None]) -> None:
            super().__init__(line)
            self._timer.cancel()
            self._begin()

    monkeypatch.setattr(progress, "Shown", Now)


@pytest.mark.usefixtures("at_once")
def test_elsewhere_than_on_a_terminal_each_stage_is_a_line(seller: Path, tmp_path: Path) -> None:
    done = odr("load", seller, "--no-cache", "--json")
    assert done.exit_code == 0, done.output
    assert done.stderr.splitlines() == [
        "odr: Reading files ...",
        "odr: Putting orders together ...",
        "odr: Reading files of defects ...",
        "odr: Working out what counts ...",
    ]
    assert json.loads(done.stdout)["files"]
    done = odr("sample", "--scenario", "tiny", "--out", tmp_path / "s")
    assert done.stderr.splitlines() == [
        "odr: Making up orders and defects ...",
        "odr: Writing files ...",
        "odr: Working out the answers ...",
    ]
    done = odr("archive", seller, "--into", tmp_path / "a", "--on", "2026-10-01")
    assert "odr: Keeping what the files say ..." in done.stderr.splitlines()
    done = odr("worklist", tmp_path / "a", "--json", "--no-cache")
    json.loads(done.stdout)
    assert done.stderr.splitlines()[0] == "odr: Putting the archive's files together ..."
    assert "odr: Working out the answer ..." in done.stderr.splitlines()


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("command", [["load"], ["worklist"], ["reconcile"], ["why"]])
def test_quiet_says_nothing_of_it(seller: Path, command: list[str]) -> None:
    loud = odr(*command, seller, "--no-cache")
    quiet = odr(*command, seller, "--no-cache", "--quiet")
    assert loud.stderr.startswith("odr: Reading files ...")
    assert quiet.stderr == ""
    assert quiet.stdout == loud.stdout


def on_stderr(text: str) -> None:
    say(text, err=True)


def test_nothing_is_shown_of_work_that_ends_within_a_second() -> None:
    told = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stderr", told)
        patch.setattr(progress, "AFTER", 30)
        with progress.shown(on_stderr, quiet=False):
            progress.steps()(Step("Reading files", 1, 2))
        patch.setattr(progress, "AFTER", 0.05)
        with progress.shown(on_stderr, quiet=False):
            assert told.getvalue() == ""
            progress.steps()(Step("Slow work"))
            time.sleep(0.5)
            progress.steps()(Step("Slow work", 1))
            progress.steps()(Step("More \x1b[2J"))
        progress.steps()(Step("Nobody asks"))
        time.sleep(0.1)
    assert told.getvalue() == "odr: Slow work ...\nodr: More \\u001b[2J ...\n"


def test_every_step_of_reading_is_told_with_its_total(seller: Path, tmp_path: Path) -> None:
    steps: list[Step] = []
    load_account(seller, cache=None, progress=steps.append)
    read = [step for step in steps if step.stage == "Reading files"]
    n = len(list(seller.iterdir()))
    size = sum(path.stat().st_size for path in seller.iterdir())
    assert (read[0].done, read[-1].done, read[-1].total) == (0, size, size)
    assert [step.note for step in (read[0], read[-1])] == [
        f"0 of {n} files",
        f"{n} of {n} files",
    ]
    assert [step.done for step in read] == sorted(step.done for step in read)
    before = len(steps)
    archive_folder(seller, tmp_path / "store", "2026-10-01", progress=steps.append)
    kept = [s for s in steps[before:] if s.stage == "Keeping what the files say"]
    assert [step.done for step in kept] == list(range(int(kept[0].total)))


def on_terminal(*arguments: object) -> tuple[str, str]:
    """Standard output of a command, and what its terminal got as standard error."""
    import pty

    ours, its = pty.openpty()
    started = subprocess.Popen(
        [sys.executable, "-m", "odr_analysis.cli", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=its,
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
    )
    os.close(its)
    assert started.stdout is not None
    shown = b""
    while select.select([ours], [], [], 120)[0]:
        try:
            part = os.read(ours, 4096)
        except OSError:  # how a terminal ends on Linux
            break
        if not part:
            break
        shown += part
    os.close(ours)
    told = started.communicate(timeout=60)[0].decode()
    assert started.returncode == 0, shown.decode()
    return told, shown.decode()


@pytest.mark.skipif(os.name != "posix", reason="terminals of POSIX")
def test_a_report_shows_a_bar_on_a_terminal_and_leaves_none(seller: Path, tmp_path: Path) -> None:
    told, shown = on_terminal("report", seller, "--out", tmp_path / "out", "--no-cache")
    assert told.startswith("Order Defect Rate as of 2026-09-30")
    assert "\x1b" not in told
    assert "Running the notebook" in shown
    assert re.search(r"cell \d+ of \d+", shown)
    assert "left" in shown
    last = shown.rstrip("\r\n ").rpartition("\n")[2]
    assert not re.sub(r"\x1b\[[\d;?]*[A-Za-z]|\r", "", last).strip()
    # The cursor is there again.
    assert shown.rfind("\x1b[?25h") > shown.rfind("\x1b[?25l")
