"""The range of later windows, against sums over every rate and windows drawn one by one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import gamma, poisson

from odr_analysis.actions.next_window import next_window


def slow_window(d: int, k: int) -> tuple[int, int]:
    """The range, by adding up over every rate that may be behind the counts."""
    # Rates are squares, so that the many near zero are as dense as the others.
    root = np.linspace(1e-9, 3 * (d + 4) ** 0.5, 20_001)
    rates, counts = root**2, range(3 * d + 20)

    def later(shape: float, stay: float) -> list[float]:
        weight = gamma.pdf(rates, shape) * 2 * root
        return [float(np.trapezoid(weight * poisson.pmf(n, rates * stay), root)) for n in counts]

    left = later(d - k + 0.5, 1)
    helped = later(k, 0.5) if k else [float(n == 0) for n in counts]
    sums = [sum(left[i] * helped[n - i] for i in range(n + 1)) for n in counts]
    assert sum(sums) == pytest.approx(1, abs=1e-5)
    fewest, lot = (next(n for n in counts if sum(sums[: n + 1]) >= share) for share in (0.05, 0.95))
    return fewest, lot


@pytest.mark.parametrize(("d", "k"), [(0, 0), (1, 1), (2, 0), (5, 2), (17, 13)])
def test_the_range_is_that_of_all_rates_behind_the_counts(d: int, k: int) -> None:
    assert next_window(d, k) == slow_window(d, k)


@pytest.mark.parametrize(("d", "k"), [(0, 0), (1, 1), (3, 0), (17, 13), (60, 20), (900, 400)])
def test_the_range_is_that_of_later_windows_drawn_one_by_one(d: int, k: int) -> None:
    rng = np.random.default_rng([d, k])
    n = 200_000
    # The rates that may have given these counts, and a window of each; half are avoided.
    left = rng.poisson(rng.gamma(d - k + 0.5, 1, n))
    helped = rng.binomial(rng.poisson(rng.gamma(k, 1, n)), 0.5) if k else 0
    low, high = next_window(d, k)
    later = left + helped
    assert abs(low - np.quantile(later, 0.05)) <= 1
    assert abs(high - np.quantile(later, 0.95)) <= 1
    assert ((later >= low) & (later <= high)).mean() >= 0.9 - 0.004


def test_the_range_holds_for_very_many_orders() -> None:
    low, high = next_window(100_000, 40_000)
    # Counts of 80,000 on average; half of the width is 1.645 standard deviations.
    wide = 1.645 * (60_000 * 2 + 20_000 * 1.5) ** 0.5
    assert low == pytest.approx(80_000 - wide, abs=3)
    assert high == pytest.approx(80_000 + wide, abs=3)
