"""The prior as a record: its numbers are those of one lognormal distribution."""

from __future__ import annotations

import numpy as np
import pytest

from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.delay_model.fit import fit, generator
from odr_analysis.forecasting.delay_model.prior import Prior
from tests.unit.forecasting.simulated import series_of, simulated


@pytest.mark.parametrize("rate_sd", [0.2, 1.0])
def test_mean_median_and_range_are_those_of_one_distribution(rate_sd: float) -> None:
    prior = Prior(rate=0.01, rate_sd=rate_sd)
    z = np.random.default_rng(1).standard_normal(200_000)
    rates = prior.median * np.exp(rate_sd * z)
    low, high = prior.range()
    assert rates.mean() == pytest.approx(prior.rate, rel=0.01)
    assert ((low < rates) & (rates < high)).mean() == pytest.approx(0.9, abs=0.005)


def test_a_narrow_spread_draws_the_rate_to_the_prior() -> None:
    """Twice the reports that the prior expects; much more would speak for a change since then."""
    series = series_of(simulated(6, rate=0.01, days=90, seed=2))
    rates = []
    for sd in (0.05, 0.5, 2.0):
        prior = Prior(rate=0.005, rate_sd=sd)
        rates.append(np.exp(fit(series, generator(0, 1000), prior).log_rate[:, 4:9]).mean())
    assert 0.005 < rates[0] < rates[1] < rates[2]


@pytest.mark.parametrize(
    "field", [{"rate": 0.0}, {"rate": 1.0}, {"rate_sd": 0.0}, {"change": 2}, {"stretch": -1}]
)
def test_a_number_out_of_range(field: dict) -> None:
    with pytest.raises(ParameterError, match=f"prior: {next(iter(field))} must be"):
        Prior(**field)
