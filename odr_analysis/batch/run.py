"""A batch from its beginning to its end: who is left to do, the work, history, index, alerts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal, get_args

from odr_analysis import clock, words
from odr_analysis.batch.accounts import Batch, BatchAccount, only
from odr_analysis.batch.alerts.send_alerts import send_alerts
from odr_analysis.batch.alerts.through_apprise import check_recipients
from odr_analysis.batch.fingerprint import check_apart
from odr_analysis.batch.history import append, last_of
from odr_analysis.batch.index.earlier_runs import is_late, read_runs
from odr_analysis.batch.index.history_page import write_history
from odr_analysis.batch.index.row import Row
from odr_analysis.batch.index.write_index import write_index
from odr_analysis.batch.outcome import Outcome, Status
from odr_analysis.batch.pools import cluster, processes
from odr_analysis.batch.rounds import Work, outcomes
from odr_analysis.batch.worker import Task, run_account
from odr_analysis.errors import CannotStartError, OdrError, ParameterError
from odr_analysis.progress import Progress, Step, silent
from odr_analysis.reports.limits import Limits
from odr_analysis.reports.parameters import parameters_of
from odr_analysis.reports.report_request import REPORT, notebook_path
from odr_analysis.scratch import alone
from odr_analysis.writing import in_words

DAY = "as_of"
"""The parameter that a batch sets to the scheduled day."""
LOCK = ".odr-batch.lock"


@dataclass(frozen=True)
class How:
    """How a batch is run.

    Attributes
    ----------
    notebook : str
        One of the toolkit's by its name, or a file with ``folder`` and ``as_of`` among its
        parameters.
    jobs : int
        Reports at a time; on a cluster as many as it has workers.
    dask : str
        Address of the scheduler of a Dask cluster; '' for processes of this machine.
    force : bool
        Whether reports are made also where nothing changed.
    names : tuple of str
        The accounts to run; empty for all.
    keep : int
        Days whose reports are kept in a folder of each account; 0 leaves those there as they are.
    retries : int
        How often a failure that may pass by itself is tried again.
    timeout : float, optional
        Seconds that one report may take.
    memory : int, optional
        Bytes that one report may take.
    skip_if_running : bool
        Whether to do nothing where another batch is at work in the same output folder, instead of
        waiting for it.
    alerts : {"send", "show", "off"}
        Whether messages are sent, or only what they would be is stated.
    """

    notebook: str = REPORT
    jobs: int = 1
    dask: str = ""
    force: bool = False
    names: tuple[str, ...] = ()
    keep: int = 0
    retries: int = 2
    timeout: float | None = 1800.0
    memory: int | None = None
    skip_if_running: bool = False
    alerts: Literal["send", "show", "off"] = "send"


@dataclass(frozen=True)
class Done:
    """What a batch did.

    Attributes
    ----------
    outcomes : tuple of Outcome
        Of every account of the file, in its order.
    lines : tuple of str
        Who was sent what.
    skipped : bool
        Whether another batch was at work, and nothing was done.
    """

    outcomes: tuple[Outcome, ...] = ()
    lines: tuple[str, ...] = ()
    skipped: bool = False

    @property
    def counts(self) -> dict[str, int]:
        """How many accounts ended how."""
        found: dict[str, int] = dict.fromkeys(get_args(Status), 0)
        for outcome in self.outcomes:
            found[outcome.status] += 1
        return found


def run_batch(
    batch: Batch,
    out: str | Path,
    day: date,
    how: How | None = None,
    *,
    today: date | None = None,
    progress: Progress = silent,
    ended: Callable[[Outcome], None] = lambda outcome: None,
    note: Callable[[str], None] = lambda text: None,
    work: Work = run_account,
) -> Done:
    """Make the report of every account of a batch, where it is not there already.

    Each account has a folder below `out`, ``accounts/NAME``, with the files of its last report, a
    log of what failed since, and its history. ``index.html``, ``index.json`` and ``index.csv`` in
    `out` are of all accounts.

    Parameters
    ----------
    batch : Batch
    out : str or pathlib.Path
        Output folder; made when missing.
    day : datetime.date
        The scheduled day, for which every rate is stated.
    how : How, optional
    today : datetime.date, optional
        By default this computer's.
    progress : callable
        Takes how many accounts are done.
    ended : callable
        Takes the outcome of each account once it is final.
    note : callable
        Takes a line on what holds the batch up.
    work : callable
        What makes one report.

    Returns
    -------
    Done

    Raises
    ------
    CannotStartError
        Nothing was done: the output folder cannot be written, the notebook is none for a batch,
        the day is to come, no such account, or the cluster is not there. A report that cannot be
        made is an outcome.
    """
    how, today, out = how or How(), today or clock.today(), Path(out).absolute()
    with starting():
        clock.check_past(day, "--as-of", today)
        chosen = only(batch, how.names)
        notebook = _notebook(how.notebook)
        check_recipients(batch.recipients)
        Limits(how.timeout, how.memory)
        check_apart(out, batch.accounts)
        with in_words(out, "--out"):
            out.mkdir(parents=True, exist_ok=True)
    for text in batch.notes:
        note(text)
    with _one_at_a_time(out, how, note) as here:
        if not here:
            return Done(skipped=True)
        every = _outcomes(
            batch,
            [
                Task(a, out, day, today, notebook, how.force, how.keep, how.timeout, how.memory)
                for a in chosen
            ],
            how,
            progress,
            ended,
            note,
            work,
        )
        progress(Step("Writing the index"))
        runs = read_runs(out)
        rows = write_index(out, every, runs)
        return Done(tuple(every), tuple(_sent(batch, rows, out, how, late=is_late(runs, day))))


def _sent(batch: Batch, rows: Sequence[Row], out: Path, how: How, *, late: bool) -> list[str]:
    """Who was sent what, or what keeps messages back; the reports are there either way."""
    if how.alerts == "off":
        return []
    try:
        dry = how.alerts == "show"
        return send_alerts(
            batch.rules, batch.recipients, batch.to, rows, out, dry_run=dry, late=late
        )
    except OdrError as error:
        return [f"No message was sent: {error}"]


def _outcomes(
    batch: Batch,
    tasks: list[Task],
    how: How,
    progress: Progress,
    ended: Callable[[Outcome], None],
    note: Callable[[str], None],
    work: Work,
) -> list[Outcome]:
    """The outcome of every account, those of the tasks after their work is done."""
    out, day = tasks[0].out, tasks[0].day
    found: dict[str, Outcome] = {}
    with cluster(how.dask) if how.dask else nullcontext((processes, how.jobs)) as (pool, jobs):
        progress(Step("Making reports", 0, len(tasks)))
        for outcome in outcomes(tasks, work, pool, min(jobs, len(tasks)), how.retries):
            found[outcome.account] = outcome
            try:
                append(out, outcome)
                write_history(out / outcome.place)
            except (OSError, OdrError) as error:
                note(f"{outcome.account}: its history could not be written ({error}).")
            ended(outcome)
            failed = sum(one.status == "failed" for one in found.values())
            count = f"{words.number(len(found))} of {words.number(len(tasks))}"
            count += f", {words.number(failed)} failed" if failed else ""
            progress(Step("Making reports", len(found), len(tasks), count))
    return [found.get(a.name) or _left_out(out, a, day) for a in batch.accounts]


def _left_out(out: Path, account: BatchAccount, day: date) -> Outcome:
    """An account that this run had nothing to do with, as its last one left it."""
    last = last_of(out, account.place)
    if last is None:
        return Outcome(account.name, account.place, day, "left out", attempts=0)
    return replace(last, day=day, status="left out", attempts=0, seconds=0.0)


@contextmanager
def starting() -> Iterator[None]:
    """Within, whatever is wrong keeps the batch from starting.

    Raises
    ------
    CannotStartError
    """
    try:
        yield
    except OdrError as error:
        raise CannotStartError(str(error)) from error


def _notebook(name: str) -> str:
    """Path of the notebook of a batch, which takes the exports and the day."""
    path = notebook_path(name)
    if DAY not in parameters_of(path):
        raise ParameterError(
            f"{path.name}: its parameters have no {DAY!r}, which a batch sets to the scheduled "
            f'day. Add a line such as {DAY}: str = "".'
        )
    return str(path)


@contextmanager
def _one_at_a_time(out: Path, how: How, note: Callable[[str], None]) -> Iterator[bool]:
    """Whether this batch may work in the output folder: False where it skips another's turn."""
    lock = out / LOCK
    with starting(), in_words(out, "--out"), ExitStack() as held:
        here = held.enter_context(alone(lock, wait=False))
        if not here and not how.skip_if_running:
            note(f"another batch is at work in {out}; this one waits for it.")
            here = held.enter_context(alone(lock))
        still = held.pop_all()
    with still:
        yield here
