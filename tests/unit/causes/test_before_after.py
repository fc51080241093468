"""Before and after a fix: compared at the same age, with a test that is exact."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact
from scipy.stats.contingency import odds_ratio

from odr_analysis import before_after, terms
from odr_analysis.account import Account
from odr_analysis.causes.before_after import (
    BEFORE_AFTER_COLUMNS,
    Ages,
    _compared,
    before_after_sentence,
)
from odr_analysis.errors import ParameterError
from odr_analysis.schema import typed
from tests.oracle import make_account
from tests.sources import bringing

SINCE, DAY = pd.Timestamp("2026-08-01"), pd.Timestamp("2026-10-15")
Placed = tuple[pd.Timestamp, int]


def seller(
    orders: list[Placed], skus: list[str] | None = None, reasons: dict[int, str] | None = None
) -> Account:
    """Orders by day, and the age at which each becomes defective (None: never)."""
    rows = [(f"o{i}", day, "Amazon.de", "mfn") for i, (day, _) in enumerate(orders)]
    bad = [
        (f"o{i}", "claim", day + pd.Timedelta(days=age), (reasons or {}).get(i, ""))
        for i, (day, age) in enumerate(orders)
        if age is not None
    ]
    columns = ["order_id", "component", "reported_on", "reason"]
    words = {"order_id": "str", "component": "str", "reason": "str"}
    found = make_account(rows, pd.DataFrame(bad, columns=columns).astype(words))
    if skus is None:
        return found
    empty = [name for name, column in terms.ITEM_COLUMNS.items() if column.dtype == "str"]
    items = pd.DataFrame({"order_id": [r[0] for r in rows], "sku": skus}).assign(
        **{name: "" for name in empty if name not in ("order_id", "sku")},
        **{name: None for name in terms.ITEM_COLUMNS if name not in empty},
    )
    return bringing(found, items=lambda: typed(items, terms.ITEM_COLUMNS))


def row(orders: list[Placed], **more: Any) -> dict[str, Any]:
    return before_after(seller(orders), SINCE, DAY, **more).iloc[0].to_dict()


def days(n: int, first: pd.Timestamp) -> list[pd.Timestamp]:
    return [first + pd.Timedelta(days=i) for i in range(n)]


BEFORE, AFTER = days(30, SINCE - pd.Timedelta(days=30)), days(30, SINCE)


def side(n: int, *ages: int, reached: int = 74) -> tuple[np.ndarray, np.ndarray]:
    """`n` orders that have reached an age, defective at `ages`."""
    hit = np.full(n, -1)
    hit[: len(ages)] = ages
    return np.full(n, reached), hit


def test_the_same_on_both_sides_is_no_difference() -> None:
    found = row(
        [(day, 10 if i % 5 == 0 else None) for d in (BEFORE, AFTER) for i, day in enumerate(d)]
    )
    assert (found["before_n_orders"], found["after_n_orders"]) == (30, 30)
    assert (found["before_n_defective"], found["after_n_defective"]) == (6, 6)
    assert found["expected"] == 6
    assert found["ratio"] == pytest.approx(1)
    assert found["lower"] < 1 < found["upper"]
    assert found["lower"] == pytest.approx(1 / found["upper"])
    assert found["p_value"] == 1
    assert found["verdict"] == "no difference shown"


@pytest.mark.parametrize(("d0", "d1"), [(40, 20), (20, 40), (12, 0), (0, 7), (5, 5), (200, 1)])
def test_defects_of_one_age_are_fishers_exact_test(d0: int, d1: int) -> None:
    found = _compared([side(200, *[9] * d0), side(150, *[9] * d1)])
    table = [[d1, 150 - d1], [d0, 200 - d0]]
    tails = [fisher_exact(table, tail).pvalue for tail in ("less", "greater")]
    assert found["p_value"] == pytest.approx(min(1, 2 * min(tails)))
    slow = odds_ratio(table)
    bounds = slow.confidence_interval(0.95)
    assert found["ratio"] == pytest.approx(slow.statistic, rel=1e-4)
    assert found["lower"] == pytest.approx(bounds.low, rel=1e-4)
    assert found["upper"] == pytest.approx(bounds.high, rel=1e-4)
    assert found["expected"] == 150 * d0 / 200


def test_half_as_many_is_half_and_better() -> None:
    found = _compared([side(4000, *[9, 20] * 40), side(4000, *[9, 20] * 20)])
    assert found["ratio"] == pytest.approx(0.5, abs=0.01)
    assert found["expected"] == pytest.approx(80, abs=0.5)
    # With the spread of the logarithm of 40 over 80 defects.
    spread = np.exp(1.96 * np.sqrt(1 / 40 + 1 / 80))
    assert found["lower"] == pytest.approx(0.5 / spread, rel=0.05)
    assert found["upper"] == pytest.approx(0.5 * spread, rel=0.05)
    assert found["verdict"] == "better"


def test_younger_orders_do_not_look_better() -> None:
    # Everybody complains on the 20th day; orders of the last 19 days cannot have yet.
    orders: list[Placed] = [(day, 20 if i % 3 == 0 else None) for day in BEFORE for i in range(3)]
    orders += [
        (day, 20 if i % 3 == 0 and (DAY - day).days >= 20 else None)
        for day in days(60, SINCE)
        for i in range(3)
    ]
    found = row(orders)
    plain_before = found["before_n_defective"] / found["before_n_orders"]
    plain_after = found["after_n_defective"] / found["after_n_orders"]
    assert plain_after < plain_before, "the trap is none"
    # Of 180 orders since, the 168 of the first 56 days have reached that age.
    assert found["expected"] == found["after_n_defective"] == 56
    assert found["ratio"] == pytest.approx(1)
    assert found["verdict"] == "no difference shown"


def test_what_older_orders_went_through_later_says_nothing_of_younger_ones() -> None:
    # Of the older orders many go wrong at an age the newer ones have not reached.
    found = _compared([side(100, *[40] * 30), side(100, reached=39)])
    assert (found["before_n_defective"], found["expected"]) == (30, 0)
    assert np.isnan(found["ratio"])
    assert found["verdict"] == "no difference shown"
    found = _compared([side(100, *[40] * 30), side(100, reached=40)])
    assert found["expected"] == 30
    assert found["verdict"] == "better"


def test_an_order_that_went_wrong_is_no_longer_among_those_that_can() -> None:
    # Of 10 older orders 5 go wrong at age 1, and 2 of the 5 that are left at age 3.
    found = _compared([side(10, *[1] * 5, 3, 3), side(20, 3)])
    assert found["expected"] == 20 * 5 / 10 + 20 * 2 / 5


def test_a_fix_that_works_is_called_better_and_a_worse_one_worse() -> None:
    bad: list[Placed] = [(day, 5) for day in BEFORE[:12]]
    good: list[Placed] = [(day, None) for day in (BEFORE + AFTER) * 5]
    found = row(bad + good)
    assert (found["ratio"], found["lower"]) == (0, 0)
    assert found["upper"] < 1
    assert found["verdict"] == "better"
    assert found["expected"] == pytest.approx(150 * 12 / 162)

    turned = [(SINCE - (day - SINCE) - pd.Timedelta(days=1), age) for day, age in bad + good]
    found = row(turned)
    assert (found["ratio"], found["upper"]) == (np.inf, np.inf)
    assert found["lower"] > 1
    assert found["expected"] == 0
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


def drawn(rng: np.random.Generator, n: int, rate: float) -> tuple[np.ndarray, np.ndarray]:
    """`n` orders of ages up to 74; a share of them goes wrong within 40 days, or would."""
    reached = rng.integers(0, 75, n)
    hit = np.where(rng.random(n) < rate, rng.integers(0, 40, n), -1)
    return reached, np.where(hit <= reached, hit, -1)


def test_the_interval_covers_the_ratio_it_was_made_with() -> None:
    rng = np.random.default_rng(3)
    found = [_compared([drawn(rng, 300, 0.05), drawn(rng, 200, 0.1)]) for _ in range(100)]
    missed = sum(not f["lower"] <= 2 <= f["upper"] for f in found)
    assert 0 < missed <= 5 + 4
    assert np.median([f["ratio"] for f in found]) == pytest.approx(2, abs=0.3)


def test_where_nothing_changed_something_is_shown_in_one_of_twenty_at_most() -> None:
    rng = np.random.default_rng(4)
    older = [(np.full(400, 74), drawn(rng, 400, 0.05)[1]) for _ in range(200)]
    younger = [drawn(rng, 150, 0.05) for _ in range(200)]
    called = [_compared(list(pair))["verdict"] for pair in zip(older, younger, strict=True)]
    assert 0 < sum(word != "no difference shown" for word in called) <= 10 + 6


def test_sides_of_very_different_size_have_bounds_all_the_same() -> None:
    found = _compared([side(300_000, *[5] * 3), side(2, 5)])
    # Odds of 1 to 1 against 3 to 299,997.
    assert found["ratio"] == pytest.approx(1e5, rel=0.3)
    assert 1 < found["lower"] < found["ratio"] < found["upper"] < 1e8
    assert found["verdict"] == "worse"


def test_where_every_order_went_wrong_on_one_day_nothing_can_be_told() -> None:
    found = _compared([side(5, *[3] * 5), side(4, *[3] * 4)])
    assert (found["before_n_defective"], found["after_n_defective"]) == (5, 4)
    assert np.isnan(found["ratio"])
    assert np.isnan(found["p_value"])


@pytest.mark.parametrize(
    ("orders", "said"),
    [
        ([(day, None) for day in BEFORE], "since 1 Aug 2026: none, so there is nothing to compare"),
        ([(day, 3) for day in AFTER], "30 of 30 defective; there is nothing before"),
        ([], "since 1 Aug 2026: none, so there is nothing to compare"),
    ],
)
def test_one_side_alone_cannot_be_compared(orders: list[Placed], said: str) -> None:
    # The account needs an order; it lies before all that is compared.
    found = row([*orders, (SINCE - pd.Timedelta(days=300), None)])
    for name in ("expected", "ratio", "lower", "upper", "p_value"):
        assert np.isnan(found[name])
    assert found["verdict"] == "no difference shown"
    assert said in before_after_sentence(found, SINCE.date())


def test_no_defect_on_either_side_is_no_difference() -> None:
    found = row([(day, None) for day in (*BEFORE, *AFTER)])
    assert (found["expected"], found["verdict"]) == (0, "no difference shown")
    assert np.isnan(found["p_value"])
    said = before_after_sentence(found, SINCE.date())
    assert said == (
        "Orders placed since 1 Aug 2026: 0 of 30 defective; 0.0 would be expected at the rate "
        "before. That is within chance: no difference is shown."
    )


@pytest.mark.parametrize(
    ("age", "n_defective", "expected"),
    [
        # Reported three days before the order: known from its first day.
        (-3, 1, 1),
        (0, 1, 1),
        # Two of the orders since have reached their last day in the window, and 30 before.
        (74, 1, 2 / 30),
        (75, 0, 0),
    ],
)
def test_defects_before_their_order_and_past_the_window_are_looked_at_as_the_rate_does(
    age: int, n_defective: int, expected: float
) -> None:
    found = row([(BEFORE[0], age), *((day, None) for day in BEFORE[1:] + AFTER)])
    assert found["before_n_defective"] == n_defective
    assert found["expected"] == pytest.approx(expected)


def test_what_is_reported_later_is_not_known() -> None:
    orders: list[Placed] = [(day, 20) for day in (*BEFORE, *AFTER)]
    found = before_after(seller(orders), SINCE, SINCE + pd.Timedelta(days=10)).iloc[0]
    assert found.after_n_orders == 11
    assert found.after_n_defective == 0
    # Of 2 Jul to 22 Jul.
    assert found.before_n_defective == 21


def test_how_far_back_is_a_choice_and_mistakes_are_told() -> None:
    clean = seller([(day, None) for day in (*BEFORE, *AFTER)])
    assert before_after(clean, SINCE, DAY, days_before=7).before_n_orders[0] == 7
    assert before_after(clean, SINCE, SINCE).after_n_orders[0] == 1
    with pytest.raises(ParameterError, match="no order has been placed since"):
        before_after(clean, SINCE + pd.Timedelta(days=1), SINCE)
    with pytest.raises(ParameterError, match="at least 1, got 0"):
        before_after(clean, SINCE, DAY, days_before=0)
    with pytest.raises(ParameterError, match="since: 'Monday' is not a date"):
        before_after(clean, "Monday", DAY)


def test_a_reason_is_compared_by_itself_where_there_are_enough() -> None:
    orders: list[Placed] = [(day, 5 if i < 8 else None) for i, day in enumerate(BEFORE)]
    orders += [(day, 5 if i < 3 else None) for i, day in enumerate(AFTER)]
    told = {0: "Damaged", 1: "Damaged", 2: "Not received", 3: "Not received", 30: "Damaged"}
    found = before_after(seller(orders, reasons=told), SINCE, DAY)
    assert found.reason.tolist() == ["", "damaged"], "two not received are too few"
    every, damaged = found.to_dict("records")
    assert (every["before_n_defective"], every["after_n_defective"]) == (8, 3)
    assert (damaged["before_n_orders"], damaged["before_n_defective"]) == (30, 2)
    assert (damaged["after_n_orders"], damaged["after_n_defective"]) == (30, 1)
    assert before_after_sentence(damaged, SINCE.date()).startswith(
        "Orders placed since 1 Aug 2026: 1 of 30 defective (damaged); 2.0 would be expected"
    )


def test_a_cause_is_compared_in_its_own_orders() -> None:
    n = 1000
    rng = np.random.default_rng(2)
    placed = SINCE - pd.to_timedelta(rng.integers(1, 60, n), unit="D")
    sku = np.where(rng.random(n) < 0.1, "BAD", "GOOD")
    bad = (sku == "BAD") & (rng.random(n) < 0.3)
    orders: list[Placed] = [(day, 5 if b else None) for day, b in zip(placed, bad, strict=True)]
    orders += [(day, None) for day in AFTER * 10]
    skus = [*sku, *(["BAD", "GOOD"] * (len(AFTER) * 5))]
    found = before_after(seller(orders, skus), SINCE, DAY)
    assert found.level.tolist() == ["", "BAD"]
    mine = found[found.level == "BAD"].iloc[0]
    assert (mine.before_n_orders, mine.after_n_orders) == ((sku == "BAD").sum(), 150)
    assert (mine.before_n_defective, mine.after_n_defective) == (bad.sum(), 0)
    assert mine.expected == pytest.approx(150 * bad.sum() / (sku == "BAD").sum())
    said = before_after_sentence(mine.to_dict(), SINCE.date())
    assert said.startswith("Orders with product BAD placed since 1 Aug 2026: 0 of 150 defective; ")
    assert f"{mine.expected:.1f} would be expected at the rate before. That is better (p = " in said


def test_tables_are_as_documented_and_have_each_channel() -> None:
    orders = [(f"{c}{i}", d, "Amazon.de", c) for c in ("mfn", "afn") for i, d in enumerate(BEFORE)]
    account = make_account([*orders, ("new", AFTER[0], "Amazon.de", "afn")])
    found = before_after(account, SINCE, DAY)
    documented = {n: column.dtype for n, column in BEFORE_AFTER_COLUMNS.items()}
    assert {name: str(dtype) for name, dtype in found.dtypes.items()} == documented
    counts = found[["channel", "before_n_orders", "after_n_orders"]].values.tolist()
    assert counts == [["mfn", 30, 0], ["afn", 30, 1]]


def test_of_many_comparisons_a_few_that_look_different_are_not_called_so() -> None:
    from odr_analysis.causes.before_after import _controlled

    p = pd.Series([0.04, np.nan, *[0.6] * 9])
    q = _controlled(p)
    assert q[0] > 0.05
    assert np.isnan(q[1])
    assert q[2:].tolist() == pytest.approx([0.6] * 9)
    assert _controlled(p.head(1)).tolist() == [0.04]
    assert _controlled(p.iloc[1:2]).isna().all()


def test_a_group_chosen_for_being_bad_is_told_so() -> None:
    row = {
        "factor": "product",
        "level": "BAD",
        "reason": "",
        "verdict": "better",
        "after_n_orders": 90,
        "after_n_defective": 1,
        "expected": 9.0,
        "p_value": 0.002,
    }
    assert "part of this comes by itself" in before_after_sentence(row, SINCE.date())
    every = {**row, "factor": "", "level": ""}
    assert "by itself" not in before_after_sentence(every, SINCE.date())
