"""Samples that several tests read, each written once."""

from __future__ import annotations

import pytest

from odr_analysis.sample import write_sample
from tests.unit.sample.recount import Recount
from tests.unit.sample.written import STORES, Written, write


@pytest.fixture(scope="session", params=STORES)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Written:
    return write(tmp_path_factory.mktemp(request.param), request.param)


@pytest.fixture(scope="session")
def german(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return write(tmp_path_factory.mktemp("german"), "witnesses", seed=5)


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Recount:
    folder = tmp_path_factory.mktemp("story")
    write_sample(folder)
    return Recount(folder)
