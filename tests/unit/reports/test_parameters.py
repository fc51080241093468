"""Parameters of a notebook are checked before anything starts."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from odr_analysis.errors import ParameterError
from odr_analysis.policy import Policy
from odr_analysis.reports.parameters import (
    Parameter,
    checked,
    parameters_of,
    policy_parameters,
    with_policy,
)

DECLARED = {
    p.name: p
    for p in (
        Parameter("folder", "str", "''", "exports"),
        Parameter("window_days", "int", "60", ""),
        Parameter("loss_budget", "float", "0.01", "share of rows"),
        Parameter("details", "bool", "True", ""),
        Parameter("rules", "list", "[]", ""),
    )
}


def notebook(path: Path, cell: str) -> Path:
    made = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell, metadata={"tags": ["parameters"]})],
        metadata={"kernelspec": {"name": "python3", "display_name": "3", "language": "python"}},
    )
    nbformat.write(made, path)
    return path


def test_a_notebook_declares_name_type_default_and_help(tmp_path: Path) -> None:
    path = notebook(tmp_path / "n.ipynb", 'folder: str = "x"  # exports\nwindow_days: int = 60\n')
    assert parameters_of(path) == {
        "folder": Parameter("folder", "str", '"x"', "exports"),
        "window_days": Parameter("window_days", "int", "60", ""),
    }


def test_a_type_that_cannot_be_carried_is_refused(tmp_path: Path) -> None:
    path = notebook(tmp_path / "n.ipynb", "as_of: date = None\n")
    with pytest.raises(ParameterError, match=r"n\.ipynb: parameter as_of = None is of a type t"):
        parameters_of(path)


def test_a_parameter_without_a_type_has_that_of_its_default(tmp_path: Path) -> None:
    """As people write them for papermill."""
    path = notebook(
        tmp_path / "n.ipynb", 'folder = "x"\nn = 3\nshare = 0.5\nall = True\nof = [1]\n'
    )
    types = {name: p.type for name, p in parameters_of(path).items()}
    assert types == {"folder": "str", "n": "int", "share": "float", "all": "bool", "of": "list"}
    for other in ("None", "min(3, 4)", "{}"):
        path = notebook(tmp_path / "n.ipynb", f'folder = "x"\nn = {other}\n')
        with pytest.raises(
            ParameterError, match=r"parameter n = .* Give it one of str, int, float"
        ):
            parameters_of(path)


def test_texts_become_values_of_the_declared_type() -> None:
    texts = {
        "folder": "60",
        "window_days": "30",
        "loss_budget": "0.5",
        "details": "no",
        "rules": "[[]]",
    }
    values = {
        "folder": "60",
        "window_days": 30,
        "loss_budget": 0.5,
        "details": False,
        "rules": [[]],
    }
    assert checked(texts, DECLARED, "n.ipynb") == values
    assert checked(values, DECLARED, "n.ipynb") == values
    assert type(checked({"loss_budget": 1}, DECLARED, "n")["loss_budget"]) is float


def test_every_fault_is_listed_with_what_is_valid() -> None:
    given = {"window_days": "thirty", "loss_budgets": 1, "details": 1, "folder": "x"}
    with pytest.raises(ParameterError) as told:
        checked(given, DECLARED, "05-report.ipynb")
    assert str(told.value).splitlines() == [
        "Parameters of 05-report.ipynb do not fit:",
        "  window_days must be int, got 'thirty'.",
        "  unknown parameter 'loss_budgets'; did you mean 'loss_budget'?",
        "  details must be bool, got 1.",
        "Valid parameters:",
        "  folder: str = ''  exports",
        "  window_days: int = 60",
        "  loss_budget: float = 0.01  share of rows",
        "  details: bool = True",
        "  rules: list = []",
    ]


def test_single_rules_are_gathered_and_make_the_policy() -> None:
    values, policy = with_policy({"lag_days": 14, "rules": [["window_days", 30]], "moved_days": 7})
    assert values == {
        "moved_days": 7,
        "policy": Policy().name,
        "rules": [["window_days", 30], ["lag_days", 14]],
    }
    assert (policy.window_days, policy.lag_days) == (30, 14)
    with pytest.raises(ParameterError, match="rules must be pairs"):
        with_policy({"rules": [["lag_days"]]})


def test_every_rule_of_the_policy_is_a_parameter() -> None:
    rules = policy_parameters()
    assert rules["lag_days"].type == "int"
    assert rules["lag_days"].default == "15"
    assert set(rules) == set(Policy().to_dict()) - {"name"}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("no notebook", "is no notebook that can be run"),
        ('{"cells": [], "metadata": {}}', "is no notebook that can be run"),
        ('{"cells": [], "metadata": {"kernelspec": {"name": "ir", "language": "R"}}}', "'R'"),
        (
            '{"cells": [], "metadata": {"kernelspec": {"name": "p", "language": "python"}}}',
            "has no cell tagged 'parameters'",
        ),
    ],
)
def test_what_is_no_notebook_for_a_report_is_refused(
    tmp_path: Path, content: str, says: str
) -> None:
    (tmp_path / "own.ipynb").write_text(content, "utf-8")
    with pytest.raises(ParameterError, match=says):
        parameters_of(tmp_path / "own.ipynb")


def test_a_notebook_that_takes_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"have no 'folder'.* Add a line"):
        parameters_of(notebook(tmp_path / "own.ipynb", 'as_of: str = ""'))


def test_a_path_with_braces_is_no_template(tmp_path: Path) -> None:
    (tmp_path / "{a}").mkdir()
    found = parameters_of(notebook(tmp_path / "{a}" / "own.ipynb", 'folder: str = "x"'))
    assert set(found) == {"folder"}
