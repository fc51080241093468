"""The notebooks of the toolkit, and the sellers they run on."""

from __future__ import annotations

import ast
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_output
from traitlets.config import Config

from odr_analysis import write_sample

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
EXPECTED = (
    "01-load-and-check",
    "02-odr-over-time",
    "03-why-it-moved",
    "04-what-if",
    "05-report",
)


@dataclass(frozen=True)
class Seller:
    """Exports on disk, and the answers they were built to give."""

    folder: Path
    truth: dict[str, Any]

    def rate(self, channel: str) -> dict[str, Any]:
        return next(r for r in self.truth["rates"] if r["channel"] == channel)


@pytest.fixture(scope="session")
def seller() -> Seller:
    """The sample of the checkout, which has a story to find."""
    folder = FOLDER.parent / "data" / "sample"
    return Seller(folder, json.loads((folder / "truth.json").read_text("utf-8")))


@pytest.fixture(scope="session")
def other_seller(tmp_path_factory: pytest.TempPathFactory):
    """A small seller of another scenario."""

    def written(scenario: str) -> Seller:
        folder = tmp_path_factory.mktemp(scenario) / "exports"
        truth = write_sample(folder, orders=600, seed=7, scenario=scenario)
        return Seller(folder, json.loads(truth.read_text("utf-8")))

    return written


@pytest.fixture(scope="session")
def run(seller: Seller, tmp_path_factory: pytest.TempPathFactory):
    """Run a notebook through papermill, in a kernel, on the sample; each once."""
    out = tmp_path_factory.mktemp("executed")
    done: dict[str, NotebookNode] = {}
    # Local sockets where there are any, as the report runner does: nothing listens on a port.
    local = Config({"KernelManager": {"transport": "ipc"}}) if os.name == "posix" else Config()

    def executed(name: str) -> NotebookNode:
        if name not in done:
            target = out / f"{name}.ipynb"
            papermill.execute_notebook(
                str(FOLDER / f"{name}.ipynb"),
                str(target),
                parameters={"folder": str(seller.folder)},
                kernel_name="python3",
                progress_bar=False,
                cwd=str(out),
                config=local,
            )
            done[name] = nbformat.read(target, as_version=4)
        return done[name]

    return executed


def run_here(name: str, **parameters: Any) -> NotebookNode:
    """Run the cells of a notebook in this process: no kernel to wait for, and warnings raise.

    A cell shows the value of its last line, as in Jupyter.
    """
    notebook = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    space: dict[str, Any] = {}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        tree = ast.parse(cell.source)
        last = tree.body[-1]
        shown = isinstance(last, ast.Expr)
        body = ast.Module(tree.body[:-1] if shown else tree.body, [])
        exec(compile(body, f"{name} {cell.id}", "exec"), space)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), f"{name} {cell.id}", "eval"), space)
            data = value._repr_mimebundle_()
            cell.outputs = [new_output("execute_result", data=data, execution_count=1)]
        if "parameters" in cell.metadata.get("tags", []):
            assert set(parameters) <= set(space), "not a parameter"
            space.update(parameters)
    return notebook


def said(notebook: NotebookNode) -> str:
    """What the cells show, as plain text."""
    return "\n".join(
        output["data"].get("text/plain", "")
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "data" in output
    )


def html(notebook: NotebookNode) -> str:
    """What the cells show, as HTML."""
    return "\n".join(
        output["data"].get("text/html", "")
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "data" in output
    )
