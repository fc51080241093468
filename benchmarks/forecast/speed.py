"""How long the forecast takes by number of orders, on one core.

OMP_NUM_THREADS=1 python -m benchmarks.forecast.speed
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np

from benchmarks.forecast.accounts import OLDEST, YOUNGEST, generate
from benchmarks.forecast.world import AHEAD_DAYS
from odr_analysis.arrays import Floats, Integers
from odr_analysis.forecasting.coming_days.marginals import Marginals
from odr_analysis.forecasting.delay_model.fit import Fit, fit
from odr_analysis.forecasting.delay_model.reach import awaited, expected
from odr_analysis.forecasting.delay_table import DelayTable, SeriesDelays
from odr_analysis.forecasting.forecast import forecast
from odr_analysis.forecasting.nowcast import nowcast

VOLUMES = (200, 5_000, 100_000, 1_000_000)
LIMITS = {"fit": 50, "mature and final": 2, "75 days": 20, "75-day paths": 130}
"""Milliseconds at 100,000 orders in 60 days."""
MOST_GROWTH = 1.2
"""How many times as long ten times as many orders may take."""


def steps(table: DelayTable) -> dict[str, Callable[[], object]]:
    """What is timed, for one account: each step by itself, then what a user calls."""
    series = next(iter(table.series()))
    fitted = fit(series, np.random.default_rng(1))
    days = Marginals.of(series, fitted, AHEAD_DAYS, table.policy, np.random.default_rng(1))
    return {
        "daily table": lambda: next(iter(table.series())),
        "fit": lambda: fit(series, np.random.default_rng(1)),
        "mature and final": lambda: _pending(fitted),
        "75 days": lambda: _days(series, fitted, table),
        "75-day paths": lambda: days.paths(np.random.default_rng(1)),
        "nowcast(), kinds too": lambda: nowcast(table),
        "forecast()": lambda: forecast(table),
    }


def _pending(fitted: Fit) -> Integers:
    """Draws of the reports pending in the window: all there will be, and those in time."""
    rng, ages = np.random.default_rng(1), slice(YOUNGEST, OLDEST + 1)
    left = np.stack([awaited(fitted.triangle, ages, until) for until in (None, OLDEST)])
    return rng.poisson(expected(fitted, left))


def _days(
    series: SeriesDelays, fitted: Fit, table: DelayTable
) -> tuple[Integers, Integers, Floats]:
    rng = np.random.default_rng(1)
    days = Marginals.of(series, fitted, AHEAD_DAYS, table.policy, rng)
    return *days.draws(rng), days.p_breach()


def milliseconds(call: Callable[[], object], runs: int) -> float:
    """Median processor time of a call; the first one, which prepares caches, is left out."""
    call()
    times = []
    for _ in range(runs):
        began = time.process_time()
        call()
        times.append(time.process_time() - began)
    return 1e3 * statistics.median(times)


def measured(runs: int = 15) -> dict[str, dict[int, float]]:
    """Milliseconds of each step by orders in 60 days."""
    found: dict[str, dict[int, float]] = {}
    for orders in VOLUMES:
        for name, call in steps(generate("g1", "calm", orders, 0).table).items():
            found.setdefault(name, {})[orders] = milliseconds(call, runs)
    return found


def printed(found: dict[str, dict[int, float]]) -> str:
    """The figures as text; ``!`` where a limit is missed."""
    head = f"  {'milliseconds by orders in 60 days':<36}" + "".join(f"{v:>12,}" for v in VOLUMES)
    lines = [head + f"{'limit':>10}{'growth':>9}"]
    for name, times in found.items():
        limit = LIMITS.get(name)
        cells = "".join(f"{times[v]:>12.1f}" for v in VOLUMES)
        at = "" if limit is None else f"{limit}{'!' if times[100_000] > limit else ''}"
        growth = times[1_000_000] / times[100_000]
        # The daily table reads every defective order once; all after it must not.
        bad = "!" if growth > MOST_GROWTH and name in LIMITS else ""
        lines.append(f"  {name:<36}{cells}{at:>10}{growth:>8.2f}{bad}")
    return "\n".join(lines)


if __name__ == "__main__":
    print(printed(measured()))
