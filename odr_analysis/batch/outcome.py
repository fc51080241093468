"""How the report of one account ended on one day: what index, history and alerts rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

Status = Literal["made", "unchanged", "failed"]


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
    status : {"made", "unchanged", "failed"}
    reason : str
        Why it failed, in one plain sentence; '' otherwise.
    attempts : int
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
