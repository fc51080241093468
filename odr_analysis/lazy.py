"""Names of a package that are loaded when first used."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any


def load(package: str, homes: Mapping[str, str], name: str) -> Any:
    """What a package's ``__getattr__`` returns: `name` from its home, and from then on its own.

    Parameters
    ----------
    package : str
    homes : mapping
        From each name to the module below `package` that defines it.
    name : str

    Raises
    ------
    AttributeError
        The package has no such name.
    """
    if name not in homes:
        raise AttributeError(f"module {package!r} has no attribute {name!r}")
    value = getattr(import_module(f"{package}.{homes[name]}"), name)
    setattr(sys.modules[package], name, value)
    return value
