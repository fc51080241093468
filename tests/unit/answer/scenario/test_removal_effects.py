"""Removals in words: what each would lower, and why some change nothing."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from odr_analysis.answer.scenario.removal_effects import (
    EFFECT_OF_REMOVAL_COLUMNS,
    other_defects,
    removal_effects,
    scenario_notes,
)
from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.look_ahead import LookAhead
from odr_analysis.whatif import Removed, Scenario, apply_scenario
from odr_analysis.whatif.removals import removal_deltas
from tests.oracle import make_account
from tests.unit.whatif.test_removals import DE, TODAY, with_feedback


@pytest.fixture
def account():
    return with_feedback()


def test_effects_in_words(account):
    effect = removal_effects(account).set_index("order_id").effect
    # m5 is one of four defective orders of ten, a0 the only one of two.
    assert effect["m5"] == "lowers ODR by 10.00 points"
    assert effect["a0"] == "lowers ODR by 50.00 points"
    assert effect["m7"] == "changes nothing: the order also has an A-to-z claim"
    assert effect["young"] == "lowers ODR by 9.09 points from 5 Oct, when it counts"


def test_numbers_and_order_are_those_of_the_thinking_floor(account):
    table = removal_effects(account)
    assert {name: str(dtype) for name, dtype in table.dtypes.items()} == {
        name: column.dtype for name, column in EFFECT_OF_REMOVAL_COLUMNS.items()
    }
    numbers = removal_deltas(LookAhead.of(account, TODAY, account.policy.lag_days))
    common = [name for name in table.columns if name != "effect"]
    pd.testing.assert_frame_equal(table[common], numbers[common])


def test_small_effects_and_none(account):
    many = make_account(
        [(f"{i}", date(2026, 8, 1), DE, "mfn") for i in range(25_000)],
        [("7", "feedback", None)],
        known_to=TODAY,
    )
    assert removal_effects(many).effect.tolist() == ["lowers ODR by under 0.01 points"]
    none = removal_effects(account, date(2026, 7, 10))
    assert none.empty
    assert list(none.columns) == list(EFFECT_OF_REMOVAL_COLUMNS)
    with pytest.raises(ParameterError, match="as_of: 'soon' is not a date"):
        removal_effects(account, "soon")


def test_other_defects_in_words():
    assert other_defects(("chargeback",)) == "a chargeback"
    assert other_defects(("claim", "chargeback")) == "an A-to-z claim and a chargeback"


def test_removals_without_effect_have_a_note_each():
    account = make_account(
        [
            ("clean", date(2026, 8, 20), DE, "mfn"),
            ("claimed", date(2026, 8, 20), DE, "mfn"),
            ("gone", date(2026, 7, 1), DE, "mfn"),
            ("later", date(2026, 8, 20), DE, "mfn"),
            ("twice", date(2026, 8, 20), DE, "mfn"),
        ],
        [
            ("claimed", "claim", None),
            ("gone", "feedback", None),
            ("later", "feedback", date(2026, 9, 30)),
            ("twice", "feedback", None),
            ("twice", "claim", None),
            ("twice", "chargeback", None),
        ],
        known_to=TODAY,
    )
    ids = frozenset({"clean", "claimed", "gone", "later", "twice"})
    effect = apply_scenario(account, Scenario(Removed(ids)), date(2026, 9, 29))
    none = "has no negative feedback that counts on 29 Sep 2026: removing it changes nothing."
    assert scenario_notes(effect) == (
        f"Order claimed {none}",
        f"Order clean {none}",
        "Order gone has left the window already: removing its feedback changes nothing.",
        f"Order later {none}",
        "Order twice also has an A-to-z claim and a chargeback: removing its feedback changes "
        "nothing.",
    )
