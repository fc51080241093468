"""The synthetic orders as All Orders files, with every header in use."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from odr_analysis import terms
from odr_analysis.sample.model.catalogue import CITIES, PRODUCTS, Product
from odr_analysis.sample.model.orders import DAY, SERVICES, Orders, country_of, day_number
from odr_analysis.sample.model.scenarios import Setting

OVERLAP_DAYS = 4
"""Each monthly file reaches back this far before its month."""

_ORDER = (
    "amazon-order-id merchant-order-id purchase-date last-updated-date order-status "
    "fulfillment-channel sales-channel order-channel url ship-service-level product-name sku asin"
)
_MONEY = (
    "currency item-price item-tax shipping-price shipping-tax gift-wrap-price "
    "gift-wrap-tax item-promotion-discount ship-promotion-discount"
)
_SHIP = "ship-city ship-state ship-postal-code ship-country promotion-ids"
_BUSINESS = "is-business-order purchase-order-number price-designation"
_ADDRESS = " ".join(
    f"{kind}-ship-from-{part}"
    for kind in ("default", "actual")
    for part in (
        "address-name",
        *(f"address-field-{i}" for i in (1, 2, 3)),
        *("city", "state", "country", "postal-code"),
    )
)

HEADERS: dict[int, tuple[str, ...]] = {
    29: tuple(f"{_ORDER} item-status quantity {_MONEY} {_SHIP}".split()),
    32: tuple(f"{_ORDER} item-status quantity {_MONEY} {_SHIP} {_BUSINESS}".split()),
    33: tuple(
        f"{_ORDER} item-status quantity {_MONEY} {_SHIP} cpf {_BUSINESS} "
        "signature-confirmation-recommended".replace(" url ", " ").split()
    ),
    50: tuple(
        f"{_ORDER} item-status quantity {_MONEY} {_SHIP} {_BUSINESS} "
        "signature-confirmation-recommended buyer-company-name licensee-name license-number "
        "license-state license-expiration-date is-replacement-order original-order-id "
        "is-exchange-order original-order-id-exchange is-transparency ioss-number "
        "store-chain-store-id delivery-start-date delivery-end-date delivery-time-zone "
        "delivery-Instructions is-buyer-requested-cancellation".split()
    ),
    62: tuple(
        f"{_ORDER} number-of-items item-status tax-collection-model "
        f"tax-collection-responsible-party quantity {_MONEY} address-type {_SHIP} "
        f"payment-method-details cpf item-extensions-data {_BUSINESS} customized-url "
        "customized-page is-replacement-order is-exchange-order original-order-id "
        f"is-transparency {_ADDRESS} signature-confirmation-recommended".split()
    ),
}
"""Number of columns to the header of that variant; Amazon's exports changed over the years."""

_FIXED = {
    "is-business-order": "false",
    "is-replacement-order": "false",
    "is-exchange-order": "false",
    "is-transparency": "false",
    "signature-confirmation-recommended": "false",
    "is-buyer-requested-cancellation": "false",
    "number-of-items": "1",
    "address-type": "Residential",
    "payment-method-details": "Standard",
    "default-ship-from-address-name": "Haus & Tisch",
    "default-ship-from-address-field-1": "Am Speicher 4",
    "default-ship-from-city": "Kassel",
    "default-ship-from-country": "DE",
    "default-ship-from-postal-code": "34117",
}
_CYCLE = (32, 29, 32, 33, 50, 62)


@dataclass(frozen=True)
class OrderFile:
    """One All Orders download: rows from `since` on, as they stood at `taken_at`."""

    suffix: str
    columns: int
    since: int
    taken_at: int
    by_update: bool = False
    encoding: str = "utf-8"
    newline: str = "\n"
    tail: str = ""


def plan_files(days: int, end: date) -> list[OrderFile]:
    """Monthly downloads that overlap, then one of what changed in the last days."""
    first = end - timedelta(days=days - 1)
    starts = [first]
    while (following := _next_month(starts[-1])) <= end:
        starts.append(following)
    planned = []
    for i, start in enumerate(starts):
        since = start if i == 0 else start - timedelta(days=OVERLAP_DAYS)
        taken = _next_month(start) if i + 1 < len(starts) else end - timedelta(days=OVERLAP_DAYS)
        if taken <= since:
            continue
        planned.append(
            OrderFile(
                suffix="txt.gz",
                columns=_CYCLE[i % len(_CYCLE)],
                since=day_number(since) * DAY,
                taken_at=day_number(taken) * DAY,
                encoding="windows-1252" if i % 5 == 1 else "utf-8",
                newline="\r\n" if i % 4 == 2 else "\n",
            )
        )
    planned.append(
        OrderFile(
            suffix="txt",
            columns=32,
            since=(day_number(end) - OVERLAP_DAYS - 1) * DAY,
            taken_at=(day_number(end) + 1) * DAY,
            by_update=True,
            tail="\n",
        )
    )
    return planned


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def last_update(orders: Orders, moment: int) -> np.ndarray:
    """When each order last changed before `moment`."""
    known = np.where(orders.paid_at < moment, orders.paid_at, orders.placed_at)
    return np.where(orders.done_at < moment, orders.done_at, known)


def file_rows(orders: Orders, file: OrderFile) -> np.ndarray:
    """Positions of the items `file` lists."""
    since = last_update(orders, file.taken_at) if file.by_update else orders.placed_at
    listed = (since >= file.since) & (orders.placed_at < file.taken_at)
    return np.flatnonzero(listed[orders.item_order])


def file_text(orders: Orders, file: OrderFile, rows: np.ndarray, setting: Setting) -> str:
    """The file's content: a header and one line per order item, no quoting."""
    columns = _columns(orders, file, rows, setting)
    header = HEADERS[file.columns]
    n = len(rows)
    cells = [columns.get(name) or [_FIXED.get(name, "")] * n for name in header]
    lines = ["\t".join(header), *map("\t".join, zip(*cells, strict=True))]
    return file.newline.join(lines) + file.newline + file.tail


def _columns(
    orders: Orders, file: OrderFile, rows: np.ndarray, setting: Setting
) -> dict[str, list[str]]:
    of = orders.item_order[rows]
    done = orders.done_at < file.taken_at
    paid = orders.paid_at < file.taken_at
    status = np.where(paid, "Unshipped", "Pending").astype(object)
    status[done] = np.where(orders.cancelled, "Cancelled", "Shipped")[done]
    gone = (status[of] == "Cancelled") | (orders.item_cancelled[rows] & (status[of] != "Pending"))
    quantity = np.where(gone, 0, orders.item_quantity[rows])
    priced = (quantity > 0) & (status[of] != "Pending")

    stores = [name for name, _ in setting.marketplaces]
    countries = [country_of(name) for name in stores]
    names = [[p.title(country) for p in PRODUCTS] for country in countries]
    cities = [CITIES[country] for country in countries]
    product = orders.item_product[rows].tolist()
    market = orders.market[of].tolist()
    to = [cities[m][c] for m, c in zip(market, orders.city[of].tolist(), strict=True)]
    prices = [
        [[_money(p.price_in(country) * q) for q in range(4)] for p in PRODUCTS]
        for country in countries
    ]
    pay = [
        prices[m][k][q] if ok else ""
        for m, k, q, ok in zip(market, product, quantity.tolist(), priced.tolist(), strict=True)
    ]
    ids = [orders.ids[i] for i in of.tolist()]
    outside = np.array([name.startswith("Non-Amazon") for name in orders.sales_channel.tolist()])
    skus = [p.sku for p in PRODUCTS]
    asins = [asin_of(p) for p in PRODUCTS]
    return {
        "amazon-order-id": ids,
        "merchant-order-id": [
            "" if mfn else i for i, mfn in zip(ids, orders.is_mfn[of].tolist(), strict=True)
        ],
        "purchase-date": _moments(orders.placed_at[of]),
        "last-updated-date": _moments(last_update(orders, file.taken_at)[of]),
        "order-status": status[of].tolist(),
        "fulfillment-channel": np.where(orders.is_mfn, "Merchant", "Amazon")[of].tolist(),
        "sales-channel": orders.sales_channel[of].tolist(),
        "ship-service-level": np.array(SERVICES, dtype=object)[orders.service[of]].tolist(),
        "product-name": [names[m][k] for m, k in zip(market, product, strict=True)],
        "sku": [skus[k] for k in product],
        "asin": [asins[k] for k in product],
        "item-status": np.where(gone, "Cancelled", status[of]).tolist(),
        "quantity": list(map(str, quantity.tolist())),
        "currency": [
            terms.MARKETPLACES[stores[m]].currency if p and not out else ""
            for m, p, out in zip(market, pay, outside[of].tolist(), strict=True)
        ],
        "item-price": pay,
        "ship-city": [c.name for c in to],
        "ship-state": [c.state for c in to],
        "ship-postal-code": [c.postcode for c in to],
        "ship-country": [country_of(stores[m]) for m in market],
    }


def asin_of(product: Product) -> str:
    """A made-up ASIN that stays the same for a listing."""
    return f"B0{hashlib.sha256(product.sku.encode()).hexdigest()[:8].upper()}"


def _money(amount: float) -> str:
    """As the report writes money: a point, no padding."""
    return f"{amount:.2f}".rstrip("0").rstrip(".")


def _moments(seconds: np.ndarray) -> list[str]:
    text = np.datetime_as_string(seconds.astype("datetime64[s]"))
    return [f"{t}+00:00" for t in text.tolist()]
