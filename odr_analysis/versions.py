"""Versions of what computes, for whoever must know later what a number was made with."""

from __future__ import annotations

__version__ = "0.1.0"
"""The version of this package."""

PACKAGES = ("pandas", "numpy", "duckdb", "ibis-framework", "pyarrow", "matplotlib", "papermill")


def versions() -> dict[str, str]:
    """Versions of what computes: this package, Python, and the packages in use.

    >>> versions()["odr_analysis"] == __version__
    True
    """
    import platform
    from importlib.metadata import PackageNotFoundError, version

    found = {"odr_analysis": __version__, "python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
