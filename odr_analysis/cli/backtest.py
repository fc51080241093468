"""``odr backtest``: how right the forecasts of earlier days would have been."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

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
from odr_analysis.cli.support.progress import steps


@click.command()
@click.argument("folder", type=Place())
@click.option("--as-of", type=AsOf(), help="Day to compare on; by default the latest known.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option("--policy", default="amazon-current", show_default=True, help=POLICY_HELP)
@with_options(reading_options)
@plain_errors
def backtest(folder: Path, as_of: str | None, as_json: bool, policy: str, **reading: Any) -> None:
    """Show how often the warning of a breach was right on earlier days of FOLDER.

    Forecasts are made from what was known on each of these days and compared with what happened.
    In an archive each day is taken as it was known then; in a folder of exports, from the dates
    of reports.
    """
    from odr_analysis.account import Account
    from odr_analysis.answer.backtest_text import backtest_json, backtest_lines, missing_of
    from odr_analysis.archive.store import Store, is_store
    from odr_analysis.forecasting.track_record.backtest import backtest as tested

    def load(place: Path, known_on: date | None = None) -> Account:
        day = None if known_on is None else known_on.isoformat()
        return account_of(place, policy, **reading, known_on=day)

    folder = on_this_computer(folder, reading["no_cache"])
    data = Store.open(folder) if is_store(folder) else load(folder)
    found = tested(data, as_of=as_of, load=load, progress=steps())
    missing = missing_of(data, found) if isinstance(data, Account) else []
    say(backtest_json(found) if as_json else "\n".join(backtest_lines(found, missing)))
