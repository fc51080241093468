"""The small files of a folder read together: what one proves helps to read the days of another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from odr_analysis.days import believable
from odr_analysis.exports.days.places import Look, Places, look_at
from odr_analysis.exports.days.possible_days import Settled, possible, proven_day, settle
from odr_analysis.exports.files.scan import as_utf8
from odr_analysis.exports.kinds.registry import MONEY_READERS, Recognised
from odr_analysis.exports.orders.keys import key_of
from odr_analysis.exports.readers.contract import Read
from odr_analysis.exports.text.delimited import Table, split_rows
from odr_analysis.exports.text.json_xml import text_of
from odr_analysis.exports.text.order_ids import ID_WITHIN

if TYPE_CHECKING:
    from ibis.backends.duckdb import Backend

    from odr_analysis.exports.session import Session


@dataclass(frozen=True)
class SmallFile:
    """A small file split into rows, or the text of a document.

    ``ahead`` is what it says read for the store that most orders are of.
    """

    found: Recognised
    table: Table | None
    text: str = ""
    ahead: Read | None = None

    @classmethod
    def of(cls, found: Recognised, scratch: Path) -> SmallFile:
        """The file with its content."""
        if found.document is not None:
            text = text_of(_utf8_of(found, scratch), "utf-8-sig", file=found.scan.file)
            return cls(found, None, text)
        return cls(found, small_table(found, scratch))

    def read_ahead(self, hint: str | None) -> SmallFile:
        """The same, read before the orders it names are known: mostly it is read as it will be."""
        return replace(self, ahead=self._read(hint))

    def _read(self, hint: str | None) -> Read:
        if self.table is None:
            assert self.found.document is not None
            return self.found.document.read_document(self.text, file=self.name, marketplace=hint)
        assert self.found.reader is not None
        return self.found.reader.read(self.table, marketplace=hint)

    @property
    def name(self) -> str:
        return self.found.scan.file

    def ids(self) -> set[str]:
        """Every order id the file names."""
        if self.table is None:
            return set(ID_WITHIN.findall(self.text))
        return set(chain.from_iterable(self.table.order_ids))

    def look(self, hint: str | None, places: Places) -> list[Look] | Read:
        """What it holds at first sight; a document, whose days are never open, for good.

        `hint` is that of :meth:`read_ahead`, where the file was read ahead.
        """
        if self.table is None:
            return self._read(hint) if self.ahead is None else self.ahead
        reader = self.found.reader
        assert reader is not None
        whole = reader in MONEY_READERS
        return look_at(reader, self.table, hint, places, whole=whole, ahead=self.ahead)


def read_small_files(
    files: Sequence[SmallFile], hint: str | None, places: Places
) -> dict[str, Settled]:
    """What each file holds, by name, its days read in an order in which they are possible.

    `hint` is the store of orders that `places` does not know.
    """
    looks = {file.name: file.look(hint, places) for file in files}
    first = [read for look in looks.values() for read in _reads(look)]
    proven = [places.newest, *(proven_day(read, places) for read in first)]
    places = replace(places, newest=max((d for d in proven if d is not None), default=None))
    return {name: _settled(look, places, name) for name, look in looks.items()}


def _reads(look: list[Look] | Read) -> list[Read]:
    return [look] if isinstance(look, Read) else [part.read for part in look]


def _settled(look: list[Look] | Read, places: Places, file: str) -> Settled:
    if isinstance(look, Read):
        read, lines = possible(look, file, places)
        return Settled(read, tuple(lines), look.latest)
    return settle(look, places, file)


def small_table(found: Recognised, scratch: Path) -> Table:
    """The rows of a small file that is not a document."""
    return split_rows(
        _utf8_of(found, scratch).read_text("utf-8-sig", errors="replace"),
        file=found.scan.file,
        delimiter=found.delimiter,
        quoted=found.quoted,
        header_line=found.first_line,
    )


def read_small(found: Recognised, scratch: Path, hint: str | None) -> Read:
    """What one file that is not an order export holds by itself, without known orders."""
    file = SmallFile.of(found, scratch)
    return read_small_files([file], hint, Places())[file.name].read


def _utf8_of(found: Recognised, scratch: Path) -> Path:
    return as_utf8(found.scan, scratch / f"small-{abs(hash(found.scan.file))}.txt")


def orders_named(files: Iterable[SmallFile]) -> dict[int, str]:
    """The orders that files name: key to id."""
    ids = set().union(*(file.ids() for file in files))
    return {key: order_id for order_id in ids if (key := key_of(order_id)) is not None}


def places_of(
    session: Session,
    named: dict[int, str],
    totals: dict[str, Any],
    *,
    given: bool,
    today: date | None,
) -> Places:
    """Stores and days of the orders `named`, out of the ``ledger`` that the engine knows.

    A clock that is behind every order is wrong, and `today` is then not asked for.
    """
    return places_in(session.con, session.stores, named, totals, given=given, today=today)


def places_in(
    con: Backend,
    stores: Sequence[str],
    named: dict[int, str],
    totals: dict[str, Any],
    *,
    given: bool,
    today: date | None,
) -> Places:
    """The same out of the ``ledger`` of any engine; `stores` are what its codes stand for."""
    last = [date.fromisoformat(t[:10]) for t in (totals["last"], totals["update"]) if t]
    newest = max(last, default=None)
    return Places.of(con, stores, named, newest, given, believable(today, totals["first"]))
