"""Amazon's counts per day held against the records of the other files.

The Business Report counts negative feedback received and A-to-z claims granted, and names no
order. Where it has more than the files, they lack records, so the kind of defect is not known in
full for those days, whatever else covers it. Where it has no more, that certifies nothing: it has
no pending or refunded claim and no chargeback, it may be of fewer days than asked for, and a
day's counts grow after it was downloaded. So it is never a source, only a contradiction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pandas as pd

from odr_analysis import terms, words
from odr_analysis.days import ONE_DAY
from odr_analysis.exports.performance.business_report import KIND, METRIC
from odr_analysis.receipt import SHORT, Cover, FileReceipt

NEGATIVE_STARS = 2
"""Stars of a feedback the report calls negative, at most."""
DECIDED_WITHIN = timedelta(days=120)
"""A claim is granted at most so long after it was reported: 90 days to file it, 30 to appeal."""
SEEN_LATER = timedelta(days=14)
"""Files that know a claim by its payment alone have it up to so long after it was granted."""

COUNTED: dict[str, tuple[str, str, str]] = {
    "feedback": ("n_feedback", "negative feedback", "negative feedbacks"),
    "claim": ("n_claim", "granted A-to-z claim", "granted A-to-z claims"),
}
"""Component to the column of the report's counts, and what they are of, one and several."""


@dataclass(frozen=True)
class Record:
    """One defect of the files, and between which days Amazon can have counted it."""

    first: date
    last: date


@dataclass(frozen=True)
class Shortfall:
    """Days on which the report counts more than the files have.

    Attributes
    ----------
    component : str
    first, last : datetime.date
    n_counted : int
        What the report counts on these days.
    n_here : int
        How many of them a record of the files can be.
    """

    component: str
    first: date
    last: date
    n_counted: int
    n_here: int

    @property
    def sentence(self) -> str:
        """What is missing, to stand after "Cannot be known:" and in the receipt."""
        _, one, several = COUNTED[self.component]
        when = "on " + (
            words.day(self.first) if self.first == self.last else words.span(self.first, self.last)
        )
        counted = words.counted(self.n_counted, one, several)
        return (
            f"Amazon's Business Report counts {counted} {when}, "
            f"the files have {words.number(self.n_here)}"
        )


def shortfall(
    component: str, days: Sequence[tuple[date, date, int]], records: Iterable[Record]
) -> Shortfall | None:
    """What a report counts more than `records` can be, None where it does not.

    `days` are first day, last day and count of each row. A day of Amazon's is one in the
    store's own time and a file's may be one in UTC, so a difference of one day is none. Each
    record is taken for one count: of those a row may be, the one whose days end first.

    Examples
    --------
    >>> may = [(date(2026, 5, d), date(2026, 5, d), 1) for d in (3, 5, 9)]
    >>> print(shortfall("feedback", may, [Record(date(2026, 5, 4), date(2026, 5, 4))]).sentence)
    Amazon's Business Report counts 2 negative feedbacks on 5 May to 9 May 2026, the files have 0
    """
    left = sorted(records, key=lambda r: (r.last, r.first))
    lacking: dict[date, date] = {}
    matched: list[tuple[date, bool]] = []
    for first, last, n in sorted(days):
        for _ in range(n):
            fits = (r for r in left if r.first <= last + ONE_DAY and r.last >= first - ONE_DAY)
            record = next(fits, None)
            matched.append((first, record is not None))
            if record is None:
                lacking[first] = last
            else:
                left.remove(record)
    if not lacking:
        return None
    begins, ends = min(lacking), max(lacking.values())
    inside = [here for first, here in matched if begins <= first <= ends]
    return Shortfall(component, begins, ends, len(inside), sum(inside))


def hold_against(
    files: Iterable[FileReceipt],
    snapshots: pd.DataFrame,
    feedback: pd.DataFrame,
    defects: pd.DataFrame,
    store_of: Mapping[str, str],
    stores: Sequence[str],
) -> tuple[FileReceipt, ...]:
    """The receipts, those of Business Reports with what they show of the others.

    A shortfall is a note and a :class:`~odr_analysis.receipt.Cover` of grade ``short``, one for
    each store the report may be of.

    Parameters
    ----------
    snapshots : pandas.DataFrame
        ``terms.SNAPSHOT_COLUMNS``.
    feedback : pandas.DataFrame
        ``terms.FEEDBACK_COLUMNS`` of every file: feedback that a newer one no longer has was
        received all the same.
    defects : pandas.DataFrame
        ``terms.DEFECT_COLUMNS``, whether or not they count.
    store_of : mapping
        Order id to sales channel, where it is known.
    stores : sequence of str
        Sales channels of the account.
    """
    counts = snapshots[snapshots["metric"] == METRIC]
    by_file = dict(tuple(counts.groupby("file"))) if len(counts) else {}
    return tuple(
        _held(f, by_file[f.file], feedback, defects, store_of, stores)
        if f.kind == KIND and f.file in by_file
        else f
        for f in files
    )


def _held(
    file: FileReceipt,
    counts: pd.DataFrame,
    feedback: pd.DataFrame,
    defects: pd.DataFrame,
    store_of: Mapping[str, str],
    stores: Sequence[str],
) -> FileReceipt:
    named = str(counts["marketplace"].iloc[0])
    mine = _may_be_of(named, stores)
    if not mine:
        note = f"It is of {named}, which has no order here: it is compared with nothing."
        return replace(file, notes=(*file.notes, note))
    notes: list[str] = []
    covers: list[Cover] = []
    for component, (column, _, _) in COUNTED.items():
        if counts[column].isna().all():
            continue
        rows = counts[counts["from_on"].notna() & counts["to_on"].notna()]
        days = [
            (a.date(), b.date(), int(n))
            for a, b, n in zip(rows["from_on"], rows["to_on"], rows[column].fillna(0), strict=True)
        ]
        records = _records(component, feedback, defects, store_of, mine)
        short = shortfall(component, days, records)
        if short is None:
            continue
        unless = "" if len(mine) == len(stores) == 1 or named in mine else _OF_ANOTHER
        notes.append(f"{short.sentence}: records are missing{unless}. {_REMOVED[component]}")
        n = short.n_counted - short.n_here
        covers += [
            Cover(component, short.first, short.last, "report", n, SHORT, short.sentence, store)
            for store in mine
        ]
    if not notes:
        notes = [
            "The files here have no fewer negative feedbacks and granted claims than it counts. "
            "That certifies neither: it names no order, and has no claim that is pending."
        ]
    return replace(file, notes=(*file.notes, *notes), covers=(*file.covers, *covers))


_OF_ANOTHER = ", unless the report is of a store whose exports are not here"
_REMOVED = {
    "feedback": "Download the feedback of these days; feedback that Amazon removed later is in "
    "none, which --no-feedback-known-to DATE can settle.",
    "claim": "Add the list of orders with defects (Account Health) or a claims.csv of these days.",
}


def _may_be_of(named: str, stores: Sequence[str]) -> list[str]:
    """The stores of the account that a report of a store, a currency or '' may be of."""
    if not named:
        return list(stores)
    if named in stores:
        return [named]
    return [
        s for s in stores if s in terms.MARKETPLACES and terms.MARKETPLACES[s].currency == named
    ]


def _records(
    component: str,
    feedback: pd.DataFrame,
    defects: pd.DataFrame,
    store_of: Mapping[str, str],
    stores: Sequence[str],
) -> list[Record]:
    """The records of a component that may be of `stores`: an order counts once."""
    seen = defects[defects["component"] == component]
    rows = seen.assign(first=seen["reported_on"], last=seen["decided_on"])[_SPAN]
    if component == "feedback":
        negative = feedback[feedback["rating"] <= NEGATIVE_STARS]
        days = negative["received_on"]
        rows = pd.concat([rows.assign(last=rows["first"]), negative.assign(first=days, last=days)])
    # An order no export knows may be of any store.
    of_stores = rows["order_id"].map(lambda order_id: store_of.get(order_id) in (None, *stores))
    found = rows[of_stores.astype(bool)].groupby("order_id")
    return [
        _record(component, first, last)
        for first, last in zip(found["first"].min(), found["last"].max(), strict=True)
    ]


_SPAN = ["order_id", "first", "last"]


def _record(component: str, first: Any, last: Any) -> Record:
    """When Amazon can have counted it; any day where no file has one."""
    if pd.isna(first) and pd.isna(last):
        return Record(date.min, date.max)
    begins = (last if pd.isna(first) else first).date()
    if component == "feedback":
        return Record(begins, begins)
    ends = begins + DECIDED_WITHIN if pd.isna(last) else max(begins, last.date())
    return Record(begins - SEEN_LATER, ends)
