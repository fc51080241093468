"""Ends of how many times as often a group goes wrong, against sums over the binomial."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from odr_analysis.causes.exact_tests import BEYOND, times_as_often

COUNTS = [
    (20, 400, 66, 5000, 16),
    (6, 352, 7, 1593, 5),
    (9, 10, 9, 3000, 3),
    (40, 900, 400, 9000, 0),
]


def share(times: float, n: int, all_n: int) -> float:
    """Share of the defective orders that are in a group which goes wrong `times` as often."""
    return times * n / (times * n + all_n - n)


@pytest.mark.parametrize(("d", "n", "all_d", "all_n", "needed"), COUNTS)
def test_ends_are_where_as_many_lie_beyond(
    d: int, n: int, all_d: int, all_n: int, needed: int
) -> None:
    low, high = times_as_often(d, n, all_d, all_n, needed)
    p = share(low, n, all_n)
    assert binom.sf(d - 1, all_d, p) / binom.sf(needed - 1, all_d, p) == pytest.approx(BEYOND)
    if d == all_d:
        assert high == np.inf
    else:
        assert binom.cdf(d, all_d, share(high, n, all_n)) == pytest.approx(BEYOND)


def test_of_the_groups_picked_few_have_an_end_beyond_the_truth() -> None:
    n, all_n, all_d, needed = 400, 5000, 60, 11
    for truth in (1.0, 2.0, 4.0, 7.75):
        k = np.arange(needed, all_d + 1)
        chance = binom.pmf(k, all_d, share(truth, n, all_n))
        ends = np.array([times_as_often(int(d), n, all_d, all_n, needed) for d in k])
        picked = chance.sum()
        assert chance[ends[:, 0] > truth].sum() <= BEYOND * picked + 1e-12
        assert chance[ends[:, 1] < truth].sum() <= BEYOND * picked + 1e-12


@given(st.integers(1, 300), st.integers(1, 60), st.integers(0, 60), st.integers(0, 61))
def test_a_group_picked_for_more_has_a_lower_end_that_is_lower(
    n: int, d: int, rest_d: int, needed: int
) -> None:
    d = min(d, n)
    counts = (d, n, d + rest_d, 2 * n + rest_d)
    low, high = times_as_often(*counts, needed)
    plain, same = times_as_often(*counts)
    assert 0 <= low <= plain * (1 + 1e-9)
    assert high == same
    assert plain < d / n / (rest_d / (n + rest_d)) < high if rest_d else high == np.inf
    assert low == 0 if d <= needed else low > 0
    if needed and d > needed:
        assert low >= times_as_often(*counts, needed + 1)[0]
