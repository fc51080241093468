"""The panel's state, without a browser and without a widget."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime

import pandas as pd
import pytest
import traitlets

from odr_analysis.answer.scenario.key_days import key_days
from odr_analysis.answer.scenario.removal_effects import scenario_notes
from odr_analysis.answer.scenario.sentence import scenario_sentence
from odr_analysis.controls.state import WhatIfState
from odr_analysis.errors import ParameterError
from odr_analysis.whatif import (
    DefectRate,
    MoreOrders,
    Removed,
    Sales,
    Scenario,
    apply_scenario,
    load_scenario,
)
from tests.oracle import make_account

pytestmark = pytest.mark.usefixtures("known_alone")


TODAY = date(2026, 9, 30)
DE = "Amazon.de"


@pytest.fixture
def account():
    """A hundred seller-fulfilled orders, two defective; twenty Amazon-fulfilled, one defective."""
    orders = [(f"m{i}", date(2026, 8, 25), DE, "mfn") for i in range(100)]
    orders += [(f"a{i}", date(2026, 8, 26), DE, "afn") for i in range(20)]
    defects = [
        ("m0", "feedback", date(2026, 9, 10)),
        ("m1", "feedback", date(2026, 9, 11)),
        ("m1", "claim", date(2026, 9, 12)),
        ("a0", "feedback", date(2026, 9, 13)),
    ]
    return make_account(orders, defects, known_to=TODAY)


def test_importing_the_state_brings_no_widget_and_no_drawing():
    code = (
        "import sys, odr_analysis.controls.state\n"
        "print(sorted({'ipywidgets', 'matplotlib', 'IPython'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_starts_with_nothing_changed(account):
    state = WhatIfState(account)
    assert state.scenario == Scenario(MoreOrders(days=0, start=date(2026, 10, 1)))
    assert state.plain == Scenario()
    assert state.effect.table.delta.dropna().eq(0).all()
    assert state.sentence.startswith("Nothing is changed: seller-fulfilled ODR is 2.00 %")
    assert state.note == "No extra orders: these levers change nothing yet."
    assert [*state.defects[["order_id", "component"]].itertuples(index=False, name=None)] == [
        ("a0", "feedback"),
        ("m0", "feedback"),
        ("m1", "claim"),
        ("m1", "feedback"),
    ]


def test_every_lever_moves_what_follows(account):
    state = WhatIfState(account, horizon_days=30, days=30, extra_defect_rate=0.0)
    state.extra_orders_per_day = 20
    expected = Scenario(MoreOrders(20, defect_rate=0.0, start=date(2026, 10, 1), days=30))
    assert state.scenario == expected
    effect = apply_scenario(account, expected, horizon_days=30)
    pd.testing.assert_frame_equal(state.effect.table, effect.table)
    assert state.sentence == scenario_sentence(effect)
    pd.testing.assert_frame_equal(state.table, key_days(effect))
    # 2 of 100 needs 101 more: on the sixth day of extra orders.
    assert " would be under 1 % from 21 Oct;" in state.sentence
    state.start = date(2026, 10, 3)
    assert " would be under 1 % from 23 Oct;" in state.sentence
    state.removed = ("m0",)
    state.extra_orders_per_day = 1
    # 1 of 100 is 1 %, so one order more: the first counts on 18 Oct.
    assert " would be under 1 % from 18 Oct;" in state.sentence
    state.channel = "afn"
    assert state.effect.focus.pair == (DE, "afn")


def test_levers_set_together_are_worked_out_once_and_in_step(account):
    state = WhatIfState(account, extra_defect_rate=0.0)
    seen = []
    state.observe(lambda change: seen.append((state.scenario, state.sentence)), "effect")
    with state.hold_trait_notifications():
        state.extra_orders_per_day = 5
        state.days = 10
    assert {(s.changes[0].per_day, s.changes[0].days) for s, _ in seen} == {(5, 10)}
    # Whoever watches the effect finds the sentence of the same scenario.
    assert all(said.startswith("With 5 more clean orders a day") for _, said in seen)


@pytest.mark.parametrize(
    ("levers", "note"),
    [
        ({"extra_orders_per_day": 5}, "For 0 days: no extra order is placed, so nothing changes."),
        (
            {"extra_orders_per_day": 5, "days": 2},
            "10 extra orders, counting from 16 Oct to 15 Dec 2026. However many of these do not "
            "keep it under 1 %: from 25 Nov on, when their own defects are reported, the "
            "probability would be at most 50 %.",
        ),
        (
            {"extra_orders_per_day": 5, "days": 2, "start": date(2026, 12, 1)},
            "10 extra orders, counting from 16 Dec 2026 to 14 Feb 2027. That is after 14 Dec, the "
            "last day shown: no change.",
        ),
    ],
)
def test_a_lever_that_changes_nothing_says_so(account, levers, note):
    assert WhatIfState(account, **levers).note == note


def test_bad_levers_are_refused_and_stay_where_they_were(account):
    state = WhatIfState(account, days=3)
    for lever, value, words in (
        ("start", TODAY, "can only be placed after 30 Sep 2026, got 30 Sep 2026"),
        ("removed", ("nobody",), "does not have: nobody"),
        ("claims_won", ("nobody",), "does not have: nobody"),
        ("removed", ("m0", "m0"), "order m0 is listed twice in removed"),
        ("sales", float("nan"), "sales must be a number, got nan"),
        ("extra_defect_rate", float("nan"), "extra_defect_rate must be a number"),
        ("channel", "fba", "no orders of channel 'fba'. There are: afn, mfn"),
        ("marketplace", "Amazon.fr", "There are: Amazon.de"),
    ):
        before = getattr(state, lever)
        with pytest.raises(ParameterError, match=words):
            setattr(state, lever, value)
        assert getattr(state, lever) == before
        with pytest.raises(traitlets.TraitError), state.hold_trait_notifications():
            setattr(state, lever, value)
        assert getattr(state, lever) == before
    for lever, value in (("days", -1), ("sales", -0.5), ("extra_defect_rate", 1.1)):
        with pytest.raises(traitlets.TraitError):
            setattr(state, lever, value)
    with pytest.raises(traitlets.TraitError):
        state.sentence = "anything"
    with pytest.raises(ParameterError, match="unknown lever speed"):
        WhatIfState(account, speed=3)
    assert state.scenario.changes[0].days == 3


def test_removing_what_does_nothing_is_allowed_and_said(account):
    state = WhatIfState(account, removed=("m1", "m5"))
    assert scenario_notes(state.effect) == (
        "Order m1 also has an A-to-z claim: removing its feedback changes nothing.",
        "Order m5 has no negative feedback that counts on 30 Sep 2026: removing it changes "
        "nothing.",
    )


def test_a_time_stamp_is_taken_as_its_day(account):
    state = WhatIfState(account, start=datetime(2026, 10, 5, 12))  # noqa: DTZ001 - as pickers give
    assert state.scenario.changes[0].start == date(2026, 10, 5)


def test_as_of_is_what_was_known_then(account):
    state = WhatIfState(account, "2026-09-10")
    assert state.as_of == date(2026, 9, 10)
    assert state.start == date(2026, 9, 11)
    assert state.defects.order_id.tolist() == ["m0"]


def test_account_without_orders(account):
    from dataclasses import replace

    empty = replace(account, daily=account.daily.iloc[:0], defective=account.defective.iloc[:0])
    state = WhatIfState(empty, TODAY, extra_orders_per_day=4, days=2)
    assert state.note == "No orders in the exports: these levers change nothing."
    assert state.sentence.startswith("There are no orders")
    assert len(state.table) == 0


def test_undo_takes_back_one_change_exactly(account):
    state = WhatIfState(account, days=3)
    trail = [state.levers]
    for change in (
        {"extra_orders_per_day": 20},
        {"removed": ("m1", "m0")},
        {"start": date(2026, 10, 9), "days": 30},
        {"removed": ("m0",)},
        {"extra_defect_rate": 0.02, "channel": "afn"},
    ):
        state.move(**change)
        trail.append(state.levers)
    sentences = WhatIfState(account, **trail[2]).sentence
    assert state.n_past == 5
    for before in reversed(trail[:-1]):
        state.undo()
        assert state.levers == before
        if before == trail[2]:
            assert state.sentence == sentences
    assert state.n_past == 0
    state.undo()
    assert state.levers == trail[0]


def test_a_drag_is_undone_as_one_change(account):
    state = WhatIfState(account, days=3, extra_orders_per_day=1)
    state.move(extra_orders_per_day=5)
    for n in (6, 7, 8):
        state.move(joined=True, extra_orders_per_day=n)
    state.move(extra_orders_per_day=9)
    state.undo()
    assert state.extra_orders_per_day == 8
    state.undo()
    assert state.extra_orders_per_day == 1
    assert state.n_past == 0


def test_reset_goes_back_to_where_it_began_and_can_be_undone(account):
    state = WhatIfState(account, days=3, removed=("m0",))
    state.move(extra_orders_per_day=5, removed=())
    state.reset()
    assert (state.extra_orders_per_day, state.days, state.removed) == (0, 3, ("m0",))
    state.undo()
    assert (state.extra_orders_per_day, state.days, state.removed) == (5, 3, ())
    # Where nothing moves there is nothing to take back.
    n_past = state.n_past
    state.move(extra_orders_per_day=5)
    assert state.n_past == n_past


def test_a_change_that_is_refused_leaves_no_trace(account):
    state = WhatIfState(account, days=3)
    before = state.levers
    with pytest.raises(traitlets.TraitError):
        state.move(extra_orders_per_day=5, start=TODAY)
    assert (state.levers, state.n_past) == (before, 0)
    assert state.scenario.changes[0].per_day == 0


def test_ordinary_orders_are_a_lever_too(account):
    state = WhatIfState(account, sales=0.5)
    assert state.plain == Scenario(Sales(0.5))
    state.sales = 1.0
    assert state.plain == Scenario()
    state.undo()
    assert state.sales == 0.5


def test_claims_and_chargebacks_are_won_and_undone_like_feedback(account):
    state = WhatIfState(account)
    assert not state.effect.focus.changed
    # Of an order with two kinds of defect both must go.
    state.removed = ("m1",)
    assert not state.effect.focus.changed
    state.claims_won = ("m1",)
    assert state.plain == Scenario(Removed(["m1"]), Removed(["m1"], "claim"))
    assert state.effect.focus.then.n_defective[0] == 1
    assert state.ticked == {("m1", "feedback"), ("m1", "claim")}
    state.undo()
    state.undo()
    assert state.plain == Scenario()


def test_ticks_count_as_certain_or_with_their_odds_from_the_day_a_success_would_show(account):
    state = WhatIfState(account, removed=("m0",))
    assert state.plain == Scenario(Removed(["m0"]))
    state.as_certain = False
    row = state.defects.set_index(["order_id", "component"]).loc["m0", "feedback"]
    assert 0 < row.chance < 1
    assert row.shows_on.date() == date(2026, 10, 2)
    expected = Removed(["m0"], probability=row.chance, on=date(2026, 10, 2))
    assert state.plain == Scenario(expected)
    state.undo()
    assert state.as_certain


def test_loading_what_was_saved_puts_every_lever_back(account, tmp_path):
    levers = {
        "extra_orders_per_day": 20,
        "start": date(2026, 10, 9),
        "days": 12,
        "extra_defect_rate": 0.02,
        "channel": "afn",
        "sales": 0.8,
        "removed": ("m0", "m1"),
        "claims_won": ("m1",),
        "as_certain": False,
    }
    state, other = WhatIfState(account, **levers), WhatIfState(account)
    path = state.save(tmp_path / "sale.toml")
    assert load_scenario(path) == state.plain
    for source in (path, str(path), path.read_text("utf-8"), state.plain):
        other.load(source)
        assert other.levers == state.levers
        assert other.sentence == state.sentence
        other.undo()
        assert other.plain == Scenario()


def test_what_no_lever_can_show_is_kept_beside_them(account):
    rate, later = DefectRate(0.5), MoreOrders(3, weekdays=(1, 1, 1, 1, 1, 0, 0))
    unsure = Removed(["m0"], probability=0.4)
    whole = Scenario(MoreOrders(5, days=3), rate, later, unsure, Removed(["m1"]), Sales(2, days=9))
    state = WhatIfState(account)
    state.load(whole)
    assert (state.extra_orders_per_day, state.removed, state.sales) == (5, ("m1",), 1.0)
    assert state.also == Scenario(rate, later, unsure, Sales(2, days=9))
    expected = apply_scenario(account, whole)
    pd.testing.assert_frame_equal(state.effect.table, expected.table)
    # A tick takes the place of the same removal with another probability.
    state.removed = ("m0", "m1")
    assert state.plain.of_kind(Removed) == [Removed(["m0", "m1"])]
    state.removed = ()
    assert state.plain.of_kind(Removed) == [unsure]
    state.reset()
    assert state.also == Scenario()


def test_a_scenario_that_does_not_fit_moves_nothing(account, tmp_path):
    state = WhatIfState(account, extra_orders_per_day=3, days=3)
    before = state.levers
    for source, words in (
        (Scenario(Removed(["nobody"])), "does not have: nobody"),
        ("[[sales]]\nfactor = -1", "factor must be a number from 0 to 100"),
        ('{"sale": []}', "unknown change 'sale'"),
        (tmp_path / "none.toml", "no such file"),
        (Scenario(Sales(0, channel="fba")), "no orders of"),
        (Scenario(MoreOrders(1, start=TODAY)), "can only begin after"),
    ):
        with pytest.raises(ParameterError, match=words):
            state.load(source)
        assert (state.levers, state.n_past) == (before, 0)


def test_the_list_is_filtered_by_words_and_by_kind(account):
    state = WhatIfState(account)
    assert state.kinds == {"negative feedback": "feedback", "A-to-z claim": "claim"}
    state.filter_text = "M1"
    assert state.offered.component.tolist() == ["claim", "feedback"]
    state.filter_kind = "claim"
    assert state.offered.order_id.tolist() == ["m1"]
    state.filter_text = "m0"
    assert state.offered.empty
    assert state.n_past == 0
