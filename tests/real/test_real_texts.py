"""Real feedback, read."""

from __future__ import annotations

from pathlib import Path

from odr_analysis.exports.readers.feedback import read
from odr_analysis.exports.text.delimited import split_rows
from odr_analysis.texts import read_reasons, removal_candidates


def test_reasons_of_the_us_feedback(real: Path) -> None:
    (file,) = (real / "feedback").glob("*.txt")
    text = file.read_text("windows-1252")
    table = split_rows(text, file=file.name, delimiter="\t", quoted=False)
    feedback = read(table, marketplace="Amazon.com").feedback
    told = read_reasons(feedback)
    assert len(told) == 135
    # What is not English is one word or none: "n/a", "A+++", "EXCELLENT".
    assert (told.language == "en").sum() >= 128
    assert set(told.language) <= {"en", ""}
    low = told[feedback.rating <= 2]
    assert len(low) == 8
    assert (low.reason != "").sum() >= 6
    assert "praise with low stars" not in set(told.reason)
    assert (told.reason[feedback.rating == 5] != "").mean() < 0.15
    # All of the low ones speak of the order or the seller, but perhaps one of bugs.
    orders = feedback[["order_id"]].drop_duplicates().assign(channel="mfn")
    assert len(removal_candidates(feedback, orders)) <= 1
