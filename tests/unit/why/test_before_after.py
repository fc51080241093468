"""Before and after a fix: compared at the same age, with a test that is exact."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest

from odr_analysis import account_from_frames, before_after
from odr_analysis.errors import ParameterError
from odr_analysis.why.before_after import Ages, before_after_sentence

SINCE, DAY = pd.Timestamp("2026-08-01"), pd.Timestamp("2026-10-15")


def seller(orders: list[tuple[pd.Timestamp, int]], **more):
    """Orders by day, and the age at which each becomes defective (-1: never)."""
    table = pd.DataFrame(
        {
            "order_id": [f"o{i}" for i in range(len(orders))],
            "ordered_on": [day for day, _ in orders],
            "marketplace": "Amazon.de",
            "channel": "mfn",
        }
    ).assign(**more)
    bad = [
        (f"o{i}", day + pd.Timedelta(days=age)) for i, (day, age) in enumerate(orders) if age > -1
    ]
    defects = pd.DataFrame(bad, columns=["order_id", "reported_on"]).assign(component="claim")
    return account_from_frames(table, defects)


def row(orders: list[tuple[pd.Timestamp, int]], **more) -> dict:
    return before_after(seller(orders), SINCE, DAY, **more).iloc[0].to_dict()


def days(n: int, first: pd.Timestamp) -> list[pd.Timestamp]:
    return [first + pd.Timedelta(days=i) for i in range(n)]


BEFORE, AFTER = days(30, SINCE - pd.Timedelta(days=30)), days(30, SINCE)


def test_the_same_on_both_sides_is_no_difference() -> None:
    every = [(day, 10 if day.day % 5 == 0 else -1) for day in (*BEFORE, *AFTER) for _ in range(4)]
    found = row(every)
    assert found["ratio"] == pytest.approx(1, abs=0.1)
    assert found["lower"] < 1 < found["upper"]
    assert found["p_value"] > 0.5
    assert found["verdict"] == "no difference shown"


def test_younger_orders_do_not_look_better() -> None:
    # Everybody complains on the 20th day; orders of the last 19 days cannot have yet.
    young = days(60, SINCE)
    orders = [(day, 20 if i % 3 == 0 else -1) for day in BEFORE for i in range(3)]
    orders += [
        (day, 20 if i % 3 == 0 and (DAY - day).days >= 20 else -1)
        for day in young
        for i in range(3)
    ]
    found = row(orders)
    plain_before = found["before_n_defective"] / found["before_n_orders"]
    plain_after = found["after_n_defective"] / found["after_n_orders"]
    assert plain_after < plain_before, "the trap is none"
    assert found["expected"] == found["after_n_defective"]
    assert found["ratio"] == pytest.approx(1)
    assert found["verdict"] == "no difference shown"


def test_a_fix_that_works_is_called_better_and_a_worse_one_worse() -> None:
    bad = [(day, 5) for day in BEFORE[:12]] + [(day, -1) for day in BEFORE * 5]
    good = [(day, -1) for day in AFTER * 5]
    found = row(bad + good)
    assert (found["ratio"], found["lower"]) == (0, 0)
    assert found["upper"] < 1
    assert found["verdict"] == "better"
    assert found["expected"] == pytest.approx(150 * 12 / 162)

    turned = [(SINCE - (day - SINCE) - pd.Timedelta(days=1), age) for day, age in bad + good]
    found = row(turned)
    assert (found["ratio"], found["upper"]) == (np.inf, np.inf)
    assert found["lower"] > 1
    assert found["verdict"] == "worse"


def test_the_p_value_is_that_of_every_way_the_defects_could_have_fallen() -> None:
    # A defect at age 3 among 4 older and 6 newer orders, two at age 8 among 3 and 5: every choice
    # of orders is as likely as any other.
    ages = Ages.of(np.array([4, 3]), np.array([6, 5]), np.array([1, 2]), 2)
    older, newer = [("old", i) for i in range(4)], [("new", i) for i in range(6)]
    of = dict.fromkeys(range(4), 0)
    ways = list(product(older + newer, combinations(older[:3] + newer[:5], 2)))
    for first, two in ways:
        of[sum(side == "new" for side, _ in (first, *two))] += 1
    low, high = ages.tails(1.0)
    assert low == pytest.approx((of[0] + of[1] + of[2]) / len(ways))
    assert high == pytest.approx((of[2] + of[3]) / len(ways))
    # A ratio moves the chance of the single defect to r n1 / (r n1 + n0).
    assert ages.chances(2.0)[0][1] == pytest.approx(12 / 16)


def test_the_interval_covers_the_ratio_it_was_made_with() -> None:
    rng = np.random.default_rng(3)
    missed = 0
    for _ in range(20):
        orders = []
        for day, rate in [*((d, 0.05) for d in BEFORE), *((d, 0.1) for d in AFTER)]:
            age = np.where(rng.random(8) < rate, rng.integers(0, 40, 8), -1)
            orders += [(day, int(a) if a <= (DAY - day).days else -1) for a in age]
        found = row(orders)
        missed += not found["lower"] <= 2 <= found["upper"]
    assert missed <= 4


@pytest.mark.parametrize(
    "orders",
    [
        [(day, -1) for day in BEFORE],
        [(day, 3) for day in AFTER],
        [],
    ],
)
def test_one_side_alone_cannot_be_compared(orders) -> None:
    # The account needs an order; it lies before all that is compared.
    found = row([*orders, (SINCE - pd.Timedelta(days=300), -1)])
    assert np.isnan(found["ratio"])
    assert np.isnan(found["p_value"])
    assert found["verdict"] == "no difference shown"
    said = before_after_sentence(found, SINCE.date())
    assert "nothing before" in said or "nothing to compare" in said


def test_defects_before_their_order_and_past_the_window_are_looked_at_as_the_rate_does() -> None:
    # Reported three days before the order: known from its first day. On day 80: never counts.
    early = [(day, -1) for day in BEFORE + AFTER] + [(BEFORE[0], 80)]
    account = seller(early)
    assert before_after(account, SINCE, "2027-03-01").before_n_defective[0] == 0
    table = account.defective.assign(claim_on=account.defective.ordered_on - pd.Timedelta(days=3))
    object.__setattr__(account, "defective", table)
    assert before_after(account, SINCE, "2027-03-01").before_n_defective[0] == 1


def test_what_is_reported_later_is_not_known() -> None:
    orders = [(day, 20) for day in (*BEFORE, *AFTER)]
    found = before_after(seller(orders), SINCE, SINCE + pd.Timedelta(days=10)).iloc[0]
    assert found.after_n_orders == 11
    assert found.after_n_defective == 0
    assert found.before_n_defective == 21


def test_how_far_back_is_a_choice_and_mistakes_are_told() -> None:
    orders = [(day, -1) for day in (*BEFORE, *AFTER)]
    assert row(orders, days_before=7)["before_n_orders"] == 7
    with pytest.raises(ParameterError, match="no order has been placed since"):
        before_after(seller(orders), "2027-01-01", DAY)
    with pytest.raises(ParameterError, match="at least 1, got 0"):
        row(orders, days_before=0)


def test_a_cause_is_compared_in_its_own_orders() -> None:
    n = 4000
    rng = np.random.default_rng(2)
    placed = SINCE - pd.to_timedelta(rng.integers(1, 60, n), unit="D")
    sku = np.where(rng.random(n) < 0.1, "BAD", "GOOD")
    bad = (sku == "BAD") & (rng.random(n) < 0.15)
    orders = [(day, 5 if b else -1) for day, b in zip(placed, bad, strict=True)]
    orders += [(day, -1) for day in AFTER * 40]
    skus = [*sku, *(["BAD", "GOOD"] * (len(AFTER) * 20))]
    found = before_after(seller(orders, sku=skus), SINCE, DAY)
    mine = found[found.level == "BAD"].iloc[0]
    assert (mine.before_n_orders, mine.after_n_orders) == ((sku == "BAD").sum(), 600)
    assert mine.before_n_defective == bad.sum()
    assert mine.verdict == "better"
    assert before_after_sentence(mine.to_dict(), SINCE.date()).startswith(
        "Orders with product BAD placed since 1 Aug 2026: 0 of 600 defective; "
    )
