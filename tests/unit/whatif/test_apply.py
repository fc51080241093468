"""apply_scenario on accounts small enough to follow by head."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.coming_days.marginals import Marginals
from odr_analysis.forecasting.look_ahead import LookAhead
from odr_analysis.policy import Policy
from odr_analysis.whatif import MoreOrders, Removed, Scenario, apply_scenario
from odr_analysis.whatif.apply import EFFECT_COLUMNS, effect_of
from odr_analysis.whatif.touched import Idle
from tests.oracle import days, make_account
from tests.scenarios import scenario_of

pytestmark = pytest.mark.usefixtures("known_alone")


OF = Marginals.of
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
    frame = apply_scenario(account, Scenario(), horizon_days=10).table
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
    one_day = Scenario(MoreOrders(10, defect_rate=0.0, start=date(2026, 10, 1), days=1))
    frame = apply_scenario(account, one_day, horizon_days=80).table
    extra = (frame.scenario_n_orders - frame.baseline_n_orders).to_numpy()
    counts_on = frame.day[extra > 0]
    # 1 Oct + 15 days and 1 Oct + 74 days.
    assert counts_on.min() == pd.Timestamp(2026, 10, 16)
    assert counts_on.max() == pd.Timestamp(2026, 12, 14)
    assert set(extra) == {0.0, 10.0}
    assert (extra > 0).sum() == 60


def test_extra_orders_of_several_days_add_up_and_start_defaults_to_tomorrow():
    account = make_account([old_order()], known_to=TODAY)
    frame = apply_scenario(account, Scenario(MoreOrders(4, defect_rate=0.0, days=3))).table
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
    frame = apply_scenario(account, Scenario(), horizon_days=75).table
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
    frame = apply_scenario(account, Scenario(), date(2026, 9, 10), horizon_days=60).table
    assert frame.known_n_defective.max() == 1
    assert frame.known_n_orders.max() == 2
    # As of 9 Sep neither is known.
    assert apply_scenario(account, Scenario(), "2026-09-09").table.known_n_defective.max() == 0


def test_removing_the_only_defect_clears_the_order_at_once():
    account = make_account(
        [old_order("A"), old_order("B")], [("A", "feedback", date(2026, 9, 1))], known_to=TODAY
    )
    effect = apply_scenario(account, Scenario(Removed(frozenset({"A"}))))
    today = on(effect.table, TODAY)
    assert (today.baseline_odr, today.scenario_odr, today.delta) == (0.5, 0.0, -0.5)
    assert effect.removed == {(DE, "mfn"): 1}
    assert effect.idle == ()


@pytest.mark.parametrize("other", ["claim", "chargeback"])
def test_removing_feedback_changes_nothing_when_another_defect_stays(other):
    account = make_account(
        [old_order("A"), old_order("B")],
        [("A", "feedback", date(2026, 9, 1)), ("A", other, date(2026, 9, 5))],
        known_to=TODAY,
    )
    effect = apply_scenario(account, Scenario(Removed(frozenset({"A"}))))
    assert effect.table.scenario_odr.equals(effect.table.baseline_odr)
    assert effect.removed == {}
    assert effect.idle == (Idle("A", "feedback", "other defects", (other,)),)
    # Before the other defect was known, the removal did help.
    before = apply_scenario(
        account, Scenario(Removed(frozenset({"A"}))), date(2026, 9, 4), horizon_days=5
    )
    assert on(before.table, date(2026, 9, 4)).delta == -0.5


def test_unknown_order_ids_are_listed():
    account = make_account([old_order("A")], [("X", "feedback", TODAY)], known_to=TODAY)
    with pytest.raises(ParameterError, match="does not have: Y, Z"):
        apply_scenario(account, Scenario(Removed(frozenset({"A", "X", "Z", "Y"}))))


def test_the_baseline_is_the_forecast():
    # Two a day for 200 days; 3 of them defective.
    orders = [
        (f"{d:%m%d}-{i}", d, DE, "mfn") for d in days(date(2026, 3, 15), 200) for i in range(2)
    ]
    defects = [(f"{d:%m%d}-0", "claim", d + timedelta(days=9)) for d in days(date(2026, 8, 1), 3)]
    account = make_account(orders, defects, known_to=TODAY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Marginals, "of", OF)
        effect = apply_scenario(account, Scenario())
    ahead, frame = effect.look.forecast.table, effect.table
    assert on(frame, TODAY).baseline_odr == 3 / 120
    assert frame.baseline_n_orders.tolist() == ahead.n_orders.tolist()
    assert frame.baseline_p_breach.tolist() == ahead.p_breach.tolist()
    assert frame.baseline_odr.tolist() == ahead.odr.tolist()
    assert effect.changed is effect.baseline
    assert (effect.delta.drop(columns=["marketplace", "channel", "day"]) == 0).all(axis=None)
    # Orders of 1 Oct count from 16 Oct on; until then only what is placed counts.
    before, after = on(frame, date(2026, 10, 15)), on(frame, date(2026, 10, 16))
    assert before.baseline_n_orders == before.known_n_orders == 120
    assert after.known_n_orders == 118 < after.baseline_n_orders
    assert after.known_n_defective == 1 <= after.baseline_n_defective


def test_the_probability_follows_what_is_done():
    # 2 of 200 orders until 7 Nov: with one order more, or one defect less, it is under 1 %.
    orders = [old_order(f"a{i}", ordered_on=date(2026, 8, 25)) for i in range(200)]
    defects = [(f"a{i}", "feedback", date(2026, 9, 1)) for i in range(2)]
    account = make_account(orders, defects, known_to=TODAY)
    late = apply_scenario(
        account, Scenario(MoreOrders(1, defect_rate=0.0, days=1)), horizon_days=20
    ).table
    assert late.baseline_p_breach.tolist() == [1.0] * 21
    assert late.scenario_p_breach.tolist() == [1.0] * 16 + [0.0] * 5
    gone = apply_scenario(account, Scenario(Removed({"a0"})), horizon_days=20).table
    assert gone.scenario_p_breach.tolist() == [0.0] * 21
    worse = Scenario(MoreOrders(100, defect_rate=0.02, days=1))
    effect = apply_scenario(account, worse, horizon_days=20)
    row, expected = effect.table.iloc[-1], effect.delta.mean_defective.iloc[-1]
    # The third defect of 300 orders makes it 1 %: at least one of 100 that have lived 19 days.
    assert 0.5 < expected < 2
    # A little less, since it is not known for sure how late reports come.
    assert row.scenario_p_breach == pytest.approx(1 - np.exp(-expected), abs=0.03)


def test_defects_of_extra_orders_are_reported_later():
    """Of ten orders at 5 % half a defect is expected, and not on the day the orders count."""
    account = make_account([old_order()], known_to=TODAY)
    do = Scenario(MoreOrders(10, defect_rate=0.05, days=1))
    effect = apply_scenario(account, do, horizon_days=76)
    table, more = effect.table, effect.delta.mean_defective
    (days,) = effect.look.forecast.marginals.values()
    by_age = days.fitted.share_by_age().mean(axis=0)
    assert (table.scenario_n_orders - table.baseline_n_orders)[[15, 16, 75, 76]].tolist() == [
        0.0, 10.0, 10.0, 0.0
    ]  # fmt: skip
    assert more[[15, 76]].tolist() == [0.0, 0.0]
    # Weekdays on which more or less is reported move it a little.
    assert (more[16:76] / 0.5).tolist() == pytest.approx(by_age[15:75].tolist(), abs=0.03)


def test_extra_orders_go_to_the_largest_seller_fulfilled_series_unless_told():
    orders = [
        *((f"a{i}", date(2026, 8, 20), DE, "afn") for i in range(5)),
        ("m1", date(2026, 8, 20), DE, "mfn"),
        *((f"f{i}", date(2026, 8, 20), "Amazon.fr", "mfn") for i in range(2)),
    ]
    account = make_account(orders, known_to=TODAY)

    def target(**where):
        do = scenario_of(1, 1, **where)
        effect = apply_scenario(account, do)
        frame = effect.table
        moved = frame[frame.scenario_n_orders != frame.baseline_n_orders]
        pairs = moved[["marketplace", "channel"]].drop_duplicates().to_numpy().tolist()
        assert [tuple(pair) for pair in pairs] == [effect.focus.pair]
        return tuple(pairs[0])

    assert target() == ("Amazon.fr", "mfn")
    assert target(marketplace=DE) == (DE, "mfn")
    assert target(channel="afn") == (DE, "afn")
    only_afn = make_account(orders[:5], known_to=TODAY)
    assert apply_scenario(only_afn, Scenario()).focus.pair == (DE, "afn")
    with pytest.raises(ParameterError, match=r"Amazon\.fr, channel afn.*Amazon\.de, mfn"):
        target(marketplace="Amazon.fr", channel="afn")


def test_start_in_the_past_and_negative_horizon_are_refused():
    account = make_account([old_order()], known_to=TODAY)
    late = Scenario(MoreOrders(1, defect_rate=0.0, start=TODAY, days=1))
    with pytest.raises(ParameterError, match="can only begin after 2026-09-30"):
        apply_scenario(account, late)
    with pytest.raises(ParameterError, match="horizon_days"):
        apply_scenario(account, Scenario(), horizon_days=-1)


def test_account_without_orders_gives_no_rows():
    account = make_account([old_order()], known_to=TODAY)
    empty = replace(account, daily=account.daily.iloc[:0], defective=account.defective.iloc[:0])
    effect = apply_scenario(empty, Scenario(MoreOrders(5, defect_rate=0.0, days=5)))
    assert (effect.paths, effect.focus) == ((), None)
    assert len(effect.table) == 0
    assert {n: str(t) for n, t in effect.table.dtypes.items()} == {
        n: column.dtype for n, column in EFFECT_COLUMNS.items()
    }


def test_no_rate_where_no_order_counts():
    account = make_account([old_order("A", ordered_on=date(2026, 7, 20))], known_to=TODAY)
    frame = apply_scenario(account, Scenario(MoreOrders(1, defect_rate=0.0, days=1))).table
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
        account,
        Scenario(MoreOrders(3, defect_rate=0.0, days=1)),
        date(2026, 9, 26),
        horizon_days=20,
    ).table
    extra = frame.scenario_n_orders - frame.baseline_n_orders
    # Placed on 27 Sep: counts from 29 Sep to 8 Oct.
    assert frame.day[extra > 0].min() == pd.Timestamp(2026, 9, 29)
    assert frame.day[extra > 0].max() == pd.Timestamp(2026, 10, 8)


@pytest.fixture
def three():
    """Two series in Germany, one in France; a defect of feedback alone in each."""
    orders = [
        *(old_order(f"m{i}") for i in range(3)),
        *(old_order(f"a{i}", "afn") for i in range(9)),
        ("f0", date(2026, 8, 20), "Amazon.fr", "mfn"),
    ]
    defects = [(order_id, "feedback", date(2026, 9, 1)) for order_id in ("m0", "a0", "f0")]
    return make_account(orders, defects, known_to=TODAY)


def test_the_focus_is_on_what_moves(three):
    def focus(**what):
        path = apply_scenario(three, scenario_of(**what)).focus
        return path.pair

    assert focus() == (DE, "mfn")
    assert focus(channel="afn") == (DE, "afn")
    assert focus(removed={"f0"}) == ("Amazon.fr", "mfn")
    # The first that moves, the series of the extra orders before all others.
    assert focus(removed={"f0", "a0"}) == (DE, "afn")
    assert focus(removed={"a0"}, per_day=1, days=1) == (DE, "mfn")


def test_one_series_of_an_effect(three):
    effect = apply_scenario(three, Scenario(Removed({"a0"})))
    only = effect.only("Amazon.fr", "mfn")
    assert only.focus is effect.path("Amazon.fr", "mfn")
    whole = effect.table
    rows = whole[whole.marketplace == "Amazon.fr"].reset_index(drop=True)
    pd.testing.assert_frame_equal(only.table, rows)
    with pytest.raises(ParameterError, match=r"on Amazon\.fr\. There are: Seller"):
        effect.only("Amazon.fr", "afn")


def test_nobody_changes_an_effect(three):
    effect = apply_scenario(three, Scenario())
    with pytest.raises(FrozenInstanceError):
        effect.paths = ()
    table = effect.table
    table["baseline_odr"] = 0.0
    assert effect.table.baseline_odr.max() > 0
    with pytest.raises(ValueError, match="read-only"):
        effect.look.n_orders[0, 0] = 7


def test_one_look_ahead_serves_every_scenario(three):
    look = LookAhead.of(three, TODAY, 20)
    for scenario in (Scenario(), Scenario(MoreOrders(2, defect_rate=0.0, days=3, channel="afn"))):
        mine, fresh = effect_of(look, scenario), apply_scenario(three, scenario, TODAY, 20)
        pd.testing.assert_frame_equal(mine.table, fresh.table)
        assert (mine.as_of, mine.horizon_days, mine.policy) == (TODAY, 20, three.policy)


def test_what_is_no_scenario_is_refused(three):
    for wrong in (None, 5, "x", MoreOrders(5), {}):
        with pytest.raises(ParameterError, match="scenario must be a Scenario"):
            apply_scenario(three, wrong)
    for wrong in (1.5, "75", None, True, 10**9):
        with pytest.raises(ParameterError, match="horizon_days must be"):
            apply_scenario(three, Scenario(), horizon_days=wrong)
    with pytest.raises(TypeError):
        Scenario() | 5
