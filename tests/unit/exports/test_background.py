"""Files scanned and hashed in the background."""

from __future__ import annotations

import hashlib

import pytest

from odr_analysis.errors import ExportError
from odr_analysis.exports.background import Scanner
from tests.downloads import fill, gzipped, zipped


def test_every_file_with_what_is_in_it_and_its_hash(tmp_path):
    packed = zipped({"a.txt": "x\n", "b.txt": "y\n"})
    fill(tmp_path, {"one.txt": "a\tb\n1\t2\n", "two.zip": packed})
    steps = []
    paths = sorted(tmp_path.iterdir())
    with Scanner(paths, tmp_path, steps.append) as scanner:
        scratch = scanner.scratch
        found = scanner.scans()
        assert [(path.name, scan.file) for path, scan in found] == [
            ("one.txt", "one.txt"),
            ("two.zip", "two.zip/a.txt"),
            ("two.zip", "two.zip/b.txt"),
        ]
        assert scanner.sha256("one.txt") == hashlib.sha256(b"a\tb\n1\t2\n").hexdigest()
        assert scanner.sha256("two.zip/a.txt") == hashlib.sha256(b"x\n").hexdigest()
        assert scanner.sha256("never seen") == ""
    assert not scratch.exists(), "unpacked copies are gone"
    assert steps[0].note == "0 of 2 files"
    assert steps[-1].note == "2 of 2 files"


def test_a_damaged_file_is_an_error_where_scans_are_asked_for(tmp_path):
    fill(tmp_path, {"a.txt.gz": gzipped("x" * 1000)[:-9]})
    with Scanner(list(tmp_path.iterdir()), tmp_path) as scanner, pytest.raises(ExportError):
        scanner.scans()
