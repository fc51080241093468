"""``odr report``: the report of a folder or an archive, as files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from odr_analysis import clock, words
from odr_analysis.cli.support.failures import plain_errors
from odr_analysis.cli.support.options import (
    POLICY_HELP,
    WORD_HELP,
    AsOf,
    Place,
    reading_options,
    say,
    with_options,
)
from odr_analysis.cli.support.progress import steps

REPORT = "05-report"
SEVERITY = ("no data", "healthy", "warning", "critical")
"""States by how bad they are; ``unknown`` is as bad as a warning unless it is allowed."""


@click.command()
@click.argument("folder", type=Place())
@click.option(
    "--as-of",
    type=AsOf(),
    help="Day to state the rate for (ISO date, or today); "
    "by default the latest day the exports know of.",
)
@click.option(
    "--out",
    type=Place(),
    help="Where to write; by default reports/<folder's name>, and of another notebook than the "
    "report a folder of its name in there.",
)
@click.option(
    "--notebook",
    default=REPORT,
    help="Make the page of this notebook: one of the toolkit's, e.g. 02-odr-over-time, or a file "
    "of your own with a cell tagged 'parameters'.",
)
@click.option(
    "-p",
    "parameters",
    nargs=2,
    multiple=True,
    metavar="NAME VALUE",
    help="Set a parameter of the report notebook; may be repeated.",
)
@click.option(
    "--scenario",
    "scenarios",
    type=Place(),
    multiple=True,
    help="Show this scenario file in 'what if' too; may be repeated.",
)
@click.option("--policy", help=POLICY_HELP)
@click.option(
    "--store",
    type=Place(),
    help="Keep what FOLDER says in this archive first, as known today; "
    "with --known-on the report is made of the archive.",
)
@click.option("--known-on", type=AsOf(), help="Of an archive: as it was known on this day.")
@click.option("--name", help="What the report calls the account.")
@click.option(
    "--loss-budget",
    type=float,
    help="Largest share of a file's rows that may be unusable (default 0.01).",
)
@click.option(
    "--fail-on",
    type=click.Choice(["warning", "critical"]),
    help="Exit with 1 when a rate is in this state or worse.",
)
@click.option(
    "--allow-unknown",
    is_flag=True,
    help="With --fail-on: do not fail for a rate that cannot be known.",
)
@click.option("--no-feedback-known-to", type=AsOf(), help=WORD_HELP.format("negative feedback"))
@click.option("--no-claims-known-to", type=AsOf(), help=WORD_HELP.format("A-to-z claims"))
@click.option("--no-chargebacks-known-to", type=AsOf(), help=WORD_HELP.format("chargebacks"))
@click.option("--timings", is_flag=True, help="Say where the time went.")
@with_options(reading_options)
@plain_errors
def report(
    folder: Path,
    as_of: str | None,
    out: Path | None,
    notebook: str,
    parameters: tuple[tuple[str, str], ...],
    scenarios: tuple[Path, ...],
    policy: str | None,
    store: Path | None,
    known_on: str | None,
    name: str | None,
    loss_budget: float | None,
    fail_on: str | None,
    allow_unknown: bool,
    no_feedback_known_to: str | None,
    no_claims_known_to: str | None,
    no_chargebacks_known_to: str | None,
    timings: bool,
    marketplace: str | None,
    memory_limit: str | None,
    no_cache: bool,
) -> None:
    """Make the report of the exports in FOLDER, or of an archive made of them.

    Exit code 0: a report was made. 1: a rate is as bad as --fail-on says, or cannot be known.
    2: the input or a place cannot be used. 3: the machine or the program failed; the
    message names the log. 130: stopped with Ctrl-C.
    """
    from odr_analysis.reports import run_report
    from odr_analysis.reports.summary_file import summary_lines

    now = clock.today()
    if store is not None:
        from odr_analysis.archive.deliver import archive_folder

        done = archive_folder(
            folder,
            store,
            now,
            marketplace=marketplace,
            memory_limit=memory_limit,
            today=now,
            progress=steps(),
        )
        say("\n".join(done.lines()))
    given: dict[str, Any] = dict(parameters)
    options = {
        "as_of": as_of,
        "policy": policy,
        "known_on": known_on,
        "account_name": name,
        "loss_budget": loss_budget,
        "marketplace": marketplace,
        "no_feedback_known_to": no_feedback_known_to,
        "no_claims_known_to": no_claims_known_to,
        "no_chargebacks_known_to": no_chargebacks_known_to,
    }
    given |= {key: value for key, value in options.items() if value is not None}
    if scenarios:
        from odr_analysis.whatif import load_scenario, scenario_dict

        own = ((path, load_scenario(path)) for path in scenarios)
        given["scenarios"] = [scenario_dict(one.named(one.name or path.stem)) for path, one in own]
    made = run_report(
        store if store is not None and given.get("known_on") else folder,
        out or _usual_place(folder, notebook),
        notebook=notebook,
        parameters=given,
        cache=None if no_cache else "default",
        memory_limit=memory_limit,
        today=now,
        progress=steps(),
    )
    say("\n".join(summary_lines(made.summary)))
    say(f"Page:     {made.page}\nNotebook: {made.notebook}\nSummary:  {made.summary_file}")
    say(f"Table:    {made.defects_file}")
    if timings:
        say("Seconds:  " + ", ".join(f"{k} {words.decimal(v, 2)}" for k, v in made.seconds.items()))
    as_bad_as = {"unknown": "healthy" if allow_unknown else "warning"}
    states = [as_bad_as.get(r["state"], r["state"]) for r in made.summary["rates"]]
    if fail_on and max(map(SEVERITY.index, states), default=0) >= SEVERITY.index(fail_on):
        raise SystemExit(1)


def _usual_place(folder: Path, notebook: str) -> Path:
    """Where a report goes when nobody chose."""
    place, name = Path("reports") / folder.resolve().name, Path(notebook).stem
    return place if name == REPORT else place / name
