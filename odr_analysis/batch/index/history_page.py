"""The runs of one account as a page: day, state, how long it took, why it failed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from markupsafe import Markup

from odr_analysis import words
from odr_analysis.batch.index.cells import failure_links
from odr_analysis.batch.index.index_files import HISTORY_PAGE, PAGE, REPORT_PAGE
from odr_analysis.batch.index.index_page import stylesheet
from odr_analysis.batch.index.row import FAILED, RANK_WORDS, rows_of
from odr_analysis.batch.index.sentences import rate_text
from odr_analysis.batch.outcome import Outcome
from odr_analysis.html.style_sheet import templates
from odr_analysis.writing import placed

HISTORY = "history.jsonl"
MOST_RUNS = 400
"""Runs the page has, the newest; the file has all that are kept."""


@dataclass(frozen=True)
class RunCells:
    """One run in words."""

    day: str
    css: str
    state: str
    rate: str
    status: str
    took: str
    attempts: str
    reason: str


def history_line(outcome: Outcome) -> dict[str, Any]:
    """What the history of an account keeps of one run: one line of ``history.jsonl``.

    Returns
    -------
    dict
        ``account, day, status, state, rate, reason, attempts, seconds, finished``. ``state`` is
        that of the index, ``rate`` the worst rate in words; '' where there is none.
    """
    (row,) = rows_of([outcome], {})
    return {
        "account": outcome.account,
        "day": outcome.day.isoformat(),
        "status": outcome.status,
        "state": row.state,
        "rate": rate_text(row.rates[0]) if row.rates and row.state != FAILED else "",
        "reason": outcome.reason,
        "attempts": outcome.attempts,
        "seconds": outcome.seconds,
        "finished": outcome.finished,
    }


def read_history(path: Path) -> list[dict[str, Any]]:
    """Lines of a history, the oldest first; one that was not written to its end is left out."""
    found = []
    for line in path.read_text("utf-8").splitlines() if path.exists() else ():
        try:
            run = json.loads(line)
        except ValueError:  # whoever wrote it was ended
            continue
        if isinstance(run, dict) and {"account", "day", "status", "state"} <= run.keys():
            found.append(run)
    return found


def write_history(folder: Path) -> None:
    """Write the page of an account's runs beside its ``history.jsonl``.

    Parameters
    ----------
    folder : pathlib.Path
        The account's folder, somewhere below the folder of the index.

    Raises
    ------
    PlaceError, MachineError
        It cannot be written there.
    """
    runs = read_history(folder / HISTORY)[::-1]
    # The folder of an account may have parts of its own.
    above = next((n for n, parent in enumerate(folder.parents, 1) if parent.name == "accounts"), 1)
    page = (
        templates()
        .get_template("history.html.j2")
        .render(
            css=Markup(stylesheet()),
            account=runs[0]["account"] if runs else folder.name,
            index=f"{'../' * (above + 1)}{PAGE}",
            report=REPORT_PAGE if (folder / REPORT_PAGE).exists() else "",
            failure=failure_links(folder, "") if runs and runs[0]["status"] == FAILED else (),
            sentence=_sentence(runs),
            runs=[_cells(run) for run in runs[:MOST_RUNS]],
            more=words.counted(len(runs) - MOST_RUNS, "older run") if len(runs) > MOST_RUNS else "",
        )
    )
    with placed(folder / HISTORY_PAGE) as aside:
        aside.write_text(page, "utf-8")


def _sentence(runs: list[dict[str, Any]]) -> str:
    if not runs:
        return "There has been no run yet."
    failed = sum(run["status"] == "failed" for run in runs)
    n = words.counted(len(runs), "run")
    if not failed:
        return f"None of {n} failed."
    return f"{words.number(failed)} of {n} failed."


def _cells(run: dict[str, Any]) -> RunCells:
    attempts, seconds = int(run.get("attempts", 1)), float(run.get("seconds", 0))
    return RunCells(
        day=words.day(date.fromisoformat(run["day"])),
        css=str(run["state"]).replace(" ", "-"),
        state=RANK_WORDS.get(run["state"], str(run["state"])),
        rate=str(run.get("rate", "")),
        status=str(run["status"]),
        took=f"{words.decimal(seconds)} s" if seconds else "",
        attempts=words.number(attempts) if attempts else "",
        reason=str(run.get("reason", "")),
    )
