"""How the report of one account ended on one day: what index, history and alerts rest on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

Status = Literal["made", "unchanged", "failed", "left out"]
"""What became of a report on a run; ``left out``: nothing was tried."""
FAILED_NOTEBOOK, FAILED_PAGE = "failed.ipynb", "failed.html"
"""What is left of a report that failed, beside the last that did not."""
LOG = "log.txt"
"""The attempts of the last run that failed; gone once a report is made."""


@dataclass(frozen=True)
class Outcome:
    """How the report of one account ended on one day.

    Attributes
    ----------
    account : str
        Its name in the file of accounts.
    place : str
        Its folder below the output folder, with ``/`` between the parts.
    day : datetime.date
        The scheduled day, which a retry or a late start keeps.
    status : {"made", "unchanged", "failed", "left out"}
    reason : str
        Why it failed, in one plain sentence; of one left out, why the run before did. '' otherwise.
    attempts : int
        How often it was tried in this run; 0 where nothing had to be.
    seconds : float
        Wall time of all attempts.
    finished : str
        ISO time in UTC.
    summary : mapping, optional
        ``summary.json`` of the last report there is, also where this run failed; None where there
        never was one.
    """

    account: str
    place: str
    day: date
    status: Status
    reason: str = ""
    attempts: int = 1
    seconds: float = 0.0
    finished: str = ""
    summary: Mapping[str, Any] | None = None


class KeptSummary(Mapping[str, Any]):
    """A ``summary.json`` that is read when it is asked.

    A batch of thousands of accounts has as many summaries, most of whose bytes are receipts.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "summary.json"
    ...     _ = path.write_text('{"account": "Shoes"}')
    ...     KeptSummary(path)["account"]
    'Shoes'
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, Any]:
        """All of it, for whoever needs more than one of its parts."""
        found: dict[str, Any] = json.loads(self._path.read_text("utf-8"))
        return found

    def __getitem__(self, key: str) -> Any:
        return self.read()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.read())

    def __len__(self) -> int:
        return len(self.read())
