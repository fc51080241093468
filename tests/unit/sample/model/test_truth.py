"""Every count of truth.json, held against the files."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from odr_analysis.sample import write_sample
from odr_analysis.sample.model.defects import Claim, Defects, Feedback
from odr_analysis.sample.model.truth import Record, defect_totals, history, rates_on
from tests.unit.sample.recount import (
    USUAL,
    Recount,
    check,
)

"""Those with many sources are in test_many_sources.py."""


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("scenario", USUAL)
def test_truth_is_what_the_files_say(scenario: str, seed: int, tmp_path: Path) -> None:
    path = write_sample(tmp_path, orders=900, seed=seed, scenario=scenario)
    assert path == tmp_path / "truth.json"
    recount = Recount(tmp_path)
    check(recount)
    assert recount.truth["scenario"] == scenario
    assert recount.truth["as_of"] == "2026-09-30"
    n = 87 if scenario == "tiny" else 900
    assert len(recount.orders) == n
    assert bool(recount.truth["defects"]["defective_orders"]) == (scenario != "clean")


def test_truth_of_the_default_sample_is_what_its_files_say(story: Recount) -> None:
    check(story)


DE = ("Amazon.de", "mfn")
RECORDS = [
    Record(date(2026, 7, 18), *DE, claim_on=date(2026, 9, 30)),
    Record(date(2026, 9, 15), *DE, feedback_on=date(2026, 9, 1), claim_on=date(2026, 10, 1)),
    Record(date(2026, 7, 17), *DE, chargeback_on=date(2026, 8, 1)),
    Record(date(2026, 8, 1), "Amazon.de", "afn"),
]
"""Placed on the first and the last day of the window of 30 Sep, the day before it, and within."""


def test_orders_of_the_window_count_with_the_defects_known_by_that_day() -> None:
    mfn, afn = rates_on(RECORDS, date(2026, 9, 30))
    assert (mfn["channel"], mfn["n_orders"], mfn["n_defective"]) == ("mfn", 2, 2)
    assert (mfn["n_feedback"], mfn["n_claim"], mfn["n_chargeback"]) == (1, 1, 0)
    assert (mfn["n_feedback_only"], mfn["n_claim_only"]) == (1, 1)
    assert (afn["n_orders"], afn["n_defective"]) == (1, 0)


def test_a_day_later_the_oldest_order_has_left_and_the_new_claim_shows() -> None:
    mfn, _ = rates_on(RECORDS, date(2026, 10, 1))
    assert (mfn["n_orders"], mfn["n_defective"], mfn["n_feedback_claim"]) == (1, 1, 1)


def test_a_series_without_orders_in_the_window_has_zeros() -> None:
    rows = rates_on(RECORDS, date(2025, 1, 1))
    assert [(row["channel"], row["n_orders"]) for row in rows] == [("mfn", 0), ("afn", 0)]


def test_history_is_of_eight_earlier_days() -> None:
    days = {row["as_of"] for row in history(RECORDS, date(2026, 9, 30), 240)}
    assert len(days) == 8
    assert max(days) == "2026-09-29"
    assert min(days) == "2026-03-04", "210 of 240 days back"


def test_totals_tell_what_counts_from_what_does_not() -> None:
    defects = Defects(
        feedback=[Feedback(0, 5, 1, "late", ""), Feedback(1, 5, 3, "late", "")],
        claims=[Claim(0, 5, "late", "denied", False), Claim(1, 5, "late", "", True)],
    )
    totals = defect_totals(defects, RECORDS)
    assert totals["defective_orders"] == 3
    assert totals["orders_with"] == {"feedback": 1, "claim": 2, "chargeback": 1}
    assert totals["not_counting"] == {"neutral feedback": 1, "claims": 1, "chargebacks": 0}
