from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from odr_analysis.errors import ParameterError
from odr_analysis.whatif import orders_needed, orders_needed_per_day, orders_needed_today
from tests.oracle import make_account


@pytest.mark.parametrize(
    ("bad", "orders", "more"),
    [
        (1, 100, 1),  # 1 of 100 is exactly 1 %, so not under; 1 of 101 is
        (1, 1, 100),
        (1, 101, 0),
        (0, 0, 1),  # no orders, no rate
        (0, 5, 0),
        (5, 412, 89),  # 5 of 501
        (7, 700, 1),  # 0.01 * 700 is not 7 in floating point
        (37, 3_000, 701),
    ],
)
def test_good_orders_needed_by_head(bad, orders, more):
    answer = orders_needed(bad, orders)
    assert (answer.n, answer.possible, answer.safe_up_to) == (more, True, None)


def test_extra_orders_with_defects_of_their_own():
    # d + p n < t (N + n): 12 + 0.005 n < 10 + 0.01 n, so n > 400.
    assert orders_needed(12, 1_000, defect_rate=0.005).n == 401
    assert "0.5 % of them defective" in orders_needed(12, 1_000, defect_rate=0.005).sentence


@pytest.mark.parametrize("rate", [0.01, 0.02, 1.0])
def test_impossible_when_extra_orders_are_no_better_than_the_target(rate):
    answer = orders_needed(12, 1_000, defect_rate=rate)
    assert (answer.n, answer.possible) == (None, False)
    assert answer.sentence.startswith("More orders cannot bring it under 1 %")


def test_selling_worse_orders_uses_the_budget():
    # 5 + 0.02 n < 0.01 (600 + n): n < 100.
    answer = orders_needed(5, 600, defect_rate=0.02)
    assert (answer.n, answer.possible, answer.safe_up_to) == (0, True, 99)
    assert "at most 99" in answer.sentence
    # As good as the target: never a limit.
    assert orders_needed(5, 600, defect_rate=0.01).safe_up_to is None


def test_target_is_a_setting():
    assert orders_needed(1, 100, target=0.02).n == 0
    assert orders_needed(1, 100, target=0.005).n == 101
    assert "under 0.5 %" in orders_needed(1, 100, target=0.005).sentence


def test_numpy_counts_are_counts():
    assert orders_needed(np.int64(1), np.int64(100)).n == 1


@pytest.mark.parametrize(
    ("args", "kwargs", "names"),
    [
        ((-1, 5), {}, "n_defective"),
        ((1.0, 5), {}, "n_defective"),
        ((True, 5), {}, "n_defective"),
        ((1, 5.5), {}, "n_orders"),
        ((6, 5), {}, "n_defective"),
        ((1, 5), {"defect_rate": 1.5}, "defect_rate"),
        ((1, 5), {"defect_rate": float("nan")}, "defect_rate"),
        ((1, 5), {"target": 0.0}, "target"),
        ((1, 5), {"target": "x"}, "target"),
    ],
)
def test_bad_values_are_named(args, kwargs, names):
    with pytest.raises(ParameterError, match=names):
        orders_needed(*args, **kwargs)


def plan(by: date, bad: float = 37, orders: float = 3_000, **kwargs):
    return orders_needed_per_day(bad, orders, as_of=date(2026, 9, 30), by=by, **kwargs)


def test_per_day_spreads_over_the_order_days_that_count_by_then():
    # By 20 Oct orders of 1 to 5 Oct count: 701 over 5 days.
    answer = plan(date(2026, 10, 20))
    assert (answer.per_day, answer.order_days) == (141, 5)
    assert (answer.first, answer.last) == (date(2026, 10, 1), date(2026, 10, 5))
    # Never more order days than the window has.
    far = plan(date(2027, 3, 31))
    assert (far.order_days, far.per_day) == (60, 12)
    # The window of 31 Mar is 16 Jan to 16 Mar.
    assert (far.first, far.last) == (date(2027, 1, 16), date(2027, 3, 16))


def test_within_the_lag_no_new_order_counts():
    answer = plan(date(2026, 10, 15))
    assert (answer.per_day, answer.order_days, answer.first) == (None, 0, None)
    assert answer.sentence == (
        "No order placed after 30 Sep 2026 counts on 15 Oct 2026, because an order counts from "
        "its 15th day."
    )
    first = plan(date(2026, 10, 16))
    assert (first.per_day, first.order_days) == (701, 1)
    assert first.sentence == "701 more good orders on 1 Oct 2026 bring it under 1 % on 16 Oct 2026."


def test_impossible_and_already_under_stay_what_they_are():
    assert plan(date(2026, 12, 1), defect_rate=0.01).per_day is None
    assert plan(date(2026, 12, 1), bad=1).per_day == 0
    # Already under also within the lag.
    assert plan(date(2026, 10, 1), bad=1).per_day == 0


def test_one_order_is_singular():
    answer = plan(date(2026, 10, 16), bad=1, orders=100)
    assert answer.sentence == "1 more good order on 1 Oct 2026 brings it under 1 % on 16 Oct 2026."


def test_today_by_series():
    day = date(2026, 8, 20)
    orders = [(f"m{i}", day, "Amazon.de", "mfn") for i in range(100)]
    orders += [(f"a{i}", day, "Amazon.de", "afn") for i in range(200)]
    orders += [("u", date(2026, 1, 1), "Amazon.fr", "mfn")]
    account = make_account(
        orders, [("m0", "claim", None), ("a0", "claim", None)], known_to=date(2026, 9, 30)
    )
    table = orders_needed_today(account)
    assert table[["marketplace", "channel", "n_orders", "n_defective"]].to_numpy().tolist() == [
        ["Amazon.de", "mfn", 100, 1],
        ["Amazon.de", "afn", 200, 1],
        ["Amazon.fr", "mfn", 0, 0],
    ]
    assert table.n_needed.tolist() == [1, 0, 1]
    assert table.answer.tolist() == [
        "One more good order brings it under 1 %.",
        "It is under 1 % already; no more orders needed.",
        "There is no order, so no rate; the first order makes one.",
    ]
    hopeless = orders_needed_today(account, defect_rate=0.02)
    assert hopeless.n_needed.isna().tolist() == [True, False, True]
    assert str(hopeless.n_needed.dtype) == "Int64"
    assert len(orders_needed_today(account, "2026-08-25")) == 3


def test_a_baseline_that_is_not_whole_is_taken_as_it_is():
    by = date(2026, 10, 20)
    # 37.5 + 0 < 0.01 (3,000.5 + n) from n = 750 on, over five order days.
    answer = plan(by, bad=37.5, orders=3000.5)
    assert (answer.total.n, answer.per_day) == (750, 150)
    # What adding floats leaves behind decides nothing: 1 of 100 is not under 1 %.
    assert plan(by, bad=1.0, orders=100.00000000000001).total.n == 1
    for wrong in (-0.5, float("nan"), float("inf"), True):
        with pytest.raises(ParameterError, match="must be a number, 0 or more"):
            plan(by, bad=wrong)
    with pytest.raises(ParameterError, match="cannot be more than"):
        plan(by, bad=10.5, orders=10)
