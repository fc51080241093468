"""Regular files, apart from what only looks like one: pipes, devices, sockets, endless links."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

_NOT_REGULAR = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
_OF_THE_SYSTEM = ("/proc/", "/sys/")
"""Folders whose files are made up by the system as they are read, some without an end."""


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
