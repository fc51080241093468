"""Tables of Amazon's APIs as connectors land them, made by hand: pages of events."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa

from tests.downloads import oid

Page = dict[str, list[Any]]

LISTS = ("ShipmentEventList", "RefundEventList", "GuaranteeClaimEventList", "ChargebackEventList")


def event(n: int, day: int, amount: float = -19.9) -> dict[str, Any]:
    """Money of an order, with the amount of its item and a fee."""
    of_item = {
        "SellerSKU": "L-1",
        "ItemChargeAdjustmentList": [
            {"ChargeType": "Principal", "ChargeAmount": _money(amount)},
        ],
        "ItemFeeAdjustmentList": [{"FeeType": "Commission", "FeeAmount": _money(3.0)}],
    }
    return {
        "AmazonOrderId": oid(n),
        "PostedDate": f"2026-05-{day:02d}T23:30:00Z",
        "MarketplaceName": "Amazon.de",
        "ShipmentItemAdjustmentList": [of_item],
    }


def _money(amount: float) -> dict[str, Any]:
    return {"CurrencyCode": "EUR", "CurrencyAmount": amount}


def page(*lists: list[Any]) -> Page:
    return dict(zip(LISTS, lists, strict=True))


def pages() -> list[Page]:
    """Two claims, one of them paid back, a chargeback, and what all other orders moved."""
    return [
        page([event(n, 2 + n % 10) for n in range(20)], [event(30, 9)], [event(3, 12)], []),
        page([event(n, 2 + n % 10) for n in range(20, 40)], [], [event(7, 12)], [event(9, 13)]),
        page([], [event(31, 14)], [event(7, 20, 19.9)], []),
    ]


def as_text(pages: list[Page]) -> pa.Table:
    return pa.Table.from_pylist([{k: json.dumps(v, indent=1) for k, v in p.items()} for p in pages])


def as_structs(pages: list[Page]) -> pa.Table:
    return pa.Table.from_pylist(pages)


def as_lists_of_text(pages: list[Page]) -> pa.Table:
    return pa.Table.from_pylist([{k: [*map(json.dumps, v)] for k, v in p.items()} for p in pages])


FORMS = {"text": as_text, "json": as_text, "structs": as_structs, "lists of text": as_lists_of_text}


def with_pages(folder: Path, pages: list[Page]) -> Path:
    """The folder with a file of pages, one a line."""
    (folder / "events.json").write_text("".join(f"{json.dumps(p)}\n" for p in pages), "utf-8")
    return folder
