"""Files that name no order of any order export, though theirs must be known: whose are they?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from odr_analysis.exports.engine import lend
from odr_analysis.exports.keys import key_of
from odr_analysis.exports.ledger import Ledger
from odr_analysis.exports.queries import asked
from odr_analysis.exports.registry import Recognised
from odr_analysis.exports.rows import Read
from odr_analysis.exports.signatures import no_known_order_note

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend


class Known(NamedTuple):
    """The orders of the order exports: a ledger that the engine knows as a table."""

    con: Backend
    table: str = "ledger"


LISTS = ("claims", "chargebacks", "order-defects")
"""Kinds that anybody can write, or that name orders of the last weeks only."""


def set_strangers_aside(
    found: list[Recognised], reads: dict[str, Read], ledger: Known, first_order: date | None
) -> list[Recognised]:
    """The files, those set aside that :func:`is_stranger` to `ledger`.

    What was read of a file that is set aside is taken out of `reads`.
    """
    return [
        _set_aside(file, reads)
        if (read := reads.get(file.scan.file)) is not None
        and is_stranger(file.kind, file.loose, read, ledger, first_order)
        else file
        for file in found
    ]


def is_stranger(
    kind: str, loose: bool, read: Read, ledger: Known, first_order: date | None
) -> bool:
    """Whether a file is of another account, as far as can be known.

    A file known only loosely must have no row or name an order of `ledger`. One of ``LISTS`` must
    name one of its orders that are not all older than `first_order`, the first day of the order
    exports. Another file known by its own titles stays: its orders may be older.
    """
    keys = _keys(read)
    if loose:
        return not _names_one(keys, ledger) if keys else read.rows_read > 0
    if kind not in LISTS or first_order is None:
        return False
    new = keys - _older(read, first_order)
    return bool(new) and not _names_one(keys, ledger)


def _keys(read: Read) -> set[int]:
    return _keys_of(frame["order_id"] for frame in read.tables().values() if "order_id" in frame)


def _older(read: Read, first_order: date) -> set[int]:
    """Keys of orders with a row of a day before `first_order`, so that it cannot know them."""
    import pandas as pd

    if read.dated is None:
        return set()
    return _keys_of([read.dated.loc[read.dated["on"] < pd.Timestamp(first_order), "order_id"]])


def _keys_of(columns: Iterable[Iterable[str]]) -> set[int]:
    found = {key_of(order_id) for column in columns for order_id in column}
    return {key for key in found if key is not None}


def _names_one(keys: set[int], ledger: Known) -> bool:
    """Whether one of these orders is in `ledger`."""
    import pandas as pd

    lend(ledger.con, "named", pd.DataFrame({"order_key": sorted(keys)}, dtype="int64"))
    return int(asked(ledger.con, _known, ledger.table).n[0]) > 0


def _known(table: str) -> ir.Table:
    import ibis

    named = ibis.table({"order_key": "int64"}, name="named")
    return Ledger.kept(name=table).table.semi_join(named, "order_key").aggregate(n=ibis._.count())


def _set_aside(file: Recognised, reads: dict[str, Read]) -> Recognised:
    del reads[file.scan.file]
    note = no_known_order_note(file.kind, loose=file.loose)
    return replace(file, kind="unknown", reader=None, loose=False, nearest=file.kind, note=note)
