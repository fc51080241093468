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
from typing import Any

from odr_analysis.exports.text.dates import hint_of, read_days
from odr_analysis.exports.text.delimited import (
    Read,
    Table,
    Tally,
    check_unique,
    lapses,
    last_day,
    lines_in_words,
    plain,
)
from odr_analysis.exports.text.order_ids import ID_DROPS, classify_order_id
from odr_analysis.exports.text.signatures import (
    FOREIGN,
    foreign_columns,
    foreign_note,
    stranger_note,
)
from odr_analysis.exports.text.yes_no import read_marker
from odr_analysis.words import counted

_SHIP = r"(ship|shipping|shipment|dispatch|despatch)"
_DAY = r"( by)?( date| day| time| date time| on)?"
TITLES: dict[str, re.Pattern[str]] = {
    "order id": re.compile(r"(amazon )?order (id|identifier|number|no\.?)"),
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

        places = _places(table.header)
        check_unique(table.header, [table.header[i] for i in places.values()], table.file)
        confirmed = self.done if self.done in places else "actual ship date"
        columns = {"ordered_on": "order date", "due_on": self.due}
        if self.done:
            columns["done_on"] = confirmed
        tally = Tally(table.dropped)
        rows: list[dict[str, Any]] = []
        kept: list[list[str]] = []
        unsure: list[int] = []
        for line, cells in table.rows:
            verdict, order_id = classify_order_id(cells[places["order id"]])
            if verdict != "ok":
                tally.drop(ID_DROPS[verdict], line)
                continue
            counts = self._counts(table.header, cells, places)
            if counts is None:
                unsure.append(line)
            kept.append(cells)
            rows.append(
                {
                    "order_id": order_id,
                    "counts": counts is not False,
                    "carrier": _cell(cells, places.get("carrier name")),
                    "reason": self._reason(table.header, cells, places),
                    "line": line,
                }
            )
        tally.kept = len(rows)
        told = {name: places[title] for name, title in columns.items() if title in places}
        # All at once, since what settles one column's order of day and month settles the others'.
        days = read_days(
            [cells[at] for at in told.values() for cells in kept],
            order_hint=hint_of(marketplace),
            file=table.file,
            column=", ".join(table.header[at] for at in told.values()),
        )
        frame = pd.DataFrame(rows, columns=["order_id", "counts", "carrier", "reason", "line"])
        unread: dict[int, list[int]] = {}
        for i, (name, at) in enumerate(told.items()):
            part = days.days.iloc[i * len(kept) : (i + 1) * len(kept)].reset_index(drop=True)
            frame[name] = part
            written = pd.Series([bool(cells[at].strip()) for cells in kept], dtype="bool")
            unread[at] = frame.line[part.isna() & written].tolist()
        found = lapses(frame.assign(metric=self.metric, source=self.KIND, file=table.file))
        known = [found["ordered_on"], found["done_on"]]
        return Read(
            lapses=found,
            **tally.accounts(),
            locale=days.pattern,
            details={
                "orders": int(found.order_id.nunique()),
                "without_impact": int((~found["counts"]).sum()),
            },
            notes=[
                *table.notes,
                *table.extra_note(),
                *days.notes,
                *self._notes(table.header, unread, unsure, places),
            ],
            latest=max((day for d in known if (day := last_day(d)) is not None), default=None),
        )

    def _counts(self, header: list[str], cells: list[str], places: dict[str, int]) -> bool | None:
        """Whether a row counts against the seller; None where the file leaves it open."""
        impact = places.get("impacts account health")
        if impact is not None:
            return read_marker(cells[impact]) if cells[impact].strip() else None
        if self.metric != "valid_tracking":
            return True
        for i, title in enumerate(map(plain, header)):
            if _VALID.search(title):
                marked = read_marker(cells[i])
                return marked if marked is None else marked is bool(_NEGATED.search(title))
        return True

    def _reason(self, header: list[str], cells: list[str], places: dict[str, int]) -> str:
        """The list's own words for why: its reason, or what it says of a parcel's tracking."""
        if self.metric != "valid_tracking":
            return _cell(cells, places.get("reason"))
        taken = set(places.values())
        said = [
            f"{title}: {cell.strip()}"
            for i, (title, cell) in enumerate(zip(header, cells, strict=False))
            if i not in taken and cell.strip() and not _PARCEL.fullmatch(plain(title))
        ]
        return "; ".join(said)

    def _notes(
        self,
        header: list[str],
        unread: dict[int, list[int]],
        unsure: list[int],
        places: dict[str, int],
    ) -> list[str]:
        notes = [
            f"column {header[at]!r}: {counted(len(lines), 'value')} could not be read as a day "
            f"({lines_in_words(lines)}); the order is kept without it."
            for at, lines in unread.items()
            if lines
        ]
        if unsure:
            rows = counted(len(unsure), "row says", "rows say")
            notes.append(
                f"{rows} neither yes nor no ({lines_in_words(unsure)}), so counting against the "
                "account is assumed."
            )
        if self.done and self.done not in places:
            notes.append(
                "The list has no day of confirmation, which is what Amazon goes by; the day of "
                "dispatch is shown instead."
            )
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


def _cell(cells: list[str], at: int | None) -> str:
    return "" if at is None else cells[at].strip()


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
