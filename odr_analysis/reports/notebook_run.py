"""A notebook run by papermill in a kernel, and what is left of one that failed."""

from __future__ import annotations

import builtins
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

from odr_analysis import errors
from odr_analysis.progress import Progress, Step
from odr_analysis.reports import fast_papermill
from odr_analysis.reports.kernel import Kernel
from odr_analysis.reports.parameters import in_papermill
from odr_analysis.visible import visible
from odr_analysis.words import opening

STAGES = ("start", "imports", "load", "compute", "draw", "page")
"""What the time of a report is split into; cells of the notebook carry the middle four as tags."""
INJECTED = "injected-parameters"
"""Tag of the cell with the parameters that papermill adds."""
LONGEST = 60
"""Characters of a cell's first line in a message."""
PASSING = (OSError, TimeoutError, ConnectionError, MemoryError)
"""Errors of a cell that may not come again; a missing file and the like have types of their own."""


def run_notebook(
    notebook: Path, target: Path, values: dict[str, Any], kernel: Kernel, progress: Progress
) -> dict[str, float]:
    """Run a notebook in a kernel of this interpreter; returns seconds by stage.

    `target` is written in either case: of a notebook that failed, with an error in the cell where
    it stopped and papermill's marks around it.

    Raises
    ------
    OdrError
        What a cell raised, where it is one of this package's errors.
    MachineError
        A cell raised another error, or the kernel ended.
    """
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    # Papermill adds one with the parameters.
    total = 1 + sum(cell["cell_type"] == "code" for cell in cells)
    number = count()
    begun: list[Any] = []

    def begin(cell: Any, **_: Any) -> None:
        begun.append(cell)
        if cell.cell_type == "code":
            n = next(number)
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
            in_papermill(notebook),
            in_papermill(target),
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
            f"{_last_of(begun, notebook.name)} failed ({error.ename}: {error.evalue}).",
            str(error),
            passing=getattr(builtins, error.ename, None) in PASSING,
        ) from error
    except RuntimeError as error:
        # How nbclient says that the kernel died, before or in a cell.
        ended = kernel.stopped or errors.MachineError(
            f"The report's kernel ended before the notebook did ({error}), most often because "
            "memory ran out. Close other programs and run it again.",
            passing=True,
        )
        _save_stopped(notebook, target, begun, ended)
        raise ended from error
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


def _last_of(begun: list[Any], notebook: str) -> str:
    """The code cell begun last, as whoever opens the notebook finds it.

    Its number does not count the cell that papermill added, which the notebook that is kept has
    and the user's own has not; its first line is the same in both.
    """
    cells = [cell for cell in begun if cell.cell_type == "code"]
    own = [cell for cell in cells if INJECTED not in cell.metadata.get("tags", ())]
    lines = [visible(line) for line in cells[-1].source.split("\n") if line.strip()]
    line = opening(lines[0].strip(), LONGEST)
    return f'Code cell {len(own)} of {notebook}, which begins "{line}",'


def _save_stopped(notebook: Path, target: Path, begun: list[Any], why: errors.MachineError) -> None:
    """Write a notebook whose kernel ended, as papermill does one with an error in a cell."""
    import nbformat
    from papermill.exceptions import PapermillExecutionError
    from papermill.execute import raise_for_execution_errors

    told = nbformat.read(notebook, as_version=4)
    # One cell more than there were, that with the parameters, which is among those begun.
    told.cells = [*begun, *told.cells[max(0, len(begun) - 1) :]]
    at = next((cell for cell in reversed(told.cells[: len(begun)]) if "outputs" in cell), None)
    if at is None:
        at = next(cell for cell in told.cells if cell.cell_type == "code")
    kind, text = type(why).__name__, str(why)
    at.outputs = [
        *at.get("outputs", []),
        nbformat.v4.new_output("error", ename=kind, evalue=text, traceback=[f"{kind}: {text}"]),
    ]
    with suppress(PapermillExecutionError):
        raise_for_execution_errors(told, str(target))


def _import_ahead() -> None:
    """Import what the page is made with, while the kernel works."""
    with fast_papermill.without_unused():
        import_module("odr_analysis.html.exporter")
        import_module("odr_analysis.html.page")
