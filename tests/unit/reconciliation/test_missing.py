"""Rules that a few missing records would explain as well."""

from __future__ import annotations

import pytest

from odr_analysis.answer.parts.reconcile import (
    reconciled_line,
    reconciled_lines,
)
from odr_analysis.exports.readers.contract import snapshots
from odr_analysis.policy import Policy
from odr_analysis.reconciliation.reconcile import (
    reconcile,
    to_policy,
)
from tests.unit.reconciliation.made import account_of, defects_of, many, orders_of, report


@pytest.mark.parametrize(("n_cancelled", "sure"), [(8, True), (3, False), (1, False)])
def test_rules_are_settled_only_far_from_what_missing_records_explain(
    n_cancelled: int, sure: bool
) -> None:
    """Orders around both ends of the window tell where it lies."""
    around = [
        *((f"before{i}", "2026-07-17T12:00:00Z") for i in range(8)),
        *((f"after{i}", "2026-09-16T12:00:00Z") for i in range(7)),
        *((f"late{i}", "2026-09-15T23:40:00Z") for i in range(4)),
    ]
    off = [(f"x{i}", "2026-08-01T12:00:00Z", "cancelled") for i in range(n_cancelled)]
    found = reconcile(
        account_of(orders_of(*many(), *around, *off)), snapshots([report((10, 0, 0, 0, 0))])
    )
    assert found.together.n_exact == 1
    assert found.together.fits[0].changes == {"count_cancelled_orders": False}
    assert found.together.one_missing.n_own == n_cancelled
    settled = {"window_moved": 0} | ({"count_cancelled_orders": False} if sure else {})
    assert found.settled is not None
    assert found.settled.to_dict() == found.to_dict()["settled"] == settled
    saved = to_policy(found.settled, Policy(count_pending_claims=False, day_boundary="marketplace"))
    assert saved.count_cancelled_orders is not sure
    assert not saved.count_pending_claims, "what is open stays as it is"
    assert (saved.day_boundary, saved.lag_days) == ("marketplace", 15)
    text = "\n".join(reconciled_lines(found))
    assert "Settled, even if a few records" in text
    assert ("Open: cancelled orders" in text) is not sure


def test_the_nearest_is_left_unsaid_where_it_changes_more_than_two_rules() -> None:
    orders = [("x", "2026-08-01T12:00:00Z", "cancelled"), ("y", "2026-08-01T12:00:00Z", "pending")]
    seen = defects_of(("o1", "claim", "2026-08-20", "pending"), ("o2", "claim", "2026-08-20"))
    account = account_of(orders_of(*many(), *orders), seen)
    found = reconcile(account, snapshots([report((6, 0, 0, 0, 0))]))
    assert not found.together.exact
    assert len(found.together.fits[0].changes) == 3
    assert "closest" not in reconciled_line(found).lower()
    assert "closest" not in "\n".join(reconciled_lines(found))
