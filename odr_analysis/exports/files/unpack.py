"""Unpacking of what is compressed, stopped where it grows beyond any export."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import IO

from odr_analysis import faults

CHUNK = 1 << 18
"""Bytes unpacked at a time."""


LARGEST_UNPACKED = 20 << 30
"""Bytes an archive may unpack to."""


LARGEST_RATIO = 300
"""How many times its size an archive may unpack to, beyond `RATIO_FREE` bytes."""


RATIO_FREE = 64 << 20


def copy_limited(
    source: IO[bytes] | gzip.GzipFile, target: Path, packed: int, name: str, written: int = 0
) -> int:
    """Unpack, and stop at a bomb; `written` counts the bytes of the archive so far."""
    with target.open("wb") as out:
        while chunk := source.read(CHUNK):
            written += len(chunk)
            if written > LARGEST_UNPACKED or (
                written > RATIO_FREE and written > LARGEST_RATIO * max(packed, 1)
            ):
                raise faults.UNPACKS_TOO_LARGE.error(name, size=written >> 20, packed=packed)
            out.write(chunk)
    return written
