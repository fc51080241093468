"""Names that are loaded when first used."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from odr_analysis.lazy import load


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    package, home = ModuleType("some_package"), ModuleType("some_package.home")
    home.name = "value"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "some_package", package)
    monkeypatch.setitem(sys.modules, "some_package.home", home)
    return package


def test_a_name_comes_from_its_home_and_stays(package: ModuleType) -> None:
    assert not hasattr(package, "name")
    assert load("some_package", {"name": "home"}, "name") == "value"
    assert package.name == "value"


def test_other_names_are_not_there(package: ModuleType) -> None:
    with pytest.raises(AttributeError, match="'some_package' has no attribute 'other'"):
        load("some_package", {"name": "home"}, "other")
