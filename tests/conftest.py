"""What every test starts from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from odr_analysis.reports.fast_papermill import without_unused
from tests.nothing_to_come import nothing_to_come

with without_unused():
    # Many tests read notebooks; every process of a run would build the grammar nobody uses.
    import nbformat.validator  # noqa: F401 - imported here so that no test imports it with it

# How long an example takes says more of the machine than of the code; benchmarks/ is for speed.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture
def known_alone() -> Iterator[None]:
    """Days ahead are those of known orders and defects alone."""
    with nothing_to_come():
        yield


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing a test loads is kept in the user's own cache folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ODR_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session", autouse=True)
def no_progress() -> Iterator[None]:
    """Progress begins after a second, so on a slow machine it would stand in what tests read."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("odr_analysis.cli.support.progress.AFTER", 600.0)
        yield
