"""The what-if panel: its state (plain traitlets) and its view (ipywidgets)."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {"WhatIfState": "state", "what_if_panel": "view"}

__all__ = ["WhatIfState", "what_if_panel"]


def __getattr__(name: str) -> Any:
    # The state is of use without a browser, so it must not bring ipywidgets along.
    if name in _HOME:
        return getattr(import_module(f"odr_analysis.controls.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
