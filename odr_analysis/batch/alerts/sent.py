"""Which events each recipient has been sent, so that each goes out once, and none is lost."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from odr_analysis.batch.alerts.run_events import FAILURE, NOT_STARTED, Event
from odr_analysis.errors import OdrError
from odr_analysis.writing import placed

FILE = "alerts.json"
SCHEMA_VERSION = "1.0"


@dataclass
class OfRecipient:
    """What one recipient has been sent.

    Attributes
    ----------
    sent : set of str
        Keys of events that still hold, and were sent.
    unsent : list of Event
        Those of earlier runs that could not be delivered.
    not_started : str
        Day and reason of the last message that a batch could not start.
    """

    sent: set[str] = field(default_factory=set)
    unsent: list[Event] = field(default_factory=list)
    not_started: str = ""

    def drop(self, mine: Collection[str], day: str, known: Collection[str]) -> None:
        """Of what was not delivered, drop what must not go out any more.

        Parameters
        ----------
        mine : collection of str
            The recipient's accounts; it is sent nothing about one that it had before.
        day : str
            Scheduled day of this run, ISO. It takes the place of an earlier run of the day: what
            that one found holds only if this one finds it, too.
        known : collection of str
            The accounts that have a report on this run; of others this run finds nothing.
        """
        self.unsent = [
            event
            for event in self.unsent
            if event.kind == NOT_STARTED
            or (event.account in mine and not (event.day == day and event.account in known))
        ]

    def wait(self, event: Event) -> None:
        """Send an event with the next run, once."""
        if event.key not in {one.key for one in self.unsent}:
            self.unsent.append(event)

    def new(self, events: Sequence[Event]) -> list[Event]:
        """Events to send now, by kind: those of earlier runs not delivered, and new ones.

        What waited comes before the new ones of its kind, so that it is not the first to be held
        back where there is more than a message has room for.
        """
        now = {event.key: event for event in events}
        # What still holds is stated as it is now.
        late = [event for event in self.unsent if event.key not in now]
        fresh = [event for event in events if event.key not in self.sent]
        waited = {event.key for event in self.unsent}
        return sorted(late + fresh, key=lambda event: (event.place, event.key not in waited))

    def keep(
        self,
        events: Sequence[Event],
        accounts: Collection[str],
        failed: Collection[str] = (),
        *,
        delivered: bool,
    ) -> None:
        """Take note of a run.

        Parameters
        ----------
        events : sequence of Event
            Every event of the run that concerns the recipient, sent now or before.
        accounts : collection of str
            The accounts of the run. An event of theirs that no longer holds may happen again; of
            accounts that were left out nothing is known.
        failed : collection of str
            Those of them whose report failed, of which nothing but that is known.
        delivered : bool
            Whether the message of this run was delivered, or there was nothing to send.
        """
        new, hold = self.new(events), {event.key for event in events}
        kept = {key for key in self.sent if key in hold or not _over(key, accounts, failed)}
        if delivered:
            self.sent, self.unsent = kept | hold, []
        else:
            self.sent, self.unsent = kept, new


def _over(key: str, accounts: Collection[str], failed: Collection[str]) -> bool:
    """Whether an event that this run did not find is known to hold no longer."""
    kind, account, _ = key.split("\t")
    return account in accounts and (kind == FAILURE or account not in failed)


def read_sent(out: Path) -> dict[str, OfRecipient]:
    """What was sent so far, by recipient; nothing where there is no file.

    Raises
    ------
    OdrError
        The file is damaged, or of another version: without it every message would go out again.
    """
    path = out / FILE
    if not path.exists():
        return {}
    try:
        state = json.loads(path.read_text("utf-8"))
        if state["schema_version"] != SCHEMA_VERSION:
            raise ValueError(f"version {state['schema_version']!r}")
        return {
            name: OfRecipient(
                set(one["sent"]), [Event(**event) for event in one["unsent"]], one["not_started"]
            )
            for name, one in state["recipients"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise OdrError(
            f"{path}: not a record of messages of version {SCHEMA_VERSION} "
            f"({type(error).__name__}: {error}). Without it, messages would be sent again; move it "
            "away if that is what you want."
        ) from error


def write_sent(out: Path, recipients: dict[str, OfRecipient]) -> None:
    """Write what was sent, whole."""
    state = {
        "schema_version": SCHEMA_VERSION,
        "recipients": {
            name: {
                "sent": sorted(one.sent),
                "unsent": [asdict(event) for event in one.unsent],
                "not_started": one.not_started,
            }
            for name, one in recipients.items()
        },
    }
    with placed(out / FILE) as aside:
        aside.write_text(json.dumps(state, indent=1, ensure_ascii=False) + "\n", "utf-8")
