"""``odr evidence``: what an appeal needs, as a page and tables."""

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


@click.command()
@click.argument("folder", type=Place())
@click.option("--since", type=AsOf(), required=True, help="First day of the fix.")
@click.option("--as-of", type=AsOf(), help="Day all is stated for; by default the latest known.")
@click.option(
    "--out",
    type=Place(),
    help="Folder to write into; by default evidence/<folder's name>.",
)
@click.option("--policy", default="amazon-current", show_default=True, help=POLICY_HELP)
@with_options(reading_options)
@plain_errors
def evidence(
    folder: Path, since: str, as_of: str | None, out: Path | None, policy: str, **reading: Any
) -> None:
    """Write what an appeal needs: root causes, their orders, before and after a fix.

    A Markdown page and a CSV per table. Orders placed since are compared with those before at the
    same age, with a test of the difference.
    """
    from odr_analysis.answer.appeal import evidence as gathered
    from odr_analysis.answer.appeal import save_evidence
    from odr_analysis.answer.parts.causes import cause_sentences

    account = account_of(folder, policy, **reading)
    found = gathered(account, since, as_of)
    told = cause_sentences(found.causes, year=found.as_of.year)
    say("\n".join(told or [found.nothing]))
    place = out or Path("evidence") / folder.resolve().name
    paths = save_evidence(found, place)
    say(f"Page:   {paths[0]}")
    say("Tables: " + ", ".join(path.name for path in paths[1:]))
