"""Folders and files for things in the making, and what killed processes left of them.

Each is locked by the process that made it for as long as it is in use. The system drops the
lock when that process ends, however it ends, so an unlocked one belongs to nobody and the next
run removes it. Where a system has no such locks, only what is a day old is removed.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LEFT_FOR = 24 * 3600
"""Seconds after which a thing in the making is left over, where locks cannot say so."""
SCRATCH = "odr-scratch-"
"""How names of scratch folders in the system's temporary folder begin."""


HEX = "[0-9a-f]{32}"
"""Pattern of the rest of their names."""


class Held:
    """A new folder, or a new file, that no other process removes before it is let go.

    Use it as a context manager, or call :meth:`close`: both remove it, unless it was renamed
    or removed meanwhile.

    Parameters
    ----------
    parent : pathlib.Path, optional
        Where to make it; the system's temporary folder by default.
    prefix : str
        How its name begins.
    file : bool
        Whether it is an empty file rather than a folder.
    mode : int
        Rights, from which the user's mask is taken away; by default those of this user alone.

    Attributes
    ----------
    path : pathlib.Path
        Where it was made.

    Raises
    ------
    OSError
        When it cannot be made.
    """

    def __init__(
        self,
        parent: Path | None = None,
        prefix: str = SCRATCH,
        *,
        file: bool = False,
        mode: int = 0o700,
    ):
        home = Path(tempfile.gettempdir()) if parent is None else parent
        self._lock: int | None = None
        while True:
            self.path = home / f"{prefix}{uuid.uuid4().hex}"
            if file:
                os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode & 0o666))
            else:
                self.path.mkdir(mode=mode)
            # Another process may have taken it for left over before it was locked.
            self._lock = _locked(self.path)
            if self.path.exists():
                break
            self._unlock()
        if prefix == SCRATCH:
            remove_left(home, re.escape(prefix) + HEX)

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove it and let it go."""
        _remove(self.path)
        self._unlock()

    def _unlock(self) -> None:
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)


def remove_left(folder: Path, names: str) -> int:
    """Remove what ended processes left in `folder` under names of the pattern `names`.

    Things of other users are left alone, and so is what cannot be removed.

    Returns
    -------
    int
        How many were removed.
    """
    try:
        with os.scandir(folder) as there:
            found = [Path(e.path) for e in there if re.fullmatch(names, e.name)]
    except OSError:
        return 0
    return sum(_is_left(path) and _remove(path) for path in found)


def remove_old_locks(folder: Path) -> None:
    """Remove lock files in `folder` that nobody has opened for a day and nobody holds.

    One that is opened in just this moment may be lost; then two do the same work, no more.
    """
    locks = sorted(folder.glob("*.lock"))
    if not locks:
        return
    with suppress(OSError):
        now = _now(folder)
        for lock in locks:
            if now - lock.stat().st_mtime > LEFT_FOR and _is_left(lock):
                lock.unlink()


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Only one process at a time is within for the same folder; the others wait.

    Where the system has no such locks, nobody waits.
    """
    lock = _locked(folder)
    try:
        yield
    finally:
        if lock is not None:
            os.close(lock)


def _is_left(path: Path) -> bool:
    """Whether no living process holds `path`, and this user made it."""
    with suppress(OSError):
        stat = path.lstat()
        if hasattr(os, "getuid") and stat.st_uid != os.getuid():
            return False
        lock = _locked(path, wait=False)
        if lock is not None:
            os.close(lock)
            return True
        return not _can_lock() and _now(path.parent) - _newest(path) > LEFT_FOR
    return False


def _newest(path: Path) -> float:
    """When a thing, or what lies right within it, was last changed."""
    inside = list(path.iterdir()) if path.is_dir() and not path.is_symlink() else []
    return max(p.lstat().st_mtime for p in (path, *inside))


def _now(folder: Path) -> float:
    """The file system's own idea of now."""
    with tempfile.TemporaryFile(dir=folder) as file:
        return os.fstat(file.fileno()).st_mtime


def _can_lock() -> bool:
    try:
        import fcntl  # noqa: F401 - only asks whether there is one
    except ImportError:
        return False
    return True


def _locked(path: Path, *, wait: bool = True) -> int | None:
    """A handle that locks `path`, None where that is refused or another process has it."""
    try:
        import fcntl
    except ImportError:
        return None
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        os.close(handle)
        return None
    return handle


def _remove(path: Path) -> bool:
    """Remove a folder or file; whether it is gone."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()
    return not os.path.lexists(path)
