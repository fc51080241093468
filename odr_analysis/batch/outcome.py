"""How the report of one account ended: what the index, alerts and history rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

Status = Literal["made", "unchanged", "failed"]


@dataclass(frozen=True)
class Outcome:
    """How the report of one account ended on one day."""

    account: str
    """Its name in the file of accounts."""
    place: str
    """Its folder below the output folder, as a POSIX path, such as ``accounts/shoes-uk``."""
    day: date
    """The scheduled day: a retry or a late start keeps it."""
    status: Status
    reason: str = ""
    """Why it failed, in one plain sentence; empty otherwise."""
    attempts: int = 1
    """How often it was tried in this run; 0 where nothing changed."""
    seconds: float = 0.0
    """How long it took, over all attempts."""
    finished: str = ""
    """When, as an ISO time in UTC."""
    summary: Mapping[str, Any] | None = None
    """What ``summary.json`` of the last report there is holds, also when this run made none; None
    when there never was one."""
