"""Rules that a few missing records would explain as well."""

from __future__ import annotations

import numpy as np
import pytest

from odr_analysis.answer.parts.reconcile import (
    reconciled_line,
    reconciled_lines,
)
from odr_analysis.exports.readers.contract import snapshots
from odr_analysis.policy import Policy
from odr_analysis.reconciliation.blocks import blocks_of
from odr_analysis.reconciliation.grid import Grid
from odr_analysis.reconciliation.missing import FEW, Missing, missing
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


def lacking(*reports: dict) -> Missing:
    """Six orders of the window without defects, against some reports."""
    blocks, _ = blocks_of(snapshots(list(reports)))
    grid = Grid.of(account_of(orders_of(*many())), blocks)
    return missing(grid, tuple(range(len(blocks))))


def test_one_record_explains_one_order_and_nothing_explains_none() -> None:
    assert lacking(report((6, 0, 0, 0, 0))).records.tolist() == [[0] * 1] * 6
    assert lacking(report((7, 0, 0, 0, 0))).records[0, 0] == 1
    assert lacking(report((4, 0, 0, 0, 0))).records[0, 0] == 2


def test_a_defect_that_is_missing_is_one_record_in_all_its_counts() -> None:
    assert lacking(report((6, 1, 0, 1, 0))).records[0, 0] == 1
    assert lacking(report((6, 2, 0, 2, 0))).records[0, 0] == 2


def test_a_file_that_is_missing_explains_all_defects_of_its_kind() -> None:
    found = lacking(report((6, 5, 0, 5, 0)))
    assert found.records[0, 0] == 5
    assert found.beside[0, 0] == 0
    mixed = lacking(report((6, 5, 2, 3, 0)))
    assert mixed.beside[0, 0] == 2, "one file and the records of the other kind"


def test_the_same_record_explains_what_consecutive_reports_have_too_many() -> None:
    older = {"from_on": "2026-07-11", "to_on": "2026-09-08", "file": "older.json"}
    assert lacking(report((7, 0, 0, 0, 0), **older), report((7, 0, 0, 0, 0))).records[0, 0] == 1
    # One too many, then one too few: no single record does both.
    assert lacking(report((7, 0, 0, 0, 0), **older), report((5, 0, 0, 0, 0))).records[0, 0] == 2


def test_rules_are_possible_up_to_a_few_records_beyond_the_best() -> None:
    beside = np.array([[5, 5, 5, 0]])
    assert Missing(np.array([[0, FEW, FEW + 1, 9]]), beside).possible.tolist() == [
        [True, True, False, True]
    ]
    nothing = Missing(np.array([[FEW + 1, 9, 9, 9]]), beside)
    assert not nothing.possible.any(), "the files lack something, and nobody knows what"
