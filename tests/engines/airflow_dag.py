"""What Airflow makes of a DAG file: loaded as its scheduler does, and run once.

    python airflow_dag.py FOLDER RUN_AFTER

The DAG file is in FOLDER, and RUN_AFTER is the ISO time of the run. The ``python`` is that of
Airflow's own environment, so nothing of this project is imported here. The last line printed is
JSON of what was found; the lines before it are Airflow's log.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from typing import Any


def found(folder: str, run_after: str) -> dict[str, Any]:
    """What the one DAG there is, and how its run ended."""
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(dag_folder=folder)
    assert not bag.import_errors, bag.import_errors
    (dag,) = bag.dags.values()
    (task,) = dag.tasks
    retries = task.retries
    # A run like this one has no scheduler, and would wait for ever for one to start the retry.
    task.retries = 0
    time = datetime.fromisoformat(run_after)
    run = dag.test(run_after=time, logical_date=time)
    return {
        "dag": dag.dag_id,
        "catchup": dag.catchup,
        "operator": type(task).__name__,
        "retries": retries,
        "warnings": [str(one) for those in bag.captured_warnings.values() for one in those],
        "state": run.state.value,
    }


if __name__ == "__main__":
    print(json.dumps(found(*sys.argv[1:])))
