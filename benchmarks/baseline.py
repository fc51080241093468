"""The straightforward pandas script that the engine is measured against.

Files to daily rates: read every export with pandas' C parser (only the columns
needed), keep the newest row of each order, mark the defective orders, count per
day, and roll the window. Prints one line of JSON: seconds, and a digest of every
count, so that a faster answer is known to be the same answer.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

COLUMNS = [
    "amazon-order-id",
    "purchase-date",
    "last-updated-date",
    "fulfillment-channel",
    "sales-channel",
]
LAG, WINDOW = 15, 60


def orders_of(folder: Path) -> pd.DataFrame:
    frames = [
        pd.read_csv(path, sep="\t", quoting=3, dtype=str, keep_default_na=False, usecols=COLUMNS)
        for path in sorted(folder.glob("orders-*.txt"))
    ]
    rows = pd.concat(frames, ignore_index=True)
    rows["updated"] = pd.to_datetime(rows["last-updated-date"], utc=True, format="ISO8601")
    newest = rows.sort_values("updated", kind="stable").drop_duplicates(
        "amazon-order-id", keep="last"
    )
    placed = pd.to_datetime(newest["purchase-date"], utc=True, format="ISO8601")
    return pd.DataFrame(
        {
            "order_id": newest["amazon-order-id"],
            "day": placed.dt.tz_localize(None).dt.normalize(),
            "updated": newest["updated"].dt.tz_localize(None),
            "marketplace": newest["sales-channel"],
            "channel": newest["fulfillment-channel"].map({"Merchant": "mfn", "Amazon": "afn"}),
        }
    )


def defects_of(folder: Path) -> pd.DataFrame:
    feedback = pd.read_csv(
        folder / "feedback.txt", sep="\t", quoting=3, dtype=str, encoding="cp1252"
    )
    feedback.columns = ["date", "rating", "comments", "response", "order_id", "email"]
    negative = feedback[feedback.rating.isin(["1", "2"])]
    feedback_on = pd.to_datetime(negative.date, format="%d/%m/%y").groupby(negative.order_id).min()
    claims = pd.read_csv(folder / "claims.csv", dtype=str)
    claim_on = pd.to_datetime(claims["claim date"]).groupby(claims["order id"]).min()
    return pd.concat({"feedback": feedback_on, "claim": claim_on}, axis=1)


def daily_rates(folder: Path) -> pd.DataFrame:
    """One row per as_of day x marketplace x channel: orders, defective, feedback, claims."""
    orders = orders_of(folder)
    defects = defects_of(folder)
    last = max(orders.updated.max().normalize(), defects.max().max(), orders.day.max())
    orders = orders.merge(defects, left_on="order_id", right_index=True, how="left")
    days = pd.date_range(orders.day.min() + pd.Timedelta(days=LAG), last)
    answers = []
    for (marketplace, channel), own in orders.groupby(["marketplace", "channel"]):
        calendar = pd.date_range(days[0] - pd.Timedelta(days=LAG + WINDOW - 1), last)
        placed = own.groupby("day").size().reindex(calendar, fill_value=0)
        counts = {"n_orders": placed.rolling(WINDOW).sum().shift(LAG).reindex(days)}
        either = own[["feedback", "claim"]].min(axis=1)
        known = {"n_defective": either, "n_feedback": own.feedback, "n_claim": own.claim}
        for name, reported in known.items():
            hit = reported.notna()
            start = np.maximum(own.day[hit] + pd.Timedelta(days=LAG), reported[hit])
            gone = own.day[hit] + pd.Timedelta(days=LAG + WINDOW)
            shown = start < gone
            begins = start[shown].value_counts().reindex(calendar, fill_value=0)
            ends = gone[shown].value_counts().reindex(calendar, fill_value=0)
            counts[name] = (begins - ends).cumsum().reindex(days)
        answer = pd.DataFrame(counts).fillna(0).astype("int64")
        answers.append(answer.assign(marketplace=marketplace, channel=channel))
    return pd.concat(answers).rename_axis("as_of").reset_index()


def digest(rates: pd.DataFrame) -> str:
    """A hash of every count on every day."""
    columns = [
        "as_of",
        "marketplace",
        "channel",
        "n_orders",
        "n_defective",
        "n_feedback",
        "n_claim",
    ]
    table = rates[columns].sort_values(columns[:3], ignore_index=True)
    table["as_of"] = table.as_of.dt.strftime("%Y-%m-%d")
    text = table.to_csv(index=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


if __name__ == "__main__":
    began = time.perf_counter()
    rates = daily_rates(Path(sys.argv[1]))
    print(json.dumps({"digest": digest(rates), "seconds": time.perf_counter() - began}))
