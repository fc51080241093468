"""Days and windows that are tried, and what is in them."""

from __future__ import annotations

from odr_analysis.exports.readers.contract import snapshots
from odr_analysis.reconciliation.reconcile import (
    reconcile,
)
from tests.unit.reconciliation.made import account_of, many, orders_of, report


def test_a_late_evening_tells_the_days_of_the_store_from_those_of_utc() -> None:
    late = ("late", "2026-09-15T23:40:00Z")
    edge = ("edge", "2026-07-17T12:00:00Z")
    account = account_of(orders_of(*many(), late, edge))
    found = reconcile(account, snapshots([report((6, 0, 0, 0, 0))])).together
    assert found.exact
    assert [fit.changes for fit in found.fits] == [{"day_boundary": "marketplace"}]
    assert [step._asdict() for step in found.fits[0].steps] == [
        {"name": "day_boundary", "value": "marketplace", "n_orders": -1, "n_defective": 0}
    ]


def test_days_without_times_leave_the_day_boundary_alone() -> None:
    orders = orders_of(*many()).rename(columns={"purchased_at": "ordered_on"})
    found = reconcile(
        account_of(orders.assign(ordered_on="2026-08-10")), snapshots([report((6, 0, 0, 0, 0))])
    )
    assert found.together.n_tried == 3
    assert "no other day boundary was tried" in found.notes[0]
    assert found.together.allows({"day_boundary": "marketplace"})


def test_orders_of_no_rate_stay_out_whatever_the_rules() -> None:
    foreign = ("S01-1234567-7654321", "2026-08-10T12:00:00Z")
    found = reconcile(account_of(orders_of(*many(), foreign)), snapshots([report((6, 0, 0, 0, 0))]))
    assert found.together.fits[0].changes == {}
