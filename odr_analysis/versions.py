"""Versions of what computes, for whoever must know later what a number was made with."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

from odr_analysis import __version__

PACKAGES = ("pandas", "numpy", "duckdb", "ibis-framework", "pyarrow", "matplotlib", "papermill")


def versions() -> dict[str, str]:
    """Versions of what computes: this package, Python, and the packages in use.

    >>> versions()["odr_analysis"] == __version__
    True
    """
    found = {"odr_analysis": __version__, "python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
