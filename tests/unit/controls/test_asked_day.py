"""What it would take on a day: asked on request, of the rate as it is, and forgotten when moved."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import traitlets

from odr_analysis import account_from_frames, cheapest_plan, orders_needed_by, removals_needed
from odr_analysis.answer.plan import plan_sentence
from odr_analysis.controls.asked_day import Answers, AskedDay, Question
from odr_analysis.controls.state import WhatIfState
from odr_analysis.errors import ParameterError
from odr_analysis.whatif import MoreOrders, Scenario
from tests.unit.whatif.sold import TODAY, sold


@pytest.fixture(scope="module")
def account():
    """About 1.25 % defective, all of it feedback."""
    return account_from_frames(*sold(10, 80))


def test_by_default_it_is_a_month_ahead_with_ninety_per_cent(account):
    asked = AskedDay(WhatIfState(account))
    assert (asked.by, asked.certainty) == (TODAY + timedelta(days=30), 0.9)
    assert asked.answers == ()
    assert AskedDay(WhatIfState(account, horizon_days=9)).by == TODAY + timedelta(days=9)


def test_answers_are_those_of_the_functions_without_the_scenario(account):
    state = WhatIfState(account, extra_orders_per_day=7, days=9, extra_defect_rate=0.0)
    asked = AskedDay(state)
    asked.by, asked.certainty = date(2026, 11, 19), 0.8
    asked.ask()
    expected = (
        orders_needed_by(account, asked.by, 0.8, defect_rate=0.0).sentence,
        removals_needed(account, asked.by, 0.8).sentence,
        plan_sentence(cheapest_plan(account, asked.by, 0.8)),
    )
    assert [a.partition(": ")[2] for a in asked.answers] == [e.partition(": ")[2] for e in expected]


def test_answers_stand_until_something_they_depend_on_moves(account):
    state = WhatIfState(account)
    asked = AskedDay(state)
    for move in (
        lambda: setattr(asked, "by", asked.by + timedelta(days=1)),
        lambda: setattr(asked, "certainty", 0.7),
        lambda: setattr(state, "extra_defect_rate", 0.0),
    ):
        asked.answered(asked.question, Answers(("an answer",), Scenario(MoreOrders(1))))
        state.extra_orders_per_day += 1
        assert asked.answers == ("an answer",)
        before = asked.question
        move()
        assert (asked.answers, asked.plan) == ((), None)
        # What was asked before comes too late.
        asked.answered(before, Answers(("late",)))
        assert asked.answers == ()


def test_a_day_out_of_reach_or_no_certainty_is_refused(account):
    asked = AskedDay(WhatIfState(account))
    for name, value, words in (
        ("by", TODAY, "by must be after 30 Sep 2026"),
        ("by", TODAY + timedelta(days=76), "not after 14 Dec 2026"),
        ("certainty", float("nan"), "certainty must be a number"),
    ):
        before = getattr(asked, name)
        with pytest.raises(ParameterError, match=words):
            setattr(asked, name, value)
        assert getattr(asked, name) == before
    with pytest.raises(traitlets.TraitError):
        asked.certainty = 1.0


@pytest.mark.filterwarnings("ignore:.*as if nothing were missing")
def test_where_something_is_unknown_that_is_the_answer():
    short = account_from_frames(*sold(10, 80, days=30))
    question = AskedDay(WhatIfState(short)).question
    assert isinstance(question, Question)
    answers = question.answers(short)
    (only,) = answers.said
    assert only.startswith("Cannot be known")
    assert answers.plan is None
