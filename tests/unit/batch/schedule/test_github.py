"""The workflow: read as YAML, its steps run by a shell as GitHub runs them."""

from __future__ import annotations

import os
import shlex
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from odr_analysis.batch.schedule.daily_run import DailyRun
from odr_analysis.batch.schedule.github import FILE, github_recipe
from odr_analysis.errors import ParameterError
from tests.unit.batch.schedule.made_run import a_run, called


def test_the_workflow_runs_the_batch_and_keeps_what_it_made(tmp_path):
    run = a_run(tmp_path)
    (run.accounts.parent / ".git").mkdir()
    recipe = github_recipe(run)
    # YAML 1.1 reads "on" as true.
    workflow = yaml.safe_load(recipe.files[FILE])
    assert workflow[True]["schedule"] == [{"cron": "30 5 * * *", "timezone": "Europe/Berlin"}]
    assert workflow["permissions"] == {"contents": "read"}
    steps = workflow["jobs"]["reports"]["steps"]
    uses = [step["uses"].partition("@")[0] for step in steps if "uses" in step]
    assert uses == [
        "actions/checkout", "actions/setup-python", "actions/cache/restore", "actions/cache/save",
        "actions/upload-artifact",
    ]  # fmt: skip
    assert all(s["if"] == "always()" for s in steps if "save" in s.get("uses", ""))
    paths = {s["with"]["path"] for s in steps if "path" in s.get("with", {})}
    assert paths == {"out"}
    (batch,) = [s for s in steps if "odr" in s.get("run", "").split()]
    assert batch["env"] == {"ODR_OPS": "${{ secrets.ODR_OPS }}"}

    pip = tmp_path / "bin" / "pip"
    pip.parent.mkdir()
    pip.write_text("#!/bin/sh\nexit 0\n")
    pip.chmod(0o755)
    path = f"{pip.parent}:{run.odr.parent}:/usr/bin:/bin"
    for step in steps:
        if "run" in step:
            subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
                cwd=run.accounts.parent,
                env={"PATH": path, "HOME": os.environ.get("HOME", "/")},
                check=True,
            )
    assert called(tmp_path) == [
        "batch", "accounts.toml", "--out", "out", "--as-of", "today", "--skip-if-running",
    ]  # fmt: skip


def test_accounts_outside_a_repository_are_refused(tmp_path):
    with pytest.raises(ParameterError, match="is in no git repository"):
        github_recipe(a_run(tmp_path))


def in_repository(folder: Path, accounts: str) -> DailyRun:
    run = a_run(folder)
    (run.accounts.parent / ".git").mkdir()
    run.accounts.write_text(accounts, "utf-8")
    return run


def test_storage_and_warehouses_have_what_they_need(tmp_path):
    run = in_repository(
        tmp_path,
        """
[defaults]
policy = "amazon-current"
connection = "$ODR_WAREHOUSE"
[[account]]
folder = "s3://sellers/alpha"
[[account]]
folder = "GS://sellers/beta"
[[account]]
connection = "postgres://reader:secret@host/shop"
[[account]]
connection = "duckdb://data/books.duckdb?threads=1"
[[account]]
connection = "postgresql+psycopg://host/other"
policy = "rules.toml"
""",
    )
    recipe = github_recipe(run)
    steps = yaml.safe_load(recipe.files[FILE])["jobs"]["reports"]["steps"]
    (pip,) = [s["run"] for s in steps if s.get("run", "").startswith("pip install")]
    packages = ["odr-analysis[alerts,cloud]", "ibis-framework[postgres]"]
    assert shlex.split(pip) == ["pip", "install", *packages]
    (batch,) = [s for s in steps if "odr" in s.get("run", "").split()]
    names = ["ODR_WAREHOUSE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
    names += ["GOOGLE_SERVICE_ACCOUNT_KEY", "AWS_REGION"]
    assert batch["env"] == {name: f"${{{{ secrets.{name} }}}}" for name in names}
    assert f"Add the secrets {', '.join(names)}" in recipe.steps[1]
    assert "GOOGLE_SERVICE_ACCOUNT_KEY is the text of the key file" in recipe.steps[1]
    assert recipe.steps[2] == (
        "Unless the warehouse in ODR_WAREHOUSE is DuckDB, add its driver to the line with pip "
        "install, such as 'ibis-framework[postgres]'."
    )
    assert "secret@" not in "".join([*recipe.files.values(), *recipe.steps])


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("folder", "../exports"),
        ("folder", "/exports/alpha"),
        ("folder", "~/exports"),
        ("folder", "linked/alpha"),
        ("policy", "../rules.toml"),
        ("connection", "duckdb:///data/shop.duckdb"),
        ("connection", "duckdb://../shop.duckdb"),
    ],
)
def test_what_is_not_in_the_repository_is_refused(key, path, tmp_path):
    run = in_repository(tmp_path, f'[[account]]\nfolder = "in"\n[[account]]\n{key} = "{path}"\n')
    (run.accounts.parent / "linked").symlink_to(tmp_path)
    with pytest.raises(ParameterError) as error:
        github_recipe(run)
    said = str(error.value)
    assert f"and not {path.removeprefix('duckdb://')}. Put it there" in said
    assert f"in the repository {run.accounts.parent}, by a path relative to this file" in said


def test_an_output_folder_that_is_not_in_the_repository_is_refused(tmp_path):
    run = replace(in_repository(tmp_path, ""), out=tmp_path / "reports")
    with pytest.raises(ParameterError, match=r"--out: .*reports is outside of .* Name a folder"):
        github_recipe(run)
