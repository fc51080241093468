"""The files of a folder, what is hidden and what leads elsewhere left out."""

from __future__ import annotations

import os
from pathlib import Path

from odr_analysis import faults
from odr_analysis.exports.files.regular import not_followed, unreadable


def walk(folder: Path) -> list[Path]:
    """Files of `folder` and below, sorted; hidden ones left out.

    Among them are those to be named and not opened: pipes, devices, sockets, links not followed.

    Raises
    ------
    ExportError
        When the folder does not exist or may not be read.
    """

    def refused(error: OSError) -> None:
        raise unreadable(str(error.filename), error) from error

    try:
        if not folder.exists():
            raise faults.NO_FOLDER.error(str(folder))
        if not folder.is_dir():
            return [folder]
    except PermissionError as error:
        refused(error)
    found: list[Path] = []
    seen: set[str] = set()
    for root, folders, names in os.walk(folder, onerror=refused, followlinks=True):
        # A link may lead back up; each folder is read once.
        if (real := os.path.realpath(root)) in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(f for f in folders if not f.startswith((".", "__MACOSX")))
        inside = [Path(root) / f for f in folders]
        left = [link for link in inside if link.is_symlink() and not_followed(link, folder)]
        folders[:] = [path.name for path in inside if path not in left]
        found += left
        found += [Path(root) / n for n in sorted(names) if not n.startswith((".", "~$"))]
    return sorted(found)


def no_file(folder: Path) -> str:
    """What to say of an empty folder."""
    return (
        f"{folder}: no file in this folder. "
        "Put Amazon's exports in it, at least one All Orders file."
    )
