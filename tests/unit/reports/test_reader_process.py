"""The reading process: nothing but its answer arrives, and its failures are told apart."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from odr_analysis.errors import ExportError, MachineError, OdrError, OdrWarning
from odr_analysis.policy import Policy
from odr_analysis.reports import reader_process as reading
from odr_analysis.reports.kernel import Kernel
from odr_analysis.reports.reader_process import SUMMARY, TABLE, Reader
from odr_analysis.reports.warm import Server, can_fork


@pytest.fixture(
    params=[True, False] if can_fork() else [False], ids=lambda forked: f"fork={forked}"
)
def forked(request: pytest.FixtureRequest) -> bool:
    """Whether the process is forked, or starts by itself."""
    return bool(request.param)


def asked(
    forked: bool, folder: Path, made: Path, before: str = "", **values: Any
) -> dict[str, Any]:
    """The answer of a reading process in which the lines `before` run first."""
    made.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        start = subprocess.Popen

        def popen(command: list[str], **how: Any) -> subprocess.Popen[str]:
            assert command[:2] == [sys.executable, "-c"]
            return start([*command[:2], f"{before}\n{command[2]}"], **how)

        patch.setattr(reading.subprocess, "Popen", popen)
        server = Server() if forked else nullcontext()
        reader = Reader(server if isinstance(server, Server) else None)
    with server, reader:
        reader.ask(
            {"folder": str(folder), "cache": str(made.parent / "cache"), **values},
            Policy().to_dict(),
            made,
        )
        return reader.answer()


@pytest.mark.skipif(not can_fork(), reason="processes are not forked on this system")
def test_a_process_that_goes_on_has_what_it_read_at_hand_in_the_notebook(
    seller: Path, tmp_path: Path
) -> None:
    """Once; whoever loads the account again there reads it again."""
    made, cache = tmp_path / "made", str(tmp_path / "cache")
    made.mkdir()
    cell = (
        "from pathlib import Path\nfrom odr_analysis import load_account\n"
        f"same = dict(folder={str(seller)!r}, cache={cache!r}, today='2026-10-01')\n"
        "other = load_account(**same, loss_budget=0.5)\n"
        "first, second = load_account(**same), load_account(**same)\n"
        "first.source.write_items(Path('items.parquet'))\n"  # read again, with steps nobody follows
        "print([len(one.days) for one in (other, first, second)])"
    )

    async def run(kernel: Kernel) -> list[Any]:
        manager = kernel.manager_class()(config=kernel.config())
        await manager.start_kernel(cwd=str(tmp_path))
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready(timeout=60)
        seen: list[Any] = []
        await client.execute_interactive(
            cell, output_hook=lambda message: seen.append(message["content"]), timeout=60
        )
        client.stop_channels()
        await manager.shutdown_kernel(now=True)
        return [content["text"] for content in seen if "text" in content] or seen

    with (
        Server() as server,
        Reader(server, goes_on=True) as reader,
        Kernel(reader.kernel()) as kernel,
    ):
        values = {"folder": str(seller), "cache": cache, "today": "2026-10-01"}
        reader.ask(values, Policy().to_dict(), made)
        assert [r["n_orders"] for r in reader.answer()["rates"]] == [45]
        assert asyncio.run(run(kernel)) == ["[0, 1, 0]\n"]


NOISY = """
import os, odr_analysis.answer.summary as export
real = export.to_summary
def noisy(*how):
    os.write(1, b" 46% bar of the engine")
    print("a library prints")
    return real(*how)
export.to_summary = noisy
"""
SLOW = """
import time, odr_analysis.exports.folder as read
real = read.write_ledger
def slow(session, *how):
    began, n = time.monotonic(), 50_000_000
    while time.monotonic() - began < 2.5:
        began = time.monotonic()
        session.con.raw_sql(
            f"SELECT count(*) FROM range({n}) r WHERE (r.range * r.range) % 7 = 3").fetchall()
        n *= 2
    return real(session, *how)
read.write_ledger = slow
"""
REFUSED = """
import odr_analysis.answer.summary as export
from odr_analysis.errors import ExportError
def refused(*how):
    raise ExportError("z.zip/orders.txt", "No date.", "Write one.", 1234)
export.to_summary = refused
"""
BROKEN = """
import odr_analysis.answer.summary as export
def broken(*how):
    raise ZeroDivisionError("no such thing")
export.to_summary = broken
"""
KILLED = """
import os, odr_analysis.answer.summary as export
export.to_summary = lambda *how: os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize("before", ["", NOISY, SLOW], ids=["quiet", "noisy", "slow query"])
def test_nothing_but_the_answer_arrives(
    forked: bool, seller: Path, tmp_path: Path, before: str
) -> None:
    summary = asked(forked, seller, tmp_path / "made", before)
    assert [r["n_orders"] for r in summary["rates"]] == [45]
    assert (tmp_path / "made" / SUMMARY).is_file()
    assert (tmp_path / "made" / TABLE).is_file()


def test_input_that_cannot_be_used_is_told_in_its_own_words(forked: bool, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "x.txt").write_text("nothing\n")
    with pytest.raises(OdrError, match=r"x\.txt") as told:
        asked(forked, tmp_path / "in", tmp_path / "made")
    assert not isinstance(told.value, MachineError)


def test_an_error_keeps_its_type_and_fields(forked: bool, seller: Path, tmp_path: Path) -> None:
    with pytest.raises(ExportError) as told:
        asked(forked, seller, tmp_path / "made", REFUSED)
    error = told.value
    assert (error.file, error.line) == ("z.zip/orders.txt", 1234)
    assert str(error) == "z.zip/orders.txt, line 1,234: No date. Write one."


def test_a_fault_of_the_program_comes_with_its_traceback(
    forked: bool, seller: Path, tmp_path: Path
) -> None:
    with pytest.raises(MachineError, match="ZeroDivisionError: no such thing") as told:
        asked(forked, seller, tmp_path / "made", BROKEN)
    assert "in broken" in told.value.details


def test_a_process_that_is_killed_is_told_of(forked: bool, seller: Path, tmp_path: Path) -> None:
    with pytest.raises(MachineError, match=r"ended by signal 9.*--memory-limit"):
        asked(forked, seller, tmp_path / "made", KILLED)


WARNING = """
import warnings, odr_analysis.answer.summary as export
from odr_analysis.errors import OdrWarning
real = export.to_summary
def warned(*how):
    warnings.warn("The cache was damaged.", OdrWarning)
    return real(*how)
export.to_summary = warned
"""


def test_what_the_process_warns_of_is_a_warning_here(
    forked: bool, seller: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.warns(OdrWarning, match=r"^The cache was damaged\.$"):
        asked(forked, seller, tmp_path / "made", WARNING)
    assert "damaged" not in capfd.readouterr().err


def test_a_folder_without_orders_is_told_of_at_once_though_a_kernel_starts(tmp_path: Path) -> None:
    """Within a second of the moment the reading process knows."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "feedback.txt").write_text(
        "Date\tRating\tComments\tYour Response\tOrder ID\tRater Email\n"
        "05/02/26\t1\tLate\t\t028-0000000-0000001\ta@b.c\n"
    )
    code = """
import sys, time
from odr_analysis.cli import main
from odr_analysis.reports.reader_process import Reader
real = Reader.answer
def answer(*how):
    try:
        return real(*how)
    except Exception:
        print(time.time(), flush=True)
        raise
Reader.answer = answer
main()
"""
    out = str(tmp_path / "out")
    command = [sys.executable, "-c", code, "report", str(tmp_path / "in"), "--out", out]
    with subprocess.Popen(
        [*command, "--no-cache", "--quiet"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as started:
        assert started.stdout is not None
        assert started.stderr is not None
        first = started.stderr.readline()
        seen = time.time()
        known = float(started.stdout.readline())
    assert "no order in any file" in first
    assert started.returncode == 2
    assert seen - known < 1
    assert not (tmp_path / "out").exists()
