"""Load a folder of exports into an :class:`~odr_analysis.account.Account`."""

from __future__ import annotations

import json
import weakref
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from odr_analysis.account import Account
from odr_analysis.archive.store import is_store
from odr_analysis.cache import Cache, default_root, key_of
from odr_analysis.errors import NoOrdersError, OdrError, ParameterError
from odr_analysis.exports.days.today import report_day
from odr_analysis.exports.files.background import Scanner
from odr_analysis.exports.files.scan import walk
from odr_analysis.policy import Policy
from odr_analysis.progress import Progress, silent
from odr_analysis.receipt import Receipt
from odr_analysis.scratch import Held
from odr_analysis.terms import ITEM_COLUMNS, MARKETPLACES

if TYPE_CHECKING:
    import pandas as pd

TABLES = ("daily", "defective", "defects", "feedback", "snapshots", "lapses", "returns")
"""Small tables of an account, each a file of its cache entry."""
KEPT = "table.parquet"
"""File of the cache entry of a table that is made when first asked for."""


def load_account(
    folder: str | Path,
    *,
    policy: Policy | None = None,
    name: str | None = None,
    loss_budget: float = 0.01,
    cache: str | Path | None = "default",
    marketplace: str | None = None,
    memory_limit: str | None = None,
    known_on: date | str | None = None,
    today: date | str | None = None,
    progress: Progress = silent,
) -> Account:
    """Orders and defects of the seller whose exports lie in `folder`.

    Files may be of any kind this package reads, in any mix, under any name, plain,
    ``.gz`` or ``.zip``, and may overlap: of two rows of one order the newer wins.

    Parameters
    ----------
    folder : str or pathlib.Path
        Folder with exports (its subfolders included), a single file, or an archive
        (:func:`~odr_analysis.archive_folder`).
    policy : Policy, optional
        Rules of the rate; Amazon's current ones by default.
    name : str, optional
        What reports call the account; the folder's name by default.
    loss_budget : float
        Largest share of a file's rows that may be unusable before loading stops.
    cache : str, pathlib.Path or None
        Where finished tables are kept; ``"default"`` is the user's cache folder (or
        ``ODR_CACHE``), None keeps nothing beyond the account itself.
    marketplace : str, optional
        Sales channel (``Amazon.de``) of files that do not name one; also settles the
        order of day and month in dates that leave it open.
    memory_limit : str, optional
        Most memory the engine may use, e.g. ``"1GB"``; it goes to disk beyond that.
    known_on : datetime.date or ISO text, optional
        Of an archive: the day as of which it is to be known, by default the last one.
    today : datetime.date or ISO text, optional
        The day of loading, in UTC, which is asked for on the floor of commands and notebooks. No
        file knows of a later day: one that can be read as day/month or month/day is read so that
        it is past, and one that cannot is not kept. ``known_to`` is never later. None: days are
        compared with the files alone.
    progress : callable
        Takes each :class:`~odr_analysis.progress.Step` of the work as it begins.

    Returns
    -------
    Account

    Raises
    ------
    ExportError
        When a file cannot be used; the message names it and what to do.
    LossBudgetError
        When a file would lose more rows than `loss_budget`.
    NoOrdersError
        When no order export is among the files.
    OdrError
        When an archive knows nothing of that day, or what it knew is damaged.
    """
    reading = reading_of(
        folder, policy, cache, marketplace, memory_limit, known_on, today, progress
    )
    receipt = reading.receipt
    receipt.check_loss(loss_budget)
    if not receipt.orders["distinct"]:
        raise NoOrdersError(_no_orders(reading.folder, receipt))
    import pandas as pd

    return Account(
        name=name or _folder_name(reading.folder),
        policy=reading.policy,
        known_to=reading.known_to,
        receipt=receipt,
        read_orders=reading.orders,
        read_items=reading.items,
        read_earlier=reading.earlier_snapshots,
        keep=reading.keep,
        first_order=reading.first_order,
        **{table: pd.read_parquet(reading.home / f"{table}.parquet") for table in TABLES},
    )


def load_receipt(
    folder: str | Path,
    *,
    cache: str | Path | None = "default",
    marketplace: str | None = None,
    memory_limit: str | None = None,
    today: date | str | None = None,
    progress: Progress = silent,
) -> Receipt:
    """What would become of every file and row of `folder`, whether or not a rate can be had.

    Parameters are those of :func:`load_account`.

    Raises
    ------
    ExportError
        When a file is damaged or the folder cannot be read.
    """
    return reading_of(
        folder, None, cache, marketplace, memory_limit, today=today, progress=progress
    ).receipt


def load_sample(
    name: str = "sample", *, policy: Policy | None = None, cache: str | Path | None = "default"
) -> Account:
    """The synthetic seller under ``data/`` of a checkout.

    Raises
    ------
    OdrError
        When the package was installed without its checkout; ``odr sample`` writes one.
    """
    folder = Path(__file__).parents[1] / "data" / name
    if not folder.is_dir():
        raise OdrError(
            f"The sample {name!r} does not lie beside the package. "
            "Write one with: odr sample --out FOLDER"
        )
    return load_account(folder, policy=policy, name=name, cache=cache)


def reading_of(
    folder: str | Path,
    policy: Policy | None,
    cache: str | Path | None,
    marketplace: str | None,
    memory_limit: str | None,
    known_on: date | str | None = None,
    today: date | str | None = None,
    progress: Progress = silent,
) -> Reading:
    """A folder of exports, or an archive as it was known on a day."""
    day = None if today is None else day_of(today, "today")
    if is_store(Path(folder)):
        from odr_analysis.archive.source import StoreReading

        return StoreReading(
            folder, policy, cache, marketplace, memory_limit, known_on, day, progress
        )
    _check_no_day(folder, known_on)
    return Reading(folder, policy, cache, marketplace, memory_limit, day, progress)


def check_known(
    folder: str | Path,
    cache: str | Path | None,
    marketplace: str | None,
    known_on: date | str | None,
) -> None:
    """Raise what loading would of an archive and a day, without reading any table.

    Parameters are those of :func:`load_account`.

    Raises
    ------
    OdrError
        The archive knows nothing of that day, is of a newer version, or what it knew is
        damaged.
    ParameterError
        `known_on` is no day, or of a folder that is no archive; `marketplace` is unknown, or
        given for an archive.
    """
    marketplace = checked_marketplace(marketplace)
    if is_store(Path(folder)):
        from odr_analysis.archive.source import check_kept

        check_kept(folder, cache, marketplace, known_on)
    else:
        _check_no_day(folder, known_on)


def _check_no_day(folder: str | Path, known_on: date | str | None) -> None:
    if known_on is not None:
        raise ParameterError(
            f"known_on={known_on!r}: {folder} is no archive, so it is known only as it is now. "
            f"Make one with: odr archive {folder} --into STORE"
        )


class Reading:
    """One folder under one policy: its finished tables, read now or found in the cache."""

    def __init__(
        self,
        folder: str | Path,
        policy: Policy | None,
        cache: str | Path | None,
        marketplace: str | None,
        memory_limit: str | None,
        today: date | None = None,
        progress: Progress = silent,
    ):
        self.folder, self.policy = Path(folder), policy or Policy()
        self.marketplace, self.memory_limit = checked_marketplace(marketplace), memory_limit
        self.today, self.progress = today, progress
        self._look()
        if cache is None:
            # Lives as long as whoever may still ask for the long tables.
            held = Held()
            weakref.finalize(self, held.close)
            cache = held.path
        self.store = cache_at(cache)
        self.store.tidy()
        self.facts_home, self.home = self._homes()
        self.facts: dict[str, Any] = json.loads((self.home / "account.json").read_text("utf-8"))
        self.receipt = Receipt.from_dict(self.facts["receipt"])
        first = self.facts["first_order"]
        self.first_order = None if first is None else date.fromisoformat(first[:10])
        self.known_to = date.min
        if known_to := self.facts["known_to"]:
            self.known_to, note = report_day(date.fromisoformat(known_to), first, self.today)
            notes = (*self.receipt.notes, *filter(None, [note]))
            self.receipt = replace(self.receipt, notes=notes)

    def _look(self) -> None:
        """Find what is to be read, before anything is written."""
        self.paths = walk(self.folder)
        if not self.paths:
            raise OdrError(no_file(self.folder))

    def facts_key(self, contents: dict[str, list[list[str]]], furthest: date | None = None) -> str:
        """Cache key of what the files say: their content and how it is read.

        `furthest` is the latest day that any way of reading them gives. Today is part of the key
        where that is later, because then it may have decided.
        """
        parts = sorted(part for parts in contents.values() for part in parts)
        key = ["facts", parts, self.marketplace]
        return key_of(key if self._is_past(furthest) else [*key, f"{self.today}"])

    def _is_past(self, furthest: date | None) -> bool:
        return self.today is None or furthest is None or furthest <= self.today

    def _homes(self) -> tuple[Path, Path]:
        """Cache entries of what the files say, and of what that means under the policy."""
        facts, tables = self._found()
        if facts is not None and tables is not None:
            return facts, tables
        with self.store.alone(str(self.folder.resolve())):
            # Another process may have read the same folder while this one waited.
            facts, tables = self._found()
            if facts is not None and tables is not None:
                return facts, tables
            # The engine is imported only here: what is in the cache is read without it.
            if facts is None or self.store.entry(facts.name) is None:
                facts = self._read_facts()
            from odr_analysis.exports.folder import apply_policy

            return facts, apply_policy(self, facts)

    def _found(self) -> tuple[Path | None, Path | None]:
        """The two entries of :meth:`_homes`, as far as they are in the cache.

        The first is not checked to the last bit, for it is not read where there is a second.
        """
        facts = self._facts_entry()
        if facts is None:
            return None, None
        return facts, self.store.entry(key_of([facts.name, self.policy.to_dict()]))

    def _facts_entry(self) -> Path | None:
        """The cache entry of what the files say, if it is there; its tables are not compared."""
        contents = self.store.remembered(self.folder, self.paths)
        if contents is None:
            return None
        return self._entry_of(contents)

    def _entry_of(self, contents: dict[str, list[list[str]]]) -> Path | None:
        """The entry of some contents that is right today: one that no day decided, or today's."""
        found = self.store.entry(self.facts_key(contents), read=("facts.json",))
        if found is not None:
            furthest = json.loads((found / "facts.json").read_text("utf-8"))["furthest"]
            if self._is_past(furthest and date.fromisoformat(furthest)):
                return found
        if self.today is None:
            return None
        return self.store.entry(self.facts_key(contents, date.max), read=())

    def _read_facts(self) -> Path:
        """Make the cache entry of what the files say."""
        with Scanner(self.paths, self.folder, self.progress) as scanner:
            from odr_analysis.exports.folder import read_folder

            return read_folder(self, scanner)

    def orders(self) -> pd.DataFrame:
        """``Account.orders``; kept when first asked for, so that later no engine is needed."""
        return self.keep("orders", self._orders)

    def _orders(self) -> pd.DataFrame:
        from odr_analysis.exports.folder import read_orders

        self._check_facts()
        return read_orders(self)

    def _check_facts(self) -> None:
        """See that what the files say is in the cache and sound, before it is read again."""
        if self.store.entry(self.facts_home.name) is None and self._homes()[0] != self.facts_home:
            raise OdrError(
                f"{self.folder}: its files changed since they were loaded and the cache was "
                "emptied. Load the account again."
            )

    def items(self) -> pd.DataFrame:
        """``Account.items``; kept when first asked for.

        No policy changes what was ordered, so what was made for one is used for all.
        """
        from odr_analysis.exports.text.delimited import typed

        return typed(self._kept(["items", self.facts_home.name], self.write_items), ITEM_COLUMNS)

    def keep(self, name: str, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """``Account.keep``: a table made from those of the account, kept beside them."""
        return self._kept(["kept", self.home.name, name], lambda path: make().to_parquet(path))

    def _kept(self, what: list[str], make: Callable[[Path], None]) -> pd.DataFrame:
        """The table `make` writes to a file, made once and in the cache from then on."""
        import pandas as pd

        key = key_of(what)

        def write(folder: Path) -> str:
            make(folder / KEPT)
            return key

        home = self.store.entry(key)
        if home is None:
            with self.store.alone(key):
                # Another process may have made it while this one waited.
                home = self.store.entry(key) or self.store.store(write)
        return pd.read_parquet(home / KEPT)

    def earlier_snapshots(self) -> Iterable[pd.DataFrame]:
        """Performance reports that were known before; a folder knows only those in it."""
        return ()

    def write_items(self, target: Path) -> None:
        """Write the table of :meth:`items`, which is in the cache from then on."""
        from odr_analysis.exports.orders.item_files import write_folder_items

        self._check_facts()
        write_folder_items(self, target)


def cache_at(place: str | Path) -> Cache:
    """The cache in a folder, or the user's own one where that is ``"default"``."""
    return Cache(default_root() if place == "default" else Path(place))


def no_file(folder: Path) -> str:
    """What to say of an empty folder."""
    return (
        f"{folder}: no file in this folder. "
        "Put Amazon's exports in it, at least one All Orders file."
    )


def day_of(day: date | str, name: str) -> date:
    """A day as given by a user.

    Raises
    ------
    ParameterError
        `day` is none.
    """
    try:
        found = day if isinstance(day, date) else date.fromisoformat(day)
    except (TypeError, ValueError) as error:
        raise ParameterError(f"{name}={day!r} is no date; write it like 2026-09-30.") from error
    return found.date() if isinstance(found, datetime) else found


def checked_marketplace(name: str | None) -> str | None:
    """`name` as this package writes it, whatever its letter case; None for None.

    Raises
    ------
    ParameterError
        When it is no sales channel this package knows.

    Examples
    --------
    >>> checked_marketplace("AMAZON.de")
    'Amazon.de'
    """
    if name is None:
        return None
    known = {store.casefold(): store for store in MARKETPLACES}
    if (found := known.get(name.strip().casefold())) is None:
        raise ParameterError(f"marketplace {name!r} is unknown. Known: {', '.join(MARKETPLACES)}.")
    return found


def _folder_name(folder: Path) -> str:
    path = folder.resolve()
    return path.stem if path.is_file() else path.name


def _no_orders(folder: Path, receipt: Receipt) -> str:
    files = "\n".join(
        f"  {f.file}: {f.kind} "
        + (f"({'; '.join(f.notes)})" if f.kind == "unknown" else f"({f.rows_read:,} rows)")
        for f in receipt.files
    )
    return (
        f"{folder}: no order in any file, so there is nothing to divide by.\n{files}\n"
        "Add an All Orders report (Seller Central: Reports > Fulfilment > All Orders, or "
        "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL)."
    )
