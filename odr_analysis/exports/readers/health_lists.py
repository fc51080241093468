"""Account Health's lists of single orders for other rates than ODR.

Each is what "Download report" gives on the page of one rate, one row per order (for tracking:
per parcel). Only orders that went wrong are in it, so a list without rows is good news. No
list says which days or which store it is of, and only the cancellation list's header is known
word for word; the others are known from descriptions, so their titles are read tolerantly.

==============================  =========================================================
list                            columns
==============================  =========================================================
``cancellation-list``           exactly Order Date, Order ID, Impacts Account Health
``late-shipment-list``          order date, order id, expected ship date, actual ship date,
                                ship confirmation date, account health impact
``valid-tracking-list``         Order ID, Carrier Name, Tracking ID, Origin Country, Promised
                                Delivery Date, Ship Method, Ship Option, four columns about
                                the tracking, Package Value, Product Category
==============================  =========================================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from odr_analysis.exports.readers.contract import Read, lapses, last_day
from odr_analysis.exports.readers.row_by_row import ORDER_ID, Row, Rows, row_by_row
from odr_analysis.exports.text.delimited import Table, check_unique, lines_in_words, plain
from odr_analysis.exports.text.signatures import (
    FOREIGN,
    foreign_columns,
    foreign_note,
    stranger_note,
)
from odr_analysis.exports.text.yes_no import read_marker
from odr_analysis.faults import CONFIRMATION_MISSING, IMPACT_ASSUMED, VALUE_UNREADABLE
from odr_analysis.words import counted

_SHIP = r"(ship|shipping|shipment|dispatch|despatch)"
_DAY = r"( by)?( date| day| time| date time| on)?"
TITLES: dict[str, re.Pattern[str]] = {
    ORDER_ID: re.compile(r"(amazon )?order (id|identifier|number|no\.?)"),
    "order date": re.compile(r"(order|purchase|ordered) (date|day|on)|date of order"),
    "impacts account health": re.compile(r".*\bimpact(s|ed|ing)?\b.*"),
    "expected ship date": re.compile(
        rf"(expected|latest|promised|estimated) {_SHIP}{_DAY}|{_SHIP} by{_DAY}"
    ),
    "ship confirmation date": re.compile(
        rf"({_SHIP} )?(confirmation|confirmed|confirm)( {_SHIP})?{_DAY}"
    ),
    "actual ship date": re.compile(
        rf"actual {_SHIP}{_DAY}|{_SHIP} (date|day)|(shipped|dispatched) (date|on)"
    ),
    "promised delivery date": re.compile(r"(promised|expected|latest) delivery( by)?( date| day)?"),
    "carrier name": re.compile(r"carrier( name)?"),
    "tracking id": re.compile(r"tracking (id|number|no\.?)"),
    "reason": re.compile(r"(.* )?(reason|comments?)"),
}
"""Column to its whole title, as :func:`~odr_analysis.exports.text.delimited.plain` gives it."""

_PARCEL = re.compile(
    r"(origin|ship from) country|(ship|shipping|delivery) (method|option|service)|"
    r"package value|product category|(asin|sku|marketplace)"
)
"""Titles of the tracking list that say what the parcel is, and nothing about its tracking."""
_OF_A_LIST = re.compile(
    r"\btrack|\bvalid|\bimpact|account health|\bscan|\bdeliver|fulfil|\border\b|cancel"
)
"""What titles contain that a list may have beside the known ones."""
_VALID = re.compile(r"valid tracking")
_NEGATED = re.compile(r"\b(no|not|without|invalid|missing|lacks)\b")


@dataclass(frozen=True, eq=False)
class HealthList:
    """The reader of one list; it has what every reader module has.

    Attributes
    ----------
    KIND : str
    metric : str
        The rate the list explains, a key of ``terms.METRICS``.
    NEEDED : tuple of str
        Columns the reader cannot do without, keys of `TITLES`.
    due, done : str
        Columns of the day an order was due and of the day it was done; '' if there is none.
    alone : bool
        Whether no other column may stand beside the needed ones.
    foreign : str
        What titles of other lists contain; a header with one is another list.
    """

    KIND: str
    metric: str
    NEEDED: tuple[str, ...]
    due: str = ""
    done: str = ""
    alone: bool = False
    foreign: str = r"$^"

    def looks_like(self, header: list[str], sample_rows: list[list[str]]) -> bool:
        """Whether a header is that of this list and of no other."""
        return not self.missing(header)

    def doubt(self, header: list[str], sample_rows: list[list[str]]) -> str:
        """Why a header with the needed columns is not this list, else ''."""
        if foreign := foreign_columns(header, FOREIGN):
            return foreign_note(self.KIND, foreign)
        if self.metric == "valid_tracking":
            # Four of its columns, on what is wrong with the tracking, have titles nobody knows.
            return ""
        others = [t for t in header if t.strip() and not _belongs(plain(t))]
        return stranger_note(self.KIND, others, self.NEEDED) if others else ""

    def loose(self, header: list[str]) -> bool:
        """Whether its orders must be known for a file to be taken: titles are known tolerantly."""
        return not self.alone

    def missing(self, header: list[str]) -> list[str]:
        """What a header lacks to be that of this list."""
        places = _places(header)
        found = [n for n in self.NEEDED if n not in places and not self._stands_in(n, places)]
        if found:
            return found
        at = {places[n] for n in self.NEEDED if n in places}
        extra = [
            title
            for i, title in enumerate(header)
            if i not in at
            and title.strip()
            and (self.alone or re.search(self.foreign, plain(title)) is not None)
        ]
        return [f"a header without the column {title!r}" for title in extra]

    def _stands_in(self, name: str, places: dict[str, int]) -> bool:
        """Whether the day of dispatch and the impact are there where the confirmation is not."""
        return name == self.done and {"actual ship date", "impacts account health"} <= set(places)

    def read(self, table: Table, *, marketplace: str | None) -> Read:
        """One lapse per row.

        Parameters
        ----------
        table : Table
            The file.
        marketplace : str or None
            Sales channel, to settle the order of day and month where the dates do not.

        Returns
        -------
        Read
            One row of ``lapses`` per row kept. ``counts`` is what the list says of the impact
            on account health; of the tracking list, that the parcel has no valid tracking.
            Where neither can be read the row counts, and the notes say so. ``due_on`` is the
            expected ship date or promised delivery date, ``done_on`` the day the dispatch was
            confirmed. A day that cannot be read is NaT and noted. Rows are dropped for a
            missing or damaged order id. ``details`` has ``orders`` (distinct ids) and
            ``without_impact`` (rows). ``latest`` is the latest day of an order or a
            confirmation; days on which something was due may lie ahead.

        Raises
        ------
        ExportError
            When a column that is read occurs twice.

        Examples
        --------
        >>> from odr_analysis.exports.text.delimited import split_rows
        >>> text = (
        ...     "Order Date,Order ID,Impacts Account Health\\n"
        ...     "9/30/2026,113-1234567-7654321,Yes\\n"
        ... )
        >>> done = CANCELLATIONS.read(
        ...     split_rows(text, file="f.csv", delimiter=",", quoted=True), marketplace=None
        ... )
        >>> done.lapses[["metric", "counts"]].values.tolist(), done.latest
        ([['cancellation', True]], datetime.date(2026, 9, 30))
        """
        import pandas as pd

        header = table.header
        places = _places(header)
        check_unique(header, [header[i] for i in places.values()], table.file)
        done = self.done if self.done in places else "actual ship date" if self.done else ""
        days = {"order date": "ordered_on", self.due: "due_on", done: "done_on"}
        rows = row_by_row(
            table,
            places,
            lambda row: self._one(header, row),
            marketplace=marketplace,
            days=[name for name in days if name],
            days_of_kept=True,
        )
        found = lapses(
            pd.DataFrame(
                {
                    "order_id": rows.order_ids,
                    "counts": [counts is not False for counts, _ in rows.found],
                    "carrier": [row.text("carrier name") for row in rows.kept],
                    "reason": [reason for _, reason in rows.found],
                    "line": rows.lines,
                    "metric": self.metric,
                    "source": self.KIND,
                    "file": table.file,
                    **{days[name]: day for name, day in rows.days.items()},
                }
            )
        )
        latest = (last_day(found[column]) for column in ("ordered_on", "done_on"))
        return rows.read(
            lapses=found,
            details={
                "orders": int(found.order_id.nunique()),
                "without_impact": int((~found["counts"]).sum()),
            },
            notes=self._notes(header, rows, places),
            latest=max((day for day in latest if day is not None), default=None),
            proving=False,
        )

    def _one(self, header: list[str], row: Row) -> tuple[bool | None, str]:
        """Whether a row counts against the seller, None where that is open, and why."""
        return self._counts(header, row), self._reason(header, row)

    def _counts(self, header: list[str], row: Row) -> bool | None:
        if "impacts account health" in row.at:
            impact = row.text("impacts account health")
            return read_marker(impact) if impact else None
        if self.metric != "valid_tracking":
            return True
        for cell, title in zip(row.cells, map(plain, header), strict=False):
            if _VALID.search(title):
                marked = read_marker(cell)
                return marked if marked is None else marked is bool(_NEGATED.search(title))
        return True

    def _reason(self, header: list[str], row: Row) -> str:
        """The list's own words for why: its reason, or what it has on a parcel's tracking."""
        if self.metric != "valid_tracking":
            return row.text("reason")
        known = set(row.at.values())
        reasons = [
            f"{title}: {cell.strip()}"
            for i, (title, cell) in enumerate(zip(header, row.cells, strict=False))
            if i not in known and cell.strip() and not _PARCEL.fullmatch(plain(title))
        ]
        return "; ".join(reasons)

    def _notes(
        self, header: list[str], rows: Rows[tuple[bool | None, str]], places: dict[str, int]
    ) -> list[str]:
        notes = []
        for name, days in rows.days.items():
            pairs = zip(rows.kept, days.isna(), strict=True)
            if lines := [row.line for row, no_day in pairs if no_day and row.text(name)]:
                note = VALUE_UNREADABLE.text(
                    column=header[places[name]],
                    what=counted(len(lines), "value"),
                    kind="a day",
                    where=lines_in_words(lines),
                    row="order",
                )
                notes.append(note)
        judged = zip(rows.kept, rows.found, strict=True)
        if unsure := [row.line for row, (counts, _) in judged if counts is None]:
            what = counted(len(unsure), "row says", "rows say")
            notes.append(IMPACT_ASSUMED.text(what=what, where=lines_in_words(unsure)))
        if self.done and self.done not in places:
            notes.append(CONFIRMATION_MISSING.text())
        return notes


def _belongs(title: str) -> bool:
    """Whether a plain title can stand in one of the lists."""
    known = (*TITLES.values(), _PARCEL)
    return any(t.fullmatch(title) for t in known) or _OF_A_LIST.search(title) is not None


def _places(header: list[str]) -> dict[str, int]:
    """Known column to its position; of two titles that fit, the first."""
    plains = [plain(title) for title in header]
    found = {}
    for name, title in TITLES.items():
        at = next((i for i, text in enumerate(plains) if title.fullmatch(text)), None)
        if at is not None:
            found[name] = at
    return found


CANCELLATIONS = HealthList(
    "cancellation-list",
    "cancellation",
    ("order date", "order id", "impacts account health"),
    alone=True,
)
LATE_SHIPMENTS = HealthList(
    "late-shipment-list",
    "late_shipment",
    ("order id", "expected ship date", "ship confirmation date"),
    due="expected ship date",
    done="ship confirmation date",
    foreign=r"cancel|track|deliver|feedback|claim|charge ?back|quantity|sku|item id",
)
VALID_TRACKING = HealthList(
    "valid-tracking-list",
    "valid_tracking",
    ("order id", "carrier name", "tracking id", "promised delivery date"),
    due="promised delivery date",
    foreign=r"cancel|on time|ship by|scan date|feedback|claim|charge ?back|quantity|label|rma",
)

HEALTH_LISTS: tuple[HealthList, ...] = (CANCELLATIONS, LATE_SHIPMENTS, VALID_TRACKING)
