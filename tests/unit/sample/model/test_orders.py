"""The orders of a synthetic seller."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from odr_analysis.sample.model.draws import Draws
from odr_analysis.sample.model.orders import (
    DAY,
    Orders,
    as_date,
    country_of,
    day_number,
    make_orders,
)
from odr_analysis.sample.model.scenarios import SETTINGS

END = date(2026, 9, 30)

LAST = day_number(END)


def make(scenario: str, n: int, seed: int = 11) -> Orders:
    return make_orders(SETTINGS[scenario], n, 273, END, Draws(seed))


def test_orders_are_distinct_in_order_and_within_the_days() -> None:
    orders = make("surge", 30_000)
    assert len(set(orders.ids)) == orders.n == 30_000
    assert (np.diff(orders.placed_at) >= 0).all()
    assert orders.day.max() == LAST
    assert orders.day.min() >= LAST - 272
    assert len(orders.item_order) / orders.n == pytest.approx(1.25, abs=0.02)
    assert orders.is_mfn.mean() == pytest.approx(0.6, abs=0.02)


def test_days_are_counted_from_1970() -> None:
    assert day_number(date(1970, 1, 1)) == 0
    assert day_number(date(2026, 9, 30)) == 20_726
    assert as_date(20_726) == date(2026, 9, 30)
    assert country_of("Amazon.co.jp") == "JP"


def test_the_smallest_seller_has_45_orders_in_the_window() -> None:
    orders = make("tiny", 1_000)
    age = LAST - orders.day
    assert orders.n == 87
    assert int(((age >= 15) & (age <= 74)).sum()) == 45


def test_items_are_found_by_their_order() -> None:
    orders = make("story", 200)
    items = orders.items_of()
    assert sum(map(len, items)) == len(orders.item_order)
    assert all(orders.item_order[i] == order for order, own in enumerate(items) for i in own)
    assert min(map(len, items)) >= 1


def test_shipped_are_those_done_by_a_moment_and_not_cancelled() -> None:
    orders = make("story", 500)
    end = (LAST + 1) * DAY
    for moment in (end - 30 * DAY, end):
        shipped = orders.shipped_by(moment).tolist()
        for i in range(orders.n):
            assert shipped[i] == (not orders.cancelled[i] and orders.done_at[i] <= moment)
    assert orders.cancelled.any()


def test_orders_that_do_not_count_say_why() -> None:
    orders = make("story", 4_000)
    assert orders.not_counted
    for order, why in orders.not_counted.items():
        assert why
        outside = not str(orders.sales_channel[order]).startswith("Amazon.")
        assert outside or orders.ids[order].startswith("S")
