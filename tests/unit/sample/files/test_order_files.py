"""Order files: headers, shapes, items and updates."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import pairwise

import pytest

from odr_analysis.sample.files.order_files import HEADERS, file_rows, last_update, plan_files
from odr_analysis.sample.model.draws import Draws
from odr_analysis.sample.model.orders import DAY, day_number, make_orders
from odr_analysis.sample.model.scenarios import SETTINGS
from tests.unit.sample.recount import (
    ORDER_ID,
    Recount,
)

"""Those with many sources are in test_many_sources.py."""

END = date(2026, 9, 30)


def test_headers_are_the_documented_ones() -> None:
    assert {n: len(names) for n, names in HEADERS.items()} == {n: n for n in HEADERS}
    assert set(HEADERS) == {29, 32, 33, 50, 62}
    for names in HEADERS.values():
        assert len(set(names)) == len(names)
    documented = [
        *("amazon-order-id", "merchant-order-id", "purchase-date", "last-updated-date"),
        *("order-status", "fulfillment-channel", "sales-channel", "order-channel"),
        *("url", "ship-service-level", "product-name", "sku"),
        *("asin", "item-status", "quantity", "currency"),
        *("item-price", "item-tax", "shipping-price", "shipping-tax"),
        *("gift-wrap-price", "gift-wrap-tax", "item-promotion-discount", "ship-promotion-discount"),
        *("ship-city", "ship-state", "ship-postal-code", "ship-country"),
        *("promotion-ids",),
    ]
    business = ["is-business-order", "purchase-order-number", "price-designation"]
    assert list(HEADERS[29]) == documented
    assert list(HEADERS[32]) == documented + business
    assert list(HEADERS[50][:32]) == documented + business
    assert HEADERS[50][32] == "signature-confirmation-recommended"
    assert HEADERS[50][-1] == "is-buyer-requested-cancellation"
    assert HEADERS[33][-5:] == ("cpf", *business, "signature-confirmation-recommended")
    assert set(documented + business) <= set(HEADERS[62])
    assert "default-ship-from-address-field-2" in HEADERS[62]
    assert "actual-ship-from-postal-code" in HEADERS[62]


def test_orders_have_the_shapes_real_ones_have(story: Recount) -> None:
    rows = story.orders.values()
    assert all(ORDER_ID.match(i) for i in story.orders)
    assert all(r["quantity"] == "0" for r in rows if r["order-status"] == "Cancelled")
    statuses = Counter(r["order-status"] for r in rows)
    assert set(statuses) == {"Pending", "Unshipped", "Shipped", "Cancelled"}
    assert 0.02 < statuses["Cancelled"] / len(story.orders) < 0.04
    pending = [r for r in rows if r["order-status"] == "Pending"]
    assert all(r["item-price"] == r["currency"] == "" for r in pending)
    assert all(r["item-price"] for r in rows if r["item-status"] == "Shipped")
    marked = sum('"' in r["product-name"] for r in rows) / len(story.orders)
    assert 0.005 < marked < 0.02
    odd = [r for r in rows if r["product-name"].count('"') % 2]
    assert odd
    channels = {r["sales-channel"] for r in rows}
    assert channels == {"Amazon.de", "Non-Amazon", "Non-Amazon DE"}
    assert set(story.truth["orders"]["not_counted"]) == {
        "multi-channel order",
        "not an Amazon order",
    }


def test_a_later_file_has_newer_rows_of_orders_an_earlier_one_lists(story: Recount) -> None:
    assert story.replaced > 50


def test_items_per_order(story: Recount) -> None:
    overlap = story.truth["orders"]["rows"] / story.truth["orders"]["distinct"]
    assert 1.25 < overlap < 1.5


def test_every_order_is_in_some_file_and_no_file_knows_the_future() -> None:
    orders = make_orders(SETTINGS["story"], 2_000, 273, END, Draws(11))
    listed: set[int] = set()
    for file in plan_files(273, END):
        rows = file_rows(orders, file)
        listed |= set(orders.item_order[rows].tolist())
        known = last_update(orders, file.taken_at)[orders.item_order[rows]]
        assert (known < file.taken_at).all()
    assert len(listed) == orders.n
    assert plan_files(273, END)[-1].taken_at == (day_number(END) + 1) * DAY


@pytest.mark.parametrize("end", [date(2026, 9, 1), date(2026, 9, 4), date(2024, 2, 29)])
def test_file_plans_leave_no_gap(end: date) -> None:
    plan = plan_files(200, end)
    assert plan[0].since == (day_number(end) - 199) * DAY
    for earlier, later in pairwise(plan):
        assert later.since <= earlier.taken_at
