from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from odr_analysis import terms
from odr_analysis.account import Account
from odr_analysis.errors import FrameError, ParameterError
from odr_analysis.policy import Policy
from odr_analysis.rates import component_rates
from tests.oracle import make_account

DE = "Amazon.de"


def orders(n: int, day: str = "2026-09-01", channel: str = "mfn", tag: str = "o") -> list[tuple]:
    return [(f"{tag}{i}", day, DE, channel) for i in range(n)]


def on(account: Account, day: str, channel: str = "mfn", **options: Any) -> pd.Series:
    """The row of one day."""
    table = component_rates(account, day, **options)
    return table[(table["as_of"] == day) & (table["channel"] == channel)].squeeze()


@pytest.mark.parametrize(
    ("n", "odr", "under"), [(10, 0.1, False), (100, 0.01, False), (101, 1 / 101, True)]
)
def test_one_defect_among(n: int, odr: float, under: bool) -> None:
    account = make_account(orders(n), [("o0", "feedback", "2026-09-05")])
    row = on(account, "2026-09-30")
    assert (row.n_orders, row.n_defective, row.odr) == (n, 1, odr)
    assert Policy().under_target(row.n_defective, row.n_orders) is under


def test_an_order_counts_from_its_15th_day_to_its_74th() -> None:
    account = make_account(orders(1), [("o0", "claim", "2026-09-02")])
    table = component_rates(account, "2026-11-20").set_index("as_of")
    assert table.index[0] == pd.Timestamp("2026-09-16")
    assert len(table) == 66, "every day to as_of is there"
    counted = table[table.n_orders == 1]
    assert (counted.index[0], counted.index[-1]) == (
        pd.Timestamp("2026-09-16"),
        pd.Timestamp("2026-11-14"),
    )
    assert len(counted) == 60
    assert (table.n_claim == table.n_orders).all()


def test_a_day_without_orders_is_no_data_and_not_zero() -> None:
    row = on(make_account(orders(1), [("o0", "claim", "2026-09-02")]), "2026-11-15")
    assert (row.n_orders, row.n_defective) == (0, 0)
    assert np.isnan([row.odr, row.lower, row.upper]).all()
    assert row.level == 0.95


def test_before_any_order_counts_there_is_one_row_of_nothing() -> None:
    for day in ("2026-09-10", "2026-08-01"):
        table = component_rates(make_account(orders(3)), day)
        assert table.as_of.tolist() == [pd.Timestamp(day)]
        assert table.n_orders.tolist() == [0]
        assert table.odr.isna().all()


def test_an_order_moves_from_cell_to_cell_as_defects_become_known() -> None:
    account = make_account(
        orders(10),
        [
            ("o0", "chargeback", "2026-10-20"),
            ("o0", "feedback", "2026-09-20"),
            ("o0", "claim", "2026-10-01"),
        ],
    )
    table = component_rates(account, "2026-11-15").set_index("as_of")
    spans = {
        "clean": ("2026-09-16", "2026-09-19"),
        "feedback_only": ("2026-09-20", "2026-09-30"),
        "feedback_claim": ("2026-10-01", "2026-10-19"),
        "all_three": ("2026-10-20", "2026-11-14"),
    }
    for cell in terms.DEFECT_CELLS:
        days = table.index[table[f"n_{cell}"] == 1]
        assert len(days) == len(pd.date_range(*spans[cell])) if cell in spans else len(days) == 0
    for cell, (start, end) in spans.items():
        part = table.loc[start:end]
        assert (part.n_defective == (cell != "clean")).all()
        if cell != "clean":
            assert (part[f"n_{cell}"] == 1).all()
    assert table.loc["2026-10-01", ["n_feedback", "n_claim", "n_chargeback"]].tolist() == [1, 1, 0]
    assert table.loc["2026-10-01", "odr"] == 0.1, "two kinds, one order"


def test_a_defect_known_before_the_order_counts_shows_when_it_enters() -> None:
    account = make_account(orders(2), [("o0", "feedback", "2026-09-03")])
    assert on(account, "2026-09-15").n_defective == 0
    assert on(account, "2026-09-16").n_defective == 1


def test_a_defect_known_after_the_order_left_never_shows() -> None:
    account = make_account(orders(2), [("o0", "feedback", "2026-11-15")])
    assert component_rates(account, "2026-12-31").n_defective.sum() == 0


def test_a_defect_not_known_yet_does_not_count() -> None:
    policy = Policy(lag_days=0)
    account = make_account(orders(2), [("o0", "feedback", "2026-09-03")], policy)
    assert component_rates(account, "2026-09-02").n_defective.tolist() == [0, 0]
    assert component_rates(account, "2026-09-03").n_defective.tolist() == [0, 0, 1]


def test_known_now_credits_past_days_with_what_is_known_by_as_of() -> None:
    account = make_account(
        orders(10), [("o0", "feedback", "2026-09-20"), ("o0", "claim", "2026-10-10")]
    )
    table = component_rates(account, "2026-09-30", known="now")
    assert (table.n_feedback_only == 1).all(), "claim of 10 Oct unknown, feedback credited at once"
    same_day = component_rates(account, "2026-10-10", known="now")
    assert (same_day.n_feedback_claim == 1).all(), "what is reported on as_of is known by as_of"
    then = component_rates(account, "2026-09-30")
    assert then.n_feedback_only.tolist() == [0] * 4 + [1] * 11


def test_a_defect_without_a_day_is_known_from_the_order_day() -> None:
    assert on(make_account(orders(2), [("o0", "claim", None)]), "2026-09-16").n_claim == 1


def test_channels_and_marketplaces_stay_apart() -> None:
    account = make_account(
        [
            ("a", "2026-09-01", "Amazon.fr", "mfn"),
            ("b", "2026-09-01", DE, "unknown"),
            ("c", "2026-09-01", DE, "afn"),
            ("d", "2026-09-01", DE, "mfn"),
        ],
        [("b", "claim", "2026-09-05"), ("a", "feedback", "2026-09-05")],
    )
    day = component_rates(account, "2026-09-16")
    assert list(zip(day.marketplace, day.channel, day.n_orders, day.n_defective, strict=True)) == [
        (DE, "mfn", 1, 0),
        (DE, "afn", 1, 0),
        (DE, "unknown", 1, 1),
        ("Amazon.fr", "mfn", 1, 1),
    ]


def test_frequencies_keep_the_last_day() -> None:
    account = make_account(orders(1))  # counts from 16 Sep on
    weeks = component_rates(account, "2026-10-10", freq="W").as_of
    assert weeks.dt.strftime("%m-%d").tolist() == ["09-19", "09-26", "10-03", "10-10"]
    months = component_rates(account, "2026-11-14", freq="M").as_of
    assert months.dt.strftime("%m-%d").tolist() == ["09-30", "10-31", "11-14"]
    ends = component_rates(account, "2026-10-31", freq="M").as_of
    assert ends.dt.strftime("%m-%d").tolist() == ["09-30", "10-31"], "a month end comes once"


def test_coarser_frequencies_are_rows_of_the_daily_table() -> None:
    account = make_account(
        orders(5) + orders(4, "2026-09-20", "afn", "p"),
        [("o0", "claim", "2026-09-25"), ("p1", "feedback", "2026-10-10")],
    )
    every = component_rates(account, "2026-10-20")
    for freq in ("W", "M"):
        some = component_rates(account, "2026-10-20", freq=freq)
        same = every[every.as_of.isin(some.as_of)].reset_index(drop=True)
        pd.testing.assert_frame_equal(some, same)


def test_window_complete_needs_both_ends() -> None:
    account = make_account(
        [("a", "2026-06-01", DE, "mfn"), ("b", "2026-08-20", DE, "afn")],
        known_to=date(2026, 8, 25),
    )
    table = component_rates(account, "2026-09-12")
    whole = table[table.window_complete].as_of
    # 60 days from 1 June end on 30 July, stated 15 days later; 25 August is stated on 9 September.
    assert (whole.min(), whole.max()) == (pd.Timestamp("2026-08-14"), pd.Timestamp("2026-09-09"))
    assert len(whole) == 2 * 27, "every day between, both channels"


def test_as_of_defaults_to_the_last_day_the_exports_know() -> None:
    account = make_account(orders(1), known_to=date(2026, 9, 20))
    assert component_rates(account).as_of.max() == pd.Timestamp("2026-09-20")


def test_table_is_as_documented() -> None:
    table = component_rates(make_account(orders(3), [("o0", "claim", "2026-09-05")]), "2026-09-20")
    assert list(table.columns) == list(terms.RATE_COLUMNS)
    documented = {name: column.dtype for name, column in terms.RATE_COLUMNS.items()}
    assert {name: str(dtype) for name, dtype in table.dtypes.items()} == documented


def test_an_account_without_orders_has_no_rows_but_all_columns() -> None:
    account = make_account(orders(1))
    empty = replace(account, daily=account.daily.iloc[:0])
    table = component_rates(empty, "2026-09-20")
    assert len(table) == 0
    assert (table.dtypes == component_rates(account, "2026-09-20").dtypes).all()


def test_level_comes_from_the_policy() -> None:
    wide = on(make_account(orders(10), [("o0", "claim", None)]), "2026-09-20")
    policy = Policy(level=0.5)
    narrow = on(make_account(orders(10), [("o0", "claim", None)], policy), "2026-09-20")
    assert narrow.level == 0.5
    assert wide.lower < narrow.lower < 0.1 < narrow.upper < wide.upper


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"freq": "daily"}, "freq must be one of 'D', 'W', 'M', got 'daily'"),
        ({"known": "later"}, "known must be one of 'then', 'now', got 'later'"),
        ({"as_of": "soon"}, "as_of: 'soon' is not a date"),
    ],
)
def test_wrong_options_are_refused_with_the_right_ones(options: dict, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        component_rates(make_account(orders(1)), **options)


def test_defective_orders_need_a_series() -> None:
    account = make_account(orders(1), [("o0", "claim", None)])
    account.defective["channel"] = "afn"
    with pytest.raises(FrameError, match=r"Amazon\.de, afn, which has no orders"):
        component_rates(account, "2026-09-20")
