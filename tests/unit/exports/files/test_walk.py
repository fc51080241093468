"""The files of a folder."""

from __future__ import annotations

import pytest

from odr_analysis.errors import ExportError
from odr_analysis.exports.files.walk import no_file, walk


def made(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_every_file_below_a_folder_sorted_without_hidden_ones(tmp_path):
    made(tmp_path, "b.txt", "a/c.txt", ".hidden", "~$open.xlsx", ".git/x", "__MACOSX/y")
    assert [p.relative_to(tmp_path).as_posix() for p in walk(tmp_path)] == ["a/c.txt", "b.txt"]
    assert walk(tmp_path / "b.txt") == [tmp_path / "b.txt"]
    assert walk(tmp_path / "a") == [tmp_path / "a" / "c.txt"]


def test_a_folder_linked_twice_is_read_once_and_a_link_up_is_named(tmp_path):
    folder, other = tmp_path / "f", tmp_path / "other"
    made(other, "x.txt")
    folder.mkdir()
    for name, target in (("one", other), ("two", other), ("up", tmp_path)):
        (folder / name).symlink_to(target)
    assert [p.name for p in walk(folder)] == ["x.txt", "up"]


def test_what_is_not_there_or_empty(tmp_path):
    with pytest.raises(ExportError, match="no such folder"):
        walk(tmp_path / "nothing")
    assert walk(tmp_path) == []
    assert no_file(tmp_path).startswith(f"{tmp_path}: no file in this folder.")
