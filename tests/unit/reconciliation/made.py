"""Orders, defects and reports that tests of this room start from."""

from __future__ import annotations

from typing import Any

import pandas as pd

from odr_analysis import account_from_frames
from odr_analysis.account import Account
from odr_analysis.policy import Policy

DE = "Amazon.de"

TEXTS = ("condition", "status", "account_status")


def orders_of(*placed: tuple[str, str] | tuple[str, str, str]) -> pd.DataFrame:
    """(id, time in UTC[, status]) on Amazon.de, seller-fulfilled."""
    rows = [(i, at, *(rest or ("shipped",))) for i, at, *rest in placed]
    table = pd.DataFrame(rows, columns=["order_id", "purchased_at", "status"])
    return table.assign(marketplace=DE, channel="mfn")


def many(n: int = 6) -> list[tuple[str, str]]:
    """`n` orders in the middle of the window."""
    return [(f"o{i}", "2026-08-10T12:00:00Z") for i in range(n)]


def defects_of(*rows: tuple[str, str, str | None] | tuple[str, str, str | None, str]):
    """(order id, component, day[, outcome])."""
    full = [(*r, "") if len(r) == 3 else r for r in rows]
    return pd.DataFrame(full, columns=["order_id", "component", "reported_on", "outcome"])


def report(counts: tuple[Any, ...], **more: Any) -> dict[str, Any]:
    """A block of the report of 30 Sep 2026, whose window is 18 Jul to 15 Sep."""
    names = ("n_total", "n_bad", "n_feedback", "n_claim", "n_chargeback")
    row = {"marketplace": DE, "metric": "order_defects", "channel": "mfn"}
    row |= {"from_on": "2026-07-18", "to_on": "2026-09-15", "file": "report.json", "line": 3}
    row |= dict.fromkeys(TEXTS, "") | {"source": "seller-performance"}
    return row | dict(zip(names, counts, strict=True)) | more


def account_of(orders: pd.DataFrame, defects: pd.DataFrame | None = None, **policy: Any) -> Account:
    return account_from_frames(orders, defects, policy=Policy(**policy))
