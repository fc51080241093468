"""After a run: who is sent what, once."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from odr_analysis.batch.alerts.alert_rules import AlertRules, Recipient
from odr_analysis.batch.alerts.attachment import pdf_of
from odr_analysis.batch.alerts.message import Message, message_of, not_started
from odr_analysis.batch.alerts.run_events import FAILURE, NOT_STARTED, Event, events_of
from odr_analysis.batch.alerts.sent import OfRecipient, read_sent, write_sent
from odr_analysis.batch.alerts.through_apprise import deliver, private_url
from odr_analysis.batch.index.index_days import DAYS_COLUMNS
from odr_analysis.batch.index.index_files import PAGE
from odr_analysis.batch.index.index_page import index_page
from odr_analysis.batch.index.row import FAILED, Row, rows_of
from odr_analysis.errors import MachineError, OdrError, PlaceError
from odr_analysis.schema import table_of


def send_alerts(
    rules: AlertRules,
    recipients: Mapping[str, Recipient],
    to: Mapping[str, Sequence[str]],
    rows: Sequence[Row],
    out: Path,
    *,
    dry_run: bool = False,
    late: bool = False,
) -> list[str]:
    """Send each recipient one message about what is new on this run, if anything is.

    Parameters
    ----------
    rules : AlertRules
    recipients : mapping
        Name to recipient.
    to : mapping
        Account to the names of its recipients; nobody is sent anything about other accounts.
    rows : sequence of Row
        What :func:`~odr_analysis.batch.index.write_index.write_index` returned.
    out : pathlib.Path
        Output folder of the batch, which keeps what was sent (``alerts.json``).
    dry_run : bool
        Only state what would be sent; nothing is sent or kept.
    late : bool
        Whether a run of a later day was made before: but for failures, that one had the news.

    Returns
    -------
    list of str
        Plain lines: who was sent what, and what could not be delivered, which is tried again on the
        next run. Empty where there was nothing to send.

    Raises
    ------
    ParameterError, OdrError
        A recipient's URL cannot be used, apprise is not installed, or ``alerts.json`` is damaged.
    """
    events = [event for event in events_of(rules, rows) if not late or event.kind == FAILURE]
    tried = [row for row in rows if not row.left_out]
    failures = {row.account for row in tried if row.state == FAILED}
    # A late run knows nothing of what holds by now.
    accounts = set() if late else {row.account for row in tried}
    day, known = rows[0].outcome.day, {row.account for row in tried} - failures
    kept, lines = read_sent(out), []
    for name, recipient in recipients.items():
        mine = {account for account, names in to.items() if name in names}
        state = kept.setdefault(name, OfRecipient())
        concerning = [event for event in events if event.account in mine]
        state.drop(mine, day.isoformat(), known)
        new = state.new(concerning)
        failed = False
        if new:
            message = message_of(new, day, rules.most)
            if dry_run:
                lines += _dry(name, recipient, message)
                continue
            own = [row for row in rows if row.account in mine]
            found = _send(name, recipient, message, own)
            failed = found[0]
            lines += found[1]
        if not dry_run:
            state.keep(concerning, accounts, failures, delivered=not failed)
            # After each, so that whoever is ended here sends no message twice.
            write_sent(out, kept)
    return lines


def send_not_started(
    reason: str,
    day: date,
    recipients: Mapping[str, Recipient],
    out: Path,
    *,
    dry_run: bool = False,
) -> list[str]:
    """Send every recipient that a batch could not start; once for a day and a reason.

    Parameters
    ----------
    reason : str
        Why, in one plain sentence.
    day : datetime.date
        The scheduled day.
    recipients, out, dry_run
        As for :func:`send_alerts`. Where `out` cannot be written, the message goes out all the
        same, and with every try.

    Returns
    -------
    list of str
        Plain lines, as of :func:`send_alerts`. A recipient that cannot be used is a line, too: it
        may be why the batch could not start.
    """
    message, lines = not_started(reason, day), []
    kept = read_sent(out) if out.is_dir() else {}
    mark = f"{day.isoformat()}: {reason}"
    for name, recipient in recipients.items():
        state = kept.setdefault(name, OfRecipient())
        if state.not_started == mark:
            continue
        try:
            if dry_run:
                lines += _dry(name, recipient, message)
                continue
            failed, sent_lines = _send(name, recipient, message, [])
        except OdrError as error:
            lines.append(f"{name}: not sent. {error}")
            continue
        lines += sent_lines
        if out.is_dir():
            if failed:
                state.wait(Event(NOT_STARTED, "", mark, reason, day.isoformat()))
            else:
                state.not_started = mark
            try:
                write_sent(out, kept)
            except (PlaceError, MachineError):
                # That may be why the batch could not start.
                lines.append(f"{name}: that this was sent could not be kept in {out}.")
    return lines


def _dry(name: str, recipient: Recipient, message: Message) -> list[str]:
    head = f"{name} ({private_url(recipient)}) would be sent: {message.title}"
    return [head, *(f"  {line}".rstrip() for line in message.body.splitlines())]


def _send(
    name: str, recipient: Recipient, message: Message, rows: list[Row]
) -> tuple[bool, list[str]]:
    """Send one message; whether that failed, and a plain line."""
    with tempfile.TemporaryDirectory() as folder:
        attached, note = None, ""
        if recipient.attach and rows:
            attached, note = _page(rows, Path(folder), recipient.attach)
        body = f"{message.body}\n\n{note}" if note else message.body
        why = deliver(recipient, Message(message.title, body), attached)
    where = f"{name} ({private_url(recipient)})"
    if why:
        return True, [f"{where}: not delivered, and tried again on the next run: {why}."]
    return False, [f"{where} was sent: {message.title}"]


def _page(rows: Sequence[Row], folder: Path, kind: str) -> tuple[Path, str]:
    """The index of some accounts, compared with each other alone: no other account is in it."""
    outcomes = [row.outcome for row in rows]
    before = {row.account: row.before for row in rows if row.before is not None}
    own = rows_of(outcomes, before)
    page = folder / PAGE
    finished = max(outcome.finished for outcome in outcomes)
    day, no_days = outcomes[0].day, table_of([], DAYS_COLUMNS)
    page.write_text(index_page(own, no_days, day, finished, folder), "utf-8")
    if kind == "html":
        return page, ""
    pdf = page.with_suffix(".pdf")
    why = pdf_of(page, pdf)
    return (pdf, "") if not why else (page, f"The page is attached as HTML, because {why}.")
