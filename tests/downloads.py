"""Exports for tests, in the forms Amazon hands them out: small, exact, and easily damaged."""

from __future__ import annotations

import gzip
import io
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path


def _names(text: str, separator: str | None = None) -> list[str]:
    return text.split(separator)


_ORDER = (
    "amazon-order-id merchant-order-id purchase-date last-updated-date order-status "
    "fulfillment-channel sales-channel order-channel url ship-service-level product-name sku asin"
)
_MONEY = (
    "quantity currency item-price item-tax shipping-price shipping-tax gift-wrap-price "
    "gift-wrap-tax item-promotion-discount ship-promotion-discount"
)
_SHIP = "ship-city ship-state ship-postal-code ship-country promotion-ids"
_BUSINESS = "is-business-order purchase-order-number price-designation"
_FROM = " ".join(
    f"{which}-ship-from-{part}"
    for which in ("default", "actual")
    for part in _names(
        "address-name address-field-1 address-field-2 address-field-3 city state country "
        "postal-code"
    )
)
_28 = f"{_ORDER} item-status {_MONEY} {_SHIP}"

HEADERS: dict[str, list[str]] = {
    "29 columns": _28.split(),
    "32 columns": f"{_28} {_BUSINESS}".split(),
    "33 columns": f"{_28} cpf {_BUSINESS} signature-confirmation-recommended".replace(
        " url ", " "
    ).split(),
    "50 columns": (
        f"{_28} {_BUSINESS} signature-confirmation-recommended buyer-company-name licensee-name "
        "license-number license-state license-expiration-date is-replacement-order "
        "original-order-id is-exchange-order original-order-id-exchange is-transparency "
        "ioss-number store-chain-store-id delivery-start-date delivery-end-date "
        "delivery-time-zone delivery-Instructions is-buyer-requested-cancellation"
    ).split(),
    "62 columns": (
        f"{_ORDER} number-of-items item-status tax-collection-model "
        f"tax-collection-responsible-party {_MONEY} address-type {_SHIP} "
        f"payment-method-details cpf item-extensions-data {_BUSINESS} customized-url "
        "customized-page is-replacement-order is-exchange-order original-order-id "
        f"is-transparency {_FROM} signature-confirmation-recommended"
    ).split(),
    "India": f"{_28} {_BUSINESS} fulfilled-by is-iba amazon-programs order-item-id".split(),
    "archived": (
        f"{_ORDER} item-status {_MONEY} ship-country promotion-ids ship-promotion-id "
        f"{_BUSINESS} customized-url customized-page is-heavy-or-bulky is-replacement-order"
    ).split(),
}
"""All Orders in the variants of the years."""

UNSHIPPED = _names(
    "order-id order-item-id purchase-date payments-date reporting-date promise-date "
    "days-past-promise buyer-email buyer-phone-number sku product-name quantity-purchased "
    "quantity-shipped quantity-to-ship ship-service-level recipient-name ship-address-1 "
    "ship-address-2 ship-address-3 ship-city ship-state ship-postal-code ship-country "
    "is-business-order purchase-order-number price-designation is-prime"
)
NEW_ORDERS = _names(
    "order-id order-item-id purchase-date payments-date buyer-email buyer-name "
    "buyer-phone-number sku product-name quantity-purchased currency item-price item-tax "
    "shipping-price shipping-tax ship-service-level recipient-name ship-address-1 "
    "ship-address-2 ship-address-3 ship-city ship-state ship-postal-code ship-country "
    "ship-phone-number delivery-start-date delivery-end-date delivery-time-zone "
    "delivery-Instructions sales-channel"
)
NEW_ORDERS_EU = [
    *NEW_ORDERS[:25],
    *_names(
        "bill-address-1 bill-address-2 bill-address-3 bill-city bill-state bill-postal-code "
        "bill-country item-promotion-discount item-promotion-id ship-promotion-discount "
        "ship-promotion-id"
    ),
    *NEW_ORDERS[25:],
]
SHIPMENTS = _names(
    "amazon-order-id merchant-order-id shipment-id shipment-item-id amazon-order-item-id "
    "merchant-order-item-id purchase-date payments-date shipment-date reporting-date buyer-email "
    "buyer-name buyer-phone-number sku product-name quantity-shipped currency item-price item-tax "
    "shipping-price shipping-tax gift-wrap-price gift-wrap-tax ship-service-level recipient-name "
    "ship-address-1 ship-address-2 ship-address-3 ship-city ship-state ship-postal-code "
    "ship-country ship-phone-number bill-address-1 bill-address-2 bill-address-3 bill-city "
    "bill-state bill-postal-code bill-country item-promotion-discount ship-promotion-discount "
    "carrier tracking-number estimated-arrival-date fulfillment-center-id fulfillment-channel "
    "sales-channel"
)
SALE_REPORT = _names(
    "index,Order ID,Date,Status,Fulfilment,Sales Channel ,ship-service-level,Style,SKU,Category,"
    "Size,ASIN,Courier Status,Qty,currency,Amount,ship-city,ship-state,ship-postal-code,"
    "ship-country,promotion-ids,B2B,fulfilled-by,Unnamed: 22",
    ",",
)
FEEDBACK = ["Date", "Rating", "Comments", "Your Response", "Order ID", "Rater Email"]

SHORT = HEADERS["29 columns"]


def oid(n: int, lead: str = "028") -> str:
    """The n-th order id."""
    return f"{lead}-{n // 10**7:07d}-{n % 10**7:07d}"


def order(
    n: int | str, purchased: str = "2026-05-01T10:00:00+00:00", **cells: str
) -> dict[str, str]:
    """One row of All Orders, by column name; ``__`` in a keyword stands for ``-``."""
    row = {
        "amazon-order-id": n if isinstance(n, str) else oid(n),
        "purchase-date": purchased,
        "last-updated-date": purchased,
        "order-status": "Shipped",
        "fulfillment-channel": "Merchant",
        "sales-channel": "Amazon.de",
        "product-name": "Lamp",
        "sku": "L-1",
        "asin": "B000000001",
        "quantity": "1",
        "item-status": "Shipped",
        "ship-city": "Kassel",
        "currency": "EUR",
    }
    return {**row, **{name.replace("__", "-"): value for name, value in cells.items()}}


def table(
    rows: Iterable[dict[str, str]],
    header: Sequence[str] = SHORT,
    *,
    delimiter: str = "\t",
    newline: str = "\n",
) -> str:
    """Rows as the text of an export, unquoted."""
    lines = [delimiter.join(header)]
    lines += [delimiter.join(row.get(name, "") for name in header) for row in rows]
    return newline.join(lines) + newline


def orders(n: int, first: int = 0, **cells: str) -> list[dict[str, str]]:
    """`n` plain orders, one a day from 1 March 2026 on, an hour apart."""
    start = datetime(2026, 3, 1, tzinfo=UTC)
    times = (start + timedelta(days=i % 100, hours=i % 24) for i in range(n))
    return [order(first + i, t.isoformat(), **cells) for i, t in enumerate(times)]


def feedback(rows: Iterable[Sequence[str]], header: Sequence[str] = FEEDBACK) -> str:
    """(date, rating, comment, order id) rows as the six-column report."""
    lines = ["\t".join(header)]
    for day, stars, comment, order_id in rows:
        lines.append(f"{day}\t{stars}\t{comment}\t\t{order_id}\tabc123@marketplace.amazon.com")
    return "\n".join(lines) + "\n"


def claims(rows: Iterable[Sequence[str]]) -> str:
    """(order id, day, status) rows as ``claims.csv``."""
    return "order id,claim date,status\n" + "".join(",".join(row) + "\n" for row in rows)


def returned(rows: Iterable[Sequence[str]]) -> str:
    """(order id, day, reason, status, claim) rows as the returns report."""
    header = "Order ID|Return request date|Return Reason|Return request status|A-to-Z Claim"
    lines = [[*header.split("|"), "Merchant SKU"], *([*row, "L-1"] for row in rows)]
    return "".join("\t".join(line) + "\n" for line in lines)


def zipped(members: dict[str, str | bytes] | Sequence[tuple[str, str | bytes]]) -> bytes:
    """A zip archive of `members`."""
    pairs = members.items() if isinstance(members, dict) else members
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in pairs:
            archive.writestr(name, content)
    return packed.getvalue()


def gzipped(content: str | bytes) -> bytes:
    """`content` gzipped, without a time in it."""
    return gzip.compress(content.encode() if isinstance(content, str) else content, mtime=0)


def fill(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Write `files` below `folder` (made when missing) and give the folder back."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def without_rights() -> Iterator[Path]:
    """An open folder, and for root the rights of nobody while it is used."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    is_root = os.geteuid() == 0
    try:
        if is_root:
            os.seteuid(65534)
        yield folder
    finally:
        if is_root:
            os.seteuid(0)
        shutil.rmtree(folder)
