"""Financial events as the Finances API gives them: the claims and chargebacks money moved for.

Four shapes, told by their fields: the events of version 0 as JSON (one payload, a list of
pages, or one page a line), the same as XML of the older service, and the flat transactions of
version 2024-06-19. An event says that money moved on a day, not that the order counts in ODR.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

from odr_analysis import faults
from odr_analysis.exports.covered import covers_of, dated
from odr_analysis.exports.payments.dispute_words import FEE, SAFE_T, meaning
from odr_analysis.exports.payments.event_money import event_money, outcome_of, transaction_money
from odr_analysis.exports.payments.posted import MONEY_ALONE, MONEY_SHOWS
from odr_analysis.exports.readers.contract import Read, Sighting, Tally, sightings
from odr_analysis.exports.text.delimited import lines_in_words
from odr_analysis.exports.text.json_xml import (
    field,
    fold,
    line_of,
    parse_json,
    parse_xml,
    several,
    word,
)
from odr_analysis.exports.text.order_ids import ID_DROPS, classify_order_id
from odr_analysis.receipt import PARTIAL
from odr_analysis.words import counted

KIND = "finances"

COMPONENTS: dict[str, str] = {
    "GuaranteeClaimEventList": "claim",
    "ChargebackEventList": "chargeback",
}
"""Lists of version 0 whose events are disputes. Fees named ``ShippingChargeback`` or
``GiftwrapChargeback`` stand inside the events of the others, where nothing is looked for."""

_SUFFIX = re.compile(r"_?Event_?List$", re.IGNORECASE)
_CONTAINERS = ("financialevents", "transactions")
_SPELT = {fold(name): component for name, component in COMPONENTS.items()}
_IN_JSON = re.compile(
    r'"(?:FinancialEvents|financial_events|(?:Shipment|Refund|GuaranteeClaim|Chargeback|ServiceFee)'
    r'EventList)"\s*:',
)
_IN_XML = re.compile(r"<(?:[\w.-]+:)?(?:ListFinancialEvents|FinancialEvents[\s/>]|\w+EventList)")
_FLAT = ('"transactionType"', '"relatedIdentifiers"')


def looks_like_document(head: str) -> bool:
    """Whether a text opens like financial events of either version, JSON or XML.

    >>> looks_like_document('{"payload": {"FinancialEvents": {"ChargebackEventList": []}}}')
    True
    >>> looks_like_document('{"accountStatuses": []}')
    False
    """
    start = head.lstrip("\ufeff \t\r\n")
    if start.startswith("<"):
        return _IN_XML.search(start) is not None
    if start[:1] not in ("{", "["):
        return False
    return _IN_JSON.search(start) is not None or all(name in start for name in _FLAT)


def is_list(name: str) -> bool:
    """Whether a field of version 0 is a list of events, by its name.

    >>> is_list("ChargebackEventList"), is_list("chargeback_event_list"), is_list("NextToken")
    (True, True, False)
    """
    return fold(name).endswith("eventlist")


def read_document(text: str, *, file: str, marketplace: str | None) -> Read:
    """Sightings of the claims and chargebacks among financial events.

    A row is one event: an entry of any list of version 0 whose name ends in ``EventList``, or
    one flat transaction.

    Parameters
    ----------
    text : str
        The decoded file.
    file : str
        Name for errors and notes.
    marketplace : str or None
        Not needed: days are UTC days and amounts carry their currency.

    Returns
    -------
    Read
        One row of ``defects`` per event of a dispute, on the UTC day it was posted: ``debited``
        and paid by the seller when its charges add up to less than 0, ``recovered`` when to
        more, '' when to nothing or when none can be read (the fees decide where there are only
        fees, the words where a transaction has no amount). ``amount`` is all the event moved,
        fees and taxes included, positive when money left the seller; <NA> with a note where
        an amount is unreadable or currencies are mixed. ``reason`` is '' in version 0, which
        gives none, else the words that say it is a dispute.

        Every other event is kept and counted: ``details["events"]`` has the lists of version 0
        (without ``EventList``), ``details["types"]`` the transaction types. Dropped are
        disputes with a missing or damaged order id or an ``unreadable date``, and whatever
        stands in a list and is ``not an event``.

    Raises
    ------
    ExportError
        When the text is neither JSON nor XML, cut short, declares a DOCTYPE, or holds no
        financial events.

    Examples
    --------
    >>> done = read_document('''{"payload": {"FinancialEvents": {"GuaranteeClaimEventList": [{
    ...   "AmazonOrderId": "113-1234567-7654321", "PostedDate": "2026-09-14T23:30:00-07:00",
    ...   "ShipmentItemAdjustmentList": [{"ItemChargeAdjustmentList": [{"ChargeType": "Principal",
    ...     "ChargeAmount": {"CurrencyCode": "USD", "CurrencyAmount": -25.9}}]}]}]}}}''',
    ...   file="f.json", marketplace=None)
    >>> done.defects[["component", "outcome", "amount", "currency"]].values.tolist()
    [['claim', 'debited', 25.9, 'USD']]
    >>> done.latest, done.details["events"]
    (datetime.date(2026, 9, 15), {'GuaranteeClaim': 1})
    """
    if text.lstrip("\ufeff \t\r\n").startswith("<"):
        documents = [dict([parse_xml(text, file=file)])]
    else:
        documents = parse_json(text, file=file)
    reading = _Reading(file)
    for document in documents:
        for page in several(document):
            reading.page(page)
    if not reading.found:
        raise faults.NO_FINANCIAL_EVENTS.error(file)
    return reading.done()


NO_CHARGEBACKS = (
    "This version of the Finances API (2024-06-19, transactions) calls chargebacks 'Refund', so "
    "it is not a source of chargebacks. Add listFinancialEvents of version 0, the orders-with-"
    "defects list of Account Health or a chargebacks.csv."
)


class _Reading:
    """Sightings and counts of one file while it is read."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found = False
        self.tally = Tally()
        self.rows: list[Sighting] = []
        self.events: Counter[str] = Counter()
        self.types: Counter[str] = Counter()
        self.other: Counter[str] = Counter()
        self.undated: list[int] = []
        self.problems: dict[str, list[int]] = {}
        self.days: list[tuple[str, date, int]] = []
        self.goes_on = False

    def page(self, page: Any) -> None:
        """Take in one answer of the API, or one flat transaction."""
        # Only the last page can say that more follow: each answers the token of the one before.
        self.goes_on = False
        waiting = [page]
        while waiting:
            part = waiting.pop()
            if isinstance(part, list):
                waiting += reversed(part)
            elif isinstance(part, dict) and _is_transaction(part):
                self.found = True
                self.event(part, "")
            elif isinstance(part, dict):
                inside = []
                for key, value in part.items():
                    name = fold(key)
                    self.found |= is_list(key) or name in _CONTAINERS
                    if is_list(key):
                        for event in _listed(value):
                            self.event(event, key)
                    elif name == "nexttoken":
                        self.goes_on |= bool(value)
                    else:
                        inside.append(value)
                waiting += reversed(inside)

    def event(self, content: Any, listed_in: str) -> None:
        """Take in one event of a list of version 0, or a flat transaction."""
        line = line_of(content)
        if not isinstance(content, dict):
            self.tally.drop(faults.NOT_AN_EVENT, line)
            return
        posted = field(content, "PostedDate")
        day = utc_day(posted)
        component, wording = self.kind(content, listed_in)
        if day is not None:
            self.days.append((_order_id(content), day, line))
        if not component:
            self.tally.kept += 1
            return
        verdict, order_id = classify_order_id(_order_id(content))
        if verdict != "ok":
            self.tally.drop(ID_DROPS[verdict], line)
        elif posted not in (None, "") and day is None:
            self.tally.drop(faults.DATE_UNREADABLE, line)
        else:
            self.tally.kept += 1
            if day is None:
                self.undated.append(line)
            money = transaction_money(content) if wording else event_money(content)
            if money.problem:
                self.problems.setdefault(money.problem, []).append(line)
            outcome = outcome_of(money, wording)
            self.rows.append(
                Sighting(
                    order_id,
                    component,
                    KIND,
                    self.file,
                    line,
                    reported_on=day,
                    outcome=outcome,
                    funded_by="seller" if outcome == "debited" else "",
                    amount=None if money.total is None else float(-money.total),
                    currency=money.currency,
                    reason=wording,
                )
            )

    def kind(self, content: dict[str, Any], listed_in: str) -> tuple[str, str]:
        """Component of an event, '' for none, and the words that say so."""
        if listed_in:
            self.events[_SUFFIX.sub("", listed_in)] += 1
            return _SPELT.get(fold(listed_in), ""), ""
        stated = word(field(content, "transactionType"))
        self.types[stated or "without a type"] += 1
        description = field(content, "description")
        said = meaning(stated, [description] if isinstance(description, str) else [])
        # A fee that is named after a chargeback is no dispute, whatever else is said of it.
        if said.other:
            self.other[said.other] += 1
            return "", ""
        return said.component, said.wording

    def done(self) -> Read:
        """Everything read."""
        outcomes = Counter(f"{s.component} {s.outcome or 'without money'}" for s in self.rows)
        notes = [
            f"{_events(lines)}: {problem}; the amount is left empty."
            for problem, lines in self.problems.items()
        ]
        if self.undated:
            what, where = counted(len(self.undated), "event"), lines_in_words(self.undated)
            notes.append(faults.UNDATED.text(what=what, column="date", where=where))
        if self.goes_on:
            notes.append(
                "The last page says that more follow (NextToken) and they are not in this file; "
                "fetch all pages."
            )
        shows: tuple[str, ...] = MONEY_SHOWS
        if self.types and not self.events:
            # The model of 2024-06-19 has no word for a chargeback: it is posted as a refund.
            shows = tuple(c for c in MONEY_SHOWS if c != "chargeback")
            notes.append(NO_CHARGEBACKS)
        details: dict[str, Any] = {"sightings": dict(sorted(outcomes.items()))}
        for name, counts in (("events", self.events), ("types", self.types)):
            if counts:
                details[name] = dict(sorted(counts.items()))
        if self.other:
            details["other"] = {
                what: self.other[what] for what in (FEE, SAFE_T) if self.other[what]
            }
        return Read(
            defects=sightings(self.rows),
            **self.tally.accounts(),
            locale="y-m-d",
            details=details,
            notes=notes,
            latest=max((day for _, day, _ in self.days), default=None),
            covers=covers_of(
                shows, [day for _, day, _ in self.days], grade=PARTIAL, why=MONEY_ALONE
            ),
            dated=dated(
                [order_id for order_id, *_ in self.days],
                [day for _, day, _ in self.days],
                [line for *_, line in self.days],
                file=self.file,
                few=True,
            ),
        )


def _events(lines: list[int]) -> str:
    """How many events, and where, to open a note with."""
    return f"{counted(len(lines), 'event')} ({lines_in_words(lines)})"


def _listed(value: Any) -> list[Any]:
    """The events of one list; what turns XML into JSON wraps them once more."""
    if isinstance(value, dict):
        return [event for events in value.values() for event in several(events)]
    return several(value)


def _is_transaction(part: dict[str, Any]) -> bool:
    return field(part, "transactionType") is not None and (
        field(part, "relatedIdentifiers", "totalAmount", "postedDate") is not None
    )


def _order_id(content: dict[str, Any]) -> str:
    """The order id of an event, in either version."""
    for entry in several(field(content, "relatedIdentifiers")):
        if fold(word(field(entry, "relatedIdentifierName"))) == "orderid":
            return word(field(entry, "relatedIdentifierValue"))
    return word(field(content, "AmazonOrderId"))


def utc_day(value: Any) -> date | None:
    """The UTC day of a time; a time without a zone is one of UTC."""
    try:
        when = datetime.fromisoformat(word(value))
        return (when if when.tzinfo is None else when.astimezone(UTC)).date()
    except (ValueError, OverflowError):
        return None
