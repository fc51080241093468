"""What is said beside the levers for extra orders, against the forecast with very many of them."""

from __future__ import annotations

import numpy as np
import pytest

from odr_analysis import account_from_frames, apply_scenario
from odr_analysis.controls.extra_note import EVEN
from odr_analysis.controls.state import WhatIfState
from odr_analysis.whatif import MoreOrders, Scenario
from tests.unit.whatif.sold import sold

LINE = "counting from 16 Oct 2026 to 28 Feb 2027."


@pytest.fixture(scope="module")
def bad():
    """About 2 % defective."""
    return account_from_frames(*sold(10, 50))


def p_under(account, rate) -> np.ndarray:
    """With very many orders on each day."""
    more = Scenario(MoreOrders(1_000_000, defect_rate=rate))
    return 1 - apply_scenario(account, more).changed.table.p_breach.to_numpy()


def test_clean_orders_are_said_to_bring_it_under(bad):
    state = WhatIfState(bad, extra_orders_per_day=5, days=77, extra_defect_rate=0.0)
    assert state.note == f"385 extra orders, {LINE}"
    assert p_under(bad, 0.0)[-1] > 0.99


def test_orders_that_never_bring_it_under_are_said_not_to(bad):
    state = WhatIfState(bad, extra_orders_per_day=5, days=77, extra_defect_rate=0.2)
    assert state.note == (
        f"385 extra orders, {LINE} However many of them, 20 % of them defective, do not bring it "
        "under 1 %: on each day shown the probability would be less than 1 %."
    )
    assert p_under(bad, 0.2)[16:].max() < 0.01


def test_orders_that_bring_it_under_only_until_their_defects_are_reported(bad):
    state = WhatIfState(bad, extra_orders_per_day=5, days=77)
    p = p_under(bad, None)
    under = np.flatnonzero(p >= EVEN)
    assert 16 <= under[0] < under[-1] < 75
    assert "However many of these do not keep it under 1 %: from " in state.note
    day = state.as_of + np.timedelta64(int(under[-1]) + 1, "D").item()
    assert f" {day.day} {day:%b} on, when their own defects are reported" in state.note
    state.start = state.as_of + np.timedelta64(74, "D").item()
    assert "the last day shown: no change" in state.note


@pytest.mark.filterwarnings("ignore:.*as if nothing were missing")
def test_where_something_is_unknown_nothing_is_claimed():
    short = account_from_frames(*sold(10, 50, days=30))
    note = WhatIfState(short, extra_orders_per_day=5, days=77).note
    assert "Whether the rate is under 1 % then cannot be known: no orders before" in note
