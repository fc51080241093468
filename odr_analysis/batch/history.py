"""What became of an account in every run: one line each, in a file of its folder."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

from odr_analysis.batch.index.history_page import HISTORY, history_line, read_history
from odr_analysis.batch.outcome import KeptSummary, Outcome
from odr_analysis.reports.reader_process import SUMMARY


def append(out: Path, outcome: Outcome) -> None:
    """Add an outcome to the history of its account.

    Raises
    ------
    OSError
        It cannot be written.
    """
    path = out / outcome.place / HISTORY
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(history_line(outcome), ensure_ascii=False)
    # Whoever was killed in the middle of a line left it without an end.
    begun = path.is_file() and not path.read_bytes().endswith(b"\n")
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    try:
        os.write(handle, f"{chr(10) if begun else ''}{line}\n".encode())
    finally:
        os.close(handle)


def last_of(out: Path, place: str) -> Outcome | None:
    """How the last run of an account ended, with the summary of its last report; None without."""
    runs = read_history(out / place / HISTORY)
    if not runs:
        return None
    last, summary = runs[-1], out / place / SUMMARY
    return Outcome(
        account=last["account"],
        place=place,
        day=date.fromisoformat(last["day"]),
        status=last["status"],
        reason=last["reason"],
        attempts=last["attempts"],
        seconds=last["seconds"],
        finished=last["finished"],
        summary=KeptSummary(summary) if summary.is_file() else None,
    )
