"""An account: its series in reading order, its reports, and the day it opens."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd

from odr_analysis import AccountDay
from odr_analysis.account import TABLES, Account
from tests.oracle import make_account
from tests.sources import bringing

DAY = date(2026, 9, 30)


def of_series(*series: tuple[str, str]) -> Account:
    rows = [(f"o{i}", date(2026, 8, 1), *pair) for i, pair in enumerate(series)]
    return make_account(rows, known_to=DAY)


def test_series_come_by_marketplace_and_seller_fulfilled_first() -> None:
    account = of_series(
        ("Amazon.fr", "unknown"), ("Amazon.fr", "afn"), ("Amazon.de", "afn"), ("Amazon.fr", "mfn")
    )
    assert account.series == [
        ("Amazon.de", "afn"),
        ("Amazon.fr", "mfn"),
        ("Amazon.fr", "afn"),
        ("Amazon.fr", "unknown"),
    ]
    assert replace(account, daily=account.daily.iloc[:0]).series == []


def test_a_day_is_the_latest_known_one_where_none_is_named() -> None:
    account = of_series(("Amazon.de", "mfn"))
    day = account.on()
    assert isinstance(day, AccountDay)
    assert (day.account, day.as_of) == (account, DAY)
    assert account.on("") is account.on(None) is day
    assert account.on("2026-09-01").as_of == date(2026, 9, 1)


def test_every_small_table_is_a_field() -> None:
    account = of_series(("Amazon.de", "mfn"))
    assert all(isinstance(getattr(account, name), pd.DataFrame) for name in TABLES)


def test_the_history_of_reports_begins_with_the_accounts_own() -> None:
    account = of_series(("Amazon.de", "mfn"))
    assert account.snapshot_history is account.snapshots
    earlier = account.snapshots.reindex(range(2))
    archived = bringing(account, earlier_snapshots=lambda: [earlier])
    assert len(archived.snapshot_history) == len(account.snapshots) + 2
