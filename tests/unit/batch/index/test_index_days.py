"""Rates of earlier days, and what the chart over the days shows of them."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from odr_analysis.batch.index.index_days import DAYS, KEPT_DAYS, chart_rows, with_earlier
from odr_analysis.batch.index.row import rows_of
from tests.unit.batch.made import DAY, a_rate, an_outcome, many


def test_days_are_kept_once_each_and_not_for_ever(tmp_path):
    outcomes = many(30)
    rows = rows_of(outcomes, {})
    for day in (DAY - timedelta(days=KEPT_DAYS + 1), DAY - timedelta(days=1), DAY, DAY):
        days = with_earlier(tmp_path, day, rows)
        days.to_parquet(tmp_path / DAYS)
    assert set(days.day.dt.date) == {DAY, DAY - timedelta(days=1)}
    today = days[days.day == pd.Timestamp(DAY)]
    # One account failed, and of one a source is missing.
    whole = [
        r for o in outcomes if o.summary and o.status == "made"
        for r in o.summary["rates"] if not r["missing"]
    ]  # fmt: skip
    assert len(today) == len(whole)
    assert (today.n_rates == today.groupby("channel").account.transform("size")).all()


def test_the_chart_shows_accounts_that_stand_out_up_to_the_day(tmp_path):
    usual = [an_outcome(f"u{i}", a_rate(2000, 8)) for i in range(20)]
    bad = an_outcome("bad", a_rate(9000, 200), a_rate(4000, 90, channel="afn"))
    rows = rows_of([*usual, bad, an_outcome("one", a_rate(500, 1, channel="afn"))], {})
    for day in (DAY - timedelta(days=1), DAY):
        days = with_earlier(tmp_path, day, rows)
        days.to_parquet(tmp_path / DAYS)
    chart = chart_rows(days, rows, DAY)
    assert chart.account.unique().tolist() == ["bad"]
    assert len(chart) == 2
    assert chart.z.min() > 5
    assert chart_rows(days, rows, DAY - timedelta(days=1)).day.nunique() == 1


def test_where_none_stands_out_the_highest_are_shown(tmp_path):
    rows = rows_of([an_outcome(f"u{i}", a_rate(2000, 5 + i)) for i in range(6)], {})
    days = with_earlier(tmp_path, DAY, rows)
    assert chart_rows(days, rows, DAY).account.tolist() == ["u5", "u4", "u3"]
