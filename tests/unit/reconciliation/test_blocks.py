"""Blocks of reports: their day, their counts, and copies."""

from __future__ import annotations

from datetime import date

from odr_analysis.exports.readers.contract import snapshots
from odr_analysis.reconciliation.blocks import COUNTS, Block, blocks_of
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


def block(**more) -> Block:
    days = {"day": date(2026, 9, 30), "from_on": date(2026, 7, 18), "to_on": date(2026, 9, 15)}
    base = {"marketplace": "Amazon.de", "channel": "mfn", "stated": (9, 1, 0, 1, 0)}
    return Block(**{**days, **base, "file": "report.json", "line": 3, **more})


def test_lag_and_length_are_those_of_the_window_as_stated() -> None:
    assert (block().lag_days, block().window_days) == (15, 60)
    assert block(from_on=date(2026, 9, 15)).window_days == 1


def test_what_a_block_says_does_not_hang_on_its_file() -> None:
    assert block(file="other.json", line=9).says == block().says
    assert block(stated=(None, 1, 0, 1, 0)).says != block().says


def test_blocks_are_read_from_rows_oldest_first() -> None:
    older = {"from_on": "2026-07-11", "to_on": "2026-09-08", "file": "older.json"}
    found, notes = blocks_of(snapshots([report((9, 1, 0, 1, 0)), report((8, 1, 0, 1, 0), **older)]))
    assert [(b.day, b.file) for b in found] == [
        (date(2026, 9, 23), "older.json"),
        (date(2026, 9, 30), "report.json"),
    ]
    assert dict(zip(COUNTS, found[1].stated, strict=True)) == {
        "n_orders": 9,
        "n_defective": 1,
        "n_feedback": 0,
        "n_claim": 1,
        "n_chargeback": 0,
    }
    assert notes == []


def test_rows_without_window_or_counts_are_said_and_left_out() -> None:
    rows = [report((9, 1, 0, 1, 0), from_on=None, line=4), report((None,) * 5, line=5)]
    found, notes = blocks_of(snapshots(rows))
    assert found == ()
    assert notes == [
        "report.json, line 4: an order defect rate without a window cannot be compared.",
        "report.json, line 5: no counts are stated; a rate alone cannot be compared.",
    ]
