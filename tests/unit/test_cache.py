"""What was read once is not read again, and nothing stale, torn or foreign is ever used."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import pandas as pd
import pytest

from odr_analysis import Policy, load_account, source
from odr_analysis.cache import Cache, key_of
from odr_analysis.errors import OdrError, OdrWarning
from tests.downloads import (
    UNSHIPPED,
    fill,
    oid,
    order,
    orders,
    returned,
    table,
)
from tests.unit.cached_exports import EXPORTS, WARM, damage_all, entries, flip, kept, same, settle


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return fill(tmp_path / "exports", EXPORTS)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """A folder, its finished cache, its account and the orders of that."""
    base = tmp_path_factory.mktemp("loaded")
    folder = fill(base / "exports", EXPORTS)
    settle(folder)
    account = load_account(folder, cache=base / "cache")
    return folder, base / "cache", account, account.orders


@pytest.fixture
def warm(loaded, cache):
    """A folder that was loaded into this test's own cache, its account and orders."""
    folder, filled, account, orders_ = loaded
    shutil.copytree(filled, cache)
    return folder, account, orders_


@pytest.fixture
def readings(monkeypatch) -> list[str]:
    """Grows whenever the engine reads files, or applies a policy."""
    from odr_analysis.exports import folder as read

    seen: list[str] = []

    def noted(name: str):
        real = getattr(read, name)

        def run(*args):
            seen.append(name)
            return real(*args)

        return run

    for name in ("read_folder", "apply_policy"):
        monkeypatch.setattr(read, name, noted(name))
    return seen


def test_orders_are_kept_once_asked_for_and_then_need_no_engine(folder, cache, readings) -> None:
    settle(folder)
    account = load_account(folder, cache=cache)
    assert not [p for p in cache.iterdir() if kept(p)]
    first = account.orders
    assert len([p for p in cache.iterdir() if kept(p)]) == 1
    seen = list(readings)
    again = load_account(folder, cache=cache).orders
    assert readings == seen
    pd.testing.assert_frame_equal(first, again)
    # What counts is a matter of the policy, so each has its own.
    other = load_account(folder, policy=Policy(count_pending_orders=False), cache=cache).orders
    assert len([p for p in cache.iterdir() if kept(p)]) == 2
    assert other.counts.sum() <= first.counts.sum()


def test_reading_begins_before_pandas_and_the_engine_are_imported() -> None:
    """They are imported while files are looked at and orders put together."""
    code = """
import sys, odr_analysis.cli, odr_analysis.exports.folder
print([m for m in ("pandas", "duckdb", "ibis", "rich") if m in sys.modules])
"""
    assert run_python(code) == ["[]"]


def run_python(code: str, *arguments: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_a_second_load_imports_no_engine_and_says_the_same(folder, cache):
    first, imported = run_python(WARM, folder, cache)
    assert imported == "['duckdb', 'ibis', 'odr_analysis.exports.folder']"
    assert run_python(WARM, folder, cache) == [first, "[]"]
    assert first == "30 1 31"


def test_a_second_load_is_the_first(warm, cache, readings):
    folder, one, _ = warm
    same(one, load_account(folder, cache=cache))
    assert readings == []


def test_returns_come_out_of_the_cache_as_they_went_in(folder, cache, readings):
    rows = [(oid(3), "10-Jul-2026", "CR-DEFECTIVE", "Approved", "N"), (oid(4), "", "", "", "Y")]
    fill(folder, {"r.txt": returned(rows)})
    settle(folder)
    one, two = (load_account(folder, cache=cache) for _ in range(2))
    assert readings == ["read_folder", "apply_policy"]
    pd.testing.assert_frame_equal(one.returns, two.returns)
    assert two.returns.reason.tolist() == ["CR-DEFECTIVE", ""]
    other = load_account(folder, cache=cache, policy=Policy(lag_days=0))
    pd.testing.assert_frame_equal(one.returns, other.returns)
    assert readings == ["read_folder", "apply_policy", "apply_policy"]


def test_changed_content_of_the_same_size_and_time_is_noticed(folder, cache):
    settle(folder)
    load_account(folder, cache=cache)
    path = folder / "orders.txt"
    path.write_text(EXPORTS["orders.txt"].replace("Merchant", "Amazon  ", 7))
    settle(folder)
    assert path.stat().st_size == len(EXPORTS["orders.txt"])
    account = load_account(folder, cache=cache)
    assert account.orders.channel.value_counts().to_dict() == {"mfn": 23, "afn": 7}


def test_a_change_within_the_same_tick_of_the_clock_is_noticed(folder, cache):
    # No settling: the file is as old as its hashing, so it is not trusted.
    load_account(folder, cache=cache)
    (folder / "orders.txt").write_text(table(orders(29)))
    assert load_account(folder, cache=cache).receipt.orders["distinct"] == 29


def test_a_touched_file_is_hashed_again_and_found(warm, cache, readings):
    folder, one, _ = warm
    (folder / "orders.txt").touch()
    same(one, load_account(folder, cache=cache))
    assert readings[0] == "read_folder"
    assert len(entries(cache)) == 2


def test_files_that_come_go_and_change_places(folder, cache):
    settle(folder)
    load_account(folder, cache=cache)
    (folder / "f.txt").rename(folder.parent / "f.txt")
    assert load_account(folder, cache=cache).defects.empty
    (folder.parent / "f.txt").rename(folder / "g.txt")
    assert load_account(folder, cache=cache).defects.file.tolist() == ["g.txt"]
    fill(folder, {"more.txt": table(orders(5, 100))})
    assert load_account(folder, cache=cache).receipt.orders["distinct"] == 35


def test_two_folders_of_one_content_share_what_was_read(warm, cache, tmp_path):
    _, one, _ = warm
    other = fill(tmp_path / "copy", EXPORTS)
    two = load_account(other, cache=cache)
    pd.testing.assert_frame_equal(one.daily, two.daily)
    assert (one.name, two.name) == ("exports", "copy")
    assert len(entries(cache)) == 2


def test_another_policy_reads_no_file_again(folder, cache, readings):
    fill(folder, {"c.txt": table([order(100, order__status="Cancelled")])})
    settle(folder)
    strict = Policy(count_cancelled_orders=False)
    assert load_account(folder, cache=cache).receipt.orders["counted"] == 31
    assert load_account(folder, cache=cache, policy=strict).receipt.orders["counted"] == 30
    assert load_account(folder, cache=cache).receipt.orders["counted"] == 31
    # Files and policies are told apart; going back to the first policy runs nothing.
    assert readings.count("apply_policy") == 2
    assert load_account(folder, cache=cache, policy=strict).policy == strict
    assert readings.count("apply_policy") == 2


def test_another_marketplace_is_another_reading(tmp_path, cache):
    row = {"order-id": oid(1), "purchase-date": "04/05/26"}
    folder = fill(tmp_path / "u", {"u.txt": table([row], UNSHIPPED)})
    settle(folder)
    days = [
        load_account(folder, cache=cache, marketplace=store).orders.ordered_on[0].isoformat()[:10]
        for store in ("Amazon.com", "Amazon.de", "Amazon.com")
    ]
    assert days == ["2026-04-05", "2026-05-04", "2026-04-05"]


def test_the_loss_budget_is_checked_on_every_load(folder, cache):
    fill(folder, {"bad.txt": table([order(1, "never"), *orders(9, 50)])})
    settle(folder)
    assert load_account(folder, cache=cache, loss_budget=0.5).receipt.rows_dropped == 1
    with pytest.raises(OdrError, match="1 of 10 rows unusable"):
        load_account(folder, cache=cache)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: os.truncate(path, path.stat().st_size // 2),
        lambda path: path.write_bytes(b"\0" * (path.stat().st_size + 1)),
    ],
    ids=["cut in half", "overwritten"],
)
def test_a_damaged_cache_is_made_anew(warm, cache, damage, readings):
    folder, one, orders_ = warm
    damage_all(cache, damage)
    with pytest.warns(OdrWarning, match=r"was damaged \(sums\.json.*the files are read again"):
        two = load_account(folder, cache=cache)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OdrWarning)
        pd.testing.assert_frame_equal(orders_, two.orders)
    pd.testing.assert_frame_equal(one.daily, two.daily)
    same(two, load_account(folder, cache=cache))
    assert readings == ["read_folder", "apply_policy"]


@pytest.mark.parametrize("name", ["ledger.parquet", "facts.json", "account.json", "daily.parquet"])
@pytest.mark.parametrize("harm", ["torn", "gone", "flipped", "one more"])
def test_one_damaged_file_is_enough_to_read_anew(warm, cache, name, harm):
    harmed = [p for e in entries(cache) for p in e.iterdir() if p.name == name]
    assert harmed
    for path in harmed:
        if harm == "torn":
            os.truncate(path, path.stat().st_size - 1)
        elif harm == "gone":
            path.unlink()
        elif harm == "flipped":
            flip(path, path.stat().st_size // 2 * 8)
        else:
            shutil.copy(path, path.with_name("other"))
    store = Cache(cache)
    with pytest.warns(OdrWarning, match="damaged"):
        found = [store.entry(e.name) is None for e in entries(cache)]
    assert found.count(True) == len(harmed)
    assert len(entries(cache)) == 2 - len(harmed)


def test_keys_tell_contents_apart():
    assert key_of([1, "a"]) == key_of([1, "a"])
    assert len({key_of(x) for x in (["a", "b"], ["ab"], ["a", ["b"]], {"a": "b"}, "é", None)}) == 6
    assert json.loads(json.dumps(key_of("x"))).isalnum()


def test_what_is_used_below_the_front_door_is_a_reading(folder, cache):
    reading = source.Reading(folder, None, cache, None, None)
    assert {p.name for p in entries(cache)} == {reading.facts_home.name, reading.home.name}
