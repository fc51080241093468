"""What the tests of the archive share: accounts, folders and damage made for them."""

from __future__ import annotations

import gzip
import json
import os
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pandas as pd

from odr_analysis import (
    archive_events,
    load_account,
)
from odr_analysis.account import TABLES as SMALL
from odr_analysis.account import Account
from odr_analysis.archive.events import EVENT_COLUMNS
from tests.downloads import (
    oid,
)

TABLES = (*SMALL, "orders", "items")


DAY = date(2026, 10, 1)


STARS = ("2026-05-20", "1", "late", oid(3))


def same(one: Account | SimpleNamespace, two: Account) -> None:
    """Two accounts that agree table for table."""
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name), obj=name)
    assert one.receipt.to_dict() == two.receipt.to_dict()
    assert (one.known_to, one.policy) == (two.known_to, two.policy)


def tree(root: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def cut(exports: Path, out: Path, day: date) -> Path:
    """The exports as they would have been downloaded on `day`, roughly.

    Orders placed later are not there yet, and those changed later are still pending.
    Feedback and defects that became known later are not there either.
    """
    account = load_account(exports, cache=None)
    later: dict[str, set[int]] = {}
    for frame, column in ((account.feedback, "received_on"), (account.defects, "reported_on")):
        # What has no day is known from the last day only.
        known = frame[column].fillna(pd.Timestamp(account.known_to))
        for file, line in frame.loc[known > pd.Timestamp(day), ["file", "line"]].to_numpy():
            later.setdefault(file, set()).add(line)
    out.mkdir(parents=True, exist_ok=True)
    for f in account.receipt.files:
        if f.kind == "unknown":
            continue
        path = exports / f.file
        packed = path.suffix == ".gz"
        data = gzip.decompress(path.read_bytes()) if packed else path.read_bytes()
        lines = re.findall(r"[^\n]*\n|[^\n]+", data.decode(f.encoding))
        if f.kind == "all-orders":
            lines = [lines[0], *filter(None, (_as_of(lines[0], li, day) for li in lines[1:]))]
        gone = set(later.get(f.file, ()))
        for n, line in enumerate(lines, 1):
            # A comment may run over several lines.
            if f.kind == "seller-feedback" and n - 1 in gone and line.count("\t") < 5:
                gone.add(n)
        lines = [line for n, line in enumerate(lines, 1) if n not in gone]
        if len(lines) > 1:
            told = "".join(lines).encode(f.encoding)
            (out / f.file).write_bytes(gzip.compress(told, mtime=0) if packed else told)
    return out


def _as_of(header: str, line: str, day: date) -> str:
    if not line.strip():
        return ""
    names, cells = header.rstrip("\r\n").split("\t"), line.split("\t")
    at = {name: names.index(name) for name in ("purchase-date", "last-updated-date")}
    placed, updated = (cells[i][:10] for i in at.values())
    if placed > day.isoformat():
        return ""
    if updated > day.isoformat():
        cells[at["last-updated-date"]] = cells[at["purchase-date"]]
        cells[names.index("order-status")] = "Pending"
    return "\t".join(cells)


def known(store: Path, day: date | str | None = None, **how) -> Account:
    return load_account(store, known_on=day, **{"cache": None, **how})


def events(store: Path, **how) -> list[tuple[str, ...]]:
    """Rows of :func:`archive_events` as tuples, days as text."""
    found = archive_events(store, **how)
    assert list(found.columns) == list(EVENT_COLUMNS)
    kinds = {name: column.dtype for name, column in EVENT_COLUMNS.items()}
    assert {name: str(kind) for name, kind in found.dtypes.items()} == kinds
    days = found["day"].dt.strftime("%m-%d")
    return list(found.assign(day=days).itertuples(index=False, name=None))


def flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "a bit": flipped,
    "cut short": lambda path: os.truncate(path, path.stat().st_size // 2),
    "emptied": lambda path: os.truncate(path, 0),
    "overwritten": lambda path: path.write_bytes(b"\0" * path.stat().st_size),
    "no object": lambda path: path.write_text("[" * 100_000),
    "gone": Path.unlink,
}


def object_of(store: Path, name: str, number: int) -> Path:
    (path,) = store.glob(f"deliveries/{number:08}/*.json")
    (key,) = [f["object"] for f in json.loads(path.read_text())["files"] if f["name"] == name]
    return store / "objects" / key
