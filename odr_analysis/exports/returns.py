"""Seller-fulfilled returns: what buyers sent back and why, and the A-to-z claims among them.

Claims for parcels that never arrived have no return and are not in this export.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from odr_analysis.exports.amounts import notation, read_amount
from odr_analysis.exports.dates import hint_of, read_days
from odr_analysis.exports.ids import ID_DROPS, classify_order_id
from odr_analysis.exports.markers import read_marker
from odr_analysis.exports.rows import (
    Read,
    Sighting,
    Table,
    Tally,
    covers_of,
    find_column,
    last_day,
    lines_in_words,
    returns,
    sightings,
)
from odr_analysis.receipt import PARTIAL
from odr_analysis.words import counted

if TYPE_CHECKING:
    import pandas as pd

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

NUMBERS: dict[str, str] = {"quantity": "a number of units", "refunded": "an amount"}
"""Those of them that are numbers, and what each is one of."""
MOST = 10**15
"""Numbers beyond are mistakes, and more than a float holds exactly."""


class Kept(NamedTuple):
    """One row that is kept; ``unread`` where its day is given and cannot be read."""

    line: int
    order_id: str
    day: pd.Timestamp | None
    unread: bool
    claim: bool
    said: dict[str, str]


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
    >>> from odr_analysis.exports.rows import split_rows
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
    id_at, date_at, claim_at = (table.need(*known) for known in NEEDED.values())
    at = {name: table.column(*known) for name, known in OPTIONAL.items()}
    days = read_days(
        [cells[date_at] for _, cells in table.rows],
        order_hint=hint_of(marketplace),
        file=table.file,
        column=table.header[date_at],
    )
    tally = Tally(table.dropped)
    kept: list[Kept] = []
    for (line, cells), day, no_day in zip(table.rows, days.days, days.days.isna(), strict=True):
        verdict, order_id = classify_order_id(cells[id_at])
        claim = read_marker(cells[claim_at])
        unread = no_day and cells[date_at].strip() != ""
        if verdict != "ok":
            tally.drop(ID_DROPS[verdict], line)
        elif claim is None:
            tally.drop("unreadable defect marker", line)
        elif claim and unread:
            tally.drop("unreadable date", line)
        else:
            tally.kept += 1
            said = {name: "" if i is None else cells[i].strip() for name, i in at.items()}
            kept.append(Kept(line, order_id, None if no_day else day, unread, claim, said))
    numbers, odd = _numbers(kept)
    claims = [row for row in kept if row.claim]
    return Read(
        defects=sightings(
            [
                Sighting(
                    row.order_id,
                    "claim",
                    KIND,
                    table.file,
                    row.line,
                    reported_on=row.day,
                    reason=row.said["reason"],
                )
                for row in claims
            ]
        ),
        returns=returns(
            [
                {
                    **row.said,
                    **told,
                    "order_id": row.order_id,
                    "requested_on": row.day,
                    "claim": row.claim,
                    "source": KIND,
                    "file": table.file,
                    "line": row.line,
                }
                for row, told in zip(kept, numbers, strict=True)
            ]
        ),
        **tally.accounts(),
        locale=days.pattern,
        details={"claims": len(claims), "returns_without_claim": tally.kept - len(claims)},
        notes=[
            *table.notes,
            *table.extra_note(),
            *days.notes,
            *(
                f"column {table.header[i]!r}: {counted(len(lines), 'value')} could not be read as "
                f"{NUMBERS[name]} ({lines_in_words(lines)}); the return is kept without it."
                for name, lines in odd.items()
                if lines and (i := at[name]) is not None
            ),
            *_undated_notes(kept),
        ],
        latest=last_day(days.days),
        covers=covers_of(["claim"], days.days, grade=PARTIAL, why=ONLY_RETURNS, channel="mfn"),
    )


def _numbers(kept: list[Kept]) -> tuple[list[dict[str, Any]], dict[str, list[int]]]:
    """``NUMBERS`` of each row, and the lines where one is given and no such number."""
    decimal = notation(row.said["refunded"] for row in kept).decimal
    found: list[dict[str, Any]] = []
    odd: dict[str, list[int]] = {name: [] for name in NUMBERS}
    for row in kept:
        units = read_amount(row.said["quantity"])
        money = read_amount(row.said["refunded"], decimal)
        whole = units is not None and 0 <= units <= MOST and units == int(units)
        fits = money is not None and abs(money) <= MOST
        told = {
            "quantity": int(units) if units is not None and whole else None,
            "refunded": float(money) if money is not None and fits else None,
        }
        for name, number in told.items():
            if number is None and row.said[name]:
                odd[name].append(row.line)
        found.append(told)
    return found, odd


def _undated_notes(kept: list[Kept]) -> list[str]:
    """The sentences about rows that are kept without a day, if there are any."""
    unread = [row.line for row in kept if row.unread]
    undated = [row.line for row in kept if row.claim and row.day is None]
    notes = []
    if unread:
        notes.append(
            f"{len(unread):,} return(s) without a claim have a date that cannot be read "
            f"({lines_in_words(unread)}); they are kept without it."
        )
    if undated:
        notes.append(
            f"{len(undated):,} claim(s) without a date ({lines_in_words(undated)}) are taken as "
            "known from the day of the order."
        )
    return notes
