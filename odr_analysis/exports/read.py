"""A folder read once: recognise its files, run the expressions, keep tables and receipt."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from odr_analysis import terms
from odr_analysis.cache import key_of
from odr_analysis.errors import OdrError
from odr_analysis.exports.encodings import guessed_note
from odr_analysis.exports.engine import beside_the_engine, engine, watched
from odr_analysis.exports.files import as_utf8
from odr_analysis.exports.ledger import Ledger, account_orders, in_store, order_ledger, totals_of
from odr_analysis.exports.order_file import OrderFile, is_flawless, main_marketplace
from odr_analysis.exports.orders import (
    LEDGER_COLUMNS,
    LOADED_COLUMNS,
    RAW_COLUMNS,
    STORES,
    canonical_rows,
    numbered_stores,
    unlisted_stores,
)
from odr_analysis.exports.registry import Recognised, recognise
from odr_analysis.exports.rows import Read
from odr_analysis.exports.scanner import Scanner
from odr_analysis.exports.small_files import SmallFile, places_of, read_small_files
from odr_analysis.exports.small_tables import write_small
from odr_analysis.exports.strangers import set_strangers_aside
from odr_analysis.load import TABLES
from odr_analysis.progress import Step
from odr_analysis.receipt import FileReceipt, Receipt
from odr_analysis.scratch import Held

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd
    from ibis.backends.duckdb import Backend

    from odr_analysis.load import Reading


AS_READ = ("snapshots", "lapses", "returns")
"""Tables of an account that no policy changes."""


class Asked(Protocol):
    """How files are to be read: a :class:`~odr_analysis.load.Reading`, or as much of it."""

    @property
    def marketplace(self) -> str | None: ...

    @property
    def memory_limit(self) -> str | None: ...

    @property
    def today(self) -> date | None: ...


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

    def rows(self) -> ir.Table:
        """Canonical rows of all order exports."""
        import ibis
        import pyarrow as pa

        raws = [
            f.raw(self.con).mutate(rank=f.rank) for f in self.order_files if f.cells is not None
        ]
        for files in self.alike():
            # One read of many files is quicker put into words than many reads united.
            raws.append(files[0].raw(self.con, files).mutate(rank=files[0].rank))
        if not raws:
            no_row = pa.schema([(name, pa.string()) for name in LEDGER_COLUMNS]).empty_table()
            raws = [ibis.memtable(no_row).mutate(rank=0)]
        raws = [raw.select(*LEDGER_COLUMNS, "rank") for raw in raws]
        # United first, since the long expression takes Ibis a while to put into words.
        united = ibis.union(*raws) if len(raws) > 1 else raws[0]
        return canonical_rows(united, united["rank"].cast("int64"), self.stores)


@contextmanager
def open_folder(
    reading: Asked, scanner: Scanner, columns: Sequence[str] = RAW_COLUMNS
) -> Iterator[Session]:
    """Recognise every file of a scanned folder and open the engine on it.

    `columns` are the raw columns of order exports that will be asked for.
    """
    scratch = scanner.scratch
    found, owner, order_files = [], {}, []
    with engine(scratch, reading.memory_limit) as con:
        for path, scan in scanner.scans():
            found.append(recognise(scan))
            owner[scan.file] = str(path)
        for i, f in enumerate(found):
            if f.export is None:
                continue
            order_file = OrderFile(f, as_utf8(f.scan, scratch / f"orders-{i}.txt"), columns)
            if not is_flawless(f):
                note = f"{f.scan.file}, {f.scan.lines:,} lines"
                scanner.progress(Step("Reading a file line by line", note=note))
                order_file.read_carefully(reading.marketplace, reading.today)
            order_files.append(order_file)
        yield Session(con, scanner, found, owner, order_files)


def read_folder(reading: Reading, scanner: Scanner) -> Path:
    """Read every file once; returns the cache entry with what they say, before any policy.

    The entry holds ``ledger.parquet`` (one row per order), the tables of `write_small` and
    ``facts.json`` (receipts of the files, totals of the ledger).
    """
    began = reading.store.now_ns()
    with (
        open_folder(reading, scanner, LOADED_COLUMNS) as session,
        beside_the_engine(session.con) as beside,
    ):

        def write(folder: Path) -> str:
            # The engine needs the interpreter for nothing, so the small files are read meanwhile.
            ledger = beside.submit(
                write_ledger,
                session,
                reading,
                folder / "ledger.parquet",
                lambda rows: in_store(order_ledger(rows), reading.marketplace),
            )
            hint = reading.marketplace or main_marketplace([f.found for f in session.order_files])
            # While the engine puts the orders together.
            found = [SmallFile.of(f, session.scratch) for f in session.found if f.small]
            small = [file.read_ahead(hint) for file in found]
            totals = watched(ledger, session.con, scanner.progress)
            # How days are written depends on the stores of a file's own orders.
            target, given = folder / "ledger.parquet", reading.marketplace is not None
            places = places_of(session, small, target, totals, given=given, today=reading.today)
            scanner.progress(Step("Reading files of defects"))
            settled = read_small_files(small, hint, places)
            reads = {name: one.read for name, one in settled.items()}
            reaches = [one.furthest for one in settled.values()]
            reaches += [file.furthest for file in session.order_files]
            furthest = max((day for day in reaches if day is not None), default=None)
            ledger_table = session.con.read_parquet(str(folder / "ledger.parquet"))
            session.found = set_strangers_aside(session.found, reads, ledger_table)
            write_small(list(reads.values()), folder)
            latest = [r.latest.isoformat() for r in reads.values() if r.latest is not None]
            careful = [f.found.scan.file for f in session.order_files if f.cells is not None]
            receipts = receipts_of(session, reads)
            write_facts(folder, totals, session.stores, receipts, latest, careful, furthest)
            return reading.facts_key(session.contents(), furthest)

        home = reading.store.store(write)
        reading.store.remember(reading.folder, session.contents(), began)
    return home


def write_facts(
    folder: Path,
    totals: dict[str, Any],
    stores: tuple[str, ...],
    files: list[FileReceipt],
    latest: list[str],
    careful: Sequence[str] = (),
    furthest: date | None = None,
) -> None:
    """Write ``facts.json`` of an entry: what :func:`apply_policy` must know beside its tables.

    `careful` names the order exports that took the careful road, so that it need not be found out
    again which road each must take. `furthest` is the latest day that any way of reading the
    files gives: they are read the same on every day from then on.
    """
    facts = {
        "totals": totals,
        "stores": stores,
        "files": [f.to_dict() for f in files],
        "latest": latest,
        "careful": list(careful),
        "furthest": furthest and furthest.isoformat(),
    }
    (folder / "facts.json").write_text(json.dumps(facts, ensure_ascii=False), "utf-8")


def apply_policy(reading: Reading, facts: Path) -> Path:
    """Turn what the files say into the tables of an account; returns their cache entry."""
    import pandas as pd

    from odr_analysis.exports.counted import hold_against
    from odr_analysis.exports.tables import build_tables

    reading.progress(Step("Working out what counts"))
    told = json.loads((facts / "facts.json").read_text("utf-8"))
    files = [FileReceipt.from_dict(f) for f in told["files"]]
    feedback = pd.read_parquet(facts / "feedback.parquet")
    with engine_for(reading) as con:
        tables = build_tables(
            _ledger(con, facts),
            told["totals"],
            feedback,
            pd.read_parquet(facts / "sightings.parquet"),
            reading.policy,
            [date.fromisoformat(day) for day in told["latest"]],
            returns=pd.read_parquet(facts / "returns.parquet"),
            damaged=[f.file for f in files if f.rows_dropped],
        )
    receipt = Receipt(
        hold_against(
            [f.of_stores(tables.stores.get(f.file, ())) for f in files],
            pd.read_parquet(facts / "snapshots.parquet"),
            feedback,
            tables.defects,
            tables.store_of,
            sorted(tables.daily.marketplace.unique()),
        ),
        tables.orders_total,
        tables.defects_total,
        tuple(tables.notes()),
    )
    known_to = tables.known_to.isoformat() if tables.known_to else None

    def write(folder: Path) -> str:
        for name in TABLES:
            if name in AS_READ:
                shutil.copyfile(facts / f"{name}.parquet", folder / f"{name}.parquet")
            else:
                getattr(tables, name).to_parquet(folder / f"{name}.parquet", index=False)
        made = {
            "known_to": known_to,
            "first_order": told["totals"]["first"],
            "receipt": receipt.to_dict(),
        }
        (folder / "account.json").write_text(json.dumps(made, ensure_ascii=False), "utf-8")
        return key_of([facts.name, reading.policy.to_dict()])

    return reading.store.store(write)


def read_orders(reading: Reading) -> pd.DataFrame:
    """One row per order; ``terms.ORDER_COLUMNS``."""
    from odr_analysis.exports.tables import shifts_of

    with engine_for(reading) as con:
        ledger = _ledger(con, reading.facts_home)
        told = json.loads((reading.facts_home / "facts.json").read_text("utf-8"))
        shifts = shifts_of(ledger, told["totals"], reading.policy)
        orders = account_orders(ledger, reading.policy, shifts)
        frame = orders.order_by(["purchased_at", "order_id"]).to_pandas()
    times = {"purchased_at": "datetime64[us]", "ordered_on": "datetime64[us]"}
    return frame[list(terms.ORDER_COLUMNS)].astype(times)


def write_ledger(
    session: Session,
    reading: Asked,
    target: Path,
    make: Callable[[ir.Table], ir.Table] = order_ledger,
) -> dict[str, Any]:
    """Make the ledger of all order exports, and prove that no row of them went missing.

    `make` turns canonical rows into the ledger.

    Returns its totals, as ``facts.json`` keeps them.
    """
    import duckdb

    con = session.con
    for attempt in ("as found", "after a closer look"):
        try:
            rows = session.rows()
            if reading.memory_limit:
                # Rows stream through to a file first, so that reading and grouping never need
                # their memory at the same time.
                aside = str(session.scratch / "rows.parquet")
                con.to_parquet(rows, aside, compression="uncompressed")
                rows = con.read_parquet(aside)
            con.to_parquet(make(rows), str(target), compression="snappy", parquet_version="v2")
        except duckdb.OutOfMemoryException as error:
            raise OdrError(
                f"The engine needs more memory than it may use ({error}). Allow it more with "
                "--memory-limit, or free disk space for what it lays aside."
            ) from error
        except duckdb.Error:
            if attempt != "as found":
                raise
            settle_roads(session, reading)
            continue
        totals = totals_of(con.read_parquet(str(target)))
        # No reader yields more rows than a file has lines, so equal totals mean equal files.
        expected = sum(f.rows_usable for f in session.order_files)
        if totals["unusable"] == 0 and totals["rows"] == expected:
            return totals
        settle_roads(session, reading)
    raise AssertionError("rows went missing between the files and the ledger")


def settle_roads(session: Session, reading: Asked) -> None:
    """Look at each file by itself: list stores never heard of, and send every flawed file
    down the careful road."""
    import duckdb

    for f in session.order_files:
        if f.cells is None:
            raw = f.raw(session.con)
            try:
                new = unlisted_stores(raw, session.stores).to_pandas().marketplace
                stores = numbered_stores([*session.stores, *new])
                rows = canonical_rows(raw, f.rank, stores)
                totals = rows.aggregate(
                    n=rows.count(), bad=rows.order_key.isnull().sum().fill_null(0)
                )
                seen = totals.to_pandas().iloc[0].to_dict()
            except duckdb.Error:
                seen = {"n": -1, "bad": None}
            if seen["n"] == f.rows_usable and not seen["bad"]:
                session.stores = stores
                continue
            f.read_carefully(reading.marketplace, reading.today)
        new = unlisted_stores(f.raw(session.con), session.stores).to_pandas().marketplace
        session.stores = numbered_stores([*session.stores, *new])


def _ledger(con: Backend, facts: Path) -> Ledger:
    told = json.loads((facts / "facts.json").read_text("utf-8"))
    return Ledger(con.read_parquet(str(facts / "ledger.parquet")), tuple(told["stores"]))


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
            read = reads[scan.file]
            rest = {
                "locale": read.locale,
                "rows_read": read.rows_read,
                "rows_kept": read.rows_kept,
                "rows_dropped": read.rows_dropped,
                "dropped_lines": read.dropped_lines,
                "details": read.details,
                "notes": tuple(read.notes),
                "covers": read.covers,
            }
        else:
            rest = {"nearest": found.nearest, "missing": found.missing, "notes": (found.note,)}
        rest["notes"] = (*scan.notes, *rest["notes"])
        if scan.guess and found.kind != "unknown":
            rest["notes"] = (*rest["notes"], guessed_note(scan.encoding))
        receipts.append(FileReceipt(**common, **rest))
    return receipts


@contextmanager
def engine_for(reading: Asked) -> Iterator[Backend]:
    with (
        Held() as scratch,
        engine(scratch, reading.memory_limit) as con,
    ):
        yield con
