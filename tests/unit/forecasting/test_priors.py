"""Priors: measured on accounts whose rates and lags are known, chosen by name, and how much they
matter."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.stats import nbinom

from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.delay_model.fit import Triangle
from odr_analysis.forecasting.delay_model.lags import LagPrior
from odr_analysis.forecasting.delay_model.prior import Prior
from odr_analysis.forecasting.delay_table import DelayTable
from odr_analysis.forecasting.forecast import forecast
from odr_analysis.forecasting.nowcast import MATURE, SHOWN, UNION, nowcast
from odr_analysis.forecasting.priors import PRIORS, prior_of, prior_share
from odr_analysis.policy import Policy
from tests.unit.forecasting.simulated import TODAY, series_of, simulated


def agency(sellers: int, spread: float, *, rate: float = 0.01, median: float = 17.0) -> list:
    rng = np.random.default_rng(5)
    rates = rate * np.exp(spread * rng.standard_normal(sellers))
    return [
        simulated(8, rate=float(r), median=median, seed=i) for i, r in enumerate(rates.tolist())
    ]


@pytest.fixture(scope="module")
def alike() -> list[DelayTable]:
    return agency(40, 0.2)


@pytest.fixture(scope="module")
def measured(alike: list[DelayTable]) -> Prior:
    return prior_of(alike)


def test_the_rate_is_that_of_a_gamma_poisson_fit(alike: list[DelayTable], measured: Prior) -> None:
    """The oracle maximises the marginal likelihood of another mixing distribution."""
    triangles = [Triangle.of(series_of(t), Prior()) for t in alike]
    n = np.array([t.n_reports for t in triangles])
    at_risk = np.array([t.exposure.sum(axis=0) @ measured.lags.shape for t in triangles])

    def lost(x: np.ndarray) -> float:
        shape, mean = np.exp(x)
        return -float(nbinom.logpmf(np.rint(n), shape, shape / (shape + mean * at_risk)).sum())

    shape, mean = np.exp(minimize(lost, [1.0, np.log(0.007)], method="Nelder-Mead").x)
    assert measured.rate == pytest.approx(mean, rel=0.08)
    assert measured.rate == pytest.approx(0.01, rel=0.2)
    assert measured.rate_sd < 0.45
    assert measured.rate_sd == pytest.approx(np.sqrt(np.log1p(1 / shape)), abs=0.2)


def test_a_wider_spread_is_seen(measured: Prior) -> None:
    apart = prior_of(agency(40, 1.0))
    assert measured.rate_sd + 0.3 < apart.rate_sd < 1.4
    assert apart.lags.scale < 1


def test_lags_are_those_of_the_accounts(measured: Prior) -> None:
    slow = prior_of(agency(40, 0.2, median=30.0))
    assert measured.lags.day_of(0.5) == pytest.approx(17, abs=3)
    assert slow.lags.day_of(0.5) == pytest.approx(30, abs=6)
    assert measured.lags.scale < LagPrior().scale


def test_one_large_account_does_not_decide_alone() -> None:
    slow = [simulated(8, rate=0.015, median=30.0, seed=i) for i in range(20)]
    large = simulated(1500, rate=0.015, median=10.0)
    assert prior_of([*slow, large]).lags.day_of(0.5) > 18


@pytest.mark.parametrize(("sellers", "rate"), [(0, 0.01), (1, 0.05), (4, 0.05), (10, 0.0001)])
def test_too_little_gives_the_default_and_states_so(sellers: int, rate: float) -> None:
    found = prior_of(agency(sellers, 0.1, rate=rate))
    assert found.basis.startswith("too few")
    assert (found.rate, found.rate_sd, found.lags) == (Prior().rate, Prior().rate_sd, LagPrior())


def test_little_more_moves_little() -> None:
    """Five accounts, twenty reports in all: typical rate and spread are still uncertain."""
    few = [simulated(4, rate=0.004, seed=i) for i in range(5)]
    found = prior_of(few)
    assert sum(len(t.defects) for t in few) in range(20, 40)
    assert found.basis.startswith("measured on 5")
    assert 0.5 < found.rate_sd < Prior().rate_sd


def test_a_measured_prior_narrows_what_is_said_of_a_new_account(measured: Prior) -> None:
    key = ("Amazon.de", "mfn", SHOWN, UNION, MATURE)
    wide, narrow = (
        sum(
            float(nowcast(simulated(8, days=60, seed=seed), prior=prior).draws[key].std())
            for seed in range(50, 55)
        )
        for prior in (None, measured)
    )
    assert narrow < 0.9 * wide


def test_the_policy_names_the_prior() -> None:
    table = simulated(3, days=120)
    weak = DelayTable(table.orders, table.defects, TODAY, Policy(prior="weak"))
    by_name = forecast(weak, horizon_days=20)
    pd.testing.assert_frame_equal(
        by_name.table, forecast(table, horizon_days=20, prior=PRIORS["weak"]).table
    )
    assert not by_name.table.equals(forecast(table, horizon_days=20).table)
    pd.testing.assert_frame_equal(nowcast(weak).table, nowcast(table, prior=PRIORS["weak"]).table)
    with pytest.raises(ParameterError, match="'default' or 'weak'"):
        Policy(prior="flat")


def test_the_more_data_the_less_rests_on_the_prior() -> None:
    shares = [prior_share(simulated(n, days=200)).share[0] for n in (0.5, 5, 500)]
    assert shares[0] > shares[1] > shares[2]
    assert shares[0] > 0.3
    assert shares[2] < 0.03
    strong = Prior(rate=0.005, rate_sd=0.1)
    # Not nearly 1: that the rate may have moved since is believed beside it.
    assert prior_share(simulated(5, days=200), prior=strong).share[0] > 2 * shares[1]
    assert prior_share(simulated(5, days=200), prior=PRIORS["weak"]).share[0] < shares[1]
