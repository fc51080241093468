"""Orders and feedback made in place, and folders of them loaded."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from odr_analysis.account import Account
from odr_analysis.load import load_account
from tests.downloads import oid


def loaded(folder: Path, **options: Any) -> Account:
    return load_account(folder, cache=None, **options)


def counted(account: Account) -> dict[str, int]:
    """Orders with a counted defect by component, those of none left out."""
    found = account.defects[account.defects.counts].groupby("component").order_id.nunique()
    return {str(component): int(n) for component, n in found.items()}


STORES = ("Amazon.de", "Amazon.co.uk", "Amazon.co.jp", "Amazon.com.br", "Non-Amazon")
STATUSES = ("Pending", "Unshipped", "Shipped", "Canceled", "PartiallyShipped", "Unfulfillable")
START = datetime(2026, 7, 1, tzinfo=UTC)
Order = dict[str, Any]


def order(n: int, at: int, changed: int, status: int, store: int, channel: int) -> Order:
    placed = START + timedelta(minutes=at)
    return {
        "id": oid(n),
        "placed": placed,
        "changed": placed + timedelta(minutes=changed),
        "status": STATUSES[status],
        "store": STORES[store],
        "channel": ("MFN", "AFN")[channel],
    }


def iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


FLAT = (
    *("amazon-order-id", "purchase-date", "last-updated-date", "order-status"),
    *("fulfillment-channel", "sales-channel"),
)


def flat_cells(o: Order) -> list[Any]:
    channel = {"MFN": "Merchant", "AFN": "Amazon"}[o["channel"]]
    return [o["id"], iso(o["placed"]), iso(o["changed"]), o["status"], channel, o["store"]]


def flat(folder: Path, orders: list[Order]) -> None:
    rows = [FLAT, *map(flat_cells, orders)]
    (folder / "o.txt").write_text("".join("\t".join(row) + "\n" for row in rows), "utf-8")


def to_csv(path: Path, header: list[str], rows: list[list[Any]]) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([header, *rows])
    path.write_text(out.getvalue(), "utf-8")


FEEDBACK_ROWS = [
    ["Date", "Rating", "Comments", "Your Response", "Order ID", "Rater Email"],
    [date(2026, 7, 4), 1.0, "late\nand\tbroken", "", oid(1), "a@marketplace.amazon.de"],
    [date(2026, 8, 3), 2.0, 'a 12" pan', "", oid(2), "b@marketplace.amazon.de"],
]
