"""The comparison with and without a correction, on one account."""

from __future__ import annotations

import pandas as pd
import pytest

from benchmarks.forecast.accounts import generate
from benchmarks.track_record import WITH, WITHOUT, compared, summary


def test_one_account_is_scored_both_ways() -> None:
    account = generate("g1", "calm", 200, 3)
    rows = pd.DataFrame(compared(account, seed=1))
    assert rows.groupby("kind").size().to_dict() == {WITH: 6, WITHOUT: 6}
    assert rows.brier.notna().sum() == 8
    keys = {"account": "g1", "scenario": "calm", "orders": 200}
    found = summary(rows.assign(**keys))
    assert found.n.tolist() == [1, 1, 1]
    for target, ratio in found.WIS.items():
        part = rows[rows.target == target[0]].groupby("kind").wis.mean()
        assert ratio == pytest.approx(part[WITH] / part[WITHOUT])
    # A few windows correct next to nothing.
    assert found.WIS.between(0.7, 1.3).all()
