"""A DAG for Airflow, which runs the notebook with its papermill operator."""

from __future__ import annotations

import json

from odr_analysis.batch.schedule.batch_notebook import FILE as NOTEBOOK
from odr_analysis.batch.schedule.batch_notebook import KERNEL, batch_notebook
from odr_analysis.batch.schedule.daily_run import DailyRun, Recipe
from odr_analysis.errors import ParameterError

FILE = "odr_batch_dag.py"
DAG = "odr_batch"
DONE = "odr-batch-last-run.ipynb"
"""The notebook as its last run left it: one file, which the next run takes the place of."""


def airflow_recipe(run: DailyRun) -> Recipe:
    """A DAG file and the notebook it runs.

    Airflow stays in an environment of its own; the notebook's kernel is that of this one. The
    scheduled day is the run's own, which a retry or a late start keeps; it is that of UTC, as odr's
    own today is. The notebook that was run goes beside the one to run: papermill makes no folder,
    and before the first run there is no output folder. What it prints is in the log of the task,
    which Airflow keeps of every run.

    Raises
    ------
    ParameterError
        The folder of the file of accounts has a brace in its path: Airflow and papermill both
        fill in what stands in braces.
    """
    folder = str(run.accounts.parent)
    if "{" in folder or "}" in folder:
        raise ParameterError(
            f"{folder}: Airflow cannot be given a path with braces; it fills in what stands in "
            "them. Rename the folder."
        )
    python = run.odr.with_name("python")
    zone, notebook = json.dumps(run.timezone), json.dumps(str(run.accounts.parent / NOTEBOOK))
    done = json.dumps(str(run.accounts.parent / DONE))
    text = (
        '"""ODR reports of all accounts, every day."""\n'
        "\n"
        "from datetime import datetime, timedelta\n"
        "\n"
        "from airflow.providers.papermill.operators.papermill import PapermillOperator\n"
        "from airflow.sdk import DAG\n"
        "from airflow.timetables.trigger import CronTriggerTimetable\n"
        "\n"
        "with DAG(\n"
        f'    dag_id="{DAG}",\n'
        f'    schedule=CronTriggerTimetable("{run.cron}", timezone={zone}),\n'
        "    start_date=datetime(2026, 1, 1),\n"
        "    catchup=False,\n"
        "    max_active_runs=1,\n"
        '    default_args={"retries": 2, "retry_delay": timedelta(minutes=10)},\n'
        "):\n"
        "    PapermillOperator(\n"
        '        task_id="batch",\n'
        f"        input_nb={notebook},\n"
        f"        output_nb={done},\n"
        '        parameters={"as_of": "{{ dag_run.run_after | ds }}"},\n'
        f'        kernel_name="{KERNEL}",\n'
        '        language_name="python",\n'
        "        log_output=True,\n"
        "    )\n"
    )
    secrets = ", ".join(run.variables())
    return Recipe(
        {FILE: text, NOTEBOOK: batch_notebook(run, KERNEL)},
        (
            f"Put {FILE} into Airflow's folder of DAGs, and {NOTEBOOK} into {run.accounts.parent}, "
            f"where Airflow's user may write: {DONE} goes there.",
            "Install the operator in Airflow's own environment: "
            "pip install apache-airflow-providers-papermill",
            f"As Airflow's user, make this environment a kernel: {python} -m ipykernel install "
            f"--user --name {KERNEL}",
            *([f"Set {secrets} for Airflow's workers."] * bool(secrets)),
            *run.roles(),
            f"Let it run: airflow dags unpause {DAG}. The run of the last {run.time} that passed "
            "starts at once.",
            f"It runs at {run.time} {run.timezone}; a retry redoes only what failed, for the same "
            "day.",
        ),
    )
