"""Keys of objects, which anybody may have written, as names of files below one folder."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odr_analysis.errors import OdrError
from odr_analysis.remote.object_names import LONGEST, Listed, file_name, file_names


def names(*keys: str, prefix: str = "", size: int = 9) -> list[str]:
    return list(file_names([Listed(key, "t", size) for key in keys], prefix))


def test_names_are_relative_to_the_prefix() -> None:
    assert names("a/x.txt", "a/b/y z.csv", prefix="a") == ["x.txt", "b/y z.csv"]
    assert names("x.txt", "ä/Bestellungen 9%.txt") == ["x.txt", "ä/Bestellungen 9%.txt"]


def test_hidden_files_and_marks_of_folders_are_left_out() -> None:
    assert names("a/.git/x", "a/.x", "a/__MACOSX/x", "a/~$x.xlsx", "a/x.txt", prefix="a") == [
        "x.txt"
    ]
    marks = [Listed("a", "t", 0), Listed("a/2026", "t", 0), Listed("a/2026/x.txt", "t", 3)]
    assert list(file_names(marks, "a")) == ["2026/x.txt"]
    empty = [Listed("a/empty.txt", "t", 0)]
    assert list(file_names(empty, "a")) == ["empty.txt"], "a file without rows is a file"


@pytest.mark.parametrize("key", ["../x", "a/../../x", "a/./x", "a//x", ".."])
def test_a_key_that_leads_elsewhere_is_refused(key: str) -> None:
    with pytest.raises(OdrError, match="cannot be a file here"):
        names(key)


def test_what_other_systems_take_for_a_path_is_spelled_out() -> None:
    found = names("a\\..\\up.txt", "C:\\x", "a\x00b\n")
    assert found == ["a%5C..%5Cup.txt", "C%3A%5Cx", "a%00b%0A"]


def test_two_keys_of_one_file_are_refused() -> None:
    with pytest.raises(OdrError, match=r"would be the same file as 'a:b\.txt'"):
        names("a:b.txt", "a%3Ab.txt")
    with pytest.raises(OdrError, match="'a/b/c' lies in 'a/b', a file"):
        names("a/b", "a/b/c", prefix="a")


def test_a_key_too_long_for_a_file_is_refused() -> None:
    assert names("x" * LONGEST)
    with pytest.raises(OdrError, match="longer than the name of a file"):
        names("ä" * LONGEST)


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=20), max_size=4))
def test_no_key_leads_out_of_the_folder(keys: list[str]) -> None:
    try:
        found = names(*keys)
    except OdrError:
        return
    for name in found:
        assert not {"", ".", ".."} & set(name.split("/"))
        for kind in (PurePosixPath, PureWindowsPath):
            path = kind(name)
            assert not path.is_absolute()
            assert not path.drive
            assert ".." not in path.parts


@given(st.text(st.characters(codec="utf-8")))
def test_a_name_has_nothing_a_file_system_reads(part: str) -> None:
    assert not set(file_name(part)) & set('\\:*?"<>|\x00\n\x7f')
