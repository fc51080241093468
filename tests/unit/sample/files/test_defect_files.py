"""Feedback, claims, returns and lists as files."""

from __future__ import annotations

from datetime import date

from odr_analysis.sample.files.defect_files import feedback_date
from odr_analysis.sample.model.orders import day_number
from tests.unit.sample.recount import (
    Recount,
)

"""Those with many sources are in test_many_sources.py."""


def test_feedback_has_the_hard_comments(story: Recount) -> None:
    comments = story.comments.values()
    assert sum("<script>alert(1)</script>" in c for c in comments) == 1
    assert sum(c.startswith("=HYPERLINK(") for c in comments) == 1
    assert sum("\n" in c for c in comments) >= 3
    assert sum("\n\n" in c for c in comments) == 1
    assert any("ü" in c for c in comments)
    assert any(c.count('"') == 2 for c in comments)


def test_some_evidence_is_seen_twice_and_some_only_on_the_undated_list(story: Recount) -> None:
    dated = [sum(d is not None for d in days) for days in story.known.values()]
    assert max(dated) >= 2
    only_listed = [key for key, days in story.known.items() if set(days) == {None}]
    assert len(only_listed) == story.truth["defects"]["claims_seen_only_on_the_order_defects_list"]
    assert only_listed
    unknown = {i for i, _ in story.known} - set(story.orders)
    assert len(unknown) == 3
    assert story.truth["defects"]["of_unknown_orders"] == 3


def test_feedback_days_are_written_as_the_store_does() -> None:
    day = day_number(date(2026, 7, 3))
    assert feedback_date(day, "US") == "7/3/26"
    assert feedback_date(day, "DE") == "03.07.26"
    assert feedback_date(day, "FR") == "03/07/26"
