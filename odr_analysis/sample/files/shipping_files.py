"""What tells of shipping: fulfilled shipments, unshipped orders, and the lists of other rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np

from odr_analysis.sample.files.defect_files import comma_text, tab_text
from odr_analysis.sample.files.folder import Folder
from odr_analysis.sample.model.catalogue import CITIES, PRODUCTS
from odr_analysis.sample.model.draws import Draws
from odr_analysis.sample.model.orders import DAY, SERVICES, Orders, as_date
from odr_analysis.sample.model.stores import Store

_SHIPMENTS = (
    "amazon-order-id merchant-order-id shipment-id shipment-item-id amazon-order-item-id "
    "merchant-order-item-id purchase-date payments-date shipment-date reporting-date "
    "buyer-email buyer-name buyer-phone-number sku product-name quantity-shipped currency "
    "item-price item-tax shipping-price shipping-tax gift-wrap-price gift-wrap-tax "
    "ship-service-level recipient-name ship-address-1 ship-address-2 ship-address-3 ship-city "
    "ship-state ship-postal-code ship-country ship-phone-number bill-address-1 bill-address-2 "
    "bill-address-3 bill-city bill-state bill-postal-code bill-country "
    "item-promotion-discount ship-promotion-discount carrier tracking-number "
    "estimated-arrival-date fulfillment-center-id fulfillment-channel sales-channel"
)
_UNSHIPPED = (
    "order-id order-item-id purchase-date payments-date reporting-date promise-date "
    "days-past-promise buyer-email buyer-phone-number sku product-name quantity-purchased "
    "quantity-shipped quantity-to-ship ship-service-level recipient-name ship-address-1 "
    "ship-address-2 ship-address-3 ship-city ship-state ship-postal-code ship-country "
    "is-business-order purchase-order-number price-designation is-prime"
)
SHIPMENTS, UNSHIPPED = tuple(_SHIPMENTS.split()), tuple(_UNSHIPPED.split())
LATE_HEADER = (
    *("Order date", "Order ID", "Expected ship date", "Actual ship date"),
    *("Ship confirmation date", "Account Health impact"),
)
CANCELLED_HEADER = ("Order Date", "Order ID", "Impacts Account Health")
SHIPMENT_DAYS, LATE_DAYS, CANCEL_DAYS = 60, 30, 7


@dataclass(frozen=True)
class Lapses:
    """Orders that failed another rate: order to whether it has an impact on account health."""

    late: dict[int, bool]
    cancelled: dict[int, bool]

    def late_on_list(self, orders: Orders, last_day: int) -> dict[int, bool]:
        """Those of the last 30 days of orders."""
        first = last_day - LATE_DAYS + 1
        return {i: c for i, c in self.late.items() if first <= orders.day[i] <= last_day}

    def cancelled_on_list(self, orders: Orders, last_day: int) -> dict[int, bool]:
        """Those of the 7 days before the last."""
        first = last_day - CANCEL_DAYS
        return {i: c for i, c in self.cancelled.items() if first <= orders.day[i] < last_day}

    def listed(self, orders: Orders, last_day: int) -> list[dict[str, Any]]:
        """What the two lists name, for truth.json."""
        return [
            {
                "order_id": orders.ids[i],
                "metric": metric,
                "ordered_on": as_date(int(orders.day[i])).isoformat(),
                "counts": counts,
            }
            for metric, own in (
                ("late_shipment", self.late_on_list(orders, last_day)),
                ("cancellation", self.cancelled_on_list(orders, last_day)),
            )
            for i, counts in own.items()
        ]


def make_lapses(orders: Orders, last_day: int, draws: Draws) -> Lapses:
    """Late shipments and cancellations of seller-fulfilled orders, the whole history through."""
    fits = orders.is_mfn.copy()
    fits[list(orders.not_counted)] = False
    shipped = orders.shipped_by((last_day + 1) * DAY - 1)
    late, mild = draws.hits(0.06, orders.n), draws.hits(0.25, orders.n)
    called_off = orders.cancelled & (orders.done_at < (last_day + 1) * DAY)
    return Lapses(
        {i: not mild[i] for i in np.flatnonzero(fits & shipped & late).tolist()},
        {i: not mild[i] for i in np.flatnonzero(fits & called_off).tolist()},
    )


def write_lapses(
    folder: Folder, lapses: Lapses, orders: Orders, store: Store, last_day: int
) -> None:
    """The late-shipment list of 30 days, and the cancellation list of the 7 days before today."""
    marks = {True: "Yes", False: "No"}
    rows = []
    for i, counts in lapses.late_on_list(orders, last_day).items():
        placed, done = int(orders.day[i]), int(orders.done_at[i]) // DAY
        days = [store.day(d) for d in (max(placed, done - 1 - i % 2), done, done)]
        rows.append([store.day(placed), orders.ids[i], *days, marks[counts]])
    _add(folder, "late-shipment-list", LATE_HEADER, rows)
    rows = [
        [store.day(int(orders.day[i])), orders.ids[i], marks[counts]]
        for i, counts in lapses.cancelled_on_list(orders, last_day).items()
    ]
    _add(folder, "cancellation-list", CANCELLED_HEADER, rows)


def _add(folder: Folder, kind: str, header: Sequence[str], rows: list[list[str]]) -> None:
    # Without a row there is no such download.
    if rows:
        text = comma_text(header, rows)
        folder.add(folder.next_name("csv"), kind, text, len(rows), len(header))


def write_shipments(folder: Folder, orders: Orders, store: Store, last_day: int) -> None:
    """Amazon's shipments of the last 60 days, one row twice, times in the store's own offset."""
    end = (last_day + 1) * DAY
    sent = ~orders.is_mfn & orders.shipped_by(end - 1) & (orders.day > last_day - SHIPMENT_DAYS)
    rows = []
    for item in np.flatnonzero(sent[orders.item_order] & ~orders.item_cancelled).tolist():
        i = int(orders.item_order[item])
        done = int(orders.done_at[i])
        moments = (
            int(orders.placed_at[i]),
            int(orders.paid_at[i]),
            done,
            min(done + 9_000, end - 1),
        )
        outside = not str(orders.sales_channel[i]).startswith("Amazon.")
        cells = {
            **_item(orders, item, store),
            "amazon-order-id": orders.ids[i],
            "shipment-id": f"D{orders.ids[i][4:11]}",
            "shipment-item-id": f"D{item:09}",
            "amazon-order-item-id": f"{60_000_000_000_000 + item}",
            "reporting-date": _moment(store, moments[3]),
            "shipment-date": _moment(store, moments[2]),
            "purchase-date": _moment(store, moments[0]),
            "payments-date": _moment(store, moments[1]),
            "quantity-shipped": str(int(orders.item_quantity[item])),
            "currency": "" if outside else store.currency,
            "carrier": "AMZN_" + store.country,
            "tracking-number": f"TB{item:010}",
            "estimated-arrival-date": _moment(store, done + 2 * DAY),
            "fulfillment-center-id": f"{store.country}X{1 + item % 4}",
            "fulfillment-channel": "AFN",
            "sales-channel": str(orders.sales_channel[i]),
        }
        rows.append([cells.get(name, "") for name in SHIPMENTS])
    if rows:
        rows.append(rows[len(rows) // 2])
        text = tab_text(SHIPMENTS, rows, "\n")
        name = folder.next_name("txt.gz")
        encoding = store.own_encoding if store.country == "JP" else "utf-8"
        folder.add(name, "fulfilled-shipments", text, len(rows), len(SHIPMENTS), encoding)


def write_unshipped(folder: Folder, orders: Orders, store: Store, last_day: int) -> None:
    """Orders paid and not sent when the last day ended, with the day they are promised for."""
    end = (last_day + 1) * DAY
    waiting = orders.is_mfn & (orders.paid_at < end) & (orders.done_at >= end)
    rows = []
    for item in np.flatnonzero(waiting[orders.item_order] & ~orders.item_cancelled).tolist():
        i = int(orders.item_order[item])
        paid = int(orders.paid_at[i])
        promise = store.at(paid) + timedelta(days=2)
        quantity = str(int(orders.item_quantity[item]))
        cells = {
            **_item(orders, item, store),
            "order-id": orders.ids[i],
            "order-item-id": f"{60_000_000_000_000 + item}",
            "purchase-date": _moment(store, int(orders.placed_at[i])),
            "payments-date": _moment(store, paid),
            "reporting-date": _moment(store, paid),
            "promise-date": promise.isoformat(),
            "days-past-promise": str((store.at(end - 1).date() - promise.date()).days),
            "quantity-purchased": quantity,
            "quantity-shipped": "0",
            "quantity-to-ship": quantity,
            "is-business-order": "false",
            "is-prime": "false",
        }
        rows.append([cells.get(name, "") for name in UNSHIPPED])
    if rows:
        text = tab_text(UNSHIPPED, rows, "\r\n")
        name = folder.next_name("txt")
        encoding = store.own_encoding
        folder.add(name, "unshipped-orders", text, len(rows), len(UNSHIPPED), encoding)


def _item(orders: Orders, item: int, store: Store) -> dict[str, str]:
    i = int(orders.item_order[item])
    product = PRODUCTS[int(orders.item_product[item])]
    city = CITIES[store.country][int(orders.city[i])]
    return {
        "sku": product.sku,
        "product-name": product.title(store.country),
        "item-price": f"{product.price_in(store.country)}",
        "ship-service-level": SERVICES[int(orders.service[i])],
        "ship-city": city.name,
        "ship-state": city.state,
        "ship-postal-code": city.postcode,
        "ship-country": store.country,
    }


def _moment(store: Store, moment: int) -> str:
    return store.at(moment).isoformat()
