"""``odr schedule``: a recipe that runs a batch every day, filled in."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from odr_analysis import clock
from odr_analysis.cli.support.failures import plain_errors
from odr_analysis.cli.support.options import Place, of_option, say
from odr_analysis.errors import ParameterError

KINDS = ("cron", "systemd", "github", "jupyter", "airflow")


@click.command()
@click.argument("scheduler", type=click.Choice(KINDS))
@click.argument("accounts", type=Place(dir_okay=False, exists=True))
@click.option("--out", type=Place(), required=True, help="Folder of the batch.")
@click.option("--at", required=True, metavar="HH:MM", help="Time of day, e.g. 05:30.")
@click.option("--timezone", help="Time zone of --at; by default that of this computer.")
@click.option(
    "--into",
    type=Place(file_okay=False),
    help="Write the files of the recipe into this folder instead of printing them.",
)
@plain_errors
def schedule(
    scheduler: str, accounts: Path, out: Path, at: str, timezone: str | None, into: Path | None
) -> None:
    """Print what has SCHEDULER run the batch of ACCOUNTS every day, filled in."""
    from odr_analysis.batch.schedule.daily_run import DailyRun, check_zone, time_of
    from odr_analysis.batch.schedule.schedulers import RECIPES
    from odr_analysis.writing import in_words, placed

    with of_option("--at"):
        hour, minute = time_of(at)
    with of_option("--timezone"):
        zone = check_zone(timezone or clock.zone())
    if scheduler == "cron" and zone != (own := clock.zone()):
        raise ParameterError(
            f"--timezone: cron runs by this computer's clock ({own}), not by that of {zone}. Name "
            "the time of this computer, or take systemd."
        )
    run = DailyRun(_odr(), accounts.resolve(), out.resolve(), hour, minute, zone)
    recipe = RECIPES[scheduler](run)
    for name, text in recipe.files.items():
        if into is not None:
            place = into / name
            with in_words(place.parent, "--into"):
                place.parent.mkdir(parents=True, exist_ok=True)
            with placed(place, "--into") as aside:
                aside.write_text(text, "utf-8")
            say(f"Written: {place}", err=True)
        elif len(recipe.files) > 1:
            say(f"==> {name} <==\n{text}")
        else:
            say(text.rstrip("\n"))
    for number, step in enumerate(recipe.steps, 1):
        say(f"{number}. {step}", err=True)


def _odr() -> Path:
    """The command that runs, which a scheduler must find without a PATH."""
    beside = Path(sys.executable).with_name("odr")
    found = beside if beside.exists() else Path(shutil.which("odr") or beside)
    return found.absolute()
