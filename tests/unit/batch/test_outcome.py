"""How the report of one account ended."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, asdict
from datetime import date
from pathlib import Path

import pytest

from odr_analysis.batch.outcome import KeptSummary, Outcome


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


def test_a_summary_on_disk_is_read_when_it_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "summary.json"
    path.write_text('{"account": "Shop", "rates": []}', "utf-8")
    kept = pickle.loads(pickle.dumps(KeptSummary(path)))
    assert dict(kept) == {"account": "Shop", "rates": []}
    path.write_text('{"account": "Other"}', "utf-8")
    assert (kept["account"], len(kept), kept.get("rates")) == ("Other", 1, None)
