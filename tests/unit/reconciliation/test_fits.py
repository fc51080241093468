"""Combinations of rules and what they come to: as a policy, as changes, as JSON."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from odr_analysis.exports.readers.contract import snapshots
from odr_analysis.policy import Policy
from odr_analysis.reconciliation.fits import WEIGHTS, Combination, records
from odr_analysis.reconciliation.reconcile import reconcile
from tests.unit.reconciliation.made import account_of, many, orders_of, report


def combination(**more: Any) -> Combination:
    base: dict[str, Any] = {"switches": (("count_pending_claims", False),)}
    base |= {"day_boundary": "utc", "window_moved": 0, "lag_days": 15, "window_days": 60}
    return Combination(**{**base, **more})


def test_rules_are_those_that_are_known() -> None:
    assert combination(window_moved=-1).rules == {
        "count_pending_claims": False,
        "day_boundary": "utc",
        "window_moved": -1,
    }
    assert combination(day_boundary=None, window_moved=None).rules == {
        "count_pending_claims": False
    }


def test_a_window_moved_by_a_day_is_another_lag() -> None:
    # Counting a day later means that orders count a day sooner.
    assert combination(window_moved=1).policy_fields()["lag_days"] == 14
    assert combination(window_moved=-1).policy_fields()["lag_days"] == 16
    assert combination(lag_days=0, window_moved=1).policy_fields()["lag_days"] == 0
    assert "lag_days" not in combination(window_moved=None).policy_fields()
    assert "window_days" not in combination(window_days=None).policy_fields()


def test_changes_are_what_differs_from_a_policy() -> None:
    assert combination().changes(Policy(count_pending_claims=False)) == {}
    assert combination(window_moved=1).changes(Policy()) == {
        "count_pending_claims": False,
        "window_moved": 1,
    }


def test_a_defect_weighs_as_much_as_two_orders_in_each_count() -> None:
    assert WEIGHTS == (1, 2, 2, 2, 2)


def test_records_are_plain_values() -> None:
    table = pd.DataFrame(
        {
            "day": pd.to_datetime(["2026-09-30", None]),
            "at": pd.to_datetime(["2026-09-30T12:00", None]),
            "n": pd.array([3, pd.NA], dtype="Int64"),
            "rate": [0.5, np.nan],
        }
    )
    assert records(table) == [
        {"day": "2026-09-30", "at": "2026-09-30T12:00:00", "n": 3, "rate": 0.5},
        {"day": None, "at": None, "n": None, "rate": None},
    ]


def test_a_search_answers_whether_rules_are_among_its_fits() -> None:
    gone = ("gone", "2026-08-05T12:00:00Z", "cancelled")
    account = account_of(orders_of(*many(3), gone))
    (found,) = reconcile(account, snapshots([report((3, 0, 0, 0, 0))])).days
    assert found.exact
    assert found.allows({"count_cancelled_orders": False}, exactly=True)
    assert not found.allows({"count_cancelled_orders": True})
    assert not found.allows({}), "the account's own rules count four"
    told = found.to_dict()
    assert told["day"] == "2026-09-30"
    assert told["series"] == [["Amazon.de", "mfn"]]
    assert told["groups"][0]["fits"][0]["changes"] == {"count_cancelled_orders": False}
    (step,) = told["groups"][0]["fits"][0]["steps"]
    assert step == {
        "name": "count_cancelled_orders",
        "value": False,
        "n_orders": -1,
        "n_defective": 0,
    }
