"""Documents of the archive carry their own hash, and no damage passes for content."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odr_analysis.archive.sealed import (
    FORMAT,
    SEALED_BY,
    DamageError,
    NewerError,
    entries,
    measure,
    read_json,
    read_sealed,
    write_sealed,
)

CONTENT = {"number": 3, "files": [{"name": "é.txt", "rows": 2}], "latest": None}


def test_what_is_written_reads_back_with_who_wrote_it(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_sealed(path, {**CONTENT, "pair": (1, 2), 5: "five"})
    found = read_sealed(path)
    assert found.pop("made_by").startswith("odr-analysis ")
    assert found == {**CONTENT, "format": FORMAT, "pair": [1, 2], "5": "five"}


def test_layout_is_not_content(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_sealed(path, CONTENT)
    whole = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(dict(sorted(whole.items()))), "utf-8")
    assert read_sealed(path)["number"] == 3


@given(st.integers(0, 10_000), st.integers(0, 7))
def test_a_flipped_bit_never_changes_what_is_read(
    tmp_path_factory: pytest.TempPathFactory, at: int, bit: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "flipped.json"
    write_sealed(path, CONTENT)
    before, data = read_sealed(path), bytearray(path.read_bytes())
    data[at % len(data)] ^= 1 << bit
    path.write_bytes(data)
    with suppress(DamageError, NewerError):
        assert read_sealed(path) == before, "only the layout changed"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (None, "a.json is missing"),
        (b"", "a.json is no JSON"),
        (b"\xff", "a.json is no JSON"),
        (b"[" * 100_000, "a.json is no JSON"),
        (b"[1]", "a.json is not what was written"),
    ],
    ids=["missing", "empty", "no text", "nested", "a list"],
)
def test_what_is_no_document_is_damage(tmp_path: Path, data: bytes | None, problem: str) -> None:
    path = tmp_path / "a.json"
    if data is not None:
        path.write_bytes(data)
    for read in (read_json, read_sealed):
        with pytest.raises(DamageError, match=f"^{problem}$"):
            read(path)


def test_a_document_without_its_seal_is_damage_and_a_newer_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_sealed(path, CONTENT)
    whole = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({k: v for k, v in whole.items() if k != SEALED_BY}), "utf-8")
    with pytest.raises(DamageError, match=r"the content of a\.json is not what was written"):
        read_sealed(path)
    path.write_text(json.dumps({**whole, "format": FORMAT + 1}), "utf-8")
    with pytest.raises(NewerError) as newer:
        read_sealed(path)
    assert (newer.value.format, newer.value.made_by) == (FORMAT + 1, whole["made_by"])


def test_a_file_is_measured_by_hash_and_size(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert measure(path) == {"sha256": sha256, "size": 3}


def test_entries_are_sorted_and_none_where_there_is_no_folder(tmp_path: Path) -> None:
    for name in "bca":
        (tmp_path / name).touch()
    assert [path.name for path in entries(tmp_path)] == ["a", "b", "c"]
    assert entries(tmp_path / "a") == entries(tmp_path / "missing") == []
