"""Cohorts counted by hand, and the weeks that stand out by a test worked out in full."""

from __future__ import annotations

from datetime import date
from math import comb

import pandas as pd
import pytest

from odr_analysis import cohorts
from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.cohorts import (
    ALL_WEEKS_COLUMNS,
    COHORT_COLUMNS,
    STANDING_OUT_COLUMNS,
    known_by_age,
    last_age,
    rate_of_all,
    weeks_standing_out,
)
from tests.oracle import make_account
from tests.order_weeks import DE, GROWN, STORY, made

TODAY = date(2026, 8, 24)
"""A Monday."""


def types_of(table: pd.DataFrame) -> dict[str, str]:
    return {str(name): str(dtype) for name, dtype in table.dtypes.items()}


def typed(columns) -> dict[str, str]:
    return {name: column.dtype for name, column in columns.items()}


@pytest.fixture
def account():
    """Three orders in the week of 3 Aug, one of them bad twice; one in the week of 17 Aug."""
    orders = [
        ("a", date(2026, 8, 3), DE, "mfn"),
        ("b", date(2026, 8, 9), DE, "mfn"),
        ("c", date(2026, 8, 5), DE, "afn"),
        ("d", date(2026, 8, 17), DE, "mfn"),
    ]
    defects = [
        ("a", "claim", date(2026, 8, 13)),
        ("a", "feedback", date(2026, 8, 18)),
        ("d", "feedback", date(2026, 8, 16)),  # dated before its order
        ("c", "claim", date(2026, 8, 25)),  # not known yet
    ]
    return make_account(orders, defects, known_to=date(2026, 8, 30))


def grown(table: pd.DataFrame, week: str, channel: str = "mfn") -> list[int]:
    rows = table[(table.week == pd.Timestamp(week)) & (table.channel == channel)]
    assert rows.age_weeks.tolist() == list(range(len(rows)))
    return rows.n_defective.tolist()


def test_an_order_is_defective_from_the_week_of_its_first_report(account) -> None:
    table = cohorts(account, TODAY)
    assert types_of(table) == typed(COHORT_COLUMNS)
    # The order of 3 Aug was reported on its tenth day, so in its second week.
    assert grown(table, "2026-08-03") == [0, 1, 1, 1]
    assert grown(table, "2026-08-10") == [0, 0, 0]
    # A report dated before its order is known from the order's first day on.
    assert grown(table, "2026-08-17") == [1, 1]
    assert grown(table, "2026-08-24") == [0]
    assert grown(table, "2026-08-03", "afn") == [0, 0, 0, 0]
    of_week = table[(table.week == "2026-08-03") & (table.channel == "mfn")]
    assert of_week.n_orders.tolist() == [2] * 4
    assert of_week.rate.tolist() == [0, 0.5, 0.5, 0.5]
    assert table[table.n_orders == 0].rate.isna().all()
    # The order of Sunday 9 Aug has its 14th day on 22 Aug, and its 21st on 29 Aug.
    assert of_week.mature.tolist() == [True, True, False, False]


def test_one_kind_of_defect_and_one_channel(account) -> None:
    assert grown(cohorts(account, TODAY, component="feedback"), "2026-08-03") == [0, 0, 1, 1]
    assert set(cohorts(account, TODAY, channel="afn").channel) == {"afn"}
    later = cohorts(account, date(2026, 8, 25), component="claim")
    assert grown(later, "2026-08-03", "afn") == [0, 0, 1, 1]


def test_only_so_many_weeks_and_none_before_the_first_order(account) -> None:
    assert cohorts(account, TODAY, weeks=2).week.min() == pd.Timestamp(2026, 8, 17)
    assert cohorts(account, TODAY, weeks=500).week.min() == pd.Timestamp(2026, 8, 3)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"component": "refund"}, "component 'refund' is unknown. Known: feedback, claim"),
        ({"channel": "fba"}, "channel 'fba' has no orders. Channels with orders: mfn, afn"),
        ({"weeks": 0}, "weeks must be at least 1, got 0"),
    ],
)
def test_what_cannot_be_followed_is_named(account, asked, words) -> None:
    with pytest.raises(ParameterError, match=words):
        cohorts(account, TODAY, **asked)


def fisher(d: int, n: int, rest_d: int, rest_n: int) -> float:
    """Probability of `d` or more among the n, with all d + rest_d thrown anywhere."""
    bad, whole = d + rest_d, n + rest_n
    ways = [comb(bad, k) * comb(whole - bad, n - k) for k in range(d, min(bad, n) + 1)]
    return sum(ways) / comb(whole, n)


def test_a_week_stands_out_by_counts_worked_out_by_hand() -> None:
    table = weeks_standing_out(STORY)
    assert types_of(table) == typed(STANDING_OUT_COLUMNS)
    (found,) = table.to_dict("records")
    assert (found["week"], found["age_weeks"]) == (pd.Timestamp("2026-08-03"), 3)
    assert (found["n_defective"], found["n_orders"]) == (8, 200)
    # The five older weeks had one each by that age; the week of 10 Aug is too young.
    assert (found["rest_n_defective"], found["rest_n_orders"]) == (5, 1000)
    assert found["excess"] == pytest.approx(8 - 200 * 5 / 1000)
    assert fisher(8, 200, 5, 1000) * 7 < 0.05


@pytest.mark.parametrize("n", range(3, 9))
def test_the_worst_of_many_weeks_must_be_worse_than_chance_makes_it(n) -> None:
    weeks = [str(day.date()) for day in pd.date_range("2026-03-02", periods=20, freq="7D")]
    data = made({week: [1, 1] for week in weeks[:-1]} | {weeks[-1]: [n, n]})
    unlikely = fisher(n, 200, 19, 3800) * 20 <= 0.05
    assert (len(weeks_standing_out(data)) == 1) == unlikely
    assert unlikely == (n >= 6)


def test_two_defects_too_many_are_too_few_to_stand_out() -> None:
    weeks = {f"2026-07-{day:02}": [0, 0] for day in (6, 13, 20)}
    many = dict.fromkeys(weeks, 100000)
    data = made(weeks | {"2026-07-27": [2, 2]}, many | {"2026-07-27": 10})
    assert fisher(2, 10, 0, 300_000) * 4 < 0.05
    assert weeks_standing_out(data).empty


def test_the_rate_of_all_weeks_adds_up_what_each_age_brings() -> None:
    data = made(
        {"2026-08-03": [1, 3, 4], "2026-08-10": [1, 1]}, {"2026-08-03": 100, "2026-08-10": 50}
    )
    every = rate_of_all(data)
    assert types_of(every) == typed(ALL_WEEKS_COLUMNS)
    assert every.n_orders.tolist() == [150, 150, 100]
    assert every.n_defective.tolist() == [2, 4, 4]
    # 2 of 150, then 2 more of 150, then 1 more of the 100 that are so old.
    assert every.rate.tolist() == pytest.approx([2 / 150, 4 / 150, 4 / 150 + 1 / 100])
    assert rate_of_all(made({"2026-08-03": [1]}, young=1)).empty
    assert rate_of_all(made({"2026-08-03": [0, 0]}, 0)).rate.tolist() == [0, 0]


def test_the_last_age_is_one_after_the_last_report() -> None:
    assert (
        last_age(made({"2026-01-05": [0, 0, 1, 1, 1, 1] + [2] * 20, "2026-01-12": [0] * 25})) == 7
    )
    assert last_age(made({"2026-01-05": [0] * 9})) == 3
    assert last_age(made({"2026-01-05": [0, 0]})) == 1


def test_known_by_age_follows_the_same_orders_all_along() -> None:
    data = made({"2026-01-05": GROWN, "2026-01-12": GROWN[:10], "2026-01-19": [7] * 3})
    known = known_by_age(data)
    assert known.tolist() == GROWN
    assert known.index.tolist() == list(range(11))
    assert str(known.dtype) == "int64"
    young = made({"2026-01-05": GROWN}, young=3)
    assert known_by_age(young).tolist() == GROWN[:8]
    few = made({"2026-01-05": [0, 1, 4, 4, 4, 4, 4, 4, 4, 4, 4]})
    assert known_by_age(few).empty
