"""Several downloads of the same feedback: which of them has the last word.

Feedback that Amazon or its buyer removes is missing from every later download, and stars that
are raised keep the day of the feedback. So of two downloads of one store the newer is the truth
for the days it covers. All of this must follow from what the files hold:

1. The *newer* download has the later newest day, in the whole file and in the store, and no
   feedback of a day inside the other that the other lacks.
2. It *covers* the days between its first and its last row of a store, without these two: a
   shorter range may have been asked for, and a row of the first or last day may be cut off.
3. It is *whole* where no row of it was dropped and nothing looks filtered: it lacks no two
   feedbacks of few stars whose number of stars it never shows, nor most of the good feedback.

Where one of these cannot be shown, nothing is concluded, and the feedback counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from odr_analysis import words
from odr_analysis.arrays import Flags, Stamps
from odr_analysis.exports.verdicts import newest_feedback

MOST_LOW = 3
"""Feedback of more stars is never taken as removed: many downloads leave it out."""


SHOWN = 10
"""Orders a note names; the table of defects has them all."""


@dataclass(frozen=True, eq=False)
class SettledFeedback:
    """What several downloads of feedback come to.

    Attributes
    ----------
    kept : pandas.DataFrame
        One row per order with feedback; ``terms.FEEDBACK_COLUMNS``.
    gone : pandas.DataFrame
        One row per order whose feedback a newer download lacks; the same columns.
    notes : list of str
        What was concluded, and what could not be, one sentence each.
    """

    kept: pd.DataFrame
    gone: pd.DataFrame
    notes: list[str]


def settled_feedback(
    feedback: pd.DataFrame, stores: pd.Series, damaged: Collection[str] = ()
) -> SettledFeedback:
    """One feedback per order, as the newest download that can show it has it.

    Parameters
    ----------
    feedback : pandas.DataFrame
        Feedback of all files; ``terms.FEEDBACK_COLUMNS``.
    stores : pandas.Series
        Sales channel by order id, for the orders it is known of.
    damaged : collection of str
        Files of which rows were dropped: what is missing from them proves nothing.

    Examples
    --------
    >>> from odr_analysis.exports.readers.contract import feedback_frame
    >>> told = [("o1", "01", 5, "a"), ("o2", "05", 1, "a"), ("o3", "08", 2, "a"),
    ...         ("o1", "01", 5, "b"), ("o3", "08", 5, "b"), ("o4", "12", 1, "b")]
    >>> rows = [(o, pd.Timestamp(f"2026-09-{d}"), s, "", "", "", f, 2) for o, d, s, f in told]
    >>> stores = pd.Series("Amazon.de", index=["o1", "o2", "o3", "o4"])
    >>> done = settled_feedback(feedback_frame(rows), stores)
    >>> done.kept[["order_id", "rating"]].to_numpy().tolist(), done.gone.order_id.tolist()
    ([['o1', 5], ['o3', 5], ['o4', 1]], ['o2'])
    """
    if feedback["file"].nunique() < 2:
        one_each = newest_feedback(feedback)
        return SettledFeedback(one_each, one_each.iloc[:0], [])
    feedback = feedback.reset_index(drop=True)
    downloads = _Downloads.of(feedback, stores, frozenset(damaged))
    outdated, notes = downloads.restated(feedback)
    one_each = newest_feedback(feedback[~outdated])
    missing = [downloads.missing(*row) for row in _cells(one_each)]
    gone = np.array([m.file != "" and not m.doubt for m in missing], dtype=bool)
    notes += _missing_notes(one_each, missing)
    return SettledFeedback(
        one_each[~gone].reset_index(drop=True), one_each[gone].reset_index(drop=True), notes
    )


@dataclass(frozen=True)
class _Missing:
    """A download that should have a feedback and lacks it; ``doubt`` says why it may not prove
    anything, '' where it does. ``file`` is '' where there is no such download."""

    file: str = ""
    doubt: str = ""


@dataclass(frozen=True, eq=False)
class _Part:
    """The rows of one store in one download: order id to days and stars."""

    first: pd.Timestamp
    last: pd.Timestamp
    rows: dict[str, tuple[pd.Timestamp, int]]

    @cached_property
    def stars(self) -> frozenset[int]:
        return frozenset(stars for _, stars in self.rows.values())

    def covers(self, day: pd.Timestamp) -> bool:
        return self.first < day < self.last


@dataclass(frozen=True, eq=False)
class _Download:
    """One file of feedback: every order it names, its newest day, and its rows by store."""

    name: str
    orders: frozenset[str]
    last: pd.Timestamp
    parts: dict[str, _Part]


@dataclass(frozen=True, eq=False)
class _Downloads:
    """All files of feedback, by name and by store."""

    files: dict[str, _Download]
    store_of: dict[str, str]
    damaged: frozenset[str]
    holders: dict[str, frozenset[str]]
    _newer: dict[tuple[str, str, str], bool] = field(default_factory=dict)
    _filtered: dict[tuple[str, str, int], str] = field(default_factory=dict)

    @classmethod
    def of(cls, feedback: pd.DataFrame, stores: pd.Series, damaged: frozenset[str]) -> _Downloads:
        known = stores[~stores.isin(["", "unknown"]) & stores.notna()]
        rows = feedback[["order_id", "received_on", "rating", "file"]]
        rows = rows.assign(store=rows["order_id"].map(known))
        # As for coverage: a file whose known orders are of one store is of that store.
        named = rows.groupby("file")["store"].agg(["nunique", "first"])
        alone = rows["file"].map(named["first"].where(named["nunique"] == 1))
        rows["store"] = rows["store"].fillna(alone)
        dated = rows[rows["received_on"].notna()]
        files = {}
        for name, own in rows.groupby("file", sort=False):
            mine = dated[dated["file"] == name]
            parts = {
                str(store): _Part(
                    part["received_on"].min(),
                    part["received_on"].max(),
                    {o: (day, int(n)) for o, day, n in _cells(part)},
                )
                for store, part in mine.groupby("store", sort=False)
            }
            files[str(name)] = _Download(
                str(name), frozenset(own["order_id"]), mine["received_on"].max(), parts
            )
        holders = {str(o): frozenset(of) for o, of in rows.groupby("order_id")["file"]}
        placed = rows.dropna(subset="store").drop_duplicates("order_id")
        store_of = dict(zip(placed["order_id"], placed["store"], strict=True))
        return cls(files, store_of, damaged, holders)

    @cached_property
    def by_store(self) -> dict[str, tuple[list[str], Stamps, Stamps]]:
        """Files of each store, newest first, with the first and last day of their rows."""
        found: dict[str, list[tuple[pd.Timestamp, str]]] = defaultdict(list)
        for name, download in self.files.items():
            for store, part in download.parts.items():
                found[store].append((part.last, name))
        made: dict[str, tuple[list[str], Stamps, Stamps]] = {}
        for store, pairs in found.items():
            names = [name for _, name in sorted(pairs, reverse=True)]
            parts = [self.files[name].parts[store] for name in names]
            made[store] = (
                names,
                np.array([p.first for p in parts], dtype="datetime64[us]"),
                np.array([p.last for p in parts], dtype="datetime64[us]"),
            )
        return made

    def newer(self, one: str, other: str, store: str) -> bool:
        """Whether `one` must have been downloaded after `other`, by its rows of a store."""
        key = (one, other, store)
        if key not in self._newer:
            self._newer[key] = self._is_newer(self.files[one], self.files[other], store)
        return self._newer[key]

    @staticmethod
    def _is_newer(one: _Download, other: _Download, store: str) -> bool:
        mine, its = one.parts.get(store), other.parts.get(store)
        if mine is None or its is None or not (one.last > other.last and mine.last > its.last):
            return False
        # Of the days inside the other, an older download had every feedback that is still there.
        return not any(
            its.covers(day) and stars in its.stars and order_id not in other.orders
            for order_id, (day, stars) in mine.rows.items()
        )

    def restated(self, feedback: pd.DataFrame) -> tuple[Flags, list[str]]:
        """Rows whose stars a newer download has otherwise under the same day, and the notes."""
        same = feedback.groupby(["order_id", "received_on"])["rating"]
        differ = feedback[same.transform("nunique") > 1]
        outdated = np.zeros(len(feedback), dtype=bool)
        certain: list[str] = []
        open_: list[str] = []
        for (order_id, _), rows in differ.groupby(["order_id", "received_on"]):
            store = self.store_of.get(str(order_id), "")
            told = list(zip(rows["file"], rows["rating"], strict=True))
            old = [
                any(stars != n and self.newer(other, own, store) for other, stars in told)
                for own, n in told
            ]
            outdated[rows.index[old]] = True
            left = {n for (_, n), is_old in zip(told, old, strict=True) if not is_old}
            said = ", ".join(f"{words.counted(n, 'star')} in {file}" for file, n in told)
            (certain if len(left) == 1 else open_).append(f"{order_id} ({said})")
        notes = []
        if certain:
            notes.append(
                f"Feedback with other stars in a newer download: {_some(certain)}. The newer "
                "download stands."
            )
        if open_:
            notes.append(
                "Feedback with different stars in files of which none is known to be newer: "
                f"{_some(open_)}. The fewest stars stand."
            )
        return outdated, notes

    def missing(self, order_id: str, day: pd.Timestamp, stars: int) -> _Missing:
        """The newest download that covers a feedback and lacks it."""
        store = self.store_of.get(order_id, "")
        if stars > MOST_LOW or pd.isna(day) or store not in self.by_store:
            return _Missing()
        names, first, last = self.by_store[store]
        on = np.datetime64(day, "us")
        holders = self.holders[order_id]
        doubtful = _Missing()
        for i in np.flatnonzero((first < on) & (on < last)):
            name = names[i]
            if name in holders:
                continue
            reach = max(self.files[h].last for h in holders)
            if self.files[name].last < reach:
                continue
            if all(self.newer(name, h, store) for h in holders):
                doubt = self.filtered(name, store, stars)
            else:
                doubt = "which of them is newer cannot be known"
            if not doubt:
                return _Missing(name)
            doubtful = doubtful if doubtful.file else _Missing(name, doubt)
        return doubtful

    def filtered(self, name: str, store: str, stars: int) -> str:
        """Why a download may leave out feedback of so many stars that is still there, else ''."""
        key = (name, store, stars)
        if key not in self._filtered:
            self._filtered[key] = self._why_filtered(name, store, stars)
        return self._filtered[key]

    def _why_filtered(self, name: str, store: str, stars: int) -> str:
        if name in self.damaged:
            return "rows of it were dropped"
        download = self.files[name]
        part = download.parts[store]
        earlier: dict[str, int] = {}
        for other in self.files.values():
            if other.last < download.last and store in other.parts:
                for order_id, (day, n) in other.parts[store].rows.items():
                    if part.covers(day):
                        earlier[order_id] = min(n, earlier.get(order_id, n))
        lacks = [n for order_id, n in earlier.items() if order_id not in download.orders]
        unseen = [n for n in lacks if n <= MOST_LOW and n not in part.stars]
        raised = {n for o, n in earlier.items() if o in download.orders}
        if stars not in part.stars | raised and len(unseen) > 1:
            return f"it has no feedback of {words.counted(stars, 'star')} at all"
        good = [n for n in earlier.values() if n > MOST_LOW]
        good_lacking = sum(n > MOST_LOW for n in lacks)
        if max(part.stars) > MOST_LOW and good_lacking > 1 and 2 * good_lacking > len(good):
            return "it lacks most of the good feedback of those days too"
        return ""


def _cells(rows: pd.DataFrame) -> Iterable[tuple[str, pd.Timestamp, int]]:
    return zip(rows["order_id"], rows["received_on"], rows["rating"], strict=True)


def _missing_notes(one_each: pd.DataFrame, missing: list[_Missing]) -> list[str]:
    """One sentence for each download that lacks feedback, and what that proves."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for (order_id, day, stars), m in zip(_cells(one_each), missing, strict=True):
        if m.file:
            said = f"{order_id} ({words.counted(stars, 'star')}, {words.day(day.date())})"
            found[m.file, m.doubt].append(said)
    notes = []
    for (file, doubt), orders in sorted(found.items()):
        what = f"{words.counted(len(orders), 'feedback')} of days that {file} covers"
        verb = "is" if len(orders) == 1 else "are"
        if doubt:
            end = f"they may still be there ({doubt}), and count."
            if len(orders) == 1:
                end = f"it may still be there ({doubt}), and counts."
        else:
            end = "a newer download is the truth for its days, so it is taken as removed."
            if len(orders) > 1:
                end = "a newer download is the truth for its days, so they are taken as removed."
        notes.append(f"{what} {verb} missing from it: {_some(orders)}; {end}")
    return notes


def _some(texts: list[str]) -> str:
    more = len(texts) - SHOWN
    return ", ".join(texts[:SHOWN]) + (f" and {words.number(more)} more" if more > 0 else "")
