"""What tests of several commands start from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from odr_analysis.sample import write_sample


@pytest.fixture
def no_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any attempt to start a kernel fails the test."""
    import papermill

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a kernel was started")

    monkeypatch.setattr(papermill, "execute_notebook", refuse)


@pytest.fixture(scope="session")
def us_seller(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("seller")
    truth = write_sample(folder, orders=1_500, seed=4, scenario="us")
    return folder, json.loads(truth.read_text("utf-8"))
