"""Seller-fulfilled returns: what buyers sent back and why, and the A-to-z claims among them.

Claims for parcels that never arrived have no return and are not in this export.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from odr_analysis.exports.covered import covers_of
from odr_analysis.exports.readers.contract import Read, Sighting, last_day, returns, sightings
from odr_analysis.exports.readers.row_by_row import DAY, ORDER_ID, Row, Rows, row_by_row
from odr_analysis.exports.text.amounts import notation, read_amount
from odr_analysis.exports.text.delimited import Table, find_column, lines_in_words
from odr_analysis.exports.text.yes_no import read_marker
from odr_analysis.faults import (
    DATE_UNREADABLE,
    MARKER_UNREADABLE,
    RETURN_DAY_UNREADABLE,
    ROWS_MENDED,
    ROWS_SHIFTED,
    UNDATED,
    VALUE_UNREADABLE,
    Fault,
)
from odr_analysis.receipt import PARTIAL
from odr_analysis.words import counted

KIND = "mfn-returns"

NEEDED: dict[str, tuple[str, ...]] = {
    "Order ID": ("order id",),
    "Return request date": ("return request date",),
    "A-to-Z Claim": ("a-to-z claim",),
}
"""Columns the reader cannot do without, as Amazon names them, and their known spellings."""

OPTIONAL: dict[str, tuple[str, ...]] = {
    "sku": ("merchant sku",),
    "asin": ("asin",),
    "quantity": ("return quantity",),
    "reason": ("return reason",),
    "status": ("return request status",),
    "resolution": ("resolution",),
    "refunded": ("refunded amount",),
}
"""Columns of ``terms.RETURN_COLUMNS`` that are read where they are there."""

ONLY_RETURNS = (
    "a returns report shows only claims tied to a return, not those on parcels never received"
)
"""What the report cannot show."""

ANCHORS: dict[str, re.Pattern[str]] = {
    "order id": re.compile(r"\d{3}-\d{7}-\d{7}"),
    "a-to-z claim": re.compile("[YyNn]?"),
    "is prime": re.compile("[YyNn]?"),
    "asin": re.compile("([A-Z0-9]{10})?"),
    "in policy": re.compile("[YyNn]?"),
}
"""Columns of the report whose cells can be only one thing."""

NUMBERS: dict[str, str] = {"quantity": "a number of units", "refunded": "an amount"}
"""Those of them that are numbers, and what each is one of."""
MOST = 10**15
"""Numbers beyond are mistakes, and more than a float holds exactly."""


def looks_like(header: list[str], sample_rows: list[list[str]]) -> bool:
    """Whether a header is that of the returns report."""
    return not missing(header)


def missing(header: list[str]) -> list[str]:
    """Needed columns a header lacks."""
    return [name for name, known in NEEDED.items() if find_column(header, *known) is None]


def read(table: Table, *, marketplace: str | None) -> Read:
    """The returns, and sightings of the claims among them.

    Parameters
    ----------
    table : Table
        The file.
    marketplace : str or None
        Sales channel, to settle the order of day and month where the dates do not.

    Returns
    -------
    Read
        One row of ``returns`` per row that is kept; see ``terms.RETURN_COLUMNS``. One row of
        ``defects`` per return with ``A-to-Z Claim`` = ``Y``: reported on the day the return
        was requested, for the return's reason. The others are counted in
        ``details["returns_without_claim"]``. Rows are dropped for a missing or damaged order
        id, for ``unreadable defect marker``, and, where there is a claim, for ``unreadable
        date``. A claim with an empty date, and a return without claim whose date cannot be
        read, are kept with NaT and a note; so are, with <NA>, a quantity that is no whole
        number and a refund that is no amount.

    Raises
    ------
    ExportError
        When a needed column is missing, or one that is read occurs twice.

    Examples
    --------
    >>> from odr_analysis.exports.text.delimited import split_rows
    >>> text = (
    ...     "Order ID\\tReturn request date\\tA-to-Z Claim\\tReturn Reason\\n"
    ...     "113-1234567-7654321\\t10-Jul-2025\\tY\\tDefective\\n"
    ... )
    >>> done = read(
    ...     split_rows(text, file="f.txt", delimiter="\\t", quoted=False), marketplace=None
    ... )
    >>> done.defects[["component", "reason"]].values.tolist(), done.latest
    ([['claim', 'Defective']], datetime.date(2025, 7, 10))
    >>> done.returns[["order_id", "reason", "claim"]].values.tolist()
    [['113-1234567-7654321', 'Defective', True]]
    """
    at = {
        **dict(
            zip((ORDER_ID, DAY, "claim"), (table.need(*n) for n in NEEDED.values()), strict=True)
        ),
        **{name: table.column(*known) for name, known in OPTIONAL.items()},
    }
    straight, mended, shifted = put_straight(table)
    rows = row_by_row(
        replace(table, rows=straight),
        at,
        lambda row: _claim(row, shifted=row.line in shifted),
        marketplace=marketplace,
    )
    numbers, odd = _numbers(rows.kept)
    every = rows.written.days
    n_claims = sum(rows.found)
    return rows.read(
        defects=sightings(
            [
                Sighting(
                    row.order_id,
                    "claim",
                    KIND,
                    table.file,
                    row.line,
                    reported_on=row.day,
                    reason=row.text("reason"),
                )
                for row, claim in zip(rows.kept, rows.found, strict=True)
                if claim
            ]
        ),
        returns=returns(
            [
                {name: row.text(name) for name in OPTIONAL}
                | number
                | {
                    "order_id": row.order_id,
                    "requested_on": row.day,
                    "claim": claim,
                    "source": KIND,
                    "file": table.file,
                    "line": row.line,
                }
                for row, claim, number in zip(rows.kept, rows.found, numbers, strict=True)
            ]
        ),
        details={"claims": n_claims, "returns_without_claim": len(rows.kept) - n_claims},
        notes=[
            *(
                VALUE_UNREADABLE.text(
                    column=table.header[i],
                    what=counted(len(lines), "value"),
                    kind=NUMBERS[name],
                    where=lines_in_words(lines),
                    row="return",
                )
                for name, lines in odd.items()
                if lines and (i := at[name]) is not None
            ),
            *_undated_notes(rows),
            *_straight_notes(mended, shifted),
        ],
        latest=last_day(every),
        covers=covers_of(["claim"], every, grade=PARTIAL, why=ONLY_RETURNS, channel="mfn"),
    )


def _claim(row: Row, *, shifted: bool) -> bool | Fault:
    """Whether a return has a claim; in a `shifted` row a marker may be another column's."""
    claim = None if shifted else read_marker(row.text("claim"))
    if claim is None:
        return MARKER_UNREADABLE
    return DATE_UNREADABLE if claim and row.day_unread else claim


def put_straight(table: Table) -> tuple[list[tuple[int, list[str]]], list[int], set[int]]:
    """Rows whose cells are shifted put straight by their anchors.

    Anchors are cells that can hold only one thing: Y or N, an ASIN. A row that does not fit them
    is tried with each of its empty cells left out, and with an empty cell put in at each place;
    where all that fit agree on the anchors, the one that moves the fewest cells is taken.

    Returns
    -------
    rows : list of (int, list of str)
    mended : list of int
        Lines of rows that were put straight.
    shifted : set of int
        Lines of rows that fit no way.
    """
    places = {name: table.column(name) for name in ANCHORS}
    anchors = {at: ANCHORS[name] for name, at in places.items() if at is not None}
    width, rows = len(table.header), []
    mended: list[int] = []
    shifted: set[int] = set()

    filled: set[int] = set()

    def misfits(cells: list[str]) -> int:
        return sum(
            not shape.fullmatch(text := cells[at].strip()) or (not text and at in filled)
            for at, shape in anchors.items()
        )

    straight = [cells for _, cells in table.rows if not misfits(cells)]
    # Where most rows do not fit, the file writes these columns in a way of its own.
    if len(anchors) < 2 or 2 * len(straight) <= len(table.rows):
        return table.rows, [], set()
    # What all rows that fit have, a shifted one has too.
    filled |= {at for at in anchors if all(cells[at].strip() for cells in straight)}
    for line, cells in table.rows:
        # One odd cell is just that; two are what a shift leaves.
        if misfits(cells) < 2:
            rows.append((line, cells))
            continue
        empty = [i for i, cell in enumerate(cells) if not cell.strip()]
        tries = [[*cells[:i], *cells[i + 1 :], ""] for i in empty]
        tries += [[*cells[:i], "", *cells[i:]] for i in range(len(cells) + 1)]
        good = [t for t in tries if not any(t[width:]) and not misfits(t[:width])]
        seen = {tuple(t[at] for at in anchors) for t in good}
        if len(seen) == 1:
            rows.append((line, good[-1][:width]))
            mended.append(line)
        else:
            rows.append((line, cells))
            shifted.add(line)
    return rows, mended, shifted


def _straight_notes(mended: list[int], shifted: set[int]) -> list[str]:
    notes = []
    if mended:
        was = "was" if len(mended) == 1 else "were"
        what = counted(len(mended), "row")
        notes.append(ROWS_MENDED.text(what=what, was=was, where=lines_in_words(mended)))
    if shifted:
        what, where = counted(len(shifted), "row"), lines_in_words(sorted(shifted))
        notes.append(ROWS_SHIFTED.text(what=what, where=where))
    return notes


def _numbers(kept: list[Row]) -> tuple[list[dict[str, Any]], dict[str, list[int]]]:
    """``NUMBERS`` of each row, and the lines where one is given that is not such a number."""
    decimal = notation(row.text("refunded") for row in kept).decimal
    found: list[dict[str, Any]] = []
    odd: dict[str, list[int]] = {name: [] for name in NUMBERS}
    for row in kept:
        units = read_amount(row.text("quantity"))
        money = read_amount(row.text("refunded"), decimal)
        whole = units is not None and 0 <= units <= MOST and units == int(units)
        fits = money is not None and abs(money) <= MOST
        numbers = {
            "quantity": int(units) if units is not None and whole else None,
            "refunded": float(money) if money is not None and fits else None,
        }
        for name, number in numbers.items():
            if number is None and row.text(name):
                odd[name].append(row.line)
        found.append(numbers)
    return found, odd


def _undated_notes(rows: Rows[bool]) -> list[str]:
    """The sentences about rows that are kept without a day, if there are any."""
    pairs = list(zip(rows.kept, rows.found, strict=True))
    notes = []
    if unread := [row.line for row, _ in pairs if row.day_unread]:
        where = lines_in_words(unread)
        notes.append(RETURN_DAY_UNREADABLE.text(n=len(unread), where=where))
    if undated := [row.line for row, claim in pairs if claim and row.day is None]:
        what, where = f"{len(undated):,} claim(s)", lines_in_words(undated)
        notes.append(UNDATED.text(what=what, column="date", where=where))
    return notes
