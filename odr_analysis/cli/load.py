"""``odr load``: how every file and row of a folder was handled."""

from __future__ import annotations

import json
from pathlib import Path

import click

from odr_analysis import clock
from odr_analysis.cli.support.failures import plain_errors
from odr_analysis.cli.support.options import Place, reading_options, say, with_options
from odr_analysis.cli.support.progress import steps


@click.command()
@click.argument("folder", type=Place())
@click.option("--json", "as_json", is_flag=True, help="Print the receipt as JSON.")
@click.option(
    "--loss-budget",
    type=float,
    default=0.01,
    show_default=True,
    help="Largest share of a file's rows that may be unusable.",
)
@with_options(reading_options)
@plain_errors
def load(
    folder: Path,
    as_json: bool,
    loss_budget: float,
    marketplace: str | None,
    memory_limit: str | None,
    no_cache: bool,
) -> None:
    """Say what became of every file and row in FOLDER."""
    from odr_analysis.load import load_receipt

    receipt = load_receipt(
        folder,
        cache=None if no_cache else "default",
        marketplace=marketplace,
        memory_limit=memory_limit,
        today=clock.today(),
        progress=steps(),
    )
    if as_json:
        say(json.dumps(receipt.to_dict(), indent=1, ensure_ascii=False))
    else:
        say("\n".join(receipt.lines()))
    receipt.check_loss(loss_budget)
