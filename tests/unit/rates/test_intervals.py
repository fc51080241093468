from __future__ import annotations

import numpy as np
import pytest

from odr_analysis.errors import ParameterError
from odr_analysis.rates.intervals import jeffreys_interval


def tail_below(bound: float, d: int, n: int) -> float:
    """Share of Beta(d + 1/2, n - d + 1/2) below `bound`, by adding up its density.

    With p = sin(x)^2 the density is sin(x)^(2d) * cos(x)^(2(n - d)), smooth everywhere.
    """
    x = (np.arange(200_000) + 0.5) * (np.pi / 2 / 200_000)
    density = np.sin(x) ** (2 * d) * np.cos(x) ** (2 * (n - d))
    return float(density[np.sin(x) ** 2 < bound].sum() / density.sum())


@pytest.mark.parametrize(("d", "n"), [(1, 10), (5, 10), (9, 10), (3, 400), (1, 1000)])
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_equal_tails_of_the_beta_density(d: int, n: int, level: float) -> None:
    lower, upper = jeffreys_interval(d, n, level)
    assert tail_below(float(lower), d, n) == pytest.approx((1 - level) / 2, abs=1e-4)
    assert tail_below(float(upper), d, n) == pytest.approx((1 + level) / 2, abs=1e-4)


def test_no_defect_starts_at_zero_and_all_defective_ends_at_one() -> None:
    lower, upper = jeffreys_interval([0, 10], [10, 10])
    assert lower[0] == 0
    assert upper[1] == 1
    assert upper[0] == pytest.approx(1 - lower[1]), "good and bad orders mirror each other"
    assert tail_below(float(upper[0]), 0, 10) == pytest.approx(0.975, abs=1e-4)


def test_without_orders_there_is_no_interval() -> None:
    lower, upper = jeffreys_interval([[0, 1]], [[0, 2]])
    assert lower.shape == upper.shape == (1, 2)
    assert np.isnan([lower[0, 0], upper[0, 0]]).all()
    assert lower[0, 1] < 0.5 < upper[0, 1]


def test_repeated_counts_keep_their_places() -> None:
    d, n = np.array([3, 0, 3, 1]), np.array([100, 50, 100, 50])
    lower, upper = jeffreys_interval(d, n)
    for i in range(4):
        one = jeffreys_interval(d[i], n[i])
        assert (lower[i], upper[i]) == (float(one[0]), float(one[1]))


@pytest.mark.parametrize(("d", "n"), [(2, 1), (-1, 5)])
def test_counts_that_cannot_be_are_refused(d: int, n: int) -> None:
    with pytest.raises(ParameterError, match="between 0 and n_orders"):
        jeffreys_interval(d, n)


def test_level_is_a_fraction() -> None:
    with pytest.raises(ParameterError, match="got 95"):
        jeffreys_interval(1, 10, 95)
