"""A folder read once: recognise its files, run the expressions, keep tables and receipt."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd

from odr_analysis import terms
from odr_analysis.cache import key_of
from odr_analysis.errors import OdrError
from odr_analysis.exports.engine import connect, raw_orders
from odr_analysis.exports.files import as_utf8
from odr_analysis.exports.ledger import account_orders, order_ledger, stores
from odr_analysis.exports.orders import ISO, RAW_COLUMNS, canonical_rows, careful_rows, item_rows
from odr_analysis.exports.registry import Recognised, recognise
from odr_analysis.exports.rows import Read, feedback_frame, plain, sightings, split_rows
from odr_analysis.exports.scanner import Scanner
from odr_analysis.exports.tables import build_tables, shifts_of
from odr_analysis.load import TABLES
from odr_analysis.receipt import LINES_SHOWN, FileReceipt, Receipt

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend

    from odr_analysis.load import Reading


_RAW_SCHEMA = dict.fromkeys(RAW_COLUMNS, "string")
_NO_CELLS = pd.DataFrame(columns=list(RAW_COLUMNS))
ITEM_COLUMNS = ("order_id", "sku", "asin", "product_name", "quantity", "item_status")


@dataclass
class OrderFile:
    """One order export on its way to canonical rows."""

    found: Recognised
    path: Path
    careful: bool
    cells: pd.DataFrame = field(default_factory=pd.DataFrame)
    dropped: dict[str, list[int]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    locale: str = "y-m-d"

    @property
    def rows_usable(self) -> int:
        """Rows the engine must see: every line but the header, or what a closer look left."""
        return len(self.cells) if self.careful else self.found.scan.lines - 1

    @property
    def rank(self) -> int:
        assert self.found.export is not None
        return self.found.export.rank

    def raw(self, con: Backend) -> ir.Table:
        """The file's rows as ``RAW_COLUMNS``."""
        import ibis

        assert self.found.export is not None
        if not self.careful:
            return raw_orders(con, self.path, self.found.header, self.found.export)
        return ibis.memtable(self.cells, schema=_RAW_SCHEMA)

    def read_carefully(self, marketplace: str | None) -> None:
        """Take the careful road: account for each line of the file."""
        assert self.found.export is not None
        table = split_rows(
            self.path.read_text("utf-8-sig", errors="replace"),
            file=self.found.scan.file,
            delimiter=self.found.delimiter,
            quoted=self.found.quoted,
            needed=[n for names in self.found.export.columns.values() for n in names],
        )
        self.cells, self.dropped, self.notes, self.locale = careful_rows(
            table, self.found.export, marketplace
        )
        self.careful = True

    def accounts(self) -> dict[str, Any]:
        """What the receipt says of the rows."""
        counts = {why: len(lines) for why, lines in self.dropped.items()}
        return {
            "locale": self.locale,
            "rows_read": self.rows_usable + sum(counts.values()),
            "rows_kept": self.rows_usable,
            "rows_dropped": counts,
            "dropped_lines": {why: lines[:LINES_SHOWN] for why, lines in self.dropped.items()},
            "details": {"columns": len(self.found.header)},
            "notes": tuple(self.notes),
        }


@dataclass
class Session:
    """An open folder: its files recognised, unpacked and transcoded where need be."""

    con: Backend
    scanner: Scanner
    found: list[Recognised]
    owner: dict[str, str]
    order_files: list[OrderFile]

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


@contextmanager
def open_folder(reading: Reading, scanner: Scanner) -> Iterator[Session]:
    """Recognise every file of a scanned folder and open the engine on it."""
    scratch = scanner.scratch
    found, owner, order_files = [], {}, []
    for path, scan in scanner.scans():
        found.append(recognise(scan))
        owner[scan.file] = str(path)
    for i, f in enumerate(found):
        if f.export is None:
            continue
        order_file = OrderFile(f, as_utf8(f.scan, scratch / f"orders-{i}.txt"), careful=False)
        if not _flawless(f):
            order_file.read_carefully(reading.marketplace)
        order_files.append(order_file)
    con = connect(scratch, reading.memory_limit)
    try:
        yield Session(con, scanner, found, owner, order_files)
    finally:
        con.disconnect()


def _flawless(found: Recognised) -> bool:
    """Whether nothing seen so far bars the fast road."""
    assert found.export is not None
    scan = found.scan
    if found.quoted or scan.has_nul or scan.lone_cr or found.first_line != 1:
        return False
    if any(name.startswith('"') for name in found.header):
        return False
    names = [plain(name) for name in found.header]
    if len(set(names)) < len(names):
        return False
    positions = found.export.positions(list(found.header))
    dates = [p for name, p in positions.items() if name in ("purchased", "updated")]
    cells = pd.Series(
        [row[p] for row in found.sample for p in dates if p < len(row) and row[p]], dtype="str"
    )
    return bool(cells.str.match(ISO).all())


def read_folder(reading: Reading, scanner: Scanner) -> Path:
    """Read every file once; returns the cache entry with what they say, before any policy.

    The entry holds ``ledger.parquet`` (one row per order), ``feedback.parquet``,
    ``sightings.parquet`` and ``files.json`` (the receipts of the files).
    """
    began = reading.store.now_ns()
    with open_folder(reading, scanner) as session:

        def write(folder: Path) -> str:
            ledger = _write_ledger(session, reading, folder / "ledger.parquet")
            hint = reading.marketplace or _main_marketplace(ledger)
            reads = {
                f.scan.file: _read_defects(f, session.scratch, hint)
                for f in session.found
                if f.reader is not None
            }
            feedback = [
                feedback_frame([]),
                *(r.feedback for r in reads.values() if r.feedback is not None),
            ]
            seen = [sightings([]), *(r.defects for r in reads.values() if r.defects is not None)]
            pd.concat(feedback, ignore_index=True).to_parquet(folder / "feedback.parquet")
            pd.concat(seen, ignore_index=True).to_parquet(folder / "sightings.parquet")
            latest = [r.latest.isoformat() for r in reads.values() if r.latest is not None]
            files = [f.to_dict() for f in _receipts(session, reads)]
            (folder / "files.json").write_text(
                json.dumps({"files": files, "latest": latest}, ensure_ascii=False), "utf-8"
            )
            return reading.facts_key(session.contents())

        home = reading.store.store(write)
        reading.store.remember(reading.folder, session.contents(), began)
    return home


def apply_policy(reading: Reading, facts: Path) -> Path:
    """Turn what the files say into the tables of an account; returns their cache entry."""
    told = json.loads((facts / "files.json").read_text("utf-8"))
    with _engine(reading) as con:
        tables = build_tables(
            con.read_parquet(str(facts / "ledger.parquet")),
            pd.read_parquet(facts / "feedback.parquet"),
            pd.read_parquet(facts / "sightings.parquet"),
            reading.policy,
            [date.fromisoformat(day) for day in told["latest"]],
        )
    receipt = Receipt(
        tuple(FileReceipt.from_dict(f) for f in told["files"]),
        tables.orders_total,
        tables.defects_total,
        tuple(tables.notes()),
    )
    known_to = tables.known_to.isoformat() if tables.known_to else None

    def write(folder: Path) -> str:
        for name in TABLES:
            getattr(tables, name).to_parquet(folder / f"{name}.parquet", index=False)
        (folder / "account.json").write_text(
            json.dumps({"known_to": known_to, "receipt": receipt.to_dict()}, ensure_ascii=False),
            "utf-8",
        )
        return key_of([facts.name, reading.policy.to_dict()])

    return reading.store.store(write)


def read_orders(reading: Reading) -> pd.DataFrame:
    """One row per order; ``terms.ORDER_COLUMNS``."""
    with _engine(reading) as con:
        ledger = con.read_parquet(str(reading.facts_home / "ledger.parquet"))
        orders = account_orders(ledger, reading.policy, shifts_of(ledger, reading.policy))
        frame = orders.order_by(["purchased_at", "order_id"]).to_pandas()
    times = {"purchased_at": "datetime64[us]", "ordered_on": "datetime64[us]"}
    return frame[list(terms.ORDER_COLUMNS)].astype(times)


def read_items(reading: Reading) -> pd.DataFrame:
    """One row per order item of the newest files; columns of ``Account.items``.

    The ledger holds orders only, so the files are read again.
    """
    import ibis

    with (
        Scanner(reading.paths, reading.folder) as scanner,
        open_folder(reading, scanner) as session,
    ):
        _settle_roads(session, reading)
        rows = [item_rows(f.raw(session.con)) for f in session.order_files]
        if not rows:
            return pd.DataFrame(columns=list(ITEM_COLUMNS))
        items = ibis.union(*rows) if len(rows) > 1 else rows[0]
        items = items.filter(items.order_id.notnull()).distinct()
        return items.order_by(list(ITEM_COLUMNS)).to_pandas()


def _write_ledger(session: Session, reading: Reading, target: Path) -> ir.Table:
    """Make the ledger of all order exports, and prove that no row of them went missing."""
    import ibis

    con = session.con
    for attempt in ("as found", "after a closer look"):
        raws = [f.raw(con).mutate(rank=f.rank) for f in session.order_files]
        raws = raws or [ibis.memtable(_NO_CELLS, schema=_RAW_SCHEMA).mutate(rank=0)]
        # United first, since the long expression takes Ibis a while to put into words.
        united = ibis.union(*raws) if len(raws) > 1 else raws[0]
        rows = canonical_rows(united, united["rank"].cast("int64"))
        try:
            if reading.memory_limit:
                # Rows stream through to a file first, so that reading and grouping never need
                # their memory at the same time.
                aside = str(session.scratch / "rows.parquet")
                con.to_parquet(rows, aside, compression="lz4")
                rows = con.read_parquet(aside)
            con.to_parquet(
                order_ledger(rows), str(target), compression="zstd", parquet_version="v2"
            )
        except duckdb.OutOfMemoryException as error:
            raise OdrError(
                f"The engine needs more memory than it may use ({error}). Allow it more with "
                "--memory-limit, or free disk space for what it lays aside."
            ) from error
        except duckdb.Error:
            if attempt != "as found":
                raise
            _settle_roads(session, reading)
            continue
        ledger = con.read_parquet(str(target))
        sums = ledger.aggregate(
            rows=ledger.n_rows.sum(),
            unusable=ledger.n_rows.sum(where=ledger.order_key.isnull()),
        ).to_pandas()
        counted = int(sums["rows"].fillna(0)[0])
        unusable = int(sums["unusable"].fillna(0)[0])
        # No reader yields more rows than a file has lines, so equal totals mean equal files.
        if unusable == 0 and counted == sum(f.rows_usable for f in session.order_files):
            return ledger
        _settle_roads(session, reading)
    raise AssertionError("rows went missing between the files and the ledger")


def _settle_roads(session: Session, reading: Reading) -> None:
    """Look at each file by itself, and send every flawed one down the careful road."""
    for f in session.order_files:
        if f.careful:
            continue
        rows = canonical_rows(f.raw(session.con), f.rank)
        try:
            seen = rows.aggregate(n=rows.count(), bad=rows.order_key.isnull().sum()).to_pandas()
        except duckdb.Error:
            f.read_carefully(reading.marketplace)
            continue
        if int(seen["n"][0]) != f.rows_usable or int(seen["bad"].fillna(0)[0]):
            f.read_carefully(reading.marketplace)


def _read_defects(found: Recognised, scratch: Path, hint: str | None) -> Read:
    assert found.reader is not None
    path = as_utf8(found.scan, scratch / f"defects-{abs(hash(found.scan.file))}.txt")
    table = split_rows(
        path.read_text("utf-8-sig", errors="replace"),
        file=found.scan.file,
        delimiter=found.delimiter,
        quoted=found.quoted,
    )
    return found.reader.read(table, marketplace=hint)


def _receipts(session: Session, reads: dict[str, Read]) -> list[FileReceipt]:
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
            "size_bytes": scan.original.stat().st_size,
        }
        rest: dict[str, Any]
        if scan.file in orders:
            rest = orders[scan.file].accounts()
        elif scan.file in reads:
            read = reads[scan.file]
            rest = {
                "locale": read.locale,
                "rows_read": read.rows_read,
                "rows_kept": read.rows_kept,
                "rows_dropped": read.rows_dropped,
                "dropped_lines": read.dropped_lines,
                "details": read.details,
                "notes": tuple(read.notes),
            }
        else:
            rest = {"nearest": found.nearest, "missing": found.missing, "notes": (found.note,)}
        receipts.append(FileReceipt(**common, **rest))
    return receipts


def _main_marketplace(ledger: ir.Table) -> str | None:
    """The store most orders belong to, to read dates of files that name no store."""
    most = stores(ledger).to_pandas().dropna(subset=["marketplace"])
    most = most.sort_values(["n", "marketplace"], ascending=[False, True])
    return None if most.empty else str(most.marketplace.iloc[0])


@contextmanager
def _engine(reading: Reading) -> Iterator[Backend]:
    with tempfile.TemporaryDirectory(prefix="odr-", ignore_cleanup_errors=True) as scratch:
        con = connect(Path(scratch), reading.memory_limit)
        try:
            yield con
        finally:
            con.disconnect()
