"""Orders, lists and reports that tests of this room start from."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from odr_analysis.account import Account
from odr_analysis.exports.readers import contract
from odr_analysis.health.other_rates import other_rates
from odr_analysis.policy import Policy
from odr_analysis.receipt import FileReceipt, Receipt
from tests.oracle import make_account

DE, US, IN = "Amazon.de", "Amazon.com", "Amazon.in"

DAY = date(2026, 9, 30)
"""Windows on this day: cancellation 23 to 29 Sep, late shipment 21 (or 1) to 30 Sep."""


def orders(n: int, day: str, marketplace: str = DE, channel: str = "mfn", tag: str = "o") -> list:
    return [(f"{tag}{i}", day, marketplace, channel) for i in range(n)]


def lapse(order_id: str, day: str | None, metric: str = "cancellation", **more: Any) -> dict:
    given = {"order_id": order_id, "metric": metric, "ordered_on": day, "file": "list.csv"}
    return {**given, "source": "list", "line": 2, "counts": True, **more}


def snapshot(metric: str, first: str, last: str, **more: Any) -> dict:
    given = {"marketplace": DE, "metric": metric, "channel": "", "source": "seller-performance"}
    given |= dict.fromkeys(("condition", "status", "account_status"), "")
    days = {"from_on": pd.Timestamp(first), "to_on": pd.Timestamp(last)}
    return {**given, **days, "file": "report.json", "line": 1, **more}


def account_of(
    placed: list,
    lapses: list[dict] = (),
    snapshots: list[dict] = (),
    files: list[FileReceipt] = (),
    policy: Policy | None = None,
    known_to: date = DAY,
) -> Account:
    account = make_account(placed, policy=policy, known_to=known_to)
    named = pd.DataFrame(list(lapses))
    if len(named):
        named["ordered_on"] = pd.to_datetime(named["ordered_on"])
    return replace(
        account,
        lapses=contract.lapses(named),
        snapshots=contract.snapshots(list(snapshots)),
        receipt=Receipt(files=tuple(files)),
    )


def one(account: Account, metric: str, days: int, marketplace: str = DE, **options: Any) -> Any:
    table = other_rates(account, **options)
    found = table[
        (table.metric == metric) & (table.window_days == days) & (table.marketplace == marketplace)
    ]
    assert len(found) == 1
    return found.iloc[0]
