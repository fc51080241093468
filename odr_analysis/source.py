"""What brings the tables of an account: a folder of exports, read now or found in the cache."""

from __future__ import annotations

import json
import weakref
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from odr_analysis.cache import Cache, default_root, key_of
from odr_analysis.days import report_day
from odr_analysis.errors import OdrError, ParameterError
from odr_analysis.exports.files.walk import no_file, walk
from odr_analysis.policy import Policy
from odr_analysis.progress import Progress, silent
from odr_analysis.receipt import Receipt
from odr_analysis.schema import typed
from odr_analysis.scratch import Held
from odr_analysis.terms import ITEM_COLUMNS, MARKETPLACES

if TYPE_CHECKING:
    import pandas as pd

KEPT = "table.parquet"
"""File of the cache entry of a table that is made when first asked for."""


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
        # What is in the cache is read without it and the readers of documents it brings.
        from odr_analysis.exports.background import Scanner

        with Scanner(self.paths, self.folder, self.progress) as scanner:
            # Files are scanned meanwhile.
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
        from odr_analysis.exports.item_files import write_folder_items

        self._check_facts()
        write_folder_items(self, target)


def cache_at(place: str | Path) -> Cache:
    """The cache in a folder, or the user's own one where that is ``"default"``."""
    return Cache(default_root() if place == "default" else Path(place))


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
