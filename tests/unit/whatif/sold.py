"""Orders of many days with a constant share of feedback."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

TODAY = date(2026, 9, 30)


def sold(per_day: int, every: int, *, days: int = 260) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Orders of so many days, and feedback on one of so many, 20 days later."""
    orders = pd.DataFrame(
        {
            "order_id": [f"{d}-{i}" for d in range(days) for i in range(per_day)],
            "ordered_on": [TODAY - timedelta(days=d) for d in range(days) for _ in range(per_day)],
            "marketplace": "Amazon.de",
            "channel": "mfn",
        }
    )
    bad = orders.iloc[::every][["order_id", "ordered_on"]]
    reported = pd.to_datetime(bad.ordered_on) + pd.Timedelta(days=20)
    known = reported <= pd.Timestamp(TODAY)
    kinds = pd.DataFrame(
        {"order_id": bad.order_id[known], "component": "feedback", "reported_on": reported[known]}
    )
    return orders, kinds
