"""Regular files, apart from what only looks like one: pipes, devices, sockets, endless links.

And links to folders of exports, apart from those that lead to the rest of the disk.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from odr_analysis import faults
from odr_analysis.errors import OdrError, full_disk

_NOT_REGULAR = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
_OF_THE_SYSTEM = ("/proc/", "/sys/")
"""Folders whose files are made up by the system as they are read, some without an end."""
MOST_LINKED = 5_000
"""Files and folders below a linked folder beyond which it is not taken for one of exports."""


def not_regular(path: Path) -> str:
    """What a path leads to where that is not a regular file, '' where it is.

    Opening such a thing may wait, and reading it go on, for ever.

    Raises
    ------
    OSError
        When it leads nowhere.
    """
    try:
        mode = path.stat().st_mode
    except OSError as error:
        if error.errno == errno.ELOOP:
            return "a link to itself"
        raise
    if stat.S_ISREG(mode) and os.path.realpath(path).startswith(_OF_THE_SYSTEM):
        return "a file of the system"
    return "" if stat.S_ISREG(mode) else _NOT_REGULAR.get(stat.S_IFMT(mode), "no file")


def not_followed(link: Path, folder: Path) -> str:
    """What a link to a folder is that is not followed when `folder` is read, '' for another.

    A link to another folder of exports is followed. One to a folder that it lies in, up to the
    whole disk, would bring in files that nobody meant; so would one to a folder of the system, or
    to one with more than `MOST_LINKED` things in it.
    """
    target = Path(os.path.realpath(link))
    for inside in (link.parent, folder):
        here = Path(os.path.realpath(inside))
        if target in (here, *here.parents):
            return f"a link to a folder it lies in ({target})"
    if f"{target}/".startswith((*_OF_THE_SYSTEM, "/dev/")):
        return f"a link to a folder of the system ({target})"
    n = 0
    for _, folders, names in os.walk(target):
        n += len(folders) + len(names)
        if n > MOST_LINKED:
            return f"a link to a folder with more than {MOST_LINKED:,} files ({target})"
    return ""


def unreadable(name: str, error: OSError) -> OdrError:
    """The error of a file that the system does not let be read."""
    if full := full_disk(error):
        return full  # of temporary files: what is compressed is unpacked
    if isinstance(error, PermissionError):
        return faults.NOT_PERMITTED.error(name)
    return faults.CANNOT_BE_READ.error(name, why=error.strerror or error)
