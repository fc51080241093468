"""Shift or noise: the finding of each kind of series, and what it may not rest on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from odr_analysis import account_from_frames
from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.delay_table import DelayTable
from odr_analysis.forecasting.shifts.shift import (
    BETTER,
    BLIND,
    NO_ORDERS,
    NO_REPORT,
    NO_SHIFT,
    NOT_ENOUGH,
    PATH_COLUMNS,
    SHIFT_COLUMNS,
    SHORT,
    UNDATED,
    WORSE,
    Shift,
    shift,
)
from tests.unit.forecasting.simulated import SERIES, TODAY, simulated

PAIR = ("Amazon.de", "mfn")


def row_of(table: DelayTable) -> pd.Series:
    (row,) = (r for _, r in shift(table).table.iterrows())
    return row


@pytest.fixture(scope="module")
def doubled() -> DelayTable:
    return simulated(800, change=(2.0, 40))


@pytest.fixture(scope="module")
def found(doubled: DelayTable) -> Shift:
    return shift(doubled)


def test_a_doubling_is_found(found: Shift) -> None:
    (row,) = (r for _, r in found.table.iterrows())
    assert (row.finding, row.reason) == (WORSE, "")
    assert list(found.table.columns) == list(SHIFT_COLUMNS)
    assert pd.Timestamp("2026-08-21") < row.since <= row.alarm_on < pd.Timestamp("2026-09-15")
    assert 1.1 < row.ratio_bound < 2
    assert row.share_worse > 1 > row.share_better
    assert row.n_reports > row.expected
    assert row.p_doubling_30 > 0.9
    assert row.p_now_higher > 0.99
    assert found.suspects_change(*PAIR)


def test_the_path_is_what_the_row_comes_from(found: Shift) -> None:
    (row,) = (r for _, r in found.table.iterrows())
    path = found.path
    assert list(path.columns) == list(PATH_COLUMNS)
    assert (path.day.iloc[0], path.day.iloc[-1]) == (row.watched_from, pd.Timestamp(TODAY))
    assert len(path) == 91
    assert path.n_reports.sum() == row.n_reports
    assert path.expected.sum() == pytest.approx(row.expected)
    assert path.worse.iloc[-1] / path.worse_limit.iloc[-1] == pytest.approx(row.share_worse)
    climb = path[path.day >= row.since]
    assert (climb.worse > 0).all()
    assert path.worse[path.day == row.since - pd.Timedelta(days=1)].eq(0).all()
    assert climb.day[climb.worse > climb.worse_limit].iloc[0] == row.alarm_on


def test_it_is_the_same_each_time(doubled: DelayTable, found: Shift) -> None:
    again = shift(doubled)
    pd.testing.assert_frame_equal(again.table, found.table)
    pd.testing.assert_frame_equal(again.path, found.path)
    other = shift(doubled, rng=5)
    assert (other.path.worse == found.path.worse).all()
    assert (other.path.worse_limit != found.path.worse_limit).any()


def test_fewer_reports_are_better_and_steady_ones_no_shift() -> None:
    better = row_of(simulated(800, change=(0.3, 60)))
    assert better.finding == BETTER
    assert 0.3 < better.ratio_bound < 1
    calm = shift(simulated(800, seed=3))
    assert calm.table.finding.tolist() == [NO_SHIFT]
    assert calm.table[["since", "alarm_on", "ratio_bound"]].isna().all(axis=None)
    assert not calm.suspects_change(*PAIR)


def test_few_orders_are_not_enough_data() -> None:
    row = row_of(simulated(2, seed=1))
    assert (row.finding, row.reason) == (NOT_ENOUGH, BLIND)
    assert row.p_doubling_60 < 0.5
    assert row.p_doubling_30 < row.p_doubling_60


def test_a_large_change_of_few_orders_is_found_all_the_same() -> None:
    row = row_of(simulated(3.3, change=(10.0, 60), seed=2))
    assert row.finding == WORSE
    assert row.p_doubling_60 < 0.6


def test_where_a_doubling_would_be_missed_an_alarm_needs_a_sure_ratio() -> None:
    found = [row_of(simulated(3.3, seed=seed)) for seed in range(30)]
    over = [r for r in found if max(r.share_worse, r.share_better) > 1 and r.p_doubling_60 < 0.5]
    unsure = [r for r in over if r.finding == NOT_ENOUGH]
    assert unsure
    assert all(r.reason == BLIND and np.isnan(r.ratio_bound) for r in unsure)
    assert all(r.ratio_bound != 1 for r in over if r.finding != NOT_ENOUGH)


@pytest.mark.parametrize(
    ("days", "reason"), [(30, NO_ORDERS), (91, NO_ORDERS), (92, SHORT), (149, SHORT)]
)
def test_short_histories_are_not_enough_data(days: int, reason: str) -> None:
    found = shift(simulated(500, days=days))
    assert found.table[["finding", "reason"]].to_numpy().tolist() == [[NOT_ENOUGH, reason]]
    assert found.path.empty
    assert found.table[["expected", "share_worse", "p_doubling_60"]].isna().all(axis=None)
    assert len(found.weeks) >= days // 7


def test_150_days_are_enough_with_many_orders() -> None:
    assert row_of(simulated(1500, days=150, seed=1)).finding == NO_SHIFT


def test_no_defects_one_defect_and_none_before_are_not_enough_data() -> None:
    table = simulated(30)
    none = replace(table, defects=table.defects.iloc[:0])
    late = table.defects[table.defects.ordered_on > "2026-07-05"]
    for defects in (none.defects, late.iloc[:1], late):
        row = row_of(replace(table, defects=defects))
        assert (row.finding, row.reason) == (NOT_ENOUGH, NO_REPORT)
    early = table.defects[table.defects.feedback_on < "2026-06-01"].iloc[:1]
    row = row_of(replace(table, defects=early))
    assert (row.finding, row.reason) == (NOT_ENOUGH, BLIND)


def test_orders_that_ended_before_the_year_give_nothing_to_compare() -> None:
    table = simulated(30, days=800)
    gap = table.orders.ordered_on.between("2025-05-01", "2026-07-01")
    defects = table.defects[~table.defects.ordered_on.between("2025-05-01", "2026-07-01")]
    row = row_of(DelayTable(table.orders[~gap], defects, TODAY))
    assert (row.finding, row.reason) == (NOT_ENOUGH, NO_ORDERS)


def undated(table: DelayTable, n: int) -> DelayTable:
    """The same with `n` more defective orders of which only is known that they were reported."""
    more = table.orders.iloc[np.linspace(0, len(table.orders) - 1, n).astype(int)]
    rows = more.assign(claim_on=pd.Timestamp(TODAY), claim_dated=False, feedback_on=pd.NaT)
    rows = rows.assign(chargeback_on=pd.NaT, feedback_dated=True, chargeback_dated=True)
    return replace(table, defects=pd.concat([table.defects, rows[list(table.defects)]]))


def test_reports_without_a_date_shape_no_alarm() -> None:
    table = simulated(800, seed=3)
    plain, more = shift(table), shift(undated(table, 100))
    assert more.table.n_undated.tolist() == [100]
    pd.testing.assert_frame_equal(more.path, plain.path)
    assert more.table.finding.tolist() == [NO_SHIFT]
    # What is known of a week does not need its day.
    assert more.weeks.n_defective.sum() == plain.weeks.n_defective.sum() + 100
    many = row_of(undated(table, 350))
    assert (many.finding, many.reason) == (NOT_ENOUGH, UNDATED)


def test_channels_are_apart() -> None:
    mfn, afn = simulated(800, change=(2.0, 40)), simulated(800, seed=3)
    both = DelayTable(
        pd.concat([mfn.orders, afn.orders.assign(channel="afn")]),
        pd.concat([mfn.defects, afn.defects.assign(channel="afn")]),
        TODAY,
    )
    found = shift(both)
    assert found.table.set_index("channel").finding.to_dict() == {"mfn": WORSE, "afn": NO_SHIFT}
    assert found.suspects_change("Amazon.de", "mfn")
    assert not found.suspects_change("Amazon.de", "afn")
    assert found.path.groupby("channel").size().to_dict() == {"mfn": 91, "afn": 91}
    with pytest.raises(ParameterError, match=r"there are: Amazon\.de mfn, Amazon\.de afn"):
        found.suspects_change("Amazon.fr", "mfn")


def test_an_earlier_day_knows_nothing_of_later_ones(doubled: DelayTable) -> None:
    before = shift(doubled, "2026-08-20")
    assert before.table.finding.tolist() == [NO_SHIFT]
    pd.testing.assert_frame_equal(before.table, shift(doubled.known("2026-08-20")).table)
    with pytest.raises(ParameterError):
        shift(doubled, "2026-10-01")


def test_an_account_will_do() -> None:
    days = pd.date_range("2026-01-01", "2026-09-30").repeat(6)
    ids = [f"o{i}" for i in range(len(days))]
    orders = pd.DataFrame({"order_id": ids, "ordered_on": days} | SERIES)
    bad = orders[orders.index % 6 == 0]
    reported = bad.ordered_on + pd.Timedelta(days=20)
    defects = pd.DataFrame(
        {"order_id": bad.order_id, "component": "claim", "reported_on": reported}
    )
    account = account_from_frames(orders, defects)
    table = shift(account, TODAY).table
    assert table.n_reports.tolist() == [91]
    assert table.finding.tolist() == [NO_SHIFT]


def test_without_orders_all_tables_are_empty() -> None:
    table = simulated(5)
    found = shift(DelayTable(table.orders.iloc[:0], table.defects.iloc[:0], TODAY))
    for frame in (found.table, found.path, found.weeks, found.gaps):
        assert frame.empty
    assert list(found.table.columns) == list(SHIFT_COLUMNS)
