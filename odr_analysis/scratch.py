"""Folders and files for things in the making, and what killed processes left of them.

Each has a lock file beside it, which the process that made it holds for as long as the thing is in
use. The system lets the lock go when that process ends, however it ends, so a thing whose lock is
free belongs to nobody and the next run removes both. A thing without a lock file is not one of
this version, and is removed only when it is a day old.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

LEFT_FOR = 24 * 3600
"""Seconds after which a thing in the making is left over, where no lock file says so."""
SCRATCH = "odr-temporary-"
"""How names of scratch folders in the system's temporary folder begin; versions without lock files
have another prefix, and so take none of these for left over."""
LOCK = ".lock"
"""How names of lock files end."""
SOON = 0.01
"""Seconds between two looks at a lock that another process holds."""
NO_LOCKS = {errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP}
"""Refusals of a file system that has no locks."""

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
        self.path = home / f"{prefix}{uuid.uuid4().hex}"
        with ExitStack() as made:
            # The lock comes first, so that no other process takes the thing for left over.
            made.enter_context(alone(_lock_of(self.path)))
            if file:
                os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode & 0o666))
            else:
                self.path.mkdir(mode=mode)
            made.callback(_remove, self.path)
            self._made = made.pop_all()
        if prefix == SCRATCH:
            remove_left(home, re.escape(prefix) + HEX)

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove it and let it go."""
        self._made.close()


@contextmanager
def alone(lock: Path, *, wait: bool = True) -> Iterator[bool]:
    """Only one process at a time is within for the same lock file, the others wait.

    The lock goes with its process, and its file when it is let go. Where the file system has no
    locks, nobody waits.

    Parameters
    ----------
    lock : pathlib.Path
        The lock file, made when missing; its folder must be there.
    wait : bool
        Whether to wait for a process that holds the lock.

    Yields
    ------
    bool
        False where another holds the lock and this process does not wait.

    Raises
    ------
    OSError
        The lock file cannot be made.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with alone(Path(folder) / "a.lock") as here:
    ...         with alone(Path(folder) / "a.lock", wait=False) as also_here:
    ...             print(here, also_here)
    ...     list(Path(folder).iterdir())
    True False
    []
    """
    from filelock import FileLock, Timeout

    # The library would make a missing folder; as written here, a file in its place is refused too.
    os.stat(os.path.join(lock.parent, ""))
    # A lock may be let go by another thread than the one that took it.
    held = FileLock(lock, thread_local=False, fallback_to_soft=False, poll_interval=SOON)
    try:
        held.acquire(blocking=wait)
    except Timeout:
        pass
    except OSError as error:
        if error.errno not in NO_LOCKS:
            raise
    within = held.is_locked or wait
    try:
        yield within
    finally:
        # Whoever waits for this very file notices that it is gone and makes a new one. Windows
        # refuses to remove a file in use; there it goes when the lock does.
        if within:
            with suppress(OSError):
                lock.unlink()
        held.release()


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
            found = {entry.name.removesuffix(LOCK) for entry in there}
    except OSError:
        return 0
    return sum(_remove_if_left(folder / name) for name in found if re.fullmatch(names, name))


def remove_free_locks(folder: Path) -> None:
    """Remove the lock files in `folder` that nobody holds; killed processes leave theirs."""
    for lock in folder.glob(f"*{LOCK}"):
        with suppress(OSError), alone(lock, wait=False):
            pass


def _lock_of(path: Path) -> Path:
    return path.with_name(path.name + LOCK)


def _remove_if_left(path: Path) -> bool:
    """Remove `path` if no living process holds it and this user made it; whether it is gone."""
    lock = _lock_of(path)
    with suppress(OSError):
        is_there, is_locked = os.path.lexists(path), os.path.lexists(lock)
        stat = (path if is_there else lock).lstat()
        if path.is_symlink() or (hasattr(os, "getuid") and stat.st_uid != os.getuid()):
            return False
        if not is_locked:
            return _now(path.parent) - _newest(path) > LEFT_FOR and _remove(path)
        with alone(lock, wait=False) as free:
            return free and is_there and _remove(path)
    return False


def _newest(path: Path) -> float:
    """When a thing, or what lies right within it, was last changed."""
    inside = list(path.iterdir()) if path.is_dir() and not path.is_symlink() else []
    return max(p.lstat().st_mtime for p in (path, *inside))


def _now(folder: Path) -> float:
    """The file system's own idea of now."""
    with tempfile.TemporaryFile(dir=folder) as file:
        return os.fstat(file.fileno()).st_mtime


def _remove(path: Path) -> bool:
    """Remove a folder or file; whether it is gone."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()
    return not os.path.lexists(path)
