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
from datetime import date

from odr_analysis.exports.covered import covers_of, dated
from odr_analysis.exports.payments.dispute_words import NOT_COUNTED
from odr_analysis.exports.text.dates import hint_of, read_days
from odr_analysis.exports.text.delimited import (
    Read,
    Table,
    Tally,
    find_column,
    last_day,
    lines_in_words,
    plain,
    sightings,
)
from odr_analysis.exports.text.order_ids import ID_DROPS, classify_order_id
from odr_analysis.exports.text.signatures import (
    FOREIGN,
    TRACKING,
    foreign_columns,
    foreign_note,
    stranger_note,
)
from odr_analysis.exports.text.yes_no import read_marker
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
        import pandas as pd

        id_at, date_at = table.need("order id"), table.need(self.date_column)
        optional = {n: table.column(n) for n in ("reason", "status", "counts in odr")}
        days = read_days(
            [cells[date_at] for _, cells in table.rows],
            order_hint=hint_of(marketplace),
            file=table.file,
            column=table.header[date_at],
        )

        def text(at: int | None) -> pd.Series:
            """One column, stripped; '' where the file has none."""
            cells = [row[at].strip() if at is not None else "" for _, row in table.rows]
            return pd.Series(cells, dtype="str")

        ids = [classify_order_id(cells[id_at]) for _, cells in table.rows]
        status, said, reason = (text(optional[n]) for n in ("status", "counts in odr", "reason"))
        # Files have few distinct words, each looked at once.
        outcome = status.map({word: self._outcome(word) for word in status.unique()})
        marks = {word: read_marker(word) for word in said.unique()}
        cases = pd.DataFrame(
            {
                "order_id": pd.Series([order_id for _, order_id in ids], dtype="str"),
                "reported_on": days.days.reset_index(drop=True),
                "outcome": outcome.astype("str"),
                "reason": reason.where((said == "") | (reason != ""), status),
                "line": pd.Series([line for line, _ in table.rows], dtype="int64"),
            }
        )
        told = said.map(
            {word: "counts" if mark else "does not count" for word, mark in marks.items()}
        )
        cases["outcome"] = cases.outcome.where(said == "", told.astype("str"))
        drops = pd.Series([ID_DROPS.get(verdict, "") for verdict, _ in ids], dtype="str")
        undated = cases.reported_on.isna()
        drops = drops.mask((drops == "") & undated & (text(date_at) != ""), "unreadable date")
        unread = said.isin([word for word, mark in marks.items() if mark is None])
        drops = drops.mask((drops == "") & unread, "unreadable defect marker")
        # A line without an order whose status is "none": no other case is known up to its day.
        certifies = (text(id_at) == "") & status.map(plain).isin(NO_CASE) & ~undated
        drops = drops.mask(certifies, "")
        kept = drops == ""
        tally = Tally(table.dropped)
        tally.kept = int(kept.sum())
        for why, line in zip(drops[~kept], cases.line[~kept], strict=True):
            tally.drop(why, int(line))
        odd = cases.line[kept & ~certifies & (cases.outcome == "unrecognised")].groupby(
            status, sort=False
        )
        unknown = {str(word): lines.tolist() for word, lines in odd}
        defects = sightings(
            cases[kept & ~certifies].assign(
                component=self.component, source=self.KIND, file=table.file
            )
        )
        return Read(
            defects=defects,
            **tally.accounts(),
            locale=days.pattern,
            details={"outcomes": {k: int(n) for k, n in defects.outcome.value_counts().items()}},
            notes=[
                *table.notes,
                *table.extra_note(),
                *days.notes,
                *self._notes(cases.line[kept & undated].tolist(), unknown),
            ],
            latest=last_day(cases.reported_on[kept]),
            covers=(
                *covers_of([self.component], cases.reported_on[kept], store=EVERY_STORE),
                *self._stated(last_day(cases.reported_on[certifies])),
            ),
            dated=dated(
                cases.order_id.mask(certifies, "")[kept],
                cases.reported_on[kept],
                cases.line[kept],
                file=table.file,
            ),
        )

    def _stated(self, day: date | None) -> tuple[Cover, ...]:
        """What the line ``none`` states: up to its day, from the beginning, no other case."""
        if day is None:
            return ()
        return (Cover(self.component, None, day, store=EVERY_STORE, stated=True),)

    def _outcome(self, status: str) -> str:
        if not status:
            return ""
        said = plain(status)
        return next((o for o, words in self.outcomes.items() if said in words), "unrecognised")

    def _notes(self, undated: list[int], unknown: dict[str, list[int]]) -> list[str]:
        notes = [
            f"status {status!r} ({lines_in_words(lines)}) is not known and counts as a defect; "
            f"known are {', '.join(self.outcomes)}."
            for status, lines in unknown.items()
        ]
        if undated:
            notes.append(
                f"{len(undated):,} row(s) without a {self.date_column} ({lines_in_words(undated)}) "
                "are taken as known from the day of the order."
            )
        return notes


CLAIMS = Template("claims", "claim", "claim date", CLAIM_OUTCOMES)
CHARGEBACKS = Template("chargebacks", "chargeback", "chargeback date", CHARGEBACK_OUTCOMES)
