"""A notebook for Jupyter Scheduler, inside JupyterLab."""

from __future__ import annotations

from odr_analysis.batch.schedule.batch_notebook import FILE, batch_notebook
from odr_analysis.batch.schedule.daily_run import DailyRun, Recipe


def jupyter_recipe(run: DailyRun) -> Recipe:
    """A notebook that runs the batch, and how to schedule it.

    Jupyter Scheduler pastes parameters into a notebook as they are typed, runs a copy in a folder
    of its own and makes a page with a stock template; so the notebook takes none, names absolute
    paths, and leaves the pages to ``odr``.
    """
    secrets = ", ".join(run.variables())
    return Recipe(
        {FILE: batch_notebook(run)},
        (
            "Save it in a folder JupyterLab shows, and install the scheduler beside JupyterLab: "
            'pip install "jupyter-scheduler>=2.12"',
            *([f"Start JupyterLab with {secrets} set: jobs inherit them."] * bool(secrets)),
            *run.roles(),
            "Right-click the notebook, Create Notebook Job, Run on a schedule, Custom: "
            f"{run.cron}, time zone {run.timezone}. Leave the parameters empty.",
            "Jobs run only while JupyterLab does. A job that failed has the message of odr in its "
            "output notebook.",
        ),
    )
