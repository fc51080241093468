"""The fitted delay model on data whose rates and lags are known."""

from __future__ import annotations

import numpy as np
import pytest

from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.delay_model.fit import Fit, Triangle, fit, generator
from odr_analysis.forecasting.delay_model.prior import Prior
from odr_analysis.forecasting.delay_table import DelayTable
from tests.unit.forecasting.simulated import TODAY, series_of, simulated


def fitted(table: DelayTable, **settings: object) -> Fit:
    return fit(series_of(table), np.random.default_rng(0), **settings)


def test_rate_and_lags_are_found() -> None:
    found = fitted(simulated(1500, rate=0.012))
    assert np.exp(found.log_rate[:, 8:20]).mean() == pytest.approx(0.012, rel=0.06)
    by_age = np.median(found.share_by_age(), axis=0)
    # A lognormal lag of median 17 days: half is in when 17 whole days are over.
    assert by_age[16] == pytest.approx(0.5, abs=0.03)
    assert found.p_change < 0.5


def test_a_doubling_is_seen_and_goes_on() -> None:
    found = fitted(simulated(1500, rate=0.01, change=(2.0, 30)))
    assert found.p_change > 0.9
    assert np.exp(found.log_rate[:, 0]).mean() == pytest.approx(0.02, rel=0.2)
    assert np.exp(found.ahead[:, 5]).mean() == pytest.approx(0.02, rel=0.25)
    assert np.exp(found.log_rate[:, 8]).mean() == pytest.approx(0.01, rel=0.15)


def test_longer_lags_are_not_taken_for_a_lower_rate() -> None:
    found = fitted(simulated(1500, rate=0.012, longer=(1.5, 42)))
    assert found.p_stretch > 0.9
    assert np.median(found.stretch) == pytest.approx(1.5, rel=0.15)
    assert np.exp(found.log_rate[:, 2:6]).mean() == pytest.approx(0.012, rel=0.1)
    by_age = np.median(found.share_by_age(), axis=0)
    assert by_age[25] == pytest.approx(0.5, abs=0.06)  # a median of 25.5 days


def test_the_spread_of_the_draws_is_that_of_the_counts() -> None:
    """Where nothing moves, the level is known about as well as its count of reports says."""
    prior = Prior(change=1e-9, stretch=1e-9)
    found = fitted(simulated(80, rate=0.01), prior=prior)
    n = found.triangle.n_reports
    spread = found.log_rate[:, 10:20].mean(axis=1).std()
    assert n**-0.5 < spread < 4 * n**-0.5


@pytest.mark.parametrize("per_day", [0.05, 1, 3])
def test_sellers_of_few_orders(per_day: float) -> None:
    found = fitted(simulated(per_day, days=90, rate=0.02))
    assert np.isfinite(found.log_rate).all()
    assert np.isfinite(found.ahead).all()
    # So few reports hardly speak for a change or against one.
    assert found.p_change == pytest.approx(Prior().change, abs=0.05)


def test_no_report_at_all_leaves_the_prior_and_less() -> None:
    found = fitted(simulated(100, rate=0.0))
    assert found.triangle.n_reports == 0
    assert np.exp(found.log_rate[:, 20]).mean() < 0.0005


def test_a_history_of_days() -> None:
    found = fitted(simulated(50, days=5))
    assert found.log_rate.shape == (1000, 1)


def test_reports_without_a_day_are_spread_over_the_days_they_can_be_of() -> None:
    table = simulated(200, rate=0.02)
    undated = table.defects.assign(feedback_dated=False, claim_dated=False)
    whole = DelayTable(table.orders, undated, TODAY)
    dated, spread = (Triangle.of(series_of(t), Prior()) for t in (table, whole))
    assert spread.reports.sum() == pytest.approx(dated.reports.sum(), abs=1)
    assert (spread.reports % 1 > 0).any()
    # The day a file was made is an upper end: nothing is later than that.
    by_bin = np.cumsum(spread.reports.sum(axis=0)) >= np.cumsum(dated.reports.sum(axis=0)) - 1
    assert by_bin.all()


def test_the_same_draws_for_the_same_seed() -> None:
    table = simulated(50)
    first, second = fitted(table), fitted(table)
    assert np.array_equal(first.log_rate, second.log_rate)
    assert generator(None, 100).random() == generator(0, 100).random()
    with pytest.raises(ParameterError, match="n_draws"):
        generator(None, 5)
