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
from odr_analysis.whatif import MoreOrders, Scenario, apply_scenario
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
    assert state.scenario == Scenario(MoreOrders(defect_rate=0.0, days=0, start=date(2026, 10, 1)))
    assert state.effect.table.delta.dropna().eq(0).all()
    assert state.sentence.startswith("Nothing is changed: seller-fulfilled ODR is 2.00 %")
    assert state.note == "No extra orders: these levers change nothing yet."
    assert state.removable.order_id.tolist() == ["a0", "m0", "m1"]


def test_every_lever_moves_what_follows(account):
    state = WhatIfState(account, horizon_days=30, days=30)
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
    state = WhatIfState(account)
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
            "10 extra orders, counting from 16 Oct to 15 Dec 2026.",
        ),
        (
            {"extra_orders_per_day": 5, "days": 2, "start": date(2026, 12, 1)},
            "10 extra orders, counting from 16 Dec 2026 to 14 Feb 2027. That is after 14 Dec, the "
            "last day shown: no change.",
        ),
        (
            {"extra_orders_per_day": 5, "days": 2, "extra_defect_rate": 0.02},
            "10 extra orders, counting from 16 Oct to 15 Dec 2026. With 2 % of them defective "
            "they cannot bring today's rate under 1 %.",
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
    with pytest.raises(traitlets.TraitError):
        state.days = -1
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
    assert state.removable.order_id.tolist() == ["m0"]


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
