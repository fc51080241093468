"""The DAG file, as far as it can be checked without Airflow: tests/engines runs it with."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from odr_analysis.batch.schedule.airflow import FILE, airflow_recipe
from odr_analysis.batch.schedule.batch_notebook import FILE as NOTEBOOK
from odr_analysis.errors import ParameterError
from tests.unit.batch.schedule.made_run import a_run


def test_the_dag_runs_the_notebook_for_the_scheduled_day(tmp_path):
    run = a_run(tmp_path)
    recipe = airflow_recipe(run)
    tree = ast.parse(recipe.files[FILE])
    compile(tree, FILE, "exec")
    calls = {
        node.func.id: {k.arg: k.value for k in node.keywords}
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    operator = {name: ast.literal_eval(value) for name, value in calls["PapermillOperator"].items()}
    assert operator["input_nb"] == str(run.accounts.parent / NOTEBOOK)
    # Papermill makes no folder: where the one to run lies, there is one.
    assert Path(operator["output_nb"]).parent == run.accounts.parent
    assert operator["output_nb"] != operator["input_nb"]
    assert operator["log_output"] is True
    assert operator["parameters"] == {"as_of": "{{ dag_run.run_after | ds }}"}
    assert operator["kernel_name"] == "odr"
    assert '"name": "odr"' in recipe.files[NOTEBOOK]
    assert ast.literal_eval(calls["DAG"]["catchup"]) is False
    assert ast.literal_eval(calls["CronTriggerTimetable"]["timezone"]) == "Europe/Berlin"
    assert '"30 5 * * *"' in recipe.files[FILE]


def test_a_path_that_airflow_would_fill_in_is_refused(tmp_path):
    run = a_run(tmp_path / "{{ ds }}")
    with pytest.raises(ParameterError, match="Airflow cannot be given a path with braces"):
        airflow_recipe(run)
