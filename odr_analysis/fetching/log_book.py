"""What was asked for and what came of it, kept in the folder, so that another run goes on.

It holds days, names of files and Amazon's numbers of reports; no credentials, and nothing of what
the reports say. Its name begins with a dot, so that it is no export.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from odr_analysis.errors import OdrError
from odr_analysis.fetching.report_types import SETTLED_DAYS, Wanted
from odr_analysis.writing import placed

NAME = ".odr-fetch.json"
FORMAT = 1
ASKED, DONE, NO_DATA, FAILED = "asked", "downloaded", "no data", "failed"
"""What became of a report."""


@dataclass(frozen=True)
class Entry:
    """One report: Amazon's number, its days, when it was asked for, its state and file."""

    report_id: str
    first: date
    last: date
    asked_on: date
    state: str = ASKED
    file: str = ""


class LogBook:
    """The entries of one folder by key.

    Raises
    ------
    OdrError
        The file is damaged, or of a newer version.
    """

    def __init__(self, folder: Path):
        self.folder, self.path = folder, folder / NAME
        self.entries: dict[str, Entry] = {}
        if not self.path.exists():
            return
        try:
            content = json.loads(self.path.read_text("utf-8"))
            newer = content["format"] > FORMAT
            if not newer:
                self.entries = {key: _entry(e) for key, e in content["reports"].items()}
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise OdrError(
                f"{self.path}: damaged, so what was asked for is not known. Remove this file; the "
                "reports are then asked for anew."
            ) from error
        if newer:
            raise OdrError(f"{self.path}: written by a newer version. Upgrade odr-analysis.")

    def keep(self, key: str, entry: Entry) -> None:
        """Keep an entry, whole, before anything else is done."""
        self.entries[key] = entry
        reports = {k: _plain(e) for k, e in sorted(self.entries.items())}
        with placed(self.path, "DIR") as aside:
            aside.write_text(json.dumps({"format": FORMAT, "reports": reports}, indent=1), "utf-8")

    def to_ask(self, one: Wanted, today: date) -> Wanted | None:
        """What to ask for to have `one`: None where it is there or was asked for already.

        Of a block of which a file is there, the days of that are asked for too, since the new file
        takes its place.
        """
        entry = self.entries.get(one.key)
        if entry is None:
            return one
        covered = entry.first <= one.first and one.last <= entry.last
        if covered and entry.state == ASKED:
            return None
        lost = entry.state == DONE and not (self.folder / entry.file).is_file()
        settled = entry.asked_on > entry.last + timedelta(days=SETTLED_DAYS)
        stays = entry.state != FAILED and not lost and (settled or entry.asked_on == today)
        if covered and stays:
            return None
        return replace(one, first=min(one.first, entry.first), last=max(one.last, entry.last))


def _plain(entry: Entry) -> dict[str, str]:
    return {name: str(value) for name, value in asdict(entry).items()}


def _entry(kept: dict[str, Any]) -> Entry:
    first, last, asked_on = (date.fromisoformat(kept[n]) for n in ("first", "last", "asked_on"))
    report_id, state, file = (str(kept[n]) for n in ("report_id", "state", "file"))
    if Path(file).name != file:
        raise ValueError(f"{file!r} cannot name a file")
    return Entry(report_id, first, last, asked_on, state, file)
