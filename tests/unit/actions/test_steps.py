"""The steps as data: their clocks, what they allow, and what they never do."""

from __future__ import annotations

import pytest

from odr_analysis.actions import steps
from odr_analysis.actions.steps import STEPS, Step


def test_each_step_is_found_by_its_name() -> None:
    assert all(step.name == name for name, step in STEPS.items())
    constants = [v for v in vars(steps).values() if isinstance(v, str)]
    named = {value for value in constants if value in STEPS}
    assert named == STEPS.keys(), "each has a constant of the module"


@pytest.mark.parametrize(
    ("name", "days", "since"),
    [
        (steps.REMOVE, 90, "feedback"),
        (steps.STRIKE, 90, "feedback"),
        (steps.SOLVE, None, "feedback"),
        (steps.ANSWER_CLAIM, 3, "claim"),
        (steps.APPEAL, 30, "decision"),
        (steps.LOOK_UP, 30, "claim"),
        (steps.ANSWER_CHARGEBACK, 7, "chargeback"),
        (steps.DISPUTE, None, "chargeback"),
    ],
)
def test_clocks_are_those_of_the_help_pages(name: str, days: int | None, since: str) -> None:
    assert (STEPS[name].days, STEPS[name].since) == (days, since)


@pytest.mark.parametrize("step", STEPS.values(), ids=lambda step: step.name)
def test_a_step_is_likely_neither_surely_nor_never_to_work(step: Step) -> None:
    assert 0 < step.chance < 1
    assert step.shows_after >= 0
    assert step.allowed.endswith(".")
    assert step.source


def test_a_clock_nobody_publishes_is_none_and_its_source_says_so() -> None:
    unlimited = [step for step in STEPS.values() if step.days is None]
    assert [step.name for step in unlimited] == [steps.SOLVE, steps.DISPUTE]
    assert all("not published" in s.source or "no limit" in s.source for s in unlimited)


def test_whatever_is_asked_of_a_buyer_comes_without_a_price() -> None:
    for step in STEPS.values():
        if step.since == "feedback":
            assert steps.NEVER_FOR_FEEDBACK in step.forbidden
        elif step.since in ("claim", "decision"):
            assert step.forbidden == steps.NEVER_FOR_CLAIM
        else:
            assert "outside Amazon" in step.forbidden
    assert steps.NEVER_IN_MASS in STEPS[steps.REMOVE].forbidden
    assert steps.NEVER_IN_MASS in STEPS[steps.STRIKE].forbidden


def test_an_appeal_of_a_decision_is_likelier_to_work_than_one_of_an_unknown_day() -> None:
    assert STEPS[steps.APPEAL].chance > STEPS[steps.LOOK_UP].chance
    assert STEPS[steps.ANSWER_CLAIM].chance > STEPS[steps.APPEAL].chance
