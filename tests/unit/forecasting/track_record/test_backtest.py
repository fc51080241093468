"""The backtest: origins, truths to the order, and forecasts made without knowing what came."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.delay_table import DelayTable
from odr_analysis.forecasting.forecast import forecast
from odr_analysis.forecasting.track_record import backtest as module
from odr_analysis.forecasting.track_record.backtest import Backtest, backtest
from odr_analysis.forecasting.track_record.past import REPORT_DATES
from odr_analysis.forecasting.track_record.tally import (
    FINAL,
    MATURE,
    NOT_ENOUGH,
    ORIGIN_COLUMNS,
    SCORED,
    SHOWN,
    TABLE_COLUMNS,
    WARNING_COLUMNS,
)
from odr_analysis.progress import Step
from tests.unit.forecasting.simulated import SERIES, TODAY, simulated

PAIR = ("Amazon.de", "mfn")


@pytest.fixture(scope="module")
def table() -> DelayTable:
    return simulated(80, rate=0.012, days=300)


@pytest.fixture(scope="module")
def found(table: DelayTable) -> Backtest:
    return backtest(table, horizons=(7, 30), every=40, n_draws=200, warn_from=[0.5])


def test_every_forty_days_from_the_last_that_can_be_scored(found: Backtest) -> None:
    shown = found.origins[(found.origins.quantity == SHOWN) & (found.origins.horizon == 7)]
    last = pd.Timestamp(TODAY) - pd.Timedelta(days=7)
    want = [last - pd.Timedelta(days=40 * n) for n in range(6)][::-1]
    assert shown.origin.tolist() == want
    first = pd.Timestamp(TODAY) - pd.Timedelta(days=299)
    assert want[0] - pd.Timedelta(days=40) < first + pd.Timedelta(days=89) <= want[0]
    longer = found.origins[(found.origins.quantity == SHOWN) & (found.origins.horizon == 30)]
    assert longer.origin.tolist() == want[:-1]
    assert list(found.table) == list(TABLE_COLUMNS)
    assert list(found.warnings) == list(WARNING_COLUMNS)
    assert list(found.origins) == list(ORIGIN_COLUMNS)
    assert set(found.origins.basis) == {REPORT_DATES}


def test_truths_are_recounted_order_by_order(table: DelayTable, found: Backtest) -> None:
    first = table.defects[["feedback_on", "claim_on"]].min(axis=1)
    lag = (first - table.defects.ordered_on).dt.days
    for row in found.origins.itertuples():
        day = row.origin + pd.Timedelta(days=row.horizon)
        start, end = day - pd.Timedelta(days=74), day - pd.Timedelta(days=15)
        inside = table.defects.ordered_on.between(start, end)
        most = {SHOWN: 10_000, FINAL: 74, MATURE: 150}[row.quantity]
        by = day if row.quantity == SHOWN else pd.Timestamp(TODAY)
        n_orders = table.orders.n_orders[table.orders.ordered_on.between(start, end)].sum()
        assert row.n_defective == (inside & (lag <= most) & (first <= by)).sum()
        assert row.n_orders == n_orders
        assert row.breach == (100 * row.n_defective >= n_orders)
        settled = row.origin + pd.Timedelta(days=135) <= pd.Timestamp(TODAY)
        assert row.provisional == (row.quantity == MATURE and not settled)


def test_a_forecast_is_the_one_made_on_that_day(table: DelayTable) -> None:
    day = TODAY - timedelta(days=70)
    mine = backtest(table, [day], horizons=(7, 30), n_draws=200, rng=3).origins
    random = np.random.Generator(np.random.PCG64(3))
    random.spawn(1)
    known = table.known(day)
    ahead = forecast(known, None, 30, rng=random, n_draws=200)
    now = ahead.nowcast
    for row in mine[mine.quantity == SHOWN].itertuples():
        want = ahead.table.loc[row.horizon]
        assert (row.median, row.lower_90, row.upper_50) == pytest.approx(
            (want.odr, want.lower_90, want.upper_50)
        )
        assert row.p_breach == want.p_breach
        assert row.persistence == ahead.table.odr[0]
    short = mine[mine.horizon == 7].iloc[0]
    want = ahead.table.loc[7]
    assert short.as_reported == want.known_defective / want.known_orders
    for row in mine[mine.quantity != SHOWN].itertuples():
        draws = now.draws[(*PAIR, "shown window", "union", row.quantity)]
        assert row.upper_90 == np.quantile(draws, 0.95, method="inverted_cdf") / row.n_orders
        assert row.as_reported == row.persistence == ahead.table.odr[0]
        assert np.isnan(row.p_breach)


def test_orders_to_come_have_the_odr_of_today_if_nothing_more_is_reported() -> None:
    steady = simulated(50, rate=0.05, days=250)
    row = backtest(steady, [TODAY - timedelta(days=60)], horizons=[60], n_draws=100).origins.iloc[0]
    assert 0 < row.as_reported < row.persistence


def test_what_came_later_changes_nothing(table: DelayTable) -> None:
    day = TODAY - timedelta(days=70)
    cut = table.known(TODAY - timedelta(days=60))
    made = ["median", "lower_90", "upper_90", "as_reported", "persistence", "p_breach"]
    one, two = (backtest(t, [day], horizons=[7], n_draws=100).origins for t in (table, cut))
    pd.testing.assert_frame_equal(one.loc[:0, made], two[made])
    earlier = backtest(table, [day], horizons=[7], n_draws=100, as_of=cut.known_to).origins
    pd.testing.assert_frame_equal(earlier, two)


def test_bands_hold_and_the_model_beats_both_others(found: Backtest) -> None:
    """On lags that are not those of the model; six windows, so wide limits."""
    shown = found.table[(found.table.quantity == SHOWN) & (found.table.state == SCORED)]
    assert len(shown) == 2
    assert (shown.wis_to_reported < 1).all()
    assert found.origins.pit.between(0, 1).all()
    assert shown.inside_90.min() > 0.4


def test_the_corrections_are_learned_by_series_and_bounded(found: Backtest) -> None:
    learned = found.recalibration
    assert list(learned.ahead) == list(learned.window) == [PAIR]
    for correction in (*learned.ahead.values(), *learned.window.values()):
        assert -0.5 < correction.shift < 0.5
        assert 0.7 < correction.spread < 1.5


def test_a_short_history_is_not_enough() -> None:
    short = simulated(40, days=100)
    found = backtest(short, horizons=(7, 60))
    assert found.table.state.tolist() == [NOT_ENOUGH] * 4
    assert found.table.n_origins.tolist() == [1, 0, 0, 0]
    assert found.warnings.n_origins.tolist() == [1, 1, 0, 0]
    none = backtest(simulated(40, days=60))
    assert none.origins.empty
    assert set(none.table.state) == {NOT_ENOUGH}
    assert none.recalibration.ahead == {}


def test_no_orders_at_all() -> None:
    empty = simulated(40, days=60)
    nothing = DelayTable(empty.orders.iloc[:0], empty.defects.iloc[:0], TODAY)
    found = backtest(nothing)
    assert found.table.empty
    assert found.origins.empty


def test_a_series_that_began_lately_is_left_out_at_first() -> None:
    old, new = simulated(30, days=250), simulated(30, days=120, seed=1)
    both = DelayTable(
        pd.concat([old.orders, new.orders.assign(channel="afn")]),
        pd.concat([old.defects, new.defects.assign(channel="afn")]),
        TODAY,
    )
    found = backtest(both, horizons=[7], every=20, n_draws=100)
    rows = found.origins[found.origins.quantity == SHOWN]
    assert rows.channel.value_counts().to_dict() == {"mfn": 8, "afn": 2}
    assert found.table.channel.unique().tolist() == ["mfn", "afn"]


def test_an_archive_is_asked_on_the_days_of_its_deliveries(
    table: DelayTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = [TODAY - timedelta(days=n) for n in (100, 60, 30, 0)]
    past = module.Past(tuple(table.known(day) for day in days), 0, archived=True)
    monkeypatch.setattr(module.Past, "of", lambda *_: past)
    found = backtest(table, horizons=[7], every=25, n_draws=100)
    rows = found.origins[found.origins.quantity == SHOWN]
    back = [(pd.Timestamp(TODAY) - day).days for day in rows.origin]
    assert back == [200, 175, 150, 125, 100, 60, 30]
    assert rows.basis[rows.basis == "archive"].index.tolist() == rows.index[4:].tolist()
    assert found.notes[0].startswith("3 days of 7 as the archive knew them then")


def test_notes_state_where_the_past_is_from(found: Backtest) -> None:
    assert found.notes[0].startswith("From report dates: defects removed")
    assert any("150 days have not passed" in note for note in found.notes)
    days = pd.DataFrame({"ordered_on": pd.date_range("2026-05-01", "2026-09-30")} | SERIES)
    days["n_orders"] = 10
    bad = days.iloc[[5, 50]].assign(
        claim_on="2026-09-30", claim_dated=False, feedback_on=pd.NaT, chargeback_on=pd.NaT
    )
    bad["feedback_dated"] = bad["chargeback_dated"] = False
    (note,) = (n for n in backtest(DelayTable(days, bad, TODAY)).notes if "without a date" in n)
    assert note.startswith("2 defective orders have a report without a date")
    assert "before 30 Sep 2026" in note


def test_each_origin_is_a_step(table: DelayTable) -> None:
    steps: list[Step] = []
    backtest(table, ["2026-09-01", "2026-08-01"], [7], n_draws=100, progress=steps.append)
    assert [(s.done, s.total, s.note) for s in steps] == [
        (0, 2, "1 Aug 2026"),
        (1, 2, "1 Sep 2026"),
    ]


def test_the_same_each_time(table: DelayTable) -> None:
    settings = {"origins": [date(2026, 8, 1)], "horizons": [14], "n_draws": 100}
    one, two = (backtest(table, **settings).origins for _ in range(2))
    pd.testing.assert_frame_equal(one, two)
    assert not backtest(table, **settings, rng=5).origins.equals(one)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"horizons": []}, "horizons must be 1 to 154 days"),
        ({"horizons": [0, 7]}, "horizons must be 1 to 154 days"),
        ({"horizons": [155]}, "horizons must be 1 to 154 days"),
        ({"warn_from": [0.0]}, "warn_from"),
        ({"warn_from": [1.1]}, "warn_from"),
        ({"every": 0}, "every must be 1 or more"),
        ({"origins": ["2026-10-01"]}, "origins must be days from 2025-12-05 to 2026-09-30"),
        ({"origins": ["2020-01-01"]}, "origins must be days from"),
        ({"origins": ["soon"]}, "'soon' is not a date"),
        ({"n_draws": 5}, "n_draws"),
        ({"as_of": "2026-10-01"}, "last day anything is known of"),
    ],
)
def test_what_cannot_be_asked(table: DelayTable, settings: dict, words: str) -> None:
    with pytest.raises(ParameterError, match=words):
        backtest(table, **settings)
