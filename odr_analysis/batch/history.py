"""What became of an account in every run: one line each, in a file of its folder."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

from odr_analysis.batch.outcome import KeptSummary, Outcome
from odr_analysis.reports.reader_process import SUMMARY

HISTORY = "history.jsonl"
FIELDS = ("account", "place", "day", "status", "reason", "attempts", "seconds", "finished")
"""What a line holds of an outcome; the summary is a file of its own."""


def append(out: Path, outcome: Outcome) -> None:
    """Add an outcome to the history of its account.

    Raises
    ------
    OSError
        It cannot be written.
    """
    place = out / outcome.place
    place.mkdir(parents=True, exist_ok=True)
    told: dict[str, Any] = {name: getattr(outcome, name) for name in FIELDS}
    told |= {"day": outcome.day.isoformat(), "seconds": round(outcome.seconds, 3)}
    line = json.dumps(told, ensure_ascii=False).encode()
    handle = os.open(place / HISTORY, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
    try:
        # Whoever was killed in the middle of a line left it without an end.
        size = os.fstat(handle).st_size
        begun = size > 0 and os.pread(handle, 1, size - 1) != b"\n" if hasattr(os, "pread") else False
        os.write(handle, (b"\n" if begun else b"") + line + b"\n")
    finally:
        os.close(handle)


def outcomes_of(place: Path) -> list[Outcome]:
    """The history of an account, the oldest run first; lines that are not whole are left out.

    All but the last have no summary: its file is that of the last report there is.
    """
    try:
        lines = (place / HISTORY).read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        try:
            told = json.loads(line)
            told["day"] = date.fromisoformat(told["day"])
            found.append(Outcome(**{name: told[name] for name in FIELDS}))
        except (ValueError, LookupError, TypeError):
            continue
    return found


def last_of(out: Path, place: str) -> Outcome | None:
    """How the last run of an account ended, with the summary of its last report; None without."""
    found = outcomes_of(out / place)
    if not found:
        return None
    summary = out / place / SUMMARY
    last = found[-1]
    return Outcome(
        **{name: getattr(last, name) for name in FIELDS},
        summary=KeptSummary(summary) if summary.is_file() else None,
    )
