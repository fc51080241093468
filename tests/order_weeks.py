"""Small tables of order weeks by age, made by hand."""

from __future__ import annotations

import pandas as pd

DE = "Amazon.de"
GROWN = [0, 2, 3, 6, 6, 8, 9, 10, 11, 11, 12]
"""Defective orders of one week by age: half are known in the 4th week, nine of ten in the 9th."""


def made(
    grown: dict[str, list[int]], n_orders: int | dict[str, int] = 200, young: int = 0, **more
) -> pd.DataFrame:
    """One row per week and age; the last `young` ages of each week are not mature."""
    rows = [
        {
            "marketplace": DE,
            "channel": "mfn",
            "week": pd.Timestamp(week),
            "age_weeks": age,
            "n_orders": n_orders if isinstance(n_orders, int) else n_orders[week],
            "n_defective": n,
            "mature": age < len(counts) - young,
            **more,
        }
        for week, counts in grown.items()
        for age, n in enumerate(counts)
    ]
    return pd.DataFrame(rows).assign(rate=lambda t: t.n_defective / t.n_orders)


WEEKS = ("2026-06-29", "2026-07-06", "2026-07-13", "2026-07-20", "2026-07-27")
STORY = made(
    {
        **{week: [0, 1, 1, 1, 1, 1, 1, 1] for week in WEEKS},
        "2026-08-03": [1, 3, 6, 8, 9, 9],
        "2026-08-10": [0, 1, 1, 2, 2],
    },
    young=2,
)
