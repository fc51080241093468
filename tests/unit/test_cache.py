"""What was read once is not read again, and nothing stale, torn or foreign is ever used."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import pandas as pd
import pytest

from odr_analysis import Policy, load_account, source
from odr_analysis import cache as cache_module
from odr_analysis.cache import MAKING, Cache, default_root, key_of
from odr_analysis.errors import OdrError, OdrWarning
from odr_analysis.scratch import SCRATCH, Held
from tests.downloads import (
    UNSHIPPED,
    feedback,
    fill,
    oid,
    order,
    orders,
    returned,
    table,
    without_rights,
)

EXPORTS = {
    "orders.txt": table(orders(30)),
    "f.txt": feedback([("30/07/2026", "1", "bad", oid(3))]),
}


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


def settle(folder: Path) -> None:
    """Let the files be older than their hashing, as they are in life."""
    files = [p for p in folder.rglob("*") if p.is_file()]
    for path in files:
        os.utime(path, (1_700_000_000, 1_700_000_000))
    changed = max(p.stat().st_ctime_ns for p in files)
    probe = folder.parent / "probe"
    while not probe.exists() or probe.stat().st_mtime_ns <= changed:
        probe.write_bytes(b"")
    probe.unlink()


def same(a, b) -> None:
    for name in ("daily", "defective", "defects", "feedback", "orders"):
        pd.testing.assert_frame_equal(getattr(a, name), getattr(b, name))
    assert a.receipt == b.receipt
    assert a.known_to == b.known_to


def entries(cache: Path) -> list[Path]:
    """What files say and what that means; not the tables kept once they were asked for."""
    return sorted(p for p in cache.iterdir() if p.is_dir() and not kept(p))


def kept(entry: Path) -> bool:
    return (entry / source.KEPT).exists()


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


WARM = """
import sys
from odr_analysis import load_account
account = load_account(sys.argv[1], cache=sys.argv[2])
print(len(account.daily), len(account.defective), account.receipt.rows_read)
print([m for m in ("duckdb", "ibis", "odr_analysis.exports.folder") if m in sys.modules])
"""


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


def damage_all(cache: Path, damage) -> None:
    for path in cache.rglob("*"):
        if path.is_file():
            damage(path)


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


def flip(path: Path, bit: int) -> None:
    """Turn one bit of a file over, leaving its times as they were."""
    stat, content = path.stat(), bytearray(path.read_bytes())
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


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


def test_what_killed_runs_left_goes_with_the_next_one(folder, cache):
    code = """
import os, signal, sys
from pathlib import Path
from odr_analysis import load_account
from odr_analysis.exports import folder as read
real = read.write_facts
def killed(folder, *rest):
    (folder / "half.parquet").write_bytes(b"PAR1")
    os.kill(os.getpid(), signal.SIGKILL)
read.write_facts = killed
load_account(sys.argv[1], cache=sys.argv[2])
"""
    scratch = cache.parent / "scratch"
    scratch.mkdir()
    around = {**os.environ, "TMPDIR": str(scratch)}
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", code, str(folder), str(cache)], env=around, check=False
        )
        assert done.returncode == -9
        # Each with its lock file.
        assert len(list(cache.glob(f"{MAKING}*"))) == 2, "the earlier one is gone"
        assert len(list(scratch.glob(f"{SCRATCH}*"))) == 2
    (scratch / f"{SCRATCH}of-mine").mkdir()
    with Held(cache, MAKING) as alive:
        again = "import sys; from odr_analysis import load_account; load_account(*sys.argv[1:2], "
        subprocess.run(
            [sys.executable, "-c", again + "cache=sys.argv[2])", str(folder), str(cache)],
            env=around,
            check=True,
        )
        left = sorted(cache.glob(f"{MAKING}*"))
        assert left == [alive, alive.with_name(f"{alive.name}.lock")], "one in use is left alone"
    assert [p.name for p in scratch.iterdir()] == [f"{SCRATCH}of-mine"]
    assert not list(cache.glob(f"{MAKING}*"))


def test_free_locks_go_and_one_in_use_stays(cache):
    cache.mkdir()
    (cache / "free.lock").touch()
    with Cache(cache).alone("what"):
        (held,) = set(cache.iterdir()) - {cache / "free.lock"}
        Cache(cache).tidy()
        assert list(cache.iterdir()) == [held]
    assert list(cache.iterdir()) == []


def test_an_emptied_cache_does_not_trouble_an_open_account(folder, cache):
    settle(folder)
    account = load_account(folder, cache=cache)
    before = account.orders
    damage_all(cache, Path.unlink)
    pd.testing.assert_frame_equal(before, account.orders)
    damage_all(cache, Path.unlink)
    fill(folder, {"orders.txt": table(orders(7))})
    with pytest.raises(
        OdrError, match=r"files changed since they were loaded.*Load the account ag"
    ):
        _ = account.orders


def test_two_processes_at_once(folder, cache):
    code = WARM + "print(len(account.orders))"
    both = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(folder), str(cache)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    told = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    assert [out.splitlines()[0] for out, _ in told] == ["30 1 31"] * 2
    assert len(entries(cache)) == 2
    assert not list(cache.glob(f"{MAKING}*"))


def test_without_a_cache_nothing_is_left_behind(folder, tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    monkeypatch.setenv("ODR_CACHE", str(tmp_path / "unused"))
    account = load_account(folder, cache=None)
    assert len(account.orders) == len(account.items) == 30
    # What the account may still be asked for, and its lock.
    assert sorted(path.suffix for path in scratch.iterdir()) == ["", ".lock"]
    del account
    assert list(scratch.iterdir()) == []
    assert not (tmp_path / "unused").exists()
    assert sorted(p.name for p in folder.iterdir()) == ["f.txt", "orders.txt"]


def test_by_default_the_cache_lies_where_the_environment_says(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("ODR_CACHE", str(tmp_path / "chosen"))
    assert default_root() == tmp_path / "chosen"
    load_account(folder)
    assert len(entries(tmp_path / "chosen")) == 2
    monkeypatch.delenv("ODR_CACHE")
    assert default_root().name == "odr-analysis"


def test_a_folder_of_exports_that_may_only_be_read():
    with without_rights() as base:
        folder = fill(base / "exports", EXPORTS)
        for path in (*folder.iterdir(), folder):
            path.chmod(0o555)
        for cache in (None, base / "cache", base / "cache"):
            assert load_account(folder, cache=cache).receipt.rows_read == 31
        folder.chmod(0o755)


def test_a_cache_that_may_not_be_written_is_named():
    with without_rights() as base:
        folder = fill(base / "exports", EXPORTS)
        (base / "cache").mkdir(mode=0o555)
        for cache in (base / "cache", base / "cache" / "below"):
            with pytest.raises(
                OdrError, match=r"cannot be used \(Permission.*Set ODR_CACHE to a f"
            ):
                load_account(folder, cache=cache)


def test_odd_characters_in_the_name_of_the_cache(folder, tmp_path):
    cache = tmp_path / "cache [1] ü*"
    same(load_account(folder, cache=cache), load_account(folder, cache=cache))


def test_only_so_many_entries_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(cache_module, "MOST_ENTRIES", 3)
    store = Cache(tmp_path)

    def write(number: int):
        def fill_in(folder: Path) -> str:
            (folder / "n").write_text(str(number))
            return f"key{number}"

        return fill_in

    for number in range(6):
        made = store.store(write(number))
        os.utime(made, (1000 + number, 1000 + number))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["key3", "key4", "key5"]
    assert store.entry("key3") is not None  # used, so now the newest
    store.store(write(6))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["key3", "key5", "key6"]


def test_an_entry_that_could_not_be_finished_leaves_nothing(tmp_path):
    def fail(folder: Path) -> str:
        (folder / "half").write_text("x")
        raise OdrError("no")

    with pytest.raises(OdrError):
        Cache(tmp_path).store(fail)
    assert list(tmp_path.iterdir()) == []


def test_keys_tell_contents_apart():
    assert key_of([1, "a"]) == key_of([1, "a"])
    assert len({key_of(x) for x in (["a", "b"], ["ab"], ["a", ["b"]], {"a": "b"}, "é", None)}) == 6
    assert json.loads(json.dumps(key_of("x"))).isalnum()


def test_what_is_used_below_the_front_door_is_a_reading(folder, cache):
    reading = source.Reading(folder, None, cache, None, None)
    assert {p.name for p in entries(cache)} == {reading.facts_home.name, reading.home.name}
