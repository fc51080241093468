"""An account as it was known on a day, from the archive.

What the files of a delivery say is put together into the same cache entry that reading
their folder would have made; from there on there is one road.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from odr_analysis.archive.merge import FILE_COLUMNS, FileLedger, merged_ledger, united_stores
from odr_analysis.archive.sealed import DamageError
from odr_analysis.archive.store import Place, Store
from odr_analysis.cache import key_of
from odr_analysis.days import check_first, day_of
from odr_analysis.errors import OdrError, OdrWarning, ParameterError
from odr_analysis.exports.orders.packing import STORES
from odr_analysis.exports.readers.contract import SMALL_TABLES, Read
from odr_analysis.policy import Policy
from odr_analysis.progress import Progress, Step, silent
from odr_analysis.receipt import FileReceipt
from odr_analysis.source import Reading, cache_at

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd
    from ibis.backends.duckdb import Backend

    from odr_analysis.exports.kinds.strangers import KnownOrders


class LostError(OdrError):
    """What is asked of the archive is damaged or missing in it."""


@dataclass(frozen=True)
class KeptFile:
    """One file of a delivery, and what the archive has of it."""

    name: str
    folder: Path
    told: dict[str, Any]

    @property
    def has_orders(self) -> bool:
        return "rank" in self.told

    @property
    def receipt(self) -> FileReceipt:
        """The file's receipt, under the name it had in this delivery."""
        kept = FileReceipt.from_dict(self.told["receipt"])
        # Two names may have had one content; notes on dates begin with the name read under.
        before, now = f"{kept.file}: ", f"{self.name}: "
        notes = (now + n.removeprefix(before) if n.startswith(before) else n for n in kept.notes)
        return replace(kept, file=self.name, notes=tuple(notes))

    def receipt_of(self, read: Read | None) -> FileReceipt:
        """The file's receipt, with what was read of it where it has no orders."""
        return self.receipt if read is None else replace(self.receipt, covers=read.covers)

    @property
    def is_loose(self) -> bool:
        """Whether it is taken only when its delivery knows one of its orders."""
        # Archives made before strangers were looked for do not say which files are loose.
        return bool(self.told.get("loose"))

    @property
    def may_be_stranger(self) -> bool:
        """Whether its orders must be known for it to be taken."""
        from odr_analysis.exports.kinds.strangers import LISTS

        return self.is_loose or self.told["receipt"]["kind"] in LISTS

    def is_stranger(self, read: Read, known: KnownOrders) -> bool:
        """Whether its orders must be known and none is; `read` is what it holds."""
        from odr_analysis.exports.kinds.strangers import is_stranger

        kind = self.told["receipt"]["kind"]
        return is_stranger(kind, self.is_loose, read, known)

    def set_aside(self) -> FileReceipt:
        """The receipt of a stranger: nothing in it is counted."""
        from odr_analysis.exports.text.signatures import no_known_order_note

        receipt = self.receipt
        note = no_known_order_note(receipt.kind, loose=self.is_loose)
        return FileReceipt(
            receipt.file,
            "unknown",
            encoding=receipt.encoding,
            delimiter=receipt.delimiter,
            sha256=receipt.sha256,
            size_bytes=receipt.size_bytes,
            notes=(*self.told.get("notes", ()), note),
            nearest=receipt.kind,
        )

    def read(self, wanted: Sequence[str] | None = None) -> Read:
        """What its reader made of a file that is no order export: tables `wanted`, or all."""
        import pandas as pd

        from odr_analysis.archive.before_dated import with_dated

        tables: dict[str, Any] = {
            field: pd.read_parquet(self.folder / f"{name}.parquet").assign(file=self.name)
            for name, field in SMALL_TABLES.items()
            if (wanted is None or name in wanted) and f"{name}.parquet" in self.told["members"]
        }
        of, latest = self.receipt, self.told["latest"]
        read = Read(
            rows_read=of.rows_read,
            rows_kept=of.rows_kept,
            rows_dropped=of.rows_dropped,
            dropped_lines=of.dropped_lines,
            **tables,
            locale=of.locale,
            details=of.details,
            notes=list(of.notes),
            latest=date.fromisoformat(latest) if latest else None,
            covers=of.covers,
        )
        asked = "covers" in self.told["receipt"]
        return with_dated(read, self.name, asked=asked) if wanted is None else read


def kept_files(
    store: Store, place: Place, delivery: dict[str, Any], members: Sequence[str]
) -> list[KeptFile]:
    """The files of a delivery, with their `members` (names of tables) checked.

    Raises
    ------
    LostError
        Names every file whose object is damaged or missing, and what to do.
    """
    found, lost = [], []
    for f in delivery["files"]:
        try:
            told = store.object(f["object"], [f"{name}.parquet" for name in members])
            if told is None:
                raise DamageError("it is missing, perhaps since it was found damaged")
            found.append(KeptFile(f["name"], store.object_folder(f["object"]), told))
        except DamageError as damage:
            lost.append(f"  {f['name']} (sha256 {f['sha256'][:12]}): {damage}")
    if lost:
        raise LostError(
            f"{store.root}: what the archive kept on {place.on} of these files cannot be used:\n"
            + "\n".join(lost)
            + f"\nArchive that folder again, with the same files: odr archive FOLDER --into "
            f"{store.root} --on {place.on}. Days that do not need them load as before."
        )
    return found


def delivery_on(store: Store, day: date | None) -> tuple[Place, dict[str, Any]]:
    """The delivery known on `day`, the last one where that is None.

    Raises
    ------
    OdrError
        There is none.
    LostError
        It is damaged.
    """
    places = store.deliveries()
    known = [p for p in places if day is None or p.on <= day]
    if not known:
        held = f"its first day is {places[0].on}" if places else "it is empty"
        raise OdrError(
            f"{store.root}: the archive knows nothing of {day or 'any day'}; {held}. "
            "Ask for a later day, or archive what the exports said then: odr archive FOLDER "
            f"--into {store.root} --on {day or 'DATE'}"
        )
    place = known[-1]
    return place, delivery_at(store, place)


def delivery_at(store: Store, place: Place) -> dict[str, Any]:
    """What a delivery holds.

    Raises
    ------
    LostError
        It is damaged; says until which day that matters, and what to do.
    """
    try:
        return store.delivery(place)
    except DamageError as damage:
        later = (p.on for p in store.deliveries() if p.on > place.on)
        after = next((f" and from {on} on" for on in later), "")
        raise LostError(
            f"{store.root}: delivery {place.number} of {place.on} is damaged ({damage}). "
            f"Archive that day's folder again: odr archive FOLDER --into {store.root} "
            f"--on {place.on}. Days before {place.on}{after} load as before."
        ) from damage


def file_ledgers(con: Backend, files: Iterable[KeptFile]) -> list[FileLedger]:
    """The ledgers of order exports, as few tables as may be; an empty one where there is none.

    The tables have a column ``filename`` beside the others: the path of the file's ledger.
    """
    alike: dict[tuple[int, tuple[str, ...], int], list[str]] = {}
    times = Counter(f.folder for f in files if f.has_orders)
    told = {f.folder: f.told for f in files}
    for folder, n in times.items():
        of = told[folder]
        group = alike.setdefault((of["rank"], tuple(of["stores"]), n), [])
        group.append(str(folder / "ledger.parquet"))
    found = [
        FileLedger(con.read_parquet(paths, filename=True), rank, stores, n)
        for (rank, stores, n), paths in alike.items()
    ]
    return found or [FileLedger(_no_ledger(), 0, STORES)]


def all_stores(files: Iterable[KeptFile]) -> tuple[str, ...]:
    """Stores of a folder's order exports, in the order reading it lists them."""
    return united_stores([tuple(f.told["stores"]) for f in files if f.has_orders])


class StoreReading(Reading):
    """The delivery of an archive known on a day, under one policy."""

    def __init__(
        self,
        root: str | Path,
        policy: Policy | None,
        cache: str | Path | None,
        marketplace: str | None,
        memory_limit: str | None,
        known_on: date | str | None = None,
        today: date | None = None,
        progress: Progress = silent,
    ):
        self.day = _day_asked(marketplace, known_on)
        super().__init__(root, policy, cache, None, memory_limit, today, progress)

    def _look(self) -> None:
        self.kept = Store.open(self.folder)
        self.place, self.delivery = delivery_on(self.kept, self.day)

    def _facts_entry(self) -> Path | None:
        return self.store.entry(self._facts_key(), read=())

    def _facts_key(self) -> str:
        return _facts_key(self.delivery)

    def _read_facts(self) -> Path:
        from odr_analysis.exports.folder import write_facts
        from odr_analysis.exports.kinds.strangers import KnownOrders
        from odr_analysis.exports.orders.engine import lend_parquet
        from odr_analysis.exports.orders.ledger import first_order_of, in_store, totals_of
        from odr_analysis.exports.session import engine_for
        from odr_analysis.exports.small_tables import write_small

        self.progress(Step("Putting the archive's files together"))
        files = kept_files(self.kept, self.place, self.delivery, ["ledger", *SMALL_TABLES])
        stores = all_stores(files)
        expected = sum(f.receipt.rows_kept for f in files if f.has_orders)

        def write(folder: Path) -> str:
            target = folder / "ledger.parquet"
            with engine_for(self) as con:
                merged = merged_ledger(file_ledgers(con, files), stores)
                merged = in_store(merged, self.delivery.get("marketplace"))
                con.to_parquet(merged, str(target), compression="snappy", parquet_version="v2")
                lend_parquet(con, "ledger", target)
                totals = totals_of(con)
                known = KnownOrders(con, first_order_of(totals))
                reads = {f.name: f.read() for f in files if not f.has_orders}
                strangers = [
                    f.name
                    for f in files
                    if f.may_be_stranger and f.is_stranger(reads[f.name], known)
                ]
            if totals["rows"] != expected:
                raise AssertionError("rows went missing between the archive and the ledger")
            kept = [read for name, read in reads.items() if name not in strangers]
            write_small(kept, folder)
            latest = [r.latest.isoformat() for r in kept if r.latest is not None]
            receipts = [
                f.set_aside() if f.name in strangers else f.receipt_of(reads.get(f.name))
                for f in files
            ]
            write_facts(folder, totals, stores, receipts, latest)
            return self._facts_key()

        return self.store.store(write)

    def earlier_snapshots(self) -> Iterable[pd.DataFrame]:
        """Performance reports of the deliveries before this one."""
        return earlier_snapshots(self.kept, self.place, self.delivery)

    def write_items(self, target: Path) -> None:
        """Write the table of :meth:`items` from the item rows of all order exports."""
        from odr_analysis.exports.item_files import write_kept_items

        files = kept_files(self.kept, self.place, self.delivery, ["items"])
        paths = sorted({str(f.folder / "items.parquet") for f in files if f.has_orders})
        write_kept_items(self, paths, target)


def check_kept(
    root: str | Path,
    cache: str | Path | None,
    marketplace: str | None,
    known_on: date | str | None,
) -> None:
    """Raise what :class:`StoreReading` would, without reading any table.

    What the cache has is not looked for in the archive, as it would not be read there.
    """
    day, kept = _day_asked(marketplace, known_on), Store.open(Path(root))
    place, delivery = delivery_on(kept, day)
    if cache is None or cache_at(cache).entry(_facts_key(delivery)) is None:
        kept_files(kept, place, delivery, ["ledger", *SMALL_TABLES])


def _day_asked(marketplace: str | None, known_on: date | str | None) -> date | None:
    if marketplace is not None:
        raise ParameterError(
            f"marketplace={marketplace!r}: an archive's files were read when they were "
            "archived. Archive the folder again with that marketplace."
        )
    if known_on is None:
        return None
    day = day_of(known_on, "known_on")
    check_first(day, "known_on")
    return day


def _facts_key(delivery: dict[str, Any]) -> str:
    return key_of(["archived", [[f["name"], f["object"]] for f in delivery["files"]]])


def earlier_snapshots(
    store: Store, place: Place, delivery: dict[str, Any]
) -> Iterator[pd.DataFrame]:
    """Performance reports of the deliveries before one, newest first, each content once.

    Yields a ``Read.snapshots`` per report that is not among the files of `delivery`. As a file
    of one name may have another content in each delivery, ``file`` names the delivery too.

    Warns
    -----
    OdrWarning
        What a delivery held is damaged; its reports are left out.
    """
    import pandas as pd

    seen = {f["sha256"] for f in delivery["files"]}
    for earlier in reversed([p for p in store.deliveries() if p.key < place.key]):
        try:
            files = delivery_at(store, earlier)["files"]
        except LostError as lost:
            warnings.warn(f"{lost}\n{_LEFT_OUT}", OdrWarning, 2)
            continue
        for f in (f for f in files if not seen & {f["sha256"], f["object"]}):
            try:
                (kept,) = kept_files(store, earlier, {"files": [f]}, ["snapshots"])
            except LostError as lost:
                # Another version may have read the same content into an object that is sound.
                seen.add(f["object"])
                warnings.warn(f"{lost}\n{_LEFT_OUT}", OdrWarning, 2)
                continue
            seen.add(f["sha256"])
            if "snapshots.parquet" in kept.told["members"]:
                name = f"{f['name']} (delivery {earlier.number} of {earlier.on})"
                yield pd.read_parquet(kept.folder / "snapshots.parquet").assign(file=name)


_LEFT_OUT = "Until then the history of Amazon's reports may lack those of that delivery."


def _no_ledger() -> ir.Table:
    """The ledger of a folder without order exports."""
    import ibis
    import pyarrow as pa

    types = {**FILE_COLUMNS, "filename": "string"}
    none = pa.schema([(name, getattr(pa, kind)()) for name, kind in types.items()])
    return ibis.memtable(none.empty_table())
