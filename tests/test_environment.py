"""environment.yml mirrors pyproject.toml, and constraints.txt pins all of it."""

from __future__ import annotations

import re
import tomllib
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).parents[1]
BOUNDS = r">=[\d.]+(?:,<[\d.]+)?"
"""A lower bound, and an upper one where newer versions do not work."""
CONDA_NAMES = {
    "duckdb": "python-duckdb",
    "ibis-framework[duckdb]": "ibis-duckdb",
    "jupyter-client": "jupyter_client",
    "jupyter-core": "jupyter_core",
    "matplotlib": "matplotlib-base",
    "nbconvert": "nbconvert-core",
}
"""Packages that conda-forge knows by another name."""
PIP_ONLY = {"py3langid"}
"""Packages left to the pip step of environment.yml, which installs the project itself."""


def declared() -> list[tuple[str, str]]:
    """(name, version) pairs of pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    pairs = [re.fullmatch(rf"([\w\[\]-]+)({BOUNDS})", d) for d in project["dependencies"]]
    assert all(pairs), "a dependency without a lower bound"
    return [(m[1], m[2]) for m in pairs if m]


def test_environment_mirrors_pyproject() -> None:
    text = (ROOT / "environment.yml").read_text("utf-8")
    listed = re.findall(rf"^  - ([\w-]+)({BOUNDS})$", text, re.MULTILINE)
    expected = [("python", ">=3.11")]
    expected += [
        (CONDA_NAMES.get(name, name), version)
        for name, version in declared()
        if name not in PIP_ONLY
    ]
    assert listed == expected


def test_constraints_pin_every_dependency_and_name_no_host() -> None:
    text = (ROOT / "constraints.txt").read_text("utf-8")
    pinned = {m.lower().replace("_", "-") for m in re.findall(r"^([\w.-]+)==", text, re.MULTILINE)}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    names = {re.split(r"[\[>=]", d)[0].lower() for d in wanted}
    assert len(names) > 20
    assert names <= pinned
    assert "://" not in text


def test_airflows_own_environment_is_pinned_and_names_no_host() -> None:
    text = (ROOT / "tests" / "engines" / "airflow-constraints.txt").read_text("utf-8")
    pinned = re.findall(r"^([\w.-]+)==", text, re.MULTILINE)
    assert {"apache-airflow", "apache-airflow-providers-papermill", "papermill"} <= set(pinned)
    assert len(pinned) == len(text.splitlines()) - 1
    assert "://" not in text
