"""Keep what the exports of a folder say, as it is known on a day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from odr_analysis.archive.sealed import DamageError
from odr_analysis.archive.store import Store, is_store
from odr_analysis.cache import key_of
from odr_analysis.days import check_first, day_of
from odr_analysis.errors import MachineError, OdrError
from odr_analysis.exports.background import Scanner
from odr_analysis.exports.files.walk import no_file, walk
from odr_analysis.exports.orders.packing import CHANNEL_CODES, EPOCH, STORES
from odr_analysis.exports.request import How
from odr_analysis.progress import Progress, Step, silent
from odr_analysis.remote.address import no_place_for_files
from odr_analysis.remote.local_folder import local_folder
from odr_analysis.source import checked_marketplace
from odr_analysis.terms import STATUSES

if TYPE_CHECKING:
    from odr_analysis.exports.days.possible_days import Settled
    from odr_analysis.exports.kinds.registry import Recognised
    from odr_analysis.exports.readers.contract import Read
    from odr_analysis.exports.session import Session


@dataclass(frozen=True)
class ArchivedFile:
    """One file of a delivery: ``object`` is the key of what it says, ``sha256`` its content."""

    name: str
    kind: str
    sha256: str
    object: str


@dataclass(frozen=True)
class Delivery:
    """One archived state of a folder.

    Attributes
    ----------
    number : int
        Deliveries are numbered in the order they were made.
    on : datetime.date
        The day it was known.
    files : tuple of ArchivedFile
        Every file of the folder, in the order of their names.
    made : bool
        Whether this delivery is new; False where the archive held this state already.
    added, changed, gone : tuple of str
        Names of files that the state known before did not have, had with another content,
        and had while the folder no more does. Empty when nothing was made.
    reread : tuple of str
        Names of files that are the same and are read otherwise than before: by another
        version, or for another marketplace.
    n_objects : int
        Files whose content was read and kept now; the others were kept before.
    """

    number: int
    on: date
    files: tuple[ArchivedFile, ...]
    made: bool
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    reread: tuple[str, ...] = ()
    n_objects: int = 0

    def lines(self) -> list[str]:
        """What was new, one sentence a line."""
        files = f"{len(self.files):,} file{'s' if len(self.files) != 1 else ''}"
        if not self.made:
            told = [f"Nothing new: delivery {self.number} of {self.on} holds the same {files}."]
        else:
            told = [f"Delivery {self.number} of {self.on}: {files}."]
        for what in ("added", "changed", "gone"):
            told += [f"  {what}: {name}" for name in getattr(self, what)]
        if self.reread:
            told.append(f"  the same, and read anew: {len(self.reread):,}")
        if self.n_objects and not self.made:
            told.append(f"  {self.n_objects:,} that had been damaged made anew.")
        return told


def archive_folder(
    folder: str | Path,
    store: str | Path,
    on: date | str,
    *,
    marketplace: str | None = None,
    memory_limit: str | None = None,
    today: date | str | None = None,
    progress: Progress = silent,
) -> Delivery:
    """Keep what the exports in `folder` say, as it is known on a day.

    The archive then answers ``load_account(store, known_on=...)`` for any day. Kept is what
    the readers make of the files (orders, items, feedback, defects, returns, receipts;
    buyers only as hashes), not the files themselves. What is there is never written again: a state
    that the archive holds already for that day is left as it is, to the byte. May be
    stopped at any moment, and run beside others on the same archive.

    Parameters
    ----------
    folder : str or pathlib.Path
        Folder with exports, or a single file.
    store : str or pathlib.Path
        The archive of this account; a new or empty folder becomes one.
    on : datetime.date or ISO text
        The day the files were known, usually the day they were downloaded. It may lie
        before days that are archived already.
    marketplace, memory_limit, today, progress
        As for :func:`~odr_analysis.load_account`.

    Returns
    -------
    Delivery
        What was new.

    Raises
    ------
    ExportError
        A file cannot be used; nothing is archived then.
    OdrError
        `folder` is empty; `store` holds something else, is that of a newer version, lies
        in `folder` or cannot be written.
    ParameterError
        `on` is no date, or `marketplace` is unknown.

    Examples
    --------
    >>> import tempfile
    >>> from odr_analysis import archive_folder, load_account, write_sample
    >>> with tempfile.TemporaryDirectory() as here:
    ...     _ = write_sample(f"{here}/exports", scenario="tiny")
    ...     one = archive_folder(f"{here}/exports", f"{here}/store", "2026-10-01")
    ...     two = archive_folder(f"{here}/exports", f"{here}/store", "2026-10-02")
    ...     orders = load_account(f"{here}/store", known_on="2026-10-31", cache=None).orders
    >>> one.made, two.made, two.number, len(orders)
    (True, False, 1, 87)
    """
    day = day_of(on, "on")
    check_first(day, "on")
    now = None if today is None else day_of(today, "today")
    how = How(checked_marketplace(marketplace), memory_limit, now)
    no_place_for_files(store, "the archive")
    with local_folder(folder, progress=progress) as here:
        return _delivered(here, Path(store), day, how, progress)


def _delivered(folder: Path, store: Path, day: date, how: How, progress: Progress) -> Delivery:
    """:func:`archive_folder` of a folder on this computer."""
    kept = Store(_apart(store, folder))
    paths = walk(folder)
    if not paths:
        raise OdrError(no_file(folder))
    before = _known_files(kept, day)
    with Scanner(paths, folder, progress) as scanner:
        from odr_analysis.exports.session import open_folder

        with open_folder(how, scanner) as session:
            rooms = list(_rooms(session, how))
            new = [room for room in rooms if not _is_kept(kept, room[1])]
            once = {key: (found, write) for found, key, write in new}
            for i, (key, (found, write)) in enumerate(once.items()):
                note = f"{i + 1:,} of {len(once):,} files: {found.scan.file}"
                progress(Step("Keeping what the files say", i, len(once), note))
                kept.keep_object(key, write)
            files = [
                {
                    "name": found.scan.file,
                    "kind": found.kind,
                    "sha256": scanner.sha256(found.scan.file),
                    "object": key,
                }
                for found, key, _ in rooms
            ]
    told, made = kept.deliver(day, {"marketplace": how.marketplace, "files": files})
    return _said(told, made, files, before, len({key for _, key, _ in new}))


def _said(
    told: dict[str, Any],
    made: bool,
    files: list[dict[str, str]],
    before: dict[str, dict[str, str]],
    n_objects: int,
) -> Delivery:
    """What was new, beside the files known `before`, by name."""
    now = {f["name"]: f for f in files}
    both = [name for name in now if name in before] if made else []
    changed = tuple(n for n in both if now[n]["sha256"] != before[n]["sha256"])
    return Delivery(
        number=told["number"],
        on=date.fromisoformat(told["on"]),
        files=tuple(ArchivedFile(**f) for f in files),
        made=made,
        added=tuple(n for n in now if n not in before) if made else (),
        changed=changed,
        gone=tuple(n for n in before if n not in now) if made else (),
        reread=tuple(
            n for n in both if n not in changed and now[n]["object"] != before[n]["object"]
        ),
        n_objects=n_objects,
    )


Write = Callable[[Path], dict[str, Any]]
"""Fills the folder of an object, and returns its ``file.json``."""


def _rooms(session: Session, how: How) -> Iterator[tuple[Recognised, str, Write]]:
    """Each file of the folder, the key of what it says, and what writes that."""
    from odr_analysis.exports.days.places import Places
    from odr_analysis.exports.folder import write_ledger
    from odr_analysis.exports.order_file import main_marketplace
    from odr_analysis.exports.small_files import (
        SmallFile,
        orders_named,
        places_of,
        read_small_files,
    )

    hint = how.marketplace or main_marketplace([f.found for f in session.order_files])
    small = [SmallFile.of(f, session.scratch) for f in session.found if f.small]
    given = how.marketplace is not None
    places = Places(given=given, today=how.today)
    if small and session.order_files:
        totals = write_ledger(session, how, session.scratch / "places.parquet")
        places = places_of(session, orders_named(small), totals, given=given, today=how.today)
    settled = read_small_files(small, hint, places)
    for found in session.found:
        content = session.scanner.sha256(found.scan.file)
        reads_with = how.marketplace if found.export is not None else hint
        # How days are read depends on the other files and today: what came of it is in the key.
        one = settled.get(found.scan.file)
        chosen = [] if one is None else list(one.how)

        def write(
            aside: Path,
            found: Recognised = found,
            reads_with: str | None = reads_with,
            one: Settled | None = one,
        ) -> dict[str, Any]:
            return _write_object(aside, session, how, found, reads_with, one.read if one else None)

        yield found, key_of(["object", content, found.kind, reads_with, chosen]), write


def _write_object(
    aside: Path,
    session: Session,
    how: How,
    found: Recognised,
    reads_with: str | None,
    read: Read | None,
) -> dict[str, Any]:
    """What one file says, as Parquet tables and the returned JSON."""
    from odr_analysis.exports.session import receipts_of

    name = found.scan.file
    own = [f for f in session.order_files if f.found is found]
    one = replace(session, found=[found], order_files=own, stores=STORES)
    told: dict[str, Any] = {"latest": None, "loose": found.loose, "notes": list(found.scan.notes)}
    reads = {}
    if own:
        told |= _write_orders(aside, one, how)
    elif read is not None:
        reads[name] = read
        told["latest"] = read.latest.isoformat() if read.latest is not None else None
        for table, frame in read.tables().items():
            frame.to_parquet(aside / f"{table}.parquet")
    (receipt,) = receipts_of(one, reads)
    return {**told, "read_with": reads_with, "receipt": receipt.to_dict()}


def _write_orders(aside: Path, one: Session, how: How) -> dict[str, Any]:
    """Ledger and items of one order export."""
    import duckdb

    from odr_analysis.archive.merge import file_ledger
    from odr_analysis.exports.folder import write_ledger
    from odr_analysis.exports.item_files import told_of, write_counted

    (file,) = one.order_files
    try:
        totals = write_ledger(one, how, aside / "ledger.parquet", file_ledger)
        write_counted(one.con, told_of(file, one.con, how), aside / "items.parquet")
    except duckdb.Error as error:
        raise MachineError(
            f"{file.found.scan.file}: what it says cannot be written to the archive ({error}). "
            "See that the disk has room. What was archived before is as it was."
        ) from error
    return {
        "totals": totals,
        "rank": file.rank,
        "epoch": EPOCH,
        "stores": list(one.stores),
        "statuses": list(STATUSES),
        "channels": list(CHANNEL_CODES),
    }


def _is_kept(store: Store, key: str) -> bool:
    try:
        return store.object(key) is not None
    except DamageError:
        return False


def _known_files(store: Store, day: date) -> dict[str, dict[str, str]]:
    """Files known on `day` so far, by name; none where that is not known."""
    known = store.known_on(day)
    if known is not None:
        with suppress(DamageError):
            return {f["name"]: f for f in store.delivery(known)["files"]}
    return {}


def _apart(store: Path, folder: Path) -> Path:
    """`store`, if it is a place for the archive of `folder`."""
    inner, outer = store.resolve(), folder.resolve()
    if is_store(folder):
        raise OdrError(f"{folder} is an archive itself; name a folder with exports.")
    if inner == outer or outer in inner.parents or inner in outer.parents:
        raise OdrError(
            f"{store}: an archive may not lie in the folder it archives, nor that folder in it. "
            "Name a folder beside it."
        )
    return store
