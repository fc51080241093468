"""What is not the seller's fault: exit codes, the log, other kernels, Ctrl-C, strict warnings."""

from __future__ import annotations

import errno
import gzip
import json
import os
import re
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import pytest

from odr_analysis import write_sample
from odr_analysis.cache import MAKING
from odr_analysis.cli.support.failures import CANNOT_USE, FAILED, STOPPED
from odr_analysis.errors import MachineError, full_disk
from odr_analysis.reports import runner
from odr_analysis.reports.report_request import REPORT, notebook_path
from tests.commands import odr

ROOT = Path(__file__).parents[4]


@pytest.fixture(autouse=True)
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ODR_LOG", str(tmp_path / "logs" / "odr.log"))
    return tmp_path / "logs" / "odr.log"


def program(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "odr_analysis.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, **environment},
    )


def fail(*_: object, **__: object) -> None:
    raise ZeroDivisionError("of no use")


def test_exit_codes_are_those_that_the_help_names() -> None:
    assert (CANNOT_USE, FAILED, STOPPED) == (2, 3, 130)
    told = " ".join(odr("report", "--help").output.split())
    for code in (CANNOT_USE, FAILED, STOPPED):
        assert f" {code}: " in told


def test_a_fault_of_the_program_is_3_with_a_sentence_and_a_log(
    seller: Path, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("odr_analysis.reports.run_report", fail)
    done = odr("report", seller, "--out", tmp_path / "out")
    assert done.exit_code == FAILED
    assert done.stderr.startswith("odr: ZeroDivisionError: of no use. ")
    assert "not of your files" in done.stderr
    assert str(log) in done.stderr
    assert "Traceback" not in done.output
    assert "in fail" in log.read_text("utf-8")
    monkeypatch.setenv("ODR_LOG", str(seller))
    done = odr("report", seller)
    assert done.exit_code == FAILED
    assert "could not be written" in done.stderr


def test_debug_shows_the_traceback(seller: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("odr_analysis.reports.run_report", fail)
    done = odr("report", seller, "--debug")
    assert done.exit_code == FAILED
    assert "Traceback" in done.stderr
    assert "in fail" in done.stderr


def test_a_cell_that_fails_and_a_kernel_that_dies_are_the_machines(
    seller: Path, tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = notebook_path(REPORT)
    for line, says in (("1 / 0", "ZeroDivisionError"), ("import os; os._exit(9)", "kernel ended")):
        notebook = json.loads(source.read_text("utf-8"))
        notebook["cells"][2]["source"] = line
        broken = tmp_path / REPORT
        broken.write_text(json.dumps(notebook), "utf-8")
        done = odr("report", seller, "--out", tmp_path / "out", "--notebook", broken)
        assert done.exit_code == FAILED, done.output
        assert says in done.stderr
        assert "Traceback" not in done.stderr
        assert not (tmp_path / "out").exists()
    assert "ZeroDivisionError" in log.read_text("utf-8")


def test_places_for_the_report_are_checked_before_any_work(
    seller: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "Reader", fail)
    file = tmp_path / "file"
    file.write_text("x")
    for out in (file, file / "below", Path("/proc/out")):
        done = odr("report", seller, "--out", out)
        assert done.exit_code == 2, done.output
        assert f"{out}: cannot be written" in done.stderr
        assert "--out" in done.stderr
    monkeypatch.setattr(runner, "ROOM", 1 << 60)
    done = odr("report", seller, "--out", tmp_path / "full")
    assert done.exit_code == FAILED
    assert "Free space" in done.stderr
    assert not (tmp_path / "full").exists()


@pytest.mark.parametrize(
    ("command", "option"), [("why", "--ics"), ("worklist", "--csv"), ("reconcile", "--save")]
)
def test_every_command_names_a_place_it_cannot_write(
    seller: Path, tmp_path: Path, command: str, option: str
) -> None:
    more = ["--fit", "1"] if command == "reconcile" else []
    folder = seller
    if command == "reconcile":
        folder = tmp_path / "witnesses"
        write_sample(folder, orders=600, seed=3, scenario="witnesses")
    done = odr(command, folder, option, tmp_path / "missing" / "file", *more)
    assert done.exit_code == 2, done.output
    assert "file: cannot be written (No such file or directory)" in done.stderr
    assert f"Choose another place with {option}" in done.stderr


def test_a_sample_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for out in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/sample")):
        done = odr("sample", "--scenario", "tiny", "--out", out)
        assert done.exit_code == 2, done.output
        assert str(out) in done.stderr


def test_the_kernel_is_this_interpreter_and_warnings_may_be_errors(
    seller: Path, tmp_path: Path
) -> None:
    """Another kernel called python3 is registered, and Python treats warnings as errors."""
    registered = tmp_path / "jupyter" / "kernels" / "python3"
    registered.mkdir(parents=True)
    spec = {"argv": ["/bin/false", "-f", "{connection_file}"], "display_name": "Other"}
    (registered / "kernel.json").write_text(json.dumps({**spec, "language": "python"}))
    out = tmp_path / "out"
    done = program(
        "report",
        seller,
        "--out",
        out,
        "--no-cache",
        JUPYTER_PATH=str(tmp_path / "jupyter"),
        PYTHONWARNINGS="error",
    )
    assert done.returncode == 0, done.stderr
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    notebook = json.loads((out / "report.ipynb").read_text("utf-8"))
    run_id = summary["run_id"]
    assert notebook["metadata"][runner.RUN_ID] == run_id
    assert f'content="{run_id}"' in (out / "report.html").read_text("utf-8")
    others = ("defective-orders.csv", "report.html")
    assert summary["made"] == {n: sha256((out / n).read_bytes()).hexdigest() for n in others}


def where_warnings_are_errors(*commands: str) -> str:
    """What one process prints for all commands: it takes longer to start than they do."""
    code = (
        "import sys; from odr_analysis.cli import main\n"
        "for command in sys.argv[1].split(';'):\n"
        "    main(command.split(), standalone_mode=False); print('ended', command)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, ";".join(commands)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONWARNINGS": "error"},
    )
    assert done.returncode == 0, done.stderr
    assert [x for x in commands if f"ended {x}\n" not in done.stdout] == []
    return done.stdout


def test_reading_commands_where_warnings_are_errors(seller: Path, tmp_path: Path) -> None:
    where_warnings_are_errors(
        *(f"{command} {seller}" for command in ("load", "why", "worklist", "reconcile")),
        f"evidence {seller} --since=2026-09-01 --out {tmp_path / 'pack'}",
    )
    assert list((tmp_path / "pack").iterdir())


def test_writing_commands_where_warnings_are_errors(tmp_path: Path) -> None:
    here = tmp_path / "here"
    shown = where_warnings_are_errors(
        f"sample --scenario tiny --out {here}",
        f"sample --scenario witnesses --orders 300 --out {here}",
        f"archive {here} --into {tmp_path / 'store'} --on 2026-09-30",
        f"load {tmp_path / 'store'}",
    )
    assert "Delivery 1 of 2026-09-30" in shown


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("after", [0.3, 1.5, 2.5])
def test_ctrl_c_ends_with_one_line_and_leaves_nothing(
    seller: Path, tmp_path: Path, after: float
) -> None:
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    places = {"TMPDIR": str(scratch), "ODR_CACHE": str(tmp_path / "cache")}
    # What the command imports is there before the clock starts.
    code = "from odr_analysis.cli import main; print('ready', flush=True); main()"
    started = subprocess.Popen(
        [sys.executable, "-c", code, "report", str(seller), "--out", str(tmp_path / "out")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, **places},
        start_new_session=True,
        # Where the tests themselves run in the background, the signal is ignored from there on.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    time.sleep(after)
    # As a terminal does, to every process of the group.
    os.killpg(started.pid, signal.SIGINT)
    out, err = started.communicate(timeout=60)
    if started.returncode == 0:
        pytest.fail(f"the report was made in {after} s, so nothing was stopped: {out}")
    assert started.returncode == STOPPED, err
    *stages, last = err.splitlines()
    assert last == "odr: stopped. What was there before is as it was."
    assert all(re.fullmatch(r"odr: [A-Z][a-z ]+ \.\.\.", line) for line in stages), stages
    assert not (tmp_path / "out").exists()
    assert list(scratch.iterdir()) == []
    assert not list((tmp_path / "cache").glob(f"{MAKING}*"))


def test_the_machines_failure_keeps_its_kind_and_details_between_processes() -> None:
    import pickle

    error = pickle.loads(pickle.dumps(MachineError("It failed.", "where")))
    assert (str(error), error.details) == ("It failed.", "where")


@pytest.mark.parametrize("full", ["ODR_CACHE", "TMPDIR"])
def test_a_full_disk_is_named_with_what_to_do(
    full: str, seller: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in [f for f in seller.iterdir() if f.suffix == ".txt"]:
        with gzip.open(f"{file}.gz", "wb") as packed:
            packed.write(file.read_bytes())

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(tmp_path / "full"))

    where = {"ODR_CACHE": "folder.write_facts", "TMPDIR": "files.scan.copy_limited"}[full]
    monkeypatch.setattr(f"odr_analysis.exports.{where}", refuse)
    ended = odr("load", seller, "--no-cache")
    assert ended.exit_code == FAILED
    line = f"odr: {tmp_path / 'full'}: {os.strerror(errno.ENOSPC)}. Free space on this disk, or"
    assert line in ended.output
    assert "ODR_CACHE" in ended.output
    assert "TMPDIR" in ended.output


def test_the_engine_names_a_full_disk_in_its_own_words() -> None:
    words = 'IO Error: Could not write file \\"/c/table.parquet\\": No space left on device'
    assert str(full_disk(ValueError(words))).startswith("/c/table.parquet: No space left on device")
