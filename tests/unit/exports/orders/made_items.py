"""Exports with items, made by hand."""

from __future__ import annotations

from pathlib import Path

from odr_analysis import load_account
from tests.downloads import fill, oid, order

HEADER = [
    *("amazon-order-id", "purchase-date", "last-updated-date", "order-status"),
    *("fulfillment-channel", "sales-channel", "ship-service-level", "product-name", "sku", "asin"),
    *("item-status", "quantity", "currency", "item-price"),
    *("ship-state", "ship-postal-code", "ship-country"),
]
MAIL = "wzr64yyz6yspkq@marketplace.amazon.de"
NAME, STREET, PHONE, POSTAL = "Erika Beispiel", "Lindenallee 7", "+49 170 5550101", "34117"
PEOPLE = {
    "buyer-email": MAIL,
    "buyer-name": NAME,
    "recipient-name": NAME,
    "buyer-phone-number": PHONE,
    "ship-address-1": STREET,
    "ship-postal-code": POSTAL,
}


def all_orders(n: int, updated: str, **cells: str) -> dict[str, str]:
    given = {"last-updated-date": updated, "item-price": "19.90", "ship-country": "DE"}
    given |= {"ship-state": "Hessen", "ship-postal-code": POSTAL, "ship-service-level": "Standard"}
    return order(n, "2026-05-01T10:00:00+00:00", **given, **cells)


def waiting(n: int, reported: str, **cells: str) -> dict[str, str]:
    given = {
        "order-id": oid(n),
        "order-item-id": "5",
        "purchase-date": "2026-05-01T12:00:00+02:00",
        "reporting-date": reported,
        "promise-date": "2026-05-05T23:59:59+02:00",
        "sku": "L-1",
        "product-name": "Lamp",
        "quantity-purchased": "1",
        "ship-service-level": "Expedited",
    }
    return {**given, **PEOPLE, **{k.replace("__", "-"): v for k, v in cells.items()}}


def sent(n: int, reported: str, **cells: str) -> dict[str, str]:
    given = {
        "amazon-order-id": oid(n),
        "shipment-id": "D1",
        "purchase-date": "2026-05-01T10:00:00+00:00",
        "shipment-date": "2026-05-06T07:30:00-07:00",
        "reporting-date": reported,
        "sku": "L-1",
        "product-name": "Lamp",
        "quantity-shipped": "2",
        "currency": "EUR",
        "item-price": "39.80",
        "carrier": "DHL",
        "fulfillment-channel": "MFN",
        "sales-channel": "Amazon.de",
        "ship-country": "de",
    }
    return {**given, **PEOPLE, **{k.replace("__", "-"): v for k, v in cells.items()}}


def load(folder: Path, files: dict[str, str], **options):
    return load_account(fill(folder, files), **{"cache": None, **options})


def by_the_careful_road(text: str) -> str:
    """The same export with a blank line in it, which bars the fast road."""
    head, rest = text.split("\n", 1)
    return f"{head}\n\n{rest}"


AT = "2026-05-04T08:00:00+00:00"
TWO = [
    all_orders(1, AT, quantity="1") | {"item-price": "19.90"},
    all_orders(1, AT, quantity="2") | {"item-price": "39.80"},
]
"""Two lines of one SKU in one order."""
