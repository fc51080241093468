"""What happened on a run that is worth a message."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from odr_analysis import words
from odr_analysis.batch.alerts.alert_rules import AlertRules
from odr_analysis.batch.index.row import FAILED, Row
from odr_analysis.batch.index.sentences import as_sentence, described, moved, series_text

NOT_STARTED, WORSENED, CLAIM = "start", "worsened", "claim"
BREACH, FAILURE, STALE = "breach", "failed", "data"
KINDS: dict[str, tuple[str, str]] = {
    NOT_STARTED: ("earlier run did not start", "earlier runs did not start"),
    WORSENED: ("rate is worse", "rates are worse"),
    CLAIM: ("new claim", "new claims"),
    BREACH: ("rate may breach", "rates may breach"),
    FAILURE: ("report failed", "reports failed"),
    STALE: ("account has old data", "accounts have old data"),
}
"""Kinds of event, in the order of a message, with one and with several of them in words."""

FIRST_RUN_DAYS = 7
"""On the first run of an account, claims of so many days count as new."""


@dataclass(frozen=True)
class Event:
    """Something worth a message.

    Attributes
    ----------
    kind : str
        A key of ``KINDS``.
    account : str
    about : str
        What sets it apart from other events of its kind and account; '' where there is one only.
    text : str
        One sentence.
    day : str
        Scheduled day of the run that saw it, ISO.
    """

    kind: str
    account: str
    about: str
    text: str
    day: str

    @property
    def place(self) -> int:
        """Place of its kind in a message."""
        return list(KINDS).index(self.kind)

    @property
    def key(self) -> str:
        """The event, whenever it is seen again.

        >>> Event("claim", "Shop", "028-1", "...", "2026-09-30").key
        'claim\\tShop\\t028-1'
        """
        return "\t".join((self.kind, self.account, self.about))


def events_of(rules: AlertRules, rows: Iterable[Row]) -> list[Event]:
    """The events of a run, by kind and then the worst account first.

    Parameters
    ----------
    rules : AlertRules
    rows : iterable of Row
        Worst first.
    """
    return sorted((e for row in rows for e in _of_row(rules, row)), key=lambda event: event.place)


def _of_row(rules: AlertRules, row: Row) -> Iterator[Event]:
    name, day = row.account, row.outcome.day
    on = day.isoformat()
    if row.left_out:
        return  # all there is is of an earlier run, which had its message
    if row.state == FAILED:
        if rules.failed:
            yield Event(FAILURE, name, "", f"{name}: {as_sentence(row.outcome.reason)}", on)
        return
    for rate in row.rates:
        series = f"{rate.marketplace} {rate.channel}"
        if rules.worsened and rate.worsened and rate.before is not None:
            text = f"{described(row, rate)}: {moved(row, rate.before, rate.state)}."
            yield Event(WORSENED, name, f"{series} {rate.state}", text, on)
        p = rate.p_breach
        if rate.state != "critical" and p is not None and p > rules.breach_above:
            text = (
                f"{name}, {series_text(rate)}, {rate.text}: probability of a breach within 30 days "
                f"{words.probability(p)}."
            )
            yield Event(BREACH, name, series, text, on)
    yield from _claims(rules, row)
    yield from _old_data(rules, row, day)


def _claims(rules: AlertRules, row: Row) -> Iterator[Event]:
    if not rules.claim_above:
        return
    known = set(row.before.claims) if row.before is not None else set()
    first = row.outcome.day - timedelta(days=FIRST_RUN_DAYS)
    # By other rules other claims count, which are none the newer for it.
    since = first if row.before is None else row.before.day if row.other_rules else None
    for claim in row.claims:
        new = since is None or (claim["reported_on"] or "") >= since.isoformat()
        value, order = claim["value"], claim["order_id"]
        if new and order not in known and value is not None and value > rules.claim_above:
            worth = f"{words.money(value)} {claim['currency']}".strip()
            text = f"{row.account}: claim on order {order}, worth {worth}"
            if claim["reported_on"]:
                text += f", reported on {words.day(date.fromisoformat(claim['reported_on']))}"
            yield Event(CLAIM, row.account, order, f"{text}.", row.outcome.day.isoformat())


def _old_data(rules: AlertRules, row: Row, day: date) -> Iterator[Event]:
    known_to = row.reported_to
    if not rules.data_older_than or known_to is None:
        return
    age = (day - known_to).days
    if age > rules.data_older_than:
        text = (
            f"{row.account}: not every kind of defect is known after {words.day(known_to)}, "
            f"{words.counted(age, 'day')} ago."
        )
        yield Event(STALE, row.account, "", text, day.isoformat())
