"""A workflow for GitHub Actions."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from odr_analysis import words
from odr_analysis.batch.from_environment import SIGN
from odr_analysis.batch.schedule.daily_run import DailyRun, Recipe
from odr_analysis.errors import ParameterError
from odr_analysis.warehouse.connection import URL, driver_of

FILE = ".github/workflows/odr-batch.yml"
MINUTES = 350
"""Of the 360 that a job may take there, so that it is stopped before it is cut off."""
FILE_OF = "duckdb://"
"""How the URL of a warehouse begins that is a file."""
MOST = 5
"""Paths that a message lists."""
AS_TEXT = {"GOOGLE_APPLICATION_CREDENTIALS": "GOOGLE_SERVICE_ACCOUNT_KEY"}
"""Variable with the name of a file to that with its text, as a secret is one."""


def github_recipe(run: DailyRun) -> Recipe:
    """A workflow that runs the batch in the repository of the file of accounts.

    What earlier runs made is restored first, since the index and the alerts compare with it and
    only what changed is made again.

    Raises
    ------
    ParameterError
        The file of accounts is in no git repository, or what it names or the output folder is not
        in that one.
    """
    root = next((p for p in run.accounts.parents if (p / ".git").exists()), None)
    if root is None:
        raise ParameterError(
            f"{run.accounts} is in no git repository, and GitHub runs what is in one. Put it and "
            "the exports into a private repository first."
        )
    _check_inside(run, root)
    accounts = run.accounts.relative_to(root).as_posix()
    out = run.out.relative_to(root).as_posix()
    inside = DailyRun(run.odr, Path(accounts), Path(out), run.hour, run.minute, run.timezone)
    command = shlex.join(["odr", *inside.arguments()])
    variables = [AS_TEXT.get(name, name) for name in run.variables()]
    secrets = "".join(f"          {n}: ${{{{ secrets.{n} }}}}\n" for n in variables)
    packages = shlex.join(_packages(run))
    # JSON's strings are YAML's.
    zone, step, folder, install = (
        json.dumps(text) for text in (run.timezone, command, out, f"pip install {packages}")
    )
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
        f"      - run: {install}\n"
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
    names = ", ".join(variables)
    texts = [f"{new} is the text of the key file" for new in AS_TEXT.values() if new in variables]
    hidden = ", ".join(url.removeprefix(SIGN) for url in run.connections() if url[0] == SIGN)
    driver = (
        f"Unless the warehouse in {hidden} is DuckDB, add its driver to the line with pip install, "
        f"such as {driver_of('postgres')!r}."
    )
    return Recipe(
        {FILE: text},
        (
            f"Put the file into {root} as {FILE}, on the default branch.",
            *([f"Add the secrets {', '.join([names, *texts])} to the repository."] * bool(names)),
            *([driver] * bool(hidden)),
            f"GitHub starts it at {run.time} {run.timezone} or some minutes later, and stops doing "
            "so in a public repository after 60 days without a commit.",
            "Reports have data of buyers: keep the repository private; whoever can read it can "
            "download them.",
        ),
    )


def _packages(run: DailyRun) -> list[str]:
    """What pip installs: the package with its extras, and drivers of warehouses."""
    extras = ["alerts", *(["cloud"] * bool(run.of_storage()))]
    kinds = [found["kind"] for url in run.connections() if (found := URL.fullmatch(url))]
    drivers = dict.fromkeys(filter(None, map(driver_of, kinds)))
    return [f"odr-analysis[{','.join(extras)}]", *drivers]


def _check_inside(run: DailyRun, root: Path) -> None:
    """Refuse what GitHub would not find in the repository `root`.

    Raises
    ------
    ParameterError
        The output folder, or a folder or file that the file of accounts names.
    """
    if not run.out.is_relative_to(root):
        raise ParameterError(
            f"--out: {run.out} is outside of the repository {root}, and GitHub keeps what is made "
            f"within. Name a folder of it, such as {root / 'reports'}."
        )
    files = [url.removeprefix(FILE_OF) for url in run.connections() if url.startswith(FILE_OF)]
    named = [path for path in (*run.folders(), *run.policies(), *files) if "://" not in path]
    outside = [
        path
        for path in filter(None, named)
        if Path(path).expanduser().is_absolute()
        or not (run.accounts.parent / path).resolve().is_relative_to(root.resolve())
    ]
    if outside:
        raise ParameterError(
            f"{run.accounts}: GitHub finds only what is in the repository {root}, by a path "
            f"relative to this file, and not {words.first_of(outside, MOST)}. Put it there and "
            "name it so, or give the URL of a folder in object storage (s3://bucket/folder)."
        )
