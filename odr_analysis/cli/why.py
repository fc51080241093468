"""``odr why``: what changed the rate between two days."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import click

from odr_analysis.cli.support.failures import plain_errors
from odr_analysis.cli.support.options import (
    POLICY_HELP,
    AsOf,
    Place,
    account_of,
    on_this_computer,
    reading_options,
    say,
    with_options,
)

DAYS_BACK = 30
"""How far back to compare when no day is given."""


@click.command()
@click.argument("folder", type=Place())
@click.option("--from", "from_day", type=AsOf(), help=f"Older day; by default {DAYS_BACK} back.")
@click.option("--to", "to_day", type=AsOf(), help="Newer day; by default the latest known.")
@click.option("--json", "as_json", is_flag=True, help="Print parts, causes and order ids as JSON.")
@click.option(
    "--ics",
    type=Place(dir_okay=False),
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
    from odr_analysis.answer.day import account_day
    from odr_analysis.answer.known import ONLY_KNOWN
    from odr_analysis.answer.parts.bridge_lines import bridge_dict, bridge_lines
    from odr_analysis.answer.parts.causes import stands_out_dict
    from odr_analysis.archive.store import is_store
    from odr_analysis.rates.rolling import two_days
    from odr_analysis.why.bridge import MEASURES, bridge_orders
    from odr_analysis.writing import placed

    # Once for both days.
    folder = on_this_computer(folder, no_cache)
    archived = is_store(folder)

    reading = (policy, marketplace, memory_limit, no_cache)
    account = account_of(folder, *reading, known_on=to_day if archived else None)
    day = account_day(account, to_day)
    start = from_day or (day.as_of - timedelta(days=DAYS_BACK)).isoformat()
    before = account_of(folder, *reading, known_on=start) if archived else None
    found = day.bridge(start, before)
    first, last = two_days(start, day.as_of)
    standing = day.stands_out(max(last - first, 1))
    if as_json:
        orders = {
            measure: bridge_orders(account, start, day.as_of, before=before, measure=measure)
            for measure in MEASURES
        }
        told = bridge_dict(found, orders, account.policy)
        told["stands_out"] = stands_out_dict(standing)
        say(json.dumps(told, indent=1, ensure_ascii=False, allow_nan=False))
    else:
        if any(series.missing for series in day.known.values()):
            say(ONLY_KNOWN)
        say("\n".join(bridge_lines(found, account.policy, archived=archived)))
        say(f"\nWhat stands out:\n{standing.text}")
    if ics is not None:
        with placed(ics, "--ics") as aside:
            aside.write_bytes(to_ics(account, day.as_of))
        say(f"Calendar: {ics}", err=as_json)
