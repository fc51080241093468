"""The folder a sample is written into: names, bytes, and what is listed."""

from __future__ import annotations

import gzip
from pathlib import Path

from odr_analysis.progress import Step
from odr_analysis.sample.files.folder import Folder


def test_files_are_numbered_and_listed_in_the_order_they_come(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    assert folder.next_name("txt") == "export-01.txt"
    folder.add("export-01.txt", "all-orders", "a\tb\n1\t2\n", 1, 2)
    assert folder.next_name("csv") == "export-02.csv"
    folder.add("claims.csv", "claims", "ä\n", 0, 1, "windows-1252", {"feedback": 2, "claim": 1})
    assert folder.files == [
        {
            "file": "export-01.txt",
            "kind": "all-orders",
            "rows": 1,
            "columns": 2,
            "encoding": "utf-8",
        },
        {
            "file": "claims.csv",
            "kind": "claims",
            "rows": 0,
            "columns": 1,
            "encoding": "windows-1252",
            "seen": {"claim": 1, "feedback": 2},
        },
    ]
    assert (tmp_path / "claims.csv").read_bytes() == b"\xe4\n"


def test_a_packed_file_has_the_same_bytes_each_time(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    for name in ("a.txt.gz", "b.txt.gz"):
        folder.add(name, "settlement", "x\n" * 100, 100, 1)
    first, second = ((tmp_path / name).read_bytes() for name in ("a.txt.gz", "b.txt.gz"))
    assert first == second
    assert len(first) < 100
    assert gzip.decompress(first) == b"x\n" * 100


def test_whoever_asks_hears_of_each_file(tmp_path: Path) -> None:
    steps: list[Step] = []
    Folder(tmp_path, steps.append).add("a.txt", "all-orders", "", 1_234, 5)
    assert [step.note for step in steps] == ["a.txt, 1,234 rows"]
