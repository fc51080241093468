"""``odr batch``: the reports of many accounts, and an index of them."""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from odr_analysis import words
from odr_analysis.cli.support.failures import STOPPED, plain_errors
from odr_analysis.cli.support.options import AsOf, Place, say
from odr_analysis.cli.support.progress import steps
from odr_analysis.errors import CannotStartError

if TYPE_CHECKING:
    from odr_analysis.batch.accounts import Batch
    from odr_analysis.batch.outcome import Outcome

SOME_FAILED, NOT_STARTED = 4, 5
"""Exit codes: the report of an account failed; the batch could not start."""
NO_FILE = "{} cannot be used; odr batch prints what is wrong with it."
"""What recipients are sent of a file of accounts: its faults name accounts, of which not every
recipient may know."""
UNITS = {"KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}


class Size(click.ParamType):
    """Bytes, such as ``2GB``."""

    name = "SIZE"

    def convert(self, value: object, param: object, ctx: object) -> int:
        size = re.fullmatch(r"(\d+(?:\.\d+)?) ?([KMGT]B)", str(value).strip(), re.IGNORECASE)
        if size is None:
            self.fail(f"{value!r} is not a size; write it like 2GB.")
        return int(float(size[1]) * UNITS[size[2].upper()])


def usable_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@click.command()
@click.argument("accounts", type=Place())
@click.option("--out", type=Place(), required=True, help="Output folder of the batch.")
@click.option(
    "--as-of",
    type=AsOf(),
    default="today",
    help="The scheduled day, for which every rate is stated (ISO date, or today); a retry or a "
    "late start keeps it.",
)
@click.option("--notebook", default="05-report", help="Run this notebook, as in odr report.")
@click.option(
    "--jobs",
    type=click.IntRange(1),
    help="Reports at a time; by default one for each core that may be used.",
)
@click.option(
    "--dask",
    metavar="ADDRESS",
    default="",
    help="Make the reports on the Dask cluster with this scheduler, e.g. tcp://host:8786.",
)
@click.option("--force", is_flag=True, help="Make every report anew, also where nothing changed.")
@click.option("--only", multiple=True, metavar="NAME", help="Only this account; may be repeated.")
@click.option(
    "--keep",
    type=click.IntRange(1),
    default=None,
    help="Keep the reports of the latest so many days, each in a folder of its day in that of its "
    "account; by default the newest alone.",
)
@click.option(
    "--skip-if-running",
    is_flag=True,
    help="Do nothing if another batch is at work in the same output folder, rather than wait.",
)
@click.option(
    "--retries",
    type=click.IntRange(0),
    default=2,
    help="How often a failure that may pass by itself is tried again (default 2).",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0, min_open=True),
    default=1800.0,
    metavar="SECONDS",
    help="How long one report may take (default 1800).",
)
@click.option("--memory", type=Size(), help="How much memory one report may take, e.g. 2GB.")
@click.option(
    "--alerts",
    type=click.Choice(["send", "show", "off"]),
    default="send",
    help="Send messages as the file of accounts says, only show them, or neither.",
)
@plain_errors
def batch(
    accounts: Path,
    out: Path,
    as_of: str,
    notebook: str,
    jobs: int | None,
    dask: str,
    force: bool,
    only: tuple[str, ...],
    keep: int | None,
    skip_if_running: bool,
    retries: int,
    timeout: float,
    memory: int | None,
    alerts: Literal["send", "show", "off"],
) -> None:
    """Make the reports of all accounts in the TOML file ACCOUNTS, and an index of them.

    What is made already and rests on the same files, parameters, policy, notebook and versions is
    left as it is, so a batch that was stopped goes on where it was.

    Exit code 0: every report is made or unchanged. 4: some failed; the index says which and why. 5:
    the batch could not start. 2: an option that cannot be. 3: the machine or the program failed;
    the message names the log. 130: stopped with Ctrl-C.
    """
    from odr_analysis.batch.accounts import load_batch, recipients_of
    from odr_analysis.batch.run import How, run_batch, starting

    day = date.fromisoformat(as_of)
    known: Batch | None = None
    try:
        with starting():
            known = load_batch(accounts)
        done = run_batch(
            known,
            out,
            day,
            How(
                notebook=notebook,
                jobs=jobs or usable_cores(),
                dask=dask,
                force=force,
                names=only,
                keep=keep or 0,
                retries=retries,
                timeout=timeout,
                memory=memory,
                skip_if_running=skip_if_running,
                alerts=alerts,
            ),
            progress=steps(),
            ended=_say_ended,
            note=lambda text: say(f"odr: note: {text}", err=True),
        )
    except CannotStartError as error:
        say(f"odr: the batch could not start. {error}", err=True)
        if alerts != "off":
            from odr_analysis.batch.alerts.send_alerts import send_not_started

            reason = NO_FILE.format(accounts.name) if known is None else str(error)
            recipients = known.recipients if known else recipients_of(accounts)
            for line in send_not_started(reason, day, recipients, out, dry_run=alerts == "show"):
                say(line, err=True)
            if known is None and not recipients:
                say(f"No message was sent: no recipient can be read in {accounts}.", err=True)
        raise SystemExit(NOT_STARTED) from error
    except KeyboardInterrupt:
        say("odr: stopped. The reports made so far stay; a second run goes on from here.", err=True)
        raise SystemExit(STOPPED) from None
    if done.skipped:
        say(f"Another batch is at work in {out}; nothing was done.")
        return
    if done.lines:
        say("\n".join(done.lines))
    counts = done.counts
    say(f"Index:    {out / 'index.html'}")
    listed = ", ".join(
        f"{words.number(n)} {status}" for status, n in counts.items() if n or status != "left out"
    )
    say(f"{words.counted(len(done.outcomes), 'account')}: {listed}.")
    if counts["failed"]:
        raise SystemExit(SOME_FAILED)


def _say_ended(outcome: Outcome) -> None:
    took = f"  {words.decimal(outcome.seconds)} s" if outcome.status != "unchanged" else ""
    why = f"  {outcome.reason}" if outcome.reason else ""
    say(f"{outcome.status:<9} {outcome.account}{took}{why}")
