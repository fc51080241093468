"""Names of files made of the keys of objects, which whoever writes into the bucket chose."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from odr_analysis.errors import OdrError

LONGEST = 240
"""Bytes of the name of a file; file systems allow 255, and a little is added in the making."""

_REFUSED = re.compile(r'[\x00-\x1f\x7f\\:*?"<>|]')
"""What a file system may take for something else than a part of a name."""


@dataclass(frozen=True)
class Listed:
    """One object as the bucket lists it.

    ``tag`` changes whenever its content does; ``size`` is in bytes.
    """

    key: str
    tag: str
    size: int


def file_names(objects: Iterable[Listed], prefix: str) -> dict[str, Listed]:
    """Name of the file, relative to a folder, of each object below `prefix`.

    Left out is what a folder's hidden files are, and the empty objects that stand for folders.

    Raises
    ------
    OdrError
        A key would lead out of the folder, is too long for the name of a file, or two keys come
        to the same file.

    Examples
    --------
    >>> objects = [Listed("a/orders 10:00.txt", "1", 9), Listed("a/2026/", "2", 0)]
    >>> list(file_names(objects, "a"))
    ['orders 10%3A00.txt']
    """
    named: dict[str, Listed] = {}
    for one in objects:
        below = one.key.removeprefix(prefix).strip("/") if prefix else one.key.strip("/")
        parts = below.split("/")
        if any(p.startswith((".", "__MACOSX", "~$")) and p not in (".", "..") for p in parts):
            continue
        if not below or (one.size == 0 and "." not in parts[-1]):
            continue
        if {"", ".", ".."} & set(parts):
            raise _unusable(one.key, "has a part that is empty, '.' or '..'")
        if any(len(file_name(part).encode()) > LONGEST for part in parts):
            raise _unusable(one.key, "is longer than the name of a file may be")
        name = "/".join(map(file_name, parts))
        if name in named:
            raise _unusable(one.key, f"would be the same file as {named[name].key!r}")
        named[name] = one
    for name, one in named.items():
        for folder in PurePosixPath(name).parents:
            if folder.as_posix() in named:
                raise _unusable(one.key, f"lies in {named[folder.as_posix()].key!r}, a file")
    return named


def file_name(part: str) -> str:
    """A part of a key as the name of a file or folder.

    >>> file_name("orders 10:00.txt")
    'orders 10%3A00.txt'
    """
    return _REFUSED.sub(lambda found: f"%{ord(found[0]):02X}", part)


def _unusable(key: str, why: str) -> OdrError:
    return OdrError(
        f"The object {key!r} {why}, so it cannot be a file here. Rename it, or give the URL of a "
        "folder without it."
    )
