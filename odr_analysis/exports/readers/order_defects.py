"""The order-defects list of Account Health: which orders have which kind of defect."""

from __future__ import annotations

import re

from odr_analysis import terms
from odr_analysis.exports.covered import covers_of, dated
from odr_analysis.exports.text.dates import Days, hint_of, read_days
from odr_analysis.exports.text.delimited import (
    Read,
    Sighting,
    Table,
    Tally,
    check_unique,
    find_column,
    last_day,
    lines_in_words,
    plain,
    sightings,
)
from odr_analysis.exports.text.order_ids import ID_DROPS, classify_order_id
from odr_analysis.exports.text.signatures import FOREIGN, TRACKING, foreign_columns, foreign_note
from odr_analysis.exports.text.yes_no import read_channel, read_marker
from odr_analysis.receipt import Cover

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
    id_at = table.need(*_ORDER_ID)
    markers = _marker_columns(table.header)
    check_unique(table.header, [table.header[i] for i in markers], table.file)
    impact = next((i for i, h in enumerate(table.header) if "impact" in plain(h)), None)
    tally = Tally(table.dropped)
    rows: list[Sighting] = []
    kept: list[tuple[int, str, list[str]]] = []
    seen = dict.fromkeys(terms.COMPONENTS, 0)
    without = 0
    unsure: list[int] = []
    for line, cells in table.rows:
        verdict, order_id = classify_order_id(cells[id_at])
        if verdict != "ok":
            tally.drop(ID_DROPS[verdict], line)
            continue
        marks = {i: read_marker(cells[i]) for i in markers}
        if None in marks.values():
            tally.drop("unreadable defect marker", line)
            continue
        tally.kept += 1
        kept.append((line, order_id, cells))
        marked = {markers[i] for i, mark in marks.items() if mark}
        without += not marked
        counts = _counts(cells, impact)
        if counts is None and marked:
            unsure.append(line)
        outcome = "does not count" if counts is False else ""
        for component in (c for c in terms.COMPONENTS if c in marked):
            seen[component] += 1
            place = (KIND, table.file, line)
            rows.append(Sighting(order_id, component, *place, outcome=outcome))
    notes = [*table.notes, *table.extra_note()]
    if unsure and impact is not None:
        notes.append(
            f"column {table.header[impact]!r} says neither yes nor no in {len(unsure):,} "
            f"row(s) with a defect ({lines_in_words(unsure)}); they count."
        )
    locale, latest, covers = "", None, covers_of(_components(markers), [], by="order")
    rows_with_day = dated()
    date_at = table.column(*_ORDER_DATE)
    if date_at is not None:
        days = read_days(
            [cells[date_at] for _, _, cells in kept],
            order_hint=hint_of(marketplace),
            file=table.file,
            column=table.header[date_at],
        )
        locale, latest = days.pattern, last_day(days.days)
        notes += days.notes
        channel_at = table.column("fulfilled by", "fulfillment channel")
        channels = ["" if channel_at is None else read_channel(c[channel_at]) for *_, c in kept]
        covers = _covers(markers, channels, days)
        rows_with_day = dated(
            [order_id for _, order_id, _ in kept],
            days.days,
            [line for line, *_ in kept],
            file=table.file,
            channels=channels,
        )
    return Read(
        defects=sightings(rows),
        **tally.accounts(),
        locale=locale,
        details={"components": seen, "rows_without_defect": without},
        notes=notes,
        latest=latest,
        covers=covers,
        dated=rows_with_day,
    )


def _components(markers: dict[int, str]) -> list[str]:
    """Kinds of order defect the list has a column for."""
    return [c for c in terms.COMPONENTS if c in markers.values()]


def _covers(markers: dict[int, str], channels: list[str], days: Days) -> tuple[Cover, ...]:
    """What the list covers; Account Health has one for each fulfilment channel."""
    found: list[Cover] = []
    for channel in dict.fromkeys(channels or [""]):
        mine = [d for d, c in zip(days.days, channels, strict=True) if c == channel]
        found += covers_of(_components(markers), mine, by="order", channel=channel)
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


def _counts(cells: list[str], impact: int | None) -> bool | None:
    """Whether the row says it has an impact on the account; None when it cannot be told."""
    if impact is None or not cells[impact].strip():
        return True
    return read_marker(cells[impact])
