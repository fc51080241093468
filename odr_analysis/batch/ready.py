"""What is imported and made once for all reports of a worker, before it forks their processes."""

from __future__ import annotations

import gc
import os
from importlib import import_module

MODULES = (
    "IPython.core.completer",
    "duckdb",
    "filelock",
    "ibis.backends.duckdb",
    "ibis.formats.pyarrow",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "jinja2",
    "matplotlib.backends.backend_svg",
    "matplotlib.figure",
    "matplotlib_inline.backend_inline",
    "odr_analysis.answer.build",
    "odr_analysis.exports.account_tables",
    "odr_analysis.exports.background",
    "odr_analysis.exports.counted",
    "odr_analysis.exports.folder",
    "odr_analysis.exports.item_files",
    "odr_analysis.html.figures",
    "odr_analysis.html.render",
    "odr_analysis.plots.bridge",
    "odr_analysis.plots.days_ahead.fan",
    "odr_analysis.plots.days_ahead.roll_off",
    "odr_analysis.plots.odr",
    "odr_analysis.reports.kernel",
    "odr_analysis.reports.reader_process",
    "pandas.core.reshape.reshape",
    "pandas.io.formats.csvs",
    "pandas.io.formats.string",
    "pyarrow.acero",
    "pyarrow.dataset",
)
"""What the process of a report imports; a test holds it against what it does."""
COLLECTED_AFTER = 100_000
"""New objects between two searches of those processes for unreachable ones."""


def ready() -> None:
    """Import it, and load the model of languages, the phrases looked for and the templates."""
    # As the kernel has it; matplotlib reads it when it is imported.
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    from odr_analysis.html.render import ready_templates
    from odr_analysis.texts.language import language_of
    from odr_analysis.texts.phrase_rules import LANGUAGES, rules_of

    for module in MODULES:
        import_module(module)
    language_of("where is my parcel")
    for language in LANGUAGES:
        rules_of(language)
    ready_templates()
    # As in commands: most new objects stay until the process ends.
    gc.set_threshold(COLLECTED_AFTER)
