"""Amazon's counts against ours, in cases small enough to work out by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from odr_analysis.answer.parts.reconcile import (
    fits_table,
    official_table,
    reconciled_line,
    reconciled_lines,
)
from odr_analysis.errors import ParameterError
from odr_analysis.exports.readers.contract import snapshots
from odr_analysis.policy import Policy
from odr_analysis.presets import load_policy, to_toml
from odr_analysis.reconciliation.reconcile import (
    Combination,
    reconcile,
    to_policy,
)
from tests.unit.reconciliation.made import account_of, defects_of, many, orders_of, report


def test_a_policy_found_is_saved_and_read_back_equal(tmp_path: Path) -> None:
    found = Combination((("count_pending_claims", False),), "marketplace", -1, 15, 60)
    policy = to_policy(found, Policy())
    assert (policy.lag_days, policy.day_boundary, policy.count_pending_claims) == (
        16,
        "marketplace",
        False,
    )
    file = tmp_path / "mine.toml"
    file.write_text(to_toml(policy), "utf-8")
    assert load_policy(file) == policy
    own = Combination((("count_pending_claims", True),), "utc", 0, 15, 60)
    assert to_policy(own, Policy()) == Policy(), "nothing changed, not even the name"
    unsure = Combination((), "utc", 1, None, None)
    assert to_policy(unsure, Policy(lag_days=20)).lag_days == 20


def test_no_report_is_one_sentence_that_names_the_file() -> None:
    found = reconcile(account_of(orders_of(*many())), snapshots([]))
    assert (found.days, found.together, found.settled) == ((), None, None)
    (said,) = reconciled_lines(found)
    assert said == reconciled_line(found)
    assert "GET_V2_SELLER_PERFORMANCE_REPORT" in said
    assert official_table(found).empty
    assert fits_table(found.together).empty
    json.dumps(found.to_dict())


def test_the_accounts_own_snapshots_are_used_by_default() -> None:
    account = account_of(orders_of(*many()))
    assert reconcile(account).counts.empty
    told = replace(account, snapshots=snapshots([report((6, 0, 0, 0, 0))]))
    assert len(reconcile(told).counts) == 1


def test_presets_are_told_beside_the_search() -> None:
    account = account_of(orders_of(*many()), defects_of(("o1", "claim", None, "denied")))
    found = reconcile(account, snapshots([report((6, 1, 0, 1, 0))]))
    exact = dict(zip(found.presets.name, found.presets.exact, strict=True))
    assert exact == {"amazon-current": False, "amazon-2016": True, "as-reported": True}
    other = Policy(name="mine", count_denied_claims=True)
    own = reconcile(account, snapshots([report((6, 1, 0, 1, 0))]), policies=[other])
    assert own.presets.to_numpy().tolist() == [["mine", True, 0]]
    with pytest.raises(ParameterError, match="negative_stars is 3"):
        reconcile(account, snapshots([]), policies=[Policy(negative_stars=3)])


def test_everything_goes_to_json() -> None:
    late = ("late", "2026-09-15T23:40:00Z")
    account = account_of(orders_of(*many(), late), defects_of(("o1", "claim", None, "pending")))
    found = reconcile(account, snapshots([report((6, 0, 0, 0, 0))]))
    told = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert told["counts"][0]["day"] == "2026-09-30"
    assert told["days"][0]["groups"][0]["fits"][0]["distance"] == 0
    assert told["policy"]["name"] == "amazon-current"
