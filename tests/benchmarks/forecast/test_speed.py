"""How long the forecast takes: what is timed runs, and what is too slow is marked."""

from __future__ import annotations

from benchmarks.forecast.accounts import generate
from benchmarks.forecast.speed import LIMITS, VOLUMES, milliseconds, printed, steps


def test_each_step_runs() -> None:
    calls = steps(generate("g1", "calm", 200, 0).table)
    assert set(LIMITS) < set(calls)
    assert all(milliseconds(call, runs=1) > 0 for call in calls.values())


def test_what_is_too_slow_is_marked() -> None:
    even = dict.fromkeys(VOLUMES, 1.0)
    assert "!" not in printed(dict.fromkeys(LIMITS, even))
    slow = printed({"fit": even | {100_000: 51.0}, "75 days": even | {1_000_000: 1.3}})
    fit, days = slow.splitlines()[1:]
    assert fit.split()[-2] == "50!"
    assert days.split()[-1] == "1.30!"
