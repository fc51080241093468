"""Blocks of days: each within what Amazon allows, together all days, and the same in every run."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odr_analysis.errors import ParameterError
from odr_analysis.fetching.report_types import REPORT_TYPES, checked_names, wanted

DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))
STORES = ("Amazon.de", "Amazon.fr")


@given(DAYS, st.integers(0, 400))
def test_blocks_hold_each_day_once_and_no_more_days_than_allowed(first: date, n: int) -> None:
    last = first + timedelta(days=n)
    for kind in REPORT_TYPES.values():
        found = list(wanted([kind], STORES, first, last, last))
        if not kind.days:
            assert len(found) == (0 if kind.listed else 1)
            continue
        for store in STORES:
            asked = [one for one in found if one.marketplaces == (store,)]
            spans = [(one.first, (one.last - one.first).days + 1) for one in asked]
            days = [begin + timedelta(days=i) for begin, length in spans for i in range(length)]
            assert days == [first + timedelta(days=i) for i in range(n + 1)]
            assert max(length for _, length in spans) <= kind.days


@given(DAYS, st.integers(0, 40), st.integers(0, 40))
def test_a_block_has_one_name_whatever_days_a_run_is_about(
    day: date, before: int, after: int
) -> None:
    kinds = checked_names(["orders"])
    (alone,) = wanted(kinds, STORES[:1], day, day, day)
    first, last = day - timedelta(days=before), day + timedelta(days=after)
    (same,) = (w for w in wanted(kinds, STORES[:1], first, last, last) if w.first <= day <= w.last)
    assert (same.key, same.file) == (alone.key, alone.file)


def test_limits_are_those_amazon_documents() -> None:
    assert {k.name: k.days for k in REPORT_TYPES.values() if k.name != "feedback"} == {
        "orders": 30,
        "returns": 60,
        "settlements": 0,
        "performance": 0,
    }


def test_performance_is_one_report_a_day_of_all_marketplaces() -> None:
    day = date(2026, 10, 5)
    (one,) = wanted(checked_names(["performance"]), STORES, date(2026, 9, 1), day, day)
    assert one.marketplaces == STORES
    assert one.file == "performance-DE-2026-10-05.json"
    assert one.title == "performance of Amazon.de and Amazon.fr, 5 Oct 2026"


def test_an_unknown_report_is_named_with_those_there_are() -> None:
    names = [kind.name for kind in checked_names([" Orders", "orders", "returns"])]
    assert names == ["orders", "returns"]
    with pytest.raises(ParameterError, match=r"'claims' is no report.*orders, feedback"):
        checked_names(["claims"])
