"""Blocks of reports: their day, their counts, and copies."""

from __future__ import annotations

from odr_analysis.exports.readers.contract import snapshots
from odr_analysis.reconciliation.reconcile import (
    reconcile,
)
from tests.unit.reconciliation.made import account_of, defects_of, many, orders_of, report


def test_rates_are_never_used_and_said_to_contradict() -> None:
    account = account_of(orders_of(*many()), defects_of(("o1", "claim", None)))
    found = reconcile(account, snapshots([report((6, 1, 0, 1, 0), rate=0.5)]))
    assert found.together.fits[0].changes == {}
    assert found.notes == (
        "Seller-fulfilled on Amazon.de: the report of 30 Sep 2026 states a rate of 0.5, but its "
        "counts, 1 of 6, are 0.1667; the counts are used.",
    )


def test_the_day_is_that_of_the_other_windows_where_they_tell_one() -> None:
    cancellation = report((6, 0, None, None, None), metric="cancellation", channel="")
    cancellation |= {"from_on": "2026-09-23", "to_on": "2026-09-29", "line": 20}
    row = report((6, 0, 0, 0, 0), from_on="2026-08-01", to_on="2026-09-15")
    account = account_of(orders_of(*many()))
    found = reconcile(account, snapshots([row, cancellation]))
    assert str(found.counts.day[0].date()) == "2026-09-30"
    assert found.together.fits[0].combination.window_days == 46


def test_a_report_downloaded_twice_is_one() -> None:
    rows = [report((6, 0, 0, 0, 0)), report((6, 0, 0, 0, 0), file="again.json")]
    found = reconcile(account_of(orders_of(*many())), snapshots(rows))
    assert found.counts.file.tolist() == ["again.json"]
