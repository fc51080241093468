"""One message with everything a recipient is to know of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from odr_analysis import words
from odr_analysis.batch.alerts.run_events import KINDS, Event
from odr_analysis.visible import visible


@dataclass(frozen=True)
class Message:
    """A message: one line as its title, plain text below."""

    title: str
    body: str


def message_of(events: Sequence[Event], day: date, most: int) -> Message:
    """What happened, in one message.

    Parameters
    ----------
    events : sequence of Event
        At least one, in the order of ``events_of``.
    day : datetime.date
        The scheduled day.
    most : int
        Events written out; of the others the message has the number of each kind.

    Examples
    --------
    >>> events = [
    ...     Event("failed", name, "", f"{name}: no order.", "2026-09-30") for name in "ABC"
    ... ]
    >>> print(message_of(events, date(2026, 9, 30), 2).body)
    3 reports failed:
    - A: no order.
    - B: no order.
    <BLANKLINE>
    Held back, as this message has 2 events at most: 1 report failed. The index has all.
    """
    counts = Counter(event.kind for event in events)
    named = [words.counted(counts[kind], *KINDS[kind]) for kind in KINDS if counts[kind]]
    lines: list[str] = []
    for kind in KINDS:
        mine = [event for event in events[:most] if event.kind == kind]
        if mine:
            lines += [f"{words.counted(counts[kind], *KINDS[kind])}:"]
            lines += [f"- {_line(event, day)}" for event in mine]
            lines += [""]
    held = Counter(event.kind for event in events[most:])
    if held:
        rest = words.listed([words.counted(held[k], *KINDS[k]) for k in KINDS if held[k]])
        limit = words.counted(most, "event")
        lines.append(f"Held back, as this message has {limit} at most: {rest}. The index has all.")
    return Message(f"ODR {words.day(day)}: {words.listed(named)}", "\n".join(lines).strip())


def _line(event: Event, day: date) -> str:
    """An event on one line; with its day where that is an earlier one."""
    seen = date.fromisoformat(event.day)
    of = "" if seen == day else f" ({words.day(seen)})"
    return visible(" ".join(event.text.split())) + of


def not_started(reason: str, day: date) -> Message:
    """What to send when a batch could not start at all.

    >>> not_started("The folder is read-only.", date(2026, 9, 30)).title
    'ODR 30 Sep 2026: the batch did not start'
    """
    body = f"No report was made: {visible(' '.join(reason.split()))}"
    return Message(f"ODR {words.day(day)}: the batch did not start", body)
