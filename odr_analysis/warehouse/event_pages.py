"""Pages of the Finances API in a warehouse: brought here, and read by the reader of its files.

Airbyte lands them as one row per page, with a JSON array for each list of events. Nearly all events
are shipments, of which the reader takes the day and nothing else, so that is what is kept of them.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from odr_analysis.errors import FrameError
from odr_analysis.exports.covered import A_DAY
from odr_analysis.exports.files.scan import Scan
from odr_analysis.exports.kinds.registry import Recognised
from odr_analysis.exports.payments import finances
from odr_analysis.exports.small_files import SmallFile
from odr_analysis.exports.text.json_xml import field, fold, word
from odr_analysis.exports.text.order_ids import is_order_id
from odr_analysis.fields import nearest
from odr_analysis.warehouse.connection import Warehouse
from odr_analysis.warehouse.order_columns import unknown_columns
from odr_analysis.words import counted

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

EVENT_PAGES = "financial_events"
"""The parameter of ``load_tables``."""

EVENT_LISTS = (
    *finances.COMPONENTS,
    *("RefundEventList", "ShipmentEventList", "ServiceFeeEventList", "AdjustmentEventList"),
    "SAFETReimbursementEventList",
)
"""Lists that may be called otherwise; others are known by the end of their names."""

_DISPUTES = tuple(map(fold, finances.COMPONENTS))
_AT_ONCE = 1000
"""Pages that are Python objects at a time."""


def pages_there(
    there: Warehouse, table: ir.Table, name: str, columns: Mapping[str, str]
) -> SmallFile:
    """Pages of financial events as the text of a document, a page a line.

    A cell may be JSON, its text, or an array of structs or of either. One that is cut short or no
    JSON stands for something that is no event, which the receipt counts as dropped.

    Parameters
    ----------
    there : Warehouse
    table : ibis Table
        One row per page; one column per list of events, such as ``ChargebackEventList``.
    name : str
        What the receipt calls it.
    columns : mapping
        List as the API calls it to the column of the table, where they are not alike.

    Raises
    ------
    FrameError
        Lists every failure at once: columns that are unknown, or no column of a kind of dispute,
        without which none could be told from none that is known.
    """
    header = tuple(table.columns)
    problems = unknown_columns(name, columns, EVENT_LISTS, header)
    if problems:
        raise FrameError(problems)
    own = {fold(column): column for column in header if finances.is_list(column)}
    # By the names of the API, which the receipt counts events by, where they are known.
    known = {fold(title): title for title in EVENT_LISTS}
    named = {fold(title): column for title, column in columns.items()}
    lists = {known.get(key, column): column for key, column in (own | named).items()}
    problems = [
        f"{name}: no column {title!r}{nearest(title, header)} It has {', '.join(header)}. Name the "
        f"column: columns={{{EVENT_PAGES!r}: {{{title!r}: ...}}}}."
        for title in finances.COMPONENTS
        if title not in lists
    ]
    if problems:
        raise FrameError(problems)
    rows = there.asked(table.select(**{title: table[column] for title, column in lists.items()}))
    pages, again = _once(_pages(rows))
    text = "\n".join(pages or [json.dumps({title: [] for title in lists})])
    notes = [f"{counted(again, 'event')} left out that an earlier page has too."] if again else []
    place = Path(name)
    scan = Scan(name, place, place, notes=tuple(notes))
    return SmallFile(Recognised(scan, finances.KIND, document=finances), None, text)


def _pages(rows: pa.Table) -> list[str]:
    """Each page as text, sorted: rows of a warehouse come in no order."""
    pages = []
    for batch in rows.to_batches(max_chunksize=_AT_ONCE):
        for cells in batch.to_pylist():
            page = {title: _events(title, cell) for title, cell in cells.items()}
            pages.append(json.dumps(page, default=str))
    return sorted(pages)


def _events(title: str, cell: Any) -> list[Any]:
    """The events of a cell: those of disputes whole, of others what shows their day.

    >>> _events("RefundEventList", '[{"PostedDate": "2026-05-01", "SellerOrderId": "1"}]')
    [{'PostedDate': '2026-05-01', 'AmazonOrderId': None}]
    >>> _events("ChargebackEventList", ['{"SellerOrderId": "1"}', "cut sho"])
    [{'SellerOrderId': '1'}, None]
    """
    if cell in (None, "", "null"):
        return []
    found = _read(cell)
    events = [_read(event) for event in found] if isinstance(found, list) else [found]
    return events if _of_disputes(title) else [_day_of(event) for event in events]


def _read(cell: Any) -> Any:
    """JSON that is text or was read already, None for what is no JSON."""
    if not isinstance(cell, str):
        return cell
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        return None


def _day_of(event: Any) -> dict[str, Any] | None:
    if not isinstance(event, dict):
        return None
    return {name: field(event, name) for name in ("PostedDate", "AmazonOrderId")}


def _of_disputes(title: str) -> bool:
    return fold(title) in _DISPUTES


def _once(pages: list[str]) -> tuple[list[str], int]:
    """Pages with each event of a dispute once, and how many came again.

    A connector adds what it fetches to what is there and may fetch the last pages anew, and a debit
    that stands there twice would outweigh the money that came back. Other events name their order
    only where that shows whose the events of a day are.
    """
    met: set[str] = set()
    named: defaultdict[date | None, set[str]] = defaultdict(set)
    kept, again = [], 0
    for text in pages:
        page = json.loads(text)
        for title, events in page.items():
            if not _of_disputes(title):
                page[title] = [_of_few_orders(event, named) for event in events]
                continue
            page[title] = []
            for event in events:
                says = json.dumps([fold(title), event], sort_keys=True)
                # What is no event is counted each time.
                if not isinstance(event, dict) or says not in met:
                    page[title].append(event)
                else:
                    again += 1
                met.add(says)
        kept.append(json.dumps(page))
    return kept, again


def _of_few_orders(event: Any, named: defaultdict[date | None, set[str]]) -> Any:
    """An event without its order, where enough orders of its day are named."""
    if event is None:
        return None
    order_id, orders = word(event["AmazonOrderId"]), named[finances.utc_day(event["PostedDate"])]
    if is_order_id(order_id) and len(orders) < A_DAY:
        orders.add(order_id)
    return event if order_id in orders else {"PostedDate": event["PostedDate"]}
