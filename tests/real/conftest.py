"""Real exports lie beside the checkout and are never copied into it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REAL = Path(__file__).parents[3] / "shared" / "real"


@pytest.fixture(scope="session")
def real() -> Path:
    """The folder of real exports; required where CI=true, unless declared absent."""
    if REAL.is_dir():
        return REAL
    reason = f"the real exports are not at {REAL}"
    if os.environ.get("CI") == "true" and os.environ.get("ODR_REAL") != "absent":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def cases(real: Path) -> Path:
    """Folders that people really have, beside the real exports; required where those are."""
    folder = real.parent / "cases"
    assert folder.is_dir(), f"the cases are not at {folder}"
    return folder
