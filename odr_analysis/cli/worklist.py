"""``odr worklist``: what can still be done about each defect."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from odr_analysis.cli.support.failures import plain_errors
from odr_analysis.cli.support.options import (
    POLICY_HELP,
    AsOf,
    Place,
    account_of,
    reading_options,
    say,
    with_options,
)

MOST_SHOWN = 10


@click.command()
@click.argument("folder", type=Place())
@click.option("--as-of", type=AsOf(), help="Day to work from; by default the latest known.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option("--csv", type=Place(dir_okay=False), help="Write a CSV here.")
@click.option("--all", "show_all", is_flag=True, help="Print every step, not the first few.")
@click.option("--policy", default="amazon-current", show_default=True, help=POLICY_HELP)
@with_options(reading_options)
@plain_errors
def worklist(
    folder: Path,
    as_of: str | None,
    as_json: bool,
    csv: Path | None,
    show_all: bool,
    policy: str,
    **reading: Any,
) -> None:
    """List what can still be done about each defect of FOLDER, what is worth most first.

    Ranked by effect on ODR x days won in the window x chance. Chances are guesses, and your own
    record where the files tell it; they promise nothing.
    """
    from odr_analysis.answer.day import account_day
    from odr_analysis.answer.parts.worklist import worklist_json, worklist_text
    from odr_analysis.save_tables import to_csv
    from odr_analysis.writing import placed

    day = account_day(account_of(folder, policy, **reading), as_of)
    table = day.worklist
    if as_json:
        say(worklist_json(table, day.as_of))
    elif csv is None or show_all:
        say("\n".join(worklist_text(table, day.as_of, most=None if show_all else MOST_SHOWN)))
    if csv is not None:
        with placed(csv, "--csv") as aside:
            to_csv(table, aside)
        say(f"Worklist: {csv} ({len(table):,} rows)", err=as_json)
