"""Files that name no order of any order export, though theirs must be known: whose are they?"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from odr_analysis.exports.kinds.registry import Recognised
from odr_analysis.exports.orders.engine import lend
from odr_analysis.exports.orders.keys import key_of
from odr_analysis.exports.orders.ledger import Ledger
from odr_analysis.exports.orders.queries import asked
from odr_analysis.exports.readers.contract import Read
from odr_analysis.exports.text.signatures import no_known_order_note

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend


class KnownOrders(NamedTuple):
    """The orders of the order exports: a ledger that the engine knows as a table.

    ``first_order`` is the day of the first of them; those ``met`` are known to be there, so that
    the engine need not be asked.
    """

    con: Backend
    first_order: date | None
    table: str = "ledger"
    met: Container[str] = frozenset()


LISTS = ("claims", "chargebacks", "order-defects")
"""Kinds that anybody can write, or that name orders of the last weeks only."""


def set_strangers_aside(
    found: list[Recognised], reads: dict[str, Read], known: KnownOrders
) -> list[Recognised]:
    """The files, those set aside that :func:`is_stranger` says are.

    What was read of a file that is set aside is taken out of `reads`.
    """
    return [
        _set_aside(file, reads)
        if (read := reads.get(file.scan.file)) is not None
        and is_stranger(file.kind, file.loose, read, known)
        else file
        for file in found
    ]


def is_stranger(kind: str, loose: bool, read: Read, known: KnownOrders) -> bool:
    """Whether a file is of another account, as far as can be known.

    A file known only loosely must have no row or name a known order. One of ``LISTS`` must name
    one of its orders that are not all older than the first day of the order exports. Another
    file known by its own titles stays: its orders may be older.
    """
    if not loose and (kind not in LISTS or known.first_order is None):
        return False
    ids = {i for frame in read.tables().values() if "order_id" in frame for i in frame["order_id"]}
    if any(order_id in known.met for order_id in ids):
        return False
    keys = _keys_of(ids)
    if loose:
        return not _names_one(keys, known) if keys else read.rows_read > 0
    return bool(keys - _older(read, known.first_order)) and not _names_one(keys, known)


def _older(read: Read, first_order: date | None) -> set[int]:
    """Keys of orders with a row of a day before `first_order`, so that it cannot know them."""
    import pandas as pd

    if read.dated is None or first_order is None:
        return set()
    return _keys_of(read.dated.loc[read.dated["on"] < pd.Timestamp(first_order), "order_id"])


def _keys_of(order_ids: Iterable[str]) -> set[int]:
    found = {key_of(order_id) for order_id in order_ids}
    return {key for key in found if key is not None}


def _names_one(keys: set[int], known: KnownOrders) -> bool:
    """Whether one of these orders is known."""
    import pandas as pd

    lend(known.con, "named", pd.DataFrame({"order_key": sorted(keys)}, dtype="int64"))
    return int(asked(known.con, _named_orders, known.table).n[0]) > 0


def _named_orders(table: str) -> ir.Table:
    import ibis

    named = ibis.table({"order_key": "int64"}, name="named")
    return Ledger.kept(name=table).table.semi_join(named, "order_key").aggregate(n=ibis._.count())


def _set_aside(file: Recognised, reads: dict[str, Read]) -> Recognised:
    del reads[file.scan.file]
    note = no_known_order_note(file.kind, loose=file.loose)
    return replace(file, kind="unknown", reader=None, loose=False, nearest=file.kind, note=note)
