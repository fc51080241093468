"""Seller feedback: the six-column report in any language, a page copy, a warehouse copy.

The report's header is written in the store's language, but its six columns keep
their places, so it is known by its shape. Comments are written as they are, with
line breaks and now and then a TAB inside, and nothing quotes them; both are mended
here, because every other column can be told by what it holds.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from odr_analysis.exports.covered import covers_of
from odr_analysis.exports.readers.contract import Read, feedback_frame, last_day
from odr_analysis.exports.readers.row_by_row import DAY, ORDER_ID, Row, row_by_row
from odr_analysis.exports.text.buyers import buyer_hash
from odr_analysis.exports.text.dates import looks_like_day
from odr_analysis.exports.text.delimited import Table, find_column, lines_in_words, plain
from odr_analysis.exports.text.order_ids import ORDER_ID as WHOLE_ID
from odr_analysis.exports.text.order_ids import is_order_id
from odr_analysis.exports.text.signatures import (
    FOREIGN,
    TRACKING,
    foreign_columns,
    foreign_note,
    stranger_note,
)
from odr_analysis.faults import COMMENTS_MENDED, DATE_UNREADABLE, RATING_UNREADABLE, Fault

KIND = "seller-feedback"

NEEDED: dict[str, tuple[str, ...]] = {
    "date": ("date", "feedback date", "feeddate"),
    "rating": ("rating",),
    "comments": ("comments", "comment"),
    "order id": ("order id", "amazon order id", "order number"),
}
"""Columns of the English report the reader cannot do without, and their known spellings."""
_OPTIONAL: dict[str, tuple[str, ...]] = {
    "response": ("your response", "response"),
    "rater": ("rater email", "email"),
}
_ORDER_TITLE = re.compile(r"order|bestell|commande|ordine|pedido|zam[oó]wie|beställ|sipariş|注文")
_MAIL_TITLE = re.compile(r"e-?mail|e-?post|courriel|correo|メール")
_NUMBER_TITLE = re.compile(
    r"qty|quantity|units?|count|items?|pieces|pcs|price|weight|days|boxes|parcels|amount|total"
    r"|menge|anzahl|stück|preis|quantité|quantità|cantidad|quantidade|antal|aantal|ilość|adet|数量"
)
"""Titles, whole, of numbers that are not stars."""
_BESIDE = re.compile(
    r"date|feedback date|feeddate|rating|stars?|comments?|(your )?response"
    r"|(amazon )?order (id|number)"
    r"|(rater |buyer )?email|rater( .*)?|arrived on time|item as described|customer service"
    r"|asin|sku|(market ?place|store|country|account|seller)( (id|name))?|data ?(start|end) ?time"
    r"|(report|loaded|synced|created|updated)( .*)?|_.*|id|language"
)
"""Titles, whole, of the English report and of its copies in warehouses."""
_ENGLISH = re.compile(
    r"rating|score|stars?|comments?|body|text|title|headline|answer|reply|(your )?response"
    r"|order( id| number)?"
)
"""Titles, whole, of English lists of what buyers write."""
FEWEST_ENGLISH = 2
"""From so many of them on a header is English, where a translation may have kept one."""
_LANGUAGES = {
    "en": r"rating",
    "ja": r"[\u3040-\u30ff\u4e00-\u9fff]",
    "de": r"bewertung|bestellnummer|kommentare",
    "fr": r"évaluation|commentaires|commande",
    "it": r"valutazione|commenti|ordine",
    "pt": r"avaliação|classificação|comentários",
    "es": r"valoración|calificación|comentarios",
    "nl": r"beoordeling|opmerkingen|bestelling",
    "sv": r"betyg|kommentarer|beställning",
    "pl": r"ocena|komentarz|zamówieni",
}
"""Words by which a header's language is guessed; the first language with a match wins."""

_STARS = re.compile(r"([1-5])(?:[.,]0+)?")


@dataclass(frozen=True)
class _Layout:
    """Where the columns are."""

    width: int
    date: int
    rating: int
    comments: int
    order_id: int
    response: int | None
    rater: int | None

    @property
    def at(self) -> dict[str, int | None]:
        """The columns of a row, by what it calls them."""
        return {
            ORDER_ID: self.order_id,
            DAY: self.date,
            "rating": self.rating,
            "comments": self.comments,
            "response": self.response,
            "rater": self.rater,
        }


_SIX = _Layout(width=6, date=0, rating=1, comments=2, response=3, order_id=4, rater=5)


def looks_like(header: list[str], sample_rows: list[list[str]]) -> bool:
    """Whether a file is seller feedback: by its column names, else by its shape.

    Six columns are feedback when in most rows the fifth holds an order id, the second
    one to five stars and the first a day. Without rows, titles that name an order and
    an e-mail in those places have to do.
    """
    if not missing(header):
        return True
    if len(header) != 6:
        return False
    # Pieces of comments with line breaks are no rows.
    rows = [fitted for row in sample_rows if len(fitted := _fit(row, _SIX)[0]) >= 5]
    if not rows:
        titles = [h.casefold() for h in header]
        return bool(_ORDER_TITLE.search(titles[4]) and _MAIL_TITLE.search(titles[5]))
    shaped = sum(
        is_order_id(r[4]) and _stars(r[1]) is not None and looks_like_day(r[0]) for r in rows
    )
    return 2 * shaped > len(rows)


def doubt(header: list[str], sample_rows: list[list[str]]) -> str:
    """Why a file of that shape or with those titles is not seller feedback, else ''."""
    foreign = foreign_columns(header, FOREIGN, TRACKING)
    if missing(header) and _NUMBER_TITLE.fullmatch(plain(header[_SIX.rating])):
        foreign.append(header[_SIX.rating])
    if foreign:
        return foreign_note(KIND, foreign)
    english = sum(bool(_ENGLISH.fullmatch(plain(t))) for t in header)
    if missing(header) and english < FEWEST_ENGLISH:
        return ""
    others = [t for t in header if t.strip() and not _BESIDE.fullmatch(plain(t))]
    return stranger_note(KIND, others, tuple(NEEDED)) if others else ""


def loose(header: list[str]) -> bool:
    """Whether a file was taken for feedback by its shape, or has only what any survey has."""
    if missing(header):
        titles = " ".join(header).casefold()
        return not any(re.search(words, titles) for words in _LANGUAGES.values())
    return all(find_column(header, *known) is None for known in _OPTIONAL.values())


def missing(header: list[str]) -> list[str]:
    """Columns of the English report a header lacks."""
    return [name for name, known in NEEDED.items() if find_column(header, *known) is None]


def read(table: Table, *, marketplace: str | None) -> Read:
    """Every feedback of a file, of any rating.

    Which ratings are defects is the policy's to say, so ``defects`` stays empty.

    Parameters
    ----------
    table : Table
        The file, split with quoting off where it is a TAB file.
    marketplace : str or None
        Sales channel, to settle the order of day and month where the dates do not.

    Returns
    -------
    Read
        One row of ``feedback`` per feedback kept. A row counts as read once, however
        many lines its comment takes; ``details`` has ``ratings`` (stars to rows kept),
        ``continuation_lines`` and ``dates_settled_by``. Rows are dropped for
        ``too few cells``, a missing or damaged order id, ``rating not 1 to 5`` and
        ``unreadable date``.

    Raises
    ------
    ExportError
        When a needed column occurs twice.

    Examples
    --------
    >>> from odr_analysis.exports.text.delimited import split_rows
    >>> text = (
    ...     "Date\\tRating\\tComments\\tYour Response\\tOrder ID\\tRater Email\\n"
    ...     "7/31/26\\t1\\tcame late\\nand broken\\t\\t113-1234567-7654321\\ta@b.c\\n"
    ... )
    >>> done = read(
    ...     split_rows(text, file="f.txt", delimiter="\\t", quoted=False), marketplace=None
    ... )
    >>> done.feedback.rating.tolist(), done.feedback.comment[0], done.locale
    ([1], 'came late\\nand broken', 'm/d/y, en')
    """
    layout = _layout(table)
    records, continued = _records(table, layout)
    mended = [line for line, _, was_mended in records if was_mended]
    # What stands beyond the header has gone back into the comment it came from.
    whole = replace(table, rows=[(line, cells) for line, cells, _ in records], extra=[])
    rows = row_by_row(whole, layout.at, _one, marketplace=marketplace)
    received = rows.days[DAY]
    feedback = feedback_frame(
        [
            {"order_id": row.order_id, "received_on": row.day, **found, "file": table.file}
            | {"line": row.line}
            for row, found in zip(rows.kept, rows.found, strict=True)
        ]
    )
    ratings = {str(n): int((feedback.rating == n).sum()) for n in range(1, 6)}
    where = lines_in_words(mended)
    return rows.read(
        feedback=feedback,
        language=_language(table.header),
        details={
            "ratings": ratings,
            "continuation_lines": continued,
            "dates_settled_by": rows.written.settled_by,
        },
        notes=[COMMENTS_MENDED.text(n=len(mended), where=where)] if mended else [],
        latest=last_day(received),
        covers=covers_of(["feedback"], received),
    )


def _one(row: Row) -> dict[str, Any] | Fault:
    """What one feedback has beside its order and day."""
    rating = _stars(row.text("rating"))
    if rating is None:
        return RATING_UNREADABLE
    if row.day is None:
        return DATE_UNREADABLE
    return {
        "rating": rating,
        "comment": row.cells[row.at["comments"] or 0],
        "response": row.text("response"),
        "rater": buyer_hash(row.text("rater")),
    }


def _layout(table: Table) -> _Layout:
    if missing(table.header):
        return _SIX
    return _Layout(
        width=len(table.header),
        date=table.need(*NEEDED["date"]),
        rating=table.need(*NEEDED["rating"]),
        comments=table.need(*NEEDED["comments"]),
        order_id=table.need(*NEEDED["order id"]),
        response=table.column(*_OPTIONAL["response"]),
        rater=table.column(*_OPTIONAL["rater"]),
    )


def _records(table: Table, layout: _Layout) -> tuple[list[tuple[int, list[str], bool]], int]:
    """Line, cells and whether mended of each feedback, and the number of continuation lines."""
    found: list[tuple[int, list[str], bool]] = []
    odd: list[int] = []
    continued = 0
    for (line, filled), width in zip(table.rows, table.widths, strict=True):
        cells = filled[:width]
        if _plain_row(cells, layout):  # nearly every line, at once
            found.append((line, cells, False))
            continue
        if found and _continues(found[-1][1], cells, layout):
            before = found[-1][1]
            before[-1] += "\n" + cells[0]
            before += cells[1:]
            continued += 1
        else:
            found.append((line, cells, False))
        odd.append(len(found) - 1)
    for i in dict.fromkeys(odd):
        line, cells, _ = found[i]
        if not _plain_row(cells, layout):
            found[i] = (line, *_fit(cells, layout, table.delimiter))
    return found, continued


def _plain_row(cells: list[str], layout: _Layout) -> bool:
    """Whether a line is as wide as the header, with an order id in its place."""
    return len(cells) == layout.width and bool(WHOLE_ID.fullmatch(cells[layout.order_id]))


def _continues(before: list[str], cells: list[str], layout: _Layout) -> bool:
    """Whether a line goes on with the comment of the row before it.

    It does when that row still waits for its order id and the line makes no row itself.
    A row wide enough still waits where words stand for the id: stray TABs made it wide.
    """
    if _has_id(before, layout) or _row(cells, layout):
        return False
    return len(before) < layout.width or _words(before[layout.order_id])


def _words(cell: str) -> bool:
    return any(c.isalpha() for c in cell) and not any(c.isdigit() for c in cell)


def _row(cells: list[str], layout: _Layout) -> bool:
    """Whether a line can be a row of its own, good or bad."""
    if len(cells) > layout.date + 1 and looks_like_day(cells[layout.date]):
        return True
    if not _has_id(cells, layout):
        return False
    if len(cells) >= layout.width and is_order_id(cells[layout.order_id]):
        return True
    return len(cells) > layout.rating and _stars(cells[layout.rating]) is not None


def _has_id(cells: list[str], layout: _Layout) -> bool:
    return any(map(is_order_id, cells[layout.order_id :]))


def _fit(cells: list[str], layout: _Layout, delimiter: str = "\t") -> tuple[list[str], bool]:
    """The cells with a comment's stray delimiters taken back into it, and whether there were any.

    The order id tells: found further right than it should be, what is too much before
    it belongs to the comment.
    """
    at = layout.order_id
    mended = False
    if len(cells) > at and not is_order_id(cells[at]) and layout.comments < at:
        places = [i for i in range(at + 1, len(cells)) if is_order_id(cells[i])]
        if places:
            end = layout.comments + places[-1] - at + 1
            comment = delimiter.join(cells[layout.comments : end])
            cells = [*cells[: layout.comments], comment, *cells[end:]]
            mended = True
    if len(cells) > at:
        cells = cells + [""] * (layout.width - len(cells))
    return cells, mended


@lru_cache(maxsize=1024)
def _stars(cell: str) -> int | None:
    match = _STARS.fullmatch(unicodedata.normalize("NFKC", cell).strip(" \t\"'"))
    return int(match[1]) if match else None


def _language(header: list[str]) -> str:
    titles = " ".join(header).casefold()
    return next((lang for lang, words in _LANGUAGES.items() if re.search(words, titles)), "")
