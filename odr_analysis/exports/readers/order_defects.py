"""The order-defects list of Account Health: which orders have which kind of defect."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from odr_analysis import terms
from odr_analysis.exports.covered import covers_of
from odr_analysis.exports.readers.contract import Read, Sighting, last_day, sightings
from odr_analysis.exports.readers.row_by_row import DAY, ORDER_ID, Row, row_by_row
from odr_analysis.exports.text.delimited import (
    Table,
    check_unique,
    find_column,
    lines_in_words,
    plain,
)
from odr_analysis.exports.text.signatures import FOREIGN, TRACKING, foreign_columns, foreign_note
from odr_analysis.exports.text.yes_no import read_channel, read_marker
from odr_analysis.faults import IMPACT_UNREADABLE, MARKER_UNREADABLE, Fault
from odr_analysis.receipt import Cover

if TYPE_CHECKING:
    import pandas as pd

KIND = "order-defects"

NEEDED = ("order id", "negative feedback, a-to-z claim or chargeback")
"""Columns the reader cannot do without; of the kinds of defect one is enough."""

_ORDER_ID = (
    *("order id", "order identifier", "amazon order id", "order number", "order"),
    *("bestellnummer", "numéro de commande", "numéro de la commande", "numero ordine"),
    *("número de pedido", "bestelnummer", "注文番号"),
)
_ORDER_DATE = (
    *("order date", "date", "purchase date", "bestelldatum", "date de commande"),
    *("data ordine", "fecha del pedido", "besteldatum", "注文日"),
)
_MARKERS = {
    "feedback": re.compile(
        r"\bnegative (seller |buyer |customer )?feedback|negative bewertung|évaluation négative"
        r"|^(seller |buyer |customer )?feedback( defects?)?$"
    ),
    "claim": re.compile(
        r"\ba (to|bis|à|a|tot|alla|do) z\b|\ba ?2 ?z\b|\batoz\b|^guarantee claims?$"
    ),
    "chargeback": re.compile(
        r"^(service |credit card |card )*charge ?backs?( claims?| defects?| orders?)?$"
        r"|rückbuchung|rétrofacturation|contracargo"
    ),
}
"""What the title of a column of each component contains."""
_BARE = re.compile(
    r"(seller |buyer |customer )?feedback( defects?)?|charge ?backs?|guarantee claims?"
)
"""Titles, whole, that other files have too."""
_NO_MARKER = re.compile(
    r"\b(date|reason|status|amount|id|rating|comments?|count|rate|refund|type|fee|case|link|url"
    r"|requested|left|sent|score|deadline|number|text)\b"
)
_FOREIGN = ("rating", "return request date", "claim date", "chargeback date", "transaction type")
"""Columns of other exports that also have an order id and a word of `_MARKERS`."""


def looks_like(header: list[str], sample_rows: list[list[str]]) -> bool:
    """Whether a header has an order id and a column of yes and no for a kind of defect."""
    return not missing(header) and find_column(header, *_FOREIGN) is None


def doubt(header: list[str], sample_rows: list[list[str]]) -> str:
    """Why a file with an order id and such a column is not the list, else ''.

    Foreign columns set it aside, and cells that are neither yes nor no: words are no evidence.
    """
    if foreign := foreign_columns(header, FOREIGN, TRACKING):
        return foreign_note(KIND, foreign)
    at = _marker_columns(header)
    cells = [row[i] for row in sample_rows for i in at if i < len(row) and row[i].strip()]
    unread = [cell for cell in cells if read_marker(cell) is None]
    if 2 * len(unread) > len(cells):
        return (
            f"has the columns of {KIND}, but words where the list has yes or no "
            f"({unread[0].strip()[:40]!r}): set aside, nothing in it is counted. If it is the "
            "list of Account Health, download it again."
        )
    return ""


def loose(header: list[str]) -> bool:
    """Whether a header has one marker only, and one of a title that other files have too."""
    titles = [plain(header[i]) for i in _marker_columns(header)]
    return len(titles) == 1 and _BARE.fullmatch(titles[0]) is not None


def missing(header: list[str]) -> list[str]:
    """Needed columns a header lacks; any one of the three kinds of defect is enough."""
    has = (find_column(header, *_ORDER_ID) is not None, bool(_marker_columns(header)))
    return [name for name, there in zip(NEEDED, has, strict=True) if not there]


def read(table: Table, *, marketplace: str | None) -> Read:
    """Sightings of every defect the list marks.

    The list gives the day of the order and not of the defect, so ``reported_on`` is NaT.
    Cancellations and late shipments may stand in it and are no order defects. Where a
    column says the order has no impact on the account, the outcome is ``does not count``.

    Parameters
    ----------
    table : Table
        The file.
    marketplace : str or None
        Sales channel, to settle the order of day and month where the dates do not.

    Returns
    -------
    Read
        One row of ``defects`` per order and kind of defect. ``details`` has ``components``
        (kind to sightings) and ``rows_without_defect``; those rows are kept. Rows are
        dropped for a missing or damaged order id and for ``unreadable defect marker``.

    Raises
    ------
    ExportError
        When a needed column is missing or occurs twice.

    Examples
    --------
    >>> from odr_analysis.exports.text.delimited import split_rows
    >>> text = "Order ID,Negative Feedback,A-to-z claim\\n113-1234567-7654321,Yes,X\\n"
    >>> done = read(
    ...     split_rows(text, file="f.csv", delimiter=",", quoted=True), marketplace=None
    ... )
    >>> done.defects.component.tolist(), done.defects.reported_on.isna().all()
    (['feedback', 'claim'], np.True_)
    """
    markers = _marker_columns(table.header)
    check_unique(table.header, [table.header[i] for i in markers], table.file)
    at = {
        ORDER_ID: table.need(*_ORDER_ID),
        DAY: table.column(*_ORDER_DATE),
        "channel": table.column("fulfilled by", "fulfillment channel"),
        "impact": next((i for i, h in enumerate(table.header) if "impact" in plain(h)), None),
    }
    rows = row_by_row(
        table, at, lambda row: _one(row, markers), marketplace=marketplace, days_of_kept=True
    )
    pairs = list(zip(rows.kept, rows.found, strict=True))
    seen = [
        Sighting(row.order_id, component, KIND, table.file, row.line, outcome=one.outcome)
        for row, one in pairs
        for component in one.components
    ]
    notes = []
    unsure = [row.line for row, one in pairs if one.unsure and one.components]
    if unsure and (impact := at["impact"]) is not None:
        column, where = table.header[impact], lines_in_words(unsure)
        notes.append(IMPACT_UNREADABLE.text(column=column, n=len(unsure), where=where))
    channels = [read_channel(row.text("channel")) for row in rows.kept]
    days = rows.days.get(DAY)
    components = [c for c in terms.COMPONENTS if c in markers.values()]
    return rows.read(
        defects=sightings(seen),
        details={
            "components": {c: sum(s.component == c for s in seen) for c in terms.COMPONENTS},
            "rows_without_defect": sum(not one.components for _, one in pairs),
        },
        notes=notes,
        latest=None if days is None else last_day(days),
        covers=_covers(components, channels, days),
        channels=channels,
    )


class Marked(NamedTuple):
    """What one row has: its kinds of defect, what comes of them, and whether that is unsure."""

    components: list[str]
    outcome: str
    unsure: bool


def _one(row: Row, markers: dict[int, str]) -> Marked | Fault:
    marks = {i: read_marker(row.cells[i]) for i in markers}
    if None in marks.values():
        return MARKER_UNREADABLE
    kinds = {markers[i] for i, mark in marks.items() if mark}
    written = row.text("impact")
    impact = read_marker(written) if written else True
    marked = [c for c in terms.COMPONENTS if c in kinds]
    return Marked(marked, "does not count" if impact is False else "", impact is None)


def _covers(
    components: list[str], channels: list[str], days: pd.Series | None
) -> tuple[Cover, ...]:
    """What the list covers; Account Health has one for each fulfilment channel."""
    if days is None:
        return covers_of(components, [], by="order")
    found: list[Cover] = []
    for channel in dict.fromkeys(channels or [""]):
        mine = [d for d, c in zip(days, channels, strict=True) if c == channel]
        found += covers_of(components, mine, by="order", channel=channel)
    return tuple(found)


def _marker_columns(header: list[str]) -> dict[int, str]:
    """Position to component of the columns that say yes or no to a kind of defect."""
    found = {}
    for i, name in enumerate(map(plain, header)):
        if _NO_MARKER.search(name):
            continue
        component = next((c for c, words in _MARKERS.items() if words.search(name)), None)
        if component is not None:
            found[i] = component
    return found
