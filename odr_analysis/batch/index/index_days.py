"""The rates of every run, day by day, for the chart over the days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from odr_analysis import terms
from odr_analysis.batch.index.row import Row, rates_frame
from odr_analysis.rates.between_accounts import HIGHER
from odr_analysis.schema import Column, Columns, typed

DAYS = "index-days.parquet"
KEPT_DAYS = 180
"""Days of runs that the file has."""
MOST_LINES, FEWEST_LINES = 6, 3
"""Accounts the chart shows at most, and how many it shows where none stands out."""

DAYS_COLUMNS: Columns = {
    "day": Column("datetime64[us]", "scheduled day of the run", unit="midnight"),
    "account": Column("str"),
    "marketplace": Column("str"),
    "channel": Column("str"),
    "n_orders": Column("int64"),
    "n_defective": Column("int64"),
    "z": Column("float64", "from the rate of all of the channel that day, standard deviations"),
    "n_rates": Column("int64", "rates of the channel that were compared that day"),
}
"""Columns of ``index-days.parquet``: one row per day x account x marketplace x channel."""


def with_earlier(out: Path, day: date, rows: Sequence[Row]) -> pd.DataFrame:
    """The rates of a run below those of earlier days, out of the file in `out`: ``DAYS_COLUMNS``.

    A second run of a day takes the place of the first.
    """
    now = rates_frame(rows)
    now = typed(
        now.assign(
            day=pd.Timestamp(day),
            n_rates=now.groupby("channel").account.transform("size"),
        )[list(DAYS_COLUMNS)],
        DAYS_COLUMNS,
    )
    path = out / DAYS
    if path.exists():
        earlier = pd.read_parquet(path)
        since = pd.Timestamp(day - timedelta(days=KEPT_DAYS))
        earlier = earlier[(earlier.day != pd.Timestamp(day)) & (earlier.day >= since)]
        now = typed(pd.concat([earlier, now], ignore_index=True), DAYS_COLUMNS)
    return now


def chart_rows(days: pd.DataFrame, rows: Sequence[Row], day: date) -> pd.DataFrame:
    """What the chart over the days shows: the accounts that stand out, the farthest first.

    ``day, account, z, n_rates``, up to `day`, of the rate of each that lies farthest out today.
    """
    today = rates_frame(rows)
    out = today[today.over_target | (today.differs == HIGHER)]
    some = (out if len(out) else today).sort_values("z", ascending=False, kind="stable")
    some = some.drop_duplicates("account").head(MOST_LINES if len(out) else FEWEST_LINES)
    parts = [days.head(0)[["day", "account", "z", "n_rates"]]]
    for account, marketplace, channel in some[["account", *terms.SERIES_KEYS]].to_numpy().tolist():
        mine = days[
            (days.account == account)
            & (days.marketplace == marketplace)
            & (days.channel == channel)
            & (days.day <= pd.Timestamp(day))
        ]
        parts.append(mine[["day", "z", "n_rates"]].assign(account=account))
    return pd.concat(parts, ignore_index=True)
