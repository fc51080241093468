"""``odr why``: what changed the rate between two days."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import click

from odr_analysis.cli.failures import plain_errors
from odr_analysis.cli.options import (
    POLICY_HELP,
    AsOf,
    account_of,
    reading_options,
    say,
    with_options,
)

DAYS_BACK = 30
"""How far back to compare when no day is given."""


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--from", "from_day", type=AsOf(), help=f"Older day; by default {DAYS_BACK} back.")
@click.option("--to", "to_day", type=AsOf(), help="Newer day; by default the latest known.")
@click.option("--json", "as_json", is_flag=True, help="Print parts, causes and order ids as JSON.")
@click.option(
    "--ics",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the days on which defects enter and leave to this calendar file.",
)
@click.option("--policy", default="amazon-current", show_default=True, help=POLICY_HELP)
@with_options(reading_options)
@plain_errors
def why(
    folder: Path,
    from_day: str | None,
    to_day: str | None,
    as_json: bool,
    ics: Path | None,
    policy: str,
    marketplace: str | None,
    memory_limit: str | None,
    no_cache: bool,
) -> None:
    """Say what changed the rate of FOLDER between two days, to the last order.

    Of an archive each day is taken as it was known then, so that removed defects and cases
    decided anew are seen; a folder of exports says only what is known now.
    """
    from odr_analysis.answer.calendar_file import to_ics
    from odr_analysis.answer.known import ONLY_KNOWN, what_is_known
    from odr_analysis.answer.parts.bridge_lines import bridge_dict, bridge_lines
    from odr_analysis.answer.parts.causes import stands_out_dict
    from odr_analysis.answer.questions import stands_out
    from odr_analysis.archive.store import is_store
    from odr_analysis.rates.rolling import date_of, day_number
    from odr_analysis.why.bridge import MEASURES, bridge, bridge_orders
    from odr_analysis.writing import placed

    archived = is_store(folder)

    reading = (policy, marketplace, memory_limit, no_cache)
    account = account_of(folder, *reading, known_on=to_day if archived else None)
    end = to_day or account.known_to.isoformat()
    start = from_day or (date_of(day_number(end)) - timedelta(days=DAYS_BACK)).isoformat()
    before = account_of(folder, *reading, known_on=start) if archived else None
    found = bridge(account, start, end, before=before)
    back = max(day_number(end) - day_number(start), 1)
    standing = stands_out(account, end, days_back=back)
    if as_json:
        orders = {
            measure: bridge_orders(account, start, end, before=before, measure=measure)
            for measure in MEASURES
        }
        told = bridge_dict(found, orders, account.policy)
        told["stands_out"] = stands_out_dict(standing)
        say(json.dumps(told, indent=1, ensure_ascii=False, allow_nan=False))
    else:
        known = what_is_known(account, date_of(day_number(end)))
        if any(series.missing for series in known.values()):
            say(ONLY_KNOWN)
        say("\n".join(bridge_lines(found, account.policy, archived=archived)))
        say(f"\nWhat stands out:\n{standing.text}")
    if ics is not None:
        with placed(ics, "--ics") as aside:
            aside.write_bytes(to_ics(account, end))
        say(f"Calendar: {ics}", err=as_json)
