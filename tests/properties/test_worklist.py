"""What a step promises is what the rate does; parts are what slow counting gives."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odr_analysis import before_after, component_rates, reason_rates, terms
from odr_analysis.account import Account
from odr_analysis.actions.strategies import STRATEGIES, strategies
from odr_analysis.actions.worklist import worklist
from odr_analysis.causes.before_after import _compared
from odr_analysis.causes.reasons import TOLD_BY, defect_reasons
from odr_analysis.policy import Policy
from odr_analysis.schema import typed
from odr_analysis.texts.case_reasons import CASE_REASONS
from tests.oracle import make_account
from tests.properties.test_rates import SERIES, day
from tests.properties.test_why import quick_accounts, two

POLICY = Policy(window_days=20, lag_days=5)
few = settings(max_examples=20, deadline=None)
days = st.integers(0, 45).map(day)
COUNTS = ["n_orders", "n_defective"]


def counts_on(account: Account, when: Any) -> dict[tuple[str, str], tuple[int, int]]:
    """Orders and defective ones of each series on a day."""
    rates = component_rates(account, when)
    rates = rates[rates.as_of == pd.Timestamp(when)].set_index(list(terms.SERIES_KEYS))
    return {series: (int(n), int(d)) for series, n, d in rates[COUNTS].itertuples(name=None)}


def without(account: Account, order: str, component: str) -> Account:
    """The account had that defect never been."""
    left = account.defective.copy()
    left.loc[left.order_id == order, f"{component}_on"] = pd.NaT
    some = left[[f"{c}_on" for c in terms.COMPONENTS]].notna().any(axis=1)
    return replace(account, defective=left[some])


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_a_removal_never_raises_odr_and_lowers_it_by_what_is_said(data: st.DataObject) -> None:
    account = data.draw(quick_accounts(POLICY))
    today = data.draw(days)
    table = worklist(account, today)
    assert (table.effect <= 0).all()
    if table.empty:
        return
    row = table.iloc[data.draw(st.integers(0, len(table) - 1))]
    enters = row.ordered_on.date() + pd.Timedelta(days=POLICY.lag_days)
    # What is not known or placed today is no part of what is said of a later day.
    known = account.defective[account.defective.ordered_on <= pd.Timestamp(today)].copy()
    for component in terms.COMPONENTS:
        on = known[f"{component}_on"]
        known[f"{component}_on"] = on.where(on <= pd.Timestamp(today))
    seen = known[[f"{c}_on" for c in terms.COMPONENTS]].notna().any(axis=1)
    placed = account.daily[account.daily.ordered_on <= pd.Timestamp(today)]
    then = replace(account, daily=placed, defective=known[seen])
    series, when = (row.marketplace, row.channel), max(today, enters)
    n, d = counts_on(then, when)[series]
    n_left, d_left = counts_on(without(then, row.order_id, row.component), when)[series]
    kinds = (table.order_id == row.order_id).sum()
    assert n_left == n
    assert d_left == d - (kinds == 1)
    assert row.effect == (-1 / n if kinds == 1 else 0)
    assert ("changes nothing" in row.effect_text) == (kinds > 1)


@few
@given(st.data())
def test_every_defect_that_counts_or_will_is_listed_once(data: st.DataObject) -> None:
    account = data.draw(quick_accounts(POLICY))
    today = pd.Timestamp(data.draw(days))
    table = worklist(account, today.date())
    wanted = set()
    for order in account.defective.to_dict("records"):
        last = order["ordered_on"] + pd.Timedelta(days=POLICY.lag_days + POLICY.window_days - 1)
        for kind in terms.COMPONENTS:
            on = order[f"{kind}_on"]
            if pd.notna(on) and on <= today <= last and order["ordered_on"] <= today:
                wanted.add((order["order_id"], kind))
    assert sorted(zip(table.order_id, table.component, strict=True)) == sorted(wanted)
    states = {pair: POLICY.state(d, n) for pair, (n, d) in counts_on(account, today.date()).items()}
    keys = [
        (
            not row.step,
            {"critical": 0, "warning": 1}.get(states.get((row.marketplace, row.channel)), 2),
            not (pd.notna(row.days_to_deadline) and row.days_to_deadline < 0 and row.worth > 0),
            -row.worth,
        )
        for row in table.itertuples()
    ]
    assert keys == sorted(keys)
    assert table.chance.between(0, 1).all()
    opened = (table.step != "").to_numpy()
    assert (opened == (table.why_closed == "")).all()
    assert not opened[opened.sum() :].any()
    assert table["rank"].dropna().tolist() == list(range(1, opened.sum() + 1))
    # An order is worth something only where all it has can be worked on.
    workable = table.groupby("order_id").step.transform(lambda steps: (steps != "").all())
    assert ((table.worth > 0) == workable).all()


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_the_order_of_rows_does_not_matter_to_the_worklist(data: st.DataObject) -> None:
    account = told_accounts(data)
    today = data.draw(days)
    pd.testing.assert_frame_equal(worklist(account, today), worklist(shuffled(account), today))


def shuffled(account: Account) -> Account:
    turned = {
        name: getattr(account, name).iloc[::-1].reset_index(drop=True)
        for name in ("daily", "defective", "defects")
    }
    return replace(account, **turned)


WORDS = {
    "Not received": "not received",
    "Damaged": "damaged",
    "Refund not received": "refund",
    "Unauthorised payment": "payment denied",
    "Bad quality": "product opinion",
    "Other": "",
    "": "",
}


def told_accounts(data: st.DataObject) -> Account:
    """An account whose defects have reasons, each told on the day the defect became known."""
    account = data.draw(quick_accounts(POLICY))
    outcomes = {"claim": ("", "pending", "granted", "refunded"), "chargeback": ("", "open", "lost")}
    rows = []
    for order in account.defective.to_dict("records"):
        for kind in terms.COMPONENTS:
            if pd.notna(order[f"{kind}_on"]):
                said = data.draw(st.sampled_from(list(WORDS)))
                outcome = data.draw(st.sampled_from(outcomes.get(kind, ("",))))
                rows.append((order["order_id"], kind, order[f"{kind}_on"], said, outcome))
    seen = pd.DataFrame(rows, columns=["order_id", "component", "reported_on", "reason", "outcome"])
    for name, column in terms.DEFECT_COLUMNS.items():
        if name not in seen:
            seen[name] = "" if column.dtype == "str" else None
    seen = seen.assign(line=range(len(seen)), counts=True, inferred=False)
    return replace(account, defects=typed(seen, terms.DEFECT_COLUMNS))


def slow_reason(account: Account, order: str, today: pd.Timestamp) -> str:
    """The main reason of an order, one witness after the other."""
    said = account.defects[account.defects.order_id == order].to_dict("records")
    for who in TOLD_BY:
        mine = {
            WORDS[s["reason"]]
            for s in said
            if s["component"] == who and s["reported_on"] <= today and WORDS[s["reason"]]
        }
        for reason in CASE_REASONS:
            if reason in mine:
                return reason
    return ""


@few
@given(st.data())
def test_main_reasons_are_those_of_asking_one_witness_after_the_other(data: st.DataObject) -> None:
    account = told_accounts(data)
    today = pd.Timestamp(data.draw(days))
    table = defect_reasons(account, today)
    known = account.defective[[f"{c}_on" for c in terms.COMPONENTS]].min(axis=1) <= today
    assert table.order_id.tolist() == account.defective.order_id[known].tolist()
    for row in table.to_dict("records"):
        assert row["reason"] == slow_reason(account, row["order_id"], today)
        assert (row["told_by"] == "") == (row["reason"] == "")
        assert row["reasons"].split("; ")[0] == row["reason"]


@few
@given(st.data())
def test_the_reasons_of_two_days_add_up_to_the_rates_of_both(data: st.DataObject) -> None:
    account = told_accounts(data)
    start, end = two(data)
    table = reason_rates(account, start, end)
    for when, side in ((start, "from_"), (end, "")):
        for series, (n, d) in counts_on(account, when).items():
            mine = table[(table.marketplace == series[0]) & (table.channel == series[1])]
            assert mine[f"{side}n_defective"].sum() == d
            assert set(mine[f"{side}n_orders"]) <= {n}
            assert mine.reason.is_unique
            if len(mine) and n:
                assert abs(mine[f"{side}rate"].sum() - d / n) < 1e-12


@few
@given(st.data())
def test_no_strategy_makes_a_rate_worse_and_each_addresses_its_reasons(data: st.DataObject) -> None:
    account = told_accounts(data)
    today = data.draw(days)
    table = strategies(account, today)
    assert (table.delta.dropna() <= 0).all()
    known = table[table.n_orders > 0]
    assert (known.odr_halved <= known.odr).all()
    assert (known.lower <= known.odr_halved).all()
    assert (known.odr_halved <= known.upper).all()
    assert known.upper.le(1).all()
    assert known.lower.ge(0).all()
    stamp = pd.Timestamp(today)
    window = POLICY.window(today)
    why: Counter[tuple[str, str, str]] = Counter()
    for order in account.defective.to_dict("records"):
        first = min(order[f"{c}_on"] for c in terms.COMPONENTS if pd.notna(order[f"{c}_on"]))
        if window.start <= order["ordered_on"].date() <= window.end and first <= stamp:
            reason = slow_reason(account, order["order_id"], stamp)
            why[order["marketplace"], order["channel"], reason] += 1
    by_name = {strategy.name: strategy for strategy in STRATEGIES}
    for row in table.to_dict("records"):
        strategy, series = by_name[row["strategy"]], (row["marketplace"], row["channel"])
        n = sum(why[(*series, reason)] for reason in strategy.reasons)
        assert row["n_untold"] == why[(*series, "")]
        if strategy.with_warning:
            assert row["n_addressed"] <= n
        else:
            assert row["n_addressed"] == n


Side = tuple[np.ndarray, np.ndarray]


@st.composite
def sides(draw: st.DrawFn, most: int = 5) -> list[Side]:
    """Age reached and age of the defect (-1: none) of a few orders before and since."""
    found = []
    for _ in range(2):
        reached = draw(st.lists(st.integers(0, 4), max_size=most))
        hit = [draw(st.integers(-1, 5)) for _ in reached]
        found.append((np.array(reached, dtype=np.int64), np.array(hit, dtype=np.int64)))
    return found


def at_risk(side: Side, age: int) -> list[bool]:
    """Of the orders that reached an age without a defect: whether they have one at it."""
    seen = [(r, h if h <= r else -1) for r, h in zip(*(a.tolist() for a in side), strict=True)]
    return [h == age for r, h in seen if r >= age and (h == -1 or h >= age)]


def slow_test(both: list[Side]) -> tuple[Fraction, Fraction, Fraction, int]:
    """Tails, expected and defects of the newer orders by dealing each age's out in every way."""
    ways, expected, seen = Counter({0: Fraction(1)}), Fraction(0), 0
    for age in range(5):
        old, new = (at_risk(side, age) for side in both)
        if not old or not new:
            continue
        expected += Fraction(len(new) * sum(old), len(old))
        seen += sum(new)
        labels = [0] * len(old) + [1] * len(new)
        dealt = list(combinations(labels, sum(old) + sum(new)))
        after: Counter[int] = Counter()
        for k, chance in ways.items():
            for choice in dealt:
                after[k + sum(choice)] += chance / len(dealt)
        ways = after
    low = sum((c for k, c in ways.items() if k <= seen), Fraction(0))
    high = sum((c for k, c in ways.items() if k >= seen), Fraction(0))
    return low, high, expected, len(ways)


@settings(max_examples=200, deadline=None)
@given(sides())
def test_the_exact_test_is_that_of_every_way_labels_could_fall(both: list[Side]) -> None:
    found = _compared(both)
    low, high, expected, n_outcomes = slow_test(both)
    if any(at_risk(both[0], age) and at_risk(both[1], age) for age in range(5)):
        assert found["expected"] == pytest.approx(float(expected))
    else:
        assert np.isnan(found["expected"])
    if n_outcomes == 1:
        assert np.isnan(found["p_value"])
        return
    assert found["p_value"] == pytest.approx(float(min(2 * min(low, high), Fraction(1))))
    # The interval is that of the same test: it leaves 1 out where the test rejects.
    assert (found["p_value"] < 0.05) == (found["lower"] > 1 or found["upper"] < 1)
    assert found["lower"] <= found["ratio"] <= found["upper"]
    assert (found["verdict"] != "no difference shown") == (found["p_value"] <= 0.05)


@settings(max_examples=100, deadline=None)
@given(sides(most=30))
def test_the_sides_swapped_turn_the_ratio_round(both: list[Side]) -> None:
    there, back = _compared(both), _compared(both[::-1])
    for side in ("before", "after"):
        other = {"before": "after", "after": "before"}[side]
        assert there[f"{side}_n_orders"] == back[f"{other}_n_orders"]
        assert there[f"{side}_n_defective"] == back[f"{other}_n_defective"]
    assert there["p_value"] == pytest.approx(back["p_value"], nan_ok=True)
    with np.errstate(divide="ignore"):
        turned = [np.divide(1.0, back[name]) for name in ("ratio", "upper", "lower")]
    told = [there[name] for name in ("ratio", "lower", "upper")]
    assert told == pytest.approx(turned, rel=1e-4, nan_ok=True)


@settings(max_examples=6, deadline=None)
@given(st.data())
def test_the_order_of_rows_does_not_matter_to_before_and_after(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 30))
    placed = data.draw(st.lists(st.integers(0, 40), min_size=n, max_size=n))
    ages = data.draw(st.lists(st.integers(-3, 60), min_size=n, max_size=n))
    orders = [(f"o{i}", day(on), *SERIES[0]) for i, on in enumerate(placed)]
    defects = [
        (f"o{i}", "claim", day(max(on + age, 0)))
        for i, (on, age) in enumerate(zip(placed, ages, strict=True))
        if age % 3 == 0
    ]
    found = before_after(make_account(orders, defects), day(20), day(45), days_before=15)
    again = make_account(orders[::-1], defects[::-1])
    pd.testing.assert_frame_equal(found, before_after(again, day(20), day(45), days_before=15))
    row = found.iloc[0]
    assert row.before_n_orders == sum(5 <= on < 20 for on in placed)
    assert row.after_n_orders == sum(on >= 20 for on in placed)
    known = [(on, max(on + age, 0)) for on, age in zip(placed, ages, strict=True) if age % 3 == 0]
    assert row.before_n_defective == sum(5 <= on < 20 and at <= 45 for on, at in known)
    assert row.after_n_defective == sum(on >= 20 and at <= 45 for on, at in known)
