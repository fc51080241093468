"""Unpacking stops where a file grows beyond any export."""

from __future__ import annotations

import io

import pytest

from odr_analysis.errors import ExportError
from odr_analysis.exports.files import unpack
from odr_analysis.exports.files.unpack import copy_limited


def copied(target, content, **how):
    return copy_limited(io.BytesIO(content), target, name="a.gz", **how)


def test_what_is_unpacked_is_counted_over_the_members(tmp_path):
    target = tmp_path / "out"
    assert copied(target, b"abc", packed=1, written=10) == 13
    assert target.read_bytes() == b"abc"


def test_a_ratio_counts_only_beyond_what_is_free(tmp_path, monkeypatch):
    monkeypatch.setattr(unpack, "RATIO_FREE", 400)
    assert copied(tmp_path / "out", b"0" * 400, packed=1) == 400
    assert copied(tmp_path / "out", b"0" * 600, packed=2) == 600
    with pytest.raises(ExportError, match=r"a.gz: unpacks to more than 0 MB from 1 bytes"):
        copied(tmp_path / "out", b"0" * 401, packed=1)


def test_nothing_may_unpack_to_more_than_the_largest(tmp_path, monkeypatch):
    monkeypatch.setattr(unpack, "LARGEST_UNPACKED", 5)
    with pytest.raises(ExportError, match="If it is real, unpack it yourself"):
        copied(tmp_path / "out", b"123456", packed=6)
