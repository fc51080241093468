"""Fields hold any value, sliders the nearest step, and both fit the account."""

from __future__ import annotations

from datetime import date

import pytest

from odr_analysis.controls.levers import A_SHARE, MOST_STEPS, Choices, levers_of, steps_for
from odr_analysis.controls.state import WhatIfState
from tests.oracle import make_account

pytestmark = pytest.mark.usefixtures("known_alone")

DE = "Amazon.de"


@pytest.fixture
def state():
    orders = [(f"m{i}", date(2026, 8, 25), DE, "mfn") for i in range(100)]
    account = make_account(orders, [], known_to=date(2026, 9, 30))
    return WhatIfState(account, days=30, extra_orders_per_day=7)


@pytest.fixture
def levers(state):
    return levers_of(state)


@pytest.mark.parametrize("per_day", [0, 0.3, 1, 5, 26.55, 83, 1667, 25_000.5, 1e6])
def test_a_slider_has_few_whole_steps_and_reaches_well_beyond_the_usual(per_day):
    step, end = steps_for(per_day)
    assert isinstance(step, int)
    assert step >= 1
    assert end % step == 0
    assert end / step <= MOST_STEPS
    assert end >= max(4 * per_day, 20)
    # Half its length is not beyond what anybody would try.
    assert end <= max(8 * per_day, 20)


def test_the_field_has_the_exact_value_and_the_slider_the_nearest_step(levers):
    share = levers["extra_defect_rate"]
    share.field.value = 0.25
    assert share.field.value == 0.25
    assert share.slider.value in (0.2, 0.3)
    extra = levers["extra_orders_per_day"]
    extra.field.value = 4_321
    assert (extra.field.value, extra.slider.value) == (4_321, extra.slider.max)
    extra.slider.value = 3
    assert extra.field.value == 3


def test_what_the_browser_sends_for_a_step_is_a_round_number(levers):
    share = levers["extra_defect_rate"]
    share.slider.value = 3 * 0.1  # 0.30000000000000004, as JavaScript has it
    assert share.field.value == 0.3


def test_a_day_out_of_reach_falls_back(levers):
    start = levers["start"]
    start.slider.value = date(2026, 10, 20)
    assert start.field.value == date(2026, 10, 20)
    start.field.value = None
    assert start.field.value == date(2026, 10, 20)


def test_the_quality_follows_the_state(state):
    choices = Choices(state)
    for rate, shown in ((0.02, A_SHARE), (None, "As usual"), (0.0, "Clean")):
        state.extra_defect_rate = rate
        choices.follow(state)
        assert choices.quality.value == shown
        assert choices.rate(2.0) == rate


def test_a_channel_is_asked_for_only_where_there_are_several(state):
    assert Choices(state).place.layout.display == "none"
    orders = [(f"m{i}", date(2026, 8, 25), DE, "mfn") for i in range(9)]
    orders += [(f"a{i}", date(2026, 8, 25), DE, "afn") for i in range(30)]
    two = WhatIfState(make_account(orders, [], known_to=date(2026, 9, 30)), days=30)
    choices = Choices(two)
    choices.follow(two)
    assert choices.place.layout.display is None
    assert choices.place.value == (DE, "mfn")
    assert len(choices.place.options) == 2
