"""Comparing accounts: exact, whatever their size, and honest about how many are compared."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from odr_analysis.rates.between_accounts import (
    FALSE_NAMES,
    WITHIN_A_MONTH,
    between_accounts,
    limits,
    vary_more,
)
from tests.long import usually


def test_the_tests_are_those_of_scipy():
    n, d = np.array([100, 700, 3000, 20_000, 50]), np.array([6, 7, 9, 80, 0])
    found = between_accounts(n, d, 0.01)
    share, m = n / n.sum(), len(n)
    more = stats.binom.sf(d - 1, d.sum(), share)
    fewer = stats.binom.cdf(d, d.sum(), share)
    assert (found.differs == "higher").tolist() == (2 * more <= FALSE_NAMES / m).tolist()
    assert (found.differs == "lower").tolist() == (2 * fewer <= FALSE_NAMES / m).tolist()
    by_target = stats.binom.sf(d - 1, n, 0.01)
    assert found.over_target.tolist() == (by_target <= FALSE_NAMES / m).tolist()
    assert found.over_target.any()
    middle = (stats.binom.cdf(d, d.sum(), share) + stats.binom.cdf(d - 1, d.sum(), share)) / 2
    assert found.z.to_numpy() == pytest.approx(stats.norm.ppf(middle))


def test_the_same_rate_says_more_of_more_orders():
    found = between_accounts([100, 1000, 10_000], [2, 20, 20], 0.01)
    assert found.z[0] < found.z[1]
    assert found.differs.tolist() == ["", "higher", "lower"]


def test_hundreds_of_accounts_alike_name_one_by_mistake_in_one_run_of_twenty_at_most():
    """Sizes and rates of an agency whose accounts are all just at the limit."""
    rng = np.random.default_rng(7)
    sizes = np.exp(rng.normal(6, 1.3, 300)).astype(int) + 10
    named = over = 0
    for _ in range(400):
        found = between_accounts(sizes, rng.binomial(sizes, 0.01), 0.01)
        named += bool((found.differs != "").any())
        over += bool(found.over_target.any())
    # 20 expected at most; more than 32 has a probability of 0.4 %.
    assert named <= 32
    assert over <= 32
    assert named + over > 0, "limits that nothing ever reaches would find nothing either"


def test_looked_at_every_day_for_a_month():
    """Days share most of their windows, so a month is far less than thirty runs of their own."""
    rng, months, named = np.random.default_rng(11), usually(20, long=250), 0
    for _ in range(months):
        a_day = np.exp(rng.normal(6, 1.3, 300)) / 60
        placed = rng.poisson(a_day[:, None], (300, 90))
        n, d = (np.cumsum(x, axis=1) for x in (placed, rng.binomial(placed, 0.01)))
        days = (
            between_accounts(n[:, t] - n[:, t - 60], d[:, t] - d[:, t - 60], 0.01)
            for t in range(60, 90)
        )
        named += any(day.over_target.any() for day in days)
    spread = np.sqrt(WITHIN_A_MONTH * (1 - WITHIN_A_MONTH) / months)
    assert named / months == pytest.approx(WITHIN_A_MONTH, abs=3 * spread)


def test_accounts_that_are_bad_are_found_and_small_ones_are_not():
    rng = np.random.default_rng(3)
    sizes = np.full(400, 600)
    sizes[:5], sizes[5:10] = 4000, 40
    rate = np.full(400, 0.004)
    rate[:10] = 0.025
    found = between_accounts(sizes, rng.binomial(sizes, rate), 0.01)
    assert found.over_target[:5].all()
    assert not found.over_target[5:].any(), "40 orders cannot show it among 400 accounts"


def test_far_tails_stay_finite_and_an_account_without_orders_is_not_compared():
    found = between_accounts([0, 10_000_000, 10_000_000], [0, 900_000, 10], 0.01)
    assert np.isnan(found.z[0])
    assert found.differs[0] == ""
    assert np.isfinite(found.z[1:]).all()
    alone = between_accounts([500], [4], 0.01)
    assert (alone.z[0], alone.differs[0]) == (0.0, "")
    assert between_accounts([], [], 0.01).empty


def test_limits_widen_with_the_number_of_accounts():
    every = [limits(n).every for n in (1, 10, 500, 5000)]
    assert every == sorted(every)
    assert every == pytest.approx(stats.norm.ppf(1 - 0.025 / np.array([1, 10, 500, 5000])))
    assert {limits(n).each for n in (1, 500)} == {every[0]}


def test_whether_accounts_vary_more_than_their_sizes_explain():
    rng = np.random.default_rng(5)
    alike = sum(
        vary_more(between_accounts(n := np.full(200, 800), rng.binomial(n, 0.01), 0.01).z)
        for _ in range(200)
    )
    assert alike <= 20
    rate = rng.gamma(3, 0.01 / 3, 200)
    assert vary_more(between_accounts(n, rng.binomial(n, rate), 0.01).z)
