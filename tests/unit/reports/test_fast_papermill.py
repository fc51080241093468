"""Papermill is imported without a grammar nobody uses, and all is as before afterwards."""

from __future__ import annotations

import subprocess
import sys
from types import ModuleType

import pytest

from odr_analysis.reports.fast_papermill import UNUSED, papermill, without_unused


def test_what_nobody_uses_cannot_be_imported_within(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, UNUSED, raising=False)
    with without_unused(), pytest.raises(ImportError):
        __import__(UNUSED)
    assert UNUSED not in sys.modules


def test_what_is_imported_already_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    grammar = ModuleType(UNUSED)
    monkeypatch.setitem(sys.modules, UNUSED, grammar)
    with without_unused():
        assert sys.modules[UNUSED] is grammar
    assert sys.modules[UNUSED] is grammar


def test_it_is_importable_again_after_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, UNUSED, raising=False)
    with pytest.raises(ZeroDivisionError), without_unused():
        raise ZeroDivisionError
    assert UNUSED not in sys.modules


def test_papermill_is_the_package_and_quiet() -> None:
    assert papermill().__name__ == "papermill"
    code = (
        "import sys; from odr_analysis.reports.fast_papermill import papermill; "
        "papermill(); import logging; logging.getLogger('papermill').error('x'); "
        f"print({UNUSED!r} in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("False\n", "")
