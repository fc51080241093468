"""How the report of one account ended."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, asdict
from datetime import date

import pytest

from odr_analysis.batch.outcome import Outcome


def test_it_is_plain_data_that_does_not_change():
    outcome = Outcome("Shop", "accounts/shop", date(2026, 9, 30), "failed", reason="No order.")
    assert asdict(outcome) == {
        "account": "Shop",
        "place": "accounts/shop",
        "day": date(2026, 9, 30),
        "status": "failed",
        "reason": "No order.",
        "attempts": 1,
        "seconds": 0.0,
        "finished": "",
        "summary": None,
    }
    with pytest.raises(FrozenInstanceError):
        outcome.status = "made"
