"""A notebook run through papermill into a page, a notebook and a summary."""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_EXCEPTION, Future, wait
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Thread
from typing import Any

from odr_analysis import clock, errors
from odr_analysis.cache import default_root
from odr_analysis.load import check_known
from odr_analysis.progress import Progress, StagesOnly, Step, silent
from odr_analysis.remote.address import no_place_for_files
from odr_analysis.remote.local_folder import local_folder
from odr_analysis.reports import fast_papermill
from odr_analysis.reports.kernel import Kernel, WaitingKernel
from odr_analysis.reports.limits import EVERY, Limits
from odr_analysis.reports.notebook_run import STAGES, run_notebook
from odr_analysis.reports.reader_process import SUMMARY, TABLE, Reader
from odr_analysis.reports.report_request import REPORT, Request, check_folder, request_of
from odr_analysis.reports.summary_file import save_summary
from odr_analysis.reports.warm import Server, can_fork
from odr_analysis.scratch import Held
from odr_analysis.writing import ROOM, together

NOTEBOOK, PAGE = "report.ipynb", "report.html"
RUN_ID = "odr_run_id"
"""Key of the notebook's metadata that says which run made it."""
GRACE = 10
"""Seconds a notebook has to be written once its kernel was stopped."""


@dataclass(frozen=True)
class ReportFiles:
    """Where a report was written, what it says in numbers, and where the time went.

    ``seconds`` maps each of ``STAGES`` and ``total`` to wall seconds.
    """

    notebook: Path
    page: Path
    summary_file: Path
    defects_file: Path
    summary: dict[str, Any]
    seconds: dict[str, float]


def run_report(
    folder: str | Path,
    out: str | Path,
    *,
    notebook: str | Path = REPORT,
    parameters: Mapping[str, Any] | None = None,
    cache: str | Path | None = "default",
    memory_limit: str | None = None,
    today: date | None = None,
    progress: Progress = silent,
) -> ReportFiles:
    """Run a notebook on a folder of exports, by default the report.

    Writes ``report.ipynb``, ``report.html``, ``summary.json`` and ``defective-orders.csv``
    into `out`; files of an earlier report there are replaced as one, and only when this one
    is complete. Notebook, page and summary carry the id of the run, and the summary (``made``)
    the hashes of page and table, so that files of two runs can be distinguished.

    Parameters
    ----------
    folder : str or pathlib.Path
        Folder with exports, or its URL in object storage; as for
        :func:`~odr_analysis.load_account`.
    out : str or pathlib.Path
        Folder to write into; made when missing.
    notebook : str or pathlib.Path
        One of the toolkit's by its name (``02-odr-over-time``), or a file of your own with a cell
        tagged ``parameters`` that has ``folder``. It runs in a folder whose files become files of
        `out`.
    parameters : mapping, optional
        Parameters of the notebook by name (``as_of``, ``window_days``, ...); texts are
        turned into the declared type. ``account_name`` is the page's title in any case; of
        others it must declare all.
    cache, memory_limit, progress
        As for :func:`~odr_analysis.load_account`. The notebook finds the cache in ``ODR_CACHE``.
    today : datetime.date, optional
        The day of the run, which no file can know more than; by default this computer's.

    Raises
    ------
    ParameterError
        No such notebook, or one without a parameters cell; an unknown parameter or wrong type, or
        a day that is still to come; no kernel has been started then.
    OdrError
        When the exports cannot be used. An archive that cannot be read, or knows nothing of
        the day asked for, is told before a kernel starts.
    PlaceError
        `out` cannot be written; raised before anything else is done.
    MachineError
        The disk is full, or a process of the report failed or was ended.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from odr_analysis import write_sample
    >>> with TemporaryDirectory() as place:
    ...     exports = write_sample(Path(place) / "tiny", scenario="tiny").parent
    ...     done = run_report(exports, Path(place) / "report", cache=None)
    ...     sorted(path.name for path in done.page.parent.iterdir())
    ['defective-orders.csv', 'report.html', 'report.ipynb', 'summary.json']
    >>> done.summary["account"], done.summary["as_of"]
    ('tiny', '2026-09-30')
    """
    began = time.perf_counter()
    no_place_for_files(out, "--out")
    out = Path(out)
    # Once, so that the notebook and whoever reads beside it see the same files.
    with local_folder(folder, cache, progress) as here:
        # The commonest mistake, found before any process starts.
        check_folder(here)
        with together(out, room=ROOM) as made:
            summary, seconds = make_report(
                lambda: request_of(
                    here, parameters or {}, notebook=notebook, now=today or clock.today()
                ),
                made,
                run_id=uuid.uuid4().hex,
                cache=cache,
                memory_limit=memory_limit,
                progress=progress,
            )
    seconds["total"] = time.perf_counter() - began
    seconds["page"] += seconds["total"] - sum(seconds[stage] for stage in STAGES)
    return ReportFiles(
        out / NOTEBOOK,
        out / PAGE,
        out / SUMMARY,
        out / TABLE,
        summary,
        seconds,
    )


def make_report(
    ask: Callable[[], Request],
    made: Path,
    *,
    run_id: str,
    cache: str | Path | None = None,
    memory_limit: str | None = None,
    server: Server | None = None,
    limits: Limits | None = None,
    failed_too: bool = False,
    progress: Progress = silent,
) -> tuple[dict[str, Any], dict[str, float]]:
    """Make the four files of a report in the folder `made`; returns summary and seconds by stage.

    Parameters
    ----------
    ask : callable
        Makes the request; called once the processes of the report are on their way, which takes
        longer.
    made : pathlib.Path
        An empty folder.
    run_id : str
        32 hexadecimal digits for notebook, page and summary.
    cache, memory_limit, progress
        As for :func:`run_report`.
    server : Server, optional
        What forks the process, for whoever makes many reports at a time: one that reads and then
        is the kernel. Else one is started that forks two, which is faster where both find a
        processor.
    limits : Limits, optional
    failed_too : bool
        Whether a notebook that failed is to be left in `made`, with the cell marked where it did.

    Raises
    ------
    OdrError
        As :func:`run_report`; the first of what went wrong.
    """
    began, limits = time.perf_counter(), limits or Limits()
    goes_on = server is not None
    with (
        _served(server) as by,
        Reader(by, goes_on=goes_on) as reader,
        nullcontext(cache) if cache is not None else Held() as place,
    ):
        cache_folder = default_root() if place == "default" else Path(place).resolve()
        waiting = None
        if by is not None:
            waiting = reader.kernel() if goes_on else WaitingKernel.forked(by)
        with Kernel(waiting, {"ODR_CACHE": str(cache_folder)}) as kernel:
            request = ask()
            given = request.given
            asked = (given.get(name) or None for name in ("marketplace", "known_on"))
            check_known(request.folder, cache_folder, *asked)
            followed = not isinstance(progress, StagesOnly)
            asks = given | {"cache": str(cache_folder), "memory_limit": memory_limit}
            reader.ask(asks, request.policy.to_dict(), made, followed=followed)
            reading = _beside(lambda: reader.answer(progress))

            def cells(step: Step) -> None:
                # Until all is read, the notebook only waits for it.
                if reading.done():
                    progress(step)

            def run() -> dict[str, float]:
                if goes_on:
                    _wait_for_kernel(reading, kernel, failed_too=failed_too)
                return run_notebook(
                    request.notebook, made / NOTEBOOK, request.of_notebook, kernel, cells
                )

            running = _beside(run)
            try:
                _wait(reading, running, limits, failed_too=failed_too)
                # What is wrong with the files the reading process says best, and mostly first.
                summary = reading.result() if reading.done() else None
                seconds = running.result()
                summary = summary or reading.result()
            except errors.MachineError as error:
                if failed_too:
                    kernel.stop(error)
                    wait([running], GRACE)
                raise
        seconds["start"] = time.perf_counter() - began - sum(seconds.values())
        seconds["page"] = -time.perf_counter()
        progress(Step("Making the page"))
        summary = _finish(made, summary, run_id)
    seconds["page"] += time.perf_counter()
    return summary, seconds


def _served(server: Server | None) -> AbstractContextManager[Server | None]:
    """What forks the processes of a report: `server`, or one for it alone; None where none may."""
    if server is not None or not can_fork():
        return nullcontext(server)
    return Server()


def _wait_for_kernel(reading: Future[Any], kernel: Kernel, *, failed_too: bool) -> None:
    """Wait until the process that reads has answered, and can be the kernel.

    Where the failed notebook is wanted it can be one also of files that cannot be used; a process
    that failed by itself cannot.
    """
    fast_papermill.papermill()  # imported meanwhile
    error = reading.exception()
    if error is not None and not failed_too:
        raise error
    if isinstance(error, errors.MachineError):
        kernel.stop(error)


def _wait(reading: Future[Any], running: Future[Any], limits: Limits, *, failed_too: bool) -> None:
    """Wait until both are done or one has failed, within the limits.

    Where the failed notebook is wanted, one whose files cannot be used goes on until it fails, too.
    """
    both = {reading, running}
    while True:
        done, rest = wait(both, EVERY if limits.any else None, return_when=FIRST_EXCEPTION)
        failed = [one.exception() for one in done if one.exception()]
        to_fail = failed_too and not any(isinstance(e, errors.MachineError) for e in failed)
        if not rest or (failed and not (to_fail and rest == {running})):
            return
        both = rest
        limits.check()


def _beside(work: Callable[[], Any]) -> Future[Any]:
    """Do `work` in a thread that nobody has to wait for."""
    future: Future[Any] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - handed on to whoever asks for the result
            future.set_exception(error)

    Thread(target=run, daemon=True).start()
    return future


def _finish(made: Path, summary: dict[str, Any], run_id: str) -> dict[str, Any]:
    """Make the page, mark every file with the run, and look whether all are there and whole."""
    import nbformat

    from odr_analysis.html.page import save_page

    notebook = nbformat.read(made / NOTEBOOK, as_version=4)
    notebook.metadata[RUN_ID] = run_id
    nbformat.write(notebook, made / NOTEBOOK)
    # A notebook of the user's own may show no head, or one that calls the account otherwise.
    save_page(notebook, made / PAGE, summary["account"])
    if not (made / PAGE).read_text("utf-8").rstrip().endswith("</html>"):
        raise errors.MachineError(f"{made / PAGE}: the page was not written to its end.")
    # The notebook holds the times of its run as well, which are no part of what the report says.
    others = (PAGE, TABLE)
    hashes = {name: hashlib.sha256((made / name).read_bytes()).hexdigest() for name in others}
    summary = {**summary, "run_id": run_id, "made": hashes}
    save_summary(summary, made / SUMMARY)
    return summary
