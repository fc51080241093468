"""Orders that would tell sets of rules apart."""

from __future__ import annotations

from odr_analysis.answer.parts.reconcile import (
    reconciled_lines,
)
from odr_analysis.exports.readers.contract import snapshots
from odr_analysis.reconciliation.reconcile import (
    reconcile,
)
from odr_analysis.reconciliation.undecided import APART_COLUMNS
from tests.unit.reconciliation.made import account_of, defects_of, many, orders_of, report


def test_what_no_report_tells_apart_is_grouped_with_the_orders_that_would() -> None:
    late = ("late", "2026-09-15T23:40:00Z")
    gone = ("gone", "2026-08-05T12:00:00Z", "cancelled")
    account = account_of(orders_of(*many(), late, gone), defects_of(("gone", "claim", None)))
    seen = reconcile(account, snapshots([report((7, 0, 0, 0, 0))]))
    assert seen.together.n_exact == 1, "the claim tells"
    assert seen.settled is None, "one order and its claim may be missing"
    blind = report((7, None, None, None, None))
    both = reconcile(account, snapshots([blind]))
    assert both.settled is None
    (group,) = both.together.groups
    first, second = group.fits
    assert first.changes == {"count_cancelled_orders": False}
    assert second.changes == {"window_moved": -1}
    assert second.same == ({"day_boundary": "marketplace"},)
    assert list(group.orders) == list(APART_COLUMNS)
    table = group.orders.set_index("order_id")
    assert set(table.index) == {"late", "gone"}
    assert group.n_apart == 2
    assert table.peculiar["gone"] == "cancelled order, A-to-z claim"
    assert table.peculiar["late"] == (
        "placed 15 Sep 2026 at 23:40 UTC (16 Sep, 01:40 in the store), "
        "on the window's last day or after the window's last day"
    )
    assert table.counted_by.to_dict() == {"gone": "2", "late": "1"}
    assert table.defective_by.to_dict() == {"gone": "2", "late": ""}
    text = "\n".join(reconciled_lines(both))
    assert "or, with the same orders: days begin at midnight in the store" in text
    assert "gone  cancelled order, A-to-z claim: counted by 2, with a defect by 2" in text
