"""Seller-fulfilled returns: the A-to-z claims that came with a return request.

Claims for parcels that never arrived have no return and are not in this export.
"""

from __future__ import annotations

from odr_analysis.exports.dates import hint_of, read_days
from odr_analysis.exports.ids import ID_DROPS, classify_order_id
from odr_analysis.exports.markers import read_marker
from odr_analysis.exports.rows import (
    Read,
    Sighting,
    Table,
    Tally,
    find_column,
    last_day,
    lines_in_words,
    sightings,
)

KIND = "mfn-returns"

NEEDED: dict[str, tuple[str, ...]] = {
    "Order ID": ("order id",),
    "Return request date": ("return request date",),
    "A-to-Z Claim": ("a-to-z claim",),
}
"""Columns the reader cannot do without, as Amazon names them, and their known spellings."""


def looks_like(header: list[str], sample_rows: list[list[str]]) -> bool:
    """Whether a header is that of the returns report."""
    return not missing(header)


def missing(header: list[str]) -> list[str]:
    """Needed columns a header lacks."""
    return [name for name, known in NEEDED.items() if find_column(header, *known) is None]


def read(table: Table, *, marketplace: str | None) -> Read:
    """Sightings of the claims among the returns.

    Parameters
    ----------
    table : Table
        The file.
    marketplace : str or None
        Sales channel, to settle the order of day and month where the dates do not.

    Returns
    -------
    Read
        One row of ``defects`` per return with ``A-to-Z Claim`` = ``Y``: reported on the day
        the return was requested, for the return's reason. Returns without a claim are
        kept and counted in ``details["returns_without_claim"]``. Rows are dropped for a
        missing or damaged order id, for ``unreadable defect marker``, and, where there
        is a claim, for ``unreadable date``; an empty date gives NaT and a note.

    Raises
    ------
    ExportError
        When a needed column is missing or occurs twice.

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
    """
    id_at, date_at, claim_at = (table.need(*known) for known in NEEDED.values())
    reason_at = table.column("return reason")
    days = read_days(
        [cells[date_at] for _, cells in table.rows],
        order_hint=hint_of(marketplace),
        file=table.file,
        column=table.header[date_at],
    )
    tally = Tally(table.dropped)
    rows: list[Sighting] = []
    undated: list[int] = []
    for (line, cells), day, no_day in zip(table.rows, days.days, days.days.isna(), strict=True):
        verdict, order_id = classify_order_id(cells[id_at])
        claim = read_marker(cells[claim_at])
        if verdict != "ok":
            tally.drop(ID_DROPS[verdict], line)
        elif claim is None:
            tally.drop("unreadable defect marker", line)
        elif claim and no_day and cells[date_at].strip():
            tally.drop("unreadable date", line)
        else:
            tally.kept += 1
            if not claim:
                continue
            if no_day:
                undated.append(line)
            reason = "" if reason_at is None else cells[reason_at].strip()
            place = (KIND, table.file, line)
            rows.append(Sighting(order_id, "claim", *place, reported_on=day, reason=reason))
    notes = [*table.notes, *table.extra_note(), *days.notes]
    if undated:
        notes.append(
            f"{len(undated):,} claim(s) without a date ({lines_in_words(undated)}) are taken as "
            "known from the day of the order."
        )
    return Read(
        defects=sightings(rows),
        **tally.accounts(),
        locale=days.pattern,
        details={"claims": len(rows), "returns_without_claim": tally.kept - len(rows)},
        notes=notes,
        latest=last_day(days.days),
    )
