from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from odr_analysis.errors import ParameterError
from odr_analysis.whatif import orders_needed, orders_needed_today
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
