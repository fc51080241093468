"""A notebook that fails is kept with its cell marked; any notebook with parameters is a page."""

from __future__ import annotations

import re
import time
from datetime import date
from pathlib import Path
from typing import Any

import nbformat
import pytest

from odr_analysis import run_report
from odr_analysis.errors import ExportError, MachineError, OdrError, passes
from odr_analysis.reports.limits import Limits
from odr_analysis.reports.notebook_run import PASSING
from odr_analysis.reports.report_request import Request, request_of
from odr_analysis.reports.runner import NOTEBOOK, make_report

FOLDER = 'folder: str = "x"'


def notebook(path: Path, *cells: str) -> Path:
    made = [nbformat.v4.new_code_cell(cell) for cell in (FOLDER, *cells)]
    made[0].metadata["tags"] = ["parameters"]
    spec = {"name": "python3", "display_name": "3", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": spec}), path)
    return path


def failed(
    folder: Path, made: Path, *cells: str, limits: Limits | None = None
) -> tuple[OdrError, Any]:
    """What was raised, and the notebook that was left."""
    made.mkdir()
    own = notebook(made.parent / "own.ipynb", *cells)

    def ask() -> Request:
        return request_of(folder, {}, notebook=own, now=date(2026, 11, 29))

    with pytest.raises(OdrError) as caught:
        make_report(ask, made, run_id="0" * 32, limits=limits, failed_too=True)
    return caught.value, nbformat.read(made / NOTEBOOK, as_version=4)


def marked(told: Any) -> str:
    """Source of the cell below the mark, which has the only error."""
    (at,) = [i for i, cell in enumerate(told.cells) if 'id="papermill-error-cell"' in cell.source]
    assert "An Exception was encountered at" in told.cells[0].source
    errors = [c for c in told.cells if any(o.output_type == "error" for o in c.get("outputs", ()))]
    assert errors == [told.cells[at + 1]]
    return str(told.cells[at + 1].source)


def test_any_notebook_with_parameters_becomes_a_page(seller: Path, tmp_path: Path) -> None:
    own = notebook(tmp_path / "own.ipynb", "open('beside.txt', 'w').close(); folder")
    named = {"account_name": "Zebra & Co"}
    done = run_report(seller, tmp_path / "out", notebook=own, parameters=named, cache=None)
    assert "<title>ODR report: Zebra &amp; Co</title>" in done.page.read_text("utf-8")
    assert done.summary["account"] == "Zebra & Co"
    assert str(seller) in done.page.read_text("utf-8")
    assert done.summary["rates"][0]["n_orders"] == 45
    assert (tmp_path / "out" / "beside.txt").is_file(), "files it writes are files of the report"


def test_a_cell_that_fails_is_marked(seller: Path, tmp_path: Path) -> None:
    error, told = failed(seller, tmp_path / "made", "1 + 1", "\n1 / 0\n2 / 0", "2 + 2")
    own = [c.source for c in nbformat.read(tmp_path / "own.ipynb", as_version=4).cells]
    assert own.index("\n1 / 0\n2 / 0") + 1 == 3
    assert str(error) == (
        'Code cell 3 of own.ipynb, which begins "1 / 0", failed '
        "(ZeroDivisionError: division by zero)."
    )
    assert ZeroDivisionError not in PASSING
    assert not passes(error)
    assert marked(told) == "\n1 / 0\n2 / 0"


def test_the_line_of_a_cell_that_fails_is_short_and_without_control_characters(
    seller: Path, tmp_path: Path
) -> None:
    cell = f"x = '\x1b[31m' # {'y ' * 100}\nraise KeyError('a')"
    error, _ = failed(seller, tmp_path / "made", cell)
    said = str(error)
    assert said.startswith("Code cell 2 of own.ipynb, which begins \"x = '\\u001b[31m' # y y")
    assert said.endswith("y…\", failed (KeyError: 'a').")
    assert len(said) < 150


def test_a_kernel_that_ends_is_marked_where_it_did(seller: Path, tmp_path: Path) -> None:
    error, told = failed(seller, tmp_path / "made", "1 + 1", "import os; os._exit(9)", "2 + 2")
    assert isinstance(error, MachineError)
    assert passes(error), "it may have been the machine"
    assert marked(told).startswith("import os")
    # The parameters cell of papermill is among them, and those that never ran are there.
    assert sum(cell.cell_type == "code" for cell in told.cells) == 5


def test_a_notebook_that_takes_too_long_is_ended(seller: Path, tmp_path: Path) -> None:
    began = time.monotonic()
    error, told = failed(
        seller, tmp_path / "made", "import time; time.sleep(600)", limits=Limits(seconds=8)
    )
    assert time.monotonic() - began < 40
    assert re.search(r"took longer than the 8 s", str(error))
    assert "--timeout" in str(told)
    assert marked(told).startswith("import time")


def test_files_that_cannot_be_used_let_the_notebook_fail_by_itself(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "orders.txt").write_text("not an export")
    load = "from odr_analysis import load_account; load_account(folder)"
    error, told = failed(folder, tmp_path / "made", load)
    assert "orders.txt" in str(error) or isinstance(error, ExportError)
    assert marked(told) == load
