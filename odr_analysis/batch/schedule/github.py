"""A workflow for GitHub Actions."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from odr_analysis.batch.schedule.daily_run import DailyRun, Recipe
from odr_analysis.errors import ParameterError

FILE = ".github/workflows/odr-batch.yml"
MINUTES = 350
"""Of the 360 that a job may take there, so that it is stopped before it is cut off."""


def github_recipe(run: DailyRun) -> Recipe:
    """A workflow that runs the batch in the repository of the file of accounts.

    What earlier runs made is restored first, since the index and the alerts compare with it and
    only what changed is made again.

    Raises
    ------
    ParameterError
        The file of accounts is in no git repository.
    """
    root = next((p for p in run.accounts.parents if (p / ".git").exists()), None)
    if root is None:
        raise ParameterError(
            f"{run.accounts} is in no git repository, and GitHub runs what is in one. Put it and "
            "the exports into a private repository first."
        )
    accounts = run.accounts.relative_to(root).as_posix()
    out = run.out.relative_to(root).as_posix() if run.out.is_relative_to(root) else run.out.name
    inside = DailyRun(run.odr, Path(accounts), Path(out), run.hour, run.minute, run.timezone)
    command = shlex.join(["odr", *inside.arguments()])
    secrets = "".join(f"          {n}: ${{{{ secrets.{n} }}}}\n" for n in run.variables())
    # JSON's strings are YAML's.
    zone, step, folder = (json.dumps(text) for text in (run.timezone, command, out))
    text = (
        "name: ODR reports\n"
        "on:\n"
        "  schedule:\n"
        f'    - cron: "{run.cron}"\n'
        f"      timezone: {zone}\n"
        "  workflow_dispatch:\n"
        "permissions:\n"
        "  contents: read\n"
        "concurrency: odr-batch\n"
        "jobs:\n"
        "  reports:\n"
        "    runs-on: ubuntu-latest\n"
        f"    timeout-minutes: {MINUTES}\n"
        "    steps:\n"
        "      - uses: actions/checkout@v5\n"
        "      - uses: actions/setup-python@v6\n"
        "        with:\n"
        '          python-version: "3.12"\n'
        "      - uses: actions/cache/restore@v4\n"
        "        with:\n"
        f"          path: {folder}\n"
        "          key: odr-batch-${{ github.run_id }}\n"
        "          restore-keys: odr-batch-\n"
        '      - run: pip install "odr-analysis[alerts]"\n'
        f"      - run: {step}\n"
        f"{'        env:' + chr(10) + secrets if secrets else ''}"
        "      - uses: actions/cache/save@v4\n"
        "        if: always()\n"
        "        with:\n"
        f"          path: {folder}\n"
        "          key: odr-batch-${{ github.run_id }}-${{ github.run_attempt }}\n"
        "      - uses: actions/upload-artifact@v4\n"
        "        if: always()\n"
        "        with:\n"
        "          name: odr-reports\n"
        f"          path: {folder}\n"
        "          retention-days: 7\n"
    )
    names = ", ".join(run.variables())
    return Recipe(
        {FILE: text},
        (
            f"Put the file into {root} as {FILE}, on the default branch.",
            *([f"Add the secrets {names} to the repository."] * bool(names)),
            f"GitHub starts it at {run.time} {run.timezone} or some minutes later, and stops doing "
            "so in a public repository after 60 days without a commit.",
            "Reports have data of buyers: keep the repository private; whoever can read it can "
            "download them.",
        ),
    )
