"""The certain part against a recount of every order on every day."""

from __future__ import annotations

import numpy as np
import pytest

from odr_analysis.forecasting.delay_model.certain import begun, defects_by_age, in_windows
from odr_analysis.policy import Policy
from tests.unit.forecasting.simulated import series_of, simulated


def recounted(ages: list[int], day: int, policy: Policy) -> int:
    """Orders of these ages today that count so many days ahead."""
    return sum(policy.lag_days <= age + day < policy.lag_days + policy.window_days for age in ages)


@pytest.mark.parametrize("policy", [Policy(), Policy(lag_days=0, window_days=30)])
@pytest.mark.parametrize("size", [1, 14, 15, 16, 75, 200])
def test_every_day_is_recounted(policy: Policy, size: int) -> None:
    by_age = np.random.default_rng(size).integers(0, 4, size)
    ages = np.repeat(np.arange(size), by_age).tolist()
    found = in_windows(by_age, 80, policy)
    assert found.tolist() == [recounted(ages, day, policy) for day in range(81)]


@pytest.mark.parametrize("policy", [Policy(), Policy(lag_days=3, window_days=2)])
def test_what_has_begun_to_count_is_recounted(policy: Policy) -> None:
    by_age = np.random.default_rng(0).integers(0, 4, 40)
    ages = np.repeat(np.arange(40), by_age).tolist()
    found = begun(by_age, 20, policy)
    for day in range(21):
        young = [age for age in ages if age < policy.lag_days]
        assert found[day] == sum(age + day >= policy.lag_days for age in young)


def test_defects_by_age_and_kind() -> None:
    series = series_of(simulated(50, rate=0.02))
    assert defects_by_age(series).sum() == len(series.age)
    claims = defects_by_age(series, 1)
    assert 0 < claims.sum() < len(series.age)
    assert (claims <= defects_by_age(series)).all()
    assert not defects_by_age(series, 2).any()
