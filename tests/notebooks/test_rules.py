"""House rules of the notebooks: stripped, thin, in order, parameters papermill can read."""

from __future__ import annotations

import ast

import nbformat
import papermill
import pytest
from nbformat import NotebookNode

from odr_analysis.reports.parameters import TYPES
from tests.notebooks.conftest import EXPECTED, NOTEBOOKS

IMPORTS = {"odr_analysis", "pandas", "matplotlib", "datetime"}
OWN_NAMES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)


def read(path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def parameters_cell(notebook: NotebookNode) -> NotebookNode:
    tagged = [c for c in code(notebook) if "parameters" in c.metadata.get("tags", [])]
    assert len(tagged) == 1
    return tagged[0]


def test_the_notebooks_are_the_five_the_toolkit_has(record_property) -> None:
    record_property("notebooks looked at", len(NOTEBOOKS))
    assert tuple(p.stem for p in NOTEBOOKS) == EXPECTED


@every_notebook
def test_valid_and_stripped(path) -> None:
    notebook = read(path)
    nbformat.validate(notebook)
    assert notebook.nbformat == 4
    for cell in code(notebook):
        assert cell.outputs == []
        assert cell.execution_count is None
        assert "papermill" not in cell.metadata
        assert "execution" not in cell.metadata
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    # A version of Python in the file would change with whoever saves it.
    assert dict(notebook.metadata.language_info) == {"name": "python"}


@every_notebook
def test_in_order(path) -> None:
    cells = read(path).cells
    assert cells[0].cell_type == "markdown"
    title = cells[0].source.splitlines()[0]
    assert title.startswith("# ")
    assert title.endswith("?"), "a notebook begins with the question it answers"
    heads = [
        line
        for cell in cells
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if line.startswith("#")
    ]
    assert heads[1] == "## The answer", "the answer comes first"
    assert "imits of the data" in " ".join(heads)
    first_code = next(cell for cell in cells if cell.cell_type == "code")
    assert "parameters" in first_code.metadata.get("tags", [])
    assert cells[-1].cell_type == "code"
    last = ("show(found.built_on)", "show(day.findings.built_on)")
    assert cells[-1].source in last, "provenance comes last"


@every_notebook
def test_parameters_are_literals_papermill_can_read(path) -> None:
    notebook = read(path)
    cell = parameters_cell(notebook)
    tree = ast.parse(cell.source)
    names = []
    for line in tree.body:
        assert isinstance(line, ast.AnnAssign), f"not name: type = value: {ast.unparse(line)}"
        assert isinstance(line.annotation, ast.Name)
        assert line.annotation.id in TYPES
        assert line.value is not None
        assert type(ast.literal_eval(line.value)).__name__ == TYPES[line.annotation.id].name
        assert isinstance(line.target, ast.Name)
        names.append(line.target.id)
    for text in cell.source.splitlines():
        _, mark, help_text = text.partition("  # ")
        assert mark, f"no help: {text}"
        assert "=" not in help_text, f"papermill would cut the line at the second '=': {text}"
    assert names[:2] == ["folder", "as_of"]

    declared = papermill.inspect_notebook(str(path))
    assert list(declared) == names
    for line in tree.body:
        assert isinstance(line, ast.AnnAssign)
        found = declared[line.target.id]
        assert found["inferred_type_name"] == line.annotation.id
        assert ast.literal_eval(found["default"]) == ast.literal_eval(line.value)
        assert found["help"]


@every_notebook
def test_thin(path) -> None:
    for cell in code(read(path)):
        tree = ast.parse(cell.source)
        for node in ast.walk(tree):
            assert not isinstance(node, OWN_NAMES), f"belongs into the package: {cell.source}"
            assert not isinstance(node, (ast.For, ast.While, ast.Try, ast.With)), cell.source
            if isinstance(node, ast.Import):
                tops = {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                tops = {(node.module or "").split(".")[0]}
            else:
                continue
            assert tops <= IMPORTS, f"imports {tops - IMPORTS}"
        assert not cell.source.lstrip().startswith(("!", "%")), "only Python"
