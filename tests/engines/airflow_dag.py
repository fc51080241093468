"""The recipe for Airflow, loaded and rendered by Airflow itself, in an environment of its own.

    airflow-environment/bin/python tests/engines/airflow_dag.py FOLDER

FOLDER has what ``odr schedule airflow ... --into FOLDER`` wrote. Nothing of this project is
imported: Airflow brings another dateutil and 139 packages. The database it needs is made in a
folder that is removed again.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

LATE = datetime(2026, 9, 29, 23, 30, tzinfo=UTC)


def check(folder: Path) -> None:
    """Load the DAG as Airflow's scheduler does, and look at what its task would run."""
    from airflow.models.dagbag import DagBag

    bag = DagBag(dag_folder=str(folder), include_examples=False)
    assert not bag.import_errors, bag.import_errors
    (dag,) = bag.dags.values()
    assert dag.dag_id == "odr_batch"
    assert not dag.catchup
    (task,) = dag.tasks
    assert type(task).__name__ == "PapermillOperator"
    assert Path(task.input_nb).is_absolute()
    template = task.parameters["as_of"]

    class Run:
        run_after = LATE

    rendered = dag.get_template_env().from_string(template).render(dag_run=Run)
    assert rendered == "2026-09-29", rendered
    print(f"Airflow loaded {dag.dag_id}: as_of {rendered}, {task.input_nb}")


if __name__ == "__main__":
    if "AIRFLOW_HOME" in os.environ:
        check(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as home:
            own = {"AIRFLOW_HOME": home, "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
            environment = os.environ | own
            migrate = [sys.executable, "-m", "airflow", "db", "migrate"]
            subprocess.run(migrate, env=environment, check=True, capture_output=True)
            subprocess.run([sys.executable, *sys.argv], env=environment, check=True)
