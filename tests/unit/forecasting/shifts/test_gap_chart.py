"""The g chart: gaps counted order by order, and limits of a geometric distribution."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import geom

from odr_analysis.forecasting.delay_model.fit import Prior
from odr_analysis.forecasting.shifts.gap_chart import (
    GAP_COLUMNS,
    MATURE_SHARE,
    gap_chart,
    p_now_higher,
)
from odr_analysis.forecasting.shifts.week_chart import TAIL, Maturity
from tests.unit.forecasting.simulated import series_of, simulated


def test_gaps_are_those_of_orders_in_a_row() -> None:
    series = series_of(simulated(8, rate=0.02))
    maturity = Maturity.of(series, Prior())
    found = gap_chart(series, maturity)
    row: list[int] = []
    for age in reversed(range(len(maturity.n_orders))):
        if maturity.share_in[age] < MATURE_SHARE:
            continue
        n, bad = int(maturity.n_orders[age]), int(maturity.n_defective[age])
        day = [0] * n
        for i in range(bad):
            day[(2 * i + 1) * n // (2 * bad)] = 1
        row += day
    places = [i for i, bad in enumerate(row) if bad]
    assert len(places) > 20
    assert found.n_clean.tolist() == [b - a - 1 for a, b in pairwise(places)]
    assert list(found.columns) == list(GAP_COLUMNS)

    p = (sum(row) + 0.5) / (len(row) + 1)
    gap = geom(p, loc=-1)
    upper = found.upper.iloc[0]
    assert gap.sf(upper - 1) <= TAIL < gap.sf(upper - 2)
    assert found.lower.isna().all()
    assert gap.cdf(0) > TAIL
    np.testing.assert_allclose(found.p_as_short, gap.cdf(found.n_clean))


def test_a_gap_can_be_too_short_where_defects_are_rare() -> None:
    n = 100
    days = np.zeros(n, dtype=np.int64)
    days[[10, 50, 90]] = [1, 2, 1]
    maturity = Maturity(np.full(n, 100), days, np.ones(n))
    found = gap_chart(series_of(simulated(8)), maturity)
    assert found.n_clean.tolist() == [3974, 49, 3974]
    assert (
        gap_chart(series_of(simulated(8)), Maturity(days * 20_000, days, np.ones(n))).lower.min()
        >= 0
    )


def test_only_mature_orders_count_and_series_with_many_defects_have_no_chart() -> None:
    series = series_of(simulated(8, rate=0.02))
    maturity = Maturity.of(series, Prior())
    last = gap_chart(series, maturity).ordered_on.max()
    youngest = int(np.flatnonzero(maturity.share_in >= MATURE_SHARE).min())
    assert youngest > 30
    assert last.toordinal() - 719163 <= series.today - youngest
    busy = series_of(simulated(200, rate=0.02))
    assert gap_chart(busy, Maturity.of(busy, Prior())).empty


def test_no_defect_and_nothing_but_defects_give_no_error() -> None:
    series = series_of(simulated(8))
    n = np.full(60, 1)
    assert gap_chart(series, Maturity(n, np.zeros(60, dtype=np.int64), np.ones(60))).empty
    assert (gap_chart(series, Maturity(n, n, np.full(60, 0.96))).n_clean == 0).all()


def test_the_probability_of_a_higher_rate_is_that_of_draws() -> None:
    n, bad = np.full(40, 50), np.array([2] * 10 + [1] * 30)
    maturity = Maturity(n, bad, np.linspace(0.2, 1, 40))
    rng = np.random.default_rng(0)
    now = rng.gamma(20.5, size=200_000) / maturity.mature_orders[:10].sum()
    before = rng.gamma(30.5, size=200_000) / maturity.mature_orders[10:].sum()
    assert p_now_higher(maturity, 10) == pytest.approx((now > before).mean(), abs=0.005)
    assert np.isnan(p_now_higher(maturity, 40))
