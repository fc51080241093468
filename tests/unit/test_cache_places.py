"""Where the cache lies, who may use it at once, and what does not stay in it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from odr_analysis import cache as cache_module
from odr_analysis import load_account
from odr_analysis.cache import MAKING, Cache, default_root
from odr_analysis.errors import OdrError
from odr_analysis.scratch import SCRATCH, Held
from tests.downloads import (
    fill,
    orders,
    table,
    without_rights,
)
from tests.unit.cached_exports import EXPORTS, WARM, damage_all, entries, same, settle


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return fill(tmp_path / "exports", EXPORTS)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


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
