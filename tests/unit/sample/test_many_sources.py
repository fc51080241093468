"""Accounts of many sources, held against their own files read with nothing but csv and json."""

from __future__ import annotations

import gzip
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from odr_analysis.sample.files.folder import Folder
from odr_analysis.sample.many_sources import CALLED_OFF, write_many_sources
from odr_analysis.sample.model.recipes import RECIPES
from tests.unit.sample.written import STORES, write


def test_same_arguments_give_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    texts = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write(tmp_path / name, "witnesses-us", orders=200, seed=seed)
        texts.append({p.name: p.read_bytes() for p in (tmp_path / name).iterdir()})
    assert texts[0] == texts[1]
    assert texts[0]["truth.json"] != texts[2]["truth.json"]


@pytest.mark.parametrize("scenario", STORES)
def test_small_and_short_accounts_are_written_whole(scenario: str, tmp_path: Path) -> None:
    for seed in range(4):
        made = write(tmp_path, scenario, orders=20, seed=seed, days=120, end=date(2025, 11, 4))
        assert made.truth["as_of"] == "2025-11-04"
        assert made.truth["orders"]["distinct"] == 20
        placed = {case["name"] for case in made.truth["planted"]}
        assert placed < RECIPES.keys()
        listed = {entry["file"] for entry in made.truth["files"]}
        assert {p.name for p in tmp_path.iterdir()} == listed | {"truth.json"}


def test_it_replaces_another_sample_and_is_replaced(tmp_path: Path) -> None:
    for scenario in ("tiny", "witnesses", "tiny"):
        made = write(tmp_path, scenario, orders=100)
        listed = {entry["file"] for entry in made.truth["files"]}
        assert {p.name for p in tmp_path.iterdir()} == listed | {"truth.json"}


def test_the_answer_lists_every_file_and_the_newest_settlement_twice(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    end = date(2026, 9, 30)
    answer = write_many_sources(folder, "witnesses", 200, 1, end, 150)
    assert answer["files"] is folder.files
    assert {p.name for p in tmp_path.iterdir()} == {entry["file"] for entry in folder.files}
    kinds = Counter(entry["kind"] for entry in folder.files)
    assert (kinds["settlement"], kinds["date-range"], kinds["finances"]) == (5, 1, 1)
    *_, plain, packed = (e["file"] for e in folder.files if e["kind"] == "settlement")
    packed_text = gzip.decompress((tmp_path / packed).read_bytes())
    assert packed_text == (tmp_path / plain).read_bytes()
    assert answer["orders"]["cancelled"] >= CALLED_OFF
    assert answer["rates"] == answer["policies"][answer["policy"]["name"]]["rates"]
