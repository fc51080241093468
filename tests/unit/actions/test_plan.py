from __future__ import annotations

from datetime import date

import numpy as np

from odr_analysis.actions.plan import LIMIT_COLUMNS, STEP_COLUMNS, Plan
from odr_analysis.schema import table_of
from odr_analysis.whatif import Scenario


def test_a_plan_without_steps_has_its_tables_all_the_same():
    day = date(2026, 10, 1)
    plan = Plan(("Amazon.de", "mfn"), day, day, 0.9, "unknown", None)
    assert list(plan.steps) == list(STEP_COLUMNS)
    assert list(plan.limits) == list(LIMIT_COLUMNS)
    assert plan.scenario == Scenario()
    assert np.isnan(plan.p_without)
    assert not plan.rests_on_guesses


def test_a_guess_among_the_steps_is_known():
    day = date(2026, 10, 1)
    row = ("removal", "a", "feedback", "s", day, day, 0.5, "guess", 1.0, "", "")
    steps = table_of([row], STEP_COLUMNS)
    plan = Plan(("Amazon.de", "mfn"), day, day, 0.9, "", None, steps=steps)
    assert plan.rests_on_guesses
