"""A folder of exports opened: its files recognised, and the engine to ask them with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from odr_analysis.exports.background import Scanner
from odr_analysis.exports.files.encodings import guessed_note
from odr_analysis.exports.files.scan import as_utf8
from odr_analysis.exports.kinds.registry import Recognised, recognise
from odr_analysis.exports.order_file import Lent, OrderFile, is_flawless
from odr_analysis.exports.orders.engine import engine, lend
from odr_analysis.exports.orders.kinds import LEDGER_COLUMNS, ORDER_EXPORTS, RAW_COLUMNS
from odr_analysis.exports.orders.packing import STORES, canonical_rows
from odr_analysis.exports.readers.contract import Read
from odr_analysis.exports.request import Asked
from odr_analysis.progress import StagesOnly, Step
from odr_analysis.receipt import FileReceipt
from odr_analysis.scratch import Held

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend


@dataclass
class Session:
    """An open folder: its files recognised, unpacked and transcoded where need be."""

    con: Backend
    scanner: Scanner
    found: list[Recognised]
    owner: dict[str, str]
    order_files: list[OrderFile]
    stores: tuple[str, ...] = STORES

    @property
    def scratch(self) -> Path:
        return self.scanner.scratch

    def contents(self) -> dict[str, list[list[str]]]:
        """Path to (name, sha256) of what is in it."""
        parts: dict[str, list[list[str]]] = {}
        for f in self.found:
            name = f.scan.file
            parts.setdefault(self.owner[name], []).append([name, self.scanner.sha256(name)])
        return parts

    def alike(self) -> list[list[OrderFile]]:
        """Files on the fast road, those of one kind and header together."""
        groups: dict[Any, list[OrderFile]] = {}
        for f in self.order_files:
            if f.cells is None:
                assert f.found.export is not None
                groups.setdefault((f.found.export.kind, f.found.header), []).append(f)
        return list(groups.values())

    def lent(self) -> tuple[Lent, ...]:
        """All order exports as tables that the engine knows, one at least."""
        import pandas as pd

        lent = [f.lent(self.con) for f in self.order_files if f.cells is not None]
        # One read of many files is quicker put into words than many reads united.
        lent += [files[0].lent(self.con, files) for files in self.alike()]
        if not lent:
            lend(self.con, "no_orders", pd.DataFrame(columns=list(LEDGER_COLUMNS), dtype="str"))
            lent = [Lent("no_orders", ORDER_EXPORTS[0].kind, LEDGER_COLUMNS, raw=True)]
        return tuple(lent)


def united_rows(lent: tuple[Lent, ...], stores: tuple[str, ...]) -> ir.Table:
    """Canonical rows of order exports that the engine knows."""
    import ibis

    raws = [part.rows().select(*LEDGER_COLUMNS).mutate(rank=part.export.rank) for part in lent]
    # United first, since the long expression takes Ibis a while to put into words.
    united = ibis.union(*raws) if len(raws) > 1 else raws[0]
    return canonical_rows(united, united["rank"].cast("int64"), stores)


@contextmanager
def open_folder(
    reading: Asked, scanner: Scanner, columns: Sequence[str] = RAW_COLUMNS
) -> Iterator[Session]:
    """Recognise every file of a scanned folder and open the engine on it.

    `columns` are the raw columns of order exports that will be asked for.
    """
    scratch = scanner.scratch
    found, owner = [], {}
    order_files: list[OrderFile] = []
    followed = not isinstance(scanner.progress, StagesOnly)
    with engine(scratch, reading.memory_limit, followed=followed) as con:
        for path, scan in scanner.scans():
            found.append(recognise(scan))
            owner[scan.file] = str(path)
        for i, f in enumerate(found):
            if f.export is None:
                continue
            path = as_utf8(f.scan, scratch / f"orders-{i}.txt")
            order_file = OrderFile(f, path, columns, place=len(order_files))
            if not is_flawless(f):
                note = f"{f.scan.file}, {f.scan.lines:,} lines"
                scanner.progress(Step("Reading a file line by line", note=note))
                order_file.read_carefully(reading.marketplace, reading.today)
            order_files.append(order_file)
        yield Session(con, scanner, found, owner, order_files)


def receipts_of(session: Session, reads: dict[str, Read]) -> list[FileReceipt]:
    orders = {f.found.scan.file: f for f in session.order_files}
    receipts = []
    for found in session.found:
        scan = found.scan
        common: dict[str, Any] = {
            "file": scan.file,
            "kind": found.kind,
            "encoding": scan.encoding,
            "delimiter": found.delimiter,
            "sha256": session.scanner.sha256(scan.file),
            "size_bytes": scan.size,
        }
        rest: dict[str, Any]
        if scan.file in orders:
            rest = orders[scan.file].accounts()
        elif scan.file in reads:
            rest = accounts_of(reads[scan.file])
        else:
            rest = {"nearest": found.nearest, "missing": found.missing, "notes": (found.note,)}
        rest["notes"] = (*scan.notes, *rest["notes"])
        if scan.guess and found.kind != "unknown":
            rest["notes"] = (*rest["notes"], guessed_note(scan.encoding))
        receipts.append(FileReceipt(**common, **rest))
    return receipts


def accounts_of(read: Read) -> dict[str, Any]:
    """What the receipt says of a small file that was read."""
    return {
        "locale": read.locale,
        "rows_read": read.rows_read,
        "rows_kept": read.rows_kept,
        "rows_dropped": read.rows_dropped,
        "dropped_lines": read.dropped_lines,
        "details": read.details,
        "notes": tuple(read.notes),
        "covers": read.covers,
    }


@contextmanager
def engine_for(reading: Asked) -> Iterator[Backend]:
    with (
        Held() as scratch,
        engine(scratch, reading.memory_limit) as con,
    ):
        yield con
