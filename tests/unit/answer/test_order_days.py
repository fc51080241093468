"""Days without orders, and which stretches are too long to be plausible."""

from __future__ import annotations

from datetime import date

import pandas as pd

from odr_analysis.answer.order_days import SPELL_COLUMNS, orders_by_day, silent_spells
from odr_analysis.policy import Policy


def placed(*counts: int) -> pd.DataFrame:
    days = pd.date_range("2026-07-01", periods=len(counts), unit="us")
    return pd.DataFrame({"ordered_on": days, "n_orders": list(counts)})


def test_days_between_are_filled_up_to_the_last_day_known() -> None:
    daily = pd.DataFrame(
        {
            "ordered_on": pd.to_datetime(["2026-07-01", "2026-07-03", "2026-07-03"]),
            "n_orders": [2, 1, 4],
        }
    )
    dense = orders_by_day(daily, date(2026, 7, 5))
    assert dense.n_orders.tolist() == [2, 0, 5, 0, 0]
    assert dense.ordered_on.iloc[-1] == pd.Timestamp("2026-07-05")
    # A last order after the day the files are known to is not cut off.
    assert orders_by_day(daily, date(2026, 7, 2)).n_orders.tolist() == [2, 0, 5]
    assert orders_by_day(daily.head(0), date(2026, 7, 5)).empty


def test_a_spell_is_missing_where_ten_orders_usually_come_in_it() -> None:
    # Five a day: two silent days usually have ten orders, one has five.
    found = silent_spells(placed(*[5] * 28, 0, 0, *[5] * 28, 0, *[5] * 28), Policy())
    assert found.n_days.tolist() == [2, 1]
    assert found.n_usual.tolist() == [10.0, 5.0]
    assert found.missing.tolist() == [True, False]
    first = found.iloc[0]
    assert (first.first_on, first.last_on) == (
        pd.Timestamp("2026-07-29"),
        pd.Timestamp("2026-07-30"),
    )
    # Orders of 29 Jul count from 13 Aug; those of 30 Jul until 12 Oct.
    assert (first.affects_from, first.affects_to) == (
        pd.Timestamp("2026-08-13"),
        pd.Timestamp("2026-10-12"),
    )


def test_what_is_usual_is_of_four_weeks_either_side() -> None:
    # Long before, a hundred a day; around the spell, one.
    found = silent_spells(placed(*[100] * 40, *[1] * 28, *[0] * 3, *[1] * 28), Policy())
    assert found.n_usual.tolist() == [3.0]
    assert not found.missing.any()


def test_spells_at_either_end_and_none_at_all() -> None:
    assert silent_spells(placed(0, 4, 0), Policy()).n_days.tolist() == [1, 1]
    nothing = silent_spells(placed(1, 2, 3), Policy())
    assert nothing.empty
    assert list(nothing) == list(SPELL_COLUMNS)
