"""What was read once is not read again: Parquet tables keyed by the content of the files.

The cache holds the order ledger and, once asked for, the items (per set of files), and the
small tables of an account and, once asked for, its orders and what was read from buyers' words
(per set of files and policy). It may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from odr_analysis.errors import OdrError

Made = TypeVar("Made")
FORMAT = 9
"""Raised whenever readers or tables change, so that older entries are not used."""
MOST_ENTRIES = 200
SIZES = "sizes.json"
"""File of an entry that says how large its other files are, so that a torn one is noticed."""


class Cache:
    """A folder of finished tables.

    Writing is atomic: an entry is made aside and renamed, so another process
    sees all of it or nothing.
    """

    def __init__(self, root: Path):
        self.root = root
        self._memo_file = root / "files.json"

    def entry(self, key: str) -> Path | None:
        """The folder stored under `key`, or None; a damaged one is removed."""
        path = self.root / key
        if not path.is_dir():
            return None
        if not _whole(path):
            shutil.rmtree(path, ignore_errors=True)
            return None
        with suppress(OSError):
            os.utime(path)
        return path

    def store(self, write: Callable[[Path], str]) -> Path:
        """Let `write` fill a new folder, and keep it under the key it returns."""
        aside = Path(self._make(lambda: tempfile.mkdtemp(prefix="making-", dir=self.root)))
        try:
            key = write(aside)
            sizes = {p.name: p.stat().st_size for p in aside.iterdir()}
            (aside / SIZES).write_text(json.dumps(sizes), "utf-8")
            target = self.entry(key) or self.root / key
            with suppress(OSError):  # another process may have stored the same content first
                aside.rename(target)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        self._prune()
        return target

    @contextmanager
    def alone(self, what: str) -> Iterator[None]:
        """Only one process at a time is within for the same `what`; the others wait.

        The lock goes with its process. Where the system has none, nobody waits, and the
        same work may be done twice.
        """
        try:
            import fcntl
        except ImportError:
            yield
            return
        lock = self.root / f"{key_of(['lock', what])}.lock"
        with self._make(lambda: lock.open("w")) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _prune(self) -> None:
        entries = []
        for path in self.root.iterdir():
            with suppress(OSError):  # another process may have removed it
                if path.is_dir() and not path.name.startswith("making-"):
                    entries.append((path.stat().st_mtime_ns, path))
        for _, old in sorted(entries, reverse=True)[MOST_ENTRIES:]:
            shutil.rmtree(old, ignore_errors=True)

    def _make(self, maker: Callable[[], Made]) -> Made:
        """Make a file or folder below the root, which is made when missing."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            return maker()
        except OSError as error:
            raise self._refused(error) from error

    def _refused(self, error: OSError) -> OdrError:
        return OdrError(
            f"{self.root}: the cache folder cannot be used ({error.strerror or error}). "
            "Set ODR_CACHE to a folder that may be written, or use no cache (--no-cache)."
        )

    def remembered(self, folder: Path, paths: list[Path]) -> dict[str, list[list[str]]] | None:
        """Path to (name, sha256) of what is in it, if no file changed since it was hashed.

        Names are relative to `folder`; None when any file is new or changed.
        """
        memo = self._memo()
        known: dict[str, list[list[str]]] = {}
        for path in paths:
            row = memo.get(_memo_key(folder, path))
            try:
                state = _state(path)
            except OSError:
                return None
            # A file touched in the very moment of hashing could change again unnoticed.
            if row is None or row[:3] != state or max(state[1:]) >= row[3]:
                return None
            known[str(path)] = row[4]
        return known

    def remember(self, folder: Path, contents: dict[str, list[list[str]]], at_ns: int) -> None:
        """Keep what :meth:`remembered` gives back; hashing began at `at_ns`."""
        memo = self._memo()
        for name, parts in contents.items():
            memo[_memo_key(folder, Path(name))] = [*_state(Path(name)), at_ns, parts]
        handle, aside = self._make(lambda: tempfile.mkstemp(dir=self.root))
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(memo, file)
        Path(aside).replace(self._memo_file)

    def now_ns(self) -> int:
        """The file system's own idea of now, to compare with files' times."""
        with self._make(lambda: tempfile.NamedTemporaryFile(dir=self.root)) as file:
            return os.fstat(file.fileno()).st_mtime_ns

    def _memo(self) -> dict[str, Any]:
        try:
            return dict(json.loads(self._memo_file.read_text("utf-8")))
        except (OSError, ValueError):
            return {}


def _state(path: Path) -> list[int]:
    """Size and times of a file; the change time moves even when the other is set back."""
    stat = path.stat()
    return [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns]


def _whole(entry: Path) -> bool:
    try:
        sizes = json.loads((entry / SIZES).read_text("utf-8"))
        return all((entry / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError, AttributeError):
        return False


def _memo_key(folder: Path, path: Path) -> str:
    return f"{folder.resolve()}\n{path.resolve()}"


def default_root() -> Path:
    """``ODR_CACHE`` where set, else the user's cache folder."""
    if chosen := os.environ.get("ODR_CACHE"):
        return Path(chosen)
    from platformdirs import user_cache_path

    return user_cache_path("odr-analysis")


def key_of(what: Any) -> str:
    """A key for anything JSON can carry."""
    text = json.dumps([FORMAT, what], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:40]
