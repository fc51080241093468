"""The workflow: read as YAML, its steps run by a shell as GitHub runs them."""

from __future__ import annotations

import os
import subprocess

import pytest
import yaml

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
