"""``python -m odr_analysis.cli``: the same as ``odr``."""

from odr_analysis.cli import main

main()
