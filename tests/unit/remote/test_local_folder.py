"""A bucket as a folder: only what changed is fetched, every state is whole, nobody is disturbed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from odr_analysis.cache import FETCHED
from odr_analysis.errors import MachineError, OdrError, ParameterError
from odr_analysis.remote.bucket import Bucket, ChangedError
from odr_analysis.remote.local_folder import STATE, local_folder
from odr_analysis.remote.object_names import Listed
from tests.bucket import NAME, Served

URL = f"s3://{NAME}/k/alpha"


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def saved(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Keys of the objects that are fetched."""
    keys: list[str] = []
    save = Bucket.save

    def counted(self: Bucket, one: Listed, path: Path) -> None:
        keys.append(one.key)
        save(self, one, path)

    monkeypatch.setattr(Bucket, "save", counted)
    return keys


def held(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def states(cache: Path) -> list[Path]:
    return [path.parent for path in (cache / FETCHED).rglob(STATE)]


def test_a_path_is_itself_and_nothing_is_asked(tmp_path: Path, cache: Path) -> None:
    with local_folder(tmp_path / "none", cache) as here:
        assert here == tmp_path / "none"
    assert not cache.exists()


def test_only_what_changed_is_fetched(bucket: Served, cache: Path, saved: list[str]) -> None:
    bucket.put("k/alpha/a.txt", b"one")
    bucket.put("k/alpha/sub/b.txt", b"two")
    with local_folder(URL, cache) as here:
        assert here.name == "alpha"
        assert held(here) == {"a.txt": b"one", "sub/b.txt": b"two"}
        assert here.resolve().is_relative_to(cache.resolve())
    assert sorted(saved) == ["k/alpha/a.txt", "k/alpha/sub/b.txt"]
    saved.clear()
    with local_folder(f"{URL}/", cache) as again:
        assert again == here
    assert saved == []
    bucket.put("k/alpha/a.txt", b"ONE")
    bucket.put("k/alpha/c.txt", b"three")
    bucket.delete("k/alpha/sub/b.txt")
    with local_folder(URL, cache) as new:
        assert held(new) == {"a.txt": b"ONE", "c.txt": b"three"}
    assert sorted(saved) == ["k/alpha/a.txt", "k/alpha/c.txt"]
    bucket.put("k/alpha/d.txt", b"four")
    saved.clear()
    with local_folder(URL, cache):
        assert saved == ["k/alpha/d.txt"]


def test_who_reads_a_state_keeps_it(bucket: Served, cache: Path) -> None:
    bucket.put("k/alpha/a.txt", b"one")
    with local_folder(URL, cache) as old:
        bucket.put("k/alpha/a.txt", b"two")
        with local_folder(URL, cache) as new:
            assert (held(old), held(new)) == ({"a.txt": b"one"}, {"a.txt": b"two"})
        assert len(states(cache)) == 2
    with local_folder(URL, cache) as new:
        assert held(new) == {"a.txt": b"two"}
    assert len(states(cache)) == 1, "nobody reads the older one any more"


def test_a_damaged_copy_is_mended(bucket: Served, cache: Path, saved: list[str]) -> None:
    bucket.put("k/alpha/a.txt", b"one")
    bucket.put("k/alpha/b.txt", b"two")
    with local_folder(URL, cache) as here:
        (here / "a.txt").write_bytes(b"")
        (here / "b.txt").unlink()
    saved.clear()
    with local_folder(URL, cache) as here:
        assert held(here) == {"a.txt": b"one", "b.txt": b"two"}
    assert len(saved) == 2


def test_one_object_is_a_file(bucket: Served, cache: Path) -> None:
    bucket.put("k/alpha/a.txt", b"one")
    with local_folder(f"{URL}/a.txt", cache) as here:
        assert (here.name, here.read_bytes()) == ("a.txt", b"one")


def test_without_a_cache_nothing_is_left(bucket: Served, cache: Path) -> None:
    bucket.put("k/alpha/a.txt", b"one")
    with local_folder(URL, None) as here:
        assert held(here) == {"a.txt": b"one"}
    assert not here.exists()


def test_keys_stay_within_the_cache(bucket: Served, cache: Path, tmp_path: Path) -> None:
    bucket.put("k/alpha/a\\..\\..\\up.txt", b"x")
    bucket.put("k/alpha/C:\\up.txt", b"x")
    with local_folder(URL, cache) as here:
        assert len(held(here)) == 2
    outside = [p for p in tmp_path.rglob("*up.txt") if not p.is_relative_to(here)]
    assert outside == []


def test_only_hidden_files_are_nothing(bucket: Served, cache: Path) -> None:
    bucket.put("k/alpha/.x", b"x")
    with pytest.raises(OdrError, match="no file below this URL"), local_folder(URL, cache):
        pass


def test_a_wrong_url_asks_nobody(cache: Path) -> None:
    with pytest.raises(ParameterError), local_folder("ftp://x/y", cache):
        pass
    assert not cache.exists()


def changing(bucket: Served, times: int) -> Callable[[Bucket, Listed, Path], None]:
    """Saving, where the object is changed just before the first `times`."""
    save = Bucket.save
    left = iter(range(times))

    def changed(self: Bucket, one: Listed, path: Path) -> None:
        if (n := next(left, None)) is not None:
            bucket.put(one.key, f"{n} new".encode())
        save(self, one, path)

    return changed


def test_a_bucket_that_changes_meanwhile_is_listed_anew(
    bucket: Served, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.put("k/alpha/a.txt", b"one")
    monkeypatch.setattr(Bucket, "save", changing(bucket, 1))
    with local_folder(URL, cache) as here:
        assert held(here) == {"a.txt": b"0 new"}


def test_a_bucket_that_keeps_changing_is_said(
    bucket: Served, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.put("k/alpha/a.txt", b"one")
    monkeypatch.setattr(Bucket, "save", changing(bucket, 9))
    with pytest.raises(MachineError, match="kept changing"), local_folder(URL, cache):
        pass
    assert states(cache) == []
    assert issubclass(ChangedError, Exception)


def test_a_cache_that_cannot_be_written(bucket: Served, tmp_path: Path) -> None:
    bucket.put("k/alpha/a.txt", b"one")
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(OdrError, match="ODR_CACHE"), local_folder(URL, tmp_path / "file"):
        pass


def test_several_processes_at_once_and_one_killed(bucket: Served, cache: Path) -> None:
    for n in range(20):
        bucket.put(f"k/alpha/{n}.txt", f"content {n}".encode() * 1000)
    code = (
        "import sys; from pathlib import Path\n"
        "from odr_analysis.remote.local_folder import local_folder\n"
        f"with local_folder({URL!r}, sys.argv[1]) as here:\n"
        "    print(sum(len(p.read_bytes()) for p in here.iterdir()), flush=True)\n"
        "    sys.stdin.read()\n"
    )

    def start() -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", code, str(cache)],
            env=dict(os.environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    total = sum(len(f"content {n}" * 1000) for n in range(20))
    running = [start() for _ in range(3)]
    try:
        assert {int(p.stdout.readline()) for p in running if p.stdout} == {total}
        assert len(states(cache)) == 1
        running[0].kill()
        bucket.put("k/alpha/0.txt", b"new")
        with local_folder(URL, cache):
            assert len(states(cache)) == 2, "two still read the first"
    finally:
        for process in running:
            process.communicate("")
    with local_folder(URL, cache) as here:
        assert (here / "0.txt").read_bytes() == b"new"
    assert len(states(cache)) == 1, "the mark of the killed one went with it"
