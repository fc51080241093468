"""A flipped bit in the cache never reaches a number."""

from __future__ import annotations

import random
import shutil
import warnings

import pandas as pd
import pytest

from odr_analysis import Policy, load_account
from odr_analysis.cache import Cache
from odr_analysis.errors import OdrWarning
from tests.downloads import (
    fill,
)
from tests.unit.cached_exports import EXPORTS, flip, same, settle

FLIPS, LOADS = 200, 8


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A folder nobody changes, its cache with every table that is kept, and its account."""
    base = tmp_path_factory.mktemp("finished")
    folder = fill(base / "exports", EXPORTS)
    settle(folder)
    account = load_account(folder, cache=base / "cache")
    assert len(account.orders) == len(account.items) == 30
    return folder, base / "cache", account


def test_a_flipped_bit_never_reaches_a_reader(tmp_path, finished):
    """One bit in 200 places, spread over every file: a damaged entry is never given out."""
    folder, filled, _ = finished
    draw, cache, paths = random.Random(20261128), tmp_path / "cache", sorted(folder.iterdir())
    hashes = Cache(filled).remembered(folder, paths)
    assert hashes
    files = sorted(
        p.relative_to(filled) for p in filled.rglob("*") if p.is_file() and p.stat().st_size
    )
    assert {p.name for p in files} >= {"ledger.parquet", "account.json", "sums.json", "files.json"}
    shutil.copytree(filled, cache)
    for trial in range(FLIPS):
        damaged = cache / files[trial % len(files)]
        flip(damaged, draw.randrange(damaged.stat().st_size * 8))
        if damaged.parent == cache:
            assert Cache(cache).remembered(folder, paths) is None
        else:
            with pytest.warns(OdrWarning, match="damaged"):
                assert Cache(cache).entry(damaged.parent.name) is None
            assert not damaged.parent.exists()
            shutil.copytree(filled / damaged.parent.name, damaged.parent)
        shutil.copy2(filled / files[trial % len(files)], damaged)


def test_a_flipped_bit_never_changes_a_number(tmp_path, finished):
    folder, filled, one = finished
    items, strict = one.items, Policy(count_pending_orders=False)
    expected = load_account(folder, cache=None, policy=strict)
    files = sorted(
        p.relative_to(filled) for p in filled.rglob("*") if p.is_file() and p.stat().st_size
    )
    draw, dropped = random.Random(9), 0
    for trial in range(LOADS):
        cache = tmp_path / str(trial)
        shutil.copytree(filled, cache)
        path = cache / files[trial * 7 % len(files)]
        flip(path, draw.randrange(path.stat().st_size * 8))
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            # Another policy reads what the files say again, the same one only what it means.
            same(expected, load_account(folder, cache=cache, policy=strict))
            two = load_account(folder, cache=cache)
            same(one, two)
            pd.testing.assert_frame_equal(items, two.items)
        dropped += sum(issubclass(w.category, OdrWarning) for w in said)
        same(one, load_account(folder, cache=cache))
    assert dropped >= LOADS // 2


@pytest.mark.parametrize("place", ["{", '"furthest": "2', "0, ", "]}"])
def test_facts_are_compared_before_anything_is_read_of_them(tmp_path, finished, place):
    """Before the entry is chosen already: its day decides whether it is right today."""
    folder, filled, one = finished
    cache = tmp_path / "cache"
    shutil.copytree(filled, cache)
    (facts,) = cache.rglob("facts.json")
    at = facts.read_text("utf-8").index(place) + len(place) - 1
    flip(facts, at * 8)
    with pytest.warns(OdrWarning, match=r"damaged \(facts\.json is not what was written\)"):
        same(one, load_account(folder, cache=cache))
    same(one, load_account(folder, cache=cache))
