"""What orders are grouped by: levels by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd

from odr_analysis import (
    account_from_frames,
    drivers,
)
from odr_analysis.causes.factors import FACTORS, Factor, counted_orders, order_factors


def test_an_asin_is_a_group_only_where_it_has_several_skus() -> None:
    orders = pd.DataFrame(
        {
            "order_id": ["a", "b", "c", "d"],
            "ordered_on": "2026-08-20",
            "marketplace": "Amazon.de",
            "channel": "mfn",
            "sku": ["CUP-1", "CUP-2", "PLATE", "PLATE"],
            "asin": ["B1", "B1", "B2", "B2"],
        }
    )
    table = drivers(account_from_frames(orders), "2026-09-30")
    asins = table[table.factor == "ASIN"].set_index("level").n_orders.to_dict()
    assert asins == {"B1": 2, "B2": 2}
    table = drivers(account_from_frames(orders[orders.sku != "CUP-2"]), "2026-09-30")
    assert set(table.factor) == {"product"}


def test_levels_are_sorted_and_orders_without_one_are_in_none() -> None:
    factor = Factor.of("carrier", [0, 1, 2, 3, -1], ["UPS", "", "DHL", None, "GLS"])
    assert factor.levels.tolist() == ["DHL", "GLS", "UPS"]
    assert factor.members("DHL").tolist() == [2]
    assert factor.members("GLS").tolist() == [], "an order that was not asked for"
    assert factor.counts().tolist() == [1, 0, 1]


def test_an_order_is_in_two_levels_and_in_each_once() -> None:
    factor = Factor.of("product", [0, 0, 0, 1], ["A", "A", "B", "B"])
    assert factor.counts().tolist() == [1, 2]
    assert factor.counts(np.array([True, False])).tolist() == [1, 1]


def test_some_of_the_orders_are_numbered_anew() -> None:
    factor = Factor.of("product", [0, 1, 2], ["A", "B", "A"])
    some = factor.only(np.array([False, True, True]))
    assert some.levels.tolist() == ["A", "B"]
    assert some.members("A").tolist() == [1]
    assert some.members("B").tolist() == [0]


def test_nothing_known_is_a_factor_without_orders() -> None:
    factor = Factor.of("carrier", [], [])
    assert factor.counts().tolist() == []
    assert factor.members("DHL").tolist() == []


def account_of(**columns: object):
    """Four orders placed on Thursday 20 Aug 2026 at noon, with columns of their items."""
    base = {"order_id": ["a", "b", "c", "d"], "purchased_at": "2026-08-20T12:00:00Z"}
    base |= {"marketplace": "Amazon.de", "channel": "mfn", "sku": "CUP", "currency": "EUR"}
    return account_from_frames(pd.DataFrame({**base, **columns}))


def factors(account) -> dict[str, dict[str, list[str]]]:
    """Factor to level to the orders in it."""
    orders = counted_orders(account)
    return {
        factor.name: {
            level: orders.order_id.iloc[factor.members(level)].tolist() for level in factor.levels
        }
        for factor in order_factors(account, orders)
    }


def test_what_no_file_has_is_no_factor() -> None:
    assert factors(account_of()) == {
        "product": {"CUP": ["a", "b", "c", "d"]},
        "weekday": {"Thursday": ["a", "b", "c", "d"]},
    }
    assert set(factors(account_of())) <= set(FACTORS)


def test_states_written_in_many_ways_are_one_place() -> None:
    found = factors(
        account_of(
            ship_country=["US", "US", "DE", ""],
            ship_region=["texas", "TEXAS ", "", ""],
            ship_area=["", "77", "10", ""],
        )
    )
    assert found["destination"] == {"DE 10": ["c"], "US Texas": ["a", "b"]}


def test_values_of_orders_fall_into_fifths_of_their_currency() -> None:
    found = factors(account_of(price=[10.0, 20.0, 30.0, 40.0]))["price"]
    # Edges at 10, 16, 22, 28, 34 and 40; a value is in the band it ends, the least in the first.
    assert found == {
        "10.00 to 16.00 EUR": ["a"],
        "16.00 to 22.00 EUR": ["b"],
        "28.00 to 34.00 EUR": ["c"],
        "34.00 to 40.00 EUR": ["d"],
    }
    assert "price" not in factors(account_of(price=10.0)), "one price has no fifths"


def test_hours_to_dispatch_end_with_their_band() -> None:
    sent = ["2026-08-21T12:00:00Z", "2026-08-21T12:00:01Z", "2026-08-24T13:00:00Z", None]
    found = factors(account_of(dispatched_at=sent))["hours to dispatch"]
    assert found == {"up to 24 hours": ["a"], "24 to 48 hours": ["b"], "over 4 days": ["c"]}


def test_a_buyer_is_new_once() -> None:
    times = [f"2026-08-{day}T12:00:00Z" for day in (22, 20, 21, 23)]
    found = factors(account_of(purchased_at=times, buyer=["x", "x", "y", ""]))["buyer"]
    assert found == {"came again": ["a"], "first order known": ["b", "c"]}
