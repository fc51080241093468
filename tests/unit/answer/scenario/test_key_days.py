"""The days that matter, on accounts whose crossing days are worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from odr_analysis import account_from_frames
from odr_analysis.answer.known import SeriesKnown
from odr_analysis.answer.scenario.key_days import KEY_DAY_COLUMNS, key_days
from odr_analysis.whatif import MoreOrders, Scenario, apply_scenario
from tests.oracle import make_account
from tests.unit.whatif.sold import sold

pytestmark = pytest.mark.usefixtures("known_alone")


MISSING = SeriesKnown.missing
TODAY = date(2026, 9, 30)
ORDERS = [(f"a{i}", date(2026, 8, 25), "Amazon.de", "mfn") for i in range(100)]
TWO = [("a0", "feedback", None), ("a1", "claim", None)]


def listed(table: pd.DataFrame) -> list[tuple[str, str]]:
    return [(day.strftime("%d %b"), what) for day, what in zip(table.day, table.what, strict=True)]


def test_first_effect_crossing_and_largest_change():
    account = make_account(ORDERS, TWO, known_to=TODAY)
    effect = apply_scenario(
        account, Scenario(MoreOrders(20, defect_rate=0.0, days=30)), horizon_days=30
    )
    table = key_days(effect)
    assert {n: str(t) for n, t in table.dtypes.items()} == {
        n: column.dtype for n, column in KEY_DAY_COLUMNS.items()
    }
    # 2 of 100 needs 201 orders: 101 at 20 a day are there on the sixth day, 21 Oct.
    assert listed(table) == [
        ("30 Sep", "today"),
        ("16 Oct", "first extra order counts"),
        ("21 Oct", "first under 1 % with it"),
        ("30 Oct", "largest difference, last day looked at"),
    ]
    row = table.iloc[2]
    assert (row.baseline_n_orders, row.scenario_n_orders, row.scenario_n_defective) == (100, 220, 2)
    assert row.scenario_odr == 2 / 220
    assert (row.baseline_p_breach, row.scenario_p_breach) == (1, 0)

    row = effect.table.iloc[21]
    assert (row.baseline_p_breach, row.scenario_p_breach) == (1.0, 0.0)


def test_nothing_changed_and_a_crossing_of_both():
    # 1 of 101 is under 1 %; without the order of 20 Jul, from 3 Oct on, it is 1 of 100.
    orders = [*ORDERS, ("old", date(2026, 7, 20), "Amazon.de", "mfn")]
    account = make_account(orders, TWO[1:], known_to=TODAY)
    nothing = apply_scenario(account, Scenario(), horizon_days=10)
    assert listed(key_days(nothing)) == [
        ("30 Sep", "today"),
        ("03 Oct", "first at 1 % or more"),
        ("10 Oct", "last day looked at"),
    ]
    late = Scenario(MoreOrders(100, defect_rate=0.0, days=1))
    assert listed(key_days(apply_scenario(account, late, horizon_days=16))) == [
        ("30 Sep", "today"),
        ("03 Oct", "first at 1 % or more"),
        ("16 Oct", "first extra order counts, largest difference, last day looked at"),
    ]


def test_no_orders_no_days():
    account = make_account(ORDERS, known_to=TODAY)
    empty = replace(account, daily=account.daily.iloc[:0], defective=account.defective.iloc[:0])
    table = key_days(apply_scenario(empty, Scenario()))
    assert list(table.columns) == list(KEY_DAY_COLUMNS)
    assert table.empty


@pytest.mark.filterwarnings("ignore:.*as if nothing were missing")
def test_where_orders_are_missing_no_probability_is_shown(monkeypatch):
    monkeypatch.setattr(SeriesKnown, "missing", MISSING)
    short = account_from_frames(*sold(10, 80, days=30))
    table = key_days(apply_scenario(short, Scenario(MoreOrders(20))))
    assert table[["baseline_p_breach", "scenario_p_breach"]].isna().all(axis=None)


@pytest.mark.filterwarnings("ignore:.*as if nothing were missing")
def test_a_rate_known_in_part_is_not_said_to_be_under(monkeypatch):
    account = make_account(ORDERS, TWO, known_to=TODAY)
    scenario = Scenario(MoreOrders(20, defect_rate=0.0, days=30))
    crossing = ("21 Oct", "first under 1 % with it")
    assert crossing in listed(key_days(apply_scenario(account, scenario, horizon_days=30)))
    monkeypatch.setattr(SeriesKnown, "missing", MISSING)
    # No file of chargebacks: two known defects of 220 orders may be three.
    table = key_days(apply_scenario(account, scenario, horizon_days=30))
    assert crossing not in listed(table)
    assert ("30 Oct", "largest difference, last day looked at") in listed(table)
