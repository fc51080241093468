"""Import papermill without the seconds it takes to bring what a report does not use.

jsonschema imports ``rfc3987_syntax`` where it is installed (JupyterLab brings it), and
that builds a parser for international web addresses on import. Notebooks are validated
without it. papermill itself imports pyarrow for notebooks on Hadoop file systems. A module set to
None makes its import fail, which both expect.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import cast

UNUSED = {"rfc3987_syntax": "rfc3987_syntax", "pyarrow.fs": "pyarrow"}
"""Modules that cannot be imported within, unless what costs the time is there already."""


@contextmanager
def without_unused() -> Iterator[None]:
    """Within, `UNUSED` cannot be imported; afterwards all is as before."""
    blocked = [name for name, costly in UNUSED.items() if costly not in sys.modules]
    for name in blocked:
        sys.modules[name] = cast(ModuleType, None)
    try:
        yield
    finally:
        for name in blocked:
            del sys.modules[name]


def papermill() -> ModuleType:
    """The papermill package."""
    with without_unused():
        import papermill
    # What it logs of a kernel that ends comes as an error, too; nobody asked for it twice.
    log = logging.getLogger("papermill")
    if not log.handlers:
        log.addHandler(logging.NullHandler())
    return papermill
