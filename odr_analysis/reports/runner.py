"""The report notebook run through papermill into a page, a notebook and a summary."""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any

import attrs

from odr_analysis import clock, errors
from odr_analysis.days import day_of
from odr_analysis.exports.files.walk import no_file, walk
from odr_analysis.load import check_known
from odr_analysis.policy import Policy
from odr_analysis.presets import PRESETS, load_policy
from odr_analysis.progress import Progress, StagesOnly, Step, silent
from odr_analysis.remote.address import no_place_for_files
from odr_analysis.remote.local_folder import local_folder
from odr_analysis.reports import fast_papermill
from odr_analysis.reports.kernel import Kernel
from odr_analysis.reports.parameters import Parameter, checked, parameters_of
from odr_analysis.reports.reader_process import SUMMARY, TABLE, Reader
from odr_analysis.reports.summary_file import save_summary
from odr_analysis.reports.warm import Server, can_fork
from odr_analysis.scratch import Held
from odr_analysis.writing import ROOM, together

REPORT = "05-report.ipynb"
NOTEBOOK, PAGE = "report.ipynb", "report.html"
RUN_ID = "odr_run_id"
"""Key of the notebook's metadata that says which run made it."""
STAGES = ("start", "imports", "load", "compute", "draw", "page")
"""What the time of a report is split into; cells of the notebook carry the middle four as tags."""


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


def notebook_path(name: str) -> Path:
    """A notebook of the toolkit: in the package when installed, else beside it in a checkout.

    Raises
    ------
    OdrError
        When there is no notebook of that name.
    """
    package = Path(__file__).parents[1]
    for place in (package / "notebooks", package.parent / "notebooks"):
        if (place / name).is_file():
            return place / name
    raise errors.OdrError(f"There is no notebook {name!r} in the toolkit.")


def run_report(
    folder: str | Path,
    out: str | Path,
    *,
    parameters: Mapping[str, Any] | None = None,
    cache: str | Path | None = "default",
    memory_limit: str | None = None,
    today: date | None = None,
    progress: Progress = silent,
) -> ReportFiles:
    """Run the report notebook on a folder of exports.

    Writes ``report.ipynb``, ``report.html``, ``summary.json`` and ``defective-orders.csv``
    into `out`; files of an earlier report there are replaced as one, and only when this one
    is complete. Notebook, page and summary carry the id of the run, and the summary (``made``)
    the hashes of the others, so that files of two runs can be distinguished.

    Parameters
    ----------
    folder : str or pathlib.Path
        Folder with exports, or its URL in object storage; as for
        :func:`~odr_analysis.load_account`.
    out : str or pathlib.Path
        Folder to write into; made when missing.
    parameters : mapping, optional
        Parameters of the notebook by name (``as_of``, ``window_days``, ...); texts are
        turned into the declared type.
    cache, memory_limit, progress
        As for :func:`~odr_analysis.load_account`.
    today : datetime.date, optional
        The day of the run, which no file can know more than; by default this computer's.

    Raises
    ------
    ParameterError
        Unknown parameter or wrong type, or a day that is still to come; no kernel has been
        started then.
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
    # Once, so that the notebook and whoever reads beside it see the same files.
    with local_folder(folder, cache, progress) as here:
        return _run(
            here.resolve(), Path(out), parameters, cache, memory_limit, today, progress, began
        )


def _run(
    folder: Path,
    out: Path,
    parameters: Mapping[str, Any] | None,
    cache: str | Path | None,
    memory_limit: str | None,
    today: date | None,
    progress: Progress,
    began: float,
) -> ReportFiles:
    """:func:`run_report` of a folder on this computer."""
    if not walk(folder):
        raise errors.OdrError(no_file(folder))
    keep = nullcontext(cache) if cache is not None else Held()
    with (
        together(out, room=ROOM) as made,
        Server() if can_fork() else nullcontext(None) as server,
        Reader(server) as reader,
        keep as place,
        Kernel(server) as kernel,
    ):
        cache_folder = str(place)
        notebook = notebook_path(REPORT)
        own = parameters_of(notebook)
        values = checked(parameters or {}, own | policy_parameters(), REPORT)
        values, policy = with_policy(values)
        now = today or clock.today()
        if values.get("as_of"):
            clock.check_past(day_of(values["as_of"], "as_of"), "as_of", now)
        asked = (values.get(name) or None for name in ("marketplace", "known_on"))
        check_known(folder, cache_folder, *asked)
        values |= {"folder": str(folder), "cache": cache_folder, "today": now.isoformat()}
        followed = not isinstance(progress, StagesOnly)
        asks = values | {"memory_limit": memory_limit}
        reader.ask(asks, policy.to_dict(), made, followed=followed)
        reading = _beside(lambda: reader.answer(progress))

        def cells(step: Step) -> None:
            # Until all is read, the notebook only waits for it.
            if reading.done():
                progress(step)

        running = _beside(lambda: _execute(notebook, made / NOTEBOOK, values, kernel, cells))
        wait([reading, running], return_when=FIRST_EXCEPTION)
        # What is wrong with the files the reading process says best, and mostly first.
        summary = reading.result() if reading.done() else running.result() and reading.result()
        seconds = running.result()
        seconds["start"] = time.perf_counter() - began - sum(seconds.values())
        seconds["page"] = -time.perf_counter()
        progress(Step("Making the page"))
        summary = _finish(made, summary, uuid.uuid4().hex)
    seconds["page"] += time.perf_counter()
    seconds["total"] = time.perf_counter() - began
    return ReportFiles(
        out / NOTEBOOK,
        out / PAGE,
        out / SUMMARY,
        out / TABLE,
        summary,
        seconds,
    )


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
    save_page(notebook, made / PAGE)
    if not (made / PAGE).read_text("utf-8").rstrip().endswith("</html>"):
        raise errors.MachineError(f"{made / PAGE}: the page was not written to its end.")
    others = (NOTEBOOK, PAGE, TABLE)
    hashes = {name: hashlib.sha256((made / name).read_bytes()).hexdigest() for name in others}
    summary = {**summary, "run_id": run_id, "made": hashes}
    save_summary(summary, made / SUMMARY)
    return summary


def policy_parameters() -> dict[str, Parameter]:
    """The rules of the rate as parameters of the report, by name."""
    rules = [f for f in attrs.fields(Policy) if f.name != "name"]
    return {
        f.name: Parameter(f.name, type(f.default).__name__, repr(f.default), "rule of the policy")
        for f in rules
    }


def with_policy(values: Mapping[str, Any]) -> tuple[dict[str, Any], Policy]:
    """Report parameters with single rules gathered in ``rules``, and the policy they describe.

    Raises
    ------
    ParameterError
        When they make no sense.
    """
    known = policy_parameters()
    rules = [*values.get("rules", []), *([k, v] for k, v in values.items() if k in known)]
    if not all(isinstance(r, list) and len(r) == 2 and isinstance(r[0], str) for r in rules):
        raise errors.ParameterError('rules must be pairs like [["lag_days", 14]].')
    base = values.get("policy") or Policy().name
    if base not in PRESETS:
        base = str(Path(base).resolve())
    rest = {k: v for k, v in values.items() if k not in known}
    return rest | {"policy": base, "rules": rules}, load_policy(base, **dict(rules))


def _execute(
    notebook: Path, target: Path, values: dict[str, Any], kernel: Kernel, progress: Progress
) -> dict[str, float]:
    """Run the notebook in a kernel of this interpreter; returns seconds by stage."""
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    # Papermill adds one with the parameters.
    total = 1 + sum(cell["cell_type"] == "code" for cell in cells)
    begun = count()

    def begin(cell: Any, **_: Any) -> None:
        if cell.cell_type == "code":
            n = next(begun)
            if "compute" in cell.metadata.get("tags", []):
                # Not before: until all is read, reading needs the processor more.
                beside.submit(_import_ahead)
            progress(Step("Running the notebook", n, total, f"cell {n + 1} of {total}"))

    papermill = fast_papermill.papermill()
    from jupyter_core.utils import ensure_event_loop
    from papermill.exceptions import PapermillExecutionError

    beside = ThreadPoolExecutor(1)
    try:
        done = papermill.execute_notebook(
            str(notebook),
            str(target),
            parameters=values,
            kernel_name="python3",
            progress_bar=False,
            log_output=False,
            # Once, at its end: written and checked after every cell, figures make that slow.
            request_save_on_cell_execute=False,
            # The kernel's folder alone: this thread must not move the whole process there.
            resources={"metadata": {"path": str(target.parent)}},
            kernel_manager_class=kernel.manager_class(),
            config=kernel.config(),
            on_cell_start=begin,
        )
    except PapermillExecutionError as error:
        kind = getattr(errors, error.ename, None)
        if isinstance(kind, type) and issubclass(kind, errors.OdrError):
            raise errors.as_told(error.ename, error.evalue) from error
        raise errors.MachineError(
            f"Cell {error.exec_count} of the report's notebook failed "
            f"({error.ename}: {error.evalue}).",
            str(error),
        ) from error
    except RuntimeError as error:
        # How nbclient says that the kernel died, before or in a cell.
        raise errors.MachineError(
            f"The report's kernel ended before the notebook did ({error}), most often because "
            "memory ran out. Close other programs and run it again."
        ) from error
    finally:
        beside.shutdown()
        # That of this thread, made by Jupyter, which leaves it open.
        ensure_event_loop().close()
    seconds = dict.fromkeys(STAGES, 0.0)
    for cell in done.cells:
        spent = cell.metadata.get("papermill", {}).get("duration") or 0.0
        tags = [t for t in cell.metadata.get("tags", []) if t in STAGES]
        seconds[tags[0] if tags else "compute"] += spent
    return seconds


def _import_ahead() -> None:
    """Import what the page is made with, while the kernel works."""
    with fast_papermill.without_unused():
        import_module("odr_analysis.html.exporter")
        import_module("odr_analysis.html.page")
