"""A report is made anew when what it rests on changed, and only then."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from odr_analysis.batch import fingerprint as room
from odr_analysis.batch.accounts import BatchAccount
from odr_analysis.batch.fingerprint import (
    DIGITS,
    check_apart,
    digest,
    fingerprint,
    is_made,
    last_summary,
)
from odr_analysis.errors import ParameterError
from odr_analysis.reports.report_request import notebook_path, request_of
from odr_analysis.reports.runner import PAGE

DAY, NOW = date(2026, 9, 30), date(2026, 11, 29)


@pytest.fixture
def exports(seller: Path, tmp_path: Path) -> Path:
    return shutil.copytree(seller, tmp_path / "exports")


def mark(folder: Path, day: date = DAY, now: date = NOW, **given: Any) -> str:
    return fingerprint(request_of(folder, given, now=now), day)


def test_it_is_the_same_for_the_same_files_whenever_they_were_written(exports: Path) -> None:
    first = mark(exports)
    assert len(first) == DIGITS
    for path in exports.iterdir():
        os.utime(path, (0, 0))
    assert mark(exports) == first
    assert mark(exports, now=date(2026, 12, 24)) == first, "the day of the run is not the report's"


def test_whatever_the_report_rests_on_changes_it(
    exports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = tmp_path / "own.toml"
    policy.write_text("lag_days = 14")
    marks = [mark(exports), mark(exports, date(2026, 9, 29)), mark(exports, moved_days=8)]
    marks += [mark(exports, lag_days=14), mark(exports, policy=str(policy))]
    policy.write_text("lag_days = 14  # as agreed")
    marks.append(mark(exports, policy=str(policy)))
    file = next(path for path in exports.iterdir() if path.suffix == ".txt")
    with file.open("ab") as end:
        end.write(b"\n")
    marks.append(mark(exports))
    file.rename(file.with_name("other.txt"))
    marks.append(mark(exports))
    own = tmp_path / "own.ipynb"
    own.write_text(notebook_path("05-report").read_text("utf-8") + "\n", "utf-8")
    request = request_of(exports, {}, now=NOW)
    marks.append(fingerprint(replace(request, notebook=own), DAY))
    monkeypatch.setattr(room, "versions", lambda: {"odr_analysis": "9.9"})
    marks.append(mark(exports))
    assert len(set(marks)) == len(marks)


def test_a_pipe_among_the_exports_is_not_waited_for(exports: Path) -> None:
    os.mkfifo(exports / "pipe")
    assert digest(exports / "pipe") == "a named pipe"
    assert mark(exports)


def test_a_report_is_there_when_all_its_files_are_whole(tmp_path: Path) -> None:
    assert last_summary(tmp_path) is None
    assert not is_made(tmp_path, "m")
    (tmp_path / PAGE).write_text("<html>")
    (tmp_path / "report.ipynb").write_text("{}")
    summary = f'{{"run_id": "m", "made": {{"{PAGE}": "{digest(tmp_path / PAGE)}"}}}}'
    (tmp_path / "summary.json").write_text(summary)
    assert is_made(tmp_path, "m")
    assert not is_made(tmp_path, "n")
    (tmp_path / PAGE).write_text("<html")
    assert not is_made(tmp_path, "m")
    (tmp_path / PAGE).unlink()
    assert not is_made(tmp_path, "m")
    (tmp_path / "summary.json").write_text(summary[:-1])
    assert not is_made(tmp_path, "m")


def test_no_account_reads_what_the_batch_writes(tmp_path: Path) -> None:
    apart = [BatchAccount("A", str(tmp_path / "exports/a")), BatchAccount("B", "s3://b/out")]
    for out in ("out", ".", "exports", "exports/b"):
        check_apart(tmp_path / out, apart)
    (tmp_path / "exports/a").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "exports/a")
    for out in ("exports/a", "exports/a/out", "link", "exports/../exports/a/b/c"):
        with pytest.raises(ParameterError, match=r"account 'A' reads .*Choose another place"):
            check_apart(tmp_path / out, apart)
    # A folder of exports where the report of the account, or of another, is to be.
    for own in ("out/accounts/B", "out/accounts", "out"):
        with pytest.raises(ParameterError, match="account 'C' reads"):
            check_apart(tmp_path / "out", [*apart, BatchAccount("C", str(tmp_path / own))])
