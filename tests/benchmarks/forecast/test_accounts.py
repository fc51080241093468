"""Generated accounts: their truth recounted order by order, and what is known on the origin."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from benchmarks.forecast.accounts import GENERATORS, WORLDS, generate, truth_of
from benchmarks.forecast.world import DAYS, NEVER, SCENARIOS
from odr_analysis.rates.rolling import NEVER as NO_DAY

CELLS = [(g, s) for g in GENERATORS for s in SCENARIOS]


def recount(n_orders, ordered, delays, h):
    """Orders that count on day `h`, the defective ones, and those known on day 0: one by one."""
    orders = sum(n for day, n in zip(DAYS, n_orders, strict=True) if h - 74 <= day <= h - 15)
    shown = known = 0
    for day, of_order in zip(ordered, delays, strict=True):
        if h - 74 <= day <= h - 15:
            shown += any(day + delay <= h for delay in of_order)
            known += any(day + delay <= 0 for delay in of_order)
    return orders, shown, known


def test_truth_is_a_recount() -> None:
    rng = np.random.default_rng(3)
    n_orders = rng.poisson(20, len(DAYS))
    ordered = rng.choice(DAYS[-230:], 400)
    delays = np.where(rng.random((400, 3)) < 0.5, rng.integers(0, 200, (400, 3)), NEVER)
    truth = truth_of(n_orders, ordered, delays)
    for h in (0, 1, 14, 15, 16, 59, 60, 61, 75):
        assert (truth.orders[h], truth.defects[h], truth.known[h]) == recount(
            n_orders, ordered, delays, h
        )
        placed = [n for d, n in zip(DAYS, n_orders, strict=True) if h - 74 <= d <= min(h - 15, 0)]
        assert truth.known_orders[h] == sum(placed)
        known = [d for d, f in zip(ordered, delays, strict=True) if d + min(f) <= 0]
        assert truth.entering[h] == sum(0 < d + 15 <= h for d in known)
        assert truth.leaving[h] == sum(0 < d + 75 <= h for d in known)
    window = [(d, f) for d, f in zip(ordered, delays, strict=True) if -74 <= d <= -15]
    assert truth.window_orders == truth.orders[0]
    assert truth.reported["union"] == truth.defects[0]
    assert truth.mature["union"] == sum(min(f) <= 150 for _, f in window)
    assert truth.final["union"] == sum(min(f) <= 74 for _, f in window)
    assert truth.mature["claim"] == sum(f[1] <= 150 for _, f in window)
    assert truth.final["chargeback"] == sum(f[2] <= 74 for _, f in window)
    assert truth.reported["feedback"] == sum(f[0] <= -d for d, f in window)


@pytest.mark.parametrize(("generator", "scenario"), CELLS)
def test_the_table_holds_what_is_known_on_the_origin(generator: str, scenario: str) -> None:
    account = generate(generator, scenario, 5_000, 4)
    (series,) = account.table.series()
    assert series.today == pd.Timestamp(account.world.today).toordinal() - 719_163
    assert (series.n_orders == account.n_orders[(DAYS <= 0)][-len(series.n_orders) :]).all()
    first = series.delays.min(axis=1)
    assert (first <= series.age).all()
    assert ((series.delays == NO_DAY) | (series.delays <= series.age[:, None])).all()
    in_window = (series.age >= 15) & (series.age <= 74)
    assert in_window.sum() == account.truth.defects[0] == account.truth.reported["union"]
    claims = (series.delays[in_window, 1] < NO_DAY).sum()
    assert claims == account.truth.reported["claim"]


def test_the_same_account_each_time_and_no_other() -> None:
    one, again = (generate("g2", "drift", 200, 7) for _ in range(2))
    pd.testing.assert_frame_equal(one.table.defects, again.table.defects)
    assert one.truth.mature == again.truth.mature
    others = [
        generate("g2", "drift", 200, 8),
        generate("g2", "drift", 200, 7, seeds="final"),
        generate("g2", "calm", 200, 7),
    ]
    assert all((other.n_orders != one.n_orders).any() for other in others)


def test_a_short_history_is_the_end_of_the_long_one() -> None:
    long, short = (generate("g1", "calm", 5_000, 2, history_days=d) for d in (364, 90))
    assert short.truth.mature == long.truth.mature
    oldest = pd.Timestamp(short.world.today - timedelta(days=89))
    assert short.table.orders.ordered_on.min() == oldest
    kept = long.table.defects[long.table.defects.ordered_on >= oldest].reset_index(drop=True)
    pd.testing.assert_frame_equal(short.table.defects.reset_index(drop=True), kept)


@pytest.mark.parametrize(
    ("generator", "shown", "by_the_last_day", "decided"),
    [
        ("g1", 0.84, 0.98, [0.99, 0.90, 0.78, 0.48, 0.23, 0.05, 0]),
        ("g2", 0.82, 0.985, [0.985, 0.89, 0.76, 0.45, 0.20, 0.04, 0]),
    ],
)
def test_where_nothing_changes_delays_are_as_designed(
    generator: str, shown: float, by_the_last_day: float, decided: list[float]
) -> None:
    """Share shown of what will be, share reported by the 74th day, and of what is shown on days
    1, 7, 14, 30, 45, 60 and 75 the share reported on the origin; orders the same each day."""
    rows = np.arange(len(DAYS))
    n_orders = np.full(len(DAYS), 2_000)
    mean, last, of_ahead = [], [], []
    for number in range(40):
        rng = np.random.default_rng(number)
        world = WORLDS[generator](120_000, SCENARIOS["calm"], 1.0, rng)
        cell, delays = world.defects(rows, n_orders, rng)
        first = np.sort(delays.min(axis=1))
        by_age = np.searchsorted(first, np.arange(15, 75), side="right") / len(first)
        mean.append(by_age.mean())
        last.append(by_age[-1])
        truth = truth_of(n_orders, DAYS[cell], delays)
        ahead = [1, 7, 14, 30, 45, 60, 75]
        of_ahead.append(truth.known[ahead] / truth.defects[ahead])
    assert np.mean(mean) == pytest.approx(shown, abs=0.015)
    assert np.mean(last) == pytest.approx(by_the_last_day, abs=0.008)
    assert np.mean(of_ahead, axis=0) == pytest.approx(decided, abs=0.02)
