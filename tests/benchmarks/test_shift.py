"""The benchmark of the shift detector: its accounts, what it counts, and what it marks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from benchmarks import shift as bench
from benchmarks.shift import AFTER, BEFORE, STATED, Cell, account, cells, known_reports, lines
from odr_analysis.forecasting.shifts.reference import WATCHED_DAYS, reports_by_day

CELL = Cell("g1", 5_000, 1.0, known=True)


def test_cells_are_every_change_of_the_table_on_both_generators() -> None:
    found = cells()
    assert len(found) == len(set(found)) == 4 * (3 + len(bench.TABLE))
    assert {c.words >= {"g2", "200", "x3", "known"} for c in found} == {True, False}


@pytest.mark.parametrize("generator", ["g1", "g2"])
def test_known_reports_are_what_comes_in_on_average(generator: str) -> None:
    cell = replace(CELL, generator=generator)
    expected, seen = np.zeros(WATCHED_DAYS), np.zeros(WATCHED_DAYS)
    for seed in range(4):
        rng = np.random.default_rng(seed)
        of = account(cell, rng)
        every, latest = known_reports(of, cell, rng)
        assert (latest <= every).all()
        assert latest[0] == 0 < latest[-1]
        expected += every
        seen += reports_by_day(of.series, WATCHED_DAYS)
    assert seen.sum() == pytest.approx(expected.sum(), abs=4 * np.sqrt(expected.sum()))


def test_the_rate_changes_where_the_delay_is_counted_from() -> None:
    of = account(replace(CELL, ratio=40.0), np.random.default_rng(1))
    by_day = np.bincount(of.series.age, minlength=AFTER + 60)
    assert by_day[60:AFTER].mean() > 10 * by_day[AFTER : AFTER + 60].mean()
    assert by_day[AFTER - 1] > 3 * by_day[AFTER]


def rows(worse: list[int]) -> pd.DataFrame:
    n = len(worse)
    return pd.DataFrame(
        {
            "worse": worse,
            "better": [WATCHED_DAYS] * n,
            "finding": [False] * n,
            "bound": [np.nan] * n,
            "p_doubling_30": [0.5] * n,
            "p_doubling_60": [0.9] * n,
        }
    )


def test_too_many_false_alarms_and_late_ones_are_marked() -> None:
    stated = round(STATED * 400)
    for n, marked in ((stated, False), (stated + 40, True)):
        (line,) = lines(CELL, rows([5] * n + [WATCHED_DAYS] * (400 - n)))
        assert ("!" in line) == marked
    doubled = replace(CELL, ratio=2.0)
    for delay, marked in ((28, False), (31, True)):
        # Those with an alarm before the change are not asked.
        (line,) = lines(doubled, rows([BEFORE - 1] * 50 + [BEFORE + delay] * 400))
        assert ("!" in line) == marked
        assert f"median {delay} days" in line
    (line,) = lines(replace(doubled, generator="g2"), rows([BEFORE + 31] * 400))
    assert "!" not in line
