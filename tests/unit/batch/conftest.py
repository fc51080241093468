"""What the tests of batches share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from odr_analysis.batch import worker


@pytest.fixture(scope="module", autouse=True)
def warm() -> Iterator[None]:
    """The server of this process ends with the tests of a file."""
    yield
    if worker._server is not None:
        worker._server.__exit__()
        worker._server = None
