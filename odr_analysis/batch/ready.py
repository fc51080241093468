"""What is imported and made once for all reports of a worker, before it forks their processes."""

from __future__ import annotations

import os
from importlib import import_module

MODULES = (
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "IPython.core.completer",
    "matplotlib_inline.backend_inline",
    "matplotlib.figure",
    "matplotlib.backends.backend_svg",
    "duckdb",
    "ibis.backends.duckdb",
    "odr_analysis.answer.build",
    "odr_analysis.exports.background",
    "odr_analysis.exports.folder",
    "odr_analysis.exports.item_files",
    "odr_analysis.html",
    "odr_analysis.reports.kernel",
    "odr_analysis.reports.reader_process",
)
"""What the reading process and the kernel of the report notebook import; a test holds it against
theirs."""


def ready() -> None:
    """Import it, and load the model of languages."""
    # As the kernel has it; matplotlib reads it when it is imported.
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    from odr_analysis.texts.language import language_of

    for module in MODULES:
        import_module(module)
    language_of("where is my parcel")
