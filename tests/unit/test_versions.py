"""Versions of what computes."""

from __future__ import annotations

import platform
import tomllib
from pathlib import Path

import pandas as pd
import pytest

from odr_analysis import versions as module
from odr_analysis.versions import PACKAGES, __version__, versions


def test_versions_are_those_in_use() -> None:
    found = versions()
    assert list(found) == ["odr_analysis", "python", *PACKAGES]
    assert found["pandas"] == pd.__version__
    assert found["python"] == platform.python_version()


def test_a_package_that_is_not_there_is_named_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "PACKAGES", ("no-such-package-of-anyone",))
    assert versions()["no-such-package-of-anyone"] == "not installed"


def test_the_version_is_that_of_the_project() -> None:
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8")
    assert tomllib.loads(text)["project"]["version"] == __version__
