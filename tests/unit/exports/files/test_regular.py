"""Regular files and links, apart from what only looks like them."""

from __future__ import annotations

import errno
import os

import pytest

from odr_analysis import faults
from odr_analysis.errors import ExportError, MachineError
from odr_analysis.exports.files import regular
from odr_analysis.exports.files.regular import not_followed, not_regular, unreadable


def test_only_regular_files_are_opened(tmp_path):
    plain, pipe, loop = (tmp_path / name for name in ("plain", "pipe", "loop"))
    plain.write_text("x")
    os.mkfifo(pipe)
    loop.symlink_to(loop)
    assert [not_regular(p) for p in (plain, pipe, loop)] == ["", "a named pipe", "a link to itself"]
    with pytest.raises(FileNotFoundError):
        not_regular(tmp_path / "nothing")


def test_a_link_is_followed_to_another_folder_only(tmp_path, monkeypatch):
    exports, other = tmp_path / "exports", tmp_path / "other"
    exports.mkdir()
    other.mkdir()
    for name, target in (("up", tmp_path), ("aside", other), ("disk", "/")):
        (exports / name).symlink_to(target)
    assert not_followed(exports / "aside", exports) == ""
    assert "a folder it lies in" in not_followed(exports / "up", exports)
    assert "a folder it lies in (/)" in not_followed(exports / "disk", exports)
    monkeypatch.setattr(regular, "MOST_LINKED", 1)
    for n in range(2):
        (other / str(n)).touch()
    assert "more than 1 files" in not_followed(exports / "aside", exports)


def test_why_a_file_cannot_be_read():
    denied = unreadable("a.txt", PermissionError(errno.EACCES, "denied"))
    assert isinstance(denied, ExportError)
    assert denied.problem == faults.NOT_PERMITTED.description
    assert "cannot be read (broken)" in str(unreadable("a.txt", OSError(errno.EIO, "broken")))
    assert isinstance(unreadable("a.txt", OSError(errno.ENOSPC, "full")), MachineError)
