"""Shares of a change of a rate, in fractions worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from odr_analysis.why.shares import ratio, shares_of_change


def test_a_ratio_of_nothing_is_0() -> None:
    assert ratio(3, 4) == Fraction(3, 4)
    assert ratio(0, 0) == ratio(5, 0) == 0


def test_a_defect_and_orders_that_come_and_go_share_the_change() -> None:
    # 1 of 10 becomes 3 of 20: 1/20 more. A defect is worth the mean of 1/10 and 1/20.
    shares = shares_of_change(1, 10, {"entered": 3, "left": -1}, {"in": 12, "out": -2})
    assert shares == {
        "entered": Fraction(9, 40),
        "left": Fraction(-3, 40),
        # An order: the mean of 1 and 3 defects, times (1/20 - 1/10) for each of ten.
        "in": Fraction(-12, 100),
        "out": Fraction(2, 100),
    }
    assert sum(shares.values()) == Fraction(3, 20) - Fraction(1, 10)


def test_swapped_days_change_the_sign_alone() -> None:
    there = shares_of_change(2, 8, {"d": 3}, {"n": 4})
    back = shares_of_change(5, 12, {"d": -3}, {"n": -4})
    assert back == {name: -share for name, share in there.items()}


def test_orders_that_replace_others_are_worth_something_each_and_nothing_together() -> None:
    shares = shares_of_change(2, 8, {"d": 0}, {"in": 4, "out": -4})
    assert shares["in"] == -shares["out"] == Fraction(-1, 8)
    assert shares["d"] == 0


@pytest.mark.parametrize(
    ("before", "defects", "orders", "change"),
    [
        ((0, 0), 1, 4, Fraction(1, 4)),
        ((1, 4), -1, -4, Fraction(-1, 4)),
        ((0, 0), 0, 0, Fraction(0)),
    ],
    ids=["from no orders", "to no orders", "none on either day"],
)
def test_days_without_orders_count_as_a_rate_of_0(
    before: tuple[int, int], defects: int, orders: int, change: Fraction
) -> None:
    assert sum(shares_of_change(*before, {"d": defects}, {"n": orders}).values()) == change
