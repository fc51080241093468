"""A-to-z claims and chargebacks kept by hand, since Amazon offers no download of either.

Two plain files, comma, semicolon or TAB, one row per case, copied from the pages
"A-to-z Guarantee Claims" and "Chargeback Claims". Their names do not matter, their
headers do; letter case does not count, nor whether words are joined by spaces, ``_`` or ``-``.

``claims.csv``::

    order id,claim date,reason,status,amount,counts in odr
    113-1234567-7654321,2026-09-14,not received,under review,25.90,

``chargebacks.csv``::

    order id,chargeback date,reason,status,amount,counts in odr
    113-1234567-7654321,2026-09-20,unauthorised payment,won,25.90,N

===============  =========================================================================
column           what to write
===============  =========================================================================
order id         3-7-7 digits; needed
claim date,      the day the case was opened, in any usual form; the column is needed, and a
chargeback date  case with an empty cell is taken as known from the day of its order
reason           free text
status           claims: granted, pending (or under review, open), withdrawn, denied,
                 appeal won, amazon funded, protected, refunded, cancelled, debited not counted
                 (Amazon debits the seller and states that ODR is not affected); chargebacks: open,
                 lost, won. Empty when not known
amount           for your own use; not read
counts in odr    Y or N as Amazon's page says; overrides what the status would mean.
                 Empty: the policy decides by the status
===============  =========================================================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from odr_analysis.exports.covered import covers_of
from odr_analysis.exports.readers.contract import (
    NOT_COUNTED,
    Read,
    Sighting,
    last_day,
    sightings,
)
from odr_analysis.exports.readers.row_by_row import DAY, ORDER_ID, Row, row_by_row
from odr_analysis.exports.text.delimited import Table, find_column, lines_in_words, plain
from odr_analysis.exports.text.signatures import (
    FOREIGN,
    TRACKING,
    foreign_columns,
    foreign_note,
    stranger_note,
)
from odr_analysis.exports.text.yes_no import read_marker
from odr_analysis.faults import (
    DATE_UNREADABLE,
    MARKER_UNREADABLE,
    STATUS_UNKNOWN,
    UNDATED,
    Fault,
)
from odr_analysis.receipt import EVERY_STORE, Cover

_BESIDE = re.compile(
    r"order id|reason|status|amount|counts in odr"
    r"|(claim|chargeback|a to z|case)( claim)? (id|number|no\.?|reason|status|amount|date)"
    r"|(order|ship|due|reply|response|decision|closed|opened) (date|day|on|by)"
    r"|deadline|decided( on)?"
    r"|asin|(merchant |seller )?sku|item|title|product( name)?|item name|quantity|qty"
    r"|market ?place|store|country|currency|channel|fulfil?ment( channel)?|fulfilled by"
    r"|buyer|customer|name|notes?|comments?|remarks?|response|answer|decision|outcome|result"
    r"|action( taken)?|owner|assigned( to)?|handled by|link|url|refund(ed)?( amount)?"
    r"|order (total|amount|value)|total|line|#|no\.?|done|appeal(ed)?|evidence"
)
"""Titles, whole, that people put beside the template's columns."""

CLAIM_OUTCOMES: dict[str, tuple[str, ...]] = {
    "granted": ("granted", "approved", "lost"),
    "pending": ("pending", "under review", "in review", "open", "action required"),
    "withdrawn": ("withdrawn",),
    "denied": ("denied", "rejected"),
    "appeal won": ("appeal won", "appeal granted"),
    "amazon funded": ("amazon funded", "funded by amazon", "covered by amazon"),
    "protected": ("protected", "claims protected"),
    "refunded": ("refunded", "seller refunded"),
    "cancelled": ("cancelled", "canceled"),
    NOT_COUNTED: (
        "debited not counted",
        "debited, not counted",
        "debited but not counted",
        "debited; not counted",
        "not counted debited",
        "not counted, debited",
    ),
}
"""Outcome of a claim to the words of the ``status`` column that mean it."""

NO_CASE = ("none", "no case", "no cases", "no claim", "no claims", "no chargebacks")
"""A status that, on a line without an order id, certifies that up to its day there is no case but
those listed."""

CHARGEBACK_OUTCOMES: dict[str, tuple[str, ...]] = {
    "open": ("open", "pending", "under review", "in review", "action required"),
    "lost": ("lost",),
    "won": ("won",),
}
"""Outcome of a chargeback to the words of the ``status`` column that mean it."""


OPTIONAL = ("status", "counts in odr", "reason")
"""Columns that are read where they are there."""

UNRECOGNISED = "unrecognised"
"""Outcome of a case whose status is none of the known ones."""


class Case(NamedTuple):
    """What one row states of a case, its ``status`` as it is written."""

    outcome: str
    reason: str
    status: str


@dataclass(frozen=True, eq=False)
class Template:
    """The reader of one template; it has what every reader module has.

    Attributes
    ----------
    KIND : str
        ``claims`` or ``chargebacks``.
    component : str
        The defect every row is.
    date_column : str
        The column that tells this template from the other.
    outcomes : dict
        Outcome to the words that mean it.
    """

    KIND: str
    component: str
    date_column: str
    outcomes: dict[str, tuple[str, ...]]

    @property
    def NEEDED(self) -> tuple[str, ...]:  # noqa: N802 - what reader modules call it
        """Columns the reader cannot do without."""
        return ("order id", self.date_column)

    def looks_like(self, header: list[str], sample_rows: list[list[str]]) -> bool:
        """Whether a header has an order id and this template's date."""
        return not self.missing(header)

    def doubt(self, header: list[str], sample_rows: list[list[str]]) -> str:
        """Why a header with the needed columns is not this template, else ''."""
        if foreign := foreign_columns(header, FOREIGN, TRACKING):
            return foreign_note(self.KIND, foreign)
        others = [t for t in header if t.strip() and not _BESIDE.fullmatch(plain(t))]
        others = [t for t in others if plain(t) != self.date_column]
        template = (*self.NEEDED, "reason", "status", "amount", "counts in odr")
        return stranger_note(self.KIND, others, template) if others else ""

    def loose(self, header: list[str]) -> bool:
        """Whether its orders must be known for a file to be taken: its titles settle it."""
        return False

    def missing(self, header: list[str]) -> list[str]:
        """Needed columns a header lacks."""
        return [n for n in self.NEEDED if find_column(header, n) is None]

    def read(self, table: Table, *, marketplace: str | None) -> Read:
        """One sighting per case.

        Parameters
        ----------
        table : Table
            The file.
        marketplace : str or None
            Sales channel, to settle the order of day and month where the dates do not.

        Returns
        -------
        Read
            One row of ``defects`` per row kept. ``outcome`` is '' without a status, a key of
            ``outcomes``, ``unrecognised`` for any other status (which counts, and is noted),
            or ``counts`` or ``does not count`` where the file says so itself; the status then
            goes to an empty ``reason``. ``details["outcomes"]`` has outcome to rows. Rows are
            dropped for a missing or damaged order id, ``unreadable date`` and, in
            ``counts in odr``, ``unreadable defect marker``.

        Raises
        ------
        ExportError
            When a needed column is missing or one that is read occurs twice.

        Examples
        --------
        >>> from odr_analysis.exports.text.delimited import split_rows
        >>> text = "Order ID;Claim Date;Status\\n113-1234567-7654321;14.9.2026;Under review\\n"
        >>> done = CLAIMS.read(
        ...     split_rows(text, file="f.csv", delimiter=";", quoted=True), marketplace=None
        ... )
        >>> done.defects.outcome.tolist(), done.latest
        (['pending'], datetime.date(2026, 9, 14))
        """
        at = {
            ORDER_ID: table.need("order id"),
            DAY: table.need(self.date_column),
            **{name: table.column(name) for name in OPTIONAL},
        }
        rows = row_by_row(table, at, self._case, marketplace=marketplace, nameless=_certifies)
        cases = [(row, case) for row, case in zip(rows.kept, rows.found, strict=True) if case]
        stated = [row.day for row, case in zip(rows.kept, rows.found, strict=True) if not case]
        defects = sightings(
            [
                Sighting(
                    row.order_id,
                    self.component,
                    self.KIND,
                    table.file,
                    row.line,
                    reported_on=row.day,
                    outcome=case.outcome,
                    reason=case.reason,
                )
                for row, case in cases
            ]
        )
        day = rows.days[DAY]
        return rows.read(
            defects=defects,
            details={"outcomes": {k: int(n) for k, n in defects.outcome.value_counts().items()}},
            notes=self._notes(cases),
            latest=last_day(day),
            covers=(
                *covers_of([self.component], day, store=EVERY_STORE),
                *self._stated(max(stated, default=None)),
            ),
        )

    def _case(self, row: Row) -> Case | Fault | None:
        """What a row states of its case; None where it certifies that there is no other."""
        if _certifies(row):
            return None
        status, marked, reason = map(row.text, OPTIONAL)
        counts = read_marker(marked)
        if row.day_unread:
            return DATE_UNREADABLE
        if counts is None:
            return MARKER_UNREADABLE
        if not marked:
            return Case(self._outcome(status), reason, status)
        outcome = "counts" if counts else "does not count"
        return Case(outcome, reason or status, status)

    def _stated(self, day: datetime | None) -> tuple[Cover, ...]:
        """What the line ``none`` states: up to its day, from the beginning, no other case."""
        if day is None:
            return ()
        return (Cover(self.component, None, day.date(), store=EVERY_STORE, stated=True),)

    def _outcome(self, status: str) -> str:
        if not status:
            return ""
        word = plain(status)
        return next((o for o, words in self.outcomes.items() if word in words), UNRECOGNISED)

    def _notes(self, cases: list[tuple[Row, Case]]) -> list[str]:
        unknown: dict[str, list[int]] = {}
        for row, case in cases:
            if case.outcome == UNRECOGNISED:
                unknown.setdefault(case.status, []).append(row.line)
        known = ", ".join(self.outcomes)
        notes = [
            STATUS_UNKNOWN.text(status=status, where=lines_in_words(lines), known=known)
            for status, lines in unknown.items()
        ]
        if undated := [row.line for row, _ in cases if row.day is None]:
            what, where = f"{len(undated):,} row(s)", lines_in_words(undated)
            notes.append(UNDATED.text(what=what, column=self.date_column, where=where))
        return notes


def _certifies(row: Row) -> bool:
    """Whether a line without an order has the status "none": no other case up to its day."""
    return not row.text(ORDER_ID) and plain(row.text("status")) in NO_CASE and row.day is not None


CLAIMS = Template("claims", "claim", "claim date", CLAIM_OUTCOMES)
CHARGEBACKS = Template("chargebacks", "chargeback", "chargeback date", CHARGEBACK_OUTCOMES)
