"""Groups of orders beside each other: usual rate, limits, which are large enough."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from odr_analysis.rates.groups import WITHIN, binomial_limits, funnel, large_enough, usual_counts

PRODUCTS = pd.DataFrame({"n_orders": [1000, 2000, 90], "n_defective": [40, 5, 0]})


def test_the_usual_rate_is_that_of_all_orders_where_the_table_tells() -> None:
    assert usual_counts(PRODUCTS) == (45, 3090)
    # An order with two products is in two rows; rows without a defect may be missing.
    whole = PRODUCTS.assign(
        rest_n_orders=3000 - PRODUCTS.n_orders, rest_n_defective=44 - PRODUCTS.n_defective
    )
    assert usual_counts(whole) == (44, 3000)
    assert usual_counts(whole.head(2)) == (44, 3000)


@pytest.mark.parametrize("within", WITHIN)
@pytest.mark.parametrize("usual", [0.004, 0.01, 0.3])
def test_a_group_is_beyond_a_limit_just_when_it_is_seldom_there(within, usual) -> None:
    n = np.array([1, 2, 5, 10, 50, 233, 1000, 5000])
    tail = (1 - within) / 2
    low, high = binomial_limits(n, usual, within)
    above = below = 0
    for size, lower, upper in zip(n, low, high, strict=True):
        d = np.arange(size + 1)
        many, few = binom.sf(d - 1, size, usual), binom.cdf(d, size, usual)
        sure = np.abs(many - tail) > 1e-9
        assert ((d / size >= upper - 1e-12) == (many <= tail))[sure].all(), size
        if lower > 0:
            sure = np.abs(few - tail) > 1e-9
            assert ((d / size <= lower + 1e-12) == (few <= tail))[sure].all(), size
        else:
            assert (few > tail).all()
        above, below = above + (many <= tail).sum(), below + (few <= tail).sum()
    assert above > 100
    assert below > 5


def test_a_funnel_reaches_both_sizes_and_narrows() -> None:
    table = funnel(2.4, 1900.2, 0.0125)
    assert table.n_orders.iloc[[0, -1]].tolist() == [2, 1901]
    assert (np.diff(table.n_orders) > 0).all()
    inner, outer = (binomial_limits(table.n_orders, 0.0125, share) for share in WITHIN)
    for column, want in zip(table.columns[1:], (*inner, *outer), strict=True):
        np.testing.assert_array_equal(table[column], want)
    large = table[table.n_orders >= 10]
    assert (np.diff(large.upper_outer) < 0).all()
    assert (table.upper_outer > table.upper).all()


@pytest.mark.parametrize("usual", [0.0, 1.0])
def test_nothing_varies_around_a_rate_of_nothing_or_all(usual: float) -> None:
    assert funnel(10, 1000, usual).empty


def test_a_size_below_one_order_begins_at_one() -> None:
    assert funnel(0.4, 3, 0.5).n_orders.tolist() == [1, 2, 3]


def test_a_handful_of_orders_is_not_large_enough() -> None:
    assert large_enough([1000, 900, 249, 250, 3]).tolist() == [True, True, True, True, False]
    assert large_enough([40, 10, 20, 1], share=0.5).tolist() == [True, True, True, False]
    assert large_enough([0]).tolist() == [True]
