"""A folder of exports and the entries of its cache."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd

from odr_analysis import source
from tests.downloads import (
    feedback,
    oid,
    orders,
    table,
)

EXPORTS = {
    "orders.txt": table(orders(30)),
    "f.txt": feedback([("30/07/2026", "1", "bad", oid(3))]),
}


def settle(folder: Path) -> None:
    """Let the files be older than their hashing, as they are in life."""
    files = [p for p in folder.rglob("*") if p.is_file()]
    for path in files:
        os.utime(path, (1_700_000_000, 1_700_000_000))
    changed = max(p.stat().st_ctime_ns for p in files)
    probe = folder.parent / "probe"
    while not probe.exists() or probe.stat().st_mtime_ns <= changed:
        probe.write_bytes(b"")
    probe.unlink()


def same(a, b) -> None:
    for name in ("daily", "defective", "defects", "feedback", "orders"):
        pd.testing.assert_frame_equal(getattr(a, name), getattr(b, name))
    assert a.receipt == b.receipt
    assert a.known_to == b.known_to


def entries(cache: Path) -> list[Path]:
    """What files say and what that means; not the tables kept once they were asked for."""
    return sorted(p for p in cache.iterdir() if p.is_dir() and not kept(p))


def kept(entry: Path) -> bool:
    return (entry / source.KEPT).exists()


WARM = """
import sys
from odr_analysis import load_account
account = load_account(sys.argv[1], cache=sys.argv[2])
print(len(account.daily), len(account.defective), account.receipt.rows_read)
print([m for m in ("duckdb", "ibis", "odr_analysis.exports.folder") if m in sys.modules])
"""


def damage_all(cache: Path, damage) -> None:
    for path in cache.rglob("*"):
        if path.is_file():
            damage(path)


def flip(path: Path, bit: int) -> None:
    """Turn one bit of a file over, leaving its times as they were."""
    stat, content = path.stat(), bytearray(path.read_bytes())
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
