"""``odr fetch``: an account's reports, downloaded from Amazon into a folder."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from odr_analysis.cli.support.failures import STOPPED, plain_errors
from odr_analysis.cli.support.options import Day, Place, say
from odr_analysis.cli.support.progress import steps

SOME_FAILED = 4
"""Exit code: some reports were not to be had, or are still being made."""


@click.command()
@click.argument("folder", metavar="DIR", type=Place())
@click.option(
    "--marketplace",
    "marketplaces",
    multiple=True,
    required=True,
    help="Sales channel such as Amazon.de; may be repeated, within one region.",
)
@click.option("--from", "first", type=Day(), required=True, help="First day (ISO date, in UTC).")
@click.option("--to", "last", type=Day(), help="Last day; by default today.")
@click.option(
    "--reports",
    help="Which, with commas between: orders, feedback, returns, settlements, performance. "
    "By default all.",
)
@click.option(
    "--account", default="default", show_default=True, help="Whose credentials, of several."
)
@click.option("--agent", help="Name of the application that asks, as registered with Amazon.")
@plain_errors
def fetch(
    folder: Path,
    marketplaces: tuple[str, ...],
    first: date,
    last: date | None,
    reports: str | None,
    account: str,
    agent: str | None,
) -> None:
    """Download an account's reports into DIR, for odr load and odr report.

    Another run goes on where one stopped, and asks only for what is missing or may have changed.
    Credentials are those of the library python-amazon-sp-api: SP_API_REFRESH_TOKEN, LWA_APP_ID
    and LWA_CLIENT_SECRET in the environment, or its file credentials.yml. A file .odr-fetch-stop
    in DIR, or Ctrl-C, stops it.

    Exit code 0: all is there. 2: it cannot be asked for. 3: Amazon or the machine failed.
    4: some reports failed or are still being made. 130: stopped.
    """
    from odr_analysis import clock
    from odr_analysis.fetching.amazon import AGENT
    from odr_analysis.fetching.fetch_reports import fetch_reports
    from odr_analysis.fetching.log_book import ASKED, FAILED
    from odr_analysis.fetching.patience import StoppedError
    from odr_analysis.fetching.report_types import REPORT_TYPES

    try:
        found = fetch_reports(
            folder,
            marketplaces,
            first,
            last or clock.today(),
            reports=reports.split(",") if reports else REPORT_TYPES,
            account=account,
            agent=agent or AGENT,
            progress=steps(),
        )
    except StoppedError as stopped:
        say(f"odr: {stopped}", err=True)
        raise SystemExit(STOPPED) from None
    except KeyboardInterrupt:
        say("odr: stopped. What was asked for is noted: run this again to go on.", err=True)
        raise SystemExit(STOPPED) from None
    say("\n".join(report.line for report in found))
    say(
        f"These files hold what Amazon gives, buyers' e-mail addresses among it; keep them as "
        f"such. Read them with: odr load {folder}"
    )
    if any(report.state in (FAILED, ASKED) for report in found):
        raise SystemExit(SOME_FAILED)
