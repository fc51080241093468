"""``odr sample``: a synthetic seller's exports."""

from __future__ import annotations

from pathlib import Path

import click

from odr_analysis.cli.support.failures import plain_errors
from odr_analysis.cli.support.options import Place, say
from odr_analysis.cli.support.progress import steps


@click.command()
@click.option("--orders", type=click.IntRange(1), default=12_000, show_default=True)
@click.option("--seed", type=int, default=2026, show_default=True)
@click.option("--scenario", default="story", show_default=True, help="See --list.")
@click.option("--out", type=Place(), help="Folder to write into.")
@click.option("--list", "list_scenarios", is_flag=True, help="List the scenarios and stop.")
@plain_errors
def sample(orders: int, seed: int, scenario: str, out: Path | None, list_scenarios: bool) -> None:
    """Write a synthetic seller's exports, with a truth file, into a folder."""
    from odr_analysis.remote.address import no_place_for_files
    from odr_analysis.sample import SCENARIOS, write_sample

    if list_scenarios:
        for name, what in SCENARIOS.items():
            say(f"{name:<12} {what}")
        return
    if out is None:
        raise click.UsageError("--out FOLDER is needed: where should the files go?")
    no_place_for_files(out, "--out")
    truth = write_sample(out, orders=orders, seed=seed, scenario=scenario, progress=steps())
    say(f"Wrote {sum(1 for _ in out.iterdir())} files to {out}; the answers are in {truth}.")
