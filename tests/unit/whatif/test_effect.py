"""apply_scenario on accounts small enough to follow by head."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest

from odr_analysis.errors import ParameterError
from odr_analysis.policy import Policy
from odr_analysis.whatif import Scenario, apply_scenario
from odr_analysis.whatif.effect import EFFECT_COLUMNS
from tests.oracle import days, make_account

TODAY = date(2026, 9, 30)
DE = "Amazon.de"


def old_order(order_id: str = "A", channel: str = "mfn", ordered_on: date = date(2026, 8, 20)):
    """An order that counts today and is too old to promise ordinary orders."""
    return (order_id, ordered_on, DE, channel)


def on(frame: pd.DataFrame, day: date, channel: str = "mfn", marketplace: str = DE) -> pd.Series:
    rows = frame[
        (frame.day == pd.Timestamp(day))
        & (frame.channel == channel)
        & (frame.marketplace == marketplace)
    ]
    assert len(rows) == 1
    return rows.iloc[0]


def test_one_row_per_day_and_series_with_the_documented_columns():
    account = make_account([old_order("A"), old_order("B", "afn")], known_to=TODAY)
    frame = apply_scenario(account, Scenario(), horizon_days=10)
    assert list(frame.columns) == list(EFFECT_COLUMNS)
    assert len(frame) == 11 * 2
    assert frame[["day", "channel"]].head(3).to_numpy().tolist() == [
        [pd.Timestamp(TODAY), "mfn"],
        [pd.Timestamp(TODAY), "afn"],
        [pd.Timestamp(2026, 10, 1), "mfn"],
    ]
    for name, column in EFFECT_COLUMNS.items():
        assert str(frame[name].dtype) == column.dtype, name
    assert frame.day.iloc[-1] == pd.Timestamp(2026, 10, 10)


def test_extra_orders_count_from_their_15th_day_to_their_74th():
    account = make_account([old_order()], known_to=TODAY)
    one_day = Scenario(extra_orders_per_day=10, start=date(2026, 10, 1), days=1)
    frame = apply_scenario(account, one_day, horizon_days=80)
    extra = (frame.scenario_n_orders - frame.baseline_n_orders).to_numpy()
    counts_on = frame.day[extra > 0]
    # 1 Oct + 15 days and 1 Oct + 74 days.
    assert counts_on.min() == pd.Timestamp(2026, 10, 16)
    assert counts_on.max() == pd.Timestamp(2026, 12, 14)
    assert set(extra) == {0.0, 10.0}
    assert (extra > 0).sum() == 60


def test_extra_orders_of_several_days_add_up_and_start_defaults_to_tomorrow():
    account = make_account([old_order()], known_to=TODAY)
    frame = apply_scenario(account, Scenario(extra_orders_per_day=4, days=3))
    extra = (frame.scenario_n_orders - frame.baseline_n_orders).tolist()
    assert extra[:20] == [0.0] * 16 + [4.0, 8.0, 12.0, 12.0]
    # The first of the three days leaves after 14 Dec, the last day of the horizon of 75.
    assert extra[-1] == 12.0


def test_known_defect_enters_and_leaves_with_its_order():
    account = make_account(
        [old_order("A", ordered_on=date(2026, 9, 25)), old_order("B", ordered_on=date(2026, 9, 1))],
        [("A", "claim", date(2026, 9, 28))],
        known_to=TODAY,
    )
    frame = apply_scenario(account, Scenario(), horizon_days=75)
    # Ordered on 25 Sep: counts from 10 Oct to 8 Dec, though the claim is known since 28 Sep.
    assert [on(frame, d).known_n_defective for d in (date(2026, 10, 9), date(2026, 10, 10))] == [
        0,
        1,
    ]
    assert [on(frame, d).known_n_defective for d in (date(2026, 12, 8), date(2026, 12, 9))] == [
        1,
        0,
    ]
    assert on(frame, date(2026, 10, 9)).baseline_odr == 0.0
    assert on(frame, date(2026, 10, 10)).baseline_odr == 0.5


def test_nothing_known_after_as_of_is_used():
    account = make_account(
        [
            old_order("A"),
            old_order("B"),
            ("C", date(2026, 9, 30), DE, "mfn"),
        ],
        [("A", "claim", date(2026, 9, 10)), ("B", "feedback", date(2026, 9, 11))],
        known_to=TODAY,
    )
    frame = apply_scenario(account, Scenario(), date(2026, 9, 10), horizon_days=60)
    assert frame.known_n_defective.max() == 1
    assert frame.known_n_orders.max() == 2
    # As of 9 Sep neither is known.
    assert apply_scenario(account, Scenario(), "2026-09-09").known_n_defective.max() == 0


def test_removing_the_only_defect_clears_the_order_at_once():
    account = make_account(
        [old_order("A"), old_order("B")], [("A", "feedback", date(2026, 9, 1))], known_to=TODAY
    )
    frame = apply_scenario(account, Scenario(removed_feedback=frozenset({"A"})))
    today = on(frame, TODAY)
    assert (today.baseline_odr, today.scenario_odr, today.delta) == (0.5, 0.0, -0.5)
    assert frame.attrs["removed"] == {"Amazon.de|mfn": 1}
    assert frame.attrs["notes"] == []


@pytest.mark.parametrize(
    ("other", "words"), [("claim", "an A-to-z claim"), ("chargeback", "a chargeback")]
)
def test_removing_feedback_changes_nothing_when_another_defect_stays(other, words):
    account = make_account(
        [old_order("A"), old_order("B")],
        [("A", "feedback", date(2026, 9, 1)), ("A", other, date(2026, 9, 5))],
        known_to=TODAY,
    )
    frame = apply_scenario(account, Scenario(removed_feedback=frozenset({"A"})))
    assert frame.scenario_odr.equals(frame.baseline_odr)
    assert frame.attrs["notes"] == [
        f"Order A also has {words}: removing its feedback changes nothing."
    ]
    # Before the other defect was known, the removal did help.
    before = apply_scenario(
        account, Scenario(removed_feedback=frozenset({"A"})), date(2026, 9, 4), horizon_days=5
    )
    assert on(before, date(2026, 9, 4)).delta == -0.5


def test_removals_that_do_nothing_say_why():
    account = make_account(
        [
            old_order("clean"),
            old_order("claimed"),
            old_order("gone", ordered_on=date(2026, 7, 1)),
            old_order("later"),
        ],
        [
            ("claimed", "claim", None),
            ("gone", "feedback", None),
            ("later", "feedback", date(2026, 9, 30)),
        ],
        known_to=TODAY,
    )
    ids = frozenset({"clean", "claimed", "gone", "later"})
    frame = apply_scenario(account, Scenario(removed_feedback=ids), date(2026, 9, 29))
    assert frame.scenario_odr.equals(frame.baseline_odr)
    none = "has no negative feedback that counts on 29 Sep 2026: removing it changes nothing."
    assert frame.attrs["notes"] == [
        f"Order claimed {none}",
        f"Order clean {none}",
        "Order gone has left the window already: removing its feedback changes nothing.",
        f"Order later {none}",
    ]


def test_unknown_order_ids_are_listed():
    account = make_account([old_order("A")], [("X", "feedback", TODAY)], known_to=TODAY)
    with pytest.raises(ParameterError, match="does not have: Y, Z"):
        apply_scenario(account, Scenario(removed_feedback=frozenset({"A", "X", "Z", "Y"})))


def test_future_ordinary_orders_come_at_the_recent_rate_and_todays_odr():
    # Two a day for 100 days, so 120 in the window of today; 3 of them defective.
    orders = [
        (f"{d:%m%d}-{i}", d, DE, "mfn") for d in days(date(2026, 6, 23), 100) for i in range(2)
    ]
    defects = [(f"{d:%m%d}-0", "claim", None) for d in days(date(2026, 8, 1), 3)]
    account = make_account(orders, defects, known_to=TODAY)
    frame = apply_scenario(account, Scenario())
    assert on(frame, TODAY).baseline_odr == 3 / 120
    # Orders of 1 Oct count from 16 Oct on; until then only what is placed counts.
    before, after = on(frame, date(2026, 10, 15)), on(frame, date(2026, 10, 16))
    assert before.baseline_n_orders == before.known_n_orders == 120
    assert (after.known_n_orders, after.baseline_n_orders) == (118, 120.0)
    # 1-3 Aug leave after 14-16 Oct: one is left on 16 Oct, and two assumed orders have come.
    assert after.known_n_defective == 1
    assert after.baseline_n_defective == pytest.approx(1 + 2 * 3 / 120)
    said = " ".join(frame.attrs["assumptions"])
    assert "2.0 ordinary orders a day" in said
    assert "(56 orders in 28 days)" in said
    assert "2.50 % of them defective, as the ODR shown today (3 of 120 orders)" in said
    assert "until 15 Oct 2026 no order placed later counts" in said
    assert "not yet reported" in said


def test_a_young_account_is_not_diluted_with_days_before_its_first_order():
    account = make_account(
        [(f"{d}", d, DE, "mfn") for d in days(date(2026, 9, 21), 10)], known_to=TODAY
    )
    frame = apply_scenario(account, Scenario())
    assert "1.0 ordinary orders a day" in frame.attrs["assumptions"][1]
    assert "none of them defective, because no ODR is shown today" in frame.attrs["assumptions"][1]
    assert on(frame, TODAY).baseline_n_orders == 0
    assert np.isnan(on(frame, TODAY).baseline_odr)


def test_orders_that_stop_before_as_of_are_pointed_out():
    account = make_account([old_order("A", ordered_on=date(2026, 9, 20))], known_to=TODAY)
    said = " ".join(apply_scenario(account, Scenario()).attrs["assumptions"])
    assert "The latest order known is of 20 Sep 2026; the 10 days since" in said
    assert "as_of 2026-09-20" in said
    assert "latest order" not in " ".join(
        apply_scenario(account, Scenario(), date(2026, 9, 21)).attrs["assumptions"]
    )


def test_orders_of_one_series_that_stop_are_pointed_out() -> None:
    account = make_account(
        [
            old_order("A", ordered_on=date(2026, 9, 20)),
            old_order("B", "afn", ordered_on=TODAY),
        ],
        known_to=TODAY,
    )
    said = [s for s in apply_scenario(account, Scenario()).attrs["assumptions"] if "latest" in s]
    assert len(said) == 1
    assert said[0].startswith(
        "Seller-fulfilled on Amazon.de: the latest order known is of 20 Sep 2026; the 10 days since"
    )


def test_extra_defect_rate_gives_expected_defects():
    account = make_account([old_order()], known_to=TODAY)
    do = Scenario(extra_orders_per_day=10, days=1, extra_defect_rate=0.05)
    row = on(apply_scenario(account, do), date(2026, 10, 16))
    assert (row.scenario_n_orders, row.scenario_n_defective) == (11.0, 0.5)


def test_extra_orders_go_to_the_largest_seller_fulfilled_series_unless_told():
    orders = [
        *((f"a{i}", date(2026, 8, 20), DE, "afn") for i in range(5)),
        ("m1", date(2026, 8, 20), DE, "mfn"),
        *((f"f{i}", date(2026, 8, 20), "Amazon.fr", "mfn") for i in range(2)),
    ]
    account = make_account(orders, known_to=TODAY)

    def target(**where):
        do = Scenario(extra_orders_per_day=1, days=1, **where)
        frame = apply_scenario(account, do)
        moved = frame[frame.scenario_n_orders != frame.baseline_n_orders]
        pairs = moved[["marketplace", "channel"]].drop_duplicates().to_numpy().tolist()
        assert pairs == [frame.attrs["series"]]
        return tuple(pairs[0])

    assert target() == ("Amazon.fr", "mfn")
    assert target(marketplace=DE) == (DE, "mfn")
    assert target(channel="afn") == (DE, "afn")
    only_afn = make_account(orders[:5], known_to=TODAY)
    assert apply_scenario(only_afn, Scenario()).attrs["series"] == [DE, "afn"]
    with pytest.raises(ParameterError, match=r"Amazon\.fr, channel afn.*Amazon\.de, mfn"):
        target(marketplace="Amazon.fr", channel="afn")


def test_start_in_the_past_and_negative_horizon_are_refused():
    account = make_account([old_order()], known_to=TODAY)
    late = Scenario(extra_orders_per_day=1, start=TODAY, days=1)
    with pytest.raises(ParameterError, match="can only be placed after 2026-09-30"):
        apply_scenario(account, late)
    with pytest.raises(ParameterError, match="horizon_days"):
        apply_scenario(account, Scenario(), horizon_days=-1)


def test_account_without_orders_gives_no_rows_and_says_so():
    account = make_account([old_order()], known_to=TODAY)
    from dataclasses import replace

    empty = replace(account, daily=account.daily.iloc[:0], defective=account.defective.iloc[:0])
    frame = apply_scenario(empty, Scenario(extra_orders_per_day=5, days=5))
    assert len(frame) == 0
    assert list(frame.columns) == list(EFFECT_COLUMNS)
    assert frame.attrs["sentence"] == (
        "There are no orders in the exports, so there is no ODR to change."
    )


def test_no_rate_where_no_order_counts():
    account = make_account([old_order("A", ordered_on=date(2026, 7, 20))], known_to=TODAY)
    frame = apply_scenario(account, Scenario(extra_orders_per_day=1, days=1))
    # Ordered on 20 Jul, it leaves after 2 Oct.
    assert on(frame, date(2026, 10, 2)).baseline_odr == 0.0
    gone = on(frame, date(2026, 10, 3))
    assert np.isnan(gone.baseline_odr)
    assert np.isnan(gone.delta)
    back = on(frame, date(2026, 10, 16))
    assert back.scenario_odr == 0.0
    assert np.isnan(back.delta)


def test_policy_moves_the_window():
    policy = Policy(window_days=10, lag_days=2)
    account = make_account([old_order("A", ordered_on=date(2026, 9, 25))], policy=policy)
    frame = apply_scenario(
        account, Scenario(extra_orders_per_day=3, days=1), date(2026, 9, 26), horizon_days=20
    )
    extra = frame.scenario_n_orders - frame.baseline_n_orders
    # Placed on 27 Sep: counts from 29 Sep to 8 Oct.
    assert frame.day[extra > 0].min() == pd.Timestamp(2026, 9, 29)
    assert frame.day[extra > 0].max() == pd.Timestamp(2026, 10, 8)


def test_attrs_survive_json_and_parquet(tmp_path):
    account = make_account([old_order()], known_to=TODAY)
    frame = apply_scenario(account, Scenario(extra_orders_per_day=1, days=1))
    assert json.loads(json.dumps(frame.attrs)) == frame.attrs
    frame.to_parquet(tmp_path / "frame.parquet")
    back = pd.read_parquet(tmp_path / "frame.parquet")
    assert back.attrs["sentence"] == frame.attrs["sentence"]
