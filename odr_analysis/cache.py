"""What was read once is not read again: Parquet tables keyed by the content of the files.

The cache holds the order ledger and, once asked for, the items (per set of files), and the
small tables of an account and, once asked for, its orders and what was read from buyers' words
(per set of files and policy). It may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import warnings
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from odr_analysis.errors import OdrError, OdrWarning
from odr_analysis.scratch import LOCK, Held, alone, remove_free_locks, remove_left

Made = TypeVar("Made")
FORMAT = 16
"""Raised whenever readers or tables change, so that older entries are not used."""
MOST_ENTRIES = 200
CHUNK = 1 << 20
SUMS = "sums.json"
"""File of an entry with size and checksum of its other files, so that damage is noticed."""
FETCHED = "fetched"
"""Folder of copies of what lies in object storage, which are no entries."""
MAKING = "new-"
"""How names of what is being made begin; as in ``scratch``, earlier versions had another."""


class Cache:
    """A folder of finished tables.

    Writing is atomic: an entry is made aside and renamed, so another process
    sees all of it or nothing.
    """

    def __init__(self, root: Path):
        self.root = root
        self._memo_file = root / "files.json"

    def entry(self, key: str, *, read: Collection[str] | None = None) -> Path | None:
        """The folder stored under `key`, or None; a damaged one is removed.

        Checksums are compared of the files to be `read`, by default of all.

        Warns
        -----
        OdrWarning
            An entry was damaged, and is made anew.
        """
        path = self.root / key
        if not path.is_dir():
            return None
        with suppress(OSError):  # what was emptied on purpose is not worth a word
            path.rmdir()
            return None
        if damage := _damage(path, read):
            shutil.rmtree(path, ignore_errors=True)
            if os.path.lexists(path):
                raise OdrError(
                    f"{path}: this entry of the cache is damaged ({damage}) and cannot be removed. "
                    "Remove it, or use no cache (--no-cache)."
                )
            warnings.warn(
                f"{path}: this entry of the cache was damaged ({damage}). It was removed, and "
                "the files are read again. If this happens often, check the disk.",
                OdrWarning,
                stacklevel=2,
            )
            return None
        with suppress(OSError):
            os.utime(path)
        return path

    def store(self, write: Callable[[Path], str]) -> Path:
        """Let `write` fill a new folder, and keep it under the key it returns."""
        with self._make(lambda: Held(self.root, MAKING)) as aside:
            key = write(aside)
            sums = {p.name: _sum_of(p) for p in sorted(aside.iterdir())}
            (aside / SUMS).write_text(json.dumps(sums), "utf-8")
            target = self.root / key
            # Another process may have stored the same content first.
            if self.entry(key) is None:
                try:
                    aside.rename(target)
                except OSError as error:
                    if not target.is_dir():
                        raise self._refused(error) from error
        self._prune()
        return target

    def tidy(self) -> None:
        """Remove what killed processes left."""
        remove_left(self.root, re.escape(MAKING) + ".*")
        remove_free_locks(self.root)

    @contextmanager
    def alone(self, what: str) -> Iterator[None]:
        """Only one process at a time is within for the same `what`, see :func:`scratch.alone`."""
        lock = self.root / f"{key_of(['lock', what])}{LOCK}"
        with ExitStack() as held:
            self._make(lambda: held.enter_context(alone(lock)))
            yield

    def _prune(self) -> None:
        entries = []
        for path in self.root.iterdir():
            with suppress(OSError):  # another process may have removed it
                if path.is_dir() and not path.name.startswith((MAKING, FETCHED)):
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
        text = json.dumps(memo)
        with self._make(lambda: Held(self.root, MAKING, file=True)) as aside:
            aside.write_text(f"{zlib.crc32(text.encode()):08x}\n{text}", "utf-8")
            aside.replace(self._memo_file)

    def now_ns(self) -> int:
        """The file system's own idea of now, to compare with files' times."""
        with self._make(lambda: Held(self.root, MAKING, file=True)) as file:
            return file.stat().st_mtime_ns

    def _memo(self) -> dict[str, Any]:
        """What :meth:`remember` kept; nothing where it is damaged, so that files are hashed."""
        try:
            told, _, text = self._memo_file.read_text("utf-8").partition("\n")
        except (OSError, ValueError):
            return {}
        return dict(json.loads(text)) if told == f"{zlib.crc32(text.encode()):08x}" else {}


def _state(path: Path) -> list[int]:
    """Size and times of a file; the change time moves even when the other is set back."""
    try:
        # Of a link to a folder that is not followed, what is in there does not matter.
        stat = path.lstat() if path.is_dir() else path.stat()
    except OSError:  # a link to itself has no more than its own
        stat = path.lstat()
    return [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns]


def _damage(entry: Path, read: Collection[str] | None) -> str:
    """What is wrong with an entry, '' where it is whole: files to be `read` to the last bit."""
    try:
        written = json.loads((entry / SUMS).read_text("utf-8"))
        there = {p.name for p in entry.iterdir()} - {SUMS}
        if set(written) != there:
            return f"{SUMS} lists other files"
        for name, (size, checksum) in written.items():
            path = entry / name
            compared = read is None or name in read
            if path.stat().st_size != size or (compared and _sum_of(path) != [size, checksum]):
                return f"{name} is not what was written"
    except (OSError, ValueError, TypeError, RecursionError) as error:
        return f"{SUMS} cannot be read: {type(error).__name__}"
    return ""


def _sum_of(path: Path) -> list[int]:
    """Size and CRC-32 of a file: as fast as memory, and damage is not forgery."""
    size = found = 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            size += len(chunk)
            found = zlib.crc32(chunk, found)
    return [size, found]


def _memo_key(folder: Path, path: Path) -> str:
    # Unlike the method, this function takes a link to itself as it is.
    return f"{os.path.realpath(folder)}\n{os.path.realpath(path)}"


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
