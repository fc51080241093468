"""Windows, targets and states of the other rates."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from odr_analysis import terms
from odr_analysis.health.other_rates import other_rates
from odr_analysis.health.rules import RULES, health_state
from odr_analysis.policy import Policy
from tests.unit.health.made import DE, IN, US, account_of, lapse, one, orders, snapshot


def test_exactly_the_target_fails_for_below() -> None:
    row = one(account_of(orders(40, "2026-09-25"), [lapse("o0", "2026-09-25")]), "cancellation", 7)
    assert (row.rate, row.met, row.state) == (0.025, False, "critical")
    row = one(account_of(orders(41, "2026-09-25"), [lapse("o0", "2026-09-25")]), "cancellation", 7)
    assert (row.met, row.state) == (True, "warning")


def test_windows_lags_and_targets() -> None:
    table = other_rates(
        account_of([*orders(1, "2026-09-25"), *orders(1, "2026-09-25", US, tag="us")])
    )
    seen = {
        (r.marketplace, r.metric, r.window_days): (
            f"{r.from_on:%m-%d} {r.to_on:%m-%d}",
            r.target,
            r.target_kind,
            r.binding,
        )
        for r in table.itertuples()
    }
    assert seen[DE, "valid_tracking", 30] == ("08-22 09-20", 0.95, "above", True)
    assert seen[DE, "on_time_delivery", 30] == ("08-22 09-20", 0.97, "at least", False)
    assert seen[US, "unit_on_time_delivery", 14] == ("09-10 09-23", 0.9, "at least", True)
    assert seen[DE, "invoice_defects", 7] == ("09-17 09-23", 0.05, "below", True)
    assert (DE, "unit_on_time_delivery", 14) not in seen
    assert (US, "invoice_defects", 7) not in seen


def test_the_invoice_window_is_that_of_the_help_page() -> None:
    rule = next(r for r in RULES if r.metric == "invoice_defects")
    window = rule.window(date(2026, 5, 2))
    assert (window.start, window.end) == (date(2026, 4, 19), date(2026, 4, 25))


def test_india_has_two_windows_and_a_recommendation() -> None:
    table = other_rates(account_of(orders(1, "2026-09-25", IN)))
    mine = table[table.metric == "cancellation"]
    assert mine.window_days.tolist() == [7, 30]
    assert mine.note.str.contains("recommends to stay below 2 %").all()


def test_a_recommended_target_is_never_critical() -> None:
    told = snapshot("on_time_delivery", "2026-08-22", "2026-09-20", n_total=7, n_bad=3, target=0.97)
    row = one(account_of(orders(1, "2026-09-25"), snapshots=[told]), "on_time_delivery", 30)
    assert (row.n_bad, row.met, row.state, row.binding) == (4, False, "warning", False)


def test_every_rule_says_who_says_so_and_is_of_a_known_metric() -> None:
    assert len({(r.metric, r.window_days, r.stores) for r in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.metric in terms.METRICS
        assert rule.source.endswith(".")
        assert set(rule.stores) <= set(terms.MARKETPLACES)


@given(
    kind=st.sampled_from(["below", "above", "at least"]),
    target=st.sampled_from(["0.025", "0.04", "0.9", "0.95"]),
    n=st.integers(1, 500),
    data=st.data(),
)
def test_one_more_bad_order_never_improves_the_state(
    kind: str, target: str, n: int, data: st.DataObject
) -> None:
    order = ["healthy", "warning", "critical"]
    bad = data.draw(st.integers(0, n - 1))
    now, worse = (
        health_state(kind, Fraction(b if kind == "below" else n - b, n), Fraction(target), True)
        for b in (bad, bad + 1)
    )
    assert order.index(worse) >= order.index(now)


UK = "Amazon.co.uk"


def units(store: str, last: str, n: int, on_time: int) -> dict:
    first = pd.Timestamp(last) - pd.Timedelta(days=13)
    told = snapshot("unit_on_time_delivery", str(first.date()), last, n_total=n, n_bad=on_time)
    return told | {"marketplace": store}


@pytest.mark.parametrize(
    ("store", "last", "n", "on_time", "binding", "state"),
    [
        (US, "2026-09-23", 100, 85, True, "critical"),
        (UK, "2026-09-23", 100, 85, True, "critical"),
        (UK, "2026-09-23", 100, 90, True, "warning"),
        (UK, "2026-02-02", 100, 85, True, "critical"),
        (UK, "2026-02-01", 100, 85, False, "warning"),
        (UK, "2026-09-23", 20, 17, True, "critical"),
        (UK, "2026-09-23", 19, 17, False, "warning"),
        (US, "2026-09-23", 19, 0, False, "warning"),
        (DE, "2026-09-23", 100, 85, False, "warning"),
    ],
)
def test_units_on_time_are_enforced_by_store_day_and_number(
    store: str, last: str, n: int, on_time: int, binding: bool, state: str
) -> None:
    account = account_of(orders(1, "2026-01-25", store), snapshots=[units(store, last, n, on_time)])
    as_of = pd.Timestamp(last) + pd.Timedelta(days=7)
    row = one(account, "unit_on_time_delivery", 14, store, as_of=as_of)
    assert (bool(row.binding), row.state, row.target) == (binding, state, 0.9)
    assert ("from 20 tracked units on" in row.note) == (n < 20)


def test_units_on_time_in_germany_are_a_switch() -> None:
    told = [units(DE, "2026-09-23", 100, 85)]
    on = Policy(enforce_unit_delivery_de=True)
    account = account_of(orders(1, "2026-09-25"), snapshots=told, policy=on)
    row = one(account, "unit_on_time_delivery", 14)
    assert (bool(row.binding), row.state) == (True, "critical")
    before = account_of(
        orders(1, "2026-08-25"), snapshots=[units(DE, "2026-08-31", 100, 85)], policy=on
    )
    row = one(before, "unit_on_time_delivery", 14, as_of="2026-09-07")
    assert (bool(row.binding), row.state) == (False, "warning")
    # Without a report the rate is unknown, and named only where it is enforced.
    metrics = [
        set(other_rates(account_of(orders(1, "2026-09-25"), policy=p)).metric)
        for p in (on, Policy())
    ]
    assert ["unit_on_time_delivery" in m for m in metrics] == [True, False]
