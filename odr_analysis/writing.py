"""Files that appear whole: made beside their place, and put there at once.

A single file is renamed over the old one. Several files that belong together are made in a
hidden folder, which is renamed when all are there; from that moment on they are the new ones,
and whoever writes into the folder next finishes what a killed process could not.
"""

from __future__ import annotations

import errno
import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from odr_analysis.errors import FULL, MachineError, PlaceError
from odr_analysis.scratch import HEX, Held, alone, remove_left

MAKING, READY = ".odr-making-", ".odr-ready-"
LOCKED = ".odr-lock"
"""Lock file of a folder while files are put in place there."""
GONE = ".odr-gone"
"""File of what is made that names the older files nothing takes the place of, one a line."""
ROOM = 16 << 20
"""Bytes that must be free where a report is to be written; most reports take a third of it."""
OF_THE_MACHINE = FULL | {errno.EFBIG, errno.EIO}
"""Refusals that are the machine's, wherever one writes on it."""


@contextmanager
def placed(path: str | Path, option: str = "") -> Iterator[Path]:
    """A file to write, beside `path`; left without an error, it becomes `path` at once.

    Parameters
    ----------
    path : str or pathlib.Path
        Where it belongs. Its folder must be there; an older file is replaced.
    option : str
        The option of the command line that names the place, for the message.

    Raises
    ------
    PlaceError
        Nothing can be written there: a missing or read-only folder, or a folder of that name.
    MachineError
        The disk is full or fails. In both cases an older file is as it was.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with placed(Path(folder) / "a.txt") as aside:
    ...         _ = aside.write_text("whole")
    ...     [file.name for file in Path(folder).iterdir()]
    ['a.txt']
    """
    path = Path(path)
    with in_words(path, option):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        remove_left(path.parent, MAKING.replace(".", r"\.") + HEX)
        held = Held(path.parent, prefix=MAKING, file=True, mode=0o666)
        try:
            yield held.path
            to_disk(held.path)
            os.replace(held.path, path)
            to_disk(path.parent)
        finally:
            held.close()


@contextmanager
def together(out: str | Path, option: str = "--out", room: int = 0) -> Iterator[Path]:
    """A new folder for files that become files of `out` as one, when it is left without an error.

    Whoever is killed before that leaves the files of `out` as they were. Whoever is killed
    while they are put in place leaves what the next call for `out` puts in place first.

    Parameters
    ----------
    out : str or pathlib.Path
        Made when missing, and removed again when nothing comes of it.
    option : str
        The option of the command line that names the place, for the message.
    room : int
        Bytes that must be free there.

    Raises
    ------
    PlaceError, MachineError
        As for :func:`placed`, before anything is made where the place is to blame.
    """
    out = Path(out).absolute()
    new = [p for p in (out, *out.parents) if not os.path.lexists(p)]
    try:
        with in_words(out, option):
            out.mkdir(parents=True, exist_ok=True)
            with alone(out / LOCKED):
                _finish(out)
            held = Held(out, prefix=MAKING, mode=0o777)
        try:
            with in_words(out, option):
                _check_room(held.path, room)
            yield held.path
            with in_words(out, option):
                _put(held.path, out)
        finally:
            held.close()
    finally:
        for folder in new:
            with suppress(OSError):  # it is in use
                folder.rmdir()


def goes(made: Path, names: Iterable[str]) -> None:
    """Of the older files `names`, remove those that no file in `made` replaces, when it is put."""
    rest = set(names) - {path.name for path in made.iterdir()}
    (made / GONE).write_text("".join(f"{name}\n" for name in sorted(rest)), "utf-8")


def is_own(path: Path) -> bool:
    """Whether a path is what a killed process left that was writing files."""
    return path.name.startswith((MAKING, READY, LOCKED))


def _put(made: Path, out: Path) -> None:
    for path in made.iterdir():
        if (out / path.name).is_dir():
            raise IsADirectoryError(errno.EISDIR, f"{path.name} is a folder there")
        to_disk(path)
    to_disk(made)
    with alone(out / LOCKED):
        _finish(out)
        # At this moment the new files are decided on: who comes next puts them in place.
        made.rename(out / f"{READY}{uuid.uuid4().hex}")
        to_disk(out)
        _finish(out)


def _finish(out: Path) -> None:
    """Put in place what an ended process had ready, and remove what it had not."""
    for ready in out.glob(f"{READY}*"):
        gone = ready / GONE
        for path in sorted(p for p in ready.iterdir() if p != gone):
            os.replace(path, out / path.name)
        for name in gone.read_text("utf-8").splitlines() if gone.exists() else ():
            (out / name).unlink(missing_ok=True)
        to_disk(out)
        gone.unlink(missing_ok=True)
        ready.rmdir()
    remove_left(out, MAKING.replace(".", r"\.") + HEX)


def _check_room(folder: Path, room: int) -> None:
    """Take the room and give it back; a quota, too, refuses it now."""
    if not room:
        return
    probe = folder / "room"
    try:
        with probe.open("wb") as file:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, room)
            else:
                file.write(bytes(room))
    finally:
        probe.unlink(missing_ok=True)


@contextmanager
def in_words(place: str | Path, option: str = "") -> Iterator[None]:
    """Say in words why `place` cannot be written.

    Raises
    ------
    PlaceError
        Another place would do.
    MachineError
        The disk is full or fails.
    """
    try:
        yield
    except OSError as error:
        why = (
            os.strerror(error.errno)
            if error.errno in OF_THE_MACHINE
            else error.strerror or str(error)
        )
        if error.errno in OF_THE_MACHINE:
            raise MachineError(
                f"{place}: cannot be written ({why}). Free space on this disk"
                + (f", or choose another place with {option}." if option else ".")
                + " What was there before is as it was.",
                passing=True,
            ) from error
        remedy = f"Choose another place with {option}." if option else "Choose another place."
        raise PlaceError(f"{place}: cannot be written ({why}). {remedy}") from error


def to_disk(path: Path) -> None:
    """Wait until a file, or the list of a folder's files, is safe from a loss of power."""
    folder = path.is_dir()
    if folder and os.name == "nt":  # which cannot be asked to
        return
    handle = os.open(path, os.O_RDONLY if folder else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
