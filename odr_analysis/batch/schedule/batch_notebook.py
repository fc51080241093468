"""The notebook that schedulers of notebooks run: the batch as one cell."""

from __future__ import annotations

import json

from odr_analysis.batch.schedule.daily_run import AS_OF, DailyRun

FILE = "odr-batch.ipynb"
KERNEL = "odr"


def batch_notebook(run: DailyRun, kernel: str = "python3") -> str:
    """A notebook with one cell of parameters and one that runs the batch, as JSON.

    The command runs as a process of its own: papermill would change the working directory of this
    one, and a scheduler runs a copy of the notebook in a folder of its own, so paths are absolute.
    """
    command = [str(run.odr), *run.arguments("\0")]
    words = ", ".join("as_of" if word == "\0" else json.dumps(word) for word in command)
    code = (
        "import subprocess\n"
        "\n"
        f"command = [{words}]\n"
        "done = subprocess.run(command, capture_output=True, text=True)\n"
        "print(done.stdout, done.stderr, sep='\\n')\n"
        "if done.returncode:\n"
        "    raise RuntimeError(f'odr batch ended with code {done.returncode}')"
    )
    cells = [
        _cell("parameters", f"as_of = {AS_OF!r}", ["parameters"]),
        _cell("batch", code, []),
    ]
    notebook = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"name": kernel, "display_name": kernel, "language": "python"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _cell(name: str, source: str, tags: list[str]) -> dict[str, object]:
    return {
        "cell_type": "code",
        "id": name,
        "metadata": {"tags": tags},
        "source": source,
        "outputs": [],
        "execution_count": None,
    }
