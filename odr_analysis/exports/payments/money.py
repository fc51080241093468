"""What files of money share: amounts, days, and one sighting per dispute.

A settlement or a date-range file has many rows for one movement of money. The rows of one
transaction are added up; the sign of the sum says which way the money went. Whether the
order counts in ODR is another question, and not asked here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from odr_analysis import faults
from odr_analysis.exports.covered import dated
from odr_analysis.exports.payments.dispute_words import (
    FEE,
    SAFE_T,
    Meaning,
    calls_it_recovery,
    meaning,
    sounds_like,
    words,
)
from odr_analysis.exports.payments.posted import Posted, Spans
from odr_analysis.exports.readers.contract import Read, Sighting, Tally, sightings
from odr_analysis.exports.text.amounts import notation, read_amount
from odr_analysis.exports.text.delimited import Table, lines_in_words
from odr_analysis.exports.text.order_ids import ID_DROPS, classify_order_id

TYPES_SHOWN = 60
"""How many transaction types the receipt counts by name; the rest are counted together."""
TYPES_NAMED = 5
"""How many unknown wordings a note names."""


class Words(NamedTuple):
    """What a row says it is: its transaction type and its other words.

    ``title`` says that the others may be the title of a product.
    """

    kind: str
    details: tuple[str, ...]
    title: bool = False


class MoneyFile(NamedTuple):
    """One file of money, as the reader of its layout sees it.

    Attributes
    ----------
    table : Table
        The rows.
    source : str
        Kind of the export.
    words : list of Words
        Per row, what it says it is.
    order_at : int
        Position of the order id.
    amounts_at : tuple of int
        Positions of the amounts that add up to what the row moved.
    decimal : str
        The decimal mark to expect.
    posted : list of str
        Per row, the day the money moved, empty ones filled already.
    currency : callable
        Row (from 0) to the currency of its amounts.
    language : str
        As in :func:`~odr_analysis.exports.payments.dispute_words.meaning`.
    store : str
        Sales channel the file names, '' where it names none.
    stated : tuple of (datetime.date, datetime.date)
        Periods the file states, first and last day.
    """

    table: Table
    source: str
    words: list[Words]
    order_at: int
    amounts_at: tuple[int, ...]
    decimal: str
    posted: list[str]
    currency: Callable[[int], str]
    language: str = ""
    store: str = ""
    stated: Spans = ()


class Posting(NamedTuple):
    """One row of a dispute; ``amount`` as the file has it, below 0 when the seller pays."""

    line: int
    order_id: str
    meaning: Meaning
    day: Any
    amount: Decimal | None
    currency: str


def read_money(file: MoneyFile, days: Posted, other: dict[str, int], notes: list[str]) -> Read:
    """Sightings of the disputes of one file, every other row kept and counted.

    Parameters
    ----------
    file : MoneyFile
        The file.
    days : Posted
        The days of ``file.posted``.
    other, notes : dict, list
        What the reader of the layout has counted and found worth saying already.

    Returns
    -------
    Read
        Words are understood once per distinct wording; only rows of disputes, and of wordings
        that may be disputes, are looked at one by one.
    """
    by_words = Counter(file.words)
    meanings = {w: meaning(w.kind, w.details, w.title, file.language) for w in by_words}
    unclear = {
        w: s for w in by_words if (s := sounds_like(w.kind, w.details, meanings[w], w.title))
    }
    types: Counter[str] = Counter()
    other = {**other, FEE: 0, SAFE_T: 0}
    for said, n in by_words.items():
        types[said.kind] += n
        if meanings[said].other:
            other[meanings[said].other] += n
    look_at = unclear.keys() | {w for w, m in meanings.items() if m.component}
    rows = file.table.rows
    style = notation((c for at in file.amounts_at for c in {r[at] for _, r in rows}), file.decimal)

    tally = Tally()
    postings: list[Posting] = []
    unreadable: list[int] = []
    doubts = _Doubts()
    for i, said in enumerate(file.words):
        if said not in look_at:
            continue
        line, cells = rows[i]
        verdict, order_id = classify_order_id(cells[file.order_at])
        texts = [cells[at] for at in file.amounts_at if cells[at].strip()]
        amounts = [read_amount(text, style.decimal) for text in texts]
        known = [a for a in amounts if a is not None]
        total = sum(known, Decimal(0)) if known else None
        if said in unclear:
            doubts.add(unclear[said], line, verdict == "ok", total)
            continue
        posted = file.posted[i]
        if verdict != "ok":
            tally.drop(ID_DROPS[verdict], line)
        elif posted and days.day_of[posted] is None:
            tally.drop(faults.DATE_UNREADABLE, line)
        else:
            if len(known) < max(len(texts), 1):
                unreadable.append(line)
            day = days.day_of[posted] if posted else None
            postings.append(Posting(line, order_id, meanings[said], day, total, file.currency(i)))
    tally.kept = len(rows) - sum(map(len, tally.dropped.values()))
    found = sightings_of(postings, file.source, file.table.file)
    said_of = Counter(f"{s.component} {s.outcome or 'without money'}" for s in found)
    return Read(
        defects=sightings(found),
        **tally.accounts(),
        locale=", ".join(filter(None, (days.pattern, file.language))),
        details={
            "sightings": dict(sorted(said_of.items())),
            "types": _most_frequent(types),
            "other": {what: n for what, n in other.items() if n},
        },
        notes=[
            *file.table.notes,
            *file.table.extra_note(),
            *days.notes,
            *notes,
            *_notes(found, unreadable, mixed=style.mixed),
            *doubts.notes(),
        ],
        latest=days.latest,
        covers=days.covers(file.posted, store=file.store, stated=file.stated),
        dated=dated(
            [cells[file.order_at].strip() for _, cells in rows],
            [days.day_of.get(cell) for cell in file.posted],
            [line for line, _ in rows],
            file=file.table.file,
            few=True,
        ),
    )


def sightings_of(postings: Iterable[Posting], source: str, file: str) -> list[Sighting]:
    """One sighting per order x component x direction (x currency), by line.

    Rows of one transaction (order, words, day) are added up, and their sum says which way the
    money went: ``debited`` when it left the seller, ``recovered`` when it came back, '' when it
    comes to nothing. Where no amount can be read the words decide. Transactions of the same
    direction are one sighting, on the first of their days.
    """
    transactions: dict[tuple[Any, ...], list[Posting]] = {}
    for p in postings:
        said = (p.meaning.component, words(p.meaning.wording))
        transactions.setdefault((p.order_id, *said, p.day, p.currency), []).append(p)
    merged: dict[tuple[str, ...], list[tuple[Posting, Decimal | None]]] = {}
    for rows in transactions.values():
        # A fee alone is no dispute, whatever transaction it was booked with.
        if all(p.meaning.other for p in rows):
            continue
        amounts = [p.amount for p in rows if p.amount is not None]
        total = sum(amounts, Decimal(0)) if amounts else None
        first = min(rows, key=lambda p: p.line)
        key = (first.order_id, first.meaning.component, _direction(total, first), first.currency)
        merged.setdefault(key, []).append((first, total))
    found = []
    for (order_id, component, outcome, currency), parts in merged.items():
        first = min((p for p, _ in parts), key=lambda p: p.line)
        totals = [t for _, t in parts if t is not None]
        found.append(
            Sighting(
                order_id,
                component,
                source,
                file,
                first.line,
                reported_on=min((p.day for p, _ in parts if p.day is not None), default=None),
                outcome=outcome,
                funded_by="seller" if outcome == "debited" else "",
                amount=float(-sum(totals, Decimal(0))) if totals else None,
                currency=currency,
                reason=first.meaning.wording,
            )
        )
    return sorted(found, key=lambda s: (s.line, s.component, s.outcome, s.currency))


def _direction(total: Decimal | None, first: Posting) -> str:
    if total is None:
        return "recovered" if calls_it_recovery(first.meaning.wording) else "debited"
    if total == 0:
        return ""
    return "debited" if total < 0 else "recovered"


class _Doubts:
    """Rows whose words are not known, but may speak of a dispute."""

    def __init__(self) -> None:
        self.lines: dict[str, list[int]] = {}
        self.sums: dict[str, Decimal] = {}

    def add(self, sound: tuple[str, bool], line: int, placed: bool, amount: Decimal | None) -> None:
        """Note a row; without a telling word, only what took money for an order is of interest."""
        wording, telling = sound
        if telling or (placed and amount is not None):
            self.lines.setdefault(wording, []).append(line)
        if not telling:
            self.sums[wording] = self.sums.get(wording, Decimal(0)) + (amount or 0)

    def notes(self) -> list[str]:
        unknown = {w: n for w, n in self.lines.items() if self.sums.get(w, -1) < 0}
        if not unknown:
            return []
        most = sorted(unknown, key=lambda w: (-len(unknown[w]), w))
        named = "; ".join(f"{w!r} ({lines_in_words(unknown[w], 3)})" for w in most[:TYPES_NAMED])
        if len(most) > TYPES_NAMED:
            named += f"; and {len(most) - TYPES_NAMED:,} more"
        return [faults.WORDS_UNKNOWN.text(named=named)]


def _most_frequent(types: Counter[str]) -> dict[str, int]:
    """Rows by transaction type, the most frequent first."""
    shown = {kind or "(none)": n for kind, n in types.most_common(TYPES_SHOWN)}
    if rest := types.total() - sum(shown.values()):
        shown["(other types)"] = rest
    return shown


def _notes(found: list[Sighting], unreadable: list[int], *, mixed: bool) -> list[str]:
    notes = []
    if undated := [s.line for s in found if s.reported_on is None]:
        what, where = f"{len(undated):,} dispute(s)", lines_in_words(undated)
        notes.append(faults.UNDATED.text(what=what, column="date", where=where))
    if unreadable:
        where = lines_in_words(unreadable)
        notes.append(faults.AMOUNT_UNREADABLE.text(n=len(unreadable), where=where))
    contrary = [s.line for s in found if s.outcome == "debited" and calls_it_recovery(s.reason)]
    if contrary:
        where = lines_in_words(contrary)
        notes.append(faults.RECOVERY_THAT_DEBITS.text(n=len(contrary), where=where))
    if mixed:
        notes.append(
            "some amounts have a decimal comma, others a decimal point; each is read by its own."
        )
    return notes
