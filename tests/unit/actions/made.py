"""Defects and accounts that tests of this room start from."""

from __future__ import annotations

from typing import Any

import pandas as pd

from odr_analysis import worklist
from odr_analysis.account import Account
from odr_analysis.policy import Policy
from tests.oracle import make_account

DAY = pd.Timestamp("2026-09-30")

N = 50
"""Orders of each channel in the window, besides those with defects."""

DEFECT = ("order_id", "component", "reported_on", "decided_on", "outcome", "rating", "reason")
DEFECT += ("comment", "source")

WORDS = ("order_id", "component", "outcome", "reason", "comment", "source")


def ago(days: int | None) -> pd.Timestamp:
    return pd.NaT if days is None else DAY - pd.Timedelta(days=days)


def a(component: str, days: int | None, outcome: str = "", **more: Any) -> dict[str, Any]:
    """A record of a defect of order x, reported so many days ago."""
    base = {"order_id": "x", "component": component, "reported_on": ago(days), "outcome": outcome}
    base |= {"rating": 1 if component == "feedback" else pd.NA, "decided_on": pd.NaT}
    return {**base, "reason": "", "comment": "", "source": "test", **more}


def account(
    *cases: dict[str, Any], placed: int = 40, channel: str = "mfn", policy: Policy | None = None
) -> Account:
    """An account whose defective orders are `cases`: sightings, with the ``age`` of their order."""
    ages = {c["order_id"]: c.get("age", placed) for c in cases}
    orders = [(f"good{i}", ago(40), "Amazon.de", c) for c in ("mfn", "afn") for i in range(N)]
    orders = [(f"{o} {c}", day, store, c) for o, day, store, c in orders]
    orders += [(order, ago(age), "Amazon.de", channel) for order, age in ages.items()]
    seen = pd.DataFrame([{k: c[k] for k in DEFECT} for c in cases], columns=list(DEFECT)).astype(
        {**dict.fromkeys(WORDS, "str"), "rating": "Int64", "decided_on": "datetime64[us]"}
    )
    return make_account(orders, seen, policy, known_to=DAY.date())


def only(*cases: dict[str, Any], **more: Any) -> dict[str, Any]:
    table = worklist(account(*cases, **more))
    assert len(table) == 1
    return table.iloc[0].to_dict()
