"""The coming days of accounts small enough to follow by head."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import date, timedelta

import numpy as np
import pytest

from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.look_ahead import LATELY_DAYS, Calendar, LookAhead, ratio
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
    assert look.rate_now.tolist() == [1.0, 1.0]


def test_expected_orders_come_as_lately_and_count_after_the_lag(account) -> None:
    look = LookAhead.of(account, TODAY, horizon_days=5)
    # The first order is of five days ago: six days, not 28.
    assert look.recent_days == 6
    assert look.recent.tolist() == [4, 1]
    assert look.per_day.tolist() == [4 / 6, 1 / 6]
    # An order of tomorrow counts from 3 Oct on; of three order days at most.
    assert look.future_days.tolist() == [0, 0, 0, 1, 2, 3]
    assert look.expected_n_orders[:, 0].tolist() == pytest.approx(
        [2, 1, 2, 1 + 4 / 6, 1 + 8 / 6, 12 / 6]
    )
    assert look.expected_n_defective[:, 1].tolist() == pytest.approx([1, 1, 0, 1 / 6, 2 / 6, 3 / 6])


def test_an_old_account_is_averaged_over_the_last_days_only() -> None:
    orders = [placed(f"{i}", LATELY_DAYS - 1) for i in range(7)] + [placed("before", LATELY_DAYS)]
    look = LookAhead.of(make_account(orders, known_to=TODAY))
    assert (look.as_of, look.recent_days, look.recent.tolist()) == (TODAY, LATELY_DAYS, [7])


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
        look.recent_days = 1
    for array in (look.n_orders, look.n_defective, look.recent):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 9


def test_wrong_days_are_refused(account) -> None:
    with pytest.raises(ParameterError, match="horizon_days must be 0 or more, got -1"):
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
    assert calendar.days_from(101, 103).tolist() == [
        sum(counts(o, day) for o in (101, 102, 103)) for day in range(100, 107)
    ]


def test_a_share_of_nothing_is_not_a_number() -> None:
    assert ratio([1, 3], [4, 4]).tolist() == [0.25, 0.75]
    assert np.isnan(ratio(0, 0))
