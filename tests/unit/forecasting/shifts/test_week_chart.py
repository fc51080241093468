"""The p' chart: weeks counted by a loop, and limits worked out again."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy.stats import poisson

from odr_analysis.forecasting.delay_model.fit import Prior
from odr_analysis.forecasting.shifts.week_chart import (
    TAIL,
    WEEK_COLUMNS,
    Maturity,
    laney_spread,
    week_chart,
)
from tests.unit.forecasting.simulated import series_of, simulated


def chart(per_day: float, **more: object) -> pd.DataFrame:
    series = series_of(simulated(per_day, **more))
    return week_chart(series, Maturity.of(series, Prior()))


def test_weeks_are_counted_from_monday() -> None:
    table = simulated(60)
    found = chart(60).set_index("week")
    assert list(found.reset_index()[list(WEEK_COLUMNS)]) == list(WEEK_COLUMNS)
    assert (found.index.day_of_week == 0).all()
    for monday in found.index[5:8]:
        end = monday + pd.Timedelta(days=6)
        orders = table.orders[table.orders.ordered_on.between(monday, end)]
        assert found.loc[monday, "n_orders"] == orders.n_orders.sum()
        defects = table.defects[table.defects.ordered_on.between(monday, end)]
        assert found.loc[monday, "n_defective"] == len(defects)


def test_young_weeks_stand_at_the_level_of_old_ones() -> None:
    found = chart(2000, rate=0.02)
    share = found.mature_orders / found.n_orders
    assert share.iloc[:20].min() > 0.97
    assert share.iloc[-2] < 0.3
    young, old = found.iloc[-6:-1], found.iloc[10:40]
    rate = [w.n_defective.sum() / w.mature_orders.sum() for w in (young, old)]
    assert rate[0] == pytest.approx(rate[1], rel=0.08)


def test_limits_are_those_of_laney_where_enough_is_expected() -> None:
    found = chart(400)
    many = found[~found.exact]
    expected = many.centre * many.mature_orders
    assert (expected >= 3).all()
    spread = laney_spread(many.n_defective.to_numpy(), expected.to_numpy())
    z = (many.n_defective - expected) / np.sqrt(expected)
    slow = max(1.0, np.mean([abs(b - a) for a, b in pairwise(z)]) / 1.128)
    assert spread == pytest.approx(slow)
    width = 3 * spread * np.sqrt(many.centre / many.mature_orders)
    np.testing.assert_allclose(many.upper, many.centre + width)
    np.testing.assert_allclose(many.lower, np.maximum(many.centre - width, 0))


def test_extra_spread_widens_the_limits() -> None:
    noisy = np.array([30, 70] * 10)
    assert laney_spread(noisy, np.full(20, 50.0)) == pytest.approx(40 / np.sqrt(50) / 1.128)
    assert laney_spread(noisy[:1], np.array([50.0])) == 1


def test_limits_of_few_are_exact() -> None:
    found = chart(10)
    few = found[found.exact]
    assert len(few) > 40
    most = poisson.ppf(1 - TAIL, few.centre * few.mature_orders)
    np.testing.assert_allclose(few.upper, most / few.mature_orders)
    assert (few.lower == 0).all()


def test_bad_weeks_are_outside() -> None:
    found = chart(800, change=(4.0, 42))
    assert (found.outside.iloc[-6:-2] == "above").all()
    assert (found.outside.iloc[:-8] == "").mean() > 0.8
    assert (found.outside[found.outside != ""] == "above").any()


def test_a_week_without_orders_has_no_rate() -> None:
    series = series_of(simulated(40))
    maturity = Maturity.of(series, Prior())
    n_orders = maturity.n_orders.copy()
    n_orders[100:130] = 0
    defective = np.where(n_orders > 0, maturity.n_defective, 0)
    found = week_chart(series, Maturity(n_orders, defective, maturity.share_in))
    none = found[found.n_orders == 0]
    assert len(none) >= 3
    assert none[["rate", "lower", "upper"]].isna().all(axis=None)
    assert (none.outside == "").all()
