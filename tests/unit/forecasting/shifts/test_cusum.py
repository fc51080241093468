"""The CUSUM against its recursion, its limits against fresh simulations, and what it finds."""

from __future__ import annotations

import numpy as np
import pytest

from odr_analysis.forecasting.shifts.cusum import (
    BETTER_RATIO,
    DOUBLING,
    FALSE_ALARM_DAYS,
    WORSE_RATIO,
    Watch,
    climb,
)
from odr_analysis.forecasting.shifts.reference import DOUBLED_DAYS, WATCHED_DAYS

STATED = 1 - np.exp(-WATCHED_DAYS / FALSE_ALARM_DAYS)
START = WATCHED_DAYS - DOUBLED_DAYS
LATE = np.clip((np.arange(WATCHED_DAYS) - START) / 40, 0, 1)
"""Share of the reports of a day that are of the latest orders."""


def watch(n_reports: np.ndarray, mean: float, seed: int = 0, n_draws: int = 2000) -> Watch:
    """Steady orders, of which rate and lags are known."""
    drawn = np.full((n_draws, WATCHED_DAYS), mean)
    rng = np.random.default_rng(seed)
    return Watch.of(n_reports, drawn[0], drawn, drawn * LATE, rng)


def test_it_is_the_recursion() -> None:
    rng = np.random.default_rng(3)
    x, m = rng.poisson(1.0, 200), rng.uniform(0.5, 1.5, 200)
    for ratio in (WORSE_RATIO, BETTER_RATIO):
        s, slow = 0.0, []
        for day in range(200):
            s = max(0.0, s + x[day] * np.log(ratio) - (ratio - 1) * m[day])
            slow.append(s)
        found = climb(x, m, ratio)
        assert found == pytest.approx(slow, abs=1e-9)
        assert ((found == 0) == (np.array(slow) == 0)).all()


@pytest.mark.parametrize("mean", [0.03, 0.7, 14.0])
def test_limits_are_passed_as_often_as_stated(mean: float) -> None:
    calm = np.random.default_rng(5).poisson(mean, (4000, WATCHED_DAYS))
    found = watch(calm[0], mean)
    for cusum in (found.worse, found.better):
        passed = (climb(calm, found.expected, cusum.ratio) > cusum.limit).any(axis=1).mean()
        # Limit and check are simulated apart, 2,000 and 4,000 times.
        assert passed <= STATED + 3 * np.sqrt(STATED * (1 - STATED) * (1 / 2000 + 1 / 4000))
        if mean > 0.1:
            assert passed == pytest.approx(STATED, abs=0.035)


def test_an_unsure_rate_raises_the_limit() -> None:
    mean = np.full(WATCHED_DAYS, 0.7)
    rates = np.random.default_rng(1).gamma(8, 1 / 8, 2000)[:, None]
    unsure = Watch.of(
        np.zeros(WATCHED_DAYS, dtype=np.int64),
        mean,
        rates * mean,
        rates * mean * LATE,
        np.random.default_rng(2),
    )
    sure = watch(np.zeros(WATCHED_DAYS, dtype=np.int64), 0.7)
    assert unsure.worse.limit > sure.worse.limit * 1.2
    assert unsure.better.limit > sure.better.limit * 1.2


def test_one_report_is_no_change_however_few_are_expected() -> None:
    x = np.zeros(WATCHED_DAYS, dtype=np.int64)
    x[-1] = 1
    assert watch(x, 0.0001).alarm is None
    x[-1] = 2
    found = watch(x, 0.0001)
    assert found.alarm is found.worse


def test_a_change_is_found_with_its_day_and_a_bound_below_it() -> None:
    rng = np.random.default_rng(7)
    before, after = WATCHED_DAYS - 30, 30
    for ratio in (3.0, 1 / 3):
        x = np.concatenate([rng.poisson(4.0, before), rng.poisson(4.0 * ratio, after)])
        found = watch(x, 4.0)
        assert found.alarm is not None
        assert found.alarm is (found.worse if ratio > 1 else found.better)
        assert abs(found.alarm.since - before) <= 6
        assert found.alarm.since <= found.alarm.alarm_on < before + 8
        assert found.alarm.path[found.alarm.alarm_on] > found.alarm.limit
        assert found.alarm.share > 3
        assert found.ratio_bound is not None
        if ratio > 1:
            assert 2.0 < found.ratio_bound < ratio
        else:
            assert ratio < found.ratio_bound < 0.6


def test_the_bound_holds_in_nine_of_ten_cases() -> None:
    rng = np.random.default_rng(11)
    over = 0
    n = 60
    for seed in range(n):
        x = rng.poisson(0.2 * 2, WATCHED_DAYS)
        bound = watch(x, 0.2, seed, n_draws=500).ratio_bound
        over += bound is not None and bound > 2
    assert over <= n * 0.1 + 2.5 * np.sqrt(n * 0.09)


def test_after_a_change_back_the_alarm_ends() -> None:
    x = np.full(WATCHED_DAYS, 4)
    x[20:22] = 12
    found = watch(x, 4.0)
    assert (found.worse.path[20:22] > found.worse.limit).any()
    assert found.alarm is None
    assert found.worse.share < 1


def test_the_probability_of_finding_a_doubling_is_that_of_a_loop() -> None:
    mean = 0.7
    found = watch(np.zeros(WATCHED_DAYS, dtype=np.int64), mean)
    rng = np.random.default_rng(4)
    late = mean * (1 + (DOUBLING - 1) * LATE)
    hits, tries = np.zeros(2), 0
    for _ in range(1500):
        over = climb(rng.poisson(late), found.expected, WORSE_RATIO) > found.worse.limit
        if over[:START].any():
            continue
        tries += 1
        hits += [over[START : START + 30].any(), over[START:].any()]
    assert found.p_doubling == pytest.approx(hits / tries, abs=0.05)
    assert found.p_doubling[0] < found.p_doubling[1]
