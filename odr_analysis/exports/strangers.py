"""Files known only loosely that name no order of any order export: whose they are is unknown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from odr_analysis.exports.keys import key_of
from odr_analysis.exports.registry import Recognised
from odr_analysis.exports.rows import Read
from odr_analysis.exports.signatures import no_known_order_note

if TYPE_CHECKING:
    import ibis.expr.types as ir


def set_strangers_aside(
    found: list[Recognised], reads: dict[str, Read], ledger: ir.Table
) -> list[Recognised]:
    """The files, those set aside that are known only loosely and name no order of `ledger`.

    A file known by its own titles stays: its orders may be older than the order exports. What
    was read of a file that is set aside is taken out of `reads`.
    """
    return [
        _set_aside(file, reads)
        if file.loose and file.scan.file in reads and names_no_order(reads[file.scan.file], ledger)
        else file
        for file in found
    ]


def names_no_order(read: Read, ledger: ir.Table) -> bool:
    """Whether a file that has rows names no order of `ledger`."""
    import ibis

    frames = [frame for frame in read.tables().values() if "order_id" in frame]
    keys = {key_of(order_id) for frame in frames for order_id in frame["order_id"]} - {None}
    if not keys:
        return read.rows_read > 0
    asked = ibis.memtable({"order_key": sorted(k for k in keys if k is not None)})
    known = ledger.semi_join(asked, "order_key").count().execute()
    return int(known) == 0


def _set_aside(file: Recognised, reads: dict[str, Read]) -> Recognised:
    del reads[file.scan.file]
    note = no_known_order_note(file.kind)
    return replace(file, kind="unknown", reader=None, loose=False, nearest=file.kind, note=note)
