"""The account held against Amazon's reports: those among its files, and earlier ones."""

from __future__ import annotations

from dataclasses import replace

from odr_analysis.account import Account
from odr_analysis.answer.parts.official import official
from odr_analysis.exports.readers.contract import snapshots
from tests.sources import bringing
from tests.unit.reconciliation.made import account_of, defects_of, many, orders_of, report

COUNTS = (6, 1, 0, 1, 0)


def seller(*reports: dict) -> Account:
    made = account_of(orders_of(*many(6)), defects_of(("o0", "claim", "2026-09-01")))
    return replace(made, snapshots=snapshots(list(reports)))


def test_without_a_report_it_says_so_and_has_no_row() -> None:
    found = official(seller())
    assert found.sentence.startswith("No performance report is among the files")
    assert found.table.empty
    assert found.lines == tuple(dict.fromkeys(found.found.notes))


def test_one_report_is_told_by_its_counts() -> None:
    found = official(seller(report(COUNTS)))
    assert "have the same counts" in found.sentence
    assert found.table.amazon.tolist() == ["1 of 6, 16.67 %"]
    assert len(found.lines) == len(set(found.lines))


def test_reports_of_earlier_deliveries_are_rows_and_their_rules_are_not_searched() -> None:
    own = seller(report(COUNTS))
    earlier = {"from_on": "2026-07-11", "to_on": "2026-09-08", "file": "delivery 1/report.json"}
    before = snapshots([report((6, 0, 0, 0, 0), **earlier)])
    kept = bringing(own, earlier_snapshots=lambda: [before])
    found = official(kept)
    assert found.table.report.tolist() == ["30 Sep 2026", "23 Sep 2026"]
    assert len(found.found.days) == 1
    assert found.lines[-1].startswith("1 report is of earlier deliveries of the archive (23 Sep")
