"""What was read once is not read again: Parquet tables keyed by the content of the files.

The cache holds the order ledger (per set of files) and the small tables of an
account (per set of files and policy). It may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

FORMAT = 1
"""Raised whenever readers or tables change, so that older entries are not used."""
MOST_ENTRIES = 200


class Cache:
    """A folder of finished tables.

    Writing is atomic: an entry is made aside and renamed, so another process
    sees all of it or nothing.
    """

    def __init__(self, root: Path):
        self.root = root
        self._memo_file = root / "files.json"

    def entry(self, key: str) -> Path | None:
        """The folder stored under `key`, or None."""
        path = self.root / key
        if not path.is_dir():
            return None
        with suppress(OSError):
            os.utime(path)
        return path

    def store(self, write: Callable[[Path], str]) -> Path:
        """Let `write` fill a new folder, and keep it under the key it returns."""
        self.root.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix="making-", dir=self.root))
        try:
            target = self.root / write(aside)
            with suppress(OSError):  # another process may have stored the same content first
                aside.rename(target)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        self._prune()
        return target

    def _prune(self) -> None:
        entries = [
            p for p in self.root.iterdir() if p.is_dir() and not p.name.startswith("making-")
        ]
        entries.sort(key=lambda p: p.stat().st_mtime, reverse=True)
        for old in entries[MOST_ENTRIES:]:
            shutil.rmtree(old, ignore_errors=True)

    def remembered(self, folder: Path, paths: list[Path]) -> dict[str, list[list[str]]] | None:
        """Path to (name, sha256) of what is in it, if no file changed since it was hashed.

        Names are relative to `folder`; None when any file is new or changed.
        """
        memo = self._memo()
        known: dict[str, list[list[str]]] = {}
        for path in paths:
            row = memo.get(_memo_key(folder, path))
            # A file touched in the very moment of hashing could change again unnoticed.
            stamp = path.stat().st_mtime_ns
            if row is None or row[:2] != [path.stat().st_size, stamp] or stamp >= row[2]:
                return None
            known[str(path)] = row[3]
        return known

    def remember(self, folder: Path, contents: dict[str, list[list[str]]], at_ns: int) -> None:
        """Keep what :meth:`remembered` gives back; hashing began at `at_ns`."""
        memo = self._memo()
        for name, parts in contents.items():
            stat = Path(name).stat()
            memo[_memo_key(folder, Path(name))] = [stat.st_size, stat.st_mtime_ns, at_ns, parts]
        self.root.mkdir(parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(dir=self.root)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(memo, file)
        Path(aside).replace(self._memo_file)

    def now_ns(self) -> int:
        """The file system's own idea of now, to compare with files' times."""
        self.root.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self.root) as file:
            return os.fstat(file.fileno()).st_mtime_ns

    def _memo(self) -> dict[str, Any]:
        try:
            return dict(json.loads(self._memo_file.read_text("utf-8")))
        except (OSError, ValueError):
            return {}


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
