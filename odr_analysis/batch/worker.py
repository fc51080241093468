"""One account in one worker process: its report made, or why not."""

from __future__ import annotations

import shutil
import time
import traceback
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from html import escape
from pathlib import Path
from threading import Lock
from typing import Any, Literal

from odr_analysis import errors, words
from odr_analysis.batch.accounts import BatchAccount
from odr_analysis.batch.fingerprint import fingerprint, is_made
from odr_analysis.batch.kept import keep_dated
from odr_analysis.batch.outcome import (
    FAILED_NOTEBOOK,
    FAILED_PAGE,
    LOG,
    KeptSummary,
    Outcome,
    Status,
)
from odr_analysis.batch.own_process import in_own_process
from odr_analysis.cache import default_root
from odr_analysis.policy import Policy
from odr_analysis.remote.local_folder import local_folder
from odr_analysis.reports.limits import Limits
from odr_analysis.reports.parameters import VALID
from odr_analysis.reports.reader_process import SUMMARY
from odr_analysis.reports.report_request import Request, request_of
from odr_analysis.reports.runner import NOTEBOOK, make_report
from odr_analysis.reports.warm import Server, can_fork
from odr_analysis.versions import __version__
from odr_analysis.visible import visible
from odr_analysis.writing import ROOM, goes, together

READY = "odr_analysis.batch.ready:ready"
LONGEST_REASON = 400
"""Characters of a reason; of a longer one, the log has the rest."""
CUT = " … "
MARKED = "papermill-error-cell-tag"
"""What papermill tags the cells with that it adds to a notebook in which a cell failed."""


@dataclass(frozen=True)
class Task:
    """What a worker needs to know to make one report.

    Attributes
    ----------
    account : BatchAccount
    out : pathlib.Path
        Output folder of the batch.
    day, today : datetime.date
        The scheduled day, and that on which the batch began.
    notebook : str
    force : bool
        Whether to make it also where it is there.
    keep : int
        Days whose reports are kept beside; 0 for none.
    timeout : float or None
        Seconds.
    memory : int or None
        Bytes.
    attempt : int
        1 for the first.
    """

    account: BatchAccount
    out: Path
    day: date
    today: date
    notebook: str
    force: bool = False
    keep: int = 0
    timeout: float | None = None
    memory: int | None = None
    attempt: int = 1

    @property
    def place(self) -> Path:
        """Folder of the account's report."""
        return self.out / self.account.place

    @property
    def summary(self) -> KeptSummary | None:
        """Summary of the last report there is."""
        path = self.place / SUMMARY
        return KeptSummary(path) if path.is_file() else None


@dataclass(frozen=True)
class Attempt:
    """How one attempt ended, and whether another may end better."""

    outcome: Outcome
    passing: bool = False


_alone = Lock()
"""One report at a time in a process, whoever has threads: limits are those of the process."""
_server: Server | None = None


def run_account(task: Task) -> Attempt:
    """Make the report of one account, unless it is there.

    Whatever goes wrong is in the outcome; only what ends the process does not come back.
    """
    began = time.monotonic()
    status: Status
    with _alone:
        try:
            status, reason, passing = _made(task), "", False
        except Exception as error:  # noqa: BLE001 - one account's failure is no other's
            status, reason, passing = "failed", reason_of(error), errors.passes(error)
            with suppress(OSError):  # the outcome has the reason anyhow
                _log(task, error)
    return Attempt(
        Outcome(
            account=task.account.name,
            place=task.account.place,
            day=task.day,
            status=status,
            reason=reason,
            attempts=0 if status == "unchanged" else task.attempt,
            seconds=time.monotonic() - began,
            finished=datetime.now(UTC).isoformat(timespec="seconds"),
            summary=task.summary,
        ),
        passing,
    )


def _made(task: Task) -> Literal["made", "unchanged"]:
    """Make the report of an account where it is not there; says which it was."""
    with ExitStack() as held:
        try:
            request = _asked(task, held)
            mark = fingerprint(request, task.day)
        except Exception:
            # What an earlier run left of another failure would pass for this one's.
            forget_failure(task.place)
            raise
        return _made_of(task, request, mark)


def _made_of(task: Task, request: Request, mark: str) -> Literal["made", "unchanged"]:
    """:func:`_made` of a request with its fingerprint."""
    place, limits = task.place, Limits(task.timeout, task.memory)
    if not task.force and is_made(place, mark):
        _settle(task)
        return "unchanged"
    failure: Exception | None = None
    with together(place, room=ROOM) as made:
        try:
            make_report(
                lambda: request,
                made,
                run_id=mark,
                # Half for the engine, which goes to disk beyond it; the rest is pandas and figures.
                memory_limit=f"{task.memory // 2_000_000}MB" if task.memory else None,
                server=_warm(),
                limits=limits,
                failed_too=True,
            )
        except Exception as error:  # noqa: BLE001 - raised again once its notebook is in place
            failure = error
            _leave_failed(made, error, task.account.name)
        goes(made, (FAILED_NOTEBOOK, FAILED_PAGE))
    if failure is not None:
        raise failure
    _settle(task)
    return "made"


def _settle(task: Task) -> None:
    """What is done once the report is there: earlier days are kept, and nothing failed."""
    keep_dated(task.place, task.day, task.keep)
    forget_failure(task.place, LOG)


def _asked(task: Task, held: ExitStack) -> Request:
    """What the report of a task is made of; its exports stay here until `held` is left."""
    account = task.account
    own = {"marketplace": account.marketplace, "policy": account.policy}
    there = account.warehouse and account.warehouse.addressed()

    def bring(given: Mapping[str, Any], policy: Policy) -> Path:
        assert there is not None
        how: dict[str, Any] = {"name": account.name, "today": task.today, "cache": default_root()}
        call = partial(there.bring, given, policy, **how)
        return in_own_process(call, _warm(), Limits(task.timeout, task.memory))

    return request_of(
        # A URL is fetched once, and a warehouse asked once, so that all who read see the same.
        bring if there else held.enter_context(local_folder(account.folder)),
        {**account.parameters, **{k: v for k, v in own.items() if v}, "as_of": f"{task.day}"},
        notebook=task.notebook,
        account_name=account.name,
        now=task.today,
    )


def _warm() -> Server | None:
    """What forks the processes of all reports of this worker; None where none may be forked."""
    global _server
    if not can_fork():
        return None
    if _server is None or not _server.alive:
        _server = Server(READY)
    return _server


def _leave_failed(made: Path, why: Exception, account: str) -> None:
    """Of a report in the making, leave the notebook that failed and its page alone."""
    failed = made / FAILED_NOTEBOOK
    if (notebook := made / NOTEBOOK).is_file():
        notebook.rename(failed)
    for path in made.iterdir():
        if path != failed:
            path.unlink() if path.is_file() else shutil.rmtree(path)
    if failed.is_file():
        import nbformat

        from odr_analysis.html.page import save_page

        notebook = nbformat.read(failed, as_version=4)
        if not any(MARKED in cell.metadata.get("tags", []) for cell in notebook.cells):
            # A notebook that reads nothing of the exports runs to its end whatever is in them.
            text = (
                "**The report was not made, although no cell of this notebook failed:**\n\n"
                f"<p>{escape(reason_of(why))}</p>"
            )
            notebook.cells.insert(0, nbformat.v4.new_markdown_cell(text))
            nbformat.write(notebook, failed)
        save_page(notebook, made / FAILED_PAGE, account)


def forget_failure(place: Path, *more: str) -> None:
    """Remove what an earlier run left of a failure, and the files `more`."""
    for name in (FAILED_NOTEBOOK, FAILED_PAGE, *more):
        with suppress(OSError):
            (place / name).unlink(missing_ok=True)


def reason_of(error: Exception) -> str:
    """Why a report failed, in one line.

    Of a long one the middle is left out: it begins with what failed and ends with what to do. Of
    many problems, each with what to do, the first are whole.

    Examples
    --------
    >>> reason_of(errors.OdrError("No orders.\\nAdd some.")), reason_of(ZeroDivisionError("x"))
    ('No orders. Add some.', 'ZeroDivisionError: x')
    """
    if isinstance(error, errors.FrameError):
        return _first_of([_line(problem) for problem in error.problems])
    if isinstance(error, OSError) and error.strerror:
        text = f"{error.filename}: {error.strerror}." if error.filename else f"{error.strerror}."
    else:
        kind = "" if isinstance(error, errors.OdrError) else f"{type(error).__name__}: "
        # Of parameters, the log lists those there are.
        text = f"{kind}{error}".partition(f"\n{VALID}")[0]
    return _without_middle(_line(text), LONGEST_REASON)


def _line(text: str) -> str:
    return visible(" ".join(text.split()))


def _first_of(problems: list[str]) -> str:
    """As many problems as there is room for, at least one, and how many more there are."""
    for n in range(min(len(problems), LONGEST_REASON), 1, -1):
        line = f"{' '.join(problems[:n])}{_and_more(len(problems) - n)}"
        if len(line) <= LONGEST_REASON:
            return line
    more = _and_more(len(problems) - 1)
    return f"{_without_middle(problems[0], LONGEST_REASON - len(more))}{more}"


def _and_more(n: int) -> str:
    return f" And {words.counted(n, 'more problem')}: see the log." if n else ""


def _without_middle(line: str, longest: int) -> str:
    """A line of at most `longest` characters: its beginning and its end, in whole words."""
    if len(line) <= longest:
        return line
    half = (longest - len(CUT)) // 2
    # One more than fits, so that a word ending just there stays whole; a path may be one word.
    first, last = line[: half + 1], line[-half - 1 :]
    first = first.rpartition(" ")[0] or first[:-1]
    last = last.partition(" ")[2] or last[1:]
    return f"{first}{CUT}{last}"


def _log(task: Task, error: Exception) -> None:
    """Write down a failed attempt with all that may help to mend it; the first one begins anew."""
    task.place.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    text = (
        f"{now} odr-analysis {__version__}, report of {task.day}, attempt {task.attempt}\n"
        f"{''.join(traceback.format_exception(error))}{getattr(error, 'details', '')}\n\n"
    )
    mode = "w" if task.attempt == 1 else "a"
    with (task.place / LOG).open(mode, encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
