"""Limits of the data, and what the answer is built on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from odr_analysis import findings, terms
from odr_analysis.policy import Policy
from odr_analysis.receipt import EVERY_STORE, Cover, FileReceipt, Receipt
from tests.unit.answer.made import TODAY, account


def test_missing_sources_say_what_they_cost():
    bare = replace(account(100, []), receipt=Receipt(()))
    limits = dict(findings(bare).built_on.limits)
    assert {
        "Cannot be known: no file of feedback",
        "Cannot be known: no file of A-to-z claims",
        "Cannot be known: no file of chargebacks",
    } <= set(limits)
    assert "may be higher" in limits["Cannot be known: no file of feedback"]
    day = {"first": date(2026, 7, 1), "last": TODAY, "n": 9}
    covers = tuple(Cover(c, **day, store=EVERY_STORE) for c in terms.COMPONENTS)
    files = (
        FileReceipt("f.txt", "seller-feedback", rows_read=3, rows_kept=3, covers=covers[:1]),
        FileReceipt(
            "d.csv",
            "order-defects",
            rows_read=9,
            rows_kept=8,
            rows_dropped={"bad id": 1},
            covers=covers[1:],
        ),
        FileReceipt("x.pdf", "unknown", notes=("a PDF",)),
    )
    covered = findings(replace(bare, receipt=Receipt(files))).built_on
    assert covered.limits == (("Not read: x.pdf", "a PDF"),)
    assert covered.totals == "3 files: 12 rows read, 11 kept, 1 dropped."


def test_defects_left_out_are_said():
    found = findings(account(100, [("unknown", "claim", TODAY), ("a-1", "feedback", None)]))
    limits = dict(found.built_on.limits)
    assert "1 defect of orders in no export" in limits
    assert "1 sighting of a defect without a date" in limits


def test_provenance_names_rules_and_versions():
    built = findings(account(10, [])).built_on
    assert built.policy == Policy()
    assert set(built.switches) < set(built.policy.to_dict())
    assert {"odr_analysis", "python", "pandas", "duckdb"} <= set(built.versions)
