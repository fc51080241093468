"""The command line, ``odr``: one file per command, put together here."""

from __future__ import annotations

import click

from odr_analysis import __version__
from odr_analysis.cli.archive import archive
from odr_analysis.cli.backtest import backtest
from odr_analysis.cli.batch import batch
from odr_analysis.cli.evidence import evidence
from odr_analysis.cli.fetch import fetch
from odr_analysis.cli.load import load
from odr_analysis.cli.plan import plan
from odr_analysis.cli.reconcile import reconcile
from odr_analysis.cli.report import report
from odr_analysis.cli.sample import sample
from odr_analysis.cli.schedule import schedule
from odr_analysis.cli.whatif import whatif
from odr_analysis.cli.why import why
from odr_analysis.cli.worklist import worklist


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="odr")
def main() -> None:
    """Amazon Order Defect Rate: what it is, why it moved, what happens next."""


for command in (
    report, batch, schedule, load, archive, reconcile, sample, why, worklist, whatif, plan,
    backtest, evidence, fetch,
):  # fmt: skip
    main.add_command(command)
