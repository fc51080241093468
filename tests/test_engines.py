"""The tests of engines: called wherever a change is checked, and never skipped there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engines.conftest import cannot_run

ROOT = Path(__file__).parents[1]


def test_what_a_change_must_pass_has_the_engines_after_the_tests():
    lines = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    assert [line.split("make ")[1] for line in lines if "make " in line] == ["test", "test-engines"]


def test_an_engine_that_is_missing_fails_where_a_change_is_checked(monkeypatch):
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no Java"):
        cannot_run("no Java.")
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="no Java"):
        cannot_run("no Java.")
