"""The what-if panel: its state (plain traitlets) and its view (ipywidgets)."""

from __future__ import annotations

from typing import Any

from odr_analysis import lazy

_HOME = {"WhatIfState": "state", "what_if_panel": "view"}

__all__ = ["WhatIfState", "what_if_panel"]


def __getattr__(name: str) -> Any:
    # The state is of use without a browser, so it must not bring ipywidgets along.
    return lazy.load(__name__, _HOME, name)
