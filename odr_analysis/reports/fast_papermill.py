"""Import papermill without the second it takes to build a grammar nobody uses.

jsonschema imports ``rfc3987_syntax`` where it is installed (JupyterLab brings it), and
that builds a parser for international web addresses on import. Notebooks are validated
without it; a module set to None makes its import fail, which jsonschema expects.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import cast

UNUSED = "rfc3987_syntax"


@contextmanager
def without_unused() -> Iterator[None]:
    """Within, `UNUSED` cannot be imported; afterwards all is as before."""
    if UNUSED in sys.modules:
        yield
        return
    sys.modules[UNUSED] = cast(ModuleType, None)
    try:
        yield
    finally:
        del sys.modules[UNUSED]


def papermill() -> ModuleType:
    """The papermill package."""
    with without_unused():
        import papermill
    # What it logs of a kernel that ends comes as an error, too; nobody asked for it twice.
    log = logging.getLogger("papermill")
    if not log.handlers:
        log.addHandler(logging.NullHandler())
    return papermill
