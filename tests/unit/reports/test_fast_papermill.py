"""Papermill is imported without what nobody uses, and all is as before afterwards."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from types import ModuleType

import pytest

from odr_analysis.reports.fast_papermill import UNUSED, papermill, without_unused


@pytest.fixture(params=UNUSED)
def unused(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """One of the modules, as if nothing of it had been imported."""
    for name in {request.param, UNUSED[request.param]}:
        monkeypatch.delitem(sys.modules, name, raising=False)
    return str(request.param)


def test_what_nobody_uses_cannot_be_imported_within(unused: str) -> None:
    with without_unused(), pytest.raises(ImportError):
        import_module(unused)
    assert unused not in sys.modules
    assert UNUSED[unused] not in sys.modules


def test_what_is_imported_already_stays(unused: str, monkeypatch: pytest.MonkeyPatch) -> None:
    there = ModuleType(UNUSED[unused])
    monkeypatch.setitem(sys.modules, UNUSED[unused], there)
    with without_unused():
        assert sys.modules[UNUSED[unused]] is there
        assert sys.modules.get(unused, there) is there
    assert sys.modules[UNUSED[unused]] is there


def test_it_is_importable_again_after_an_error(unused: str) -> None:
    with pytest.raises(ZeroDivisionError), without_unused():
        raise ZeroDivisionError
    assert unused not in sys.modules


def test_papermill_is_the_package_and_quiet() -> None:
    assert papermill().__name__ == "papermill"
    code = (
        "import sys; from odr_analysis.reports.fast_papermill import papermill; "
        "papermill(); import logging; logging.getLogger('papermill').error('x'); "
        f"print({{*{UNUSED!r}, 'pyarrow'}} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("set()\n", "")
