"""What several unit tests start from."""

from __future__ import annotations

from pathlib import Path

import pytest

from odr_analysis import write_sample
from tests.amazon import amazon as amazon
from tests.bucket import bucket as bucket
from tests.bucket import s3_server as s3_server


@pytest.fixture(scope="module")
def seller(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The exports of a seller with 87 orders."""
    folder = tmp_path_factory.mktemp("tiny")
    write_sample(folder, scenario="tiny")
    return folder
