"""The synthetic seller, held against a small reader of its own files and against the formats."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from odr_analysis.errors import ParameterError
from odr_analysis.sample import write_sample
from odr_analysis.sample.files.order_files import HEADERS
from tests.unit.sample.recount import (
    SHIPPED,
    Recount,
    check,
)

"""Those with many sources are in test_many_sources.py."""


def test_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_sample(tmp_path / name, orders=400, seed=5)
    first = {p.name: p.read_bytes() for p in (tmp_path / "a").iterdir()}
    assert first == {p.name: p.read_bytes() for p in (tmp_path / "b").iterdir()}
    packed = [data for name, data in first.items() if name.endswith(".gz")]
    # no flags (so no file name), no time
    assert packed
    assert all(data[3:8] == bytes(5) for data in packed)
    write_sample(tmp_path / "c", orders=400, seed=6)
    assert first["truth.json"] != (tmp_path / "c" / "truth.json").read_bytes()


def test_the_story_uses_every_header_and_kind(story: Recount) -> None:
    files = story.truth["files"]
    assert {f["columns"] for f in files if f["kind"] == "all-orders"} == set(HEADERS)
    assert Counter(f["kind"] for f in files)["order-defects"] == 2
    assert {f["kind"] for f in files} == {
        *("all-orders", "seller-feedback", "claims", "chargebacks"),
        *("mfn-returns", "order-defects"),
    }
    assert "windows-1252" in {f["encoding"] for f in files if f["kind"] == "all-orders"}
    assert not any("feedback" in f["file"] or "order" in f["file"] for f in files)


def test_another_end_and_length(tmp_path: Path) -> None:
    write_sample(tmp_path, orders=700, seed=1, end=date(2025, 12, 2), days=400)
    recount = Recount(tmp_path)
    check(recount)
    assert recount.truth["as_of"] == "2025-12-02"
    assert min(r["purchase-date"] for r in recount.orders.values()) >= "2024-10-29"


def test_the_smallest_sample_keeps_every_order(tmp_path: Path) -> None:
    for seed in range(8):
        write_sample(tmp_path, orders=20, seed=seed)
        recount = Recount(tmp_path)
        check(recount)
        assert len({f["file"] for f in recount.truth["files"]}) == len(recount.truth["files"])
        assert len(recount.orders) == 20


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"scenario": "storm"}, "unknown name 'storm'"),
        ({"orders": 19}, "orders must be at least 20"),
        ({"seed": -1}, "seed must be 0 or more"),
        ({"days": 119}, "days must be at least 120"),
    ],
)
def test_wrong_arguments_write_nothing(
    arguments: dict[str, object], words: str, tmp_path: Path
) -> None:
    with pytest.raises(ParameterError, match=words):
        write_sample(tmp_path / "out", **arguments)
    assert not (tmp_path / "out").exists()


def test_a_sample_replaces_a_sample_but_never_joins_other_files(tmp_path: Path) -> None:
    write_sample(tmp_path, orders=300, seed=1)
    (tmp_path / "README.md").write_text("kept", encoding="utf-8")
    write_sample(tmp_path, seed=1, scenario="tiny")
    check(Recount(tmp_path))
    listed = {f["file"] for f in json.loads((tmp_path / "truth.json").read_text("utf-8"))["files"]}
    assert {p.name for p in tmp_path.iterdir()} == listed | {"truth.json", "README.md"}

    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()} | {"mine.txt": b"real orders"}
    (tmp_path / "mine.txt").write_bytes(b"real orders")
    with pytest.raises(ParameterError, match=r"other files \(mine.txt\)"):
        write_sample(tmp_path, seed=2, scenario="tiny")
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x", encoding="utf-8")
    with pytest.raises(ParameterError, match="is a file"):
        write_sample(tmp_path / "out", scenario="tiny")


@pytest.mark.parametrize("content", ["not json", "[]", '{"synthetic": false, "files": []}'])
def test_a_truth_file_of_someone_else_is_not_touched(content: str, tmp_path: Path) -> None:
    (tmp_path / "truth.json").write_text(content, encoding="utf-8")
    with pytest.raises(ParameterError, match=r"other files \(truth.json\)"):
        write_sample(tmp_path, scenario="tiny")
    assert (tmp_path / "truth.json").read_text("utf-8") == content


def test_the_shipped_sample_is_what_the_generator_writes(tmp_path: Path) -> None:
    write_sample(tmp_path)
    fresh = {p.name: p for p in tmp_path.iterdir()}
    shipped = {p.name: p for p in SHIPPED.iterdir() if p.name != "README.md"}
    assert set(fresh) == set(shipped)
    for name, path in fresh.items():
        # gzip's own bytes differ between builds of zlib; what is in them may not
        unpack = gzip.decompress if name.endswith(".gz") else bytes
        assert unpack(path.read_bytes()) == unpack(shipped[name].read_bytes()), name


def test_the_shipped_sample_is_small_and_says_what_it_is() -> None:
    assert 100_000 < sum(p.stat().st_size for p in SHIPPED.iterdir()) < 2_000_000
    text = (SHIPPED / "README.md").read_text("utf-8")
    truth = json.loads((SHIPPED / "truth.json").read_text("utf-8"))
    packaging, carrier = truth["story"]["planted"]
    for words in ("synthetic", "odr sample", packaging["sku"], packaging["from"], carrier["from"]):
        assert words in text
    for rate in truth["rates"]:
        assert f"{rate['n_defective']} of {rate['n_orders']:,}" in text
