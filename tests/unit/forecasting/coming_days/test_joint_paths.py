"""Paths through the days ahead, against the days each by itself and a slow recount."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from odr_analysis.forecasting.coming_days import joint_paths
from odr_analysis.forecasting.coming_days.marginals import Marginals
from odr_analysis.forecasting.forecast import forecast
from odr_analysis.policy import Policy
from tests.unit.forecasting.simulated import SERIES, simulated

PAIR = (SERIES["marketplace"], SERIES["channel"])


@pytest.fixture(scope="module", params=[3.3, 80.0, 1600.0])
def days(request: pytest.FixtureRequest) -> Marginals:
    return forecast(simulated(request.param, seed=3), rng=5, n_draws=2000).marginals[PAIR]


def test_each_day_of_the_paths_is_that_day_by_itself(days: Marginals) -> None:
    paths, _ = days.paths(np.random.default_rng(1))
    apart, _ = days.draws(np.random.default_rng(2))
    error = 4 * apart.std(axis=0) / np.sqrt(len(apart)) + 0.02
    assert (np.abs(paths.mean(axis=0) - apart.mean(axis=0)) < 2 * error).all()
    assert paths.std(axis=0) == pytest.approx(apart.std(axis=0), rel=0.12, abs=0.06)


def test_today_is_certain_and_no_path_is_below_what_is_known(days: Marginals) -> None:
    paths, orders = days.paths(np.random.default_rng(1))
    assert (orders == days.orders).all()
    assert (paths[:, 0] == days.known_defective[0]).all()
    assert (paths >= days.known_defective).all()
    assert (paths <= days.orders).all()


def test_of_many_reports_a_share_keeps_what_days_have_in_common(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Given one draw of the model all spread is that of the reports, whole or in part."""
    days = forecast(simulated(1600.0, seed=3), rng=5, n_draws=2000).marginals[PAIR]
    one = np.zeros(len(days.orders), dtype=int)
    whole = _of_one_draw(days, one, 1)
    monkeypatch.setattr(joint_paths, "MOST_REPORTS", 0.4 * float(whole.mean(axis=0).max()))
    part = _of_one_draw(days, one, 2)
    scale = np.sqrt(whole.var(axis=0).max())
    assert part.mean(axis=0) == pytest.approx(whole.mean(axis=0), abs=0.25 * scale + 0.1)
    some = [10, 20, 40, 70]
    assert np.cov(part[:, some].T) == pytest.approx(
        np.cov(whole[:, some].T), abs=0.2 * whole.var(axis=0).max()
    )


def _of_one_draw(days: Marginals, one: np.ndarray, seed: int) -> np.ndarray:
    fitted = days.fitted
    drawn = ("log_rate", "ahead", "shapes", "young", "stretch", "spread")
    same = replace(fitted, **{name: getattr(fitted, name)[one] for name in drawn})
    return joint_paths.joint_paths(
        same,
        days.placed,
        days.factor[one],
        (days.pending + days.new)[one],
        days.policy,
        np.random.default_rng(seed),
    )


def test_reports_are_shown_on_the_days_the_policy_says() -> None:
    """Every possible report of the cells, against a recount of the days it is shown on."""
    policy = Policy(lag_days=2, window_days=4)
    horizon, ages = 7, np.arange(6)
    more = np.ones((len(ages), horizon, 1))
    found: dict[tuple[int, int], float] = {}
    for _, _, pairs, weight, placed in joint_paths._by_cell(more, ages, horizon, policy):
        assert set(placed) <= set(-ages)
        for pair, n in zip(pairs, weight, strict=True):
            first, end = divmod(int(pair), horizon + 2)
            found[first, end - 1] = found.get((first, end - 1), 0) + n
    slow: dict[tuple[int, int], float] = {}
    for age in ages.tolist():
        for report in range(1, horizon + 1):
            shown = [
                day
                for day in range(1, horizon + 1)
                if day >= report and policy.lag_days <= age + day < 2 + 4
            ]
            if shown:
                slow[shown[0], shown[-1]] = slow.get((shown[0], shown[-1]), 0) + 1
    assert found == slow
