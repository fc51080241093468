"""The coming days of accounts small enough to follow by head."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import date, timedelta

import numpy as np
import pytest

from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.look_ahead import Calendar, LookAhead, ratio
from odr_analysis.policy import Policy
from tests.oracle import make_account

TODAY = date(2026, 9, 30)
DE = "Amazon.de"
POLICY = Policy(window_days=3, lag_days=2)
"""An order counts on the 2nd, 3rd and 4th day after its own."""


def placed(order_id: str, days_ago: int, channel: str = "mfn"):
    return (order_id, TODAY - timedelta(days=days_ago), DE, channel)


@pytest.fixture
def account():
    """Orders of today, of 2 and 4 days ago and long gone; one Amazon-fulfilled."""
    orders = [
        placed("new", 0),
        placed("middle", 2),
        placed("old", 4),
        placed("gone", 5),
        placed("other", 3, "afn"),
    ]
    defects = [
        ("old", "feedback", TODAY - timedelta(days=1)),
        ("middle", "feedback", TODAY - timedelta(days=1)),
        ("middle", "claim", TODAY),
        ("new", "claim", TODAY + timedelta(days=1)),  # not known yet
        ("other", "chargeback", None),
    ]
    return make_account(orders, defects, policy=POLICY, known_to=TODAY + timedelta(days=3))


def test_orders_and_defects_enter_and_leave_with_the_order(account) -> None:
    look = LookAhead.of(account, TODAY, horizon_days=5)
    assert list(look.size) == [(DE, "mfn"), (DE, "afn")]
    mfn, afn = look.n_orders.T.tolist()
    # "old" counts today for the last time, "middle" until 2 Oct, "new" from 2 to 4 Oct.
    assert mfn == [2, 1, 2, 1, 1, 0]
    assert afn == [1, 1, 0, 0, 0, 0]
    bad, other = look.n_defective.T.tolist()
    assert bad == [2, 1, 1, 0, 0, 0]
    assert other == [1, 1, 0, 0, 0, 0]


def test_the_forecast_is_of_the_same_day_and_as_far(account) -> None:
    look = LookAhead.of(account, TODAY, horizon_days=5)
    found = look.forecast
    assert found is look.forecast
    for i, pair in enumerate(look.size):
        assert found.marginals[pair].known_orders.tolist() == look.n_orders[:, i].tolist()
        assert found.marginals[pair].known_defective.tolist() == look.n_defective[:, i].tolist()


def test_after_the_files_end_the_forecast_begins_later(account) -> None:
    """What was reported since is drawn, so the first day is no longer certain."""
    ends = replace(account, known_to=TODAY - timedelta(days=1))
    found, known = (LookAhead.of(which, TODAY, 5).forecast for which in (ends, account))
    rows = found.table.query("channel == 'afn'")
    assert rows.day.tolist() == known.table.query("channel == 'afn'").day.tolist()
    assert rows.mean_pending.iloc[0] > 0 == known.table.mean_pending.iloc[0]
    assert rows[["leaving", "entering"]].iloc[0].tolist() == [0, 0]
    defective, _ = found.paths[DE, "afn"]
    assert defective.shape[1] == len(rows) == 6


def test_long_after_the_files_end_there_is_no_forecast(account) -> None:
    look = LookAhead.of(account, TODAY + timedelta(days=200), 5)
    assert look.forecast.marginals == {}
    assert look.forecast.table.empty
    with pytest.raises(ParameterError, match="from 0 to 154, got 155"):
        _ = LookAhead.of(account, TODAY, 155).forecast


def test_orders_with_feedback_alone_are_those_a_removal_would_clear(account) -> None:
    number = (TODAY - timedelta(days=4) - date(1970, 1, 1)).days
    assert LookAhead.of(account, TODAY, 0).by_feedback_alone == {"old": (number, 0)}
    # A day earlier the claim was not known.
    before = LookAhead.of(account, TODAY - timedelta(days=1), 0)
    assert set(before.by_feedback_alone) == {"old", "middle"}


def test_days_of_silence_are_counted_by_series(account) -> None:
    assert LookAhead.of(account, TODAY).silent_days == (0, 3)
    assert LookAhead.of(account, TODAY - timedelta(days=4)).silent_days == (0, None)


def test_nobody_changes_it(account) -> None:
    look = LookAhead.of(account, TODAY, 5)
    with pytest.raises(FrozenInstanceError):
        look.size = {}
    for array in (look.n_orders, look.n_defective):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 9


def test_wrong_days_are_refused(account) -> None:
    with pytest.raises(ParameterError, match=r"horizon_days must be 0 or more, .* got -1"):
        LookAhead.of(account, TODAY, -1)
    with pytest.raises(ParameterError, match="'tomorrow' is not a date"):
        LookAhead.of(account, "tomorrow")


def test_without_orders_there_are_no_series(account) -> None:
    empty = replace(account, daily=account.daily.iloc[:0], defective=account.defective.iloc[:0])
    look = LookAhead.of(empty, TODAY, 4)
    assert look.n_orders.shape == (5, 0)
    assert (look.size, look.silent_days, look.by_feedback_alone) == ({}, (), {})


@pytest.mark.parametrize("lag", [0, 2])
@pytest.mark.parametrize("window", [1, 3])
def test_the_calendar_equals_counting_days_one_by_one(lag: int, window: int) -> None:
    calendar = Calendar(today=100, lag_days=lag, window_days=window, horizon_days=6)

    def counts(ordered: int, day: int) -> bool:
        return lag <= day - ordered < lag + window

    ordered = np.array([95, 98, 100, 100])
    found = calendar.rolled(ordered, np.zeros(4, dtype=np.int64), 1, np.array([1, 2, 4, 8]))
    assert found[:, 0].tolist() == [
        sum(n * counts(o, day) for o, n in zip(ordered, (1, 2, 4, 8), strict=True))
        for day in range(100, 107)
    ]


def test_a_share_of_nothing_is_not_a_number() -> None:
    assert ratio([1, 3], [4, 4]).tolist() == [0.25, 0.75]
    assert np.isnan(ratio(0, 0))
