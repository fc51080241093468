"""Lists of defects in a warehouse: brought here, and read by the readers of files.

They are small: one row per feedback, case or return. Of payments, which have many rows for every
order, only those of disputes come, the sums of settlements, and two orders of each day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from odr_analysis.errors import FrameError
from odr_analysis.exports.files.scan import Scan
from odr_analysis.exports.kinds.registry import Reader, Recognised
from odr_analysis.exports.payments import settlement
from odr_analysis.exports.readers import claims, feedback, order_defects, returns
from odr_analysis.exports.small_files import SmallFile
from odr_analysis.exports.text.delimited import Table, find_column
from odr_analysis.fields import nearest
from odr_analysis.warehouse.connection import Warehouse
from odr_analysis.warehouse.order_columns import unknown_columns
from odr_analysis.warehouse.text_cells import text_rows

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True)
class ListKind:
    """A kind of list: its reader, and the columns the reader knows, as Amazon calls them."""

    reader: Reader
    columns: tuple[str, ...]


_CASE = ("reason", "status", "amount", "counts in odr")

LISTS: dict[str, ListKind] = {
    "feedback": ListKind(
        feedback,
        ("date", "rating", "comments", "response", "order id", "rater email"),
    ),
    "claims": ListKind(claims.CLAIMS, ("order id", "claim date", *_CASE)),
    "chargebacks": ListKind(claims.CHARGEBACKS, ("order id", "chargeback date", *_CASE)),
    "order_defects": ListKind(
        order_defects,
        (
            *("order id", "order date", "fulfilled by", "negative feedback", "a-to-z claim"),
            "chargeback",
        ),
    ),
    "returns": ListKind(
        returns,
        (
            *("order id", "return request date", "a-to-z claim", "merchant sku", "asin"),
            *("return quantity", "return reason", "return request status", "resolution"),
            "refunded amount",
        ),
    ),
    "settlements": ListKind(
        settlement,
        (
            *("settlement-id", "settlement-start-date", "settlement-end-date", "currency"),
            *("transaction-type", "order-id", "marketplace-name", "amount-type"),
            *("amount-description", "amount", "posted-date", "posted-date-time"),
        ),
    ),
}
"""Parameter of ``load_tables`` to what it brings."""


def list_there(
    there: Warehouse, table: ir.Table, what: str, name: str, columns: Mapping[str, str]
) -> SmallFile:
    """A list as a small file that was split into rows.

    Parameters
    ----------
    there : Warehouse
    table : ibis Table
    what : str
        Key of ``LISTS``.
    name : str
        What the receipt calls it.
    columns : mapping
        Column as Amazon calls it to that of the table, where they are not alike.

    Raises
    ------
    FrameError
        Lists every failure at once: columns that are unknown or missing, with the nearest.
    """
    kind = LISTS[what]
    header = tuple(table.columns)
    problems = unknown_columns(name, columns, kind.columns, header)
    if problems:
        raise FrameError(problems)
    # What a connector adds begins with "_".
    own = {column: column for column in header if not column.startswith("_")}
    given = {column: title for title, column in columns.items()}
    taken = {find_column([*own], title) for title in columns}
    own = {c: c for i, c in enumerate(own) if i not in taken} | given
    titles = list(own.values())
    if missing := kind.reader.missing(titles):
        raise FrameError(
            [
                f"{name}: no column {title!r}{nearest(title, header)} It has {', '.join(header)}. "
                f"Name the column: columns={{{what!r}: {{{title.lower()!r}: ...}}}}."
                for title in missing
            ]
        )
    table = table.select(**{title: table[column] for column, title in own.items()})
    rows = _of_disputes(there, table) if kind.reader is settlement else _all(there, table)
    split = Table(
        name, titles, "\t", [(i + 2, r) for i, r in enumerate(rows)], [len(titles)] * len(rows)
    )
    place = Path(name)
    found = Recognised(
        Scan(name, place, place), kind.reader.KIND, header=tuple(titles), reader=kind.reader
    )
    return SmallFile(found, split)


def _all(there: Warehouse, table: ir.Table) -> list[list[str]]:
    return text_rows(there.asked(table))


def _of_disputes(there: Warehouse, table: ir.Table) -> list[list[str]]:
    """The rows of settlements that are read one by one, and what shows which days they cover.

    Of the others, one row with the first and one with the last order id of each day and type.
    """
    import ibis
    import pandas as pd

    titles = list(table.columns)
    layout = "long" if find_column(titles, "amount") is not None else "wide"
    places = [find_column(titles, n) for n in ("transaction-type", *settlement.WORDS[layout])]
    columns = [titles[i] for i in places if i is not None]
    worded = table.mutate(**{name: table[name].cast("string").fill_null("") for name in columns})
    wordings = text_rows(there.asked(worded.select(*columns).distinct()))
    read = [row for row in wordings if settlement.is_read(row)]
    names = {f"words_{i}": [row[i] for row in read] for i in range(len(columns))}
    wanted = there.lent(pd.DataFrame(names), dict.fromkeys(names, "string"))
    pairs = [worded[name] == wanted[f"words_{i}"] for i, name in enumerate(columns)]
    disputes = _all(there, worded.semi_join(wanted, pairs)) if read else []
    day, order, kind, group = (
        titles[at]
        for name in ("posted-date", "order-id", "transaction-type", "settlement-id")
        if (at := find_column(titles, name)) is not None
    )
    summed = _all(there, worded.filter(worded[kind] == "").distinct())
    others = worded.filter((worded[kind] != "") & ~worded[kind].isin([row[0] for row in read]))
    proof = []
    for end in ("min", "max"):
        of_day = others.group_by([group, kind, day]).aggregate(
            **{order: getattr(others[order], end)()}
        )
        cells = {n: of_day[n] if n in of_day.columns else ibis.literal("") for n in titles}
        proof += _all(there, of_day.select(**cells))
    return sorted([*summed, *disputes, *proof])
